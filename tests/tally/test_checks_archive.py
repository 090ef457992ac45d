"""Checks 9 and 10: the archive's bytes and the order of its events. Each test changes one thing."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from tally.protocol.archive import Archive
from tests.builders import Round
from tests.tally.conftest import Refused

SIZE, TIME, SUM = slice(124, 135), slice(136, 147), slice(148, 156)


def with_time(header: bytes, seconds: int) -> bytes:
    """Return a tar header with another time, its checksum repaired."""
    head = bytearray(header)
    head[TIME], head[SUM] = b"%011o" % seconds, b" " * 8
    head[SUM] = b"%06o\0 " % sum(head)
    return bytes(head)


# --- 9: bytes -----------------------------------------------------------------------------------------------------


def test_entries_of_unequal_times_are_refused(round_: Round, refused: Refused) -> None:
    raw = round_.files().archive
    time = int(raw[TIME], 8) + 86_400
    refused(round_.record(archive=raw[:1024] + with_time(raw[1024:1536], time) + raw[1536:]), 9, "BAD_ARCHIVE")


@pytest.mark.parametrize("seconds", [1, 3600, 86_400, -86_400])
def test_another_time_than_the_sealed_day_is_refused(round_: Round, refused: Refused, seconds: int) -> None:
    honest = round_.files().chained
    refused(round_.record(archive=replace(honest, timestamp=honest.timestamp + seconds).encode()), 9, "MISMATCH")


@pytest.mark.parametrize("end", [b"\0" * 512, b"\0" * 1024, b"\0"])
def test_bytes_after_the_last_entry_are_refused(round_: Round, refused: Refused, end: bytes) -> None:
    refused(round_.record(archive=round_.files().archive + end), 9, "BAD_ARCHIVE")


def test_an_entry_whose_name_is_not_its_hash_is_refused(round_: Round, refused: Refused) -> None:
    raw = round_.files().archive
    name = raw[1024 : 1024 + 64]
    refused(round_.record(archive=raw.replace(name, hashlib.sha256(name).hexdigest().encode())), 9, "BAD_ARCHIVE")


def test_an_event_that_does_not_follow_its_parent_is_refused(round_: Round, refused: Refused) -> None:
    honest = round_.files().chained
    torn = replace(honest.events[3], parent="0" * 64)
    archive = replace(honest, events=(*honest.events[:3], torn, *honest.events[4:]))
    refused(round_.record(archive=archive.encode()), 9, "BAD_ARCHIVE")


def test_a_data_entry_of_no_event_is_refused(round_: Round, refused: Refused) -> None:
    honest = round_.files().chained
    stray = Archive(honest.timestamp, (replace(honest.events[0], data=(b"{}",)),)).encode()[1024:2048]
    refused(round_.record(archive=honest.encode() + stray), 9, "BAD_ARCHIVE")


# threats G12
def test_an_empty_archive_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(archive=b""), 9, "BAD_ARCHIVE")


# --- 10: order ----------------------------------------------------------------------------------------------------


def test_an_end_of_ballots_that_hides_the_ballots_before_it_is_refused(round_: Round, refused: Refused) -> None:
    setup, first, *others = round_.files().events
    refused(round_.record(events=(setup, first, ("EndBallots", ()), *others)), 10, "WRONG_ORDER")


def test_a_ballot_after_the_tally_is_refused(round_: Round, refused: Refused) -> None:
    events = round_.files().events
    moved = (events[0], *events[2:9], events[1], *events[9:])
    assert [kind for kind, _ in moved[6:9]] == ["EndBallots", "EncryptedTally", "Ballot"]
    refused(round_.record(events=moved), 10, "WRONG_ORDER")


@pytest.mark.parametrize("kind", ["Setup", "EndBallots", "EncryptedTally", "Result"])
def test_an_event_that_happens_once_cannot_happen_twice(round_: Round, refused: Refused, kind: str) -> None:
    twice = tuple(e for event in round_.files().events for e in ([event, event] if event[0] == kind else [event]))
    refused(round_.record(events=twice), 10, "WRONG_ORDER")


def test_a_result_without_a_decryption_is_refused(round_: Round, refused: Refused) -> None:
    events = tuple(event for event in round_.files().events if event[0] != "PartialDecryption")
    refused(round_.record(events=events), 10, "WRONG_ORDER")


def test_an_event_with_too_many_data_entries_is_refused(round_: Round, refused: Refused) -> None:
    setup, (kind, data), *others = round_.files().events
    refused(round_.record(events=(setup, (kind, (b"{}", *data)), *others)), 10, "WRONG_ORDER")
