"""What stands above the line: exponents, layers, samples."""

SUPERSCRIPTS = str.maketrans("-0123456789()", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")


def superscript(text: object) -> str:
    """Its digits, signs and parentheses above the line."""
    return str(text).translate(SUPERSCRIPTS)
