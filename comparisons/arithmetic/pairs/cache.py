"""What σ and σ′ have in common at the same z: evaluated once, by whichever comes first."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from weakref import ref

import numpy as np

T = TypeVar("T")


def remembered(function: Callable[[Any], T]) -> Callable[[Any], T]:
    """A function whose value at an array is kept until the array is gone.

    Only if it is the same array, it has its numbers to itself, and nobody may write to them.
    """
    values: dict[int, tuple[ref[Any], T]] = {}

    @wraps(function)
    def value(z: Any) -> T:  # noqa: ANN401 - whatever the function takes
        if not (isinstance(z, np.ndarray) and z.flags.owndata and not z.flags.writeable):
            return function(z)
        key = id(z)
        if key not in values:
            values[key] = ref(z, lambda _: values.pop(key)), function(z)
        return values[key][1]

    return value
