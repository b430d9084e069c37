"""A part of a network is one file: found by its folder, and told at import what it lacks."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from crossgrad.comparisons.parts import registry
from crossgrad.comparisons.parts.activations import (
    ACTIVATIONS,
    ELEMENTWISE,
    Activation,
)
from crossgrad.comparisons.parts.costs import COSTS, Cost
from crossgrad.reference import activations, costs

ROOT = Path(__file__).parents[2]
FOLDERS = {"activations": (Activation, activations.ACTIVATIONS), "costs": (Cost, costs.COSTS)}


@pytest.fixture
def copy(tmp_path):
    """The packages, where files may be changed."""
    for folder in ("crossgrad", "reference", "comparisons"):
        shutil.copytree(ROOT / folder, tmp_path / folder, symlinks=True)
    return tmp_path


def parts_of(copy):
    """Where they are imported from: a link of the package."""
    return copy / "crossgrad" / "comparisons" / "parts"


def imported(copy, folder):
    """What is told when the parts of a folder are imported."""
    command = [sys.executable, "-c", f"import crossgrad.comparisons.parts.{folder}"]
    environment = {"PYTHONPATH": str(copy)}
    return subprocess.run(  # noqa: S603 - our own code
        command, cwd=copy, env=environment, capture_output=True, text=True, check=False
    ).stderr


def changed(copy, file, old, new):
    """A file of the parts, with something else in it."""
    path = parts_of(copy) / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_registry_is_the_folder_in_the_order_of_the_reference(folder):
    """Each part has the name of its file."""
    kind, by_hand = FOLDERS[folder]
    found = {"activations": ACTIVATIONS, "costs": COSTS}[folder]
    files = (ROOT / "comparisons" / "parts" / folder).glob("[!_]*.py")
    assert list(found) == list(by_hand)
    assert set(found) == {path.stem for path in files} - {registry.PROTOCOL}
    assert all(isinstance(part, kind) and part.name == name for name, part in found.items())


MISSING = {
    "a method": ("activations/softsign.py", "def second(", "def another(", "Softsign lacks second"),
    "a fact": ("activations/softsign.py", "sup_prime =", "another =", "Softsign lacks sup_prime"),
    "two": ("costs/mse.py", "text = Text(", "another = Text(", ""),  # it is that of the quadratic
    "of a cost": ("costs/quadratic.py", "def truth(", "def another(", "Quadratic lacks truth"),
    "its class": ("costs/quadratic.py", "(Cost)", "", "one Cost is needed, not 0"),
}


@pytest.mark.parametrize("missing", MISSING)
def test_a_missing_part_is_an_error_at_import_that_names_file_and_part(missing, copy):
    """A ``TypeError``; what a part inherits is not missing."""
    file, old, new, told = MISSING[missing]
    changed(copy, file, old, new)
    last = imported(copy, file.partition("/")[0]).rstrip().rpartition("\n")[2]
    assert last == (f"TypeError: {parts_of(copy) / file}: {told}" if told else "")


def test_a_file_without_an_entry_of_the_reference_is_an_error(copy):
    """And an entry without a file."""
    folder = parts_of(copy) / "activations"
    shutil.copy(folder / "tanh.py", folder / "swish.py")
    assert f"{folder / 'swish.py'}: the reference has no swish" in imported(copy, "activations")
    (folder / "swish.py").unlink()
    (folder / "tanh.py").unlink()
    assert f"{folder / 'tanh.py'} is missing: the reference has tanh" in imported(
        copy, "activations"
    )


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_what_follows_another_definition_is_another_part(name):
    """The usual one stays as it is."""
    usual, z = ELEMENTWISE[name], np.array([-0.5, 0.25, 3.0])
    other = usual.replaced(lambda z: z > 1, sigma_prime=7, sigma=np.negative)
    assert other.float64.sigma_prime(z)[2] == other.sigma_prime(z).nearest[2] == 7
    assert other.float64.sigma(z)[2] == other.sigma(z).nearest[2] == -3
    assert usual.float64.sigma(z)[2] == activations.ACTIVATIONS[name].sigma(z)[2]
    assert np.array_equal(other.sigma(z[:2]).nearest, usual.sigma(z[:2]).nearest)
