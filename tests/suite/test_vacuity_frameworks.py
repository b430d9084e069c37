"""What a test lets through of kernels in torch and JAX: wrong values, and wrong derivatives."""

import numpy as np
import pytest

import crossgrad

torch = pytest.importorskip("torch")
jax = pytest.importorskip("jax")
import jax.numpy as jnp
from jax import test_util

A = np.linspace(-1, 2, 6).reshape(2, 3) + 0.05
NUMPY_W = np.array([[0.5, -1.0], [2.0, 0.3]])


def names(findings):
    return {str(finding) for finding in findings}


def tensor(array, *, learnt=True):
    return torch.tensor(array, requires_grad=learnt)


def near(given, right):
    return (given - right).abs().max() < 1e-6


def torch_layer(W, x):
    return torch.tanh(W @ x)


def jax_layer(W, x):
    return jnp.tanh(W @ x)


# ------------------------------------------------------------------ torch
def both_of_torch(kernel):
    """The value, and the gradient by autograd, of two questions."""
    for shift in (0, 0.5):
        W, x = tensor(NUMPY_W + shift), tensor(A)
        W2, x2 = tensor(NUMPY_W + shift), tensor(A)
        given, right = kernel(W, x), torch_layer(W2, x2)
        assert given.dtype == right.dtype
        assert torch.equal(given, right)
        assert torch.equal(x, x2)
        assert torch.equal(W, W2)
        for side in (given, right):
            (side * side).sum().backward()
        assert torch.equal(W.grad, W2.grad)
        assert torch.equal(x.grad, x2.grad)


def test_a_perfect_test_in_torch_catches_wrong_values_and_wrong_gradients():
    result = crossgrad.vacuity(both_of_torch, torch_layer)
    assert names(result.let_through) == names(result.errors) == set()
    found = names(result.caught)
    assert {"value: zeros", "gradient: zeros in W", "gradient: twice as large in x"} <= found
    assert {sharpness.of: sharpness[1:] for sharpness in result.sharpness} == {
        "value": (15, 15, 15),
        "gradient": (15, 15, 15),
    }


def test_a_test_of_values_has_no_gradients():
    """Nothing is planted in derivatives that it does not take, which is said."""

    def test(kernel):
        W, x = tensor(NUMPY_W), tensor(A)
        assert near(kernel(W, x), torch_layer(W, x))

    result = crossgrad.vacuity(test, torch_layer)
    assert {finding.of for finding in (*result.caught, *result.let_through)} == {""}
    assert "gradient: any (the test takes no derivative)" in str(result)
    result.raise_if_vacuous(digits=4)


def test_a_derivative_that_is_taken_and_not_looked_at_lets_every_fault_through():
    def test(kernel):
        W, x = tensor(NUMPY_W), tensor(A, learnt=False)
        given = kernel(W, x)
        given.sum().backward()
        assert W.grad.shape == W.shape
        assert near(given, torch_layer(W, x))

    result = crossgrad.vacuity(test, torch_layer)
    assert "gradient: zeros in W" in names(result.let_through)
    assert not {f.where for f in (*result.caught, *result.let_through) if f.of == "gradient"} - {
        "W"
    }
    with pytest.raises(AssertionError, match="has to catch all gross faults"):
        result.raise_if_vacuous()
    result.raise_if_vacuous(digits=4, allow="gradient")


@pytest.mark.filterwarnings("ignore:`torch.jit.script`:DeprecationWarning")  # of torch's own
@pytest.mark.parametrize("second", [False, True])
def test_gradcheck_lets_a_wrong_formula_through_that_is_differentiated_rightly(second):
    """Its own error is a verdict; second derivatives are no obstacle."""

    def test(kernel):
        inputs = tensor(NUMPY_W), tensor(A)
        assert torch.autograd.gradcheck(kernel, inputs, check_forward_ad=second)
        return not second or torch.autograd.gradgradcheck(kernel, inputs)

    result = crossgrad.vacuity(test, torch_layer)
    assert {"value: zeros", "value: rows reversed", "value: one entry zero"} <= names(
        result.let_through
    )
    assert {"gradient: zeros in x", "gradient: one entry zero in W"} <= names(result.caught)
    assert result.errors == ()
    assert "it checks no values (" in str(result)
    assert "value: zeros" not in str(result)
    result.raise_if_vacuous(digits=2)
    with pytest.raises(AssertionError):
        result.raise_if_vacuous(values=True)


def test_parameters_of_a_module_have_wrong_gradients_too():
    """They are no arguments; afterwards they are right again."""
    torch.manual_seed(0)
    module = torch.nn.Linear(3, 3, dtype=torch.float64)
    x = tensor(A, learnt=False)

    def gradients():
        return [parameter.grad.clone() for parameter in module.parameters()]

    def test(kernel):
        module.zero_grad()
        (kernel(x) ** 2).sum().backward()
        return all(torch.equal(a, b) for a, b in zip(gradients(), right, strict=True))

    (module(x) ** 2).sum().backward()
    right = gradients()
    result = crossgrad.vacuity(test, module)
    assert {"gradient: zeros in parameter weight"} <= names(result.caught)
    assert {"gradient: last row dropped in parameter bias"} <= names(result.caught)
    assert test(module)


def test_tensors_that_nobody_differentiates_have_values_only():
    """Also whole numbers, and halves."""

    def test(kernel):
        given = kernel(tensor(A, learnt=False).to(torch.bfloat16))
        assert torch.equal(given[0], torch.arange(3))
        assert torch.equal(given[1], tensor(A, learnt=False).to(torch.bfloat16) * 2)

    result = crossgrad.vacuity(test, lambda x: (torch.arange(3), x * 2))
    assert {"zeros in [0]", "zeros in [1]"} <= names(result.caught)
    assert names(result.let_through) == {"first answer again", "input overwritten"}
    assert [(s.of, s.everywhere, s.most) for s in result.sharpness] == [("", 1, 1)]


def test_a_number_beside_a_tensor_hides_no_derivative():
    """As of a kernel that returns how many there are, and a loss."""

    def test(kernel):
        x = tensor(A)
        count, loss = kernel(x)
        assert (count, float(loss.detach())) == (6, float((A * A).sum()))
        (slope,) = torch.autograd.grad(loss, x)
        assert torch.equal(slope, 2 * x)

    result = crossgrad.vacuity(test, lambda x: (x.numel(), (x * x).sum()))
    assert {"value: zeros in [0]", "value: zeros in [1]", "gradient: zeros in x"} <= names(
        result.caught
    )


def test_torch_func_may_ask():
    """Under ``vmap`` and ``grad`` faults are what they are elsewhere."""
    x = tensor(A, learnt=False)

    def test(kernel):
        slopes = torch.func.vmap(torch.func.grad(lambda x: kernel(x).sum()))(x)
        assert torch.equal(slopes, 3 * x**2)

    result = crossgrad.vacuity(test, lambda x: x * x * x, like=x.clone().requires_grad_())
    assert {"gradient: zeros in x", "gradient: twice as large in x"} <= names(result.caught)
    assert result.errors == ()


# ------------------------------------------------------------------ JAX
def test_the_derivative_of_a_kernel_in_jax_is_spoilt_where_the_test_takes_it():
    """Forward, backward, and twice; by ``W`` and ``x``."""

    def test(kernel):
        inputs = jnp.asarray(NUMPY_W), jnp.asarray(A)
        test_util.check_grads(kernel, inputs, order=1)
        assert jnp.isfinite(jax.hessian(lambda W: kernel(W, inputs[1]).sum())(inputs[0])).all()

    result = crossgrad.vacuity(test, jax_layer)
    assert {"gradient: zeros in W", "gradient: sign flipped in x"} <= names(result.caught)
    assert {"value: zeros", "value: sign flipped"} <= names(result.let_through)
    assert result.errors == ()


def test_a_kernel_in_jax_whose_derivative_nobody_takes_has_values_only():
    """As a gradient that is written by hand."""
    W, x = jnp.asarray(NUMPY_W), jnp.asarray(A)

    def test(kernel):
        assert (kernel(W, x) == W.T @ x).all()
        assert (kernel(W, 2 * x) == 2 * W.T @ x).all()

    result = crossgrad.vacuity(test, jax.jit(lambda W, x: W.T @ x))
    assert {finding.of for finding in result.caught} == {""}
    assert names(result.let_through) == {"one axis more"}
    assert {f.note for f in result.left_out if f.name == "input overwritten"} == {
        "no argument can be written to"
    }


def test_jit_and_vmap_may_ask_where_there_is_an_example():
    """What depends on earlier calls is left out: nothing is remembered while it is traced."""
    x = jnp.asarray(A)

    def test(kernel):
        assert abs(jax.jit(jax.vmap(kernel))(x) - jnp.cumsum(x, 1)).max() < 0.05

    with pytest.raises(ValueError, match="calls the kernel under a transformation only"):
        crossgrad.vacuity(test, jnp.cumsum)
    result = crossgrad.vacuity(test, jnp.cumsum, like=x[0])
    assert {"zeros", "one entry zero", "rows reversed"} <= names(result.caught)
    assert "first answer again" in names(result.left_out)


def test_numbers_in_single_precision_of_jax():
    """As it is where nobody has asked for more."""
    x = jnp.asarray(A, "float32")

    def test(kernel):
        assert (jax.grad(lambda x: kernel(x).sum())(x) == 2 * x).all()

    with jax.enable_x64(new_val=False):
        result = crossgrad.vacuity(test, lambda x: x * x, like=(x,))
    assert [s.most for s in result.sharpness] == [6, 6]
    assert result.sharpness[1].everywhere == 6
