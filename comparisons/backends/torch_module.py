"""``nn.Module``s and losses, as PyTorch is written: rows are samples, hooks see z and a."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from crossgrad.comparisons.backends.guard import Functions
from crossgrad.comparisons.backends.torch_autograd import array, over, tensor, weights_of, wide
from crossgrad.comparisons.problems.problem import Problem, Trace
from crossgrad.reference.architecture import Architecture

modules = Functions(nn)


class QuickGELU(nn.Module):
    """As those write it who use it: torch has none."""

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """z · sigmoid(1.702 z)."""
        return z * torch.sigmoid(1.702 * z)


class SquaredReLU(nn.Module):
    """Likewise."""

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """max(z, 0)², by a power."""
        return nn.functional.relu(z) ** 2


MODULE: dict[str, Callable[..., nn.Module]] = {
    "identity": modules.Identity,
    "sigmoid": modules.Sigmoid,
    "tanh": modules.Tanh,
    "relu": modules.ReLU,
    "leaky_relu": modules.LeakyReLU,
    "prelu": modules.PReLU,
    "elu": modules.ELU,
    "softplus": modules.Softplus,
    "silu": modules.SiLU,
    "gelu": modules.GELU,
    "gelu_tanh": lambda: modules.GELU(approximate="tanh"),
    "softsign": modules.Softsign,
    "log_sigmoid": modules.LogSigmoid,
    "mish": modules.Mish,
    "hardtanh": modules.Hardtanh,
    "relu6": modules.ReLU6,
    "hardsigmoid": modules.Hardsigmoid,
    "hardswish": modules.Hardswish,
    "selu": modules.SELU,
    "celu": modules.CELU,
    "quick_gelu": QuickGELU,
    "squared_relu": SquaredReLU,
    "softmax": lambda: modules.Softmax(dim=-1),
    "log_softmax": lambda: modules.LogSoftmax(dim=-1),
}
#: Of rows of outputs and of targets.
LOSS: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "quadratic": lambda a, y: over(
        2 * len(y), modules.MSELoss(reduction="none")(wide(a), wide(y)), y
    ),
    "mse": modules.MSELoss(),
    "binary_cross_entropy": lambda a, y: over(len(y), modules.BCELoss(reduction="none")(a, y), y),
    "sigmoid_cross_entropy": lambda a, y: over(
        len(y), modules.BCEWithLogitsLoss(reduction="none")(a, y), y
    ),
    "softmax_cross_entropy": modules.CrossEntropyLoss(),
    "huber": modules.HuberLoss(),
    "smooth_l1": modules.SmoothL1Loss(),
    "hinge": lambda a, y: over(y.numel(), torch.relu(1 - y * a), y),
    "kl_div": modules.KLDivLoss(reduction="batchmean"),
    "weighted_sigmoid_cross_entropy": lambda a, y: over(
        len(y),
        modules.BCEWithLogitsLoss(pos_weight=weights_of(y.mT)[:, 0], reduction="none")(a, y),
        y,
    ),
    "nll": lambda a, y: modules.NLLLoss()(a, y[:, 0]),
    "cross_entropy": lambda a, y: modules.CrossEntropyLoss()(a, y[:, 0]),
    "weighted_cross_entropy": lambda a, y: modules.CrossEntropyLoss(weights_of(a.mT)[:, 0])(
        a, y[:, 0]
    ),
    "smoothed_cross_entropy": lambda a, y: modules.CrossEntropyLoss(
        weights_of(a.mT)[:, 0], label_smoothing=0.1
    )(a, y[:, 0]),
}


@torch.enable_grad()  # whoever switched it off
def trace(problem: Problem) -> Trace:
    """Forward by the modules, backward by autograd."""
    model, x, y = receive(problem)
    zs, activations = watched(model)
    cost = LOSS[problem.cost](model(x), y)
    cost.backward()
    return reported(model, cost, zs, activations)


def receive(problem: Problem) -> tuple[Any, ...]:
    """A model with the problem's parameters, and the samples as rows."""
    x, y = tensor(problem.x).mT, tensor(problem.y).mT
    model = layers(problem.architecture, x)
    W, b = map(tensor, problem.W), map(tensor, problem.b)
    state: dict[str, torch.Tensor] = {}
    for l, (weights, bias) in enumerate(zip(W, b, strict=True)):
        state |= {f"{2 * l}.weight": weights, f"{2 * l}.bias": bias[:, 0]}
        if (alpha := problem.alpha[l]) is not None:
            state[f"{2 * l + 1}.weight"] = tensor(alpha)[:, 0]
    model.load_state_dict(state)
    return model, x, y


def layers(architecture: Architecture, like: torch.Tensor) -> nn.Sequential:
    """``nn.Linear`` and an activation in turn; no random numbers are drawn for the weights."""
    place = {"dtype": like.dtype, "device": like.device}
    in_turn: list[nn.Module] = []
    widths = architecture.widths
    triples = zip(widths, widths[1:], architecture.activations, strict=False)
    for l, (n_in, n_out, name) in enumerate(triples, start=1):
        sigma = MODULE[name](n_out, **place) if architecture.has_alpha(l) else MODULE[name]()
        in_turn += [nn.utils.skip_init(nn.Linear, n_in, n_out, **place), sigma]
    return nn.Sequential(*in_turn)


def watched(model: nn.Sequential) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Lists that the next forward pass fills with z and a; each z keeps its gradient."""
    zs: list[torch.Tensor] = []
    activations: list[torch.Tensor] = []

    def see_z(_module: nn.Module, _given: object, z: torch.Tensor) -> None:
        z.retain_grad()
        zs.append(z)

    def see_a(_module: nn.Module, _given: object, a: torch.Tensor) -> None:
        activations.append(a)

    for module in model:
        module.register_forward_hook(see_z if isinstance(module, nn.Linear) else see_a)
    return zs, activations


def reported(
    model: nn.Sequential,
    cost: torch.Tensor,
    zs: list[torch.Tensor],
    activations: list[torch.Tensor],
) -> Trace:
    linears = [module for module in model if isinstance(module, nn.Linear)]
    return Trace(
        dW=[array(gradient(linear.weight)) for linear in linears],
        db=[array(gradient(linear.bias)[:, None]) for linear in linears],
        cost=array(cost),
        z=[array(z.mT) for z in zs],
        a=[array(a.mT) for a in activations],
        delta=[array(gradient(z).mT) for z in zs],
        others={
            ("dalpha", l): array(gradient(sigma.weight)[:, None])
            for l, sigma in enumerate(list(model)[1::2], start=1)
            if isinstance(sigma, nn.PReLU)
        },
    )


def gradient(of: torch.Tensor) -> torch.Tensor:
    assert of.grad is not None
    return of.grad
