"""Where the nodes of a network stand in a picture: a column a layer, the bias node on top.

Every line leaves a node at its right and enters one at its left, so that along a gap all lines are
straight and start equally far apart: names that stand at 1/(n + 1) of the way to n nodes are then
equally far from each other, whatever crosses.
"""

from typing import NamedTuple

#: Nodes of a layer that are drawn; if there are more, the last of them is a ⋮.
NODES = 8
#: Layers of at most so many nodes, and so many of them, are drawn large, with all numbers.
LARGE_NODES, LARGE_DEPTH = 4, 4


class Size(NamedTuple):
    """Radius of a node, half a bias node; from node to node, between columns, at the edges.

    ``name``: from a node to the middle of the names on its lines; ``box``: the cost.
    """

    radius: float
    bias: float
    down: float
    gap: float
    name: float
    margin: float
    box: float
    arrow: float


LARGE = Size(radius=50, bias=20, down=126, gap=200, name=62, margin=16, box=112, arrow=11)
SMALL = Size(radius=23, bias=12, down=58, gap=120, name=0, margin=30, box=76, arrow=7)
#: Room for the names of the columns.
HEAD = 26


class Spot(NamedTuple):
    """The middle of something."""

    x: float
    y: float


class Line(NamedTuple):
    """From the right of one thing to the left of another."""

    x1: float
    y1: float
    x2: float
    y2: float

    def at(self, share: float) -> Spot:
        return Spot(self.x1 + share * (self.x2 - self.x1), self.y1 + share * (self.y2 - self.y1))

    def shortened(self, first: float, last: float) -> "Line":
        """Without so much of it at its ends: room for an arrow's head."""
        length = ((self.x2 - self.x1) ** 2 + (self.y2 - self.y1) ** 2) ** 0.5
        start, end = self.at(first / length), self.at(1 - last / length)
        return Line(*start, *end)


class Geometry:
    """The places of everything, from the widths alone."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        """A column for each layer, the cost at the right."""
        self.widths, self.depth = widths, len(widths) - 1
        self.large = max(widths) <= LARGE_NODES and self.depth <= LARGE_DEPTH
        self.size = LARGE if self.large else SMALL
        rows = max(self.rows(l) for l in range(self.depth + 1))
        radius, gap, margin = self.size.radius, self.size.gap, self.size.margin
        self.gaps = [max(gap, self.size.name * (self.shown(l) + 1)) for l in range(1, len(widths))]
        self.height = HEAD + 2 * (margin + radius) + (rows - 1) * self.size.down
        self.width = self.x(self.depth) + radius + 0.75 * gap + self.size.box + margin

    def shown(self, layer: int) -> int:
        """How many nodes of a layer are drawn as such."""
        width = self.widths[layer]
        return width if width <= NODES else NODES - 1

    def left_out(self, layer: int) -> int:
        return self.widths[layer] - self.shown(layer)

    def rows(self, layer: int) -> int:
        """Of a column: nodes, perhaps a ⋮, and a bias node unless it is the last."""
        return self.shown(layer) + (self.left_out(layer) > 0) + (layer < self.depth)

    def x(self, layer: int) -> float:
        first = self.size.margin + self.size.radius
        return first + 2 * self.size.radius * layer + sum(self.gaps[:layer])

    def y(self, layer: int, row: int) -> float:
        """Of a row of a column, which stands in the middle of the height; below the heads."""
        middle = HEAD + (self.height - HEAD) / 2
        return middle + (row - (self.rows(layer) - 1) / 2) * self.size.down

    def node(self, layer: int, j: int) -> Spot:
        """The node j, from 0; the ⋮ is one more."""
        return Spot(self.x(layer), self.y(layer, j + (layer < self.depth)))

    def bias(self, layer: int) -> Spot:
        """The node fixed at 1: its right is where that of the others is."""
        return Spot(self.x(layer) + self.size.radius - self.size.bias, self.y(layer, 0))

    @property
    def cost(self) -> Spot:
        x = self.width - self.size.margin - self.size.box / 2
        return Spot(x, self.y(self.depth, 0) + (self.rows(self.depth) - 1) / 2 * self.size.down)

    def edge(self, layer: int, j: int, k: int) -> Line:
        """To node j of a layer, from node k of the one before."""
        here, there = self.node(layer, j), self.node(layer - 1, k)
        radius = self.size.radius
        return Line(there.x + radius, there.y, here.x - radius, here.y)

    def bias_edge(self, layer: int, j: int) -> Line:
        """To node j of a layer, from the bias node of the one before."""
        here, there = self.node(layer, j), self.bias(layer - 1)
        return Line(there.x + self.size.bias, there.y, here.x - self.size.radius, here.y)

    def cost_edge(self, j: int) -> Line:
        """To the cost, from node j of the last layer."""
        there, here = self.node(self.depth, j), self.cost
        return Line(there.x + self.size.radius, there.y, here.x - self.size.box / 2, here.y)

    def share(self, layer: int) -> float:
        """How far along the lines to a layer their names stand."""
        return 1 / (self.shown(layer) + 1)
