"""The random networks of generation 2: a covering design, in rounds.

In a round every pair of output activation and cost is met, every ordered pair of activations in
neighbouring hidden layers, every depth, width and batch of the cards below: whatever is to be met
is dealt from a deck, which deals each of its cards once before it deals any of them twice. A round
is complete in itself and of a stream of its own, so that a long study has many.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, count, cycle, islice
from typing import NamedTuple, TypeVar

from comparisons.domain import Domain
from reference.architecture import Architecture
from reference.parameters import raw_bits

T = TypeVar("T")

#: The networks of a round: the shallow ones meet all pairs of output and cost, so that they are
#: enough for who takes long to be asked (whatever compiles each); the deep ones meet what hidden
#: pairs are left.
SHALLOW, DEEP = 34, 11
ROUND = SHALLOW + DEEP
#: Numbers of layers of the shallow and of the deep ones.
DEPTHS, DEEP_DEPTHS = (1, 2, 3, 4, 5, 6, 7, 8), (10, 12, 13, 14, 16)
#: Inputs, and outputs: all numbers up to 16, so that a hard-coded one is met, and some beyond.
WIDTHS = (*range(1, 17), 24, 33, 64, 130)
#: Units of hidden layers, of which there are many: likewise.
HIDDEN = (*range(1, 17), 20, 33)
#: Samples of the shallow ones, likewise up to 8; and of the deep ones.
BATCHES, FEW = (*range(1, 9), 11, 16, 32, 70), tuple(range(1, 9))
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
    outputs = decks.deck((*domain.outputs, *alone(domain.outputs)))
    shallow = decks.deck(allowed(DEPTHS, domain.depths))
    deep = decks.deck(allowed(DEEP_DEPTHS, domain.depths))
    inputs = decks.deck(allowed(WIDTHS, domain.inputs))
    hidden = decks.deck(allowed(HIDDEN, domain.hidden))
    last = decks.deck(allowed(WIDTHS, domain.last))
    many = decks.deck(allowed(BATCHES, domain.batches))
    few = decks.deck(allowed(FEW, domain.batches))
    seeds = decks.bits()
    chains = Chains(decks, domain.activations, uniform=domain.uniform)
    found = []
    for depths, batches in [*[(shallow, many)] * SHALLOW, *[(deep, few)] * DEEP]:
        (output, cost), depth = next(outputs), next(depths)
        widths = (next(inputs), *islice(hidden, depth - 1), next(last))
        names = (*chains.stretch(depth - 1), output)
        net = Architecture(widths, names, cost)
        found.append(Network(net, next(batches), next(seeds) % 1_000_000))
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


# ------------------------------------------------------------------ neighbours
class Chains:
    """Activations of hidden layers, such that each ordered pair is met before any is met again.

    They are stretches of one walk, which goes once from each activation to each, itself included:
    a stretch begins where the one before ended.
    """

    def __init__(self, decks: Decks, names: Sequence[str], *, uniform: bool) -> None:
        """``uniform``: one activation for all layers; there is no walk then."""
        self.uniform = uniform
        self.walk = cycle(circuit(names, decks.bits()))
        self.here = next(self.walk, "")
        self.alone = decks.deck(names)

    def stretch(self, length: int) -> list[str]:
        """The next ones; a single layer has no neighbour, and is of a deck of its own."""
        if length == 1 or (length and self.uniform):
            return [next(self.alone)] * length
        names = [self.here, *islice(self.walk, max(0, length - 1))][:length]
        self.here = names[-1] if names else self.here
        return names


def circuit(names: Sequence[str], bits: Iterator[int]) -> list[str]:
    """A closed walk at random along each of the n² pairs once: Hierholzer's, of Euler's circuit."""
    unused = {name: shuffled(names, bits) for name in names}
    path, walk = list(names[:1]), list[str]()
    while path:
        here = path[-1]
        if unused[here]:
            path.append(unused[here].pop())
        else:
            walk.append(path.pop())
    return walk[:-1]
