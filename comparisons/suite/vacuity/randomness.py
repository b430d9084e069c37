"""The same random numbers for each run of a test, of whatever the test draws them."""

import random
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np


def rewinding(generators: Iterable[Any] = ()) -> Callable[[], None]:
    """What sets these generators, and the global ones, back to where they are now."""
    torch: Any = sys.modules.get("torch")
    everywhere = [random, np.random, *([torch.default_generator] if torch else [])]
    undo = [setting_back(generator) for generator in (*everywhere, *generators)]

    def rewind() -> None:
        for one in undo:
            one()

    return rewind


def setting_back(generator: Any) -> Callable[[], object]:  # noqa: ANN401 - of whatever library
    if isinstance(generator, np.random.Generator):
        bits = generator.bit_generator
        return partial(setattr, bits, "state", bits.state)
    if hasattr(generator, "getstate"):
        return partial(generator.setstate, generator.getstate())
    return partial(generator.set_state, generator.get_state())


def is_generator(value: object) -> bool:
    """By its type, as a lazy or deprecated object of some module answers to ``isinstance``."""
    of_torch = getattr(sys.modules.get("torch"), "Generator", None)
    return type(value) in (np.random.Generator, np.random.RandomState, random.Random, of_torch)
