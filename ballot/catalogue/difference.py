"""Two texts side by side, line by line, with the words that differ marked: for the screen and for paper.

Here lives the comparison. Never here: which of the two is right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

SAME, CHANGED, REMOVED, ADDED, SKIPPED = "same", "changed", "removed", "added", "skipped"
AROUND = 3
"""So many lines that are the same stand around a difference; the rest is skipped."""
LONG = 4000
PAIRS_OF_LINES, PAIRS_OF_WORDS = 200_000, 20_000
"""So many pairs of equal ones are compared: a text that does nothing but repeat itself would take hours."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One line of one text: its number, and its pieces with whether each differs. Number 0: no line here."""

    number: int
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Row:
    """What stands beside each other; of a skipped row only the number of lines, in `skipped`."""

    kind: str
    left: Side
    right: Side
    skipped: int = 0


NOTHING = Side(0, ())


def difference(old: str, new: str) -> list[Row]:
    """Return two texts side by side; nothing where they are the same."""
    left, right = old.splitlines(), new.splitlines()
    rows: list[Row] = []
    for kind, a, b, c, d in _changes(left, right, PAIRS_OF_LINES):
        if kind == "equal":
            same = [Row(SAME, _plain(a + i, left), _plain(c + i, right)) for i in range(b - a)]
            rows += _shortened(same, first=a == c == 0, last=b == len(left) and d == len(right))
        else:
            rows += _beside(left, right, range(a, b), range(c, d))
    return rows if any(row.kind not in (SAME, SKIPPED) for row in rows) else []


def _changes(old: Sequence[str], new: Sequence[str], most: int) -> list[tuple[str, int, int, int, int]]:
    """Return what stays and what changes, as SequenceMatcher tells it; beyond `most` pairs the middle is one change."""
    counts = Counter(new)
    if sum(number * counts[each] for each, number in Counter(old).items()) <= most:
        return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    a, b = len(old) - end, len(new) - end
    parts = [("equal", 0, start, 0, start), ("replace", start, a, start, b), ("equal", a, len(old), b, len(new))]
    return [part for part in parts if part[1] < part[2] or part[3] < part[4]]


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _beside(left: Sequence[str], right: Sequence[str], olds: range, news: range) -> Iterator[Row]:
    for old, new in zip(olds, news, strict=False):
        yield Row(CHANGED, *_marked(old, new, left[old], right[new]))
    for old in olds[len(news) :]:
        yield Row(REMOVED, Side(old + 1, ((left[old], True),)), NOTHING)
    for new in news[len(olds) :]:
        yield Row(ADDED, NOTHING, Side(new + 1, ((right[new], True),)))


def _marked(old: int, new: int, before: str, after: str) -> tuple[Side, Side]:
    """Return two lines with the words marked that are not in both."""
    if len(before) + len(after) > LONG:
        return Side(old + 1, ((before, True),)), Side(new + 1, ((after, True),))
    one, other = _WORDS.findall(before), _WORDS.findall(after)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, a, b, c, d in _changes(one, other, PAIRS_OF_WORDS):
        left += [("".join(one[a:b]), kind != "equal")] if b > a else []
        right += [("".join(other[c:d]), kind != "equal")] if d > c else []
    return Side(old + 1, tuple(left)), Side(new + 1, tuple(right))


def _plain(index: int, lines: Sequence[str]) -> Side:
    return Side(index + 1, ((lines[index], False),))


def _shortened(same: list[Row], *, first: bool, last: bool) -> list[Row]:
    """Keep the lines next to a difference; what lies between becomes one row that says how many."""
    head, tail = (0 if first else AROUND), (0 if last else AROUND)
    if len(same) <= head + tail + 1:
        return same
    gap = Row(SKIPPED, NOTHING, NOTHING, len(same) - head - tail)
    return [*same[:head], gap, *same[len(same) - tail :]]
