"""The random networks of generation 2: a covering design, in rounds; and those with what is new.

What is to be met is dealt from decks, each of which deals every card once before it deals any
twice. In a round each pair of output activation and cost is met with each activation in the last
hidden layer; with one output and several, one sample and several, and one, two, three and more
layers, each with each; with as many samples as outputs, and with many samples and wide layers. Each
activation is met in each of fourteen hidden layers and beside every other. A round is complete in
itself and of a stream of its own, so that a long study has many. Behind it come, of each addition,
networks that have something of it, of a stream of their own: those of before stay as they are.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain, count, cycle, islice
from typing import NamedTuple, TypeVar

from crossgrad.comparisons.parts.activations import ACTIVATIONS
from crossgrad.comparisons.parts.costs import COSTS
from crossgrad.comparisons.parts.targets import LABELS
from crossgrad.comparisons.problems.additions import ADDITIONS
from crossgrad.comparisons.problems.domain import Domain, within
from crossgrad.comparisons.problems.generations import GENERATIONS, NEWEST
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.parameters import raw_bits

T = TypeVar("T")

#: Inputs, and outputs: all numbers up to 16, so that a hard-coded one is met, and some beyond.
MANY_INPUTS = (24, 33, 64, 130)
WIDTHS = (*range(1, 17), *MANY_INPUTS)
#: Units of hidden layers, of which there are many: likewise; and as people's wider layers have.
FEW_UNITS, MANY_UNITS = (*range(1, 17), 20, 33), (40, 64, 100)
HIDDEN = FEW_UNITS + MANY_UNITS
#: Samples beyond the widths of small networks.
MANY_SAMPLES = (20, 24, 31, 32, 33, 48, 64, 65, 70)


class Cards(NamedTuple):
    """Numbers of layers, of samples, of inputs, of hidden units and of outputs.

    ``squares``: of seven networks one has so many inputs, units and samples everywhere: a matrix
    that is transposed still fits. ``alike``: whether all hidden layers are as wide. ``ties``: what
    is one number, as the fields of a ``Domain`` are named.
    """

    depths: tuple[int, ...]
    batches: tuple[int, ...]
    inputs: tuple[int, ...] = WIDTHS
    hidden: tuple[int, ...] = FEW_UNITS
    last: tuple[int, ...] = WIDTHS
    squares: tuple[int, ...] = ()
    square_depths: tuple[int, ...] = ()
    alike: tuple[bool, ...] = (False,)
    ties: tuple[str, ...] = ()


#: Enough for who takes long to be asked, as whatever compiles each does.
SHALLOW = 34
SHALLOW_CARDS = Cards(
    depths=(1, 2, 3, 4, 5, 6),
    batches=(*range(1, 9), 11, 16, 32, 70),
    squares=tuple(range(2, 9)),
    square_depths=(2, 3, 4),
)
#: One and several, of outputs and of samples; a single input or unit is met twice as often.
ONE, SEVERAL, FEW = (1,), tuple(range(2, 17)), (1, *range(1, 17))
#: Of networks on many samples one in two has many inputs, and one in three a single output.
FEW_OR_MANY, ONE_OR_MORE = FEW + 4 * MANY_INPUTS, (*[1] * 9, *WIDTHS)
#: Two layers, three, and more: as many networks of each. In every other one all hidden layers are
#: as wide.
TWO, THREE, MORE = (2,), (3,), (4, 4, 4, 5, 5, 6, 7, 8)
SMALL_CARDS = (
    *(
        Cards(depths, batches, FEW, hidden, last, alike=(True, False))
        for depths, hidden in ((TWO, FEW + MANY_UNITS), (THREE, FEW), (MORE, FEW))
        for last in (ONE, SEVERAL)
        for batches in (ONE, SEVERAL)
    ),
    Cards((2, 3), SEVERAL, FEW, FEW, SEVERAL, ties=("last", "batches")),
    Cards((2, 2, 3, 3, 4, 5), MANY_SAMPLES, FEW_OR_MANY, MANY_UNITS, ONE_OR_MORE),
)
#: Those without hidden layers, of which once is enough.
SINGLE_CARDS = (
    *(
        Cards((1,), batches, FEW, last=last)
        for last in (ONE, SEVERAL)
        for batches in (ONE, SEVERAL)
    ),
    Cards((1,), MANY_SAMPLES, FEW_OR_MANY, last=ONE_OR_MORE),
)
#: Small networks come in blocks, one a card, each of one pair of output activation and cost. The
#: three pairs that are the only ones of their cost, the cross-entropies, have eight blocks each:
#: from one to the next an activation goes on by four cards, to another number of layers, and the
#: second time round to one output in place of several. Seven blocks bring it back to where it was:
#: from there it goes on by one card, for whoever supports one pair, of which all blocks are.
AGAIN, SHIFT, CYCLE = 8, 4, 7
PAIRS = len(GENERATIONS[NEWEST].outputs)
BLOCKS = PAIRS + 3 * (AGAIN - 1)
#: In the first of the eight, networks of three layers have one activation in both hidden ones.
FIRST = 4
#: Units enough in each layer for some to be in every part of the tails; a square one is wider in
#: every layer, or not as wide.
DEEP = 14
DEEP_CARDS = Cards(
    depths=(15,),
    batches=tuple(range(1, 9)),
    hidden=tuple(range(12, 17)),
    squares=(33, 9),
    square_depths=(15,),
)
ROUND = SHALLOW + BLOCKS * len(SMALL_CARDS) + PAIRS * len(SINGLE_CARDS) + DEEP
#: Numbers of layers, and of samples, of all cards.
ALL_CARDS = (SHALLOW_CARDS, *SMALL_CARDS, *SINGLE_CARDS, DEEP_CARDS)
DEPTHS = tuple(sorted({depth for cards in ALL_CARDS for depth in cards.depths}))
BATCHES = tuple(sorted({batch for cards in ALL_CARDS for batch in cards.batches}))
#: Of seven networks one is square; of four with neighbours three have one activation throughout.
SQUARES, UNIFORMS = (True, *[False] * 6), (True, True, True, False)
#: Of sixteen hidden layers before the last, three have its activation.
SAME = 2
#: Of the small networks one in three is given labels, whatever its cost.
LABELLED = (*LABELS, "", "")
#: Networks of an addition, of either kind, if it has fewer pairs; and how many of them meet each
#: new activation as an output, and each new cost, in every format and compiled.
FEW_NEW, THOROUGH = 12, 2
#: Streams of raw bits: one of each deck, and so many further on those of the next addition.
STREAM, NEXT = 1 << 37, 1 << 20


class Network(NamedTuple):
    """An architecture, the number of samples, and the seed of its draws.

    ``turn``: of formats that take turns, whose it is; ``kind``: shallow, small, deep or, of what is
    added, paired if its output and cost were met, and behind if these are of before; ``labels``: a
    name of ``LABELS``, or empty for targets as the cost has them.
    """

    architecture: Architecture
    batch: int
    seed: int
    turn: int
    kind: str
    labels: str = ""


def network(index: int, seed: int, domain: Domain) -> Network:
    """One of them; the same for the same arguments, for ever."""
    number, place = divmod(index, networks_of_round(domain))
    return round_of_networks(number, seed, domain)[place]


def networks_of_round(domain: Domain) -> int:
    return len(round_of_networks(0, 0, domain))


@lru_cache(maxsize=64)
def round_of_networks(number: int, seed: int, domain: Domain) -> tuple[Network, ...]:
    """All of a round: the covering design, then those of each addition."""
    added = (featuring(k, number, seed, domain) for k in range(len(ADDITIONS)))
    return tuple(chain(covering(number, seed, domain), *added))


def covering(number: int, seed: int, domain: Domain) -> Iterator[Network]:
    """Those of the generation: each deck deals a network what it needs.

    The small ones come last, in random order: whoever asks fewer has some of every kind.
    """
    domain = known(domain, 0)
    if not domain.outputs:
        return
    decks = Decks(number, seed, STREAM)
    seeds, names = decks.bits(), Names(decks, domain)
    dealt = chain(
        shallow(decks, names, domain), small(decks, names, domain), deep(decks, names, domain)
    )
    found = [one.network(built(one, domain), next(seeds) % 1_000_000) for one in dealt]
    yield from found[:SHALLOW]
    yield from found[-DEEP:]
    yield from shuffled(found[SHALLOW:-DEEP], decks.bits())


def featuring(k: int, number: int, seed: int, domain: Domain) -> Iterator[Network]:
    """Those of an addition: each of its pairs of output and cost; then any, behind its activations.

    In hidden layers are its own, if it has some.
    """
    added, domain = ADDITIONS[k], known(domain, k + 1)
    decks = Decks(number, seed, STREAM + (k + 1) * NEXT)
    seeds = decks.bits()
    new = [
        pair for pair in domain.outputs if pair[0] in added.activations or pair[1] in added.costs
    ]
    inner = [name for name in domain.activations if name in added.activations]
    others = [pair for pair in domain.outputs if pair not in new and inner]
    for kind, outputs, depths in (
        ("shallow", new, SHALLOW_CARDS.depths),
        ("behind", others, SHALLOW_CARDS.depths[1:]),
    ):
        own = replace(
            domain, outputs=tuple(outputs), activations=tuple(inner) or domain.activations
        )
        cards = SHALLOW_CARDS._replace(depths=depths)
        size = max(FEW_NEW, len(outputs) + len(alone(outputs)))
        dealt = shallow(decks, Names(decks, own), own, cards, size) if outputs else ()
        met = Counter[str]()
        for one in map(partial(enough_units, own), dealt):
            names = {*one.pair} & {*added.activations, *added.costs}
            often = names and all(met[name] >= THOROUGH for name in names)
            met.update(names)
            net = one.network(built(one, own), next(seeds) % 1_000_000)
            yield net._replace(kind="paired" if often else kind)


def known(domain: Domain, additions: int) -> Domain:
    """What a domain has of the generation and the first additions; no outputs if nothing."""
    later = {name for entry in ADDITIONS[additions:] for names in entry for name in names}
    activations = tuple(name for name in domain.activations if name not in later)
    outputs = tuple(pair for pair in domain.outputs if not later & {*pair})
    nothing = domain.activations and not activations
    return replace(domain, activations=activations, outputs=() if nothing else outputs)


class Dealt(NamedTuple):
    """What a network was dealt."""

    widths: tuple[int, ...]
    batch: int
    inner: list[str]
    pair: tuple[str, str]
    turn: int
    kind: str
    labels: str = ""

    def network(self, net: Architecture, seed: int) -> Network:
        """With the architecture that is built of it."""
        return Network(net, self.batch, seed, self.turn, self.kind, self.labels)


def built(dealt: Dealt, domain: Domain) -> Architecture:
    output, cost = dealt.pair
    inner = [output] * len(dealt.inner) if domain.throughout else dealt.inner
    return Architecture(dealt.widths, (*inner, output), cost)


def shallow(
    decks: "Decks",
    names: "Names",
    domain: Domain,
    cards: Cards = SHALLOW_CARDS,
    number: int = SHALLOW,
) -> Iterator[Dealt]:
    """Each pair of output and cost, of few layers."""
    sizes = Sizes(decks, domain, cards)
    pairs = decks.deck((*domain.outputs, *alone(domain.outputs)))
    for turn in range(number):
        widths, batch = next(sizes)
        yield Dealt(widths, batch, names.shallow(len(widths) - 2), next(pairs), turn, "shallow")


def small(decks: "Decks", names: "Names", domain: Domain) -> Iterator[Dealt]:
    """Block by block: each kind of small network once, of a pair of output and cost."""
    dealt = [Sizes(decks, domain, cards) for cards in (*SMALL_CARDS, *SINGLE_CARDS)]
    single = alone(domain.outputs)
    again = decks.deck((*(AGAIN - 1) * single,) or domain.outputs)
    pairs, turns = decks.deck(domain.outputs), Counter[tuple[str, str]]()
    labels = decks.deck(LABELLED)
    for block in range(BLOCKS):
        pair = next(pairs if block < PAIRS else again)
        for card, sizes in enumerate(dealt if block < PAIRS else dealt[: len(SMALL_CARDS)]):
            widths, batch = next(sizes)
            place = card + SHIFT * turns[pair] + turns[pair] // CYCLE
            hidden, last = len(widths) - 2, names.last_hidden(pair, place)
            usual = hidden == 2 and pair in single and turns[pair] % AGAIN < FIRST  # noqa: PLR2004
            inner = [last] * hidden if usual else names.before(last, hidden, pair[0])
            widths = enough_outputs(
                several_units(widths, domain) if usual else widths, pair[1], domain
            )
            yield Dealt(widths, batch, inner, pair, block + card, "small", next(labels))
        turns[pair] += 1


def deep(decks: "Decks", names: "Names", domain: Domain) -> Iterator[Dealt]:
    """Every activation in every layer and beside every other."""
    sizes = Sizes(decks, domain, DEEP_CARDS)
    pairs = decks.deck((*domain.outputs, *alone(domain.outputs)))
    for turn in range(DEEP):
        widths, batch = next(sizes)
        yield Dealt(widths, batch, names.deep(len(widths) - 2, turn), next(pairs), turn, "deep")


def several_units(widths: tuple[int, ...], domain: Domain) -> tuple[int, ...]:
    """Three units in place of one: a single relu passes nothing on half the time."""
    replaced = within(3, domain.hidden) and "hidden" not in domain.ties
    hidden = [3 if width == 1 and replaced else width for width in widths[1:-1]]
    return (widths[0], *hidden, widths[-1])


def enough_outputs(widths: tuple[int, ...], cost: str, domain: Domain) -> tuple[int, ...]:
    """As many as it takes for something to be left of the gradient: two of a softmax."""
    fewest = COSTS[cost].fewest_outputs
    replaced = widths[-1] < fewest and within(fewest, domain.last) and "last" not in domain.ties
    return (*widths[:-1], fewest) if replaced else widths


def enough_units(domain: Domain, dealt: Dealt) -> Dealt:
    """In each layer as many as it takes for something to be left of δ: two of a softmax."""
    *inner, last = (ACTIVATIONS[name].fewest_units for name in built(dealt, domain).activations)
    first, *hidden, outputs = dealt.widths
    if "hidden" not in domain.ties:
        hidden = [
            fewest if width < fewest and within(fewest, domain.hidden) else width
            for width, fewest in zip(hidden, inner, strict=True)
        ]
    if outputs < last and within(last, domain.last) and "last" not in domain.ties:
        outputs = last
    return dealt._replace(widths=(first, *hidden, outputs))


def alone(outputs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that are the only one of their cost: they are met more often than others."""
    costs = [cost for _, cost in outputs]
    return [pair for pair in outputs if costs.count(pair[1]) == 1]


def allowed(cards: Sequence[int], numbers: tuple[int, ...]) -> tuple[int, ...]:
    """The cards among the numbers, if any are asked for; none among them, the numbers."""
    return tuple(card for card in cards if not numbers or card in numbers) or numbers


# ------------------------------------------------------------------ decks
class Decks:
    """Makes decks of a round; each has raw bits of its own."""

    def __init__(self, number: int, seed: int, stream: int) -> None:
        """``number``: of the round; ``stream``: the first of those that it has for itself."""
        self.number, self.seed = number, seed
        self.streams = count(stream)

    def bits(self) -> Iterator[int]:
        stream = next(self.streams)
        blocks = (raw_bits((1024,), self.seed, self.number + (k << 32), stream) for k in count())
        return chain.from_iterable(block.tolist() for block in blocks)

    def deck(self, cards: Sequence[T]) -> Iterator[T]:
        """Each card once, in random order; then again, in another."""
        bits = self.bits()
        return chain.from_iterable(shuffled(cards, bits) for _ in count())


def shuffled(cards: Sequence[T], bits: Iterator[int]) -> list[T]:
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
        self.alike = decks.deck(cards.alike)
        ties = domain.ties or cards.ties
        tied = [getattr(domain, place) for place in ties]
        everywhere = [n for n in WIDTHS if all(within(n, numbers) for numbers in tied)]
        usual = cards.last if cards.ties else cards.inputs
        everywhere = [n for n in everywhere if n in usual] or everywhere
        self.ties, self.tied = ties if everywhere else (), decks.deck(everywhere or (0,))

    def __next__(self) -> tuple[tuple[int, ...], int]:
        """(n_0, …, n_L) and m."""
        depth = next(self.depths)
        if next(self.square):
            size, depth = next(self.squares), next(self.square_depths)
            return (size,) * (depth + 1), size
        first, last, batch = next(self.inputs), next(self.last), next(self.batches)
        hidden = list(islice(self.hidden, depth - 1))
        if next(self.alike):
            hidden = hidden[:1] * len(hidden)
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
        self.domain, self.decks, self.bits = domain, decks, decks.bits()
        self.orders: dict[tuple[str, str], list[str]] = {}
        self.neighbours: dict[str, Iterator[str]] = {}
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

    def last_hidden(self, pair: tuple[str, str], place: int) -> str:
        """Before a pair of output and cost: at a place of an order that is the pair's own."""
        order = self.orders.setdefault(pair, shuffled(self.domain.activations, self.bits))
        return order[place % len(order)] if order else ""

    def before(self, last: str, hidden: int, output: str) -> list[str]:
        """All hidden layers, the last of this activation; before one that is the output's, too."""
        if hidden < 2 or self.one or last == output:  # noqa: PLR2004 - two are not one
            return [last] * hidden
        same = [last] * SAME
        deck = self.neighbours.setdefault(last, self.decks.deck((*self.domain.activations, *same)))
        neighbour = next(deck)
        rest = [last if neighbour == last else next(self.names) for _ in range(hidden - 2)]
        return [*rest, neighbour, last]

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
