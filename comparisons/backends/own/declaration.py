"""What a function of somebody's own says of itself: ``crossgrad.network``."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import wraps
from typing import Any, TypeVar, cast

from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS
from crossgrad.comparisons.backends.modes import ARITHMETICS
from crossgrad.comparisons.backends.own.layout import Layout
from crossgrad.comparisons.problems.domain import Domain, domain_of
from crossgrad.comparisons.problems.problem import Problem

F = TypeVar("F", bound=Callable[..., Any])
LAYOUT = tuple(field.name for field in fields(Layout))


def declared(spec: str, function: Callable[[Problem], object]) -> dict[str, Any]:
    """What a function says of itself, by the fields of ``Backend``.

    Its attribute ``supports`` has the names and values of the options that restrict a run,
    ``{"activation": ["sigmoid"], …}``; ``arithmetic`` is a name of ``ARITHMETICS``; ``forward``
    says whether derivatives are carried forward, ``as_reported`` whether it goes on with what it
    reports. Raises ``ValueError`` with one line that names the culprit.
    """
    found: dict[str, Any] = {}
    if (supports := getattr(function, "supports", None)) is not None:
        found["domain"] = supported(spec, supports)
    if (arithmetic := getattr(function, "arithmetic", None)) is not None:
        if arithmetic not in ARITHMETICS:
            names = ", ".join(ARITHMETICS)
            raise ValueError(f"backend {spec!r}: arithmetic {arithmetic!r}: known are {names}")
        found["arithmetic"] = ARITHMETICS[arithmetic]
    for name in ("forward", "as_reported"):
        if (fact := getattr(function, name, None)) is not None:
            if not isinstance(fact, bool):  # one error for whatever is wrong with a backend
                raise ValueError(f"backend {spec!r}: {name} {fact!r}: True or False is needed")
            found[name] = fact
    return found


def layout_of(spec: str, function: Callable[[Problem], object]) -> dict[str, Any]:
    """What it says of its layout and formats, by the fields of ``Program``."""
    said = {n: v for n in LAYOUT if (v := getattr(function, n, None)) is not None}
    dtype = getattr(function, "dtype", None)
    if dtype is not None and dtype not in ALL_FORMATS:
        known = ", ".join(ALL_FORMATS)
        raise ValueError(f"backend {spec!r}: dtype {dtype!r}: known are {known}")
    try:
        layout = Layout(**said)
    except ValueError as error:
        raise ValueError(f"backend {spec!r}: {error}") from None
    formats = () if dtype is None else (dtype,)
    return {"said": layout, "known": frozenset(said), "formats": formats}


def network(
    *,
    samples: str | None = None,
    weights: str | None = None,
    bias: str | None = None,
    targets: str | None = None,
    reduction: str | None = None,
    scale: float | None = None,
    delta_of: str | None = None,
    l2: float | Callable[[Problem], float] | None = None,
    kinks: Mapping[str, float] | None = None,
    dtype: str | None = None,
    supports: Mapping[str, object] | None = None,
    arithmetic: str | None = None,
    forward: bool | None = None,
    as_reported: bool | None = None,
) -> Callable[[F], F]:
    """Say of a function of yours, once, what the suite has to know of it.

    ::

        @crossgrad.network(samples="rows", weights="in, out", bias="row")
        def gradients(problem): ...

    What is not said of ``samples``, ``weights``, ``bias``, ``targets`` and ``dtype`` is found out
    by asking, and told in the first lines of what is printed.

    Args:
        samples: ``"columns"``, as in the book: x is ``(n_0, m)``; or ``"rows"``: x is ``(m, n_0)``,
            and so are y, z, a and δ.
        weights: ``"out, in"``, as in the book: W is ``(n_l, n_{l-1})``; or ``"in, out"``.
        bias: ``"column"``: b is ``(n_l, 1)``; ``"row"``: ``(1, n_l)``; ``"vector"``: ``(n_l,)``; or
            ``"none"``: the network has no biases, and ∂C/∂b is not asked for.
        targets: ``"numbers"``; or ``"classes"``: y is the class of each sample, ``(m,)``, in int64,
            where the suite has one-hot targets (of a single output 0 or 1).
        reduction: ``"mean"``; or ``"sum"``: the cost is the sum where the suite's is a mean, over
            the batch and, in mse, over the outputs.
        scale: how many times the suite's the cost is: 2 for Σ(a - y)² as ``"quadratic"``.
        delta_of: ``"batch"``: δ is ∂C/∂z of the cost of the batch; or ``"sample"``: of that of each
            sample by itself, and 1/m comes later.
        l2: λ of a penalty ½λ Σw² that the cost has besides: λW is in ∂C/∂W. Or a function of the
            problem: ``lambda problem: 0.7 / problem.batch``.
        kinks: σ′ where σ has a kink, by activation: ``{"relu": 1}``.
        dtype: the only format that it computes in: ``"float64"``.
        supports: names and values of the options that restrict a run, as ``{"depth": "1-4"}``; what
            it does not say is found out by asking.
        arithmetic: how it computes: ``"as it is"`` in the problem's format, each operation rounded;
            ``"one by one"``, example by example, summed at the end; ``"mixed bfloat16"`` or
            ``"mixed float16"``: parameters and cost in float32, factors of products in 16 bits.
        forward: whether derivatives are carried forward, from the parameters to the cost. What is
            not said is taken to be so where no δ is reported.
        as_reported: whether it goes on with each number exactly as it reports it: no loss scale, no
            division by m after the sums, no δ that is computed a second time. It is then judged
            more sharply, by what its sums alone may round.

    Raises:
        ValueError: a value is unknown.
    """
    said = dict(locals())

    def with_facts(function: F) -> F:
        """The function, which itself stays as it is."""

        @wraps(function)
        def saying(problem: Problem) -> object:
            return function(problem)

        vars(saying).update({name: value for name, value in said.items() if value is not None})
        spec = getattr(function, "__qualname__", str(function))
        declared(spec, saying)
        layout_of(spec, saying)
        return cast("F", saying)

    return with_facts


def supported(spec: str, supports: object) -> Domain:
    """What a function says it supports."""
    if not isinstance(supports, Mapping):
        raise ValueError(f'backend {spec!r}: supports: {{"depth": "1-4", …}} is needed')  # noqa: TRY004
    try:
        return domain_of(supports, "supports: ")
    except ValueError as error:
        raise ValueError(f"backend {spec!r}: {error}") from None
