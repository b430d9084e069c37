"""Labels of backends: short, and never the same of two."""

import pytest

from crossgrad.comparisons.reports.labels import labels

LONG = "crossgrad.comparisons.backends.variants:reversed_sums"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["numpy", "my/nets/net.py:f"], ["numpy", "net.py:f"]),
        (["a/net.py:f", "b/net.py:f"], ["a/net.py:f", "b/net.py:f"]),
        (["x/a/net.py:f", "y/b/net.py:f", "numpy"], ["a/net.py:f", "b/net.py:f", "numpy"]),
        (["x/net.py:f", "net.py:f"], ["x/net.py:f", "net.py:f"]),
        (["numpy~my/net.py:f"], ["numpy~net.py:f"]),
        (["a/net.py:f~b/net.py:f", "torch"], ["a/net.py:f~b/net.py:f", "torch"]),
        ([], []),
    ],
)
def test_folders_are_left_out_where_that_tells_names_apart(names, told):
    """Of pairs too, on both sides."""
    assert labels(names) == dict(zip(names, told, strict=True))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["jax", LONG], ["jax", "…:reversed_sums"]),
        (["old/network.py:gradients", "new/network.py:gradients"],
         ["old/n…gradients", "new/n…gradients"]),
        ([LONG, f"numpy~{LONG}", f"torch~{LONG}"],
         ["…:reversed_sums", "numpy~…d_sums", "torch~…d_sums"]),
        (["my_network1_x.py:gradients", "my_network2_x.py:gradients"],
         ["1 …py:gradients", "2 …py:gradients"]),
    ],
)  # fmt: skip
def test_long_names_are_cut_and_still_told_apart(names, told):
    """The end says most; the beginning where it is needed; a number where nothing else does."""
    assert labels(names, 15) == dict(zip(names, told, strict=True))
    assert max(map(len, told)) <= 15
