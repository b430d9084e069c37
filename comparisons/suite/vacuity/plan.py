"""Which faults are planted where: those that change the right answer, or a right derivative."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crossgrad.comparisons.suite.vacuity import array_faults, call_faults
from crossgrad.comparisons.suite.vacuity.arrays import eps
from crossgrad.comparisons.suite.vacuity.calls import Samples, arrays_in
from crossgrad.comparisons.suite.vacuity.catalogue import CATALOGUE, Fault, NotHereError, spot_of
from crossgrad.comparisons.suite.vacuity.difference import arrays_differ, differ
from crossgrad.comparisons.suite.vacuity.planted import Planting
from crossgrad.comparisons.suite.vacuity.result import Finding
from crossgrad.comparisons.suite.vacuity.subject import Named, Subject
from crossgrad.comparisons.suite.vacuity.verdict import one_line

#: The files whose faults are in the catalogue.
FILES = (array_faults, call_faults)
#: In the order of the files, whichever of them is imported first.
FAULTS = [fault for file in FILES for fault in CATALOGUE if fault.make.__module__ == file.__name__]
#: What all arrays of an answer together are called.
ALL = "all of them"


@dataclass(frozen=True, slots=True)
class Side:
    """The value of a kernel, or its derivative: arrays in which faults are planted."""

    subject: Subject
    of: str
    named: Named

    @property
    def of_derivative(self) -> bool:
        return self.of == "gradient"

    def places(self, fault: Fault) -> Iterator[tuple[str, tuple[str, ...]]]:
        """A label, and the arrays: each one, and all together; the only one has no label."""
        paths = tuple(self.named)
        if fault.of_argument:
            arguments = self.subject.call.arrays().items()
            yield from ((path, ()) for path, (_, leaf) in arguments if eps(leaf))
        elif fault.of_call:
            yield "", ()
        else:
            several = self.of_derivative or len(paths) > 1
            yield from ((path if several else "", (path,)) for path in paths)
            if fault.together and len(paths) > 1:
                yield ALL, paths

    def plantings(self, faults: Iterable[Fault] = FAULTS) -> Iterator[Planting]:
        """All that the catalogue has for it, whether it changes anything or not."""
        spots = {path: spot_of(arrays, leaf) for path, (arrays, leaf) in self.named.items()}
        for fault in faults:
            if self.of_derivative and not fault.derivative:
                continue
            for samples in ways(fault, self.subject.samples):
                for label, paths in self.places(fault):
                    yield Planting(fault, paths, label, self.of_derivative, samples, spots)

    def finding(self, planting: Planting, note: str = "") -> Finding:
        name, gross = name_of(planting), planting.fault.gross
        everywhere = gross and planting.fault.together
        return Finding(name, self.of, planting.label, gross, everywhere, note)

    def reason(self, planting: Planting) -> str:
        """Why a fault is left out; nothing if it is not."""
        try:
            changes = self.changes(planting)
        except NotHereError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - of whatever the kernel or its framework refuses
            return one_line(error)
        return "" if changes else "it changes nothing"

    def changes(self, planting: Planting) -> bool:
        """Whether there is a fault at all, in the example."""
        fault = planting.fault
        if fault.of_call:
            answer = fault.make(self.subject.right, self.subject.call.copied(), planting.memory())
            if fault.remembers or differ(self.subject.right, answer):
                return True
            return fault.of_argument and depends(self.subject, planting.label)
        right = [(path, *self.named[path]) for path in planting.paths]
        return any(
            arrays_differ(arrays, leaf, fault.make(leaf, planting.at(path, arrays, leaf)))
            for path, arrays, leaf in right
        )


def sides_of(subject: Subject) -> list[Side]:
    """The value; and the derivative, where a test takes one."""
    value = Side(subject, "value" if subject.gradients else "", arrays_in(subject.right))
    return [value, Side(subject, "gradient", subject.gradients)][: 1 + bool(subject.gradients)]


def depends(subject: Subject, argument: str) -> bool:
    """Whether the answer is another one where 1 is added to an argument, as it is 0 itself."""
    other = subject.call.changed(lambda path, leaf: leaf + 1 if path == argument else leaf)
    return differ(subject.right, other.right())


def name_of(planting: Planting) -> str:
    """Of the fault, with the number of samples that it goes by."""
    fault, samples = planting.fault, planting.samples
    if not samples:
        return fault.name
    axis = {0: " (first axis)", -1: " (last axis)", None: ""}[samples.axis]
    return fault.name + (axis if fault.of_call else f" (m = {samples.m})")


def ways(fault: Fault, samples: tuple[Samples, ...]) -> Iterable[Samples | None]:
    """A fault that needs no samples is planted once; of arrays, once for each number of them."""
    if not fault.samples:
        return [None]
    return samples if fault.of_call else {way.m: way for way in samples}.values()
