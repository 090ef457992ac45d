"""A witness's program before a box that lies: it signs nothing wrong, keeps what proves the lie, and says who lied.

Here live lying boxes over HTTP on loopback, and the line to them. Never here: an honest box.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from keys.errors import WrongKind, WrongPassphrase, WrongPurpose, WrongRound
from keys.signers import create_box_key
from keys.store import KdfCost
from keys.witness import commands
from keys.witness import line as lines
from keys.witness.errors import BadBoxAddress, BoxAnswersOddly, BoxDeclines, BoxNotReached, WitnessOfAnother
from keys.witness.fetching import fetch
from keys.witness.key import WitnessSigner, create_witness_key, open_witness_signer
from keys.witness.line import Line, checked_address
from keys.witness.watching import EVIDENCE, Watch
from tally.accusing import compare
from tally.protocol.checkpoint import Note, encode_notes, parse_notes
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Incomplete, Mismatch, NotSorted, OriginUnproven, WrongShape
from tally.record import CHECKPOINTS, CLOSING, Record
from tally.verify import CheckFailed
from tally.witness_errors import BoxContradicts, BoxWentBack, ClosingTooShort
from tally.witnessing import WitnessCopy
from tests.ballot.site_hall import BoxServer
from tests.builders import VOTES, Round, new_round, small_round
from tests.commands import INCOMPLETE, REFUSED, run
from tests.keys.member import WORDS
from tests.watchers import chain, said

LAN = "quan-sat-1"
HASHES = [sha256_hex(bytes([n])) for n in range(60)]
TENS = [HASHES[n : n + 10] for n in range(0, 50, 10)]
ANOTHER = [*HASHES[10:19], HASHES[55]]


@dataclass
class Box:
    """A box that answers whatever a test put there, and keeps what it is sent."""

    uuid: str
    answers: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    sent: list[bytes] = field(default_factory=list)
    origin: str = ""

    def says(self, name: str, raw: bytes, status: str = "200 OK") -> None:
        self.answers[f"/dot/{self.uuid}/{name}"] = (status, raw)

    def phase(self, phase: str) -> None:
        self.says("diem-cau.json", json.dumps({"phase": phase, "credentials": "0" * 64}).encode())

    def refuses(self, name: str, status: str, code: str) -> None:
        self.says(name, json.dumps({"code": code, "sentence": "Không."}).encode(), status)

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            self.sent.append(environ["wsgi.input"].read())
        status, raw = self.answers.get(environ["PATH_INFO"], ("404 NOT FOUND", b"<html>"))
        start(status, [("Content-Length", str(len(raw)))])
        return [raw]


@pytest.fixture
def box(round_: Round) -> Iterator[Box]:
    made = Box(round_.manifest.uuid)
    server = BoxServer(made).start()
    made.origin = server.origin
    made.says("manifest.json", round_.manifest.raw)
    made.says("committee.json", round_.board.committee.encode())
    made.says("moc.txt", b"")
    made.says("chung-kien", b'{"kept":1}', "201 CREATED")
    made.phase("voting")
    yield made
    server.stop()


@pytest.fixture
def signer(round_: Round, tmp_path: Path, cheap: KdfCost) -> WitnessSigner:
    path = tmp_path / "k.witness.key"
    create_witness_key(path, witness=LAN, uuid=round_.manifest.uuid, passphrase=WORDS, cost=cheap)
    return open_witness_signer(path, uuid=round_.manifest.uuid, passphrase=WORDS)


@pytest.fixture
def watch(round_: Round, box: Box, signer: WitnessSigner, tmp_path: Path) -> Watch:
    return begun(round_, box, tmp_path / "kept", signer)


def begun(round_: Round, box: Box, folder: Path, signer: WitnessSigner | None) -> Watch:
    line = Line(box.origin)
    watched = fetch(folder, line, uuid=box.uuid, typed=round_.manifest.hash)
    return Watch(folder, line, watched, signer)


def marks(round_: Round, *batches: list[str]) -> list[Note]:
    return chain(round_.manifest, round_.election.hash, batches, round_.hall.box)


# --- while voting is open -----------------------------------------------------------------------------------------


def test_what_is_signed_is_on_the_disk_before_anybody_is_told(round_: Round, box: Box, watch: Watch) -> None:
    box.says("moc.txt", encode_notes(marks(round_, *TENS[:2])))
    box.says("chung-kien", b"", "503 SERVICE UNAVAILABLE")
    assert watch.look().declined.endswith("Không có gì bị mất.")
    kept = WitnessCopy.parse(watch.path.read_bytes(), round_.manifest, "kept")
    assert (kept, kept.size) == (watch.copy, 20)
    box.says("chung-kien", b'{"kept":3}', "201 CREATED")
    assert watch.look().declined == ""
    left = parse_notes(box.sent[-1], "left")
    assert [len(note.signatures) for note in left] == [1, 1, 1]
    assert {note.signatures[0][0] for note in left} == {f"{round_.manifest.origin}/{LAN}"}


def test_true_marks_in_another_order_are_no_evidence_and_are_not_signed(round_: Round, box: Box, watch: Watch) -> None:
    said_truly = marks(round_, *TENS[:2])
    box.says("moc.txt", encode_notes(said_truly))
    watch.look()
    before = watch.path.read_bytes()
    box.says("moc.txt", encode_notes([said_truly[1], said_truly[0]]))
    with pytest.raises(NotSorted):
        watch.look()
    assert (watch.path.read_bytes(), (watch.folder / EVIDENCE).exists()) == (before, False)


def test_a_box_that_forks_is_named_and_both_notes_are_kept(
    round_: Round, box: Box, watch: Watch
) -> None:  # threats 5.12
    box.says("moc.txt", encode_notes(marks(round_, *TENS[:2])))
    watch.look()
    before, sent = watch.path.read_bytes(), len(box.sent)
    box.says("moc.txt", encode_notes(marks(round_, TENS[0], ANOTHER, TENS[2])))
    with pytest.raises(BoxContradicts) as found:
        watch.look()
    assert found.value.details["batch"] == 2
    assert (watch.path.read_bytes(), len(box.sent)) == (before, sent)  # nothing was signed, nothing was sent
    old, new = parse_notes((watch.folder / EVIDENCE).read_bytes(), EVIDENCE)
    assert (old.lines[0], old.lines[1]) == (new.lines[0], new.lines[1]) == (round_.manifest.origin, "20")
    assert old.lines[2] != new.lines[2]
    for note in (old, new):
        note.check(round_.manifest.origin, round_.manifest.box_key, "evidence")


@pytest.mark.parametrize("kept", [0, 1], ids=["what was seen", "what was shown later"])
def test_the_kept_notes_name_the_box_beside_a_record_of_either_chain(
    round_: Round, box: Box, watch: Watch, kept: int
) -> None:
    """threats 5.12: a committee that is handed the evidence alone reads the same of it, whichever chain was counted."""
    chains = (marks(round_, *TENS[:3]), marks(round_, *TENS[:2], HASHES[50:]))
    box.says("moc.txt", encode_notes(chains[0]))
    watch.look()
    box.says("moc.txt", encode_notes(chains[1]))
    with pytest.raises(BoxContradicts):
        watch.look()
    evidence = WitnessCopy.parse((watch.folder / EVIDENCE).read_bytes(), round_.manifest, EVIDENCE)
    with pytest.raises(BoxContradicts) as found:
        compare(evidence, chains[kept], chains[kept][-1], round_.manifest, EVIDENCE)
    assert (found.value.details["batch"], found.value.details["size"]) == (3, "30")


def test_the_command_says_so_plainly_and_ends_with_1(round_: Round, box: Box, tmp_path: Path) -> None:
    arguments = ("tally", "witness", box.origin, box.uuid, "--manifest", round_.manifest.hash, "--once", "--folder")
    box.says("moc.txt", encode_notes(marks(round_, *TENS[:2])))
    assert run(*arguments, tmp_path / "k").code == 0
    box.says("moc.txt", encode_notes(marks(round_, TENS[0], ANOTHER)))
    done = run(*arguments, tmp_path / "k")
    assert done.code == REFUSED
    assert "BOX_CONTRADICTS" in done.output
    assert "MÁY CHỦ HÒM PHIẾU TỰ MÂU THUẪN" in done.output
    assert round_.manifest.origin in done.output
    assert str(tmp_path / "k" / EVIDENCE) in done.output
    assert (tmp_path / "k" / EVIDENCE).is_file()


def test_a_box_that_went_back_is_not_signed_for_until_it_is_whole_again(round_: Round, box: Box, watch: Watch) -> None:
    """threats I13: a restored box shows fewer marks; that proves no lie, and nothing is signed meanwhile."""
    whole = encode_notes(marks(round_, *TENS[:3]))
    box.says("moc.txt", whole)
    watch.look()
    before = watch.path.read_bytes()
    box.says("moc.txt", encode_notes(marks(round_, TENS[0])))
    with pytest.raises(BoxWentBack):
        watch.look()
    assert watch.path.read_bytes() == before
    assert not (watch.folder / EVIDENCE).exists()
    box.says("moc.txt", whole)
    assert watch.look().new == 0


LIES = {
    "a hole in the chain": lambda m: [m[0], m[2]],
    "nothing that the box signed": lambda m: [Note(m[0].lines, (("phieu-tin-nhiem/x", bytes(68)),))],
    "a batch twice": lambda m: [m[0], m[0]],
}


@pytest.mark.parametrize("lie", LIES)
def test_a_chain_that_does_not_hold_is_not_signed(round_: Round, box: Box, watch: Watch, lie: str) -> None:
    box.says("moc.txt", encode_notes(LIES[lie](marks(round_, *TENS[:3]))))
    with pytest.raises(Exception) as found:
        watch.look()
    assert getattr(found.value, "code", "") in {"MISMATCH", "BAD_SIGNATURE"}
    assert not watch.path.exists()
    assert box.sent == []


def test_a_witness_goes_on_where_they_stopped(round_: Round, box: Box, watch: Watch, signer: WitnessSigner) -> None:
    box.says("moc.txt", encode_notes(marks(round_, *TENS[:2])))
    watch.look()
    again = begun(round_, box, watch.folder, signer)
    assert again.copy == watch.copy
    box.says("moc.txt", encode_notes(marks(round_, *TENS[:3])))
    assert again.look().new == 1
    box.says("moc.txt", encode_notes(marks(round_, TENS[0], ANOTHER, TENS[2])))
    with pytest.raises(BoxContradicts):
        begun(round_, box, watch.folder, signer).look()


# --- the last word ------------------------------------------------------------------------------------------------


@pytest.fixture
def ended(round_: Round, box: Box) -> Record:
    """The box has closed, and hands out its record."""
    record = round_.closed()
    box.phase("closed")
    hands_out(box, record)
    return record


def hands_out(box: Box, record: Record) -> None:
    zipped = io.BytesIO()
    record.write_zip(zipped)
    box.says("moc.txt", record[CHECKPOINTS])
    box.says("closing.txt", record[CLOSING])
    box.says("ho-so.zip", zipped.getvalue())


def test_the_last_word_is_signed_once_the_whole_record_was_verified(box: Box, watch: Watch, ended: Record) -> None:
    seen: list[int] = []
    look = watch.look(lambda check, evidence: seen.append(check.number))
    assert seen == [*range(1, 24), 28]
    (closing,) = parse_notes(ended[CLOSING], CLOSING)
    assert (look.ended, look.root) == (True, closing.lines[-1].removeprefix("root "))
    assert watch.copy.closing is not None


def test_a_last_word_that_is_not_there_yet_is_waited_for(box: Box, watch: Watch, ended: Record) -> None:
    box.refuses("closing.txt", "404 NOT FOUND", "ROUND_NOT_PUBLISHED")
    box.refuses("closing.txt", "400 BAD REQUEST", "ROUND_NOT_PUBLISHED")
    assert not watch.look().ended
    box.says("closing.txt", ended[CLOSING])
    assert watch.look().ended


def test_after_the_count_a_witness_ends_though_nothing_is_taken(box: Box, watch: Watch, ended: Record) -> None:
    box.refuses("chung-kien", "409 CONFLICT", "WRONG_PHASE")
    assert not watch.look().ended
    box.phase("tallied")
    look = watch.look()
    assert look.ended
    assert "WRONG_PHASE" in look.declined


def test_a_record_that_lacks_a_ballot_is_not_signed(round_: Round, box: Box, watch: Watch, ended: Record) -> None:
    """The box's last word is over all ballots, the record that it hands out is not."""
    less = replace(round_, ballots=round_.ballots[1:]).closed()
    zipped = io.BytesIO()
    less.write_zip(zipped)
    box.says("ho-so.zip", zipped.getvalue())
    with pytest.raises(Mismatch):
        watch.look()
    zipped = io.BytesIO()
    less.with_files({CLOSING: ended[CLOSING], CHECKPOINTS: ended[CHECKPOINTS]}).write_zip(zipped)
    box.says("ho-so.zip", zipped.getvalue())
    with pytest.raises(CheckFailed) as failed:
        watch.look()
    assert failed.value.check.number == 21
    assert watch.copy.closing is None


def test_a_box_that_drops_the_last_batch_after_a_witness_saw_it_is_named(
    round_: Round, box: Box, watch: Watch, ended: Record
) -> None:
    box.phase("voting")
    watch.look()
    box.phase("closed")
    hands_out(box, replace(round_, ballots=round_.ballots[1:]).closed())
    with pytest.raises(BoxContradicts):
        watch.look()


def test_a_box_with_a_second_last_word_is_named(round_: Round, box: Box, watch: Watch, ended: Record) -> None:
    watch.look()
    (closing,) = parse_notes(ended[CLOSING], CLOSING)
    other = said((*closing.lines[:-1], f"root {'1' * 64}"), round_.manifest, round_.hall.box)
    box.says("closing.txt", other.encode())
    with pytest.raises(BoxContradicts):
        watch.look()
    assert len(parse_notes((watch.folder / EVIDENCE).read_bytes(), EVIDENCE)) == 2


def test_a_last_word_that_ends_before_what_was_shown_leaves_both_in_the_evidence(
    round_: Round, box: Box, watch: Watch, ended: Record
) -> None:
    """threats 5.12: the chain is whole, and the last word of the same key is over a shorter one."""
    (mark,) = parse_notes(ended[CHECKPOINTS], CHECKPOINTS)
    short = replace(round_, ballots=round_.ballots[1:]).closed()
    box.says("closing.txt", short[CLOSING])
    with pytest.raises(ClosingTooShort):
        watch.look()
    old, new = parse_notes((watch.folder / EVIDENCE).read_bytes(), EVIDENCE)
    assert (old.lines, new.encode()) == (mark.lines, short[CLOSING])
    assert watch.copy.closing is None


def test_a_void_that_is_only_claimed_is_no_end_that_was_witnessed(round_: Round, box: Box, tmp_path: Path) -> None:
    arguments = (
        "tally",
        "witness",
        box.origin,
        box.uuid,
        "--manifest",
        round_.manifest.hash,
        "--folder",
        tmp_path / "k",
    )
    box.says("moc.txt", encode_notes(marks(round_, *TENS[:2])))
    begun(round_, box, tmp_path / "k", None).look()
    kept = (tmp_path / "k" / "witness.txt").read_bytes()
    box.phase("void")
    done = run(*arguments)
    assert (done.code, "END_ONLY_CLAIMED" in done.output) == (INCOMPLETE, True)
    assert "không có chữ ký" in done.output and "20 phiếu" in done.output
    assert (tmp_path / "k" / "witness.txt").read_bytes() == kept


@pytest.mark.parametrize("raw", [b"", b"x\n"])
def test_a_last_word_that_is_none_is_refused(box: Box, watch: Watch, ended: Record, raw: bytes) -> None:
    box.says("closing.txt", raw)
    with pytest.raises(Exception) as found:
        watch.look()
    assert getattr(found.value, "code", "") in {"WRONG_SHAPE", "NOT_CANONICAL"}


# --- what is fetched first ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "0" * 64, "12"])
def test_a_round_that_is_not_the_one_on_paper_is_refused(box: Box, tmp_path: Path, typed: str) -> None:
    with pytest.raises(OriginUnproven):
        fetch(tmp_path / "k", Line(box.origin), uuid=box.uuid, typed=typed)
    assert not (tmp_path / "k").exists()


def test_a_committee_of_another_round_is_refused(round_: Round, box: Box, tmp_path: Path) -> None:
    box.says("committee.json", new_round(VOTES[:5], round_.hall).board.committee.encode())
    with pytest.raises(Mismatch):
        fetch(tmp_path, Line(box.origin), uuid=box.uuid, typed=round_.manifest.hash)


def test_another_committee_than_before_is_refused(round_: Round, box: Box, watch: Watch) -> None:
    (watch.folder / "committee.json").write_bytes(b"{}")
    with pytest.raises(Mismatch):
        fetch(watch.folder, Line(box.origin), uuid=box.uuid, typed=round_.manifest.hash)


def test_before_the_committee_has_its_key_the_witness_waits(round_: Round, box: Box, tmp_path: Path) -> None:
    box.refuses("committee.json", "400 BAD REQUEST", "INCOMPLETE")
    with pytest.raises(Incomplete):
        fetch(tmp_path, Line(box.origin), uuid=box.uuid, typed=round_.manifest.hash)


@pytest.mark.parametrize("raw", [b"{}", b"[]", b'{"phase":"dinner"}', b'{"phase":1}', b'{"phase":[]}'])
def test_a_phase_that_no_round_has_is_refused(box: Box, watch: Watch, raw: bytes) -> None:
    box.says("diem-cau.json", raw)
    with pytest.raises(WrongShape):
        watch.look()


def test_the_folder_of_another_witness_is_left_alone(round_: Round, box: Box, watch: Watch) -> None:
    box.says("moc.txt", encode_notes(marks(round_, TENS[0])))
    watch.look()
    before = watch.path.read_bytes()
    with pytest.raises(WitnessOfAnother):
        begun(round_, box, watch.folder, WitnessSigner(bytes(32), LAN, box.uuid))
    assert watch.path.read_bytes() == before


# --- a box that does not answer -----------------------------------------------------------------------------------


def test_a_box_that_is_not_reached_is_said_to_be_asked_again_only_by_who_asks_again(
    round_: Round, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [box.origin, box.uuid, "--manifest", round_.manifest.hash, "--folder", str(tmp_path / "kept")]
    box.says("manifest.json", b"", "503 SERVICE UNAVAILABLE")
    done = run("tally", "witness", *arguments, "--once")
    assert (done.code, "BOX_NOT_REACHED: " in done.output, "hỏi lại" in done.output) == (REFUSED, True, False)

    def stop(_seconds: float) -> None:
        raise TimeoutError

    monkeypatch.setattr(commands, "without_core", lambda: None)  # it would hold for the rest of this process
    monkeypatch.setattr(commands.time, "sleep", stop)
    with pytest.raises(TimeoutError):
        commands.watch.main([*arguments, "--every", "7"], standalone_mode=False)
    said = capsys.readouterr().out
    assert said.startswith("BOX_NOT_REACHED: ")
    assert "Sẽ hỏi lại sau 7 giây" in said


# --- the line -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "", "hom.lan", "ftp://hom.lan", "http://hom.lan", "http://127.evil.example", "http://localhost.example",
        "https://", "https://a/b", "https://a?x", "https://a#x", "https://u@a", "https://a:99999", "https://[::1",
    ],
)  # fmt: skip
def test_an_address_that_is_no_origin_is_refused(url: str) -> None:
    with pytest.raises(BadBoxAddress):
        checked_address(url)


@pytest.mark.parametrize(
    "url", ["https://hom.lan", "https://hom.lan:8443/", "http://127.0.0.1:8000", "http://localhost"]
)
def test_an_origin_is_taken(url: str) -> None:
    assert checked_address(url) == url.rstrip("/")


def test_every_way_of_failing_has_its_word(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    line, where = Line(box.origin), f"/dot/{box.uuid}/x"
    for status, raised in (("503 X", BoxNotReached), ("429 X", BoxNotReached), ("302 X", BoxAnswersOddly)):
        box.says("x", b"<html>", status)
        with pytest.raises(raised):
            line.get(where)
    box.refuses("x", "409 CONFLICT", "WRONG_PHASE")
    with pytest.raises(BoxDeclines) as found:
        line.get(where)
    assert found.value.details["reason"] == "WRONG_PHASE"
    box.says("x", b"x" * 100)
    with pytest.raises(BoxAnswersOddly):
        line.get(where, limit=99)
    monkeypatch.setattr(lines, "PATIENCE", lines.Timeout(connect=1, read=1))
    with pytest.raises(BoxNotReached):
        Line("http://127.0.0.1:1").get(where)


# --- the key ------------------------------------------------------------------------------------------------------


def test_a_witness_signs_notes_of_one_round_and_nothing_else(signer: WitnessSigner, round_: Round) -> None:
    assert len(signer.sign(f"{round_.manifest.origin}\n20\n".encode())) == 64
    for message in (b"", b"phieu-tin-nhiem/v1/receipt|", f"{round_.manifest.origin}x\n".encode(), b"phieu-tin-nhiem/"):
        with pytest.raises(WrongPurpose):
            signer.sign(message)


def test_a_key_of_another_round_kind_or_passphrase_is_refused(tmp_path: Path, cheap: KdfCost) -> None:
    path, uuid = tmp_path / "a.witness.key", small_round().manifest.uuid
    create_witness_key(path, witness=LAN, uuid=uuid, passphrase=WORDS, cost=cheap)
    with pytest.raises(WrongRound):
        open_witness_signer(path, uuid="9f2DVMZFFU8VRr", passphrase=WORDS)
    with pytest.raises(WrongPassphrase):
        open_witness_signer(path, uuid=uuid, passphrase=f"{WORDS}x")
    create_box_key(tmp_path / "box.key", name="x", round_id=uuid, passphrase=WORDS, cost=cheap)
    with pytest.raises(WrongKind):
        open_witness_signer(tmp_path / "box.key", uuid=uuid, passphrase=WORDS)


def test_the_command_makes_a_key_and_prints_its_public_half(round_: Round, tmp_path: Path) -> None:
    uuid = round_.manifest.uuid
    done = run("keys", "witness", "new", tmp_path, "--name", LAN, "--uuid", uuid, stdin=f"{WORDS}\n")
    assert done.code == 0, done.output
    signer = open_witness_signer(tmp_path / f"{LAN}.witness.key", uuid=uuid, passphrase=WORDS)
    assert signer.public.hex() in "".join(done.output.split())
    assert run("keys", "witness", "new", tmp_path, "--name", "Lan", "--uuid", uuid, stdin=f"{WORDS}\n").code == REFUSED
