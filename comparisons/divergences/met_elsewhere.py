"""The divergences of the frameworks beyond torch and JAX: those that checks meet, and the others.

The others have a reproduction only: what they are about their backends refuse, or write out.
"""

from crossgrad.comparisons.divergences.entry import Divergence
from crossgrad.comparisons.divergences.met_in_mlx import MET_IN_MLX, REFUSED_IN_MLX
from crossgrad.comparisons.divergences.met_in_others import MET_IN_OTHERS, REFUSED_IN_OTHERS
from crossgrad.comparisons.divergences.met_in_tensorflow import IN_TENSORFLOW
from crossgrad.comparisons.divergences.met_in_tinygrad import MET_IN_TINYGRAD
from crossgrad.comparisons.divergences.refused_in_tinygrad import REFUSED_IN_TINYGRAD

MET_ELSEWHERE: tuple[Divergence, ...] = (
    *IN_TENSORFLOW,
    *MET_IN_MLX,
    *MET_IN_TINYGRAD,
    *MET_IN_OTHERS,
)
ELSEWHERE: tuple[Divergence, ...] = (*REFUSED_IN_MLX, *REFUSED_IN_TINYGRAD, *REFUSED_IN_OTHERS)
