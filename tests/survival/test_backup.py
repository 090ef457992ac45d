"""Backups: made while voting goes on, one recipient for each part, no order in the box's, nothing written when wrong.

Here live files of backups and what is in them. Never here: a box that is resumed (tests/ballot/backup/test_resume.py).
"""

from __future__ import annotations

import secrets
import shutil
import threading
import tracemalloc
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from ballot.backup.entries import read_entries
from ballot.backup.errors import (
    BackupDamaged,
    BackupOfAnother,
    BackupUnknown,
    OneRecipient,
    RestoreNotEmpty,
)
from ballot.backup.making import back_up
from ballot.backup.restoring import restore
from ballot.backup.sealed import BOX, CHUNK, KEYS, PARTS, REGISTRY, Header, SealedWriter, opened
from ballot.config import Config
from ballot.house import House
from ballot.models import box as tables
from ballot.models.registry.accounts import Organisation
from ballot.result import closing
from ballot.storage import writing
from keys.errors import BadRecipient
from keys.signers import BackupKey
from tally.protocol.ballot import Ballot
from tests.ballot.backup.test_resume import is_open
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, rows
from tests.ballot.prepared import Prepared, new_hall
from tests.commands import REFUSED, run
from tests.postgres import Server
from tests.survival.backups import WORDS, Made, Recipients

BEFORE, DURING = 4, 4
ORDERED, IN_LOG = 300, 50  # later the log begins again from its start
TAU_BOUND = 0.12  # threats G7: 300 in no order, standard deviation 0.039


class Saved:
    """A hall with ballots, backed up in the midst of casting, and the three files."""

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        self.hall: Hall = prepared.at("voting")
        self.folder, self.to = folder, Recipients.make(folder / "holders")
        (self.hall.house.folder(self.hall.uuid) / "parts").mkdir(parents=True)
        (self.hall.house.folder(self.hall.uuid) / "parts" / "partial-1.json").write_bytes(b"a file of the round")
        bodies = [self.hall.body(number) for number in range(BEFORE + DURING)]
        for body in bodies[:BEFORE]:
            assert self.hall.cast(body).status_code == 201
        self.before, self.later = ballots(self.hall), list[int]()
        voters = threading.Thread(target=lambda: self._cast(bodies[BEFORE:]))
        voters.start()
        self.made = self.to.back_up(self.hall.house, folder / "backups")
        voters.join()
        self.after = ballots(self.hall)
        self.restored = folder / "restored"
        self.parts = self.to.restore(self.made, self.restored)

    def _cast(self, bodies: list[bytes]) -> None:
        self.later += [self.hall.cast(body).status_code for body in bodies]

    def raw(self, part: str) -> bytes:
        return self.made[part].path.read_bytes()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("hall"))


@pytest.fixture(scope="module")
def saved(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Saved]:
    saved = Saved(prepared, tmp_path_factory.mktemp("saved"))
    yield saved
    saved.hall.house.registry.dispose()
    saved.hall.house.box.dispose()


def decrypted(made: Made, key: BackupKey) -> dict[str, bytes]:
    """Return the files in a backup."""
    with made.path.open("rb") as file:
        return {name: b"".join(pieces) for name, pieces in read_entries(opened(file, key))}


# --- made and restored --------------------------------------------------------------------------------------------


def test_voting_goes_on_while_a_backup_is_made_and_the_backup_is_of_one_moment(saved: Saved) -> None:
    """threats I5, B15"""
    assert saved.later == [201] * DURING
    assert len(saved.after) == BEFORE + DURING
    hall = opened_at(saved)
    assert set(saved.before) <= set(ballots(hall)) <= set(saved.after)
    dispose(hall)


def opened_at(saved: Saved) -> Hall:
    """Open a house where everything was restored, with nothing but what the backups held."""
    place = saved.folder / f"opened-{secrets.token_hex(4)}"
    shutil.copytree(saved.restored, place)
    hall = new_hall(place)
    hall.uuid, hall.slips, hall.board = saved.hall.uuid, saved.hall.slips, saved.hall.board
    return hall


def dispose(hall: Hall) -> None:
    hall.house.registry.dispose()
    hall.house.box.dispose()


def test_what_is_restored_is_what_was_there_and_the_keys_open_with_it(saved: Saved) -> None:
    hall = opened_at(saved)
    assert rows(hall.house.registry) == rows(saved.hall.house.registry)
    for public in ("box", "log"):
        mine, theirs = (getattr(h.house.keyring, public)(hall.uuid).public_hex for h in (hall, saved.hall))
        assert mine == theirs
    assert (hall.house.folder(hall.uuid) / "parts" / "partial-1.json").read_bytes() == b"a file of the round"
    assert {oct(path.stat().st_mode & 0o777) for path in saved.restored.rglob("*") if path.is_file()} == {"0o600"}
    dispose(hall)


def test_a_restored_box_says_which_rounds_it_takes_no_ballot_of(saved: Saved) -> None:
    """threats I13"""
    assert [(part.part, part.behind) for part in saved.parts] == [
        (REGISTRY, ()), (BOX, (saved.hall.uuid,)), (KEYS, ()),
    ]  # fmt: skip
    hall = opened_at(saved)
    assert not is_open(hall)
    assert hall.cast(hall.body(40)).status_code == 503
    dispose(hall)


def test_a_closed_box_is_restored_as_it_was(prepared: Prepared, tmp_path: Path) -> None:
    hall, to = prepared.at("voting"), Recipients.make(tmp_path / "holders")
    hall.by_two(closing.close)
    parts = to.restore(to.back_up(hall.house, tmp_path / "backups"), tmp_path / "restored")
    assert [part.behind for part in parts] == [(), (), ()]
    record = hall.house.record(hall.uuid)
    again = tmp_path / "restored" / record.relative_to(hall.house.config.instance)
    assert {p.name: p.read_bytes() for p in again.iterdir()} == {p.name: p.read_bytes() for p in record.iterdir()}
    dispose(hall)


def test_each_file_names_its_part_its_format_and_its_rounds_with_their_phases(saved: Saved) -> None:
    for part in PARTS:
        with saved.made[part].path.open("rb") as file:
            header = Header.read(file)
        assert (header.part, header.recipient) == (part, saved.to.names[part])
        assert header.rounds == ((saved.hall.uuid, "voting"),)


# --- who can read what --------------------------------------------------------------------------------------------


def test_registry_box_and_keys_never_meet_in_one_file(saved: Saved) -> None:
    """threats B9, B15"""
    found = {part: decrypted(saved.made[part], saved.to.key(part)) for part in PARTS}
    assert set(found[BOX]) == {"box.db"}
    assert {name.split("/")[0] for name in found[KEYS]} == {"keys"}
    assert {name.split("/")[0] for name in found[REGISTRY]} == {
        "registry.db", saved.hall.house.folder(saved.hall.uuid).name,
    }  # fmt: skip
    everything = {part: b"".join(files.values()) for part, files in found.items()}
    hashes = [bytes.fromhex(Ballot.parse(raw).hash) for raw in saved.before]
    assert [part for part, data in everything.items() if any(digest in data for digest in hashes)] == [BOX]
    assert [part for part, data in everything.items() if b"DB-0007" in data] == [REGISTRY]
    secret = (saved.hall.house.keyring.passphrase_file).read_bytes()
    assert [part for part, data in everything.items() if secret in data] == [KEYS]


def test_two_parts_never_go_to_one_recipient(saved: Saved, tmp_path: Path) -> None:
    one = saved.to.names[BOX]
    with pytest.raises(OneRecipient):
        back_up(saved.hall.house, tmp_path, {REGISTRY: one, BOX: one}, stamp="2")
    assert list(tmp_path.iterdir()) == []


def test_nothing_readable_stands_in_the_files_or_beside_them(saved: Saved) -> None:
    for part in PARTS:
        body = saved.raw(part).partition(b"\n")[2]
        for secret in (b"DB-0007", b"SQLite format", b"argon2id", saved.hall.uuid.encode(), b"election_uuid"):
            assert secret not in body
        assert saved.made[part].path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in (saved.folder / "backups").iterdir()) == [
        f"{p}-1.ptn-backup" for p in sorted(PARTS)
    ]


def test_a_recipient_with_a_digit_changed_is_refused_and_leaves_no_file(saved: Saved, tmp_path: Path) -> None:
    right = saved.to.names[BOX]
    for wrong in (right[:-1] + ("0" if right[-1] != "0" else "1"), right.upper(), right + " ", "age1xyz", ""):
        if wrong:
            with pytest.raises(BadRecipient):
                back_up(saved.hall.house, tmp_path, {BOX: wrong}, stamp="3")
    assert list(tmp_path.iterdir()) == []


# threats B15
def test_the_boxs_backup_tells_no_order_of_arrival_and_the_live_log_does(tmp_path: Path) -> None:
    """threats B2, B3, K3, G7: the same measure finds the order in the log of the running box and none in the backup."""
    house = House.open(Config.from_environ({"BALLOT_INSTANCE": str(tmp_path / "house")}))
    arrived = [secrets.token_bytes(32) for _ in range(ORDERED)]
    for number, digest in enumerate(arrived):
        with writing(house.box) as session:
            row = {"credential": secrets.token_bytes(32), "raw": digest.hex().encode() * 4}
            session.add(tables.Ballot(uuid="x", hash=digest, **row))
            session.add(tables.Staged(uuid="x", hash=digest))
        if number + 1 == IN_LOG:
            live = (tmp_path / "house" / "box.db-wal").read_bytes()
    to = Recipients.make(tmp_path / "holders")
    (made,) = back_up(house, tmp_path, {BOX: to.names[BOX]}, stamp="1")
    image = decrypted(made, to.key(BOX))["box.db"]
    for engine in (house.registry, house.box):
        engine.dispose()
    assert tau([live.index(digest) for digest in arrived[:IN_LOG]]) > 0.9
    for spelling in (bytes, lambda digest: digest.hex().encode()):
        assert abs(tau([image.index(spelling(digest)) for digest in arrived])) < TAU_BOUND


def tau(places: list[int]) -> float:
    pairs = list(combinations(places, 2))
    return sum(1 if a < b else -1 for a, b in pairs) / len(pairs)


# --- wrong files --------------------------------------------------------------------------------------------------


def restores_nothing(path: Path, key: BackupKey, instance: Path, *errors: type[Exception]) -> None:
    with pytest.raises(errors):
        restore(path, key, instance)
    assert not instance.exists()


def test_another_recipients_key_opens_nothing(saved: Saved, tmp_path: Path) -> None:
    for part in PARTS:
        for other in set(PARTS) - {part}:
            restores_nothing(saved.made[part].path, saved.to.key(other), tmp_path / "to", BackupOfAnother)


def places(raw: bytes) -> list[int]:
    """Return offsets in every region of a backup: the header, the sealed key, the start, chunks, tags, the end."""
    head = raw.index(b"\n") + 1
    regions = [*range(0, head, 13), head - 1, *range(head, head + 104, 9), head + 104 + CHUNK, head + 104 + CHUNK + 16]
    return sorted({place for place in [*regions, len(raw) // 2, len(raw) - 17, len(raw) - 1] if place < len(raw)})


def test_a_flipped_byte_anywhere_is_refused_and_nothing_is_written(saved: Saved, tmp_path: Path) -> None:
    raw, key, path = saved.raw(BOX), saved.to.key(BOX), tmp_path / "flipped"
    for place in places(raw):
        for bit in (1, 128):
            path.write_bytes(raw[:place] + bytes([raw[place] ^ bit]) + raw[place + 1 :])
            restores_nothing(path, key, tmp_path / "to", BackupDamaged, BackupUnknown, BackupOfAnother)


def test_a_file_that_is_cut_off_or_longer_is_refused_and_nothing_is_written(saved: Saved, tmp_path: Path) -> None:
    raw, key, path = saved.raw(BOX), saved.to.key(BOX), tmp_path / "cut"
    chunk = raw.index(b"\n") + 1 + 104 + CHUNK + 17
    assert len(raw) > chunk  # at least two chunks: an end at the border of one is an end that was cut off
    for size in (0, 1, *places(raw), chunk):
        path.write_bytes(raw[:size])
        restores_nothing(path, key, tmp_path / "to", BackupDamaged, BackupUnknown)
    for more in (b"\0", raw):
        path.write_bytes(raw + more)
        restores_nothing(path, key, tmp_path / "to", BackupDamaged)


def test_chunks_of_two_backups_cannot_be_mixed(saved: Saved, tmp_path: Path) -> None:
    (other,) = back_up(saved.hall.house, tmp_path, {BOX: saved.to.names[BOX]}, stamp="4")
    first, second = saved.raw(BOX), other.path.read_bytes()
    head = first.index(b"\n") + 1 + 104
    path = tmp_path / "mixed"
    path.write_bytes(first[: head + CHUNK + 17] + second[head + CHUNK + 17 :])
    restores_nothing(path, saved.to.key(BOX), tmp_path / "to", BackupDamaged)


def test_a_backup_by_somebody_else_leads_to_no_other_folder(saved: Saved, tmp_path: Path) -> None:
    """Whoever knows the recipient can make a file: names in it are not believed (threats H18)."""
    hostile = [
        "../box.db",
        "/etc/box.db",
        "box.db/../../x",
        ".box.db",
        "box.db\0",
        "keys/machine.secret",
        "",
        "a" * 300,
    ]
    for name in hostile:
        path = tmp_path / "hostile"
        with path.open("wb") as file:
            writer = SealedWriter(file, Header(BOX, saved.to.names[BOX], ()))
            line = b'{"name":' + repr(name).replace("'", '"').replace("\\x00", "\\u0000").encode() + b',"size":1}\n'
            writer.write(line + b"x")
            writer.close()
        restores_nothing(path, saved.to.key(BOX), tmp_path / "to", BackupDamaged)


def test_a_database_that_is_none_is_refused(saved: Saved, tmp_path: Path) -> None:
    for content in (b"", b"SQLite format 3\0" + bytes(5000), secrets.token_bytes(9000)):
        path = tmp_path / "none"
        with path.open("wb") as file:
            writer = SealedWriter(file, Header(BOX, saved.to.names[BOX], ()))
            writer.write(b'{"name":"box.db","size":%d}\n' % len(content) + content)
            writer.close()
        with pytest.raises(BackupDamaged):
            restore(path, saved.to.key(BOX), tmp_path / "to")
        assert list((tmp_path / "to").iterdir()) == []


def test_restoring_writes_over_nothing(saved: Saved, tmp_path: Path) -> None:
    """threats E11"""
    for part in PARTS:
        with pytest.raises(RestoreNotEmpty):
            restore(saved.made[part].path, saved.to.key(part), saved.restored)
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "something.txt").write_text("x")
    with pytest.raises(RestoreNotEmpty, match="something"):
        restore(saved.made[BOX].path, saved.to.key(BOX), tmp_path / "to")
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["something.txt"]


# --- in passing ---------------------------------------------------------------------------------------------------


def test_a_large_file_needs_no_more_memory_than_a_few_chunks(saved: Saved, tmp_path: Path) -> None:
    size, piece, key = 24 * 1024 * 1024, bytes(CHUNK), saved.to.key(BOX)
    tracemalloc.start()
    with (tmp_path / "large").open("wb") as file:
        writer = SealedWriter(file, Header(BOX, saved.to.names[BOX], ()))
        writer.write(b'{"name":"box.db","size":%d}\n' % size)
        for _ in range(size // CHUNK):
            writer.write(piece)
        writer.close()
    with (tmp_path / "large").open("rb") as file:
        read = sum(len(p) for _name, pieces in read_entries(opened(file, key)) for p in pieces)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == size
    assert peak < 2 * 1024 * 1024


def test_a_box_by_itself_backs_up_its_two_parts_and_never_the_registry(saved: Saved, tmp_path: Path) -> None:
    place = tmp_path / "instance"
    shutil.copytree(saved.restored, place)
    (place / "registry.db").unlink()
    more = {"BALLOT_ROLES": "box", "BALLOT_INSTANCE": str(place)}
    to = ("--box-to", saved.to.names[BOX], "--keys-to", saved.to.names[KEYS])
    assert run("ballot", "backup", tmp_path / "out", *to, **more).code == 0
    refused = run("ballot", "backup", tmp_path / "out", "--registry-to", saved.to.names[REGISTRY], **more)
    assert (refused.code, "NOT_SERVED_HERE" in refused.output) == (REFUSED, True)
    assert {path.name.split("-")[0] for path in (tmp_path / "out").iterdir()} == {BOX, KEYS}


def test_a_recipients_key_is_made_shown_and_ended_by_commands(tmp_path: Path) -> None:
    made = run("keys", "backup", "new", tmp_path, "--name", "hom-phieu", stdin=f"{WORDS}\n")
    path = tmp_path / "hom-phieu.backup.key"
    assert made.output.strip().startswith("ptn-backup-")
    assert run("keys", "backup", "show", path, stdin=f"{WORDS}\n").output == made.output
    wrong = run("keys", "backup", "destroy", path, "--yes", stdin="không phải mật khẩu ấy\n")
    assert (wrong.code, path.exists()) == (REFUSED, True)
    assert run("keys", "backup", "destroy", path, "--yes", stdin=f"{WORDS}\n").code == 0
    assert not path.exists()


# --- a PostgreSQL server ------------------------------------------------------------------------------------------


def test_a_backup_goes_into_a_postgresql_server_and_comes_out_of_one(
    saved: Saved, postgres: Server, tmp_path: Path
) -> None:
    """The same file restores into either kind of database, and a server's rows leave it in the order of their keys."""
    urls = {part: postgres.create(f"restored_{part}_{secrets.token_hex(4)}") for part in (REGISTRY, BOX)}
    for part in PARTS:
        restore(saved.made[part].path, saved.to.key(part), tmp_path / "on-server", into=urls.get(part, ""))
    assert sorted(path.suffix for path in (tmp_path / "on-server").iterdir() if path.suffix) == []
    environ = {
        "BALLOT_INSTANCE": str(tmp_path / "on-server"),
        "BALLOT_REGISTRY_DB": urls[REGISTRY], "BALLOT_BOX_DB": urls[BOX],
    }  # fmt: skip
    house = House.open(Config.from_environ(environ))
    parts = saved.to.restore(saved.to.back_up(house, tmp_path / "again"), tmp_path / "in-files")
    assert [part.behind for part in parts] == [(), (saved.hall.uuid,), ()]
    hall = new_hall(tmp_path / "in-files")
    straight = opened_at(saved)
    for name in ("registry", "box"):
        assert rows(getattr(hall.house, name)) == rows(getattr(straight.house, name))
    dispose(straight)
    with pytest.raises(RestoreNotEmpty):
        restore(saved.made[BOX].path, saved.to.key(BOX), tmp_path / "twice", into=urls[BOX])
    assert list((tmp_path / "twice").iterdir()) == []
    hall.uuid = saved.hall.uuid
    assert not is_open(hall)
    with writing(house.registry) as session:  # numbers go on after the largest
        row = session.get_one(Organisation, 1)
        session.add(Organisation(uuid="x", name=f"{row.name} khác"))
    dispose(hall)
    for engine in (house.registry, house.box):
        engine.dispose()
