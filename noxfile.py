"""Set-up, verification, tests, lint, types: ``nox`` runs them all.

``nox -s power`` and ``nox -s releases`` are two more, which take longer.
"""

from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
CONSTRAINED = ("-c", "constraints.txt")
#: The last of each minor series, and the first and the middle of the long one of 0.4. 0.4.31 is
#: the oldest that takes the word "highest" for the precision of products; 0.4.26 has no mish.
#: Torch is that of constraints.txt throughout: of its wheels without CUDA there may be no other.
JAX = ("0.4.31", "0.4.35", "0.4.38", "0.5.3", "0.6.2", "0.7.2", "0.8.3", "0.9.2")
JAX += ("0.10.0", "0.10.1", "0.10.2")
#: The last of each minor series from pyproject.toml's floor on.
NUMPY = ("2.1.3", "2.2.6", "2.3.5", "2.4.6")
RELEASES = [nox.param("jax", v, id=f"jax-{v}") for v in JAX]
RELEASES += [nox.param("numpy", v, id=f"numpy-{v}") for v in NUMPY]


@nox.session
def verify(session: nox.Session) -> None:
    """The main job: reference, torch and JAX on randomized architectures."""
    session.install(*CONSTRAINED, "-e", ".[suite]")
    session.run("pytest", "-n", "auto", "tests/equivalence", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Everything: the main job, the reference's tests, the tests of the checks."""
    session.install(*CONSTRAINED, "-e", ".[tests]")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session(default=False)
def matrix(session: nox.Session) -> None:
    """Every mode that can be had here, in all four formats: hours.

    ``nox -s matrix -- --architectures 1 --draws 1`` takes a quarter of an hour. Frameworks beyond
    the three are installed.
    """
    session.install(*CONSTRAINED, "-e", ".[suite,frameworks]")
    formats = [f"--dtype={name}" for name in ("float64", "float32", "float16", "bfloat16")]
    suite = ("pytest", "-n", "auto", "tests/equivalence/test_equations.py")
    session.run(*suite, "--backend", "all", *formats, *session.posargs)


@nox.session(default=False)
def power(session: nox.Session) -> None:
    """What the suite catches, beside what others check gradients with: some minutes."""
    session.install(*CONSTRAINED, "-e", ".[suite,power]")
    session.run("crossgrad", "power", *session.posargs)


@nox.session(default=False)
@nox.parametrize(["package", "release"], RELEASES)
def releases(session: nox.Session, package: str, release: str) -> None:
    """A baseline of one release of JAX or NumPy, all else as it is tested: two minutes each.

    ``nox -s "releases(jax-0.9.2)"`` is one of them. A release that fails checks is recorded too.
    """
    others = [f"jaxlib=={release}"] if package == "jax" else []
    session.install(*CONSTRAINED, "-e", ".[suite]")
    session.install("--no-deps", f"{package}=={release}", *others)
    file = Path("baselines", f"{package}-{release}.jsonl")
    file.parent.mkdir(exist_ok=True)
    suite = ("pytest", "-n", "auto", "tests/equivalence/test_equations.py")
    session.run(*suite, "--baseline-save", str(file), *session.posargs, success_codes=[0, 1])


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff, with every rule on but those that pyproject.toml gives a reason against."""
    session.install(*CONSTRAINED, "ruff")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict, on the reference and the comparisons."""
    session.install(*CONSTRAINED, "mypy", "-e", ".[tests]")
    session.run("mypy")
