"""Pictures are the same for the same figures, whatever a user has set; names in them are text."""

import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib as mpl
import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from matplotlib.figure import Figure
from pages import failing, one_of, page

from crossgrad.comparisons.backends import Backend, load_backend
from crossgrad.comparisons.commands.compare import picture
from crossgrad.comparisons.commands.compare.ledger import Cell, Ledger
from crossgrad.comparisons.commands.compare.releases import Release
from crossgrad.comparisons.commands.power import plot as power_plot
from crossgrad.comparisons.commands.power.report import Power
from crossgrad.comparisons.commands.power.scores import SUITE, Scores
from crossgrad.comparisons.commands.train import plot as training_plot
from crossgrad.comparisons.commands.train.course import course
from crossgrad.comparisons.commands.train.descent import train
from crossgrad.comparisons.records.baseline.file import Baseline
from crossgrad.comparisons.reports.drawing import described, label_powers, settings

#: A file's name that a typesetter of formulas stumbles over.
DOLLARS = r"$\q$.py:f"
#: What somebody has in a file of settings.
USERS = {"axes.facecolor": "yellow", "lines.linewidth": 7.0, "font.size": 20.0, "axes.grid": True}
USERS |= {"font.family": ["monospace"], "savefig.pad_inches": 2.0, "svg.fonttype": "path"}


def of_ledger():
    """A backend that changes at the second of two releases."""
    releases = [
        Release(f"jax {v}", v, Path(v), Baseline({"jax": v}, "0" * 16, {}, []))
        for v in ("0.9.1", "0.9.2")
    ]
    cells = [Cell(0.5, beyond=False, places=1, entries=8, changed=changed) for changed in (0, 1)]
    return picture.as_svg(Ledger(releases, {(DOLLARS, "float64", "z"): cells}, [[], []], 0))


def of_power():
    scores = Scores([], {}, {})
    return power_plot.as_svg(Power(scores, {(SUITE, "float64", "largest entry"): 1e-9}, [], {}))


def of_training():
    """Two steps of the reference under that name."""
    backend = Backend(f"my/{DOLLARS}", load_backend("numpy").trace)
    return training_plot.as_svg(train(course(None, None, None), [backend], 2))


def of_page():
    return page([failing(one_of("BP2"), backend=f"my/{DOLLARS}")])


DRAWN = {"ledger": of_ledger, "power": of_power, "training": of_training, "page": of_page}


@pytest.mark.parametrize("name", DRAWN)
def test_settings_of_a_user_do_not_matter(name):
    """The same, to the byte; and the user's are as they were."""
    drawn = DRAWN[name]()
    with mpl.rc_context(USERS):
        assert DRAWN[name]() == drawn
        assert mpl.rcParams["font.size"] == 20


@pytest.mark.parametrize("name", ["ledger", "training", "page"])
def test_a_dollar_is_a_dollar(name):
    """Pictures with names of a user's files never take them for formulas."""
    assert f">{DOLLARS}" in DRAWN[name]()


def test_powers_of_ten_are_text():
    """On a logarithmic axis, between the decades too where there are few of them."""
    assert texts(1e-3, 1e2) >= {"10⁻³", "1", "10¹", "10²"}
    assert texts(1.5e-3, 5e-3) >= {"2×10⁻³", "4×10⁻³"}
    assert texts(1.5, 5.5) >= {"2", "4"}


def texts(low, high):
    """All that stands in a picture with such an axis."""
    with settings():
        axes = Figure().subplots()
        axes.set_ylim(low, high)
        axes.set_yscale("log")
        label_powers(axes.yaxis)
        svg = described(axes.figure, "crossgrad", "a < b", "c & d")
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert [element.text for element in root[:2]] == ["a < b", "c & d"]
    return {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
