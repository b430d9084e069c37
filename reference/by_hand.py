"""The lecture's two smallest networks, scalar by scalar: a logistic neuron and a 2-2-1 network.

Nothing here is an array, and nothing is shared with the other modules: each quantity is one line,
written as in the lecture. ``w21_1`` is w₂₁¹, from node 2 of layer 0 to node 1 of layer 1: the
lecture's W is the transpose of the w of BP1-BP4, where w₁₂¹ would be its name. The cost of one
sample is ½(y - ŷ)².
"""

import math
from collections.abc import Sequence
from typing import NamedTuple


def sigmoid(z: float) -> float:
    """1 / (1 + e⁻ᶻ), the textbook form; raises ``OverflowError`` where e⁻ᶻ overflows."""
    return 1 / (1 + math.exp(-z))


# ------------------------------------------------------------------ the logistic neuron
class Neuron(NamedTuple):
    """The bias w₀ and the weights of x₁ and x₂; or the derivatives ∂J/∂w₀ … ∂J/∂w₂."""

    w0: float
    w1: float
    w2: float


class ChainRule(NamedTuple):
    """The three factors of ∂J/∂W = ∂J/∂A · ∂A/∂Z · ∂Z/∂W; the last is one number a weight."""

    dJ_dA: float
    dA_dZ: float
    dZ_dW: Neuron


def neuron(w: Neuron, x1: float, x2: float) -> tuple[float, float]:
    """z = w₀ + w₁x₁ + w₂x₂ and ŷ = σ(z)."""
    z = w.w0 + w.w1 * x1 + w.w2 * x2
    return z, sigmoid(z)


def neuron_cost(w: Neuron, x1: float, x2: float, y: float) -> float:
    """J = ½(y - ŷ)²."""
    _, y_hat = neuron(w, x1, x2)
    return 0.5 * (y - y_hat) ** 2


def neuron_chain_rule(w: Neuron, x1: float, x2: float, y: float) -> ChainRule:
    """Each factor by itself: -(y - ŷ), then ŷ(1 - ŷ), then (1, x₁, x₂)."""
    _, y_hat = neuron(w, x1, x2)
    return ChainRule(dJ_dA=-(y - y_hat), dA_dZ=y_hat * (1 - y_hat), dZ_dW=Neuron(1, x1, x2))


def neuron_gradient(w: Neuron, x1: float, x2: float, y: float) -> Neuron:
    """∂J/∂W, the product of the three factors."""
    dJ_dA, dA_dZ, dZ_dW = neuron_chain_rule(w, x1, x2, y)
    return Neuron(*(dJ_dA * dA_dZ * dz_dw for dz_dw in dZ_dW))


# ------------------------------------------------------------------ the 2-2-1 network
class Weights(NamedTuple):
    """The nine parameters; or the derivatives of the cost by each of them."""

    b1_1: float
    b2_1: float
    w11_1: float
    w12_1: float
    w21_1: float
    w22_1: float
    b1_2: float
    w11_2: float
    w21_2: float


class Nodes(NamedTuple):
    """What the three nodes hold on the way forward; ŷ is a₁²."""

    z1_1: float
    z2_1: float
    a1_1: float
    a2_1: float
    z1_2: float
    a1_2: float


class Errors(NamedTuple):
    """δ = ∂C/∂z at the three nodes."""

    delta1_1: float
    delta2_1: float
    delta1_2: float


def forward(w: Weights, x1: float, x2: float) -> Nodes:
    """Node by node, from the inputs to ŷ."""
    z1_1 = w.b1_1 + x1 * w.w11_1 + x2 * w.w21_1
    z2_1 = w.b2_1 + x1 * w.w12_1 + x2 * w.w22_1
    a1_1 = sigmoid(z1_1)
    a2_1 = sigmoid(z2_1)
    z1_2 = w.b1_2 + a1_1 * w.w11_2 + a2_1 * w.w21_2
    a1_2 = sigmoid(z1_2)
    return Nodes(z1_1, z2_1, a1_1, a2_1, z1_2, a1_2)


def cost(w: Weights, x1: float, x2: float, y: float) -> float:
    """C = ½(y - ŷ)²."""
    return 0.5 * (y - forward(w, x1, x2).a1_2) ** 2


def backward(w: Weights, nodes: Nodes, y: float) -> Errors:
    """Node by node, from ŷ to the first layer: BP1 once, BP2 twice."""
    delta1_2 = -(y - nodes.a1_2) * nodes.a1_2 * (1 - nodes.a1_2)
    delta1_1 = delta1_2 * w.w11_2 * nodes.a1_1 * (1 - nodes.a1_1)
    delta2_1 = delta1_2 * w.w21_2 * nodes.a2_1 * (1 - nodes.a2_1)
    return Errors(delta1_1, delta2_1, delta1_2)


def gradient(w: Weights, x1: float, x2: float, y: float) -> Weights:
    """∂C/∂b = δ (BP3) and ∂C/∂w_ij = a_i δ_j (BP4), for each of the nine."""
    nodes = forward(w, x1, x2)
    delta1_1, delta2_1, delta1_2 = backward(w, nodes, y)
    return Weights(
        b1_1=delta1_1,
        b2_1=delta2_1,
        w11_1=x1 * delta1_1,
        w12_1=x1 * delta2_1,
        w21_1=x2 * delta1_1,
        w22_1=x2 * delta2_1,
        b1_2=delta1_2,
        w11_2=nodes.a1_1 * delta1_2,
        w21_2=nodes.a2_1 * delta1_2,
    )


def mean_gradient(w: Weights, samples: Sequence[tuple[float, float, float]]) -> Weights:
    """The mean of the gradients over samples (x₁, x₂, y): that of the batch's mean cost."""
    gradients = [gradient(w, x1, x2, y) for x1, x2, y in samples]
    return Weights(*(sum(column) / len(samples) for column in zip(*gradients, strict=True)))
