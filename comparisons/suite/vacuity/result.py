"""What a test lets through, as data and as a failure; ``report.py`` has it in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Finding(NamedTuple):
    """A planted fault, and what became of it.

    ``of`` is "value" or "gradient" where the test takes derivatives of the kernel; ``where`` names
    the array, if there are several; ``everywhere`` is a gross fault of all entries; ``note`` says
    what the test said, or why nothing came of the fault.
    """

    name: str
    of: str = ""
    where: str = ""
    gross: bool = False
    everywhere: bool = False
    note: str = ""

    @property
    def title(self) -> str:
        """The fault, without the array."""
        return f"{self.of}: {self.name}" if self.of else self.name

    def __str__(self) -> str:
        """For instance ``gradient: zeros in w``."""
        return f"{self.title} in {self.where}" if self.where else self.title

    @property
    def names(self) -> set[str]:
        """Each name by which it is allowed."""
        inside = f" in {self.where}"
        return {self.name, self.title, str(self), self.name + inside, self.of} - {""}


class Sharpness(NamedTuple):
    """The k up to which every factor 1 ± 10⁻ᵏ is caught, in any one array; 0 if not even 1 ± 0.1.

    ``everywhere``: on all entries of the array; ``one_entry``: on one of ordinary size, None where
    every array is one number. ``most``: the largest k that the format can show.
    """

    of: str
    everywhere: int
    one_entry: int | None
    most: int

    def is_below(self, digits: int) -> bool:
        """Whether a factor of 1 ± 10^-digits is let through, as far as the format shows one."""
        one_entry = self.everywhere if self.one_entry is None else self.one_entry
        return min(self.everywhere, one_entry) < min(digits, self.most)


@dataclass(frozen=True, slots=True)
class Vacuity:
    """What a test catches of the faults that were planted in a kernel, and what it lets through.

    ``errors``: the test broke off with an exception that is no verdict. ``left_out``: the fault
    changes nothing, or cannot be had; it is in no count. ``too_strict``: kernels that are right,
    but for an ulp or two, and were refused.
    """

    caught: tuple[Finding, ...]
    let_through: tuple[Finding, ...]
    errors: tuple[Finding, ...]
    left_out: tuple[Finding, ...]
    too_strict: tuple[Finding, ...]
    sharpness: tuple[Sharpness, ...]

    def __str__(self) -> str:
        """The report."""
        from crossgrad.comparisons.suite.vacuity.report import report  # noqa: PLC0415 - it needs this

        return report(self)

    def __repr__(self) -> str:
        """The report, for notebooks and consoles."""
        return str(self)

    @property
    def planted(self) -> int:
        """How many faults were planted; errors among them."""
        return len(self.caught) + len(self.let_through) + len(self.errors)

    @property
    def derivatives_only(self) -> bool:
        """Whether it sees wrong derivatives, and no value that is wrong in all entries."""
        seen = {f.of for f in self.caught if f.everywhere or f.of == "gradient"}
        return seen == {"gradient"}

    def raise_if_vacuous(
        self, digits: int = 0, allow: str | Iterable[str] = (), *, values: bool = False
    ) -> None:
        """Fail if the test lets a gross fault through.

        Args:
            digits: factors of 1 ± 10⁻¹ … 1 ± 10^-digits, on all entries and on one, must be caught
                as well.
            allow: what may pass: names of faults (``"transposed"``), with or without what they are
                of (``"value: zeros"``) and the array (``"zeros in db[0]"``), or ``"value"`` or
                ``"gradient"`` for all of these.
            values: wrong values must be caught also by a test of derivatives only.

        Raises:
            AssertionError: it lets one through, or it caught none at all; with the report.
            ValueError: ``allow`` names nothing that was planted, or no format has so many digits.
        """
        __tracebackhide__ = True
        allowed = {allow} if isinstance(allow, str) else set(allow)
        self.check(digits, allowed)
        if self.derivatives_only and not values:
            allowed.add("value")
        passed = [f for f in self.let_through if f.gross and not f.names & allowed]
        blunt = [s for s in self.sharpness if s.of not in allowed and s.is_below(digits)]
        if passed or blunt or not self.caught:
            wanted = f"gross faults{f', and factors of 1 ± 1e-{digits}' if digits else ''}"
            raise AssertionError(f"the test has to catch all {wanted}\n{self}")

    def check(self, digits: int, allowed: set[str]) -> None:
        """Raise ``ValueError``, in one line, for what asks nothing, or too much."""
        every = (*self.caught, *self.let_through, *self.errors, *self.left_out)
        if unknown := sorted(allowed - {name for finding in every for name in finding.names}):
            known = ", ".join(sorted({finding.title for finding in every}))
            raise ValueError(f"allow: no fault is called {unknown[0]!r}: known are {known}")
        most = max((sharpness.most for sharpness in self.sharpness), default=0)
        if not 0 <= digits <= most:
            raise ValueError(f"digits {digits}: from 0 to {most} can be seen in these formats")
