"""The report in a browser: it opens without a complaint, at three sizes, light and dark."""

import re
from dataclasses import replace
from itertools import product

import browser as browsers
import pytest

from crossgrad.comparisons.machine.environment import prepare
from crossgrad.comparisons.machine.location import run_from_here

prepare()

from pages import both, explained, failing, one_of, page, unanswered

pytestmark = browsers.needed
#: A phone, a laptop, a desk.
WIDTHS = (390, 1280, 1920)
SIZES = [*product(WIDTHS, ("light", "dark"))]


@pytest.fixture(scope="module")
def browser():
    with browsers.launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    found = [failing(one_of("BP2")), explained(one_of("BP1")), unanswered(one_of("z"))]
    found.append(replace(one_of("dW"), backend="numpy", against="torch"))
    path.write_text(page([*both(), *found]), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=SIZES, ids="{0[0]}-{0[1]}".format)
def sized(browser, file, request):
    """A width, and the page at it: nobody changes that."""
    with browsers.opened(browser, file, *request.param) as opened:
        browsers.settle(opened.page)
        yield request.param[0], opened


def test_page_opens_without_a_complaint(file, sized):
    """Nothing is written to the console, nothing is asked for but the page, nothing sticks out."""
    width, (shown, complaints, requests) = sized
    assert complaints == []
    assert requests == [file.resolve().as_uri()]
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate("window.scrollX") == 0


def test_a_short_name_stands_in_one_line(sized):
    """A long one may be broken, but a table that is wider than a phone breaks no other."""
    _, (shown, _, _) = sized
    heads = shown.locator("tbody th").filter(has_text=re.compile("^[a-z]{1,5}(~[a-z]{1,5})?$"))
    heights = heads.evaluate_all("all => all.map(e => e.offsetHeight).filter(Boolean)")
    assert heights
    assert max(heights) < 40


#: Of each picture its box, its title and description, and the boxes of its texts.
PICTURES = """() => [...document.querySelectorAll('figure svg')].map(svg => ({
    role: svg.getAttribute('role'),
    box: svg.getBoundingClientRect().toJSON(),
    title: svg.querySelector(':scope > title').textContent,
    told: svg.querySelector(':scope > desc').textContent,
    texts: [...svg.querySelectorAll('text')].map(t => t.getBoundingClientRect().toJSON()),
}))"""


def test_every_picture_is_seen_and_described(sized):
    """It has a size, a title, a description; its texts are large enough and within the window."""
    width, (shown, _, _) = sized
    pictures = shown.evaluate(PICTURES)
    assert shown.locator("figure").count() == 6
    assert len(pictures) >= 14
    for picture in pictures:
        assert picture["role"] == "img"
        assert picture["title"]
        assert len(picture["told"]) > 20
        assert picture["box"]["width"] >= 300
        assert picture["box"]["height"] >= 100
        for text in picture["texts"]:
            assert 0 <= text["left"] <= text["right"] <= width
            assert text["height"] >= 8.5


def test_texts_of_a_picture_do_not_cover_each_other(browser, file):
    """On a phone, where there is least room."""
    with browsers.opened(browser, file, WIDTHS[0]) as (shown, _, _):
        for picture in shown.evaluate(PICTURES):
            boxes = picture["texts"]
            for i, one in enumerate(boxes):
                for other in boxes[:i]:
                    assert not covers(one, other), picture["title"]


def covers(one, other):
    """Whether boxes share more than their margins."""
    wide = min(one["right"], other["right"]) - max(one["left"], other["left"])
    high = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return wide > 1 and high > 0.45 * min(one["height"], other["height"])


def test_dark_is_dark_and_paper_is_light(browser, file):
    """Also the pictures' own texts; what is printed is always light, and unfolded."""
    colours = "() => [getComputedStyle(document.body).backgroundColor, "
    colours += "getComputedStyle(document.querySelector('figure svg text')).fill]"
    told = {}
    for scheme in ("light", "dark"):
        with browsers.opened(browser, file, scheme=scheme) as (shown, _, _):
            told[scheme] = [*map(brightness, shown.evaluate(colours))]
            shown.emulate_media(media="print", color_scheme=scheme)
            told[f"{scheme} paper"] = [*map(brightness, shown.evaluate(colours))]
    assert told["light"] == told["light paper"] == told["dark paper"]
    assert told["light"][0] - told["light"][1] > 100
    assert told["dark"][1] - told["dark"][0] > 100


def brightness(colour):
    """The mean of red, green and blue."""
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def test_folded_numbers_are_printed(browser, file):
    """The pages of a print have the tables in them, and are folded again after that."""
    closed = "document.querySelectorAll('details:not([open])').length"
    with browsers.opened(browser, file) as (shown, _, _):
        assert shown.evaluate(closed) == 6
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert shown.evaluate(closed) == 0
        shown.evaluate("dispatchEvent(new Event('afterprint'))")
        assert shown.evaluate(closed) == 6
        assert shown.pdf(format="A4").startswith(b"%PDF")


FOCUSED = """() => { const e = document.activeElement;
    return [e.tagName, e.className, e.textContent.slice(0, 40),
            getComputedStyle(e).outlineStyle]; }"""


def test_keyboard_reaches_everything(browser, file):
    """The link past the contents first; numbers unfold; commands are copied; focus is seen."""
    with browsers.opened(browser, file) as (shown, complaints, _):
        shown.keyboard.press("Tab")
        assert shown.evaluate(FOCUSED)[:2] == ["A", "skip"]
        assert shown.locator(".skip").bounding_box()["x"] >= 0
        shown.keyboard.press("Enter")
        assert shown.evaluate("document.activeElement.id") == "main"
        seen = tabbed(shown)
        reached = {tag for tag, *_ in seen}
        assert reached >= {"BUTTON", "A", "SUMMARY", "DIV", "PRE"}
        assert {outline for *_, outline in seen} == {"solid"}
        buttons, folded = shown.locator("button").count(), shown.locator("summary").count()
        assert [tag for tag, *_ in seen].count("BUTTON") == buttons
        assert [tag for tag, *_ in seen].count("SUMMARY") == folded
        assert complaints == []


def tabbed(shown):
    """What the focus passes from here to the end of the page."""
    seen = []
    for _ in range(300):
        shown.keyboard.press("Tab")
        told = shown.evaluate(FOCUSED)
        if told[0] == "BODY":
            break
        seen.append(told)
    return seen


def test_a_command_is_copied_by_the_keyboard(browser, file):
    """As it is, and it is said."""
    with browsers.opened(browser, file) as (shown, complaints, _):
        shown.context.grant_permissions(["clipboard-read", "clipboard-write"])
        shown.locator("#divergences button").first.focus()
        shown.keyboard.press("Enter")
        shown.locator("#status", has_text=re.compile(r"^Copied\.$")).wait_for(state="attached")
        copied = shown.evaluate("navigator.clipboard.readText()")
        assert copied == shown.locator("#divergences code[data-copy]").first.text_content()
        assert copied.startswith(f"{run_from_here()} --backend jax --scenario ")
        assert complaints == []


def test_numbers_unfold_by_the_keyboard(browser, file):
    """And a table that is wider than a phone scrolls in its own box."""
    with browsers.opened(browser, file, WIDTHS[0]) as (shown, _, _):
        shown.locator("summary").first.focus()
        shown.keyboard.press("Enter")
        box = shown.locator("details[open] .scroll")
        assert box.is_visible()
        assert box.evaluate("e => e.scrollWidth > e.clientWidth")
        assert shown.evaluate("document.documentElement.scrollWidth") <= WIDTHS[0]


def test_page_is_whole_without_scripts(browser, file):
    """Only what copies is not there."""
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(file.resolve().as_uri())
    assert shown.locator("h1").is_visible()
    assert shown.locator("figure svg").first.is_visible()
    assert shown.locator("code[data-copy]").first.is_visible()
    assert shown.locator("button").count() == 0
    context.close()


def test_a_planted_complaint_is_seen(browser, tmp_path):
    """What opens pages is not deaf: an error, a message, a picture from elsewhere."""
    path = tmp_path / "bad.html"
    path.write_text(
        "<script>console.log('told'); throw new Error('thrown')</script><img src='other.png'>",
        encoding="utf-8",
    )
    with browsers.opened(browser, path) as (shown, complaints, requests):
        browsers.settle(shown)
        assert {"told", "thrown"} <= set(complaints)
        assert len(requests) == 2
