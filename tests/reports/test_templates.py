"""Every page is a file that needs nothing else, and its browser is told to load nothing else."""

import browser as browsers
import pytest
from jinja2 import UndefinedError

from crossgrad.comparisons.machine.environment import prepare

prepare()

from pages import plain

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.reports.templates import POLICY, templates


def lesson(folder):
    file = folder / "lesson.html"
    assert main(["explain", "--backend", "numpy", "--html", str(file)]) == 0
    return file.read_text("utf-8")


PAGES = {"report": lambda _: plain(), "lesson": lesson}


@pytest.mark.parametrize("name", PAGES)
def test_policy_stands_before_what_it_is_for(name, tmp_path):
    """In the head, before the first style or script."""
    html = PAGES[name](tmp_path)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    assert html.count(meta) == 1
    assert html.index(meta) < html.index("<style>") < html.index("<script>")


@browsers.needed
@pytest.mark.parametrize("name", PAGES)
def test_browser_refuses_what_is_from_elsewhere(name, tmp_path):
    """A picture beside the page, that somebody has put into it, is not fetched."""
    file = tmp_path / "page.html"
    file.write_text(PAGES[name](tmp_path).replace("</main>", "<img src=other.png></main>"), "utf-8")
    with (
        browsers.launched() as browser,
        browsers.opened(browser, file) as (page, complaints, _),
    ):
        browsers.settle(page)
        assert [told for told in complaints if "Content Security Policy" in told]


def test_templates_escape_and_miss_nothing(tmp_path):
    """What is given is text; what is not given is an error."""
    (tmp_path / "x.jinja").write_text("{{ told }}", "utf-8")
    template = templates(tmp_path).get_template("x.jinja")
    assert template.render(told="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        template.render()
