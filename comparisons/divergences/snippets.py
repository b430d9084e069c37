"""Run the snippets that standard input has, one after the other, and tell what each prints.

A program of its own, in a process that has nothing of the suite: see ``rerun``.
"""

import json
import sys
from contextlib import redirect_stdout
from io import StringIO


def main() -> None:
    """From {name: code} to a line [name, printed, error] each, as they come."""
    for name, code in json.load(sys.stdin).items():
        sys.stdout.write(f"{json.dumps([name, *printed(code)])}\n")
        sys.stdout.flush()


def printed(code: str) -> tuple[str, str]:
    """What a snippet prints, and what it raises, if anything."""
    as_started()
    said = StringIO()
    try:
        with redirect_stdout(said):
            exec(code, {"__name__": "__main__"})  # noqa: S102 - ours, from the registry
    except Exception as error:  # noqa: BLE001 - whatever it raises is told
        return said.getvalue(), f"{type(error).__name__}: {error}"
    return said.getvalue(), ""


def as_started() -> None:
    """A snippet that needs float64 of JAX asks for it, and for itself alone."""
    if jax := sys.modules.get("jax"):
        jax.config.update("jax_enable_x64", val=False)


if __name__ == "__main__":
    main()
