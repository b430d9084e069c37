"""Backpropagation: the four equations of Nielsen, *Neural Networks and Deep Learning*, ch. 2.

Shapes: ``a``, ``z``, ``delta``: ``(n_l, m)``, one column a sample; ``W``: ``(n_l, n_{l-1})``;
``b``, and α where σ has one: ``(n_l, 1)``. Leading axes, if any, run over a stack of networks. δˡ
is ∂C/∂zˡ of the whole batch's cost, so the cost's 1/m is already in it.
"""

from typing import NamedTuple

from crossgrad.reference.activations import ACTIVATIONS, Activation, prelu_alpha
from crossgrad.reference.architecture import Architecture
from crossgrad.reference.costs import COSTS
from crossgrad.reference.parameters import Array, Gradients, Parameters


class Backpropagation(NamedTuple):
    """Everything the forward and the backward pass compute, layer by layer."""

    cost: Array
    z: list[Array]
    a: list[Array]
    delta: list[Array]
    gradients: Gradients


def sigmas(architecture: Architecture, parameters: Parameters) -> list[Activation]:
    """σ and σ′ of each layer, with its α if it has one."""
    layers = zip(architecture.activations, parameters.alpha, strict=True)
    return [ACTIVATIONS[name].of(alpha) for name, alpha in layers]


def feedforward(
    architecture: Architecture, parameters: Parameters, x: Array
) -> tuple[list[Array], list[Array]]:
    """zˡ = Wˡ aˡ⁻¹ + bˡ, aˡ = σ(zˡ), from a⁰ = x; returns z¹ … zᴸ and a¹ … aᴸ."""
    zs, activations, a = [], [], x
    of_layers = sigmas(architecture, parameters)
    for W, b, activation in zip(parameters.W, parameters.b, of_layers, strict=True):
        z = W @ a + b
        a = activation.sigma(z)
        zs.append(z)
        activations.append(a)
    return zs, activations


def bp1(gradient_a: Array, sigma_prime_z: Array) -> Array:
    """BP1: δᴸ = ∇ₐC ⊙ σ′(zᴸ)."""
    return gradient_a * sigma_prime_z


def bp2(W_next: Array, delta_next: Array, sigma_prime_z: Array) -> Array:
    """BP2: δˡ = ((Wˡ⁺¹)ᵀ δˡ⁺¹) ⊙ σ′(zˡ)."""
    return W_next.mT @ delta_next * sigma_prime_z


def bp3(delta: Array) -> Array:
    """BP3: ∂C/∂bˡ = δˡ, summed over the batch."""
    return delta.sum(axis=-1, keepdims=True)


def bp4(delta: Array, a_previous: Array) -> Array:
    """BP4: ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ, summed over the batch."""
    return delta @ a_previous.mT


def backprop(
    architecture: Architecture, parameters: Parameters, x: Array, y: Array
) -> Backpropagation:
    """The cost of the batch ``x``, ``y`` and its gradients, with all that leads to them."""
    cost = COSTS[architecture.cost]
    zs, activations = feedforward(architecture, parameters, x)
    of_layers = sigmas(architecture, parameters)
    sigma_primes = [sigma.sigma_prime(z) for sigma, z in zip(of_layers, zs, strict=True)]

    gradient_a = cost.gradient(activations[-1], y)
    delta = bp1(gradient_a, sigma_primes[-1])
    deltas = [delta]
    for W_next, sigma_prime_z in zip(
        reversed(parameters.W[1:]), reversed(sigma_primes[:-1]), strict=True
    ):
        delta = bp2(W_next, delta, sigma_prime_z)
        deltas.insert(0, delta)

    gradients = Gradients(
        dW=tuple(bp4(d, a) for d, a in zip(deltas, [x, *activations[:-1]], strict=True)),
        db=tuple(bp3(d) for d in deltas),
        dalpha=alpha_gradients(parameters, zs, deltas, gradient_a),
    )
    return Backpropagation(cost.value(activations[-1], y), zs, activations, deltas, gradients)


def alpha_gradients(
    parameters: Parameters, z: list[Array], delta: list[Array], gradient_a: Array
) -> tuple[Array | None, ...]:
    """∂C/∂αˡ where there is one: v = ∂C/∂aˡ is (Wˡ⁺¹)ᵀ δˡ⁺¹, and ∇ₐC at the last layer."""
    found: list[Array | None] = []
    for l, alpha in enumerate(parameters.alpha):
        if alpha is None:
            found.append(None)
            continue
        is_last = l + 1 == len(z)
        v = gradient_a if is_last else parameters.W[l + 1].mT @ delta[l + 1]
        found.append(prelu_alpha(v, z[l]))
    return tuple(found)
