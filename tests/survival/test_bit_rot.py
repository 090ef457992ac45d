"""A byte of the box's file that is not what was written: found before the close, mended from the second copy, named.

Here lives a bad sector under a closed program, in the middle of a ballot. Never here: a power cut (test_power_cut.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ballot.box import bit_rot, casting
from ballot.result import closing
from ballot.storage import empty_log
from tally.protocol.archive import BALLOT, Archive
from tally.protocol.ballot import Ballot
from tally.protocol.encoding import grouped, sha256_hex
from tally.record import ARCHIVE, Record
from tests.ballot.copied import with_copy
from tests.ballot.hall import Hall
from tests.ballot.prepared import Prepared

VOTERS, CAST, HIT = 24, 22, 13
ROLL = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 2}\n" for n in range(VOTERS))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("rot"), roll=ROLL, delegates=VOTERS)


@pytest.fixture
def hall(prepared: Prepared) -> Iterator[Hall]:
    hall = prepared.at("voting")
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def voted(hall: Hall) -> list[bytes]:
    """Cast, and move everything from the log into the file."""
    ballots = [hall.ballot(number) for number in range(CAST)]
    for raw in ballots:
        casting.cast(hall.house, hall.uuid, raw)
    empty_log(hall.house.box)
    hall.house.box.dispose()
    return ballots


def spoil(hall: Hall, raw: bytes) -> None:
    """Change one digit of a ballot's signature where it lies on the disk."""
    path = hall.house.config.instance / "box.db"
    file = bytearray(path.read_bytes())
    at = file.index(raw[-40:]) + 20
    file[at] = ord("7") if file[at] != ord("7") else ord("8")
    path.write_bytes(file)


def counted(hall: Hall) -> set[str]:
    record = Record.read(hall.house.record(hall.uuid))
    events = Archive.parse(record[ARCHIVE]).events
    return {sha256_hex(event.data[0]) for event in events if event.type == BALLOT}


# threats I6
def test_a_ballot_that_a_bad_sector_changed_stops_the_close_and_is_named(hall: Hall) -> None:
    ballots = voted(hall)
    spoil(hall, ballots[HIT])
    with pytest.raises(bit_rot.BallotDamaged) as refused:
        hall.by_two(closing.close)
    assert refused.value.details["count"] == 1
    assert refused.value.details["hashes"] == grouped(Ballot.parse(ballots[HIT]).hash, 2)
    assert hall.phase() == "voting"
    assert not (hall.house.record(hall.uuid)).exists()


# threats I6, I7
def test_what_the_second_copy_holds_is_written_back_and_every_receipted_ballot_is_counted(
    hall: Hall, tmp_path: Path
) -> None:
    copy = with_copy(hall, tmp_path).house.box_copy
    assert copy
    ballots = voted(hall)
    spoil(hall, ballots[HIT])
    assert hall.by_two(closing.close)
    assert counted(hall) == {Ballot.parse(raw).hash for raw in ballots}
    copy.dispose()


def test_a_copy_with_other_bytes_mends_nothing(hall: Hall, tmp_path: Path) -> None:
    copy = with_copy(hall, tmp_path).house.box_copy
    assert copy
    ballots = voted(hall)
    spoil(hall, ballots[HIT])
    path = tmp_path / "copy.db"
    empty_log(copy)
    copy.dispose()
    file = path.read_bytes()
    assert ballots[HIT][-40:] in file
    path.write_bytes(file.replace(ballots[HIT][-40:], ballots[HIT][-40:].translate(bytes.maketrans(b"12", b"21"))))
    with pytest.raises(bit_rot.BallotDamaged):
        hall.by_two(closing.close)
    copy.dispose()
