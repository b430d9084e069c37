"""``crossgrad explain --html``: one page that needs nothing else, drawn and walked through."""

import re
from html import unescape
from html.parser import HTMLParser
from itertools import combinations

import browser
import pytest

from crossgrad.comparisons.machine.environment import prepare

prepare()

from crossgrad.comparisons.__main__ import main
from crossgrad.comparisons.backends import load_backend
from crossgrad.comparisons.commands.explain.command import LECTURE
from crossgrad.comparisons.commands.explain.exercise import exercise_of
from crossgrad.comparisons.commands.explain.explanation import explanation
from crossgrad.comparisons.commands.explain.geometry import NODES
from crossgrad.comparisons.commands.explain.page import as_html, pictures
from crossgrad.comparisons.commands.explain.terms import speaker
from crossgrad.comparisons.problems.scenario import Scenario

DEEP = "3x4x4x2-sigmoid,sigmoid,sigmoid-quadratic-float64-m4-s0"
LARGE = "2x100x3-relu,identity-softmax_cross_entropy-float32-m4-s0"
TINY = "2x2x1-sigmoid,sigmoid-quadratic-float64-m1-s0 --draw 6"
VOID = {"meta", "br", "wbr", "hr", "img", "input", "link"}


def written(file, *arguments):
    code = main(["explain", *arguments, "--backend", "numpy", "--html", str(file)])
    return file.read_text("utf-8"), code


def drawn(scenario, draw=0):
    found = explanation(exercise_of(Scenario.parse(scenario), draw), [load_backend("numpy")])
    return pictures(found, speaker("en"))


# ------------------------------------------------------------------ the file
class Nesting(HTMLParser):
    """What is open at the end, and the attributes of everything."""

    def __init__(self, text):
        super().__init__()
        self.open, self.attributes = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("arguments", [LECTURE, f"{DEEP} --vi", LARGE, TINY])
def test_page_needs_nothing_else(tmp_path, arguments):
    """No address that is fetched, no style or script of others; what is opened is closed."""
    text, code = written(tmp_path / "page.html", *arguments.split())
    assert code == 0
    page = Nesting(text)
    assert page.open == []
    fetching = {"src", "href", "srcset", "action", "data", "poster"}
    assert not [told for told in page.attributes if told[1] in fetching]
    assert not re.search(r"@import|url\((?!#)|https?:", text)
    assert f'<html lang="{"vi" if "--vi" in arguments else "en"}">' in text


def test_everything_is_named_for_who_cannot_see_it(tmp_path):
    """Ids are there once, and found by what refers to them; pictures have titles."""
    text, _ = written(tmp_path / "page.html")
    attributes = Nesting(text).attributes
    ids = [value for _, name, value in attributes if name == "id"]
    assert len(ids) == len(set(ids))
    referred = [value for _, name, value in attributes if name == "aria-labelledby"]
    assert len(referred) == 2
    assert set(" ".join(referred).split()) <= set(ids)
    assert text.count('role="img"') == 2
    assert text.count("<desc") == 2


def test_page_has_the_numbers_of_the_terminal(tmp_path, capsys):
    """All values in full, all equations."""
    text, _ = written(tmp_path / "page.html")
    out = capsys.readouterr().out
    page = unescape(re.sub(r"<[^>]*>", "", text))
    numbers = set(re.findall(r"-?\d\.\d{9,}(?:e-\d+)?", out))
    assert len(numbers) >= 25
    assert all(number in page for number in numbers)
    put_in = [line.split("≈ ")[1] for line in out.splitlines() if line.startswith("      ≈ ")]
    assert put_in
    assert all(numbers in page for numbers in put_in)


def test_page_of_one_run_is_that_of_another():
    found = explanation(exercise_of(Scenario.parse(LECTURE), 0), [load_backend("numpy")])
    assert as_html(found, "en") == as_html(found, "en")
    assert as_html(found, "en") != as_html(found, "vi")


def test_nothing_of_the_user_is_markup(tmp_path):
    """Neither a path nor a message."""
    folder = tmp_path / "<script>alert(1)<"
    folder.mkdir()
    file = folder / "mine.py"
    file.write_text('def g(p):\n    raise ValueError("<b onclick=x>&")\n', "utf-8")
    text, code = written(tmp_path / "page.html", "--backend", f"{file}:g")
    assert code == 1
    assert "<script>alert" not in text
    assert "<b onclick" not in text
    assert "&lt;script&gt;alert(1)&lt;" in text
    assert "&lt;b onclick=x&gt;&amp;" in text


def test_page_without_a_whole_trace_has_tables_only(tmp_path):
    file = tmp_path / "mine.py"
    head = "from crossgrad.reference.backprop import backprop\n\ndef g(p):\n"
    body = "    r = backprop(p.architecture, p.parameters, p.x, p.y).gradients\n"
    file.write_text(f'{head}{body}    return {{"dW": r.dW, "db": r.db}}\n', "utf-8")
    code = main(["explain", "--backend", f"{file}:g", "--html", str(tmp_path / "page.html")])
    text = (tmp_path / "page.html").read_text("utf-8")
    assert code == 0
    assert "<svg" not in text
    assert text.count("<table") == 2 + 4  # δ, ∂C/∂b and ∂C/∂W of both layers


def test_a_result_that_its_numbers_do_not_give_is_marked(tmp_path):
    """The picture is of who is wrong; the page says so."""
    file = tmp_path / "mine.py"
    file.write_text(FORGETFUL, "utf-8")
    code = main(["explain", "--backend", f"{file}:g", "--html", str(tmp_path / "page.html")])
    text = (tmp_path / "page.html").read_text("utf-8")
    assert code == 1
    assert len(re.findall(r'class="result">≈ [^<]* ✗<', text)) == 2
    assert 'class="outcome fails"' in text


FORGETFUL = """
from crossgrad.reference.backprop import backprop

def g(p):
    r = backprop(p.architecture, p.parameters, p.x, p.y)
    delta = [p.W[1].T @ r.delta[1], r.delta[1]]
    dW = [delta[0] @ p.x.T, r.gradients.dW[1]]
    return {"dW": dW, "db": delta, "z": r.z, "a": r.a, "delta": delta}
"""


def test_interrupted_page_leaves_what_was_there(tmp_path, monkeypatch):
    file = tmp_path / "page.html"
    file.write_text("before", "utf-8")
    monkeypatch.setattr("crossgrad.comparisons.commands.explain.page.as_html", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["explain", "--backend", "numpy", "--html", str(file)])
    assert file.read_text("utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


# ------------------------------------------------------------------ the picture
def boxes(picture):
    """Left, top, right and bottom of every name on a line, node, bias node and the cost."""
    size = picture.geometry.size
    for text in picture.labels:
        if not text.passing:
            yield text.name, text.x - text.wide / 2, text.y - 9, text.x + text.wide / 2, text.y + 9
    halves = {"bias": (size.bias, size.bias), "cost": (size.box / 2, 25)}
    for shape in picture.shapes:
        across, up = halves.get(shape.kind, (size.radius, size.radius))
        x, y = shape.spot
        yield shape.told, x - across, y - up, x + across, y + up


NETWORKS = [LECTURE, DEEP, LARGE, "4x4x4x4x4-tanh,tanh,tanh,tanh-mse-float64-m2-s1"]
NETWORKS += ["2x1-sigmoid-quadratic-float64-m1-s0", "1x1-identity-mse-float64-m1-s0"]


@pytest.mark.parametrize("network", NETWORKS)
def test_nothing_overlaps_and_nothing_is_outside(network):
    """Neither names nor nodes, forward and backward."""
    for picture in drawn(network):
        for (one, *a), (other, *b) in combinations(boxes(picture), 2):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (picture.name, one, other)
        wide, high = picture.geometry.width, picture.geometry.height
        for _, left, top, right, bottom in boxes(picture):
            assert 0 <= left < right <= wide
            assert 0 <= top < bottom <= high


def test_every_weight_bias_and_node_of_a_small_network_is_drawn():
    """With its name: 6 weights, 3 biases, 5 nodes, 2 bias nodes, the cost."""
    forward, backward = drawn(LECTURE)
    weights = {"w₁₁¹", "w₁₂¹", "w₂₁¹", "w₂₂¹", "b₁¹", "b₂¹", "w₁₁²", "w₁₂²", "b₁²"}
    assert {label.name for label in forward.labels} == weights
    derivatives = {f"∂C/∂{name}" for name in weights} | {"∂C/∂a₁²"}
    assert {label.name for label in backward.labels if not label.passing} == derivatives
    for picture in (forward, backward):
        kinds = [shape.kind for shape in picture.shapes]
        assert {kind: kinds.count(kind) for kind in kinds} == {
            "bias": 2,
            "input": 2,
            "unit": 3,
            "cost": 1,
        }
    inside = {text.name for shape in backward.shapes for text in shape.texts}
    assert {"δ₁¹", "δ₂¹", "δ₁²"} < inside


def test_errors_flow_back():
    """An arrow from C to each output, and from a layer to the hidden one before; none to inputs."""
    _, backward = drawn(LECTURE)
    assert [line.told.split(" = ")[0] for line in backward.lines if line.arrow] == [
        "∂C/∂w₁₁²",
        "∂C/∂w₁₂²",
        "∂C/∂a₁²",
    ]


def test_lines_tell_size_and_sign():
    """The largest is the thickest; what is negative is dashed."""
    forward, _ = drawn(LECTURE)
    lines = {line.told: line for line in forward.lines if line.told}
    values = {told: float(told.split(" = ")[1]) for told in lines}
    assert all(line.negative == (values[told] < 0) for told, line in lines.items())
    weights = [told for told in values if told.startswith("w")]
    by_size = sorted(weights, key=lambda told: abs(values[told]))
    assert by_size == sorted(weights, key=lambda told: lines[told].width)


def test_a_large_layer_is_cut_and_says_so(tmp_path):
    """At most so many nodes in a column, the last of them a ⋮."""
    for picture in drawn(LARGE):
        columns = {shape.spot.x for shape in picture.shapes if shape.kind in ("unit", "input")}
        counts = [
            sum(s.spot.x == x and s.kind in ("unit", "input", "more") for s in picture.shapes)
            for x in sorted(columns)
        ]
        assert counts == [2, NODES, 3]
        assert picture.left_out == 100 - NODES + 1
    text, _ = written(tmp_path / "page.html", LARGE)
    assert "⋮ +93" in text
    assert "93 nodes are not drawn" in text


# ------------------------------------------------------------------ in a browser
@pytest.fixture(scope="module")
def page_of_lecture(tmp_path_factory):
    file = tmp_path_factory.mktemp("explain") / "page.html"
    assert main(["explain", "--html", str(file)]) == 0
    return file


@pytest.fixture(scope="module")
def chromium():
    with browser.launched() as launched:
        yield launched


@browser.needed
def test_arrow_keys_walk_through_the_steps(chromium, page_of_lecture):
    """Each step speaks of its equation and its part of the picture; nothing is fetched."""
    with browser.opened(chromium, page_of_lecture) as (page, complaints, requests):
        assert page.locator("svg.graph").count() == 2
        assert page.locator("#told").is_hidden()
        equations = []
        for k in range(1, 12):
            page.keyboard.press("ArrowRight")
            assert page.locator("#place").inner_text() == f"step {k} of 11"
            equations.append(page.locator("#told .equation").inner_text())
            assert page.locator("svg .now").count() > 0
            assert page.locator(".step.now").get_attribute("id") == f"step-{k}"
        assert [text.split(":")[0] for text in equations[5:]] == [
            *("BP1", "BP3", "BP4"),
            *("BP2", "BP3", "BP4"),
        ]
        assert page.locator("#figure-forward").is_hidden()
        page.keyboard.press("ArrowRight")  # there is no twelfth
        page.keyboard.press("ArrowLeft")
        assert page.locator("#place").inner_text() == "step 10 of 11"
        page.keyboard.press("Escape")
        assert page.locator("#told").is_hidden()
        assert page.locator("#figure-forward").is_visible()
        assert page.locator("svg .now").count() == 0
        assert complaints == []
        assert [url for url in requests if not url.startswith("file:")] == []


@browser.needed
def test_step_of_bp2_shows_the_weights_that_carry(chromium, page_of_lecture):
    """In place of ∂C/∂w, the weights themselves, in the picture; what is to come is faint."""
    with browser.opened(chromium, page_of_lecture) as (page, complaints, _):
        for _ in range(9):
            page.keyboard.press("ArrowRight")
        shown = page.locator("#figure-backward .label.passing.now").all_text_contents()
        assert [text.split()[0] for text in shown] == ["w₁₁²", "w₁₂²"]
        assert page.locator("#figure-backward g.label.instead").count() == 2
        assert page.locator("#figure-backward g.label.later").count() == 6
        assert complaints == []


@browser.needed
def test_buttons_and_address_lead_to_a_step(chromium, page_of_lecture):
    """For who has no keys, and to come back to one; on a phone the picture moves along."""
    with browser.opened(chromium, page_of_lecture, width=390) as (page, complaints, _):
        page.get_by_role("button", name="next").click()
        page.get_by_role("button", name="next").click()
        assert page.url.endswith("#at-2")
        page.reload()
        assert page.locator("#place").inner_text() == "step 2 of 11"
        page.keyboard.press("End")
        for _ in range(5):
            page.keyboard.press("ArrowLeft")  # to BP1, at the right of the picture
        assert page.locator("#place").inner_text() == "step 6 of 11"
        box = page.locator("#figure-backward .shape.now circle").bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
        page.get_by_role("button", name="all at once").click()
        assert "#" not in page.url
        assert complaints == []


@browser.needed
@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_a_phone_and_a_projector(chromium, page_of_lecture, width, scheme):
    """It never scrolls sideways as a whole, and follows the reader's scheme."""
    with browser.opened(chromium, page_of_lecture, width=width, scheme=scheme) as (page, *_):
        for _ in range(2):
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.keyboard.press("ArrowRight")
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", paper)[:3])) > 384) == (scheme == "light")


@browser.needed
def test_all_steps_are_there_without_the_script_and_on_paper(chromium, page_of_lecture):
    """Both pictures, all eleven steps; on paper whatever was shown last on the screen."""
    with browser.opened(chromium, page_of_lecture) as (page, *_):
        page.keyboard.press("ArrowRight")
        page.emulate_media(media="print")
        assert page.locator("figure").evaluate_all("all => all.every(f => f.offsetHeight > 0)")
        assert page.locator("#walk, #told").evaluate_all("all => all.every(e => !e.offsetHeight)")
        faint = "all => all.filter(e => getComputedStyle(e).opacity !== '1').length"
        assert page.locator("svg *").evaluate_all(faint) == 0
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_of_lecture.resolve().as_uri())
    assert page.locator("figure:visible").count() == 2
    assert page.locator(".step:visible").count() == 11
    assert page.locator("#walk").is_hidden()
    context.close()
