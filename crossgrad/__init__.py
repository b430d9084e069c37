"""BP1–BP4 by hand, against PyTorch autograd and JAX grad: the package that all is imported from.

    from crossgrad.reference.backprop import backprop  # the equations
    crossgrad.verify(gradients)                        # judge a function of yours
    crossgrad.vacuity(test, kernel)                    # judge a test of yours
    crossgrad explain · crossgrad verify               # in a terminal

In a clone ``crossgrad.reference`` and ``crossgrad.comparisons`` are the folders beside this one, by
``__path__``. The links of those names in here are for type checkers and editors.
PYTEST_DONT_REWRITE: whoever imports this may start pytest afterwards.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from crossgrad.comparisons.backends.own import backend as backend
    from crossgrad.comparisons.backends.own import network as network
    from crossgrad.comparisons.problems.problem import Problem as Problem
    from crossgrad.comparisons.problems.scenario import Scenario as Scenario
    from crossgrad.comparisons.suite.judge import Verdict as Verdict
    from crossgrad.comparisons.suite.judge import judge as judge
    from crossgrad.comparisons.suite.user_tests import verify as verify
    from crossgrad.comparisons.suite.vacuity.measure import vacuity as vacuity
    from crossgrad.reference.architecture import Architecture as Architecture
    from crossgrad.reference.backprop import backprop as backprop
    from crossgrad.reference.parameters import Parameters as Parameters

if __name__ != "crossgrad":
    raise ImportError(f"{__file__} is crossgrad's: by another name it is a second copy")

ROOT = Path(__file__).parents[1]
#: An installed package has its parts, and the suite, inside itself.
IN_CLONE = all(
    (ROOT / file).is_file()
    for file in ("reference/backprop.py", "conftest.py", "comparisons/suite/pytest.toml")
)
if IN_CLONE:
    __path__.insert(0, str(ROOT))

#: What is offered at the top, and where it is; nothing is imported until it is asked for.
HOMES = {
    "Architecture": "reference.architecture",
    "Parameters": "reference.parameters",
    "Problem": "comparisons.problems.problem",
    "Scenario": "comparisons.problems.scenario",
    "backend": "comparisons.backends.own",
    "backprop": "reference.backprop",
    "Verdict": "comparisons.suite.judge",
    "judge": "comparisons.suite.judge",
    "network": "comparisons.backends.own",
    "vacuity": "comparisons.suite.vacuity.measure",
    "verify": "comparisons.suite.user_tests",
}
__all__ = [
    "Architecture",
    "Parameters",
    "Problem",
    "Scenario",
    "Verdict",
    "__version__",
    "backend",
    "backprop",
    "judge",
    "network",
    "vacuity",
    "verify",
]

if not TYPE_CHECKING:  # to a type checker a name that is not in ``__all__`` is an error

    def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever has that name
        """A name of ``__all__`` or one of the two parts, imported now."""
        if name == "__version__":
            metadata = import_module("importlib.metadata")
            try:
                value = metadata.version(__name__)
            except metadata.PackageNotFoundError:  # a clone that is not installed
                value = "unknown"
        elif name in HOMES:
            value = getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
        elif name in ("reference", "comparisons"):
            value = import_module(f"{__name__}.{name}")
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, "comparisons", "reference"]
