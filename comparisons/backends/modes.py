"""Every way in which these frameworks compute a gradient, by name: what it is, and how it computes.

A mode of a framework is named after it: ``torch.vmap`` is of torch. Nothing is imported here.
"""

from collections.abc import Callable
from typing import NamedTuple

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, Format
from crossgrad.comparisons.backends.requirements import at_hand, compiler, on_gpu, package
from crossgrad.comparisons.machine.frameworks import framework_of, version_of


def as_it_is(fmt: Format) -> Format:
    """Every operation is rounded to the problem's format; its sums are those of the format."""
    return fmt


def one_by_one(fmt: Format) -> Format:
    """Each example's gradients are stored, scaled, then summed: in 16 bits, three roundings."""
    return fmt._replace(factor=(1 + fmt.u) ** 3 - 1) if fmt.narrow else fmt


def mixed(dtype: str, *, elides: bool = False) -> Callable[[Format], Format]:
    """Parameters and cost in float32; all factors of products are rounded to 16 bits.

    XLA leaves out a rounding to 16 bits and back where it may (``xla_allow_excess_precision``).
    """
    narrow = ALL_FORMATS[dtype]._replace(casts=("W", "a", "delta"), loss=ALL_FORMATS["float32"])
    return lambda _: narrow._replace(elides=elides, factor=(1 + narrow.u) ** 2 - 1)


#: How somebody's own program may compute, by the names by which it says so.
ARITHMETICS = {
    "as it is": as_it_is,
    "one by one": one_by_one,
    "mixed bfloat16": mixed("bfloat16"),
    "mixed float16": mixed("float16"),
}


class Mode(NamedTuple):
    """Where a mode is written (``module:function``), and one line of explanation.

    ``needs`` says in one line what it lacks on this machine beside its framework, or nothing.
    ``arithmetic`` gives the format that it computes in, of the problem's; ``forward`` says that
    derivatives are carried forward, from the parameters to the cost; ``stacks``, that all draws are
    one problem; ``compiles``, that each architecture is compiled, which takes most of a run;
    ``restricted``, that it refuses much, and is asked first what it supports; ``as_reported``, that
    it goes on with each number exactly as it reports it. (XLA may compute a δ twice in one program,
    and round it in two ways; a mean that is taken last scales what is reported of δ.)
    """

    place: str
    summary: str
    needs: Callable[[], str] = at_hand
    arithmetic: Callable[[Format], Format] = as_it_is
    forward: bool = False
    stacks: bool = False
    compiles: bool = False
    restricted: bool = False
    as_reported: bool = False

    @property
    def module(self) -> str:
        return self.place.partition(":")[0]

    @property
    def function(self) -> str:
        return self.place.partition(":")[2]


MODES = {
    "numpy": Mode(
        "numpy_reference:trace",
        "the hand-written reference, BP1–BP4 in NumPy",
        stacks=True,
        as_reported=True,
    ),
    "numpy.fast": Mode(
        "numpy_fast:trace", "the reference into buffers that are made once", as_reported=True
    ),
    "torch": Mode(
        "torch_autograd:trace", "PyTorch autograd, backward() with retain_grad()", as_reported=True
    ),
    "torch.func": Mode("torch_functional:trace", "torch.func.grad_and_value", as_reported=True),
    "torch.vjp": Mode("torch_functional:vjp", "torch.func.vjp", as_reported=True),
    "torch.vmap": Mode(
        "torch_per_example:trace",
        "torch.func.vmap of grad: example by example, then the mean",
        arithmetic=one_by_one,
    ),
    "torch.forward": Mode(
        "torch_forward:trace", "torch.func.jvp along each parameter, at most 2,000", forward=True
    ),
    "torch.compile": Mode(
        "torch_compiled:trace",
        "torch.compile, forward and backward by inductor",
        compiler,
        compiles=True,
    ),
    "torch.module": Mode(
        "torch_module:trace", "nn.Module, nn.Linear, the losses of nn", as_reported=True
    ),
    "torch.threads": Mode("torch_threads:trace", "eager autograd on all cores", as_reported=True),
    "torch.autocast": Mode(
        "torch_mixed:autocast",
        "torch.autocast: float32 parameters, products in bfloat16",
        arithmetic=mixed("bfloat16"),
        as_reported=True,
    ),
    "torch.tf32": Mode(
        "torch_mixed:tf32", "float32 products in TF32: what the suite has to flag", on_gpu
    ),
    "jax": Mode("jax_jit:trace", "JAX, jit(value_and_grad) on XLA", compiles=True),
    "jax.eager": Mode(
        "jax_eager:trace",
        "value_and_grad, not compiled as a whole",
        compiles=True,
        as_reported=True,
    ),
    "jax.vmap": Mode(
        "jax_transforms:vmap",
        "vmap of value_and_grad: example by example, then the mean",
        arithmetic=one_by_one,
        compiles=True,
    ),
    "jax.forward": Mode(
        "jax_transforms:forward_mode",
        "jacfwd over all parameters, at most 2,000",
        forward=True,
        compiles=True,
    ),
    "jax.vjp": Mode("jax_transforms:vjp", "jax.vjp, compiled", compiles=True),
    "jax.linearize": Mode(
        "jax_transforms:linearize", "jax.linearize, and its transpose", compiles=True
    ),
    "jax.jaxpr": Mode(
        "jax_interpreter:trace",
        "JAX's derivative rules without XLA: its jaxpr, by NumPy",
        as_reported=True,
    ),
    "jax.mixed": Mode(
        "jax_mixed:trace",
        "float32 parameters, computed with in bfloat16",
        arithmetic=mixed("bfloat16", elides=True),
        compiles=True,
    ),
    "autograd": Mode("autograd_hips:trace", "HIPS autograd"),
    "tinygrad": Mode(
        "tinygrad_tensor:trace",
        "tinygrad",
        compiles=True,
        restricted=True,
    ),
    "tensorflow": Mode(
        "tensorflow_tape:trace",
        "TensorFlow's GradientTape",
    ),
    "mlx": Mode("mlx_grad:trace", "MLX"),
    "sklearn": Mode(
        "sklearn_mlp:trace",
        "scikit-learn's MLP, its _backprop",
        restricted=True,
    ),
    "nielsen": Mode(
        "nielsen_book:trace", "the algorithm as Nielsen's book states it", restricted=True
    ),
}
#: Those of a run that names none.
DEFAULT = ("numpy", "torch", "jax")
#: The frameworks that extras of this project add: all but two. Of one the extra has another name.
WITHOUT_PACKAGE, EXTRAS = ("numpy", "nielsen"), {"sklearn": "study"}


def family(name: str) -> str:
    """The framework of a mode; of a backend that is none, its name."""
    return framework_of(name) if name in MODES else name


def release(name: str) -> str:
    """The version of what a mode is of; empty if it is of no package."""
    return version_of(framework_of(name)) if name in MODES else ""


def missing(name: str) -> str:
    """Why a mode cannot be had on this machine, in one line; nothing if it can."""
    of = family(name)
    lacks = "" if of in WITHOUT_PACKAGE else package(of, EXTRAS.get(of, of))
    return lacks or MODES[name].needs()


def present() -> list[str]:
    return [name for name in MODES if not missing(name)]


def as_text() -> str:
    """A line each: the name, what it is, and why it is not here, if it is not."""
    width = max(map(len, MODES))
    lines = [f"{name:{width}}  {told(name)}" for name in MODES]
    all_of_them = f"{'all':{width}}  every one that is not marked as missing here"
    return "\n".join([*lines, all_of_them, "module:function or file.py:function: your own"])


def told(name: str) -> str:
    summary, lacks = MODES[name].summary, missing(name)
    return f"{summary} [{lacks}]" if lacks else summary
