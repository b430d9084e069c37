"""What scenarios are drawn from, generation by generation: data that is never changed.

An id means the same arrays for ever, and the random scenarios of a seed are the same networks for
ever. So each generation names what it draws from, and takes nothing from what there happens to be
today: a new regime goes into a new generation. A new activation or cost is in networks that come
after those of before and are of a stream of their own: of a release, once its entry of ``ADDED``
names it; until then it is open, and a seed may still get other networks of it.
"""

from typing import NamedTuple


class Generation(NamedTuple):
    """Names: activations, pairs of the last activation and the cost, and a regime for each draw."""

    activations: tuple[str, ...]
    outputs: tuple[tuple[str, str], ...]
    regimes: tuple[str, ...]

    @property
    def costs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cost for _, cost in self.outputs))

    def last(self, cost: str) -> str | None:
        """The only activation of the last layer that a cost has; none if it has several."""
        first, *others = (output for output, of in self.outputs if of == cost)
        return None if others else first


# fmt: off
ACTIVATIONS_1 = (
    "identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu",
    "gelu_tanh", "softsign", "log_sigmoid", "mish", "hardtanh",
)
# fmt: on
OUTPUTS_1 = (
    *((name, "quadratic") for name in ACTIVATIONS_1),
    *((name, "mse") for name in ACTIVATIONS_1),
    ("sigmoid", "binary_cross_entropy"),
    ("identity", "sigmoid_cross_entropy"),
    ("identity", "softmax_cross_entropy"),
)
# fmt: off
REGIMES_1 = (
    "ordinary", "kinks", "saturated", "large", "tiny", "zeros", "vanishing", "subnormal",
)
REGIMES_2 = (
    *REGIMES_1, "on kinks", "tails", "targets", "repeated", "spread", "inputs", "far",
    "other first weights", "other last weights", "other biases", "other inputs", "other targets",
    "again",
)
# fmt: on

GENERATIONS = {
    1: Generation(ACTIVATIONS_1, OUTPUTS_1, REGIMES_1),
    2: Generation(ACTIVATIONS_1, OUTPUTS_1, REGIMES_2),
}
#: The one that a run draws from if it names none.
NEWEST = max(GENERATIONS)


class Added(NamedTuple):
    """Names of activations and costs that came with one release."""

    activations: tuple[str, ...]
    costs: tuple[str, ...]


#: One entry a release that brought some, since the newest generation.
ADDED: tuple[Added, ...] = ()

#: What restricts a run to some of what is drawn: names of options, and keys of what a program
#: says that it supports; and what their values are.
RESTRICTIONS = {
    "activation": "an activation of hidden layers",
    "output": "an activation of the last layer",
    "cost": "a cost",
    "depth": "numbers of layers, as in 3 or 1-4",
    "width": "numbers of inputs and units, as in 8 or 2-16",
    "batch": "numbers of samples, as in 4 or 1-8",
    "labels": "how targets are: onehot",
}
