"""The same equations as ``backprop``, into buffers that are made once: many steps of one network.

What small networks cost in NumPy is not arithmetic but calls and new arrays. So W and b of a layer
are parts of one matrix W|b, and each aˡ has a last row of ones, as if b were the weights of a node
that is fixed at 1: one product is zˡ = Wˡaˡ⁻¹ + bˡ, and one is ∂C/∂Wˡ beside ∂C/∂bˡ. Every result
has its buffer, and the common activations take their σ′ from a. All others are those of
``activations`` and ``costs``.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from reference.activations import ACTIVATIONS
from reference.architecture import Architecture
from reference.costs import COSTS
from reference.parameters import Array, Gradients, Parameters


class Layer:
    """The buffers of layer l, n_l neurons on ``below``: aˡ⁻¹ and its row of ones.

    ``Wb``, ``dWb``: ``(n_l, n_{l-1} + 1)``, of which ``W``, ``b``, ``dW``, ``db`` are parts;
    ``with_one``: ``(n_l + 1, m)``, of which ``a`` is; ``z``, ``delta``, ``scratch``: ``(n_l, m)``.
    W|b is kept as its transpose, whose parts are contiguous: BLAS takes each without a copy.
    """

    def __init__(self, name: str, below: Array, n: int) -> None:
        """All that any step needs; a product finds each transpose ready."""
        n_below, batch = below.shape
        dtype = below.dtype
        self.sigma = SIGMA.get(name) or sigma_of(name)
        self.times_prime = TIMES_PRIME.get(name) or times_prime_of(name)
        self.one = np.ones((), dtype)
        self.below = below
        Wb_T, dWb_T = np.empty((n_below, n), dtype), np.empty((n_below, n), dtype)
        self.W_T, self.dWb_T = Wb_T[:-1], dWb_T
        self.Wb, self.W, self.b = Wb_T.T, Wb_T[:-1].T, Wb_T[-1:].T
        self.dWb, self.dW, self.db = dWb_T.T, dWb_T[:-1].T, dWb_T[-1:].T
        self.z, self.delta, self.scratch = (np.empty((n, batch), dtype) for _ in range(3))
        self.delta_T = self.delta.T
        self.with_one = with_ones(n, batch, dtype.name)
        self.a = self.with_one[:-1]


class Network:
    """One architecture, batch size m, and format, ``float64`` or ``float32``; any number of steps.

    The next step overwrites what a step leaves in the buffers: copy what is to be kept.
    """

    def __init__(self, architecture: Architecture, batch: int, dtype: str) -> None:
        """Every buffer that there will be."""
        self.x = with_ones(architecture.widths[0], batch, dtype)
        self.y = np.empty((architecture.widths[-1], batch), dtype)
        self.m = np.array(batch, dtype)
        self.cost = COST.get(architecture.cost) or cost_of(architecture.cost)
        self.layers: list[Layer] = []
        below = self.x
        for name, n in zip(architecture.activations, architecture.widths[1:], strict=True):
            self.layers.append(Layer(name, below, n))
            below = self.layers[-1].with_one
        self.downwards = list(pairwise(reversed(self.layers)))

    def load(self, parameters: Parameters) -> None:
        """Copy the parameters in; between steps ``layers[l].Wb`` may be changed in place too."""
        for layer, W, b in zip(self.layers, parameters.W, parameters.b, strict=True):
            layer.W[...], layer.b[...] = W, b

    def take(self, x: Array, y: Array) -> None:
        """Copy a batch in: ``(n_0, m)`` and ``(n_L, m)``."""
        self.x[:-1], self.y[...] = x, y

    def step(self) -> Array:
        """The cost; z, a, δ and the gradients are in the layers' buffers then."""
        with np.errstate(over="ignore"):  # e⁻ᶻ is ∞ where a neuron is silent
            self.feedforward()
            cost = self.cost(self.layers[-1], self.y, self.m)
        self.backprop()
        return cost

    def feedforward(self) -> None:
        """zˡ = Wˡ aˡ⁻¹ + bˡ, aˡ = σ(zˡ)."""
        for layer in self.layers:
            np.dot(layer.Wb, layer.below, layer.z)
            layer.sigma(layer)

    def backprop(self) -> None:
        """BP1, BP2, and BP3 with BP4; in the last δ stands ∇ₐC already."""
        layer = self.layers[-1]
        layer.times_prime(layer)
        for above, layer in self.downwards:
            np.dot(above.W_T, above.delta, layer.delta)
            layer.times_prime(layer)
        for layer in self.layers:
            np.dot(layer.below, layer.delta_T, layer.dWb_T)

    @property
    def gradients(self) -> Gradients:
        """∂C/∂W and ∂C/∂b of the last step: parts of the buffers."""
        return Gradients(tuple(l.dW for l in self.layers), tuple(l.db for l in self.layers))


def with_ones(n: int, batch: int, dtype: str) -> Array:
    """Room for n rows, above a row of ones."""
    array = np.empty((n + 1, batch), dtype)
    array[-1] = 1
    return array


# ------------------------------------------------------------------ activations
Work = Callable[[Layer], object]


def sigmoid(layer: Layer) -> None:
    """a = 1 / (1 + e⁻ᶻ)."""
    a = layer.a
    np.negative(layer.z, a)
    np.exp(a, a)
    np.add(a, layer.one, a)
    np.reciprocal(a, a)


def times_sigmoid_prime(layer: Layer) -> None:
    """δ ⊙ (a - a²)."""
    np.multiply(layer.a, layer.a, layer.scratch)
    np.subtract(layer.a, layer.scratch, layer.scratch)
    np.multiply(layer.delta, layer.scratch, layer.delta)


def times_tanh_prime(layer: Layer) -> None:
    """δ ⊙ (1 - a²)."""
    np.multiply(layer.a, layer.a, layer.scratch)
    np.subtract(layer.one, layer.scratch, layer.scratch)
    np.multiply(layer.delta, layer.scratch, layer.delta)


def times_relu_prime(layer: Layer) -> None:
    """δ where z > 0, else 0."""
    np.greater(layer.z, 0, layer.scratch)
    np.multiply(layer.delta, layer.scratch, layer.delta)


def sigma_of(name: str) -> Work:
    """The σ of ``activations``."""
    return lambda layer: np.copyto(layer.a, ACTIVATIONS[name].sigma(layer.z))


def times_prime_of(name: str) -> Work:
    """The σ′ of ``activations``."""
    sigma_prime = ACTIVATIONS[name].sigma_prime
    return lambda layer: np.multiply(layer.delta, sigma_prime(layer.z), layer.delta)


#: From z, into a.
SIGMA: dict[str, Work] = {
    "identity": lambda layer: np.copyto(layer.a, layer.z),
    "sigmoid": sigmoid,
    "tanh": lambda layer: np.tanh(layer.z, layer.a),
    "relu": lambda layer: np.maximum(layer.z, 0, out=layer.a),
}
#: δ, times σ′.
TIMES_PRIME: dict[str, Work] = {
    "identity": lambda _layer: None,
    "sigmoid": times_sigmoid_prime,
    "tanh": times_tanh_prime,
    "relu": times_relu_prime,
}


# ------------------------------------------------------------------ costs
def quadratic(last: Layer, y: Array, m: Array) -> Array:
    """C = ½‖a - y‖² / m, and ∇ₐC = (a - y) / m."""
    difference = last.delta
    np.subtract(last.a, y, difference)
    cost = np.vdot(difference, difference) / (m + m)
    np.divide(difference, m, difference)
    return cost


def cost_of(name: str) -> Callable[[Layer, Array, Array], Array]:
    """C and ∇ₐC of ``costs``."""

    def cost(last: Layer, y: Array, _m: Array) -> Array:
        np.copyto(last.delta, COSTS[name].gradient(last.a, y))
        return COSTS[name].value(last.a, y)

    return cost


#: C; ∇ₐC goes into the last layer's δ.
COST = {"quadratic": quadratic}
