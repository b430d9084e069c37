"""What is drawn of a network, forward and backward, as a list of things for the template.

Each thing has the steps in which it is spoken of: the numbers of the quantities, from 1.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from crossgrad.comparisons.arithmetic.superscripts import superscript
from crossgrad.comparisons.commands.explain.exercise import Exercise
from crossgrad.comparisons.commands.explain.geometry import Geometry
from crossgrad.comparisons.commands.explain.shapes import Drawn, Picture, Shape, Steps, Text
from crossgrad.comparisons.commands.explain.symbols import node, of_sample, symbol
from crossgrad.comparisons.commands.explain.terms import Say
from crossgrad.comparisons.commands.explain.wording import layer_name, title
from crossgrad.comparisons.problems.problem import Trace
from crossgrad.reference.costs import COSTS

#: Digits of a number in the picture: in a large one, in a small one; and how long it may be.
DIGITS, FEW, LONGEST = 3, 2, 8
#: How thick lines are.
THINNEST, THICKEST = 1.2, 6.5


class Artist:
    """Draws the first sample of a draw as one backend computed it."""

    def __init__(
        self, exercise: Exercise, trace: Trace, places: Sequence[tuple[str, int]], say: Say
    ) -> None:
        """``places``: check and layer of each step."""
        self.problem, self.trace, self.say = exercise.problem, trace, say
        self.texts = exercise.texts
        self.geometry = Geometry(self.problem.widths)
        self.depth = self.problem.architecture.depth
        self.numbers = {place: k for k, place in enumerate(places, start=1)}

    def forward(self) -> Picture:
        """Weights on the lines, z and a in the nodes."""
        return self.picture("forward")

    def backward(self) -> Picture:
        """∂C/∂w on the lines, a and δ in the nodes."""
        return self.picture("backward")

    def picture(self, name: str) -> Picture:
        back = name == "backward"
        told = self.say(f"describe {name}", network=title(self.problem, self.say))
        lines = [*self.edges(back=back), *self.to_cost(back=back)]
        shapes = [*self.nodes(back=back), self.cost(back=back)]
        labels = [text for _, texts in lines for text in texts if self.geometry.large]
        left_out = sum(self.geometry.left_out(l) for l in range(self.depth + 1))
        drawn = tuple(line for line, _ in lines)
        return Picture(
            name,
            told,
            self.geometry,
            drawn,
            tuple(labels),
            tuple(shapes),
            tuple(self.heads()),
            left_out,
        )

    # -------------------------------------------------------------- numbers
    def step(self, check: str, layer: int) -> int:
        """The number of an equation at a layer."""
        return self.numbers[check, layer]

    def delta_step(self, layer: int) -> int:
        """Where δ of a layer is computed."""
        return self.step("BP1" if layer == self.depth else "BP2", layer)

    def told(self, value: float, name: str) -> str:
        """As it was written, if that is short; else rounded. x and y are the first sample's."""
        of_first = name + superscript(of_sample(0, self.problem.batch))
        written = self.texts.get(name, self.texts.get(of_first, ""))
        if 0 < len(written) <= LONGEST:
            return written
        text = format(float(value), f".{DIGITS if self.geometry.large else FEW}g")
        return text if len(text) <= LONGEST else format(float(value), ".1e")

    def thickness(self, values: Sequence[np.ndarray], value: float) -> float:
        """By size, beside the largest of all."""
        largest = max(float(np.abs(array).max()) for array in values)
        if not (np.isfinite(largest) and largest > 0 and np.isfinite(value)):
            return THINNEST
        return THINNEST + (THICKEST - THINNEST) * float(abs(value)) / largest

    # -------------------------------------------------------------- lines
    def edges(self, *, back: bool) -> Iterator[tuple[Drawn, list[Text]]]:
        """From every node, and every bias node, to every node of the next layer."""
        W, b = (self.trace.dW, self.trace.db) if back else (self.problem.W, self.problem.b)
        for l in range(1, self.depth + 1):
            for j in range(self.geometry.shown(l)):
                yield self.edge(symbol("b", (j,), l), b, l, (j, 0), back=back, bias=True)
                for k in range(self.geometry.shown(l - 1)):
                    yield self.edge(symbol("w", (j, k), l), W, l, (j, k), back=back, bias=False)

    def edge(
        self,
        name: str,
        arrays: Sequence[np.ndarray],
        l: int,
        index: tuple[int, int],
        *,
        back: bool,
        bias: bool,
    ) -> tuple[Drawn, list[Text]]:
        value, (j, k) = arrays[l - 1][index], index
        line = self.geometry.bias_edge(l, j) if bias else self.geometry.edge(l, j, k)
        own = self.step(("BP3" if bias else "BP4") if back else "z", l)
        carries = back and not bias and l > 1
        steps = (own, self.delta_step(l - 1)) if carries else (own,)
        name = f"∂C/∂{name}" if back else name
        spot = line.at(self.geometry.share(l))
        drawn = Drawn(
            line.shortened(8, 0) if carries else line,
            f"{name} = {value}",
            steps,
            self.thickness(arrays, value),
            bool(value < 0),
            arrow=carries,
            kind="bias" if bias else "weight",
        )
        passing = steps[1:]
        texts = [Text(*spot, name, self.told(value, name), (own,), instead=passing)]
        if carries:  # BP2 multiplies by the weight itself
            name = symbol("w", index, l)
            weight = self.told(self.problem.W[l - 1][index], name)
            texts.append(Text(*spot, name, weight, passing, passing=True))
        return drawn, texts

    def to_cost(self, *, back: bool) -> Iterator[tuple[Drawn, list[Text]]]:
        """From the outputs to C; ∂C/∂a on the way back."""
        step = self.step("BP1" if back else "cost", self.depth)
        gradient = COSTS[self.problem.cost].gradient
        a, y = (v.astype(np.float64) for v in (self.trace.a[-1], self.problem.y))
        for j in range(self.geometry.shown(self.depth)):
            line = self.geometry.cost_edge(j)
            if not back:
                yield Drawn(line, "", (step,), THINNEST, kind="cost"), []
                continue
            value, name = gradient(a, y)[j, 0], f"∂C/∂{node('a', self.depth, j)}"
            spot = line.at(0.5)
            drawn = Drawn(
                line.shortened(8, 0),
                f"{name} = {value}",
                (step,),
                THINNEST,
                arrow=True,
                kind="cost",
            )
            yield drawn, [Text(*spot, name, self.told(value, name), (step,))]

    # -------------------------------------------------------------- nodes
    def nodes(self, *, back: bool) -> Iterator[Shape]:
        for l in range(self.depth + 1):
            if l < self.depth:
                yield self.bias(l)
            for j in range(self.geometry.shown(l)):
                yield self.node(l, j, back=back)
            if self.geometry.left_out(l):
                yield self.more(l)

    def bias(self, layer: int) -> Shape:
        """Fixed at 1."""
        spot = self.geometry.bias(layer)
        return Shape(spot, "bias", self.say("bias node"), (), (Text(*spot, "", "1"),))

    def more(self, layer: int) -> Shape:
        spot = self.geometry.node(layer, self.geometry.shown(layer))
        told = self.say("more", count=self.geometry.left_out(layer))
        return Shape(
            spot, "more", told, (), (Text(*spot, "", f"⋮ +{self.geometry.left_out(layer)}"),)
        )

    def node(self, layer: int, j: int, *, back: bool) -> Shape:
        """An input, or a node with z and a, or a and δ."""
        spot = self.geometry.node(layer, j)
        a = self.line("a", layer, j)
        if layer == 0:
            return Shape(
                spot, "input", f"{a.name} = {self.value('a', 0, j)}", (), self.stacked([a])
            )
        if back:
            steps: Steps = (self.delta_step(layer),)
            lines = [a, self.line("δ", layer, j, steps)]
        else:
            steps = (self.step("z", layer), self.step("a", layer))
            lines = [self.line("z", layer, j, steps[:1]), a._replace(steps=steps[1:])]
        first, last = ("a", "δ") if back else ("z", "a")
        pair = (f"{node(x, layer, j)} = {self.value(x, layer, j)}" for x in (first, last))
        told = ", ".join(pair)
        kept = lines if self.geometry.large else lines[-1:]
        return Shape(spot, "unit", told, steps, self.stacked(kept))

    def line(self, letter: str, layer: int, j: int, steps: Steps = ()) -> Text:
        spot, name = self.geometry.node(layer, j), node(letter, layer, j)
        return Text(*spot, name, self.told(self.value(letter, layer, j), name), steps)

    def value(self, letter: str, layer: int, j: int) -> Any:  # noqa: ANN401 - of any format
        if layer == 0:
            return self.problem.x[j, 0]
        arrays = {"z": self.trace.z, "a": self.trace.a, "δ": self.trace.delta}[letter]
        return arrays[layer - 1][j, 0]

    def stacked(self, lines: Sequence[Text], down: float = 19) -> tuple[Text, ...]:
        """Texts one below the other around the middle; in a small node the value alone."""
        first = -(len(lines) - 1) / 2 * down
        if not self.geometry.large:
            lines = [line if line.name == "C" else line._replace(name="") for line in lines]
        return tuple(line._replace(y=line.y + first + i * down) for i, line in enumerate(lines))

    def cost(self, *, back: bool) -> Shape:
        """C, and the targets that it is computed from."""
        spot, value = self.geometry.cost, self.trace.cost
        steps: Steps = () if back else (self.step("cost", self.depth),)
        C = Text(*spot, "C", "·" if value is None else self.told(float(value), "C"), steps)
        targets = [
            Text(*spot, name, self.told(y, name))
            for name, y in ((node("y", 0, j), y) for j, y in enumerate(self.problem.y[:, 0]))
        ]
        lines = [*targets, C] if self.geometry.large else [C]
        told = "C" if value is None else f"C = {value}"
        return Shape(spot, "cost", told, steps, self.stacked(lines))

    def heads(self) -> Iterator[Text]:
        for l in range(self.depth + 1):
            yield Text(self.geometry.x(l), 16, "", layer_name(l, self.depth, self.say))
        yield Text(self.geometry.cost.x, 16, "", self.say("cost"))
