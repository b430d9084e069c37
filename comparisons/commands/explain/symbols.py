"""What each number is called: z₁², w₁₂¹, δ₁²⁽³⁾, ∂C/∂b₁¹.

Nodes and samples count from 1, as on a blackboard. w₁₂¹ leads to node 1 of layer 1, from node 2 of
the layer before, as in BP4; where there are several samples, ⁽³⁾ is the third.
"""

from crossgrad.comparisons.arithmetic.superscripts import superscript

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SYMBOLS = {"z": "z", "a": "a", "BP1": "δ", "BP2": "δ", "BP3": "∂C/∂b", "BP4": "∂C/∂w"}
SYMBOLS |= {"alpha": "∂C/∂α"}


def symbol(letter: str, index: tuple[int, ...], layer: int = 0, sample: str = "") -> str:
    """A letter with what stands below and above it; a comma between numbers of several digits."""
    numbers = [str(i + 1) for i in index]
    below = ("" if all(len(n) == 1 for n in numbers) else ",").join(numbers)
    above = str(layer) if layer else ""
    return letter + below.translate(SUBSCRIPTS) + superscript(above + sample)


def of_sample(sample: int, batch: int) -> str:
    return f"({sample + 1})" if batch > 1 else ""


def node(letter: str, layer: int, j: int, sample: str = "") -> str:
    """A number of a node; a⁰ is x."""
    return symbol("x" if (letter, layer) == ("a", 0) else letter, (j,), layer, sample)


def label(check: str, layer: int, index: tuple[int, ...], batch: int) -> str:
    """What an entry of an equation's result is called."""
    if check == "cost":
        return "C"
    if check == "BP4":
        return symbol(SYMBOLS[check], index, layer)
    sample = "" if check in ("BP3", "alpha") else of_sample(index[1], batch)
    return symbol(SYMBOLS[check], index[:1], layer, sample)
