"""A box that came out of a backup: it takes nothing until what is missing is there again, and says what is missing.

Here live boxes that are behind, in this process. Never here: the files of a backup (tests/survival/test_backup.py).
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from sqlalchemy import text

from ballot.backup import by_two, resuming
from ballot.backup.errors import (
    BallotsMissing,
    ChainsDiffer,
    CopyIncomplete,
    EvidenceNeeded,
    LastWordAhead,
    NotRestored,
    ReasonTooShort,
)
from ballot.box import second_copy
from ballot.box.for_sites import receipt_again
from ballot.models.box import Restored
from ballot.models.copy import BALLOT, CopyBase
from ballot.result import closing
from ballot.round_errors import BoxBehind
from ballot.storage import is_postgres, make, open_engine, reading, writing
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import Head, Note, checkpoint_lines, parse_notes, sign_note
from tally.protocol.errors import BadSignature, TallyError
from tally.protocol.holding import UNUSED_ENVELOPE, Voided, prove_standing
from tally.protocol.padding import padded
from tally.protocol.phase import WrongPhase
from tally.record import CHECKPOINTS, CLOSING, Record
from tally.verify import verify_record
from tally.witnessing import WitnessCopy
from tests import voter
from tests.ballot.asking import do, hand_in_parts, opened, try_terminal
from tests.ballot.copied import with_copy
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, nothing_changes, refused, rows
from tests.ballot.prepared import Prepared
from tests.postgres import copy_house

FEW, MANY = 3, 23
WHY = "Ổ đĩa máy chủ hỏng, không có bản sao thứ hai"


class Lost:
    """A box with ballots, the same box some ballots earlier, what a witness kept and the second copy."""

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        """Cast a few, keep the folder as a backup would, cast many more; then the first box is gone."""
        self.prepared, self.folder = prepared, folder
        hall = with_copy(prepared.at("voting"), folder)
        self.receipts = [hall.cast(hall.body(number)).get_json() for number in range(FEW)]
        for engine in (hall.house.registry, hall.house.box):
            engine.dispose()
        copy_house(hall.house.config.instance, folder / "backup")
        self.receipts += [hall.cast(hall.body(number)).get_json() for number in range(FEW, MANY)]
        self.draft = opened(voter.draft(hall.election, (0, 0, 0)))
        assert try_terminal(hall, self.draft).status_code == 201
        void = Voided.make(hall.manifest.hash, hall.credential(43), UNUSED_ENVELOPE)
        assert hall.booth().ask(f"/dot/{hall.uuid}/huy-the", {"staging_key": "", **void.as_json()}).status_code == 200
        self.ballots, self.notes = ballots(hall), [bytes(row[3]) for row in rows(hall.house.box)["checkpoint"]]
        assert len(self.notes) == 1
        self.uuid, self.election, self.manifest = hall.uuid, hall.election, hall.manifest
        self.sign = hall.house.keyring.box(hall.uuid)
        for engine in (hall.house.registry, hall.house.box, hall.house.box_copy):
            engine.dispose()

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/copy.db"

    def restored(self) -> Hall:
        """Return the old box as a restore leaves it."""
        hall = self.prepared.copy(self.folder / "backup", self.uuid)
        hall.slips, hall.board = self.prepared.hall.slips, self.prepared.hall.board
        with writing(hall.house.box) as session:
            session.add(Restored(uuid=self.uuid))
        own = hall.house.config.instance.with_suffix(".copy.db")
        shutil.copy(self.folder / "copy.db", own)
        return live(hall, f"sqlite:///{own}")

    def witness(self) -> list[Note]:
        """Return what somebody kept who watched: every note so far."""
        return list(parse_notes(b"\n".join(self.notes), "witness"))


def live(hall: Hall, url: str) -> Hall:
    """Have the hall's box keep this copy."""
    hall.house = replace(hall.house, box_copy=open_engine(url), links={})
    hall.__dict__.pop("box", None)
    return hall


def copy_of(hall: Hall) -> str:
    assert hall.house.box_copy is not None
    return str(hall.house.box_copy.url)


def without_copy(hall: Hall) -> Hall:
    """The copy is gone, and the operator has taken it out of the settings."""
    hall.house = replace(hall.house, box_copy=None, links={})
    hall.__dict__.pop("box", None)
    hall.__dict__.pop("registry", None)
    return hall


@pytest.fixture(scope="module")
def lost(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Lost:
    return Lost(prepared, tmp_path_factory.mktemp("lost"))


@pytest.fixture
def hall(lost: Lost) -> Iterator[Hall]:
    hall = lost.restored()
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def standing_of(hall: Hall, number: int) -> object:
    credential = hall.credential(number)
    proof = prove_standing(hall.manifest.hash, credential)
    asked = {"credential": credential.public.encode(), "proof": proof.as_json()}
    return hall.booth().ask(f"/dot/{hall.uuid}/trang-thai", asked)


def is_open(hall: Hall) -> bool:
    return not resuming.is_behind(hall.house, hall.uuid)


# --- while it is behind -------------------------------------------------------------------------------------------


def test_a_box_that_is_behind_takes_no_ballot_no_test_no_void_and_no_close(hall: Hall, lost: Lost) -> None:
    """threats I13, C34"""
    void = Voided.make(hall.manifest.hash, hall.credential(30), UNUSED_ENVELOPE)
    with nothing_changes(hall.house.box):
        refused(hall.cast(hall.body(30)), 503, "BOX_BEHIND")
        refused(try_terminal(hall, lost.draft), 503, "BOX_BEHIND")
        refused(hall.booth().ask(f"/dot/{hall.uuid}/huy-the", {"staging_key": "", **void.as_json()}), 503, "BOX_BEHIND")
    with nothing_changes(hall.house.box), pytest.raises(BoxBehind):
        hall.by_two(closing.close)


def test_nobody_is_told_that_a_slip_was_not_used_while_nobody_can_know(hall: Hall) -> None:
    refused(standing_of(hall, MANY - 1), 503, "BOX_BEHIND")
    refused(hall.booth().get(f"/dot/{hall.uuid}/moc.txt", content_type="application/json"), 503, "BOX_BEHIND")
    assert standing_of(hall, 0).get_json()["state"] == "recorded"


def test_the_voter_reads_that_nothing_is_lost_and_to_come_back(hall: Hall) -> None:
    said = hall.cast(hall.body(30)).get_json()["sentence"]
    assert "giữ thẻ" in said
    assert "không phải bỏ lại" in said


def test_a_box_that_was_not_restored_has_nothing_to_resume(at: Callable[[str], Hall], lost: Lost) -> None:
    hall = at("voting")
    with pytest.raises(NotRestored):
        resuming.resume(hall.house, hall.uuid, notes=lost.witness(), copy=None, ballots=[])
    with pytest.raises(NotRestored):
        by_two.resume_behind(hall.house, hall.uuid, WHY, hall.actor("to-chuc-1"))


# --- with evidence ------------------------------------------------------------------------------------------------


def test_the_second_copy_brings_back_every_receipted_ballot_and_the_round_ends_well(hall: Hall, lost: Lost) -> None:
    """threats I13, I20: nothing that had a receipt is lost, and the record verifies."""
    found = resuming.resume(hall.house, hall.uuid, notes=lost.witness(), copy=copy_of(hall), ballots=[])
    assert (found.ballots, found.chain, found.tests, found.voids, found.whole) == (MANY - FEW, 1, 1, 1, True)
    assert ballots(hall) == lost.ballots
    for number in range(MANY):
        assert standing_of(hall, number).get_json()["receipt"] == lost.receipts[number]
    assert hall.cast(hall.body(0, (1, 1, 1))).status_code == 409
    assert hall.cast(hall.body(30)).status_code == 201
    assert standing_of(hall, 43).get_json()["state"] == "void"
    with reading(hall.house.registry) as session:
        acts = [row[0] for row in session.execute(text("SELECT act FROM audit_entry"))]
    assert "resume-box" in acts
    hall.by_two(closing.close)
    hand_in_parts(hall, hall.person("to-chuc-1"))
    assert do(hall.person("to-chuc-1"), hall, "kiem-phieu").status_code == 302
    verified = verify_record(Record.read(hall.house.record(hall.uuid)))
    assert len(verified.evidence.ballots) == MANY + 1


def test_the_ballots_that_were_opened_to_test_a_terminal_are_known_again(hall: Hall, lost: Lost) -> None:
    resuming.resume(hall.house, hall.uuid, notes=[], copy=copy_of(hall), ballots=[])
    assert try_terminal(hall, lost.draft).status_code == 201  # the same again is harmless
    assert len(rows(hall.house.box)["spoiled"]) == 1


def test_a_filled_box_tells_no_order_of_what_was_filled_in(hall: Hall, lost: Lost) -> None:
    resuming.resume(hall.house, hall.uuid, notes=[], copy=copy_of(hall), ballots=[])
    if is_postgres(hall.house.box):
        with reading(hall.house.box) as session:
            placed = [bytes(key) for key in session.scalars(text("SELECT hash FROM ballot ORDER BY ctid"))]
            written = session.scalar(text("SELECT count(DISTINCT xmin::text) FROM ballot"))
        assert (placed, written) == (sorted(placed), 1)
    else:
        log = hall.house.config.instance / "box.db-wal"
        assert not log.exists() or log.stat().st_size == 0


def test_a_witness_alone_completes_the_chain_but_cannot_know_what_came_after_it(hall: Hall, lost: Lost) -> None:
    named = {line.removeprefix("ballot ") for note in lost.witness() for line in note.lines[3:]}
    with pytest.raises(BallotsMissing, match="phiếu"), nothing_changes(hall.house.box):
        resuming.resume(hall.house, hall.uuid, notes=lost.witness(), copy=None, ballots=[])
    kept = [raw for raw in lost.ballots if hash_of(raw) in named]
    found = resuming.resume(hall.house, hall.uuid, notes=lost.witness(), copy=None, ballots=kept)
    assert (found.chain, found.checkpoints, found.whole) == (1, 1, False)
    refused(hall.cast(hall.body(30)), 503, "BOX_BEHIND")
    assert rows(hall.house.box)["checkpoint"][0][3] == lost.notes[0]


def hash_of(raw: bytes) -> str:
    return Ballot.parse(raw).hash


def test_something_from_outside_is_needed(hall: Hall) -> None:
    with pytest.raises(EvidenceNeeded):
        resuming.resume(hall.house, hall.uuid, notes=[], copy=None, ballots=[])


def test_two_notes_of_the_box_that_differ_are_evidence_and_not_a_way_on(hall: Hall, lost: Lost) -> None:
    """threats G2: the box's own signature proves it."""
    other = [hash_of(raw) for raw in lost.ballots[:10]]
    lines = checkpoint_lines(lost.manifest.origin, Head.start(lost.election.hash).after(other), other)
    forged = sign_note(lines, lost.manifest.origin, bytes.fromhex(lost.sign.public_hex), lost.sign.sign)
    if forged.lines == lost.witness()[0].lines:
        pytest.fail("the very same batch")
    with pytest.raises(ChainsDiffer, match="10"), nothing_changes(hall.house.box):
        resuming.resume(hall.house, hall.uuid, notes=[*lost.witness(), forged], copy=copy_of(hall), ballots=[])


def test_a_note_that_the_box_did_not_sign_is_refused(hall: Hall, lost: Lost) -> None:
    note = lost.witness()[0]
    name, mark = note.signatures[0]
    changed = Note(note.lines, ((name, mark[:-1] + bytes([mark[-1] ^ 1])),))
    with pytest.raises(BadSignature), nothing_changes(hall.house.box):
        resuming.resume(hall.house, hall.uuid, notes=[changed], copy=copy_of(hall), ballots=[])


def test_a_witnesss_own_word_and_signature_are_passed_over(hall: Hall, lost: Lost) -> None:
    """The file that `tally witness` keeps: its introduction, then every note with two signatures."""
    key = SigningKey(secrets.token_bytes(32))
    sign = partial(signed_by, key)
    copy = WitnessCopy.introduced(lost.manifest, witness="quan-sat-1", key=bytes(key.verify_key), sign=sign)
    kept = resuming.read_notes(copy.with_notes(lost.witness(), lost.manifest, sign).encode(), "witness")
    assert len(kept) == 2
    found = resuming.resume(hall.house, hall.uuid, notes=kept, copy=copy_of(hall), ballots=[])
    assert (found.chain, found.whole) == (1, True)


def signed_by(key: SigningKey, message: bytes) -> bytes:
    return key.sign(message).signature


def closed_before(lost: Lost, *, known_to_copy: bool) -> tuple[Hall, bytes, bytes]:
    """Restore the box, fill it, close it and lose it again; return the older box, notes and last word."""
    first = lost.restored()
    resuming.resume(first.house, first.uuid, notes=[], copy=copy_of(first), ballots=[])
    first.by_two(closing.close)
    record = Record.read(first.house.record(first.uuid))
    hall = lost.restored()
    if known_to_copy:
        hall = live(hall, copy_of(first))
    return hall, record[CHECKPOINTS], record[CLOSING]


@pytest.mark.parametrize("evidence", ["the copy alone", "a witness"])
def test_what_was_closed_is_filled_and_stays_closed_though_the_registry_was_restored_too(
    lost: Lost, evidence: str
) -> None:
    """threats E2, E11: nobody casts again, and a second close gives the very same last word."""
    hall, checkpoints, last = closed_before(lost, known_to_copy=evidence == "the copy alone")
    notes = [] if evidence == "the copy alone" else resuming.read_notes(checkpoints + b"\n" + last, "witness")
    found = resuming.resume(hall.house, hall.uuid, notes=notes, copy=copy_of(hall), ballots=[])
    assert (found.whole, found.closed, is_open(hall)) == (True, True, True)
    assert ballots(hall) == lost.ballots
    refused(hall.cast(hall.body(30)), 409, "WRONG_PHASE")
    hall.by_two(closing.close)
    assert Record.read(hall.house.record(hall.uuid))[CLOSING] == last


def test_a_box_that_lacks_what_its_last_word_counts_is_not_whole(lost: Lost) -> None:
    hall, _checkpoints, last = closed_before(lost, known_to_copy=False)
    with pytest.raises(LastWordAhead), nothing_changes(hall.house.box):
        resuming.resume(hall.house, hall.uuid, notes=resuming.read_notes(last, "witness"), copy=None, ballots=[])


def test_the_last_word_of_another_chain_is_evidence_and_not_a_way_on(hall: Hall, prepared: Prepared) -> None:
    """threats G2"""
    other = prepared.at("voting")
    other.by_two(closing.close)
    (closed,) = parse_notes((other.house.record(other.uuid) / CLOSING).read_bytes(), "closing")
    with pytest.raises(ChainsDiffer), nothing_changes(hall.house.box):
        resuming.resume(hall.house, hall.uuid, notes=[closed], copy=copy_of(hall), ballots=[])
    other.house.registry.dispose()
    other.house.box.dispose()


def test_a_round_that_the_registry_knows_as_closed_is_filled_and_stays_closed(hall: Hall) -> None:
    """threats I13: the box was lost between its close and the count."""
    with writing(hall.house.registry) as session:
        session.execute(text("UPDATE round SET phase = 'closed'"))
    found = resuming.resume(hall.house, hall.uuid, notes=[], copy=copy_of(hall), ballots=[])
    assert (found.whole, hall.phase()) == (True, "closed")
    refused(hall.cast(hall.body(30)), 409, "WRONG_PHASE")


@pytest.mark.parametrize("phase", ["ready", "void"])
def test_a_round_that_was_never_open_or_was_annulled_is_not_resumed(hall: Hall, phase: str) -> None:
    with writing(hall.house.registry) as session:
        session.execute(text("UPDATE round SET phase = :phase"), {"phase": phase})
    with pytest.raises(WrongPhase), nothing_changes(hall.house.box):
        resuming.resume(hall.house, hall.uuid, notes=[], copy=copy_of(hall), ballots=[])


def test_no_record_is_written_or_written_over_by_a_box_that_is_behind(lost: Lost) -> None:
    """threats I13, G2: what the box signed last stays its only last word, whoever presses which button."""
    hall = lost.restored()
    resuming.resume(hall.house, hall.uuid, notes=[], copy=copy_of(hall), ballots=[])
    hall.by_two(closing.close)
    written = Record.read(hall.house.record(hall.uuid))[CLOSING]
    with writing(hall.house.box) as session:  # an older box in its place: by a restore, then by hand
        session.execute(text("DELETE FROM ballot WHERE hash = (SELECT hash FROM ballot ORDER BY hash LIMIT 1)"))
        session.add(Restored(uuid=hall.uuid))
    organiser = hall.person("to-chuc-1")
    assert "còn thiếu so với khi chốt" in organiser.get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    refused(do(organiser, hall, "ho-so"), 503, "BOX_BEHIND")
    with writing(hall.house.box) as session:
        session.execute(text("DELETE FROM restored"))
    refused(do(organiser, hall, "ho-so"), 503, "BOX_BEHIND")
    assert not is_open(hall)
    assert Record.read(hall.house.record(hall.uuid))[CLOSING] == written


# --- an older box that nobody restored ----------------------------------------------------------------------------


def put_in_place(lost: Lost) -> Hall:
    """Return the old box as a copied file leaves it: nothing says that it is older than its copy."""
    hall = lost.restored()
    with writing(hall.house.box) as session:
        session.execute(text("DELETE FROM restored"))
    return hall


@pytest.mark.parametrize("act", ["cast", "ask", "test", "void", "notes", "close"])
def test_an_older_box_is_found_by_its_copy_before_it_takes_or_says_anything(lost: Lost, act: str) -> None:
    """threats I13: one slip would cast two ballots, and whoever has a receipt would be told that it was not used."""
    hall = put_in_place(lost)
    void = Voided.make(hall.manifest.hash, hall.credential(30), UNUSED_ENVELOPE)
    before = ballots(hall)
    if act == "close":
        with pytest.raises(BoxBehind):
            hall.by_two(closing.close)
    else:
        answer = {
            "cast": lambda: hall.cast(hall.body(MANY - 1, (2, 2, 2))),
            "ask": lambda: standing_of(hall, MANY - 1),
            "test": lambda: try_terminal(hall, opened(voter.draft(hall.election, (0, 0, 0)))),
            "void": lambda: hall.booth().ask(f"/dot/{hall.uuid}/huy-the", {"staging_key": "", **void.as_json()}),
            "notes": lambda: hall.booth().get(f"/dot/{hall.uuid}/moc.txt", content_type="application/json"),
        }[act]()
        refused(answer, 503, "BOX_BEHIND")
    assert (ballots(hall), is_open(hall)) == (before, False)
    assert resuming.resume(hall.house, hall.uuid, notes=[], copy=copy_of(hall), ballots=[]).whole
    assert standing_of(hall, MANY - 1).get_json()["receipt"] == lost.receipts[MANY - 1]


def test_a_copy_that_is_not_the_one_in_use_fills_a_box_and_does_not_free_it(lost: Lost, hall: Hall) -> None:
    """threats I13: it may be an older state of the copy, as a backup of the other disk is."""
    found = resuming.resume(hall.house, hall.uuid, notes=[], copy=lost.url, ballots=[])
    assert (found.ballots, found.whole, is_open(hall)) == (MANY - FEW, False, False)


def test_no_word_of_two_frees_a_box_while_the_copy_holds_what_it_lacks(hall: Hall) -> None:
    with pytest.raises(BoxBehind):
        hall.by_two(lambda house, uuid, actor: by_two.resume_behind(house, uuid, WHY, actor))
    assert not is_open(hall)


def spoiled_copy(lost: Lost, folder: Path, statement: str, **values: object) -> str:
    """Return the address of the copy after somebody's hand was in it."""
    shutil.copy(lost.folder / "copy.db", folder / "other.db")
    url = f"sqlite:///{folder}/other.db"
    engine = second_copy.open_copy(url)
    with writing(engine) as session:
        session.execute(text(statement), values)
    engine.dispose()
    return url


def test_another_boxs_copy_is_not_this_ones(hall: Hall, lost: Lost, tmp_path: Path) -> None:
    url = spoiled_copy(lost, tmp_path, "DELETE FROM kept")
    with pytest.raises(CopyIncomplete), nothing_changes(hall.house.box):
        resuming.resume(hall.house, hall.uuid, notes=[], copy=url, ballots=[])


def test_a_copy_without_a_sealed_ballot_was_not_the_copy_even_if_the_ballot_is_elsewhere(
    hall: Hall, lost: Lost, tmp_path: Path
) -> None:
    sealed = lost.witness()[0].lines[3].removeprefix("ballot ")
    url = spoiled_copy(lost, tmp_path, "DELETE FROM kept WHERE digest = :digest", digest=bytes.fromhex(sealed))
    held = [raw for raw in lost.ballots if hash_of(raw) == sealed]
    with pytest.raises(CopyIncomplete), nothing_changes(hall.house.box):
        resuming.resume(hall.house, hall.uuid, notes=[], copy=url, ballots=held)


def test_ballots_that_came_while_the_copy_was_away_do_not_stand_in_the_way(
    hall: Hall, lost: Lost, tmp_path: Path
) -> None:
    """They got no receipt; the backup happens to have them, and they stay."""
    sealed = {line.removeprefix("ballot ") for line in lost.witness()[0].lines[3:]}
    away = next((digest for digest in mine(hall) if digest.hex() not in sealed), None)
    if away is None:
        return  # all three were drawn into the batch
    url = spoiled_copy(lost, tmp_path, "DELETE FROM kept WHERE digest = :digest", digest=bytes(away))
    live(hall, url)
    assert resuming.resume(hall.house, hall.uuid, notes=[], copy=url, ballots=[]).whole
    assert ballots(hall) == lost.ballots


def test_a_copy_that_was_set_up_after_the_restore_is_no_evidence(hall: Hall, lost: Lost, tmp_path: Path) -> None:
    """threats I13: it holds what the restored box holds, and so it can show no ballot that is missing."""
    url = f"sqlite:///{tmp_path}/new.db"
    house = replace(hall.house, box_copy=open_engine(url), links={})
    make(house.box_copy, CopyBase.metadata)
    raw = next(raw for raw in lost.ballots if bytes.fromhex(hash_of(raw)) in mine(hall))
    assert receipt_again(house, hall.uuid, padded(raw, hall.election)).receipt.as_json() in lost.receipts
    assert second_copy.held(house.box_copy, hall.uuid, BALLOT) == {}
    named = {line.removeprefix("ballot ") for note in lost.witness() for line in note.lines[3:]}
    held = [raw for raw in lost.ballots if hash_of(raw) in named]
    assert not resuming.resume(house, hall.uuid, notes=lost.witness(), copy=None, ballots=held).whole
    with pytest.raises(CopyIncomplete), nothing_changes(hall.house.box):
        resuming.resume(house, hall.uuid, notes=lost.witness(), copy=url, ballots=[])
    assert not is_open(hall)
    house.box_copy.dispose()


def test_an_empty_copy_says_nothing_about_an_empty_box(hall: Hall, lost: Lost, tmp_path: Path) -> None:
    """A backup from before the first ballot beside a copy that was just set up: two organisers must say so."""
    with writing(hall.house.box) as session:
        for table in ("staged", "known_ciphertext", "ballot", "checkpoint"):
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - names of our own schema
        session.execute(text("UPDATE election SET phase = 'ready'"))
    url = spoiled_copy(lost, tmp_path, "DELETE FROM kept")
    live(hall, url)
    assert not resuming.resume(hall.house, hall.uuid, notes=[], copy=url, ballots=[]).whole
    refused(hall.cast(hall.body(30)), 409, "WRONG_PHASE")
    hall.by_two(lambda house, uuid, actor: by_two.resume_behind(house, uuid, WHY, actor))
    assert hall.cast(hall.body(30)).status_code == 201


def mine(hall: Hall) -> list[bytes]:
    return [row[1] for row in rows(hall.house.box)["ballot"]]


def test_a_ballot_that_acceptance_refuses_is_not_filled_in_either(hall: Hall, lost: Lost, tmp_path: Path) -> None:
    """Whoever holds the copy can spoil it, and can put nothing into the box."""
    raw = next(raw for raw in lost.ballots if bytes.fromhex(hash_of(raw)) not in mine(hall))
    place = raw.index(b'"proof"') - 9
    changed = raw[:place] + (b"1" if raw[place : place + 1] != b"1" else b"2") + raw[place + 1 :]
    values = {"raw": changed, "digest": bytes.fromhex(hash_of(raw))}
    url = spoiled_copy(lost, tmp_path, "UPDATE kept SET raw = :raw WHERE digest = :digest", **values)
    with pytest.raises(TallyError), nothing_changes(hall.house.box):
        resuming.resume(hall.house, hall.uuid, notes=[], copy=url, ballots=[])


# --- without ------------------------------------------------------------------------------------------------------


def test_two_organisers_and_a_reason_open_it_without_evidence_and_the_log_says_so(hall: Hall) -> None:
    without_copy(hall)
    page, first, second = f"/dot/{hall.uuid}/", hall.person("to-chuc-1"), hall.person("to-chuc-2")
    shown = first.get(page).get_data(as_text=True)
    assert "vừa được khôi phục từ bản sao lưu" in shown
    assert "có thể đã mất" in shown
    refused(do(first, hall, "khoi-phuc", reason="ngắn"), 400, "REASON_TOO_SHORT")
    for _again in range(2):
        refused(do(first, hall, "khoi-phuc", reason=WHY), 409, "SECOND_PERSON_NEEDED")
    refused(do(second, hall, "khoi-phuc", reason=f"{WHY} khác"), 409, "SECOND_PERSON_NEEDED")
    refused(hall.cast(hall.body(30)), 503, "BOX_BEHIND")
    shown = second.get(page).get_data(as_text=True)
    assert f'value="{WHY}"' in shown  # what the other proposed, to be confirmed as it stands
    assert f'value="{WHY} khác"' not in shown
    assert do(second, hall, "khoi-phuc", reason=WHY).status_code == 302
    assert hall.cast(hall.body(30)).status_code == 201
    with reading(hall.house.registry) as session:
        said = [tuple(row) for row in session.execute(text("SELECT act, subject FROM audit_entry"))]
    assert ("resume-behind", hall.uuid) in said
    assert ("resume-reason", f"{hall.uuid} {WHY}") in said
    assert "vừa được khôi phục từ bản sao lưu" not in first.get(page).get_data(as_text=True)


def test_a_reason_must_say_something(hall: Hall) -> None:
    with pytest.raises(ReasonTooShort):
        by_two.resume_behind(hall.house, hall.uuid, "vì   mất", hall.actor("to-chuc-1"))
    assert not is_open(hall)
