"""The reproductions of the registry, run again: a process for each framework."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crossgrad.comparisons.divergences import Divergence
from crossgrad.comparisons.divergences.releases import between, installed
from crossgrad.comparisons.machine.environment import ONE_THREAD, XLA_ONE_THREAD

SNIPPETS = Path(__file__).with_name("snippets.py")
#: Seconds for all snippets of a framework; they take ten, most of which are its import.
LIMIT = 300
#: Variables that would change what a framework does by itself.
SETTINGS = ("JAX_", "XLA_", "TORCH_", "PYTORCH_", "ATEN_", "ONEDNN_", "DNNL_", "PYTHON")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reproduction printed here: the two words; or why it printed none.

    ``version`` is the framework's, empty where it is not installed. ``asked`` is false where it
    was not run: the framework is missing, or the entry is about another processor.
    """

    divergence: Divergence
    version: str
    given: str = ""
    right: str = ""
    error: str = ""
    asked: bool = True

    @property
    def reproduces(self) -> bool:
        """Whether two words were printed, and differ."""
        return bool(self.given) and not self.error and self.given != self.right

    @property
    def known(self) -> bool:
        """Whether the release here is one of which it is known."""
        return bool(self.version) and between(self.divergence.seen, self.version)


def reproduce(entries: Sequence[Divergence], limit: float = LIMIT) -> list[Outcome]:
    outcomes: dict[str, Outcome] = {}
    for framework in dict.fromkeys(entry.framework for entry in entries):
        own = [entry for entry in entries if entry.framework == framework]
        outcomes |= {o.divergence.name: o for o in outcomes_of(framework, own, limit)}
    return [outcomes[entry.name] for entry in entries]


def outcomes_of(framework: str, entries: Iterable[Divergence], limit: float) -> Iterator[Outcome]:
    here = installed(framework)
    asked = [e for e in entries if here and e.shows_here]
    told = run({entry.name: entry.reproduction for entry in asked}, limit) if asked else {}
    for entry in entries:
        if entry not in asked:
            yield Outcome(entry, here, asked=False)
        else:
            yield outcome(entry, here, *told.get(entry.name, ("", "no answer: its process ended")))


def outcome(entry: Divergence, here: str, printed: str, error: str) -> Outcome:
    """The two words of what was printed; anything else is an error."""
    words = printed.split()
    if not error and len(words) == len(("given", "right")):
        return Outcome(entry, here, given=words[0], right=words[1])
    return Outcome(entry, here, error=error or f"not two words: {printed.strip()!r}")


# ------------------------------------------------------------------ the process
def run(snippets: dict[str, str], limit: float) -> dict[str, tuple[str, str]]:
    """What each snippet printed and raised, as far as the process came within the limit."""
    process = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-P", "-W", "ignore", str(SNIPPETS)],
        env=plain(dict(os.environ)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    with process:
        try:
            said, _ = process.communicate(json.dumps(snippets), timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
    return {name: (printed, error) for name, printed, error in lines(said)}


def lines(said: str) -> Iterator[tuple[str, str, str]]:
    for line in said.splitlines():
        with suppress(json.JSONDecodeError):
            yield json.loads(line)


def plain(environment: dict[str, str]) -> dict[str, str]:
    """Without the settings of the suite or the user: as the framework is, on one thread, CPU.

    tinygrad's ``DEV`` is that of its backend: what needs no compiler, where there is none.
    """
    kept = {k: v for k, v in environment.items() if not k.startswith(SETTINGS)}
    cpu = {"JAX_PLATFORMS": "cpu", "DEV": "CPU" if shutil.which("clang") else "PYTHON"}
    return kept | ONE_THREAD | cpu | {"XLA_FLAGS": XLA_ONE_THREAD}
