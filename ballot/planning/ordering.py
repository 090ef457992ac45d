"""The order of a ballot by numbers that people type: forms, blocks in them, persons in these.

Here lives moving without dragging. Never here: a change of anything but block, form and order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ballot.planning.content import RATED, Line


@dataclass(frozen=True, slots=True)
class Block:
    """One block (khối) on one form (loại phiếu), at a place of the ballot counted from 1."""

    form: str
    title: str
    number: int


def blocks_of(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Return the blocks of a ballot's lines, in the order they first stand."""
    pairs = dict.fromkeys((line.form, line.block) for line in lines)
    return tuple(Block(form, title, number) for number, (form, title) in enumerate(pairs, start=1))


def numbers_of(lines: Sequence[Line]) -> dict[str, int]:
    """Return the number of each line inside its block, counted from 1."""
    counts: dict[tuple[str, str], int] = {}
    numbers = {}
    for line in lines:
        counts[line.form, line.block] = numbers[line.key] = counts.get((line.form, line.block), 0) + 1
    return numbers


def arrange(
    lines: Iterable[Line], blocks: Sequence[Block], *, chosen: Mapping[str, int], numbers: Mapping[str, int]
) -> tuple[Line, ...]:
    """Return lines in the order that was typed.

    `blocks` has the old blocks first, in their old order, each with its new words and number, and new ones after them;
    `chosen` is the index of each line's block and `numbers` its number inside it, for lines where they were typed. What
    moves up stands before what had that number, what moves down after it. Lines that are not rated follow unchanged.
    """
    lines = tuple(lines)
    rated = [line for line in lines if line.decision == RATED]
    old_blocks, old_numbers = blocks_of(rated), numbers_of(rated)
    ranks = _ranks([_moved(block.number, index + 1) for index, block in enumerate(blocks)])
    home = {(block.form, block.title): index for index, block in enumerate(old_blocks)}

    def place(entry: tuple[int, Line]) -> tuple[int, tuple[int, int], int]:
        at, line = entry
        index = chosen.get(line.key, home[line.form, line.block])
        old = old_numbers[line.key]
        return ranks[index], _moved(numbers.get(line.key, old), old), at

    ordered = [line for _at, line in sorted(enumerate(rated), key=place)]
    moved = [_into(line, blocks[chosen.get(line.key, home[line.form, line.block])]) for line in ordered]
    return (*moved, *(line for line in lines if line.decision != RATED))


def _into(line: Line, block: Block) -> Line:
    return replace(line, form=block.form, block=block.title)


def _moved(new: int, old: int) -> tuple[int, int]:
    """Return the key of what was numbered `old` and is to be `new`."""
    return new, (new > old) - (new < old)


def _ranks(keys: Sequence[tuple[int, int]]) -> list[int]:
    """Return the place of each key among all; equal ones keep their order."""
    order = sorted(range(len(keys)), key=lambda index: (keys[index], index))
    return [order.index(index) for index in range(len(keys))]
