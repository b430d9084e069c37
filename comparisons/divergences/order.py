"""The order of what was written down before a framework had a file; what came later is behind."""

NAMES = """
torch-softplus-threshold torch-bce-clamp torch-hardsigmoid-slope jax-log1p-float64
jax-leaky-relu-kink jax-hardtanh-kink jax-bias-sums-16-bit torch-func-bce-logits torch-compile-expm1
torch-compile-expm1-selu torch-compile-expm1-celu torch-compile-bce-clamp jax-sigmoid-float16
jax-silu-float16 jax-quick-gelu-float16 jax-tanh-short-of-one jax-mish-short-of-one
jax-gelu-tanh-short-of-one torch-cross-entropy-sum-float16 tensorflow-leaky-relu-float64
tensorflow-gelu-float64 tensorflow-gelu-tanh-float64 tensorflow-elu-cancels tensorflow-hardtanh-kink
tensorflow-softplus-pieces tensorflow-log-sigmoid-pieces tensorflow-mish-pieces
tensorflow-sigmoid-float32 tensorflow-silu-float32 tensorflow-bias-sums-float16
tensorflow-products-bfloat16 mlx-sigmoid-exp mlx-silu-exp mlx-softplus-exp mlx-log-sigmoid-exp
mlx-mish-exp mlx-leaky-relu-kink mlx-logits-slope mlx-sigmoid-float16 mlx-silu-float16
tinygrad-sigmoid-exp2 tinygrad-silu-exp2 tinygrad-tanh-cancels tinygrad-leaky-relu-kink
tinygrad-hardtanh-kink sklearn-mse-outputs sklearn-sigmoid-clip-float64 sklearn-sigmoid-clip-float32
sklearn-softmax-clip-float64 sklearn-softmax-clip-float32 torch-tanh-slope torch-tanh-slope-float64
torch-tanh-slope-bfloat16 jax-tanh-slope jax-tanh-slope-float64 torch-sigmoid-slope
torch-sigmoid-slope-bfloat16 jax-sigmoid-slope torch-gelu-tail torch-gelu-tail-slope
torch-gelu-tanh-tail jax-gelu-tanh-tail jax-elu-slope torch-softsign-slope jax-softsign-slope
jax-abs-kink torch-clamp-bound jax-clip-bound torch-maximum-kink jax-maximum-kink torch-relu-nan
torch-elu-nan torch-hardtanh-nan jax-relu-nan jax-relu-subnormal jax-gelu-default jax-x64-off
torch-bce-log-clamp torch-bce-float16-nan torch-mse-float16 torch-logits-certain
torch-softmax-certain jax-softmax-certain torch-log-softmax-float16 jax-log-softmax-float16
torch-cross-entropy-count-float16 torch-cross-entropy-far-class-float16 torch-softmax-vjp
jax-softmax-vjp torch-gelu-overflow torch-gelu-tanh-overflow torch-hardswish-overflow
torch-hardswish-overflow-float64 jax-gelu-tanh-overflow torch-gelu-tanh-overflow-float64
jax-gelu-tanh-overflow-float64 jax-gelu-tanh-overflow-float16 jax-gelu-tanh-tangent-float16
jax-softsign-float16 mlx-exp-float64 mlx-elu-nan mlx-elu-cancels tinygrad-softplus-absolute
tinygrad-log-sigmoid-absolute tinygrad-mish-absolute tinygrad-gelu-erf tinygrad-elu-cancels
tinygrad-elu-slope tinygrad-elu-nan tinygrad-sigmoid-nan tinygrad-sigmoid-slope autograd-logsumexp
autograd-maximum-kink
"""
ORDER = {name: place for place, name in enumerate(NAMES.split())}
