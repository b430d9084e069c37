"""The same equations as ``backprop``, into buffers that are made once: many steps of one network.

What small networks cost in NumPy is not arithmetic but calls and new arrays: every result has its
buffer here, and the common activations take their σ′ from a. What large ones cost is matrix
products, which BLAS does faster where samples are rows: Z = A Wᵀ + b, as the lecture's matrix form.
So buffers are transposes, and are shown as columns. All other activations and costs are those of
``activations`` and ``costs``.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy import (
    add,
    copyto,
    divide,
    dot,
    exp,
    greater,
    maximum,
    minimum,
    multiply,
    negative,
    reciprocal,
    subtract,
    tanh,
    vdot,
)

from crossgrad.reference.activations import ACTIVATIONS, Mixing
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array, Gradients, Parameters


class Layer:
    """The buffers of layer l, n_l neurons on ``below``: aˡ⁻¹ of m samples.

    ``W``, ``dW``: ``(n_l, n_{l-1})``; ``db``, and of prelu ``alpha`` and ``dalpha``: ``(n_l,)``;
    ``below``: ``(m, n_{l-1})``; ``b``, the same for each sample, ``z``, ``a``, ``delta``,
    ``scratch``: ``(m, n_l)``.
    """

    def __init__(self, name: str, below: Array, n: int) -> None:
        """All that any step needs; a product finds each transpose ready."""
        batch, n_below = below.shape
        dtype = below.dtype
        self.sigma = SIGMA.get(name) or sigma_of(name)
        self.times_prime = TIMES_PRIME.get(name) or times_prime_of(name)
        self.one, self.ones = np.ones((), dtype), np.ones(batch, dtype)
        self.W, self.dW = np.empty((n, n_below), dtype), np.empty((n, n_below), dtype)
        self.b, self.z, self.a, self.delta, self.scratch = (
            np.empty((batch, n), dtype) for _ in range(5)
        )
        self.db, self.alpha, self.dalpha = (np.empty(n, dtype) for _ in range(3))
        self.below = below
        self.W_T, self.delta_T = self.W.T, self.delta.T


class Network:
    """One architecture, batch size m, and format, ``float64`` or ``float32``; any number of steps.

    The next step overwrites what a step leaves in the buffers: copy what is to be kept.
    """

    def __init__(self, architecture: Architecture, batch: int, dtype: str) -> None:
        """Every buffer that there will be; raises ``ValueError``."""
        if dtype not in ("float64", "float32"):
            raise ValueError(f"dtype {dtype!r}: known are float64, float32")
        if batch < 1:
            raise ValueError(f"batch {batch}: at least 1 is needed")
        self.x, self.y = (np.empty((batch, architecture.widths[i]), dtype) for i in (0, -1))
        self.m, self.twice_m = np.array(batch, dtype), np.array(2 * batch, dtype)
        self.cost = COST.get(architecture.cost) or cost_of(architecture.cost)
        self.layers: list[Layer] = []
        below = self.x
        for name, n in zip(architecture.activations, architecture.widths[1:], strict=True):
            self.layers.append(Layer(name, below, n))
            below = self.layers[-1].a
        self.downwards = list(pairwise(reversed(self.layers)))
        has_alpha = map(architecture.has_alpha, range(1, architecture.depth + 1))
        self.with_alpha = list(zip(self.layers, has_alpha, strict=True))

    def load(self, parameters: Parameters) -> None:
        """Copy the parameters in; between steps ``W`` and ``b`` may be changed in place too."""
        arrays = zip(parameters.W, parameters.b, parameters.alpha, strict=True)
        for layer, (W, b, alpha) in zip(self.layers, arrays, strict=True):
            layer.W[...], layer.b[...] = W, b[:, 0]
            if alpha is not None:
                layer.alpha[...] = alpha[:, 0]

    def take(self, x: Array, y: Array) -> None:
        """Copy a batch in: ``(n_0, m)`` and ``(n_L, m)``."""
        self.x[...], self.y[...] = x.T, y.T

    def step(self) -> Array:
        """The cost; z, a, δ and the gradients are in the layers' buffers then."""
        with np.errstate(over="ignore"):  # e⁻ᶻ is ∞ where a neuron is silent
            self.feedforward()
            cost = self.cost(self)
        self.backprop()
        return cost

    def feedforward(self) -> None:
        """zˡ = Wˡ aˡ⁻¹ + bˡ, aˡ = σ(zˡ)."""
        for layer in self.layers:
            dot(layer.below, layer.W_T, layer.z)
            add(layer.z, layer.b, layer.z)
            layer.sigma(layer)

    def backprop(self) -> None:
        """BP1 and BP2, then BP3 and BP4; in the last δ stands ∇ₐC already."""
        layer = self.layers[-1]
        layer.times_prime(layer)
        for above, layer in self.downwards:
            dot(above.delta, above.W, layer.delta)
            layer.times_prime(layer)
        for layer in self.layers:
            dot(layer.ones, layer.delta, layer.db)
            dot(layer.delta_T, layer.below, layer.dW)

    @property
    def gradients(self) -> Gradients:
        """∂C/∂W and ∂C/∂b of the last step: the buffers."""
        return Gradients(
            tuple(l.dW for l in self.layers),
            tuple(l.db[:, None] for l in self.layers),
            tuple(l.dalpha[:, None] if has else None for l, has in self.with_alpha),
        )


# ------------------------------------------------------------------ activations
Work = Callable[[Layer], object]


def sigmoid(layer: Layer) -> None:
    """a = 1 / (1 + e⁻ᶻ)."""
    a = layer.a
    negative(layer.z, a)
    exp(a, a)
    add(a, layer.one, a)
    reciprocal(a, a)


def times_sigmoid_prime(layer: Layer) -> None:
    """δ ⊙ (a - a²)."""
    multiply(layer.a, layer.a, layer.scratch)
    subtract(layer.a, layer.scratch, layer.scratch)
    multiply(layer.delta, layer.scratch, layer.delta)


def times_tanh_prime(layer: Layer) -> None:
    """δ ⊙ (1 - a²)."""
    multiply(layer.a, layer.a, layer.scratch)
    subtract(layer.one, layer.scratch, layer.scratch)
    multiply(layer.delta, layer.scratch, layer.delta)


def times_relu_prime(layer: Layer) -> None:
    """δ where z > 0, else 0."""
    greater(layer.z, 0, layer.scratch)
    multiply(layer.delta, layer.scratch, layer.delta)


def prelu(layer: Layer) -> None:
    """max(z, 0) + α min(z, 0)."""
    minimum(layer.z, 0, out=layer.scratch)
    multiply(layer.alpha, layer.scratch, layer.scratch)
    maximum(layer.z, 0, out=layer.a)
    add(layer.a, layer.scratch, layer.a)


def times_prelu_prime(layer: Layer) -> None:
    """∂C/∂α, of the v that δ is still; then v where z > 0, else v ⊙ α."""
    minimum(layer.z, 0, out=layer.scratch)
    multiply(layer.delta, layer.scratch, layer.scratch)
    dot(layer.ones, layer.scratch, layer.dalpha)
    multiply(layer.delta, layer.alpha, out=layer.delta, where=layer.z <= 0)


def sigma_of(name: str) -> Work:
    """The σ of ``activations``; one that is not entry by entry has samples in columns."""
    sigma = ACTIVATIONS[name].sigma
    if isinstance(ACTIVATIONS[name], Mixing):
        return lambda layer: copyto(layer.a, sigma(layer.z.T).T)
    return lambda layer: copyto(layer.a, sigma(layer.z))


def times_prime_of(name: str) -> Work:
    """The σ′ of ``activations``, likewise."""
    sigma_prime = ACTIVATIONS[name].sigma_prime
    if isinstance(ACTIVATIONS[name], Mixing):
        return lambda layer: copyto(layer.delta, (layer.delta.T * sigma_prime(layer.z.T)).T)
    return lambda layer: multiply(layer.delta, sigma_prime(layer.z), layer.delta)


#: From z, into a.
SIGMA: dict[str, Work] = {
    "identity": lambda layer: copyto(layer.a, layer.z),
    "sigmoid": sigmoid,
    "tanh": lambda layer: tanh(layer.z, layer.a),
    "relu": lambda layer: maximum(layer.z, 0, out=layer.a),
    "prelu": prelu,
}
#: δ, times σ′.
TIMES_PRIME: dict[str, Work] = {
    "identity": lambda _layer: None,
    "sigmoid": times_sigmoid_prime,
    "tanh": times_tanh_prime,
    "relu": times_relu_prime,
    "prelu": times_prelu_prime,
}


# ------------------------------------------------------------------ costs
def quadratic(network: Network) -> Array:
    """C = ½‖a - y‖² / m, and ∇ₐC = (a - y) / m."""
    last = network.layers[-1]
    difference = last.delta
    subtract(last.a, network.y, difference)
    cost = vdot(difference, difference) / network.twice_m
    divide(difference, network.m, difference)
    return cost


def cost_of(name: str) -> Callable[[Network], Array]:
    """C and ∇ₐC of ``costs``."""

    def cost(network: Network) -> Array:
        last = network.layers[-1]
        a, y = last.a.T, network.y.T  # columns are samples there
        copyto(last.delta, COSTS[name].gradient(a, y).T)
        return COSTS[name].value(a, y)

    return cost


#: C; ∇ₐC goes into the last layer's δ.
COST = {"quadratic": quadratic}
