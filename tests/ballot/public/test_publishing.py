"""A box that shares nothing with the registry but the box's database: its key comes to it, and so does the record.

Here live two houses with folders of their own. Never here: a file that one of them reads in the other's folder.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ballot import box_key, key_files
from ballot.app import box_app
from ballot.box import second_copy
from ballot.box_round import round_of
from ballot.config import Config
from ballot.house import House
from ballot.life import sealing
from ballot.models.box import RecordFile
from ballot.models.copy import NOTE
from ballot.public import board, publishing
from ballot.result import counting
from ballot.result.tally_process import TallyRefused
from ballot.storage import reading, writing
from keys.signers import machine_secret
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.phase import Phase
from tally.record import CLOSING, RESULT, Record
from tally.verify import verify_record
from tests.ballot.asking import do, hand_in_parts
from tests.ballot.hall import Hall
from tests.ballot.look import refused
from tests.ballot.prepared import with_people
from tests.commands import REFUSED, run
from tests.postgres import databases


@dataclass
class Apart:
    """A hall at the registry's house, whose box is served by a house of its own."""

    hall: Hall
    box: House
    closed: bytes = field(default=b"", repr=False)
    """The record as the board handed it out after the close."""

    @property
    def left(self) -> set[str]:
        """Names of what the registry left in the box's database."""
        with reading(self.box.box) as session:
            return {row.file for row in session.query(RecordFile)}


def opened(folder: Path) -> Apart:
    """Open two houses with one box database between them, linked as README says."""
    shared = {"BALLOT_BOX_DB": databases(folder).get("BALLOT_BOX_DB", f"sqlite:///{folder}/shared/box.db")}
    (folder / "shared").mkdir(parents=True)
    (folder / "other-disk").mkdir()
    own = {"BALLOT_INSTANCE": str(folder / "box"), "BALLOT_ROLES": "box", **shared}
    own["BALLOT_BOX_COPY"] = f"sqlite:///{folder}/other-disk/copy.db"
    box = House.open(Config.from_environ(own))
    registry = {"BALLOT_INSTANCE": str(folder / "registry"), "BALLOT_ROLES": "registry", **shared}
    if url := databases(folder).get("BALLOT_REGISTRY_DB"):
        registry["BALLOT_REGISTRY_DB"] = url
    (folder / "registry" / "keys").mkdir(parents=True, mode=0o700)
    machine_secret(box.keyring.box_secret)  # as `ballot box link` draws it
    shutil.copy(box.keyring.box_secret, folder / "registry" / "keys")
    hall = with_people(Hall(House.open(Config.from_environ(registry))))
    hall.box = box_app(box)  # what the voters reach
    return Apart(hall, box)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Apart, dict[str, set[str]]]]:
    """A round played over both, and what lay in the box's database at each step."""
    both = opened(tmp_path_factory.mktemp("apart"))
    seen, hall = ended(both), both.hall
    assert do(hall.person("to-chuc-1"), hall, "kiem-phieu").status_code == 302
    seen["tallied"] = both.left
    yield both, seen
    shut(both)


def ended(both: Apart) -> dict[str, set[str]]:
    """Play a round until its parts are in; return what lay in the box's database at each step."""
    hall, seen = both.hall, {}
    hall.draft()
    hall.issuing()
    seen["issuing"] = both.left
    hall.slips = [hall.slip(voter_id) for voter_id in hall.voters()[:30]]
    hall.freeze()
    hall.ready()
    hall.voting()
    for number in range(6):
        assert hall.cast(hall.body(number)).status_code == 201
    organiser = hall.person("to-chuc-1")
    for login in ("to-chuc-1", "to-chuc-2"):
        do(hall.person(login), hall, "dong")
    seen["closed"] = both.left
    both.closed = hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip").get_data()
    hand_in_parts(hall, organiser)
    return seen


def shut(both: Apart) -> None:
    for engine in (both.hall.house.registry, both.hall.house.box, both.box.box):
        engine.dispose()


def test_the_boxs_key_comes_to_it_encrypted_and_opens_there_alone(counted: tuple[Apart, dict[str, set[str]]]) -> None:
    both, seen = counted
    here, there = both.hall.house.keyring, both.box.keyring
    assert seen["issuing"] == {key_files.BOX}
    assert here.box_secret.read_bytes() == there.box_secret.read_bytes()
    assert here.box(both.hall.uuid).public_hex == there.box(both.hall.uuid).public_hex
    copy = there.path(both.hall.uuid, key_files.BOX)
    assert copy.stat().st_mode & 0o077 == 0
    assert {path.name for path in copy.parent.iterdir()} == {key_files.BOX}
    assert not there.passphrase_file.exists()
    assert b"machine" not in copy.read_bytes()


def test_the_board_shows_the_record_from_what_the_registry_left(counted: tuple[Apart, dict[str, set[str]]]) -> None:
    both, seen = counted
    assert len(seen["closed"] - {key_files.BOX, publishing.INDEX}) == 9
    with zipfile.ZipFile(BytesIO(both.closed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    kept = Record.read(both.hall.house.record(both.hall.uuid))
    assert all(kept.files.get(name if not name.endswith(".bel") else "archive") is not None for name in files)
    page = both.hall.booth().get(f"/dot/{both.hall.uuid}/tra-cuu").get_data(as_text=True)
    trackers = board.trackers(both.box, both.hall.uuid)
    assert len(trackers) == 6
    assert [t for t in trackers if t not in page.replace("&#43;", "+")] == []


def test_a_result_that_is_withheld_does_not_leave_the_registry(counted: tuple[Apart, dict[str, set[str]]]) -> None:
    both, seen = counted
    assert (both.hall.house.record(both.hall.uuid) / RESULT).is_file()
    assert seen["tallied"] == seen["closed"]
    assert not (both.box.record(both.hall.uuid) / RESULT).exists()
    refused(both.hall.booth().get(f"/dot/{both.hall.uuid}/ho-so.zip"), 403, "RESULT_NOT_CERTIFIED")


def test_what_is_certified_comes_to_the_board_whole(counted: tuple[Apart, dict[str, set[str]]]) -> None:
    both, _seen = counted
    uuid, house = both.hall.uuid, both.hall.house
    with writing(house.box) as session:  # what certifying.py does once every signature was verified
        round_of(session, uuid).phase = Phase.CERTIFIED.value
    for _ in range(2):
        publishing.publish(house, uuid)
    page = both.hall.booth().get(f"/dot/{uuid}/")
    assert page.status_code == 200
    verified = verify_record(Record.read(both.box.record(uuid)))
    assert len(verified.evidence.ballots) == 6
    zipped = both.hall.booth().get(f"/dot/{uuid}/ho-so.zip").get_data()
    with zipfile.ZipFile(BytesIO(zipped)) as archive:
        for name in archive.namelist():
            assert archive.read(name) == (house.record(uuid) / name).read_bytes()


def test_the_boxs_second_copy_learns_that_the_box_was_closed(counted: tuple[Apart, dict[str, set[str]]]) -> None:
    """threats E11: whoever restores an older box later cannot open it again."""
    both, uuid = counted[0], counted[0].hall.uuid
    record = board.find(both.box, uuid).folder
    kept = second_copy.held(both.box.box_copy, uuid, NOTE)
    assert kept[second_copy.last_word_key(uuid)] == (record / CLOSING).read_bytes()


def test_a_file_that_went_away_goes_from_the_boxs_folder(counted: tuple[Apart, dict[str, set[str]]]) -> None:
    both, _seen = counted
    uuid, house = both.hall.uuid, both.hall.house
    paper = house.record(uuid) / "report" / "ket-qua.pdf"
    assert paper.is_file()
    publishing.publish(house, uuid)
    publishing.fetch(both.box, uuid)
    copy = both.box.record(uuid) / "report" / "ket-qua.pdf"
    assert copy.read_bytes() == paper.read_bytes()
    paper.unlink()
    publishing.publish(house, uuid)
    publishing.fetch(both.box, uuid)
    assert not copy.exists()


def test_the_boxs_copy_of_its_key_ends_with_the_registrys(counted: tuple[Apart, dict[str, set[str]]]) -> None:
    both, _seen = counted
    copy = both.box.keyring.path(both.hall.uuid, key_files.BOX)
    with writing(both.hall.house.box) as session:
        box_key.forget(session, both.hall.uuid)
    publishing.fetch(both.box, both.hall.uuid)
    assert not copy.exists()


def put_whole(both: Apart) -> None:
    """Leave everything with the box that lies in the registry's folder, whatever the phase."""
    found = publishing._files(both.hall.house.record(both.hall.uuid))
    rows = {name: path.read_bytes() for name, path in found.items()}
    rows[publishing.INDEX] = canonical({name: sha256_hex(raw) for name, raw in rows.items()})
    with writing(both.hall.house.box) as session:
        for name, raw in rows.items():
            session.merge(RecordFile(uuid=both.hall.uuid, file=name, written=raw))


def test_what_the_board_withholds_is_taken_back_from_the_box_and_from_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threats E5: a count that was cut off stays with the registry, and what once left it comes back."""
    both = opened(tmp_path)
    seen, hall, box = ended(both), both.hall, both.box
    closed = {path.name: path.read_bytes() for path in box.record(hall.uuid).iterdir() if path.is_file()}

    def kept() -> dict[str, bytes]:
        publishing.fetch(box, hall.uuid)
        folder = box.record(hall.uuid)
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def cut_off(*arguments: Any) -> None:
        move_files(*arguments)
        raise TallyRefused(output="")

    move_files = counting._move_files
    monkeypatch.setattr(counting, "_move_files", cut_off)
    refused(do(hall.person("to-chuc-1"), hall, "kiem-phieu"), 400, "TALLY_REFUSED")
    monkeypatch.undo()
    publishing.publish(hall.house, hall.uuid)
    assert (hall.house.record(hall.uuid) / RESULT).is_file()
    assert (both.left, kept()) == (seen["closed"], closed)
    assert hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip").get_data() == both.closed
    for phase in ("closed", "tallied"):
        assert hall.phase() == phase
        put_whole(both)
        assert {RESULT, "report/ket-qua.pdf"} <= set(kept())
        publishing.publish(hall.house, hall.uuid)
        assert (both.left, kept()) == (seen["closed"], closed)
        if phase == "closed":
            assert do(hall.person("to-chuc-1"), hall, "kiem-phieu").status_code == 302
    shut(both)


def test_a_name_that_is_no_file_of_a_record_is_not_written(tmp_path: Path) -> None:
    """Whoever writes in the box's database still cannot write anywhere else on the box's machine."""
    both = opened(tmp_path / "hostile")
    both.hall.draft()
    sealing.seal(both.hall.house, both.hall.uuid, both.hall.actor("to-chuc-1"))
    names = ("../../evil", "report/../../evil", "/evil", ".hidden", "report/.hidden", "x/y")
    digest = sha256_hex(b"x")
    with writing(both.box.box) as session:
        index = canonical(dict.fromkeys(names, digest))
        session.add(RecordFile(uuid=both.hall.uuid, file=publishing.INDEX, written=index))
        session.add_all(RecordFile(uuid=both.hall.uuid, file=name, written=b"x") for name in names)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    publishing.fetch(both.box, both.hall.uuid)
    made = {path.name for path in tmp_path.rglob("*") if path.is_file()} - {path.name for path in before}
    assert made <= {publishing.INDEX}


def test_a_box_is_linked_once_and_never_anew_while_a_round_lives(tmp_path: Path) -> None:
    both = opened(tmp_path)
    both.hall.draft()
    both.hall.issuing()
    own = {"BALLOT_INSTANCE": str(tmp_path / "box"), "BALLOT_BOX_DB": both.box.config.box_url, "BALLOT_ROLES": "box"}
    carried = tmp_path / "again.secret"
    assert run("ballot", "box", "link", carried, **own).code == 0  # the same secret, once more
    assert (carried.read_bytes(), carried.stat().st_mode & 0o077) == (both.box.keyring.box_secret.read_bytes(), 0)
    both.box.keyring.box_secret.unlink()
    done = run("ballot", "box", "link", tmp_path / "third.secret", **own)
    assert (done.code, "BOX_IN_USE" in done.output) == (REFUSED, True)
