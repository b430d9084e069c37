"""What backends are called where there is little room: their folders are left out."""

from collections.abc import Iterable, Sequence

#: Of a long name so much of the room is for its beginning, where its end tells it from no other.
HEAD = 1 / 3


def labels(names: Iterable[str], longest: int | None = None) -> dict[str, str]:
    """A label for each name, and for none the same; of pairs, of both sides alike."""
    every = list(dict.fromkeys(names))
    tails = without_folders(every)
    if longest is None:
        return dict(zip(every, tails, strict=True))
    for head in (0, HEAD):  # the end says most: the beginning only where it is needed
        short = [fitted(tail, head, longest) for tail in tails]
        if len(set(short)) == len(every):
            return dict(zip(every, short, strict=True))
    numbers = [f"{i} " for i in range(1, len(every) + 1)]
    short = [n + fitted(tail, 0, longest - len(n)) for n, tail in zip(numbers, tails, strict=True)]
    return dict(zip(every, short, strict=True))


def without_folders(names: Sequence[str]) -> list[str]:
    """Of each path, of both of a pair too, as many of its last parts as tell all of them apart."""
    paths = list(dict.fromkeys(path for name in names for path in name.split("~")))
    most = max((path.count("/") for path in paths), default=0) + 1
    for parts in range(1, most + 1):
        tails = {path: "/".join(path.split("/")[-parts:]) for path in paths}
        if len(set(tails.values())) == len(paths):
            break
    return ["~".join(tails[path] for path in name.split("~")) for name in names]


def fitted(name: str, head: float, longest: int) -> str:
    """As it is where there is room for it; a pair's sides have the same room."""
    if len(name) <= longest:
        return name
    sides = name.split("~")
    room = (longest - len(sides) + 1) // len(sides)
    return "~".join(cut(side, int(head * room), room) for side in sides)


def cut(text: str, head: int, longest: int) -> str:
    """The beginning and the end, with … for what is between."""
    return text if len(text) <= longest else f"{text[:head]}…{text[head + 1 - longest :]}"
