"""What is no network is refused, in one line that names the culprit."""

import pytest

from crossgrad.reference.architecture import Architecture

REFUSED = {
    "no-layer": ((2,), (), "mse", "(2,)"),
    "nothing": ((), (), "mse", "()"),
    "width-zero": ((2, 0, 1), ("relu", "relu"), "mse", "0"),
    "width-negative": ((-3, 1), ("relu",), "mse", "-3"),
    "width-fraction": ((2, 2.5), ("relu",), "mse", "2.5"),
    "width-text": ((2, "3"), ("relu",), "mse", "'3'"),
    "too-few-activations": ((2, 2, 1), ("relu",), "mse", "1 activations for 2 layers"),
    "too-many-activations": ((2, 1), ("relu", "tanh"), "mse", "2 activations for 1 layers"),
    "unknown-activation": ((2, 1), ("swish2",), "mse", "'swish2'"),
    "unknown-cost": ((2, 1), ("relu",), "margin", "'margin'"),
    "bce-on-logits": ((2, 1), ("identity",), "binary_cross_entropy", "must be sigmoid"),
    "sce-on-probabilities": ((2, 1), ("sigmoid",), "sigmoid_cross_entropy", "must be identity"),
    "softmax-on-relu": ((2, 1), ("relu",), "softmax_cross_entropy", "after relu"),
}


@pytest.mark.parametrize(("widths", "names", "cost", "culprit"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_network_is_refused(widths, names, cost, culprit):
    """ValueError, one line, with the culprit in it."""
    with pytest.raises(ValueError, match=r"\S") as refusal:
        Architecture(widths, names, cost)
    assert culprit in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_depth_counts_the_layers_that_have_weights():
    """L of a 2-2-1 network is 2."""
    assert Architecture((2, 2, 1), ("tanh", "sigmoid"), "quadratic").depth == 2


def test_nothing_can_be_changed_afterwards():
    """What was validated once stays valid."""
    architecture = Architecture((2, 1), ("relu",), "mse")
    with pytest.raises(AttributeError):
        architecture.cost = "hinge"
