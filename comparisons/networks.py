"""The random networks of generation 2: a covering design, in rounds.

In a round every pair of output activation and cost is met, with one, several and many outputs,
samples and layers; every activation in each of fourteen hidden layers and beside every other; every
number of layers, units and samples of the cards below:
what is to be met is dealt from a deck, which deals each of its cards once before it deals any
twice. A round is complete in itself and of a stream of its own, so that a long study has many.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, count, cycle, islice
from typing import NamedTuple, TypeVar

from comparisons.domain import Domain, within
from reference.architecture import Architecture
from reference.parameters import raw_bits

T = TypeVar("T")

#: The networks of a round: the shallow ones meet all pairs of output and cost, and every activation
#: beside itself, and are enough for who takes long to be asked, as whatever compiles each does; the
#: small ones meet each pair with one, several and many outputs, samples and layers; the deep ones
#: meet every activation in every layer and beside every other.
SHALLOW, SMALL, DEEP = 34, 93, 14
ROUND = SHALLOW + SMALL + DEEP
#: Inputs, and outputs: all numbers up to 16, so that a hard-coded one is met, and some beyond.
WIDTHS = (*range(1, 17), 24, 33, 64, 130)
#: Units of hidden layers, of which there are many: likewise.
HIDDEN = (*range(1, 17), 20, 33)


class Cards(NamedTuple):
    """Numbers of layers, of samples, of inputs, of hidden units and of outputs; of square networks.

    These have as many inputs, units and samples: a matrix that is transposed still fits.
    """

    depths: tuple[int, ...]
    batches: tuple[int, ...]
    inputs: tuple[int, ...] = WIDTHS
    hidden: tuple[int, ...] = HIDDEN
    last: tuple[int, ...] = WIDTHS
    squares: tuple[int, ...] = ()
    square_depths: tuple[int, ...] = ()


SHALLOW_CARDS = Cards(
    depths=(1, 2, 3, 4, 5, 6),
    batches=(*range(1, 9), 11, 16, 32, 70),
    squares=tuple(range(2, 9)),
    square_depths=(2, 3, 4),
)
#: One, several and many, each once: no hidden layer and many outputs; one output and many samples;
#: one sample and several layers.
ANY, SEVERAL, MANY = tuple(range(1, 9)), tuple(range(2, 9)), tuple(range(9, 17))
SMALL_CARDS = (
    Cards(depths=(1,), batches=SEVERAL, inputs=ANY, last=MANY),
    Cards(depths=(2,), batches=MANY, inputs=ANY, hidden=ANY, last=(1,)),
    Cards(depths=(3, 4, 5, 6, 7, 8), batches=(1,), inputs=ANY, hidden=ANY, last=SEVERAL),
)
#: Units enough in each layer for some to be in every part of the tails; a square one is wider in
#: every layer, or not as wide.
DEEP_CARDS = Cards(
    depths=(15,),
    batches=tuple(range(1, 9)),
    hidden=tuple(range(12, 17)),
    squares=(33, 9),
    square_depths=(15,),
)
#: Numbers of layers of all cards.
DEPTHS = tuple(sorted({n for c in (SHALLOW_CARDS, *SMALL_CARDS, DEEP_CARDS) for n in c.depths}))
#: Of seven networks one is square; of three with neighbours two have one activation throughout.
SQUARES, UNIFORMS = (True, *[False] * 6), (True, True, False)
#: Streams of raw bits: one of each deck.
STREAM = 1 << 37


class Network(NamedTuple):
    """An architecture, the number of samples, and the seed of its draws."""

    architecture: Architecture
    batch: int
    seed: int


def network(index: int, seed: int, domain: Domain) -> Network:
    """One of them; the same for the same arguments, for ever."""
    return round_of_networks(index // ROUND, seed, domain)[index % ROUND]


@lru_cache(maxsize=64)
def round_of_networks(number: int, seed: int, domain: Domain) -> tuple[Network, ...]:
    """All of a round: each deck deals a network what it needs."""
    decks = Decks(number, seed)
    seeds, names = decks.bits(), Names(decks, domain)
    pairs = (*domain.outputs, *alone(domain.outputs))
    shallow = [(Sizes(decks, domain, SHALLOW_CARDS), decks.deck(pairs))] * SHALLOW
    small = [(Sizes(decks, domain, cards), decks.deck(domain.outputs)) for cards in SMALL_CARDS]
    deep = [(Sizes(decks, domain, DEEP_CARDS), decks.deck(pairs))] * DEEP
    found = []
    for place, (sizes, outputs) in enumerate([*shallow, *islice(cycle(small), SMALL), *deep]):
        widths, batch = next(sizes)
        hidden, row = len(widths) - 2, place - SHALLOW - SMALL
        inner = names.shallow(hidden) if row < 0 else names.deep(hidden, row)
        output, cost = next(outputs)
        if domain.throughout:
            inner = [output] * hidden
        net = Architecture(widths, (*inner, output), cost)
        found.append(Network(net, batch, next(seeds) % 1_000_000))
    return tuple(found)


def alone(outputs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Those that are the only one of their cost: they are met twice as often as others."""
    costs = [cost for _, cost in outputs]
    return (pair for pair in outputs if costs.count(pair[1]) == 1)


def allowed(cards: Sequence[int], numbers: tuple[int, ...]) -> tuple[int, ...]:
    """The cards among the numbers, if any are asked for; none among them, the numbers."""
    return tuple(card for card in cards if not numbers or card in numbers) or numbers


# ------------------------------------------------------------------ decks
class Decks:
    """Makes decks of a round; each has raw bits of its own."""

    def __init__(self, number: int, seed: int) -> None:
        """``number``: of the round."""
        self.number, self.seed = number, seed
        self.streams = count(STREAM)

    def bits(self) -> Iterator[int]:
        """Without end."""
        stream = next(self.streams)
        blocks = (raw_bits((1024,), self.seed, self.number + (k << 32), stream) for k in count())
        return chain.from_iterable(block.tolist() for block in blocks)

    def deck(self, cards: Sequence[T]) -> Iterator[T]:
        """Each card once, in random order; then again, in another."""
        bits = self.bits()
        return chain.from_iterable(shuffled(cards, bits) for _ in count())


def shuffled(cards: Sequence[T], bits: Iterator[int]) -> list[T]:
    """Fisher and Yates."""
    order = list(cards)
    for last in range(len(order) - 1, 0, -1):
        other = next(bits) % (last + 1)
        order[last], order[other] = order[other], order[last]
    return order


# ------------------------------------------------------------------ sizes
class Sizes:
    """Deals widths, and with them the number of samples."""

    def __init__(self, decks: Decks, domain: Domain, cards: Cards) -> None:
        """Of the cards, those that the domain allows."""
        self.depths = decks.deck(allowed(cards.depths, domain.depths))
        self.inputs = decks.deck(allowed(cards.inputs, domain.inputs))
        self.hidden = decks.deck(allowed(cards.hidden, domain.hidden))
        self.last = decks.deck(allowed(cards.last, domain.last))
        self.batches = decks.deck(allowed(cards.batches, domain.batches))
        limits = (domain.inputs, domain.hidden, domain.last, domain.batches)
        squares = [n for n in cards.squares if all(within(n, numbers) for numbers in limits)]
        self.square = decks.deck(SQUARES if squares else (False,))
        self.squares = decks.deck(squares or (0,))
        self.square_depths = decks.deck(allowed(cards.square_depths, domain.depths))
        self.ties = domain.ties
        tied = [getattr(domain, place) for place in domain.ties]
        everywhere = [n for n in WIDTHS if all(within(n, numbers) for numbers in tied)]
        self.tied = decks.deck(everywhere or (0,))

    def __next__(self) -> tuple[tuple[int, ...], int]:
        """(n_0, …, n_L) and m."""
        depth = next(self.depths)
        if next(self.square):
            size, depth = next(self.squares), next(self.square_depths)
            return (size,) * (depth + 1), size
        first, last, batch = next(self.inputs), next(self.last), next(self.batches)
        hidden = list(islice(self.hidden, depth - 1))
        if self.ties:
            size = next(self.tied)
            first = size if "inputs" in self.ties else first
            hidden = [size] * len(hidden) if "hidden" in self.ties else hidden
            last = size if "last" in self.ties else last
            batch = size if "batches" in self.ties else batch
        return (first, *hidden, last), batch


# ------------------------------------------------------------------ activations of hidden layers
class Names:
    """Deals activations of hidden layers."""

    def __init__(self, decks: Decks, domain: Domain) -> None:
        """Those of the domain; the rows of the deep ones in random order."""
        bits = decks.bits()
        self.square = shuffled(row_complete(shuffled(domain.activations, bits)), bits)
        self.names, self.single = (decks.deck(domain.activations) for _ in range(2))
        self.uniform = decks.deck((True,) if domain.uniform else UNIFORMS)
        self.repeated = decks.deck(domain.activations)
        self.one = domain.uniform

    def shallow(self, hidden: int) -> list[str]:
        """One for all layers, or one of a deck for each; of single ones there is a deck."""
        if hidden > 1 and next(self.uniform):
            return [next(self.repeated)] * hidden
        return list(islice(self.single if hidden == 1 else self.names, hidden))

    def deep(self, hidden: int, place: int) -> list[str]:
        """A row of the square; once all have been dealt, they are read backwards."""
        if self.one or not hidden:
            return self.shallow(hidden)
        turn, row = divmod(place, len(self.square))
        names = self.square[row][:: -1 if turn % 2 else 1]
        return list(islice(cycle(names), hidden))


def row_complete(names: Sequence[T]) -> list[list[T]]:
    """A square with each name once in each row and in each column.

    If their number n is even, each ordered pair of different names is once side by side in a row
    (Williams, *Experimental designs balanced for the estimation of residual effects of treatments*,
    1949). The first row goes 0, 1, n - 1, 2, n - 2, …; the others are that plus 1, 2, … modulo n.
    If n is odd half of the pairs are met twice, the other half where rows are read backwards.
    """
    n = len(names)
    first = [(k + 1) // 2 if k % 2 else (n - k // 2) % n for k in range(n)]
    return [[names[(k + row) % n] for k in first] for row in range(n)]
