"""docs/numerics.md is what judges: its Python, run as it stands, gives the bounds of the checks.

The page's blocks import nothing of the project. What the checker adds to a bound is what the page
says of it, and is all that may be between the two.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from numerics_page import ROUNDED, allowed, rebuilt

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.arithmetic.rounding import FORMATS
from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.equations import walk as equations
from crossgrad.comparisons.equations.propagation import propagate, trusted
from crossgrad.comparisons.equations.walk import local_checks
from crossgrad.comparisons.problems.first_networks import first_scenarios
from crossgrad.comparisons.problems.generations import REGIMES_1
from crossgrad.comparisons.problems.problem import Problem, stack_problems
from crossgrad.comparisons.problems.scenario import Scenario
from crossgrad.reference.costs import COSTS

CHECKED = ("z", "a", "cost", "BP1", "BP2", "BP3", "BP4")
formats = pytest.mark.parametrize("dtype", FORMATS)


# ------------------------------------------------------------------ networks and their answers
def scenarios(dtype):
    """Narrow networks with every activation and cost, in all regimes; a batch of 1; of 3."""
    drawn = [s for s in first_scenarios(70, 8, 1, (dtype,)) if max(s.architecture.widths) <= 12]
    fixed = ("2x3x2-tanh,sigmoid-mse-{}-m1-s7", "3x2x3-relu,gelu-mse-{}-m3-s1")
    return [*drawn, *(Scenario.parse(text.format(dtype)) for text in fixed)]


@cache
def cases(dtype):
    """Of each scenario the draws as a stack, and the reference's answers."""
    stacks = []
    for scenario in scenarios(dtype):
        problems = scenario.problems()
        stacks.append((stack_problems(problems), load_backend("numpy").traces(problems)))
    return stacks


def wide(array):
    """In float64."""
    return array.astype(float)


def local_bound(page, comparison, problem, trace, as_reported):
    """What the page says of a check at its layer."""
    l, name = comparison.layer - 1, problem.activations[comparison.layer - 1]
    z, y, a = (wide(array) for array in (trace.z[l], problem.y, trace.a[l]))
    below, cost = wide(trace.a[l - 1] if l else problem.x), problem.cost
    delta, W, b = wide(trace.delta[l]), wide(problem.W[l]), wide(problem.b[l])
    units = page.U[problem.dtype], page.OMEGA[problem.dtype]
    extra = 0 if as_reported else page.scaling(cost, problem.widths[-1], problem.batch)

    def bp2():
        return page.bound_bp2(
            name, z, wide(problem.W[l + 1]), wide(trace.delta[l + 1]), extra, *units
        )

    bounds: dict[str, Callable[[], np.ndarray]] = {
        "z": lambda: page.bound_z(W, below, b, W @ below + b, *units, as_reported or l == 0),
        "a": lambda: page.bound_a(name, z, *units),
        "cost": lambda: page.bound_cost(cost, a, y, *units),
        "BP1": lambda: page.bound_bp1(name, cost, z, a, y, *units),
        "BP2": bp2,
        "BP3": lambda: page.bound_bp3(
            delta, delta.sum(-1, keepdims=True), extra, *units, not as_reported
        ),
        "BP4": lambda: page.bound_bp4(delta, below, delta @ below.mT, extra, *units),
    }
    with np.errstate(all="ignore"):
        return bounds[comparison.check]()


#: The page with γ of the whole length of each sum, which what the checker errs by is a share of.
WHOLE = rebuilt(
    "    counted = smaller(terms,",
    "    return gamma(n, u) * magnitude\n    counted = smaller(terms,",
)
WHOLE.bound_z.__globals__["is_exact_as_reported"] = lambda *_: np.zeros((), bool)


def apart(page, dtype, check=None, network="", *, as_reported=False):
    """Each check → the largest |code - page| / whole, over the draws; of one if one is named."""
    found = dict.fromkeys((check,) if check else CHECKED, 0.0)
    fmt = FORMATS[dtype]._replace(as_reported=as_reported)
    for problem, trace in cases(dtype):
        if network not in (*problem.activations, problem.cost, ""):
            continue
        for comparison in local_checks(problem, trace, fmt):
            if comparison.check in found:
                by_page = local_bound(page, comparison, problem, trace, as_reported)
                whole = local_bound(WHOLE, comparison, problem, trace, as_reported=False)
                far = (np.abs(comparison.bound - by_page) / whole).max()
                found[comparison.check] = max(found[comparison.check], float(far))
    return found


@formats
def test_every_activation_and_cost_is_met(dtype):
    """In hidden layers and last ones, whatever the draws were."""
    problems = [problem for problem, _ in cases(dtype)]
    assert {name for p in problems for name in p.activations} == set(rebuilt().SIGMA)
    assert {p.cost for p in problems} == set(rebuilt().COST)


@formats
@pytest.mark.parametrize("as_reported", [False, True])
def test_bounds_rebuilt_from_the_page_are_those_of_the_checks(dtype, as_reported):
    """Entry by entry, within what the checker adds; and it always adds something."""
    for check, far in apart(rebuilt(), dtype, as_reported=as_reported).items():
        assert ROUNDED / 4 < far <= allowed(check, dtype), check


@formats
def test_local_bounds_are_finite(dtype):
    """So that nothing passes for want of a bound, as the page says."""
    for problem, trace in cases(dtype):
        assert all(np.isfinite(c.bound).all() for c in local_checks(problem, trace))


def test_the_page_says_what_a_pass_is():
    """NaN and infinity never are one."""
    problem, trace = cases("float64")[-1]
    spoilt = [a.copy() for a in trace.z]
    spoilt[0][..., 0, 0], spoilt[0][..., 1, 0] = np.nan, np.inf
    check = local_checks(problem, replace(trace, z=spoilt))[0]
    assert np.isinf(check.residual[..., :2, 0]).all()


# ------------------------------------------------------------------ end to end
def end_to_end(page, problem: Problem):
    """E of all quantities by the page and by the code, layer by layer, and of the cost."""
    given, truth = trusted(problem)
    with np.errstate(all="ignore"):
        gradient = COSTS[problem.cost].gradient(truth.a[-1], given.y)
        net = SimpleNamespace(
            **{name: getattr(given, name) for name in ("W", "b", "x", "y", "activations", "cost")},
            **{name: getattr(truth, name) for name in ("z", "a", "delta")},
            gradient=gradient,
            dW=truth.gradients.dW,
            db=truth.gradients.db,
        )
        bounds, cost = page.propagate(net, page.U[problem.dtype], page.OMEGA[problem.dtype])
    code = propagate(given, truth, FORMATS[problem.dtype])
    layers = zip(code.dW, code.db, code.delta, code.z, code.a, strict=True)
    for layer, ours in zip(bounds, layers, strict=True):
        yield from zip(layer, ours, strict=True)
    yield cost, code.cost


def agrees(page, dtype):
    """Whether the propagated bounds are the same but for rounding; infinite ones at once."""
    for problem, _ in cases(dtype):
        for theirs, ours in end_to_end(page, problem):
            finite = np.isfinite(ours)
            if np.isfinite(theirs).tolist() != finite.tolist():
                return False
            if not (np.abs(ours - theirs)[finite] <= ROUNDED * theirs[finite]).all():
                return False
    return True


@formats
def test_propagated_bounds_rebuilt_from_the_page_are_those_of_the_code(dtype):
    """With nothing but rounding between them."""
    assert agrees(rebuilt(), dtype)


# ------------------------------------------------------------------ the comparison itself
#: What is changed in the page, the check where it must show, and the activation or cost of it.
CHANGES = {
    "z": ("products + (b != 0), 0)", "products, 0)", "z", ""),
    "b alone": ("products + (b != 0), 0)", "products + (b != 0), 1)", "z", ""),
    "zeros": ("(A != 0).astype(float) @ (B != 0)", "A.shape[-1] + 0 * (A @ B)", "z", ""),
    "H": ("(magnitude - abs(total)) / 2", "(magnitude - abs(total)) / 3", "z", ""),
    "H of BP3": ("abs(delta) @ ones, db, hidden", "abs(delta) @ ones, 0, hidden", "BP3", ""),
    "H of BP2": ("W @ delta, v, hidden", "W @ delta, 0, hidden", "BP2", ""),
    "H of BP4": ("delta @ a.mT, dW, hidden", "delta @ a.mT, 0, hidden", "BP4", ""),
    "others": ("m + extra, 1 + extra, delta @ a.mT", "m + extra, extra, delta @ a.mT", "BP4", ""),
    "exact": ("as_reported & is_exact_as", "False & is_exact_as", "z", ""),
    "hidden": ("omega * m * (others > 0 and (delta == 0).any())", "0", "BP3", ""),
    "z's ω": ("lost = 2 * n + 2 +", "lost = 2 * n + 1 +", "z", ""),
    "3u": ("rounded = 0 if name in SELECTING else 3 *", "rounded = 0 * 3 *", "BP2", ""),
    "scaling": ("return 2 + 2 * (m > 2)", "return 2 + 2 * (m > 9)", "BP3", ""),
    "own scale": ("return 2 + 2 * (m > 2)", "return 2 * (m > 2)", "BP3", ""),
    "BP3": ("count(delta, ones) - 1, 0)", "count(delta, ones) - 2, 0)", "BP3", ""),
    "BP4": ("count(delta, a.mT) + extra", "count(delta, a.mT)", "BP4", ""),
    "gain": ("+ d + flush_gain(name, z))", "+ d)", "BP2", "softsign"),
    "leaky_relu": ("gamma(2, u) * a), np.where", "gamma(1, u) * a), np.where", "a", "leaky_relu"),
    "sigmoid": ("+ 4 * u * d", "+ 0 * u * d", "BP2", "sigmoid"),
    "tanh": ("+ 15 * u * d\n", "+ 14 * u * d\n", "BP2", "tanh"),
    "softplus": ('KAPPA["exp"] + KAPPA["sigmoid"] + 2\n', "9\n", "BP2", "softplus"),
    "log_sigmoid": ('(KAPPA["sigmoid"] * s(z) + d)', "(s(z) + d)", "BP2", "log_sigmoid"),
    "elu": ('KAPPA["expm1"] * u * a', "u * a", "a", "elu"),
    "softsign": ("gamma(9, u)", "gamma(8, u)", "BP2", "softsign"),
    "silu": ("(k + 3) * (u * s(z)", "(k + 2) * (u * s(z)", "BP2", "silu"),
    "mish": ("(2 * k + 2)", "(2 * k + 1)", "BP2", "mish"),
    "gelu": ("+ 1.5 +", "+ 1.2 +", "a", "gelu"),
    "gelu_tanh": ("e_rest + 8 * u * rest", "e_rest + 7 * u * rest", "BP2", "gelu_tanh"),
    "settled": ("math.log(64 / u - 1)", "math.log(9 / u - 1)", "BP2", "tanh"),
    "settled erf": ("cdf + 4 * u * slope", "cdf + 5 * u * slope", "a", "gelu"),
    "settled softplus": ("math.log(4) - math", "700 - math", "BP2", "softplus"),
    "quadratic": ("gamma(N + 2 + scales", "gamma(N + 1 + scales", "cost", "quadratic"),
    "scales": ("return 7 if", "return 5 if", "BP1", "mse"),
    "mse": ("a.shape[-1] / 2 if", "a.shape[-1] if", "BP1", "mse"),
    "binary": ("gamma(10, u)", "gamma(9, u)", "BP1", "binary_cross_entropy"),
    "binary's value": ("2 * u * total(1 - y)", "u * total(1 - y)", "cost", "binary_cross_entropy"),
    "logits": ('(KAPPA["sigmoid"] * s(a) + 2 * g)', "(s(a) + g)", "BP1", "sigmoid_cross_entropy"),
    "logits' value": ('KAPPA["softplus"] + 8, u', "8, u", "cost", "sigmoid_cross_entropy"),
    "softmax": ("r = far + np.maximum(far,", "r = np.maximum(far,", "BP1", "softmax_cross_entropy"),
    "softmax's sum": ("(u * size < 1, size, 0)", "(0, 0, 0)", "BP1", "softmax_cross_entropy"),
    "softmax's value": ("error = 3 * far", "error = 2 * far", "cost", "softmax_cross_entropy"),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_page_shows_in_its_check(case):
    """A rounding more or less, in float32, where the checker adds next to nothing."""
    text, other, check, network = case
    far = apart(rebuilt(text, other), "float32", check, network)[check]
    assert far > 16 * allowed(check, "float32")


CHANGES_END_TO_END = {
    "interval": ("L1, L2 = suprema(name, z, 2 * E)", "L1, L2 = suprema(name, z, E)"),
    "jump": ("jumps = jump(name, z, 2 * E)", "jumps = 0 * z"),
    "exact": ("    known = known & is_exact(", "    known = False & is_exact("),
    "relu at 0": ("jumps = np.where((z == 0) & (E == 0), 0, jumps)", "pass"),
    "sigmoid": ("(abs(tilt) + E / 2)", "abs(tilt)"),
    "tanh": ("(abs(np.tanh(z)) + E)", "abs(np.tanh(z))"),
    "elu": ("np.exp(np.minimum(z + E, 0)))", "np.exp(np.minimum(z, 0)))"),
    "silu": ("turn = abs(2 + z * tilt)", "turn = 2 + abs(z * tilt)"),
    "gelu": ("2 * size * E + E * E", "E * E"),
    "gelu_tanh": ("+ 0.8 * E", "+ 0.7 * E"),
    "mish": ("+ 0.6 * E", "+ 0.7 * E"),
    "softmax": ("np.exp(E) * (p * np.expm1(E))", "(p * np.expm1(E))"),
    "scaling": ("bound_bp3(reach, db, extra,", "bound_bp3(reach, db, 0,"),
    "E(C)": ("2 * total(slope * E_a)", "total(slope * E_a)"),
    "of logits": ('value_error("sigmoid_cross_entropy", z, y, E_z, u, omega)', "0"),
    "E(v)": ("rounded(count(W, reach), n,", "rounded(count(W, reach) + 1, n + 1,"),
    "E(v)'s total": ("total = abs(v) + E_v", "total = abs(v) + W @ reach"),
    "z's total": ("abs(z) + handed_on, u", "abs(z) + 2 * handed_on, u"),
    "BP4's total": ("abs(net.dW[l]) + E_W", "abs(net.dW[l])"),
}


@pytest.mark.parametrize("change", CHANGES_END_TO_END.values(), ids=CHANGES_END_TO_END)
def test_a_change_of_the_page_shows_end_to_end(change):
    """In one format or the other."""
    page = rebuilt(*change)
    assert not all(agrees(page, dtype) for dtype in FORMATS)


# ------------------------------------------------------------------ why there is an ω
FLUSHED = "4x8x8x8x3-silu,gelu_tanh,mish,sigmoid-binary_cross_entropy-float32-m8-s2"


def test_a_bound_without_omega_calls_xla_wrong(monkeypatch):
    """It flushes subnormal numbers in three regimes; with ω nothing is wrong."""
    scenario = Scenario.parse(FLUSHED)
    problems = scenario.problems()
    stack, trace = stack_problems(problems), load_backend("jax").traces(problems)
    assert regimes_beyond(stack, trace) == set()
    without = {name: fmt._replace(omega=0.0) for name, fmt in FORMATS.items()}
    monkeypatch.setattr(equations, "ALL_FORMATS", without)
    assert regimes_beyond(stack, trace) == {"saturated", "large", "subnormal"}


def regimes_beyond(problem, trace):
    """Of the draws in which some residual is above 1."""
    checks = local_checks(problem, trace)
    return {
        name for d, name in enumerate(REGIMES_1) if any((c.residual[d] > 1).any() for c in checks)
    }
