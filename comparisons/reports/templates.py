"""Templates of pages: whatever they are given is escaped, a name that is not given is an error."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

#: A page needs nothing else, and its reader's browser is told so.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def templates(folder: Path) -> Environment:
    """Those of a folder; ``policy`` is an element of each page's head."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    meta = '<meta http-equiv="Content-Security-Policy" content="{}">'
    environment.globals["policy"] = Markup(meta.format(POLICY))  # noqa: S704 - it is ours
    return environment
