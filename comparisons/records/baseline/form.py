"""The form of a baseline's lines: whatever has another one is refused before it is used."""

import re
from typing import Any

from crossgrad.comparisons.equations.walk import END_TO_END, EVERY_CHECK
from crossgrad.comparisons.judging.row import PASSED
from crossgrad.comparisons.problems.scenario import Scenario

Json = dict[str, Any]
DIGEST = re.compile(r"[0-9a-f]{16}")
#: That it says the right number of steps is seen where they are counted: to decode it takes longer
#: than all the rest of a line.
BASE85 = re.compile(r"[0-9A-Za-z!#$%&()*+\-;<=>?@^_`{|}~]*")
STATUSES = (*PASSED, "fail", "not supported", "error")
#: What a header has, besides its number and digests.
HEADER = {"lines": int, "body": str, "generator": str, "run": dict, "environment": dict}


def check_header(header: Json) -> None:
    """Raise ``ValueError`` if something is not there, or not of its kind."""
    for name, kind in HEADER.items():
        if type(header.get(name)) is not kind:
            raise ValueError(f"{name} {header.get(name)!r}")
    if not all(type(value) is str for value in header["environment"].values()):
        raise ValueError(f"environment {header['environment']!r}")


def check_line(values: Json) -> None:
    """Raise one of several errors if a line is not what a run records."""
    depth = Scenario.parse(values["scenario"]).architecture.depth
    check, layers = values["check"], values["layers"]
    if type(values["backend"]) is not str or not DIGEST.fullmatch(values["inputs"]):
        raise ValueError(f"backend {values['backend']!r}, inputs {values['inputs']!r}")
    if check not in ("", *EVERY_CHECK, *END_TO_END) or not layers:
        raise ValueError(f"check {check!r} of {len(layers)} layers")
    for layer, found in layers.items():
        if not (layer.isascii() and layer.isdigit() and bool(check) <= int(layer) <= depth):
            raise ValueError(f"layer {layer!r}")
        check_found(found)


def check_found(found: Json) -> None:
    if found.get("status", "pass") not in STATUSES or not float(found.get("residual", 0)) >= 0:
        raise ValueError(f"status {found.get('status')!r}, residual {found.get('residual')!r}")
    counts, kinks = found.get("ulps", {}), found.get("kinks", {})
    if not all(type(n) is int and n > 0 and int(ulps) is not None for ulps, n in counts.items()):
        raise ValueError(f"ulps {counts!r}")
    if not all(type(slope) is str for slope in kinks.values()):
        raise ValueError(f"kinks {kinks!r}")
    if bool(counts) != bool(DIGEST.fullmatch(found.get("bits", ""))):
        raise ValueError(f"bits {found.get('bits')!r} of {sum(counts.values())} entries")
    steps = found.get("steps", "")
    if not BASE85.fullmatch(steps) or bool(steps) != bool(counts.keys() - {"0"}):
        raise ValueError(f"steps {steps!r}")
