"""An answer as a program has to give it: each of its numbers in the format of the problem."""

import numpy as np


def stored(answer, dtype):
    """Of one that computes bfloat16 in float32, say."""
    return {
        name: [None if a is None else a.astype(dtype) for a in told]
        if isinstance(told, list)
        else np.asarray(told).astype(dtype)
        for name, told in answer.items()
    }
