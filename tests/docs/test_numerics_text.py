"""docs/numerics.md and the code agree in constants, names, rows, links and figures."""

import re

import numpy as np
import pytest
from float_grids import dense_grid
from numerics_page import PAGE, ROOT, added, rebuilt, section, table
from small_networks import NETWORKS, draws

from crossgrad.comparisons.arithmetic import rounding
from crossgrad.comparisons.arithmetic.pairs import ERROR
from crossgrad.comparisons.arithmetic.rounding import ALL_FORMATS, FORMATS, SLACK
from crossgrad.comparisons.arithmetic.wide import TRAILING
from crossgrad.comparisons.backends import DEFAULT, Backend, load_backend
from crossgrad.comparisons.divergences import MET
from crossgrad.comparisons.equations.propagation import INFLATION
from crossgrad.comparisons.equations.walk import CHECKS
from crossgrad.comparisons.judging.agreement import pairwise_checks
from crossgrad.comparisons.parts.activations import ACTIVATIONS as PARTS
from crossgrad.comparisons.problems.first_networks import first_scenarios
from crossgrad.comparisons.problems.generations import GENERATIONS, REGIMES_1
from crossgrad.comparisons.problems.problem import stack_problems

#: On one line.
FLAT = " ".join(PAGE.split())
formats = pytest.mark.parametrize("dtype", FORMATS)


# ------------------------------------------------------------------ constants
def power(text):
    """2⁻⁵³ as a number."""
    return 2.0 ** int(text.removeprefix("2").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


def test_formats_are_those_of_the_page():
    """In the table, and in the program."""
    page, known = rebuilt(), ALL_FORMATS
    shown = {row[0].partition(",")[0]: (power(row[1]), power(row[2])) for row in table("format")}
    assert shown == {name: (fmt.u, fmt.omega) for name, fmt in known.items()}
    for name, fmt in FORMATS.items():
        assert (page.U[name], page.OMEGA[name]) == (fmt.u, fmt.omega)


def test_every_kappa_is_on_the_page_with_what_was_measured():
    """In the program, and in the table as in the comments of ``rounding``."""
    source = (ROOT / "comparisons" / "arithmetic" / "rounding.py").read_text(encoding="utf-8")
    noted = re.findall(r"^    (\w+)=([\d.]+),  # ([^;\n]*)", source, re.MULTILINE)
    code = {name: float(value) for name, value, _ in noted}
    assert code == rounding.KAPPA._asdict()
    assert code == rebuilt().KAPPA
    rows = {row[0]: row[1:5] for row in table("f")}
    assert {name: float(row[0]) for name, row in rows.items()} == code
    for name, _, comment in noted:
        shown = " ".join(rows[name][1:])
        assert re.findall(r"\d\.\d", comment) == re.findall(r"\d\.\d", shown)


def test_numbers_in_the_text_are_those_of_the_code():
    """SLACK, ERROR, TRAILING, the pairs, INFLATION, the suprema."""
    assert SLACK == 1 + 2.0**-30
    assert ERROR == 2.0**-74
    assert TRAILING == 2.0**-24
    assert (rounding.PAIRS.u, rounding.PAIRS.omega) == (2.0**-63, 2.0**-1032)
    for text in ("(1 + 2⁻³⁰)", "ERROR = 2⁻⁷⁴", "2⁻²⁴γ_{2n}", "u is 2⁻⁶³ and whose ω is 2⁻¹⁰³²"):
        assert text in FLAT
    assert INFLATION == 1 + 1e-6
    caps = {name: PARTS[name].sup_prime for name in GENERATIONS[2].activations}
    smooth = {name: sup for name, sup in caps.items() if not PARTS[name].piecewise_linear}
    assert {name: found[0] for name, found in rebuilt().CAPS.items()} == smooth


@formats
def test_what_the_checker_adds_is_in_the_table(dtype):
    column = 1 + list(FORMATS).index(dtype)
    shown = {
        check: row[column] for row in table("check", section(6)) for check in row[0].split(", ")
    }
    assert set(shown) == set(CHECKS)
    for check, text in shown.items():
        terms = [re.split("·", term) for term in text.split(" + ")]
        value = sum(power(factors[-1]) * float("".join(factors[:-1]) or 1) for factors in terms)
        assert added(check, dtype) <= value <= added(check, dtype) * (1 + 2.0**-20)


# ------------------------------------------------------------------ rows, names, links
def test_every_activation_cost_check_and_divergence_has_its_row():
    """Of generation 2; what came later has its derivation in its file. And no other has."""
    page, first = rebuilt(), GENERATIONS[2]
    assert set(page.SIGMA) == set(page.ERRORS) == set(first.activations)
    assert set(page.COST) == set(first.costs)
    assert {name for row in table("σ") for name in row[0].split(", ")} == set(first.activations)
    assert [row[0] for row in table("check", section(2))] == list(CHECKS)
    known = {entry.name for entry in MET if entry.framework in DEFAULT}
    assert {row[0] for row in table("name")} <= known
    headings = " ".join(re.findall("^### (.*)", section(4) + section(5), re.MULTILINE))
    assert set(re.split(r"[ ,]+", headings)) >= {*first.activations, *first.costs}


def test_files_are_there():
    """Each file, folder and document that the page names; of tests the name is enough."""
    names = re.findall(r"`((?:reference|comparisons|tests)/[\w/]*(?:\.py)?)`", PAGE)
    names += [f"docs/{name}" for name in re.findall(r"\]\((\w+\.md)\)", PAGE)]
    assert len(names) > 8
    assert [name for name in names if not (ROOT / name).exists()] == []
    for name in re.findall(r"`(test_\w+\*?\.py)`", PAGE):
        assert list((ROOT / "tests").rglob(name)), name


def test_links_within_the_page_lead_somewhere():
    """As GitHub makes anchors of headings."""
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}
    links = re.findall(r"\]\(#([^)]*)\)", PAGE)
    assert len(links) > 12
    assert set(links) <= anchors


# ------------------------------------------------------------------ figures
def test_figures_of_the_certification():
    counts = [dense_grid(fmt).size for fmt in FORMATS.values()]
    drawn = sum(len(draws(index, "float32")) for index in NETWORKS)
    assert "{:,} float64 and {:,} float32 arguments".format(*counts) in FLAT
    assert f"{len(NETWORKS)} networks, {drawn} draws of each format" in FLAT


def test_figures_of_what_cannot_be_a_gate():
    """The two snippets give what their comments say."""
    page = rebuilt()
    assert page.ULPS_APART == 2.0**124
    assert round(page.WITHIN, 3) == 0.125
    assert round(page.TIMES_SQRT_N) == 40
    assert round(page.TIMES_GAMMA_N, 2) == 0.16


def test_figures_of_the_settings_are_those_of_their_page():
    """Places whose bits change with the threads, and without compilation."""
    rows = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    found = dict(re.findall(r"\| `([\w-]+)` \| jax \| (\d+)", rows))
    assert f"changes {found['threads-2']} in float64" in FLAT
    assert f"and {found['no-jit']} when it is not compiled" in FLAT


def test_figures_of_the_readme_are_those_of_the_readme():
    """Uninformative entries, the largest residual, the campaign, and what others catch."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shares = [int(n) for n in re.findall(r"^\w+~\w+ .* (\d+)%$", readme, re.MULTILINE)]
    assert f"In the default run {min(shares)} to {max(shares)} % of the end-to-end entries" in FLAT
    own = re.findall(r"^(?:jax|numpy|torch) +float\d\d +(.*?) {2}·", readme, re.MULTILINE)
    largest = max(float(n.rstrip("…")) for line in own for n in line.split())
    assert f"its largest residual is {largest}" in FLAT
    entries = re.search(r"cases, ([\d,]+) entries compared, 0 residuals above 1", readme).group(1)
    assert f"{entries} entries, none above 1" in FLAT
    scores = readme.partition("\nchecker ")[2].partition("\n\n")[0].splitlines()[3:]
    caught = [float(n) for line in scores for n in re.findall(r"([\d.]+)%", line[:44])]
    assert f"catches {min(caught):.0f} to {max(caught):.0f} % of the planted faults" in FLAT


def test_most_of_what_is_uninformative_is_in_draws_that_are_made_so_or_zero():
    """By regime: entries, those whose bound exceeds them, and of these those that are 0."""
    counts = np.zeros((len(REGIMES_1), 3))
    for scenario in first_scenarios(30, 8, 0, tuple(FORMATS)):
        for draw, problem in zip(counts, scenario.problems(), strict=True):
            answer = load_backend("numpy").traces([problem])
            both = dict.fromkeys((Backend("one"), Backend("other")), answer)
            (checks,) = pairwise_checks(stack_problems([problem]), both).values()
            for check in checks:
                blind = check.uninformative()
                draw += [blind.size, blind.sum(), (blind & (check.reported == 0)).sum()]
    names = list(REGIMES_1)
    made = [names.index("saturated"), names.index("subnormal")]
    others = np.delete(counts, made, axis=0)
    assert counts[made, 1].sum() > counts[:, 1].sum() / 2
    assert others[:, 2].sum() > others[:, 1].sum() / 2
    assert counts[names.index("ordinary"), 1] < counts[names.index("ordinary"), 0] / 10
