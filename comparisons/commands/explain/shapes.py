"""What a picture is made of: lines, nodes and numbers, each with the steps that speak of it."""

from typing import NamedTuple

from crossgrad.comparisons.commands.explain.geometry import Geometry, Line, Spot

#: The width of a letter of a number's text, at most.
LETTER = 6.6
Steps = tuple[int, ...]


class Text(NamedTuple):
    """A name and its value at a place; ``instead``: the steps in which another stands there.

    ``passing``: only seen in its own steps.
    """

    x: float
    y: float
    name: str
    value: str
    steps: Steps = ()
    instead: Steps = ()
    passing: bool = False

    @property
    def wide(self) -> float:
        """How much room it takes on a line."""
        return LETTER * (len(self.name) + len(self.value) + 1) + 8


class Drawn(NamedTuple):
    """A line: how thick, of what sign, and whether an arrow's head is at its beginning."""

    line: Line
    told: str
    steps: Steps
    width: float
    negative: bool = False
    arrow: bool = False
    kind: str = "weight"


class Shape(NamedTuple):
    """A node, a bias node, the ⋮ or the cost, with what stands in it."""

    spot: Spot
    kind: str
    told: str
    steps: Steps
    texts: tuple[Text, ...]


class Picture(NamedTuple):
    """One pass through the network."""

    name: str
    title: str
    geometry: Geometry
    lines: tuple[Drawn, ...]
    labels: tuple[Text, ...]
    shapes: tuple[Shape, ...]
    heads: tuple[Text, ...]
    left_out: int
