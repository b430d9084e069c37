"""Targets y made of raw bits by exact arithmetic: numbers, probabilities, labels, classes.

They are ``(n_L, m)``; classes are ``(1, m)``, whole numbers in any format.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crossgrad.reference.costs import IGNORED
from crossgrad.reference.parameters import Array, uniform

#: A format, and raw bits of the targets' shape → targets.
Draw = Callable[[str, Array], Array]


def real(dtype: str, bits: Array) -> Array:
    """Between -1 and 1."""
    return uniform(bits, dtype)


def beyond_one(dtype: str, bits: Array) -> Array:
    """Between -4 and 4."""
    return uniform(bits, dtype, 2)


def probabilities(dtype: str, bits: Array) -> Array:
    """0, 1/4, 1/2, 3/4, and 1 half the time."""
    return np.minimum(bits % 6, 4).astype(dtype) / 4


def fine_probabilities(dtype: str, bits: Array) -> Array:
    """In 64ths, 0 and 1 among them."""
    return (bits % 65).astype(dtype) / 64


def distributions(dtype: str, bits: Array) -> Array:
    """All the weight on one class, or half on each of two: of each sample it sums to 1 exactly."""
    number, bits = bits.shape[-2], bits[..., :1, :]
    classes = np.arange(number)[:, None]
    first, second = bits % number, (bits >> np.uint64(32)) % number
    second = np.where(bits >> np.uint64(63), first, second)
    return ((classes == first).astype(dtype) + (classes == second).astype(dtype)) / 2


def soft_distributions(dtype: str, bits: Array) -> Array:
    """64ths on any of the classes: the gaps between cuts at random, which sum to 1 exactly."""
    cuts = np.sort(bits[..., 1:, :] % 65, axis=-2).astype(np.int64)
    ends = np.zeros_like(bits[..., :1, :], dtype=np.int64)
    return np.diff(np.concatenate([ends, cuts, ends + 64], axis=-2), axis=-2).astype(dtype) / 64


def one_class(dtype: str, bits: Array) -> Array:
    """1 for one class of each sample, 0 for the others: a distribution, also of a single class."""
    number, bits = bits.shape[-2], bits[..., :1, :]
    return (np.arange(number)[:, None] == bits % number).astype(dtype)


def one_label(dtype: str, bits: Array) -> Array:
    """The same; of a single output 0 or 1."""
    single = bits.shape[-2] == 1
    return (bits % 2).astype(dtype) if single else one_class(dtype, bits)


def signs(dtype: str, bits: Array) -> Array:
    """-1 or 1."""
    return np.where(bits >> np.uint64(63), 1.0, -1.0).astype(dtype)


def rare_signs(dtype: str, bits: Array) -> Array:
    """1 in eight is 1."""
    return np.where(bits % 8 == 0, 1.0, -1.0).astype(dtype)


def one_sign(dtype: str, bits: Array) -> Array:
    """1 for one class of each sample, -1 for the others; of a single output 1 or -1."""
    return 2 * one_label(dtype, bits) - 1


def classes(_dtype: str, bits: Array) -> Array:
    """The class of each sample; one in eight is to be ignored, but never the first."""
    return ignoring(bits, 8)


def few_classes(_dtype: str, bits: Array) -> Array:
    """Every other one is to be ignored."""
    return ignoring(bits, 2)


def all_classes(_dtype: str, bits: Array) -> Array:
    """None is."""
    return (bits[..., :1, :] % bits.shape[-2]).astype(np.int64)


def ignoring(bits: Array, one_in: int) -> Array:
    """The class of each sample, one in so many of which is to be ignored."""
    ignored = bits[..., :1, :] >> np.uint64(32)
    ignored = ignored % one_in == 0
    ignored[..., 0] = False
    return np.where(ignored, IGNORED, all_classes("", bits))


# ------------------------------------------------------------------ what they have to be
def are_any(_y: Array) -> bool:
    """Any numbers."""
    return True


def are_probabilities(y: Array) -> bool:
    """From 0 to 1."""
    return bool(((y >= 0) & (y <= 1)).all())


def are_distributions(y: Array) -> bool:
    """None is below 0, and of each sample they sum to 1 exactly."""
    return are_probabilities(y) and bool((y.sum(axis=-2) == 1).all())


def are_signs(y: Array) -> bool:
    """-1 or 1."""
    return bool((np.abs(y) == 1).all())


def are_classes(y: Array) -> bool:
    """One of each sample, not all of which are ignored."""
    whole = y.shape[-2] == 1 and y.dtype.kind == "i"
    counts = y != IGNORED
    return bool(whole and (y[counts] >= 0).all() and counts.any(axis=(-2, -1)).all())


class Targets(NamedTuple):
    """What a cost is given as a rule, in the regime that is about targets, and as labels.

    ``are`` tells what it is meant for, ``needed`` says that in words.
    """

    usual: Draw
    unusual: Draw
    onehot: Draw = one_label
    are: Callable[[Array], bool] = are_any
    needed: str = "any numbers"


#: Numbers, probabilities, distributions over the classes, signs, and the class of each sample.
REAL = Targets(real, beyond_one)
PROBABILITIES = Targets(
    probabilities, fine_probabilities, are=are_probabilities, needed="targets from 0 to 1"
)
DISTRIBUTIONS = Targets(
    distributions,
    soft_distributions,
    one_class,
    are_distributions,
    "targets that sum to 1 to the bit, none below 0",
)
SIGNS = Targets(signs, rare_signs, one_sign, are_signs, "targets that are -1 or 1")
CLASSES = Targets(
    classes, few_classes, all_classes, are_classes, "the class of each sample, and one that counts"
)
#: How labels can be asked for by name, in place of what the cost is usually given.
LABELS = ("onehot",)
