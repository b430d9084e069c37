"""Where the suite is, which some parts run as a user does."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "tests" / "equivalence"
