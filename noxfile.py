"""Set-up, verification, tests, lint, types: ``nox`` runs them all, ``nox -s power`` one more."""

import nox

nox.options.default_venv_backend = "venv"
CONSTRAINED = ("-c", "constraints.txt")


@nox.session
def verify(session: nox.Session) -> None:
    """The main job: reference, torch and JAX on randomized architectures."""
    session.install(*CONSTRAINED, "-e", ".")
    session.run("pytest", "-n", "auto", "tests/equivalence", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Everything: the main job, the reference's tests, the tests of the checks."""
    session.install(*CONSTRAINED, "-e", ".[tests]")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session(default=False)
def power(session: nox.Session) -> None:
    """What the suite catches, beside what others check gradients with: some minutes."""
    session.install(*CONSTRAINED, "-e", ".[power]")
    session.run("crossgrad", "power", *session.posargs)


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
