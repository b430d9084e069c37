"""Every way in which these frameworks compute a gradient, by name: what it is, and how it computes.

A mode of a framework is named after it: ``torch.vmap`` is of torch. Nothing is imported here.
"""

from collections.abc import Callable
from typing import NamedTuple

from comparisons.backends.here import at_hand
from comparisons.rounding import ALL_FORMATS, Format


def as_it_is(fmt: Format) -> Format:
    """Every operation is rounded to the problem's format; its sums are those of the format."""
    return fmt


class Mode(NamedTuple):
    """Where a mode is written (``module:function``), and one line of explanation.

    ``missing`` says in one line why it cannot be had on this machine, or nothing. ``arithmetic``
    gives the format that it computes in, of the problem's; ``forward`` says that derivatives are
    carried forward, from the parameters to the cost.
    """

    place: str
    summary: str
    missing: Callable[[], str] = at_hand
    arithmetic: Callable[[Format], Format] = as_it_is
    forward: bool = False

    @property
    def module(self) -> str:
        """The module's name."""
        return self.place.partition(":")[0]

    @property
    def function(self) -> str:
        """The function's name."""
        return self.place.partition(":")[2]


MODES = {
    "numpy": Mode("numpy_reference:trace", "the hand-written reference, BP1–BP4 in NumPy"),
    "torch": Mode("torch_autograd:trace", "PyTorch autograd, backward() with retain_grad()"),
    "jax": Mode("jax_jit:trace", "JAX, jit(value_and_grad) on XLA"),
}
#: Those of a run that names none.
DEFAULT = ("numpy", "torch", "jax")


def family(name: str) -> str:
    """The framework of a mode."""
    return name.partition(".")[0] if name in MODES else name


def arithmetic(name: str, dtype: str) -> Format:
    """The format in which a backend computes a problem of a format."""
    fmt = ALL_FORMATS[dtype]
    return MODES[name].arithmetic(fmt) if name in MODES else fmt


def carried_forward(name: str) -> bool:
    """Whether a backend takes its derivatives in forward mode."""
    return name in MODES and MODES[name].forward


def as_text() -> str:
    """A line each: the name, what it is, and why it is not here, if it is not."""
    width = max(map(len, MODES))
    lines = [f"{name:{width}}  {told(mode)}" for name, mode in MODES.items()]
    return "\n".join([*lines, "module:function or file.py:function: your own"])


def told(mode: Mode) -> str:
    """The summary, and what is missing."""
    missing = mode.missing()
    return f"{mode.summary} [{missing}]" if missing else mode.summary


__all__ = ["DEFAULT", "MODES", "Mode", "arithmetic", "as_text", "carried_forward", "family"]
