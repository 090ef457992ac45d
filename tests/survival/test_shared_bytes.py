"""Both databases of a round that was counted, as files, searched for any eight bytes that stand in both (threats B9).

Here lives the search through raw files: pages, free pages, logs, indexes. Never here: a search through values
(tests/ballot/storage/test_two_databases.py), or what both sides may know: what is published, and the words of their
schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ballot.result import closing
from ballot.storage import migrate, open_engine
from tests.ballot.hall import Hall
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import tally

VOTERS, CAST = 14, 13
ROLL = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 2}\n" for n in range(VOTERS))
SIDES = ("registry", "box")
WINDOW, LONG = 8, 16
BY_CHANCE = re.compile(rb"[0-9a-f]{8}\Z")  # of so many hexadecimal digits some eight meet; sixteen do not
PAGE, LOG_HEAD, FRAME_HEAD = 4096, 32, 24
INNER, LEAVES = {2, 5}, {10, 13}
PLAIN = 4  # a run of fewer different bytes is a filling


def windows(raw: bytes, size: int) -> set[bytes]:
    """Return every run of `size` bytes that says something."""
    found = {raw[i : i + size] for i in range(len(raw) - size + 1)}
    return {one for one in found if len(set(one)) >= PLAIN}


@dataclass(frozen=True, repr=False)
class Counted:
    """The files of both sides, what is published of the round, and empty databases of the same schemas."""

    hall: Hall
    sides: dict[str, bytes]
    public: bytes
    empty: bytes

    def shared(self, size: int) -> set[bytes]:
        """Return what stands in the files of both sides, and is neither published nor of the schemas."""
        known = windows(self.public, size) | windows(self.empty, size)
        left, right = (windows(self.sides[side].replace(self.hall.uuid.encode(), b""), size) for side in SIDES)
        return (left & right) - known


def bytes_of(folder: Path, pattern: str) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.glob(pattern)) if path.is_file())


def contents(folder: Path, side: str) -> bytes:
    """Return the pages of a database and of its log, without what SQLite itself writes at the head of each."""
    file, log = (folder / f"{side}.db").read_bytes(), folder / f"{side}.db-wal"
    frames = log.read_bytes()[LOG_HEAD:] if log.exists() else b""
    pages = [file[at : at + PAGE] for at in range(0, len(file), PAGE)]
    pages += [frames[at + FRAME_HEAD : at + FRAME_HEAD + PAGE] for at in range(0, len(frames), FRAME_HEAD + PAGE)]
    between = (b"R" if side == SIDES[0] else b"B") * LONG  # no window reaches from one page into another
    return between.join(map(_without_head, pages))


def _without_head(page: bytes) -> bytes:
    """Cut off a page's kind, counts and pointers to its cells; a page of overflow has none."""
    if not page or page[0] not in INNER | LEAVES:
        return page
    return page[(12 if page[0] in INNER else 8) + 2 * int.from_bytes(page[3:5], "big") :]


def emptied(folder: Path) -> bytes:
    for side in SIDES:
        engine = open_engine(f"sqlite:///{folder}/{side}.db")
        migrate(engine, side)
        engine.dispose()
    return bytes_of(folder, "*.db*")


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    prepared = Prepared(tmp_path_factory.mktemp("shared"), roll=ROLL, delegates=VOTERS)
    hall = prepared.at("voting")
    for number in range(CAST):
        assert hall.cast(hall.body(number)).status_code == 201
    hall.by_two(closing.close)
    tally(hall)
    instance = hall.house.config.instance
    sides = {side: contents(instance, side) for side in SIDES}
    published = bytes_of(instance, "dot-*/**/*").replace(hall.uuid.encode(), b"")
    yield Counted(hall, sides, published, emptied(tmp_path_factory.mktemp("empty")))
    hall.house.registry.dispose()
    hall.house.box.dispose()


# threats B9
def test_no_eight_bytes_stand_in_the_files_of_both_sides_but_what_is_published(counted: Counted) -> None:
    assert min(map(len, counted.sides.values())) > 100_000
    assert sorted(one for one in counted.shared(WINDOW) if not BY_CHANCE.match(one))[:9] == []
    sizes = " and ".join(f"{len(raw):,}" for raw in counted.sides.values())
    print(f"\nregistry and box, {sizes} bytes: 0 strings of {WINDOW} bytes in both but what is published")


def test_no_sixteen_hexadecimal_digits_stand_in_both_either(counted: Counted) -> None:
    assert sorted(counted.shared(LONG))[:9] == []


def test_the_search_finds_eight_bytes_that_were_put_on_both_sides(counted: Counted) -> None:
    mark = bytes(range(200, 208))
    sides = {side: raw[:70_000] + mark + raw[70_000:] for side, raw in counted.sides.items()}
    assert mark in Counted(counted.hall, sides, counted.public, counted.empty).shared(WINDOW)
