"""``crossgrad.vacuity``: somebody else's test, asked about kernels that are wrong."""

import operator
from typing import Any

from crossgrad.comparisons.suite.vacuity.asking import Asked
from crossgrad.comparisons.suite.vacuity.calls import Call, Kernel
from crossgrad.comparisons.suite.vacuity.plan import sides_of
from crossgrad.comparisons.suite.vacuity.result import Finding, Sharpness, Vacuity
from crossgrad.comparisons.suite.vacuity.sharpness import refused, sharpness_of
from crossgrad.comparisons.suite.vacuity.subject import Recorder, Subject, subject_of
from crossgrad.comparisons.suite.vacuity.verdict import Test, quiet


def vacuity(
    test: Test,
    kernel: Kernel,
    *,
    like: Any = None,  # noqa: ANN401 - whatever the kernel takes
    samples: int | None = None,
) -> Vacuity:
    """Call a test with wrong kernels, and say which of them it lets through.

    Where the test takes derivatives of a kernel of torch or JAX, faults are of two kinds. "value:
    …" is a wrong result, whose derivative is that of the wrong result; "gradient: …" is a right
    result with a wrong derivative.

    Args:
        test: a function that takes a kernel and raises ``AssertionError`` if it finds it wrong, or
            returns False. None and True are a pass. ``GradcheckError`` of torch is a verdict too;
            any other exception is an error, and not counted as caught.
        kernel: the right function. It returns arrays of NumPy, torch or JAX: one, or a tuple, list,
            dict or dataclass of them, nested as it likes.
        like: arguments of the kernel, a tuple of them or a single one, by which is found out what
            it returns, and which faults change that. By default those of the call, among all that
            the test makes, whose answer has most entries other than 0.
        samples: the number m of samples in ``like``, for the faults in 1/m and the last sample. By
            default what the kernel is found to sum over, or else the rows, and the columns, of the
            first array of ``like``.

    Returns:
        What is caught and what is let through, array by array, and how sharp the test is. Its text
        is the report.

    Raises:
        TypeError, ValueError: an argument is none of these, or the test does not pass with the
            right kernel, of which nothing follows. One line names the culprit.
    """
    __tracebackhide__ = True
    for name, value in (("test", test), ("kernel", kernel)):
        if not callable(value):
            raise TypeError(f"{name}: a function is needed, and not {value!r}")
    asked = Asked(test, kernel)
    seen = asked.seen()
    with quiet():
        subject = subject_of(call_of(kernel, like, seen), seen, whole(samples))
        measured = measure(asked, subject)
    asked.passes("once more after the faults: it is not the same twice")
    return measured


def call_of(kernel: Kernel, like: object, seen: Recorder) -> Call:
    """The example; raises ``ValueError`` where there is none."""
    if like is not None:
        return Call(kernel, like if isinstance(like, tuple) else (like,))
    if not seen.calls:
        name = getattr(kernel, "__qualname__", kernel)
        raise ValueError(f"the test never calls {name} (if it is to be judged all the same: like)")
    if not seen.example:
        raise ValueError("like: needed, as the test calls the kernel under a transformation only")
    return seen.example


def whole(samples: object) -> int | None:
    if samples is None:
        return None
    try:
        m = operator.index(samples)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"samples: a whole number is needed, and not {samples!r}") from None
    if m < 1:
        raise ValueError(f"samples {m}: at least 1 is needed")
    return m


# ------------------------------------------------------------------ what is measured
def measure(asked: Asked, subject: Subject) -> Vacuity:
    """Plant everything, one fault after another."""
    found: dict[str, list[Finding]] = {"caught": [], "passed": [], "error": [], "left out": []}
    sharpness: list[Sharpness] = []
    strict: list[Finding] = []
    for side in sides_of(subject):
        for planting in side.plantings():
            why = side.reason(planting)
            kind, note = ("left out", why) if why else asked.planted(planting)
            found[kind].append(side.finding(planting, note))
        sharpness += sharpness_of(asked, side)
        strict += refused(asked, side)
    if subject.untested:
        found["left out"].append(Finding("any", "gradient", note="the test takes no derivative"))
    caught, passed, errors, left_out = map(tuple, found.values())
    return Vacuity(caught, passed, errors, left_out, tuple(strict), tuple(sharpness))
