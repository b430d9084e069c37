"""How a residual is written."""

#: With so many digits every number of float64 is told from 1.
ALL = 17


def residual_text(residual: float, digits: int = 2) -> str:
    """With few digits, but 1 is the bound alone: 0.99… is within it, and 1.0004 is not."""
    text = f"{residual:.{digits}g}"
    if text != "1" or residual == 1:
        return text
    if residual < 1:
        return f"0.{'9' * digits}…"
    more = (f"{residual:.{n}g}" for n in range(digits + 1, ALL + 1))
    return next(text for text in more if text != "1")
