"""A headless browser that opens a page from a file, and tells what it had to complain of."""

import shutil
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
#: For tests that need one.
needed = pytest.mark.skipif(CHROMIUM is None, reason=f"none of {', '.join(NAMES)} is installed")
#: A browser that calls nobody by itself.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
ARGUMENTS += ("--disable-background-networking", "--disable-component-update", "--disable-sync")

#: What is complained of or asked for after the load comes within half a second, or never. (The
#: browser's own event, "networkidle", did not come in one run of hundreds.)
SETTLE = "new Promise(done => setTimeout(done, 500))"


class Opened(NamedTuple):
    """A page; what was written to its console, or raised; the addresses that it asked for."""

    page: Any
    complaints: list[str]
    requests: list[str]


def settle(page):
    """Wait until all that the page has to say and to ask for is there."""
    page.evaluate(SETTLE)


@contextmanager
def launched():
    """The browser; a fixture keeps it for all tests of a file."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, and not always needed

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser, path, width=1280, scheme="light", height=900):
    """The page of a file, as wide as this and in the light or dark scheme."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    try:
        page, complaints, requests = context.new_page(), [], []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.resolve().as_uri())
        yield Opened(page, complaints, requests)
    finally:
        context.close()
