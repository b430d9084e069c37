"""A test that is asked about one kernel after another, and what becomes of each."""

from crossgrad.comparisons.suite.vacuity.calls import Kernel
from crossgrad.comparisons.suite.vacuity.planted import Planted, Planting, hooked
from crossgrad.comparisons.suite.vacuity.randomness import rewinding
from crossgrad.comparisons.suite.vacuity.subject import Recorder
from crossgrad.comparisons.suite.vacuity.verdict import Test, Verdict, verdict_of


class Asked:
    """A test, which is asked again and again, with the same random numbers each time."""

    def __init__(self, test: Test, kernel: Kernel) -> None:
        self.test, self.kernel, self.rewind = test, kernel, rewinding()

    def verdict(self, kernel: Kernel) -> Verdict:
        self.rewind()
        return verdict_of(self.test, kernel)

    def passes(self, when: str = "", kernel: Kernel | None = None) -> None:
        """Raise ``ValueError`` unless the test passes with the right kernel."""
        verdict = self.verdict(kernel or self.kernel)
        if verdict.kind != "passed":
            told = f"the test does not pass with the right kernel{' ' * bool(when)}{when}"
            raise ValueError(f"{told}: {verdict.text}")

    def seen(self) -> Recorder:
        """What the test asks of the right kernel."""
        self.passes()
        recorder = Recorder(self.kernel)
        with hooked(self.kernel, recorder.note):
            self.passes("when another function hands on what it says", recorder)
        return recorder

    def planted(self, planting: Planting) -> tuple[str, str]:
        """What becomes of a fault, a kind of verdict or "left out"; and what is to be said."""
        planted = Planted(self.kernel, planting)
        with planted.in_place():
            verdict = self.verdict(planted)
        if verdict.kind == "passed" and planted.refused and not planted.touched:
            return "left out", planted.refused
        notes = {"caught": "", "error": verdict.text, "passed": remark(planted)}
        return verdict.kind, notes[verdict.kind]


def remark(planted: Planted) -> str:
    """Why a test did not see a fault, where it was not shown any."""
    if not planted.calls:
        return "it does not call the kernel"
    if planted.touched:
        return ""
    if planted.planting.fault.remembers:
        return "it does not ask twice, for different answers"
    return "with what it asks nothing changes"
