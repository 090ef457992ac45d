"""What backups of one box tell, laid beside each other: the ballots of whole batches, and sizes in coarse steps.

Here lives whoever holds the box's backup key and keeps every file. Never here: one backup by itself (test_backup.py).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from ballot.backup import resuming
from ballot.backup.entries import read_entries
from ballot.backup.making import back_up
from ballot.backup.sealed import BOX, CHUNK, STEP, opened
from ballot.box import second_copy
from ballot.box.seen import hashes_of
from ballot.models.box import Restored
from ballot.models.copy import BALLOT
from ballot.storage import writing
from tally.protocol.checkpoint import OPEN_AT, ballots_of, parse_notes
from tally.protocol.encoding import sha256_hex
from tests import voter
from tests.ballot.asking import opened as draft_file
from tests.ballot.asking import try_terminal
from tests.ballot.copied import break_off, mend, with_copy
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, nothing_changes
from tests.ballot.prepared import Prepared, new_hall
from tests.survival.backups import Recipients

FEW, MANY = 3, 23
TAG = 17
"""Bytes that encryption adds to a chunk."""


@dataclass
class Kept:
    """A hall, and somebody who keeps every backup of its box and can open them."""

    hall: Hall
    folder: Path
    to: Recipients
    files: list[Path] = field(default_factory=list)

    def image(self) -> bytes:
        """Back the box up once more and return what the recipient finds in the file."""
        self.folder.mkdir(exist_ok=True)
        (made,) = back_up(self.hall.house, self.folder, {BOX: self.to.names[BOX]}, stamp=str(len(self.files)))
        self.files.append(made.path)
        with made.path.open("rb") as file:
            ((_name, data),) = [(n, b"".join(pieces)) for n, pieces in read_entries(opened(file, self.to.key(BOX)))]
        return data

    def cast(self, *numbers: int) -> None:
        assert {self.hall.cast(self.hall.body(number)).status_code for number in numbers} == {201}


@pytest.fixture(scope="module")
def recipients(tmp_path_factory: pytest.TempPathFactory) -> Recipients:
    return Recipients.make(tmp_path_factory.mktemp("holders"))


@pytest.fixture
def bare(prepared: Prepared, recipients: Recipients, tmp_path: Path) -> Iterator[Kept]:
    """A box without a second copy."""
    kept = Kept(prepared.at("voting"), tmp_path / "backups", recipients)
    yield kept
    dispose(kept.hall)


@pytest.fixture
def copied(bare: Kept, tmp_path: Path) -> Kept:
    bare.hall = with_copy(bare.hall, tmp_path)
    return bare


def dispose(hall: Hall) -> None:
    for engine in (hall.house.registry, hall.house.box, hall.house.box_copy):
        if engine is not None:
            engine.dispose()


def column(image: bytes, query: str) -> set[bytes]:
    """Return one column of a database that was in a backup."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(image)
        return {row[0] for row in database.execute(query)}


def raws(image: bytes) -> set[bytes]:
    return column(image, "SELECT raw FROM ballot")


# --- which ballots ------------------------------------------------------------------------------------------------


# threats B15
def test_backups_between_single_ballots_are_the_same_until_a_batch_is_sealed(copied: Kept) -> None:
    """threats B15, G7: not a byte differs, so there is nothing to read an order from; then a whole batch is there."""
    images = []
    for number in range(MANY):
        copied.cast(number)
        images.append(copied.image())
    assert len(set(images[: OPEN_AT - 1])) == 1
    assert len(set(images[OPEN_AT - 1 :])) == 1
    assert raws(images[0]) == set()
    (note,) = (parse_notes(raw, "note")[0] for raw in column(images[-1], "SELECT note FROM checkpoint"))
    assert sorted(map(sha256_hex, raws(images[-1]))) == ballots_of(note, "note")
    assert column(images[-1], "SELECT hash FROM staged") == set()


def test_nothing_in_a_backup_is_about_a_ballot_that_was_left_out(copied: Kept) -> None:
    """threats B15: what the box knows of ciphertexts is known of sealed ballots, and of drafts that were opened."""
    copied.cast(*range(MANY))
    draft = draft_file(voter.draft(copied.hall.election, (0, 0, 0)))
    assert try_terminal(copied.hall, draft).status_code == 201
    image = copied.image()
    left_out = [raw for raw in ballots(copied.hall) if raw not in raws(image)]
    assert len(left_out) == MANY - 10
    known = column(image, "SELECT digest FROM known_ciphertext")
    of_sealed = {one for raw in raws(image) for one in hashes_of(raw)}
    per_ballot = len(of_sealed) // 10
    assert of_sealed < known
    assert len(known) == len(of_sealed) + per_ballot  # the opened draft has as many as a ballot
    for raw in left_out:
        assert not known & set(hashes_of(raw))
        for trace in (bytes.fromhex(sha256_hex(raw)), sha256_hex(raw).encode(), raw[-200:]):
            assert trace not in image


def test_the_box_itself_is_left_as_it_is(copied: Kept) -> None:
    copied.cast(*range(FEW))
    with nothing_changes(copied.hall.house.box, copied.hall.house.box_copy):
        copied.image()


def test_what_was_left_out_comes_back_from_the_second_copy(copied: Kept, prepared: Prepared, tmp_path: Path) -> None:
    """threats I13: no receipt is broken by what a backup does not hold."""
    hall, bodies = copied.hall, [copied.hall.body(number) for number in range(MANY)]
    receipts = [hall.cast(body).get_json() for body in bodies]
    copied.to.restore(copied.to.back_up(hall.house, tmp_path / "all"), tmp_path / "spare")
    spare = with_copy(new_hall(tmp_path / "spare", prepared.opened), tmp_path)
    spare.uuid, spare.slips, spare.board = hall.uuid, hall.slips, hall.board
    assert len(ballots(spare)) == 10
    found = resuming.resume(spare.house, hall.uuid, notes=[], copy=f"sqlite:///{tmp_path}/copy.db", ballots=[])
    assert (found.ballots, found.whole) == (MANY - 10, True)
    assert ballots(spare) == ballots(hall)
    again = [spare.cast(body) for body in bodies]
    assert {answer.status_code for answer in again} == {201}
    assert [answer.get_json() for answer in again] == receipts
    dispose(spare)


# --- where they may be nowhere else -------------------------------------------------------------------------------


def test_without_a_second_copy_every_ballot_is_in_the_backup(bare: Kept) -> None:
    """threats I13: a receipted ballot that nobody else holds is not left out."""
    bare.cast(*range(FEW))
    assert raws(bare.image()) == set(ballots(bare.hall))


def test_while_the_second_copy_does_not_answer_every_ballot_is_in_the_backup(copied: Kept) -> None:
    copied.cast(*range(FEW))
    break_off(copied.hall)
    assert copied.hall.cast(copied.hall.body(FEW)).status_code == 503
    assert raws(copied.image()) == set(ballots(copied.hall))
    mend(copied.hall)
    assert raws(copied.image()) == set()
    held = second_copy.held(copied.hall.house.box_copy, copied.hall.uuid, BALLOT)
    assert set(held.values()) == set(ballots(copied.hall))


def test_a_copy_that_was_set_up_in_mid_round_gets_what_is_left_out(bare: Kept, tmp_path: Path) -> None:
    bare.cast(*range(FEW))
    bare.hall = with_copy(bare.hall, tmp_path)
    assert raws(bare.image()) == set()
    held = second_copy.held(bare.hall.house.box_copy, bare.hall.uuid, BALLOT)
    assert set(held.values()) == set(ballots(bare.hall))


def test_of_a_box_that_is_behind_every_ballot_is_in_the_backup_and_none_goes_into_a_copy(
    bare: Kept, tmp_path: Path
) -> None:
    """threats I13: a copy that was filled from it could be shown as evidence that nothing is missing."""
    bare.cast(*range(FEW))
    bare.hall = with_copy(bare.hall, tmp_path)
    with writing(bare.hall.house.box) as session:
        session.add(Restored(uuid=bare.hall.uuid))
    assert raws(bare.image()) == set(ballots(bare.hall))
    assert second_copy.held(bare.hall.house.box_copy, bare.hall.uuid, BALLOT) == {}


def test_a_ballot_that_rotted_on_the_disk_stays_in_the_backup_as_it_is(copied: Kept) -> None:
    """threats I6: its ciphertexts cannot be told from its bytes any more; the close mends it from the second copy."""
    copied.cast(*range(FEW))
    rotten = ballots(copied.hall)[0]
    spoilt = rotten[:50] + bytes([rotten[50] ^ 1]) + rotten[51:]
    with writing(copied.hall.house.box) as session:
        session.execute(text("UPDATE ballot SET raw = :new WHERE raw = :old"), {"new": spoilt, "old": rotten})
    image = copied.image()
    assert raws(image) == {spoilt}
    assert column(image, "SELECT hash FROM staged") == {bytes.fromhex(sha256_hex(rotten))}
    assert set(hashes_of(rotten)) == column(image, "SELECT digest FROM known_ciphertext")


# --- how large ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_copies", [False, True])
def test_a_file_tells_by_its_size_how_many_ballots_are_in_it_in_coarse_steps_alone(
    bare: Kept, tmp_path: Path, with_copies: bool
) -> None:
    """threats B15: without any key, one ballot more or less is not to be seen."""
    if with_copies:
        bare.hall = with_copy(bare.hall, tmp_path)
    for number in range(MANY):
        bare.cast(number)
        bare.image()
    (size,) = {path.stat().st_size for path in bare.files}
    head = bare.files[0].read_bytes().index(b"\n") + 1
    assert size == head + 80 + 24 + STEP // CHUNK * (CHUNK + TAG)


def test_all_parts_are_padded(copied: Kept, tmp_path: Path) -> None:
    for made in copied.to.back_up(copied.hall.house, tmp_path / "all").values():
        raw = made.path.read_bytes()
        chunks, rest = divmod(len(raw) - raw.index(b"\n") - 1 - 80 - 24, CHUNK + TAG)
        assert (chunks % (STEP // CHUNK), rest) == (0, 0)
