"""``python -m crossgrad``."""

from crossgrad.comparisons.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main())
