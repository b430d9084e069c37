"""The options of the suite, each declared once: for pytest, ``crossgrad verify`` and its help.

Nothing but the names is imported for them.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from crossgrad.comparisons.problems.generations import GENERATIONS, NEWEST, RESTRICTIONS

#: The mark of a test of somebody's own, which is run again with wrong kernels.
MARK = "crossgrad_vacuity"
#: Names of options, without their dashes, and what argparse and pytest take besides.
Options = Mapping[str, dict[str, Any]]


def restriction(name: str, what: str) -> dict[str, Any]:
    """An option that restricts the networks; each but ``--labels`` may be given several times."""
    if name == "labels":
        return {"metavar": "X", "help": f"only {what}"}
    return {"action": "append", "metavar": "X", "help": f"only {what}, repeatable"}


RESTRICTING: Options = {name: restriction(name, what) for name, what in RESTRICTIONS.items()}
DRAWS = len(GENERATIONS[NEWEST].regimes)
#: What chooses the scenarios: the fields of ``Choice``.
CHOOSING: Options = {
    "architectures": {
        "type": int,
        "metavar": "N",
        "help": "random architectures, each in every format (default: as many as meet each pair of "
        "activations, most in one format; of a framework that compiles each, fewer)",
    },
    "draws": {
        "type": int,
        "metavar": "K",
        "help": f"draws of weights per architecture (default {DRAWS}: one of each regime; of small "
        "ones the first few)",
    },
    "seed": {
        "type": int,
        "metavar": "S",
        "help": "seed of the architectures and draws (default 0)",
    },
    "dtype": {
        "action": "append",
        "metavar": "NAME",
        "help": "format, repeatable (default: float64 and float32)",
    },
    "scenario": {
        "action": "append",
        "metavar": "ID",
        "help": "exactly these scenarios, repeatable",
    },
    **RESTRICTING,
}
OPTIONS: Options = {
    **CHOOSING,
    "backend": {
        "action": "append",
        "metavar": "NAME",
        "help": "backend, repeatable: a name, module:function or file.py:function (default: numpy, "
        "torch, jax; 'list' prints them, 'all' takes all that are here)",
    },
    "device": {
        "metavar": "NAME",
        "help": "where torch and JAX compute: cpu (default) or cuda",
    },
    "no-compile-cache": {
        "action": "store_true",
        "help": "use no program that JAX compiled in an earlier run, and keep none",
    },
    "results": {"type": Path, "metavar": "FILE", "help": "write every row as a line of JSON"},
    "report": {
        "type": Path,
        "metavar": "FILE.html",
        "help": "a page of what the run found",
    },
    "baseline-save": {
        "type": Path,
        "metavar": "FILE",
        "help": "record all that is checked, to the bit",
    },
    "baseline": {
        "type": Path,
        "metavar": "FILE",
        "help": "compare with what was recorded there",
    },
    "baseline-strict": {
        "action": "store_true",
        "help": "any change of bits fails, where the environment is the same",
    },
    "vi": {"action": "store_true", "help": "tell failures in the lecture's Vietnamese"},
    "shard": {"metavar": "k/n", "help": "only the k-th of n parts of the suite"},
}


def with_prefix(error: str, prefix: str) -> str:
    """An error that names options of the suite, where they are called by another prefix."""
    return re.sub(r"--(?=[a-z])", prefix, error)


def declare(add: Callable[..., object], options: Options, prefix: str = "") -> None:
    """Add the options, by argparse's ``add_argument`` or pytest's ``addoption``."""
    for name, settings in options.items():
        add(f"--{prefix}{name}", **settings)
