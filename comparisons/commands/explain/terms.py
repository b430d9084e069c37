"""What is said in words, in one of two languages: ``terms.toml``, and what others say in words."""

import tomllib
from collections.abc import Callable
from pathlib import Path

from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.reports.words import WORDS

#: Says a term in one language.
Say = Callable[..., str]

#: Term → language → text.
TERMS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)
TERMS |= WORDS["regimes"]
TERMS |= {
    name: {"en": cost.text.english, "vi": cost.text.vietnamese} for name, cost in COSTS.items()
}


def speaker(language: str) -> Say:
    """Say a term in a language: ``en`` or ``vi``."""

    def say(key: str, **values: object) -> str:
        return TERMS[key][language].format(**values)

    return say
