"""No byte of a record can be changed: a sample in every run, each single byte with `-m campaign`.

Here live flips and cuts that nobody repairs. Never here: a repaired forgery (test_checks_*.py).
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterator

import pytest

from tally.checks import RECORD, Evidence
from tally.protocol.errors import TallyError
from tally.record import ARCHIVE, NAMES, Record
from tally.verify import CheckFailed, run, verify_record
from tests.builders import Round

FLIPS = (0x01, 0x20, 0x80, 0xFF)  # 0x20 turns small letters into capitals
SAMPLE = 300

# The first check that reads a file: what runs before it cannot notice a change in it.
FIRST_READER = {
    "manifest.json": 2, "committee.json": 4, "credentials.json": 6, "issuance.json": 8, ARCHIVE: 9, "opening.json": 14,
    "spoiled.json": 20, "checkpoints.txt": 21, "closing.txt": 21, "result.json": 27,
}  # fmt: skip


def flipped(raw: bytes, position: int, mask: int) -> bytes:
    return raw[:position] + bytes([raw[position] ^ mask]) + raw[position + 1 :]


def spread(record: Record, number: int) -> Iterator[tuple[str, int]]:
    """Yield about `number` places: an equal part in every file, each at random within its stretch."""
    for name in NAMES:
        length, share = len(record[name]), number // len(NAMES)
        for i in range(share):
            start, end = i * length // share, (i + 1) * length // share
            yield name, start + secrets.randbelow(max(end - start, 1))


def survives(record: Record) -> bool:
    """Say whether a record is verified; anything but a refusal of ours is an error of ours and goes up."""
    try:
        verify_record(record)
    except (CheckFailed, TallyError):
        return False
    return True


def test_the_table_of_first_readers_is_complete() -> None:
    assert set(FIRST_READER) == set(NAMES)


def test_no_flipped_byte_of_a_sample_survives(round_: Round) -> None:
    record = round_.record()
    changes = [(name, at, secrets.choice(FLIPS)) for name, at in spread(record, SAMPLE)]
    found = [
        change
        for change in changes
        if survives(record.with_files({change[0]: flipped(record[change[0]], change[1], change[2])}))
    ]
    assert len(changes) == SAMPLE
    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_no_file_cut_short_survives(round_: Round, name: str) -> None:
    record = round_.record()
    raw = record[name]
    cuts = {0, 1, len(raw) // 2, len(raw) - 1, *(secrets.randbelow(len(raw)) for _ in range(6))}
    assert [cut for cut in cuts if survives(record.with_files({name: raw[:cut]}))] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("end", [b"\n", b"\0", b" ", b"{}"])
def test_no_file_made_longer_survives(round_: Round, name: str, end: bytes) -> None:
    record = round_.record()
    assert not survives(record.with_files({name: record[name] + end}))


@pytest.mark.parametrize("name", NAMES)
def test_no_file_of_chance_survives(round_: Round, name: str) -> None:
    record = round_.record()
    contents = [secrets.token_bytes(secrets.randbelow(2000)) for _ in range(5)]
    assert [raw for raw in contents if survives(record.with_files({name: raw}))] == []


# threats G4
@pytest.mark.parametrize("name", NAMES)
def test_no_file_of_another_round_survives(round_: Round, name: str) -> None:
    from tests.builders import new_round

    other = new_round(hall=round_.hall, uuid=round_.manifest.uuid).record()
    record = round_.record()
    assert other[name] != record[name]
    assert not survives(record.with_files({name: other[name]}))


# --- the campaign -------------------------------------------------------------------------------------------------


def before(record: Record, number: int) -> Evidence:
    """Return the evidence of a record just before a check, so that a campaign pays for what comes after only."""
    evidence = Evidence(record)
    run(RECORD[: number - 1], evidence)
    return evidence


@pytest.mark.campaign
@pytest.mark.parametrize("mask", FLIPS)
@pytest.mark.parametrize("name", NAMES)
def test_no_flipped_byte_survives(round_: Round, name: str, mask: int) -> None:
    record, number = round_.record(), FIRST_READER[name]
    prepared, raw, found = before(record, number), record[name], []
    for position in range(len(raw)):
        evidence = copy.copy(prepared)
        evidence.record = record.with_files({name: flipped(raw, position, mask)})
        try:
            run(RECORD[number - 1 :], evidence)
        except CheckFailed:
            continue
        found.append(position)
    assert found == []
