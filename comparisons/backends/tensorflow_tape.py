"""TensorFlow: a ``GradientTape`` run eagerly on the CPU; each δ is the gradient at z.

``tf.nn`` where it has the function, else Keras; mish, the cost on probabilities and the mean over
classes that are not ignored are written out.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from crossgrad.comparisons.problems.problem import Problem, Trace


@contextmanager
def without_greeting() -> Iterator[None]:
    """Its C++ writes to stderr on import and on first operations, whatever the log level."""
    stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


with without_greeting():
    import tensorflow as tf

    keras = tf.keras  # loaded when it is asked for

tf.config.set_visible_devices([], "GPU")
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.config.threading.set_intra_op_parallelism_threads(1)
with without_greeting():
    tf.zeros((1, 1), tf.float16) @ tf.zeros((1, 1), tf.float16)

SIGMA = {
    "identity": tf.identity,
    "sigmoid": tf.nn.sigmoid,
    "tanh": tf.nn.tanh,
    "relu": tf.nn.relu,
    "leaky_relu": lambda z: tf.nn.leaky_relu(z, alpha=0.01),
    "elu": tf.nn.elu,
    "softplus": tf.nn.softplus,
    "silu": tf.nn.silu,
    "gelu": lambda z: tf.nn.gelu(z, approximate=False),
    "gelu_tanh": lambda z: tf.nn.gelu(z, approximate=True),
    "softsign": tf.nn.softsign,
    "log_sigmoid": tf.math.log_sigmoid,
    "mish": lambda z: z * tf.nn.tanh(tf.nn.softplus(z)),
    "hardtanh": lambda z: tf.clip_by_value(z, -1, 1),
    "relu6": tf.nn.relu6,
    "hardsigmoid": keras.activations.hard_sigmoid,
    "hardswish": keras.activations.hard_silu,
    "selu": tf.nn.selu,
    "celu": keras.activations.celu,
    "softmax": lambda z: tf.nn.softmax(z, axis=0),
    "log_softmax": lambda z: tf.nn.log_softmax(z, axis=0),
}
COST = {
    "quadratic": lambda a, y: tf.reduce_sum((a - y) ** 2) / (2 * y.shape[1]),
    "mse": lambda a, y: tf.reduce_mean(tf.math.squared_difference(a, y)),
    "binary_cross_entropy": lambda a, y: (
        -tf.reduce_sum(y * tf.math.log(a) + (1 - y) * tf.math.log1p(-a)) / y.shape[1]
    ),
    "sigmoid_cross_entropy": lambda a, y: (
        tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=a)) / y.shape[1]
    ),
    "softmax_cross_entropy": lambda a, y: tf.reduce_mean(
        tf.nn.softmax_cross_entropy_with_logits(labels=tf.transpose(y), logits=tf.transpose(a))
    ),
    "huber": lambda a, y: tf.reduce_mean(keras.losses.huber(y, a)),
    "hinge": lambda a, y: tf.reduce_mean(keras.losses.hinge(y, a)),
    "weighted_sigmoid_cross_entropy": lambda a, y: (
        tf.reduce_sum(tf.nn.weighted_cross_entropy_with_logits(y, a, weights_of(a))) / y.shape[1]
    ),
    "cross_entropy": lambda a, y: of_classes(a, y, tf.ones_like(a[:, :1])),
    "weighted_cross_entropy": lambda a, y: of_classes(a, y, weights_of(a)),
}


def of_classes(a: Any, y: Any, weights: Any) -> Any:  # noqa: ANN401 - tensors
    """Σ w t ÷ Σ w of labels that are not ignored, which TensorFlow has none of its own for."""
    counts = tf.where(y[0] < 0, tf.zeros_like(a[0]), tf.gather(weights[:, 0], tf.maximum(y[0], 0)))
    terms = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.maximum(y[0], 0), logits=tf.transpose(a)
    )
    return tf.reduce_sum(counts * terms) / tf.reduce_sum(counts)


def weights_of(a: Any) -> Any:  # noqa: ANN401
    """Of the outputs, or classes, in turn: (n_L, 1)."""
    return tf.cast(tf.range(a.shape[0])[:, None] % 4 + 1, a.dtype) / 2


def trace(problem: Problem) -> Trace:
    """Forward by TensorFlow's own functions, backward along the tape."""
    W, b, a, y = receive(problem)
    zs, activations = [], []
    with tf.GradientTape() as tape:
        tape.watch([*W, *b])
        for weights, bias, name in zip(W, b, problem.activations, strict=True):
            z = weights @ a + bias
            a = SIGMA[name](z)
            zs.append(z)
            activations.append(a)
        cost = COST[problem.cost](a, y)
    dW, db, delta = tape.gradient(cost, (W, b, zs))
    return Trace(
        dW=[d.numpy() for d in dW],
        db=[d.numpy() for d in db],
        cost=np.asarray(cost.numpy()),
        z=[z.numpy() for z in zs],
        a=[a.numpy() for a in activations],
        delta=[d.numpy() for d in delta],
    )


def receive(problem: Problem) -> tuple[Any, ...]:
    W, b = [tf.constant(w) for w in problem.W], [tf.constant(bias) for bias in problem.b]
    return W, b, tf.constant(problem.x), tf.constant(problem.y)
