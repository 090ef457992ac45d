"""An archive that stays on the disk is the archive that was read: piece by piece, again, and while somebody writes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from array import array
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally import record as records
from tally.checks import BARE, Check, Evidence, ballots
from tally.checks.listed import Listed, repeated
from tally.count import close
from tally.file_bytes import FileBytes
from tally.protocol.archive import BALLOT, Archive
from tally.protocol.ballot import Ballot
from tally.protocol.encoding import canonical
from tally.protocol.errors import BadArchive, NotSorted, Refused
from tally.protocol.group import g_pow
from tally.protocol.public_credentials import public_credentials
from tally.protocol.stored import StoredEvents
from tally.record import ARCHIVE, Record, UnreadableRecord
from tally.verify import CheckFailed, run, verify_archive, verify_closed, verify_record
from tests.builders import Round
from tests.tally.belenios_files import SINGLE, TAMPERED
from tests.tally.small import make_election, vote

WHOLE = (TAMPERED / "00_untouched.bel").read_bytes()


@pytest.fixture(scope="module")
def folder(round_: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record")
    round_.record().write(path)
    return path


# --- pieces of a file -----------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(-10, len(WHOLE) + 10), st.integers(0, 5000)), max_size=8), st.data())
def test_a_piece_of_a_file_is_that_piece(pieces: list[tuple[int, int]], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, 700))
    part = FileBytes(TAMPERED / "00_untouched.bel", start, len(WHOLE) - start - 100)
    same = WHOLE[start : len(WHOLE) - 100]
    assert [part[at : at + size] for at, size in pieces] == [same[at : at + size] for at, size in pieces]
    assert (bytes(part), part == same, part.sha256) == (same, True, hashlib.sha256(same).hexdigest())


def test_the_hash_is_that_of_the_bytes_that_were_read_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tally.file_bytes.PIECE", 4096)  # what was read ahead would still be there
    path = tmp_path / "x.bel"
    path.write_bytes(WHOLE)
    stored = FileBytes(path)
    archive = Archive.parse(stored)
    path.write_bytes(bytes(len(WHOLE)))
    assert stored.sha256 == hashlib.sha256(WHOLE).hexdigest()
    with pytest.raises(BadArchive, match="bị sửa"):
        archive.ballots[0]


def test_a_stored_archive_is_the_one_in_memory(tmp_path: Path) -> None:
    (tmp_path / "x.bel").write_bytes(WHOLE)
    stored, loaded = Archive.parse(FileBytes(tmp_path / "x.bel")), SINGLE.archive
    assert isinstance(stored.events, StoredEvents)
    assert stored == loaded == Archive(loaded.timestamp, tuple(loaded.events))
    assert (stored.encode(), stored.ballots, stored.root) == (WHOLE, SINGLE.ballots, loaded.root)
    assert [e.hash for e in stored.events] == [e.hash for e in Archive(0, tuple(loaded.events)).events]


# --- records --------------------------------------------------------------------------------------------------------


def test_an_archive_in_a_folder_is_left_there(folder: Path, round_: Round) -> None:
    record = Record.read(folder)
    assert isinstance(record.stored(ARCHIVE), FileBytes)
    verified = verify_record(record)
    assert verified.evidence.record.hash == Record.of({p.name: p.read_bytes() for p in folder.iterdir()}).hash
    assert len(verified.evidence.ballots) == len(round_.ballots)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_in_a_zip_is_read_there_or_from_a_file_that_goes_again(
    folder: Path, tmp_path: Path, method: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "IN_MEMORY", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    path = tmp_path / "r.zip"
    with zipfile.ZipFile(path, "w", method) as packed:
        packed.comment = b"before the end"
        for member in sorted(folder.iterdir()):
            packed.write(member, member.name)
    record = Record.read(path)
    assert isinstance(record.stored(ARCHIVE), FileBytes)
    assert len(list((tmp_path / "own").iterdir())) == (method == zipfile.ZIP_DEFLATED)
    assert verify_record(record).evidence.record.hash == Record.read(folder).hash
    del record
    assert list((tmp_path / "own").iterdir()) == []


def test_a_stored_archive_whose_checksum_is_wrong_is_unreadable(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "r.zip"
    Record.read(folder).write_zip(path)
    raw = path.read_bytes()
    at = raw.index(Record.read(folder)[ARCHIVE]) + 1000
    path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    with pytest.raises(UnreadableRecord, match="BadZipFile"):
        Record.read(path)


def test_a_zip_has_the_bytes_it_had_before_archives_stayed_on_the_disk(folder: Path) -> None:
    record, written, plain = Record.read(folder), io.BytesIO(), io.BytesIO()
    record.write_zip(written)
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as packed:
        for name, raw in record.members():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            packed.writestr(info, raw)
    assert written.getvalue() == plain.getvalue()


def test_an_archive_changed_on_the_disk_while_it_is_verified_is_refused(
    round_: Round, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tally.file_bytes.PIECE", 4096)
    round_.record().write(tmp_path)
    path = next(tmp_path.glob("*.bel"))
    ballot = Archive.parse(path.read_bytes()).ballots[2]

    def disturb(check: Check, _: Evidence) -> None:
        if check.number == 9:
            raw = path.read_bytes()
            at = raw.index(ballot) + 100
            path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])

    with pytest.raises(CheckFailed) as failed:
        verify_closed(Record.read(tmp_path), listener=disturb)
    assert (failed.value.check.number, failed.value.code) == (15, "BAD_ARCHIVE")


# --- what is kept of very many --------------------------------------------------------------------------------------


@given(st.dictionaries(st.integers(1, 60), st.integers(1, 3), min_size=1))
def test_a_packed_list_finds_what_it_was_made_of(content: dict[int, int]) -> None:
    listed = Listed.of(("", g_pow(n), weight) for n, weight in content.items())
    for n in range(1, 61):
        place = listed.find(g_pow(n).raw)
        assert (listed.weight(place) if place >= 0 else None) == content.get(n)
    assert (listed.weights is None) == (set(content.values()) == {1})


LISTS = [
    [], ["a"], [g_pow(1).encode()], [g_pow(n).encode() for n in range(1, 4100)], [g_pow(1).encode(), 1],
    [f"{g_pow(1).encode()},2"], [g_pow(1).encode() + "]", g_pow(2).encode()], [g_pow(1).encode()[:-2], "00"],
    [g_pow(2).encode(), g_pow(2).encode()], [g_pow(2).encode(), "f" * 64], {"a": 1},
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(LISTS)))
def test_a_plain_list_is_read_as_any_other_spelling_of_it(number: int) -> None:
    def told(raw: bytes) -> Any:
        try:
            return list(public_credentials(raw))
        except Refused as error:
            return error.code, str(error)

    assert told(canonical(LISTS[number])) == told(json.dumps(LISTS[number], indent=1).encode())


def test_a_credential_that_is_listed_twice_is_refused_in_any_order() -> None:
    with pytest.raises(NotSorted) as refused:
        Listed.of(("", g_pow(n), 1) for n in (5, 3, 9, 5, 3))
    assert refused.value.where == "public_credentials[3]"


@given(st.lists(st.integers(0, 30)), st.integers(1, 5))
def test_what_is_there_twice_is_found_in_parts_as_well(values: list[int], most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tally.checks.listed.MOST_AT_ONCE", most)
        assert repeated(array("Q", values)) == {value for value in values if values.count(value) > 1}


def test_two_alphas_that_are_alike_in_eight_bytes_only_refuse_nobody(round_: Round) -> None:
    evidence = verify_closed(round_.record()).evidence
    evidence.examined.prints.append(evidence.examined.prints[0])
    ballots.ciphertexts(evidence)


# --- sums -----------------------------------------------------------------------------------------------------------


def closed(election: Any, cast: list[Ballot], weights: dict[str, int]) -> Archive:
    listed = canonical([f"{key},{weight}" if weight > 1 else key for key, weight in sorted(weights.items())])
    begun = Archive.begin(86_400, election=election.raw, trustees=SINGLE.archive.setup("")[1], credentials=listed)
    return close(begun.extended(*((BALLOT, (ballot.encode(),)) for ballot in cast)))


@pytest.mark.parametrize("weights", [(1, 1, 1), (1, 3, 1)])
def test_the_sums_of_a_bare_archive_are_those_of_the_last_ballots_by_weight(weights: tuple[int, ...]) -> None:
    """What the workers multiplied has superseded ballots in it; they are divided out, or all is multiplied again."""
    from tests.tally.small import new_credential

    election = make_election(secret=7)
    voters = [new_credential() for _ in weights]
    own = {voter.public.encode(): weight for voter, weight in zip(voters, weights, strict=True)}
    last = [vote(election, (0, 1, 0), by=voter) for voter in voters]
    first = [vote(election, (1, 0, 0), by=voter) for voter in voters[1:]]
    evidence = Evidence(Record({}, ""), bare=True)
    evidence.archive, evidence.election = closed(election, [*first, *last], own), election
    evidence.listed = Listed.of(("", voter.public, weight) for voter, weight in zip(voters, weights, strict=True))
    run(tuple(check for check in BARE if 15 <= check.number <= 19), evidence)
    events = list(evidence.archive.events)
    events[-1] = closed(election, last, own).events[-1]
    evidence.archive = Archive(evidence.archive.timestamp, tuple(events))
    run(tuple(check for check in BARE if check.number == 23), evidence)
    assert evidence.total_weight == sum(weights)


def test_a_bare_archive_is_verified_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "x.bel"
    path.write_bytes(WHOLE)
    assert verify_archive(FileBytes(path)).evidence.result == verify_archive(WHOLE).evidence.result


def test_a_record_that_was_changed_after_it_was_verified_is_not_handed_on(
    round_: Round, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tally.file_bytes.PIECE", 4096)
    round_.record().write(tmp_path / "record")
    verified = verify_record(Record.read(tmp_path / "record")).evidence.record
    (archive,) = (tmp_path / "record").glob("*.bel")
    raw = bytearray(archive.read_bytes())
    raw[5000] ^= 1
    archive.write_bytes(raw)
    for hand_on in (
        lambda: verified.write(tmp_path / "copy"),
        lambda: verified.write_zip(io.BytesIO()),
        lambda: list(verified.members()),
    ):
        with pytest.raises(BadArchive, match="bị sửa"):
            hand_on()
    assert not list((tmp_path / "copy").glob("*.bel"))
