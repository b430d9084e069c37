"""Where the clone is, and in it the suite: some commands run it as a user does."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
SUITE = ROOT / "tests" / "equivalence"
