"""Archives put together by somebody who can hash and chain: what no honest writer would have written.

Here live forged entries and events, every hash of them right. Never here: bytes changed at random (test_archives.py).
"""

from __future__ import annotations

from typing import Any

import pytest

from tally.count import close
from tally.protocol.archive import DAY, Archive, Event
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.errors import BadArchive, NotListed, TallyError, WrongOrder, WrongShape
from tally.verify import CheckFailed, verify_archive
from tests.tally.belenios_files import SINGLE, TAMPERED

STAMP = SINGLE.archive.timestamp
PREAMBLE = {"version": 1, "timestamp": str(STAMP)}


def entry(name: str, body: bytes, stamp: int = STAMP) -> bytes:
    """Write an entry as the format says, in the test's own words."""
    header = name.encode().ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0%011o\0" % (len(body), stamp)
    total = sum(header) + 8 * 32 + ord("0")
    return (header + b"%06o\0 0" % total).ljust(512, b"\0") + body + bytes(-len(body) % 512)


def records(*bodies: tuple[str, bytes], preamble: dict[str, Any] = PREAMBLE) -> bytes:
    """Write an archive of data and event records; kinds are "data" and "event"."""
    return entry("BELENIOS", canonical(preamble)) + b"".join(entry(f"{sha256_hex(b)}.{k}.json", b) for k, b in bodies)


def written(archive: Archive) -> list[tuple[str, bytes]]:
    return [
        record
        for event in archive.events
        for record in (*(("data", body) for body in event.data), ("event", event.encode()))
    ]


WHOLE = written(SINGLE.archive)
LAST = SINGLE.archive.events[-1]


def test_the_tests_own_writer_writes_what_the_tool_wrote() -> None:
    assert records(*WHOLE) == SINGLE.archive.encode()


FORMS: list[tuple[dict[str, Any], type[TallyError]]] = [
    ({"version": 1, "timestamp": STAMP}, WrongShape),
    ({"version": 2, "timestamp": str(STAMP)}, BadArchive),
    ({"version": True, "timestamp": str(STAMP)}, WrongShape),
    ({"version": "1", "timestamp": str(STAMP)}, WrongShape),
    ({"version": 1, "timestamp": f"0{STAMP}"}, BadArchive),
    ({"version": 1, "timestamp": str(STAMP + 1)}, BadArchive),
    ({"version": 1, "timestamp": "٣"}, BadArchive),
    ({"timestamp": str(STAMP), "version": 1}, WrongShape),
    ({"version": 1}, WrongShape),
]


@pytest.mark.parametrize(("preamble", "error"), FORMS)
def test_a_preamble_of_another_form_is_refused(preamble: dict[str, Any], error: type[TallyError]) -> None:
    with pytest.raises(error):
        Archive.parse(records(*WHOLE, preamble=preamble))


LAST_EVENT = {"parent": LAST.parent, "height": LAST.height, "type": "Result", "payload": sha256_hex(LAST.data[0])}
FORGED = {
    "the height of another": {**LAST_EVENT, "height": LAST.height + 1},
    "the parent of another": {**LAST_EVENT, "parent": SINGLE.archive.events[0].hash},
    "the data of another": {**LAST_EVENT, "payload": sha256_hex(SINGLE.ballots[0])},
    "no data": {k: v for k, v in LAST_EVENT.items() if k != "payload"},
    "no parent": {k: v for k, v in LAST_EVENT.items() if k != "parent"},
    "a type of its own": {**LAST_EVENT, "type": "Recount"},
    "a field more": {**LAST_EVENT, "note": ""},
    "a height in words": {**LAST_EVENT, "height": str(LAST.height)},
}


@pytest.mark.parametrize("case", FORGED)
def test_a_last_event_that_says_something_else_is_refused(case: str) -> None:
    assert canonical(LAST_EVENT) == LAST.encode()
    with pytest.raises(TallyError):
        Archive.parse(records(*WHOLE[:-1], ("event", canonical(FORGED[case]))))


@pytest.mark.parametrize(
    "forged", [[*WHOLE, ("data", b"{}")], [*WHOLE[:-1], ("data", b"{}"), WHOLE[-1]], [*WHOLE, ("note", b"{}")]]
)
def test_records_that_no_event_names_are_refused(forged: list[tuple[str, bytes]]) -> None:
    with pytest.raises(BadArchive):
        Archive.parse(records(*forged))


def test_an_event_with_a_data_record_too_many_is_refused() -> None:
    setup = SINGLE.archive.events[0]
    forged = Archive(STAMP, (Event(setup.type, 0, None, (b"{}", *setup.data)),))
    with pytest.raises(WrongOrder):
        Archive.parse(forged.encode()).check_order("archive")


@pytest.mark.parametrize("name", ["num_tallied", "total_weight"])
def test_a_false_count_beside_the_tally_is_refused(name: str) -> None:
    archive, at = SINGLE.archive, [event.type for event in SINGLE.archive.events].index("EncryptedTally")
    tally, sized = archive.events[at].data
    forged = sized.replace(f'"{name}":3'.encode(), f'"{name}":4'.encode())
    assert forged != sized
    later = [(event.type, event.data) for event in archive.events[at + 1 :]]
    start = Archive(archive.timestamp, archive.events[:at])
    with pytest.raises(CheckFailed) as failed:
        verify_archive(start.extended(("EncryptedTally", (tally, forged)), *later).encode())
    assert (failed.value.check.number, failed.value.code) == (23, "WRONG_COUNT")


def test_an_archive_of_ours_says_the_day_and_not_the_minute() -> None:
    archive = Archive.begin(1_795_319_637, election=b"{}", trustees=b"[]", credentials=b"[]")
    assert archive.timestamp == 1_795_305_600
    assert Archive.parse(archive.encode()) == archive


def test_closing_what_does_not_begin_with_a_set_up_is_refused() -> None:
    with pytest.raises(WrongOrder):
        close(Archive(DAY, (Event("EndBallots", 0, None, ()),)))


def test_closing_over_an_unlisted_credential_is_refused() -> None:
    forged = Archive.parse((TAMPERED / "11_unknown_credential_valid_ballot.bel").read_bytes())
    ballots = sum(event.type == "Ballot" for event in forged.events)
    with pytest.raises(NotListed) as refusal:
        close(Archive(forged.timestamp, forged.events[: 1 + ballots]))
    assert refusal.value.where == "ballot 4"
