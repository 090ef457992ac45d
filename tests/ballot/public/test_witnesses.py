"""Witnesses of a real box over HTTP: entered by organisers, watching while people vote, signing until the count.

Here live the box, its pages and the real command. Never here: a box that lies (tests/keys/test_witness_watching.py).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp
from nacl.signing import SigningKey
from sqlalchemy import inspect, select

from ballot.life import annulling
from ballot.models import box as tables
from ballot.public import cosigning, witnesses
from ballot.result import closing
from ballot.storage import reading
from ballot.written_record import written_root
from keys.store import KdfCost
from keys.witness.fetching import fetch
from keys.witness.key import create_witness_key, open_witness_signer
from keys.witness.line import Line
from keys.witness.watching import Watch
from tally.accusing import compare
from tally.protocol.checkpoint import Note, encode_notes, parse_notes
from tally.protocol.cosignature import digest_of
from tally.protocol.encoding import grouped
from tally.protocol.group import Q
from tally.record import CLOSING, Record
from tally.verify import verify_closed, verify_record
from tally.witnessing import WitnessCopy
from tests.ballot.after_hall import again, dispose
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused, rows
from tests.ballot.prepared import Prepared
from tests.ballot.site_hall import BoxServer
from tests.ballot.small_hall import tally
from tests.commands import DONE, REFUSED, run
from tests.watchers import Watcher

Open = Callable[[str], Hall]
Left = tuple[Hall, Watcher, list[Note]]
WORDS = "bảy con trâu đen qua cầu tre"
CHEAP = KdfCost(ops=1, mem=8192)
LAN, MAI = "quan-sat-1", "quan-sat-2"


@contextmanager
def served(hall: Hall) -> Iterator[BoxServer]:
    box = BoxServer(hall.box).start()
    try:
        yield box
    finally:
        box.stop()


def new_key(folder: Path, uuid: str, name: str) -> tuple[Path, str]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.witness.key"
    return path, create_witness_key(path, witness=name, uuid=uuid, passphrase=WORDS, cost=CHEAP)


def entered(hall: Hall, folder: Path, name: str = LAN) -> Path:
    """Make a witness's key and let an organiser enter it from paper."""
    path, public = new_key(folder, hall.uuid, name)
    answer = send(hall, "", {"name": name, "key": grouped(public, 16)})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return path


def send(hall: Hall, act: str, values: dict[str, str], login: str = "to-chuc-1"):
    page = f"/dot/{hall.uuid}/nguoi-chung-kien"
    return hall.person(login).form(f"{page}{act}", values, page=page)


def watching(hall: Hall, box: BoxServer, folder: Path, key: Path | None = None) -> Watch:
    line = Line(box.origin)
    signer = open_witness_signer(key, uuid=hall.uuid, passphrase=WORDS) if key else None
    return Watch(folder, line, fetch(folder, line, uuid=hall.uuid, typed=hall.manifest.hash), signer)


def cast(hall: Hall, numbers: range) -> None:
    for number in numbers:
        assert hall.cast(hall.body(number)).status_code == 201


def page(hall: Hall, login: str = "to-chuc-1") -> str:
    answer = hall.person(login).get(f"/dot/{hall.uuid}/nguoi-chung-kien")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


# --- a whole day --------------------------------------------------------------------------------------------------


def test_two_witnesses_watch_a_box_to_its_end(at: Open, tmp_path: Path) -> None:
    """threats 5.12, F10: what they signed stands beside the record, agrees with it, and a trustee may count on it."""
    hall = at("voting")
    keys = {name: entered(hall, tmp_path / name, name) for name in (LAN, MAI)}
    with served(hall) as box:
        lan = watching(hall, box, tmp_path / "lan", keys[LAN])
        assert (lan.look().head.size, lan.look().new) == (0, 0)
        cast(hall, range(21))
        look = lan.look()
        assert (look.phase, look.new, look.head.size, look.declined, look.ended) == ("voting", 1, 10, "", False)
        assert grouped(look.head.hash.hex(), 16) in page(hall)
        cast(hall, range(21, 31))
        mai = watching(hall, box, tmp_path / "mai", keys[MAI])
        assert mai.look().new == 2  # who comes later sees the chain from its beginning
        hall.by_two(closing.close)
        record = Record.read(hall.house.record(hall.uuid))
        assert sorted(record.witnesses) == ["witness-1.txt", "witness-2.txt"]
        assert verify_closed(record).evidence.testimony.signed_last_word == ()
        for each in (lan, mai):
            look = each.look()
            assert (look.ended, look.declined) == (True, "")
            assert look.root == written_root(hall.house, hall.uuid)
    found = verify_closed(Record.read(hall.house.record(hall.uuid))).evidence.testimony.signed_last_word
    assert [copy.witness for copy in found] == [LAN, MAI]
    asked = [hall.at_committee().get(f"/dot/{hall.uuid}/ho-so/witness-{n}.txt") for n in (1, 2, 3)]
    assert [(answer.status_code, answer.data) for answer in asked] == [
        (200, found[0].encode()), (200, found[1].encode()), (200, b""),  # a member's page asks until there is no more
    ]  # fmt: skip
    assert lan.copy.encode() == (tmp_path / "lan" / f"witness-{LAN}.txt").read_bytes() == found[0].encode()
    tally(hall)
    verified = verify_record(Record.read(hall.house.record(hall.uuid)), expected_manifest=hall.manifest.hash)
    assert len(verified.evidence.testimony.signed_last_word) == 2
    stated = cosigning.stated(hall.house, hall.uuid)
    assert [(each.name, each.ballots, each.closing) for each in stated] == [(LAN, 31, True), (MAI, 31, True)]
    assert stated == tuple(copy.stated for copy in verified.evidence.testimony.inside)
    assert "đã ký tờ chốt" in page(hall)
    refused(leave(hall, encode_notes(alone(lan.copy))), 409, "WRONG_PHASE")  # what a trustee saw does not change
    refused(send(hall, "", {"name": "quan-sat-3", "key": Watcher("x").public}), 409, "WRONG_PHASE")


def test_the_command_watches_and_keeps_a_copy(at: Open, tmp_path: Path) -> None:
    hall = at("voting")
    key = entered(hall, tmp_path)
    cast(hall, range(20))
    with served(hall) as box:
        arguments = ("tally", "witness", box.origin, hall.uuid, "--manifest", hall.manifest.hash, "--key", key)
        done = run(*arguments, "--folder", tmp_path / "kept", "--once", stdin=f"{WORDS}\n")
        assert done.code == DONE, done.output
        assert "10 phiếu, mã đầu chuỗi" in done.output
        hall.by_two(closing.close)
        done = run(*arguments, "--folder", tmp_path / "kept", stdin=f"{WORDS}\n")
    assert done.code == DONE, done.output
    assert grouped(written_root(hall.house, hall.uuid), 16) in done.output
    raw = (tmp_path / "kept" / f"witness-{LAN}.txt").read_bytes()
    copy = WitnessCopy.parse(raw, hall.manifest, "copy")
    record = Record.read(hall.house.record(hall.uuid))
    compare(copy, parse_notes(record["checkpoints.txt"], ""), parse_notes(record[CLOSING], "")[0], hall.manifest, "")
    assert copy.closing is not None


def test_the_wrong_paper_is_noticed_before_anything_is_kept(at: Open, tmp_path: Path) -> None:
    hall = at("voting")
    with served(hall) as box:
        done = run(
            "tally", "witness", box.origin, hall.uuid, "--manifest", "0" * 64, "--folder", tmp_path / "k", "--once"
        )
    assert (done.code, "WRONG_MANIFEST" in done.output) == (REFUSED, True)
    assert not (tmp_path / "k").exists()


def test_a_watcher_without_a_key_keeps_a_copy_and_signs_nothing(watched: Left, tmp_path: Path) -> None:
    hall, _watcher, _notes = watched
    with served(hall) as box:
        look = watching(hall, box, tmp_path).look()
    assert (look.new, look.declined) == (1, "")
    assert (tmp_path / "witness.txt").read_bytes() == cosigning.published(hall.house, hall.uuid)
    assert cosigned(hall) == 0


def test_a_witness_whom_nobody_entered_watches_and_is_told(watched: Left, tmp_path: Path) -> None:
    hall, _watcher, _notes = watched
    key, public = new_key(tmp_path, hall.uuid, MAI)
    with served(hall) as box:
        watch = watching(hall, box, tmp_path, key)
        assert "WITNESS_UNKNOWN" in watch.look().declined
        assert len(watch.copy.checkpoints) == 1
        assert send(hall, "", {"name": MAI, "key": public}).status_code == 302
        assert watch.look().declined == ""
    assert cosigned(hall) == 2  # who they are, and one checkpoint


def test_a_watcher_of_an_annulled_round_is_told_and_ends(at: Open, tmp_path: Path) -> None:
    hall = at("voting")
    hall.by_two(lambda house, uuid, actor: annulling.annul(house, uuid, "mất điện cả buổi", actor))
    with served(hall) as box:
        look = watching(hall, box, tmp_path).look()
    assert (look.phase, look.ended) == ("void", True)


def test_before_the_committee_has_its_key_there_is_nothing_to_watch_yet(at: Open, tmp_path: Path) -> None:
    hall = at("frozen")
    with served(hall) as box:
        done = run("tally", "witness", box.origin, hall.uuid, "--manifest", hall.manifest.hash, "--once", cwd=tmp_path)
    assert (done.code, "INCOMPLETE" in done.output) == (3, True)


# --- what the box publishes ---------------------------------------------------------------------------------------


# threats B13
def test_the_box_publishes_full_batches_and_no_time(at: Open) -> None:
    hall = at("voting")
    where = f"/dot/{hall.uuid}/moc.txt"
    cast(hall, range(19))
    assert hall.booth().get(where).get_data() == b""
    cast(hall, range(19, 20))
    answer = hall.booth().get(where)
    (note,) = parse_notes(answer.get_data(), "moc.txt")
    assert len(note.lines) == 13
    assert answer.mimetype == "text/plain"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert hall.booth().get(f"/dot/{hall.uuid}/closing.txt").status_code == 404


def test_what_is_not_there_yet_is_said_plainly(at: Open) -> None:
    hall = at("frozen")
    refused(hall.booth().get(f"/dot/{hall.uuid}/moc.txt"), 400, "INCOMPLETE")
    refused(hall.booth().get("/dot/9f2DVMZFFU8VRr/moc.txt"), 404, "NO_SUCH_ROUND")


# --- what witnesses leave -----------------------------------------------------------------------------------------


def leave(hall: Hall, body: bytes):
    return hall.booth().send(f"/dot/{hall.uuid}/chung-kien", data=body, content_type="application/octet-stream")


def cosigned(hall: Hall) -> int:
    with reading(hall.house.box) as session:
        return len(session.scalars(select(tables.Cosigned)).all())


def alone(copy: WitnessCopy) -> list[Note]:
    """Return what a witness sends: the texts with their own line alone."""
    return [copy.introduction, *(Note(note.lines, note.signatures[1:]) for note in copy.notes)]


@pytest.fixture(scope="module")
def twenty(prepared: Prepared) -> Iterator[tuple[Hall, Watcher]]:
    """A box with twenty ballots and so with one checkpoint, and a witness who was entered."""
    hall, watcher = prepared.at("voting"), Watcher(LAN)
    witnesses.enter(hall.house, hall.uuid, hall.actor("to-chuc-1"), name=LAN, key=watcher.public)
    cast(hall, range(20))
    hall.house.registry.dispose()
    hall.house.box.dispose()  # a database is copied while nobody is connected to it
    yield hall, watcher
    dispose(hall)


@pytest.fixture
def watched(prepared: Prepared, twenty: tuple[Hall, Watcher]) -> Iterator[tuple[Hall, Watcher, list[Note]]]:
    """A copy of that box of its own, the witness, and what the witness would leave."""
    hall, watcher = again(prepared, twenty[0]), twenty[1]
    notes = parse_notes(cosigning.published(hall.house, hall.uuid), "moc.txt")
    yield hall, watcher, alone(watcher.copy(hall.manifest, notes))
    dispose(hall)


def test_a_signature_is_kept_once_however_often_it_comes(watched: Left) -> None:
    hall, _watcher, notes = watched
    assert leave(hall, encode_notes(notes)).get_json() == {"kept": 2}
    with nothing_changes(hall.house.box):
        assert leave(hall, encode_notes([*notes, *notes])).get_json() == {"kept": 0}
    assert cosigned(hall) == 2


def signed_otherwise(key: SigningKey, message: bytes) -> bytes:
    """Return another good signature of the same text: whoever has a key may draw the nonce."""
    half = bytearray(hashlib.sha512(bytes(key)).digest()[:32])
    half[0], half[31] = half[0] & 248, half[31] & 127 | 64
    nonce = secrets.randbelow(Q)
    point = crypto_scalarmult_ed25519_base_noclamp(nonce.to_bytes(32, "little"))
    challenge = hashlib.sha512(point + bytes(key.verify_key) + message).digest()
    answer = nonce + int.from_bytes(challenge, "little") * int.from_bytes(half, "little")
    return point + (answer % Q).to_bytes(32, "little")


def test_a_witness_who_signs_one_note_in_two_ways_is_kept_once(watched: Left) -> None:
    hall, watcher, notes = watched
    ((name, raw),) = notes[1].signatures
    twin = Note(notes[1].lines, ((name, raw[:4] + signed_otherwise(watcher.key, notes[1].signed_bytes)),))
    assert leave(hall, encode_notes([*notes, twin])).get_json() == {"kept": 2}
    assert leave(hall, encode_notes([twin])).get_json() == {"kept": 0}
    assert raw in {bytes(row[3]) for row in rows(hall.house.box)["cosigned"]}


def test_who_left_a_name_alone_stands_beside_the_record_and_in_no_minutes(watched: Left) -> None:
    """threats F10: the box keeps what it was given, and nobody is said to have watched because of it."""
    hall, watcher, notes = watched
    assert leave(hall, encode_notes(notes[:1])).get_json() == {"kept": 1}
    hall.by_two(closing.close)
    record = Record.read(hall.house.record(hall.uuid))
    assert record.witnesses == {"witness-1.txt": watcher.begin(hall.manifest).encode()}
    assert verify_closed(record).evidence.testimony.watched == ()
    assert cosigning.stated(hall.house, hall.uuid) == ()


def test_what_was_checked_under_a_key_that_was_taken_back_meanwhile_is_not_kept(watched: Left) -> None:
    """Else the copy in the record would hold signatures of another key than it names, and nobody could verify it."""
    hall, watcher, notes = watched
    left = [(hall.uuid, LAN, digest_of(note), note.signatures[0][1], bytes(watcher.key.verify_key)) for note in notes]
    actor = hall.actor("to-chuc-1")
    witnesses.withdraw(hall.house, hall.uuid, actor, name=LAN)
    for _state in ("gone", "another key"):
        with nothing_changes(hall.house.box), pytest.raises(cosigning.WitnessUnknown):
            cosigning._keep(hall.house, hall.uuid, left)
        if _state == "gone":
            witnesses.enter(hall.house, hall.uuid, actor, name=LAN, key=Watcher("x").public)


@pytest.mark.parametrize("name", ["a\0b", "", "Lan", "quan-sát"])
def test_a_name_that_nobody_can_have_is_refused_before_it_is_looked_up(watched: Left, name: str) -> None:
    hall, _watcher, notes = watched
    strange = Note(notes[0].lines, ((f"{hall.manifest.origin}/{name}", notes[0].signatures[0][1]),))
    refused(leave(hall, encode_notes([strange])), 403, "WITNESS_UNKNOWN")


@pytest.mark.parametrize("uuid", ["đợt", "..", "a" * 300])
def test_there_is_no_last_word_of_a_round_that_nobody_knows(at: Open, uuid: str) -> None:
    refused(at("voting").booth().get(f"/dot/{uuid}/closing.txt"), 404, "NO_SUCH_ROUND")


def test_nothing_is_kept_of_somebody_whom_nobody_entered(watched: Left) -> None:
    hall, _watcher, _notes = watched
    said = parse_notes(cosigning.published(hall.house, hall.uuid), "moc.txt")
    with nothing_changes(hall.house.box):
        stranger = alone(Watcher("nguoi-la").copy(hall.manifest, said))
        refused(leave(hall, encode_notes(stranger)), 403, "WITNESS_UNKNOWN")
        impostor = alone(Watcher(LAN).copy(hall.manifest, said))
        refused(leave(hall, encode_notes(impostor)), 400, "BAD_SIGNATURE")
        refused(leave(hall, encode_notes(said)), 403, "WITNESS_UNKNOWN")


def test_a_text_that_the_box_never_signed_is_not_kept(watched: Left) -> None:
    hall, watcher, notes = watched
    lines = (hall.manifest.origin, "30", notes[1].lines[2], *notes[1].lines[3:])
    other = alone(watcher.copy(hall.manifest, [Note(lines, (("x", b""),))]))[1:]
    with nothing_changes(hall.house.box):
        refused(leave(hall, encode_notes(other)), 409, "NOTE_UNKNOWN")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [(b"\xff", 400, "NOT_CANONICAL"), (b"x\n\n", 400, "NOT_CANONICAL"), (b"x" * (1024 * 1024 + 1), 413, "TOO_LARGE")],
)
def test_what_is_no_note_is_refused(at: Open, body: bytes, status: int, code: str) -> None:
    refused(leave(at("voting"), body), status, code)


def test_the_box_keeps_no_time_of_a_witness(watched: Left) -> None:  # threats B2
    hall, _watcher, notes = watched
    leave(hall, encode_notes(notes))
    assert {column["name"] for column in inspect(hall.house.box).get_columns("cosigned")} == set(cosigning.COLUMNS)
    assert {kind for _uuid, kind in {(row[0], len(row[3])) for row in rows(hall.house.box)["cosigned"]}} == {68}


# --- whom the organisers enter ------------------------------------------------------------------------------------


def test_only_organisers_enter_witnesses_and_the_log_names_the_key(at: Open) -> None:
    hall, watcher = at("voting"), Watcher(LAN)
    assert send(hall, "", {"name": LAN, "key": watcher.public}, login="tiep-don").status_code in (400, 403)
    assert send(hall, "", {"name": LAN, "key": watcher.public}).status_code == 302
    assert watcher.public[:4] in page(hall)
    journal = hall.person("to-chuc-1").get("/nhat-ky/").get_data(as_text=True)
    assert "Ghi người chứng kiến" in journal
    assert watcher.public in journal


NO_WITNESS = [("Lan", "ab" * 32, "WRONG_SHAPE"), ("a" * 41, "ab" * 32, "WRONG_SHAPE"), (LAN, "ab" * 31, "BAD_HASH")]


@pytest.mark.parametrize(("name", "key", "code"), NO_WITNESS)
def test_what_is_no_name_and_no_key_is_refused(at: Open, name: str, key: str, code: str) -> None:
    hall = at("voting")
    with nothing_changes(hall.house.registry, hall.house.box):
        refused(send(hall, "", {"name": name, "key": key}), 400, code)


def test_a_name_or_a_key_serves_one_witness(at: Open) -> None:
    hall, watcher = at("voting"), Watcher(LAN)
    assert send(hall, "", {"name": LAN, "key": watcher.public}).status_code == 302
    for name, key in (
        (LAN, "ab" * 32),
        (MAI, watcher.public),
        (MAI, hall.manifest.box_key),
        (MAI, hall.manifest.log_key),
    ):
        refused(send(hall, "", {"name": name, "key": key}), 409, "WITNESS_EXISTS")


def test_a_record_has_room_for_nine(at: Open) -> None:
    hall = at("voting")
    for number in range(9):
        name, key = f"quan-sat-{number}", Watcher("x").public
        witnesses.enter(hall.house, hall.uuid, hall.actor("to-chuc-1"), name=name, key=key)
    refused(send(hall, "", {"name": "quan-sat-10", "key": Watcher("x").public}), 409, "TOO_MANY_WITNESSES")


def test_a_witness_entered_by_mistake_is_taken_back_until_they_sign(watched: Left) -> None:
    hall, _watcher, notes = watched
    assert send(hall, "", {"name": MAI, "key": Watcher("x").public}).status_code == 302
    assert send(hall, "/rut", {"name": MAI}).status_code == 302
    refused(send(hall, "/rut", {"name": MAI}), 403, "WITNESS_UNKNOWN")
    leave(hall, encode_notes(notes))
    refused(send(hall, "/rut", {"name": LAN}), 409, "WITNESS_HAS_SIGNED")


def test_before_the_seal_there_is_no_box_to_watch(at: Open) -> None:
    hall = at("draft")
    assert "Chưa có mốc nào" in page(hall)
    refused(send(hall, "", {"name": LAN, "key": Watcher("x").public}), 404, "NO_SUCH_ROUND")
