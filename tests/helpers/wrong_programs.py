"""Fifteen programs with a mistake that somebody made in public, re-typed as beginners write them.

Each is asked a problem and answers with its gradients, and with all that it has on the way.
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def forward(problem, sigma=sigmoid, last=None):
    """z and a of each layer, x first."""
    zs, activations = [], [problem.x]
    for W, b in zip(problem.W, problem.b, strict=True):
        zs.append(W @ activations[-1] + b)
        is_last = len(zs) == len(problem.W)
        activations.append((last if is_last and last else sigma)(zs[-1]))
    return zs, activations


def answer(dW, db, zs, activations, deltas, cost):
    told = {"z": zs, "a": activations[1:], "delta": deltas, "cost": np.asarray(cost)}
    return {"dW": dW, "db": db, **told}


def half_squares(a, y):
    return np.sum((a - y) ** 2) / (2 * y.shape[1])


def three_lists(problem):
    return ([None] * len(problem.W) for _ in range(3))


# ------------------------------------------------------------------ the fifteen
def error_passed_down_without_slope(problem):
    zs, a = forward(problem)
    dW, db, deltas = three_lists(problem)
    error = (a[-1] - problem.y) / problem.batch
    for l in reversed(range(len(problem.W))):
        deltas[l] = error * a[l + 1] * (1 - a[l + 1])
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
        error = problem.W[l].T @ error
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


def error_of_the_output_in_hidden_layers(problem):
    zs, a = forward(problem)
    dW, db, deltas = three_lists(problem)
    error = (a[-1] - problem.y) / problem.batch
    for l in range(len(problem.W)):
        deltas[l] = error * a[l + 1] * (1 - a[l + 1])
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


def bias_before_slope(problem):
    zs, a = forward(problem, np.tanh)
    dW, db, deltas = three_lists(problem)
    error = (a[-1] - problem.y) / problem.batch
    for l in reversed(range(len(problem.W))):
        deltas[l] = error * (1 - a[l + 1] ** 2)
        dW[l] = deltas[l] @ a[l].T
        db[l] = error.sum(axis=1, keepdims=True)
        error = problem.W[l].T @ deltas[l]
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


def bias_as_row_sums(problem):
    zs, a = forward(problem)
    dW, db, deltas = three_lists(problem)
    error = (a[-1] - problem.y) / problem.batch
    for l in reversed(range(len(problem.W))):
        deltas[l] = error * a[l + 1] * (1 - a[l + 1])
        dW[l] = np.dot(deltas[l], a[l].T)
        db[l] = np.sum(dW[l], axis=1, keepdims=True)
        error = problem.W[l].T @ deltas[l]
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


def relu_of_the_error(problem):
    zs, a = forward(problem, lambda z: np.maximum(z, 0), sigmoid)
    dW, db, deltas = three_lists(problem)
    deltas[-1] = (a[-1] - problem.y) / problem.batch * a[-1] * (1 - a[-1])
    for l in reversed(range(len(problem.W))):
        if l < len(problem.W) - 1:
            deltas[l] = np.maximum(problem.W[l + 1].T @ deltas[l + 1], 0)
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


def last_weights_before_slope(problem):
    zs, a = forward(problem)
    dW, db, deltas = three_lists(problem)
    error = (a[-1] - problem.y) / problem.batch
    for l in reversed(range(len(problem.W))):
        deltas[l] = error * a[l + 1] * (1 - a[l + 1])
        dW[l] = (error if l == len(problem.W) - 1 else deltas[l]) @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
        error = problem.W[l].T @ deltas[l]
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


def softmax_without_off_diagonal(problem):
    zs, a = forward(problem, np.tanh, softmax)
    dW, db, deltas = three_lists(problem)
    p, m = a[-1], problem.batch
    deltas[-1] = -problem.y / p / m * (p * (1 - p))
    for l in reversed(range(len(problem.W))):
        if l < len(problem.W) - 1:
            deltas[l] = problem.W[l + 1].T @ deltas[l + 1] * (1 - a[l + 1] ** 2)
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
    shifted = zs[-1] - zs[-1].max(axis=0)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=0))
    return answer(dW, db, zs, a, deltas, -np.sum(problem.y * log_p) / m)


def weights_updated_first(problem, rate=0.1):
    zs, a = forward(problem)
    dW, db, deltas = three_lists(problem)
    weights = [W.copy() for W in problem.W]
    error = (a[-1] - problem.y) / problem.batch
    for l in reversed(range(len(weights))):
        deltas[l] = error * a[l + 1] * (1 - a[l + 1])
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
        weights[l] -= rate * dW[l]
        error = weights[l].T @ deltas[l]
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


def bias_ignored(problem):
    zs, a = [], [problem.x]
    for W in problem.W:
        zs.append(W @ a[-1])
        a.append(sigmoid(zs[-1]))
    dW, db, deltas = three_lists(problem)
    error = (a[-1] - problem.y) / problem.batch
    for l in reversed(range(len(problem.W))):
        deltas[l] = error * a[l + 1] * (1 - a[l + 1])
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
        error = problem.W[l].T @ deltas[l]
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


def target_minus_output_summed(problem):
    zs, a = forward(problem)
    dW, db, deltas = three_lists(problem)
    error = problem.y - a[-1]
    for l in reversed(range(len(problem.W))):
        deltas[l] = error * a[l + 1] * (1 - a[l + 1])
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
        error = problem.W[l].T @ deltas[l]
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


def twice_the_difference_summed(problem):
    zs, a = forward(problem)
    dW, db, deltas = three_lists(problem)
    error = 2 * (a[-1] - problem.y)
    for l in reversed(range(len(problem.W))):
        deltas[l] = error * a[l + 1] * (1 - a[l + 1])
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
        error = problem.W[l].T @ deltas[l]
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


def in_float32(problem):
    weights, biases = ([v.astype(np.float32) for v in vs] for vs in (problem.W, problem.b))
    a, zs = [problem.x.astype(np.float32)], []
    y = problem.y.astype(np.float32)
    for W, b in zip(weights, biases, strict=True):
        zs.append(W @ a[-1] + b)
        a.append(1 / (1 + np.exp(-zs[-1])))
    dW, db, deltas = three_lists(problem)
    error = (a[-1] - y) / problem.batch
    for l in reversed(range(len(weights))):
        deltas[l] = error * a[l + 1] * (1 - a[l + 1])
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
        error = weights[l].T @ deltas[l]
    told = answer(dW, db, zs, a, deltas, half_squares(a[-1], y))
    return {
        name: [v.astype(np.float64) for v in value] if isinstance(value, list) else float(value)
        for name, value in told.items()
    } | {"cost": np.float64(told["cost"])}


def tanh_by_exponential(problem):
    def tanh(z):
        return 2 / (1 + np.exp(-2 * z)) - 1

    zs, a = forward(problem, tanh)
    dW, db, deltas = three_lists(problem)
    error = (a[-1] - problem.y) / problem.batch
    for l in reversed(range(len(problem.W))):
        deltas[l] = error * (1 - a[l + 1] ** 2)
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
        error = problem.W[l].T @ deltas[l]
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


class Dense:
    """A layer that was asked for float64, and has its weights in float32 all the same."""

    def __init__(self, W, b, dtype="float64"):
        self.W, self.b, self.dtype = W.astype("float32"), b.astype("float32"), dtype

    def __call__(self, x):
        self.x = x.astype("float32")
        self.z = self.W @ self.x + self.b
        self.a = sigmoid(self.z)
        return self.a.astype(self.dtype)

    def backward(self, error):
        self.delta = error.astype("float32") * self.a * (1 - self.a)
        self.dW = (self.delta @ self.x.T).astype(self.dtype)
        self.db = self.delta.sum(axis=1, keepdims=True).astype(self.dtype)
        return (self.W.T @ self.delta).astype(self.dtype)


def dense_of_float32(problem):
    layers = [Dense(W, b) for W, b in zip(problem.W, problem.b, strict=True)]
    out = problem.x
    for layer in layers:
        out = layer(out)
    cost = half_squares(out, problem.y)
    error = (out - problem.y) / problem.batch
    for layer in reversed(layers):
        error = layer.backward(error)

    def wide(name):
        return [getattr(layer, name).astype("float64") for layer in layers]

    return answer(*map(wide, ("dW", "db", "z")), [None, *wide("a")], wide("delta"), cost)


def last_activation_dropped(problem):
    """The loop applies σ between layers only: of a single layer there is no between."""
    zs, a = forward(problem, sigmoid, lambda z: z)
    dW, db, deltas = three_lists(problem)
    deltas[-1] = (a[-1] - problem.y) / problem.batch
    for l in reversed(range(len(problem.W))):
        if l < len(problem.W) - 1:
            deltas[l] = problem.W[l + 1].T @ deltas[l + 1] * a[l + 1] * (1 - a[l + 1])
        dW[l] = deltas[l] @ a[l].T
        db[l] = deltas[l].sum(axis=1, keepdims=True)
    return answer(dW, db, zs, a, deltas, half_squares(a[-1], problem.y))


SIGMOID = "3x4x5x2-sigmoid,sigmoid,sigmoid-quadratic-float64-m4-s3-g2"
TANH = "3x4x5x2-tanh,tanh,tanh-quadratic-float64-m4-s3-g2"
#: Each program: the network, where its trace first fails, and the cause from gradients alone.
FIFTEEN = {
    error_passed_down_without_slope: (
        SIGMOID, ("BP2", 2), "the error is passed down without σ′"),
    error_of_the_output_in_hidden_layers: (
        "3x4x1-sigmoid,sigmoid-quadratic-float64-m4-s3-g2", ("BP2", 1),
        "the output's error is used in the hidden layers, without W"),
    bias_before_slope: (TANH, ("BP3", 3), "∂C/∂b is taken before σ′ in all layers"),
    bias_as_row_sums: (SIGMOID, ("BP3", 3), "∂C/∂b is the row sums of ∂C/∂W in all layers"),
    relu_of_the_error: (
        "3x6x5x2-relu,relu,sigmoid-quadratic-float64-m4-s3-g2", ("BP2", 2),
        "relu of ∂C/∂a is taken for ∂C/∂a ⊙ relu′(z) in the hidden layers"),
    last_weights_before_slope: (
        SIGMOID, ("BP4", 3), "∂C/∂W is taken before σ′ at the output layer"),
    softmax_without_off_diagonal: (
        "3x4x5x3-tanh,tanh,identity-softmax_cross_entropy-float64-m4-s3-g2", ("BP1", 3),
        "∇ₐC of softmax_cross_entropy: of the Jacobian of the softmax only the diagonal"),
    weights_updated_first: (
        SIGMOID, ("BP2", 2),
        "the weights are updated before δ is passed down by them (rate 0.1)"),
    bias_ignored: (SIGMOID, ("z", 1), "the bias is ignored in all layers"),
    target_minus_output_summed: (
        "3x4x5x3-sigmoid,sigmoid,sigmoid-quadratic-float64-m4-s3-g2", ("BP1", 3),
        "1/m is missing (m = 4), and the sign is wrong"),
    twice_the_difference_summed: (
        "3x4x5x3-sigmoid,sigmoid,sigmoid-quadratic-float64-m4-s3-g2", ("BP1", 3),
        "1/m is missing (m = 4), and twice as large"),
    in_float32: (SIGMOID, ("z", 1), "computed in float32"),
    tanh_by_exponential: (TANH, ("a", 1), "tanh as 2/(1 + e⁻²ᶻ) - 1, which loses digits near 0"),
    dense_of_float32: (SIGMOID, ("z", 1), "computed in float32"),
    last_activation_dropped: (
        "3x2-sigmoid-quadratic-float64-m4-s3-g2", ("a", 1), "σ is left out"),
}  # fmt: skip
