"""The rules that no single file can keep: who imports whom, and that no tolerance is tuned."""

import ast
import dis
import os
import platform
import re
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest

from crossgrad.comparisons import ROOMS
from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.reference import activations

ROOT = Path(__file__).parents[2]
FOLDERS = ("crossgrad", "reference", "comparisons", "tests")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
FILES += sorted(ROOT.glob("*.py"))
#: A project of somebody else's, with folders of those names.
FOREIGN = ROOT / "tests" / "packaging" / "foreign"
#: What others check gradients with, at its defaults: where this suite is compared with it, and
#: where it is shown what such tests let through.
POWER = ROOT / "comparisons" / "commands" / "power"
VACUITY = ROOT / "comparisons" / "suite" / "vacuity"
CHECKERS = [path for of in (POWER, VACUITY / "public") for path in sorted(of.glob("*_checkers.py"))]
FRAMEWORKS = {"torch", "jax", "jaxlib", "flax", "tensorflow", "autograd", "tinygrad", "mlx"}
#: Written so that this file does not contain them.
HALVES = (("rt", "ol"), ("at", "ol"), ("all", "close"), ("is", "close"), ("appro", "x("))
TUNED = [first + second for first, second in HALVES]


def each(files):
    """A rule that a file keeps, as one test of all these; it names those that break it."""
    assert files

    def test_of(rule):
        def test():
            broken = []
            for path in files:
                try:
                    rule(path)
                except AssertionError as error:
                    broken.append(f"{path.relative_to(ROOT)}: {error}")
            assert not broken, "\n".join(broken)

        test.__name__, test.__doc__ = rule.__name__, rule.__doc__
        return test

    return test_of


def of(folder):
    """The same of the Python files of a folder."""
    return each([path for path in FILES if path.is_relative_to(ROOT / folder)])


def imports(path, *, run=False, within=True):
    """Every imported module or name with its full path: ``crossgrad.reference.costs.COSTS``.

    ``run``: but for those that type checkers alone see; ``within``: those in functions too.
    """
    for node in nodes(parsed(path), run=run, within=within):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def parsed(path):
    return ast.parse(path.read_text("utf-8"))


def nodes(node, *, run, within):
    """All below a node, or those that run with it."""
    for child in ast.iter_child_nodes(node):
        if run and isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        if not within and isinstance(child, ast.FunctionDef | ast.Lambda):
            continue
        yield child
        yield from nodes(child, run=run, within=within)


def top(path):
    """The packages that a file imports: of ours ``crossgrad.reference``, of others ``numpy``."""
    return {
        ".".join(name.split(".")[: 1 + name.startswith("crossgrad.")]) for name in imports(path)
    }


@each(FILES)
def test_everything_of_ours_has_one_name(path):
    """``reference`` and ``comparisons`` by themselves would be second copies."""
    assert not top(path) & {"reference", "comparisons"} or path.is_relative_to(FOREIGN)


@pytest.mark.parametrize("name", ["reference", "comparisons", "reference.backprop"])
def test_a_second_copy_is_refused(name):
    """Where the clone's folder is on the path, and by whatever name but its own."""
    said = run(f"try: import {name}\nexcept ImportError as error: print(error)")
    folder = name.partition(".")[0]
    assert said == f"{ROOT / folder} is crossgrad's: import crossgrad.{folder}\n"


# ------------------------------------------------------------------ imports
@of("reference")
def test_reference_needs_numpy_and_the_standard_library_only(path):
    """The oracle shares nothing with what it is compared with, nor with the judge."""
    assert top(path) <= set(sys.stdlib_module_names) | {"numpy", "crossgrad.reference"}


@of("comparisons")
def test_a_framework_is_imported_in_its_own_backend_only(path):
    """Torch in torch_*.py, JAX in jax_*.py, there or where they are themselves measured.

    Or where arrays of somebody's own are spoilt by the operations of their own framework.
    """
    used = top(path) & FRAMEWORKS
    assert used <= {path.name.split("_")[0]}
    assert not used or path.parent.name in ("backends", "bench", "vacuity") or path in CHECKERS


@of("comparisons/backends")
def test_backends_share_nothing_of_the_mathematics(path):
    """A shared σ would hide a shared bug; what a network is, they may know."""
    allowed = ("crossgrad.reference.architecture.", "crossgrad.reference.parameters.Array")
    used = {name for name in imports(path) if name.startswith("crossgrad.reference.")}
    ours = path.name in ("numpy_reference.py", "numpy_fast.py") or path.parent.name == "variants"
    if not ours:
        assert not {name for name in used if not name.startswith(allowed)}


def referred_to(function):
    """The functions and modules that a function refers to, by itself or through a module."""
    codes = [function.__code__]
    for code in codes:
        codes += [part for part in code.co_consts if isinstance(part, CodeType)]
    steps = [step for code in codes for step in dis.get_instructions(code)]
    named = {step.argval for step in steps if step.opname == "LOAD_GLOBAL"}
    attributes = {step.argval for step in steps if step.opname in ("LOAD_ATTR", "LOAD_METHOD")}
    found = [of for name, of in function.__globals__.items() if name in named]
    for module in [of for of in found if isinstance(of, ModuleType)]:
        found += [getattr(module, name, None) for name in attributes]
    return {of for of in found if isinstance(of, FunctionType | ModuleType)}


def called(function):
    """Those, and what functions of this project refer to in turn."""
    found, new = set(), {function}
    while new:
        ours = {of for of in new if getattr(of, "__module__", "").startswith("crossgrad.")}
        found |= new
        new = {of for one in ours for of in referred_to(one)} - found
    return found - {function}


@pytest.mark.parametrize("name", [*ACTIVATIONS, *COSTS])
def test_forms_share_nothing_of_the_mathematics(name):
    """What people program is of NumPy, of the standard library, and of other such forms."""
    part = ACTIVATIONS.get(name) or COSTS[name]
    forms = [part.from_z, part.from_a] if name in ACTIVATIONS else [part.form]
    functions = [f for form in forms for f in form if isinstance(f, FunctionType)]
    used = {of for function in functions for of in called(function)}
    modules = {getattr(of, "__module__", of.__name__) for of in used}
    ours = {module for module in modules if module.startswith("crossgrad.")}
    assert not {module for module in ours if not module.startswith("crossgrad.comparisons.parts.")}


def test_what_a_form_refers_to_is_found():
    """Through what it calls, and through modules."""
    found = {of.__name__ for of in called(ACTIVATIONS["mish"].from_z.sigma_prime)}
    assert {"numpy", "textbook"} <= found
    assert "normal_cdf" in {of.__name__ for of in called(activations.gelu)}


@of("comparisons/backends/variants")
def test_variants_share_nothing_of_the_mathematics(path):
    """Neither with the reference nor with the judge: they know what is asked, and how arrays go.

    Of the parts they take the forms in which people program them, which share nothing either.
    """
    allowed = (
        "crossgrad.comparisons.parts.",
        "crossgrad.comparisons.problems.problem.",
        "crossgrad.comparisons.backends.variants.",
        "crossgrad.reference.activations.Jacobian",  # what it does comes from its form
        "crossgrad.reference.parameters.Array",
    )
    used = {name for name in imports(path) if name.startswith("crossgrad.")}
    assert not {name for name in used if not name.startswith(allowed)}


@of("comparisons")
def test_nobody_imports_the_tests(path):
    """Nor the fixtures: the judge works without pytest's configuration."""
    ours = {path.stem for path in (ROOT / "tests").rglob("*.py")}
    assert not top(path) & (ours | {"tests", "conftest"})


@of("comparisons")
def test_balls_are_imported_by_the_truth_only(path):
    assert "flint" not in top(path) or "balls" in (path.parent.name, path.stem)


def rooms(path):
    """The rooms that a file imports, but for type checkers."""
    ours = [name.split(".") for name in imports(path, run=True)]
    return {names[2] for names in ours if names[:2] == ["crossgrad", "comparisons"] and names[2:]}


@of("comparisons")
def test_each_room_imports_those_before_it(path):
    room = path.relative_to(ROOT / "comparisons").parts[0]
    if room not in ("__init__.py", "__main__.py"):
        assert rooms(path) <= set(ROOMS[: ROOMS.index(room) + 1])


def test_every_folder_is_a_room():
    found = [path.stem for path in (ROOT / "comparisons").iterdir() if path.name != "__pycache__"]
    assert sorted(found) == sorted([*ROOMS, "__init__", "__main__"])


def modules_of(path):
    """The modules of ours that a file imports as it is imported itself."""
    for name in imports(path, run=True, within=False):
        for module in (name, name.rpartition(".")[0]):
            if module in MODULES:
                yield module
                break


MODULES = {
    ".".join(["crossgrad", *path.relative_to(ROOT).with_suffix("").parts]).removesuffix(
        ".__init__"
    ): path
    for path in FILES
    if path.is_relative_to(ROOT / "comparisons")
}


def test_no_imports_run_in_a_circle():
    """Within a room either: whoever is imported first does not need whoever comes later."""
    used = {module: set(modules_of(path)) - {module} for module, path in MODULES.items()}
    TopologicalSorter(used).prepare()


# ------------------------------------------------------------------ tolerances
#: Where tolerances are those of others.
OF_OTHERS = [*CHECKERS, ROOT / "tests" / "commands" / "test_power_measurement.py"]


@each([path for path in FILES if path not in OF_OTHERS])
def test_no_tolerance_is_tuned(path):
    """None of the words that come with one."""
    found = [word for word in TUNED if re.search(rf"\b{re.escape(word)}", path.read_text("utf-8"))]
    assert not found


def test_the_words_are_found_where_they_are():
    """The search sees what it is there for."""
    for word in TUNED:
        assert re.search(rf"\b{re.escape(word)}", f"np.testing.assert_{word} x({word}=1) {word}")


# ------------------------------------------------------------------ start
def run(code, **environment):
    """Standard output of a fresh interpreter in the repository's root."""
    command = [sys.executable, "-c", code]
    result = subprocess.run(  # noqa: S603 - our own code
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert not result.returncode, result.stdout + result.stderr
    return result.stdout


def test_collection_imports_no_framework():
    """The controller of xdist, and ``--collect-only``, start without; nor do they end with any."""
    out = run(
        "import pytest, sys\n"
        "options = ['--collect-only', '-q', '-p', 'no:cacheprovider']\n"
        "code = pytest.main([*options, 'tests/equivalence'])\n"
        "print('ended', int(code), sorted({'torch', 'jax', 'hypothesis'} & set(sys.modules)))"
    )
    assert out.endswith("ended 0 []\n")
    assert "test_equations" in out


def test_the_plugin_of_the_suite_sets_one_thread():
    """Whatever the user had set; what the user's XLA flags say besides is kept."""
    out = run(
        "import crossgrad.comparisons.suite.plugin, os\n"
        "for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS',\n"
        "             'JAX_ENABLE_X64', 'XLA_FLAGS'): print(os.environ[name])",
        OMP_NUM_THREADS="7",
        MKL_NUM_THREADS="",
        XLA_FLAGS="--xla_mine",
        JAX_ENABLE_X64="0",
    )
    *numbers, flags = out.splitlines()
    assert numbers == ["1", "1", "1", "1"]
    assert flags.startswith("--xla_mine ")
    assert "--xla_cpu_multi_thread_eigen=false" in flags


FAULTS = """
import resource
from crossgrad.comparisons.machine.environment import prepare
prepare()
import numpy as np
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(100):
        np.ones(1 << 17)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another malloc")
def test_freed_memory_is_used_again():
    """A megabyte a hundred times is not asked of the system page by page; unless a user says so."""
    pages = 100 * (1 << 20) // 4096
    assert int(run(FAULTS)) < pages / 100
    assert int(run(FAULTS, MALLOC_MMAP_THRESHOLD_="65536")) > pages / 2
