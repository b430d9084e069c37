"""First calls of a program of JAX: as JAX compiles it, where programs are kept, by an option."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import jax
import numpy as np
from jax._src import compilation_cache

from crossgrad.comparisons.backends.jax_cache import keep_programs
from crossgrad.comparisons.backends.jax_jit import forward, receive, taps
from crossgrad.comparisons.problems.scenario import Scenario

#: The one option that compiles faster.
OPTION = {"xla_cpu_use_fusion_emitters": False}
ENABLED = "jax_enable_compilation_cache"
SETTINGS = (ENABLED, "jax_compilation_cache_dir")


class FirstCalls(NamedTuple):
    """Seconds of a first call: by default, where it is kept, where it was kept, by the option.

    Whether a program that was kept, and one by the option, gives the same bits as JAX's own.
    """

    default: float
    kept: float
    again: float
    option: float
    same: bool
    same_by_option: bool


def first_calls(scenario: Scenario) -> FirstCalls:
    """Each way in turn; tracing is part of it."""
    with TemporaryDirectory() as folder:
        default, bits = first_call(scenario)
        with keeping(Path(folder)):
            kept, kept_bits = first_call(scenario)
            again, bits_again = first_call(scenario)
    option, bits_by_option = first_call(scenario, OPTION)
    same = kept_bits == bits_again == bits
    return FirstCalls(default, kept, again, option, same, bits_by_option == bits)


def first_call(
    scenario: Scenario, options: dict[str, Any] | None = None
) -> tuple[float, list[bytes]]:
    """Seconds of the first draw's call, and the bits of all draws."""
    jax.clear_caches()
    arguments = [
        (W, b, alpha, taps(p), x, y)
        for p in scenario.problems()
        for W, b, alpha, x, y in [receive(p)]
    ]
    gradient = jax.value_and_grad(forward(scenario.architecture), (0, 1, 2), has_aux=True)
    start = time.perf_counter()
    program = jax.jit(gradient, compiler_options=options)
    jax.block_until_ready(program(*arguments[0]))
    seconds = time.perf_counter() - start
    leaves = [leaf for each in arguments for leaf in jax.tree.leaves(program(*each))]
    return seconds, [np.asarray(leaf).tobytes() for leaf in leaves]


@contextmanager
def keeping(folder: Path) -> Iterator[None]:
    before = {name: getattr(jax.config, name) for name in SETTINGS}
    change(dict.fromkeys(SETTINGS) | {ENABLED: True})
    keep_programs(folder)
    try:
        yield
    finally:
        change(before)


def change(settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        jax.config.update(name, value)
    compilation_cache.reset_cache()
