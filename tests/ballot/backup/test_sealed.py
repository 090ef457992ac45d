"""The bytes of a backup: padded to whole mebibytes, the padding bound like everything else; version 1 is still read.

Here live files made byte by byte, as SPEC 5.22 says. Never here: a database (tests/survival/test_backup.py).
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

import pytest
from nacl import bindings as sodium
from nacl.public import PrivateKey, SealedBox

from ballot.backup.entries import opening_line
from ballot.backup.errors import BackupDamaged, BackupUnknown
from ballot.backup.restoring import restore
from ballot.backup.sealed import CHUNK, KEYS, STEP, Header, SealedWriter
from keys.backup import BackupKey

SECRET = bytes(range(32))
KEY = BackupKey(SECRET, "thử")
NAME, BODY = "keys/machine.secret", b"not a secret\n"
FILE = opening_line(NAME, len(BODY)) + BODY
HEAD, TAG = 80 + 24, 17
"""Bytes between the first line and the first chunk; those that encryption adds to a chunk."""


def by_hand(version: str, plaintext: bytes) -> bytes:
    """Return a backup of the keys by the words of SPEC 5.22, step 1, with libsodium and nothing of ours."""
    line = f'{{"format":"phieu-tin-nhiem/backup/{version}","part":"keys","recipient":"{KEY.recipient}","rounds":[]}}\n'
    key, state = secrets.token_bytes(32), sodium.crypto_secretstream_xchacha20poly1305_state()
    sealed = SealedBox(PrivateKey(SECRET).public_key).encrypt(key)
    out = line.encode() + sealed + sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    bound = b"phieu-tin-nhiem/v1/backup|" + hashlib.sha256(line.encode()).digest()
    pieces = [plaintext[at : at + 65536] for at in range(0, len(plaintext), 65536)]
    for number, piece in enumerate(pieces, start=1):
        tag = 3 if number == len(pieces) else 0
        out += sodium.crypto_secretstream_xchacha20poly1305_push(state, piece, bound, tag)
    return out


def restored(raw: bytes, folder: Path) -> bytes:
    """Restore a file into an empty folder; return what it held."""
    (folder / "file").write_bytes(raw)
    restore(folder / "file", KEY, folder / "instance")
    return (folder / "instance" / NAME).read_bytes()


def written(folder: Path, data: bytes) -> bytes:
    path = folder / "written"
    with path.open("wb") as file:
        writer = SealedWriter(file, Header(KEYS, KEY.recipient, ()))
        writer.write(data)
        assert writer.close() == hashlib.sha256(path.read_bytes()).hexdigest()
    return path.read_bytes()


def test_a_file_of_version_1_is_restored_like_one_of_today(tmp_path: Path) -> None:
    assert restored(by_hand("v1", FILE), tmp_path) == BODY


def test_a_file_made_by_the_words_of_the_specification_is_restored(tmp_path: Path) -> None:
    assert restored(by_hand("v2", (FILE + b"\n").ljust(STEP, b"\0")), tmp_path) == BODY


def test_a_file_of_version_1_that_calls_itself_2_or_the_other_way_about_is_damaged(tmp_path: Path) -> None:
    for version, other in ((b"v1", b"v2"), (b"v2", b"v1")):
        raw = by_hand(version.decode(), FILE).replace(b"backup/" + version, b"backup/" + other)
        with pytest.raises(BackupDamaged):
            restored(raw, tmp_path)
        assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize("version", ["v0", "v3", "v11", ""])
def test_another_version_is_not_known(version: str, tmp_path: Path) -> None:
    with pytest.raises(BackupUnknown):
        restored(by_hand(version, FILE), tmp_path)


@pytest.mark.parametrize("size", [0, 1, STEP - len(FILE) - 1, STEP - len(FILE), STEP, 3 * STEP // 2])
def test_whatever_is_in_it_a_file_has_whole_mebibytes(size: int, tmp_path: Path) -> None:
    """threats B15: what ends right before a step, with its empty line or without, takes the next one at most."""
    body = secrets.token_bytes(size)
    data = opening_line(NAME, size) + body
    raw = written(tmp_path, data)
    chunks, rest = divmod(len(raw) - raw.index(b"\n") - 1 - HEAD, CHUNK + TAG)
    assert rest == 0
    assert chunks * CHUNK == -(-(len(data) + 1) // STEP) * STEP
    assert restored(raw, tmp_path) == body


@pytest.mark.parametrize("after", [b"x", b"\0" * 100_000 + b"\1", b"\n", FILE, b"\0" * STEP + b"\n"])
def test_nothing_but_zeros_may_stand_behind_the_files(after: bytes, tmp_path: Path) -> None:
    """Whoever restores reads all there is: what nobody looks at could hold anything."""
    with pytest.raises(BackupDamaged):
        restored(by_hand("v2", FILE + b"\n" + after), tmp_path)
    assert not (tmp_path / "instance").exists()


def test_the_padding_is_bound_like_everything_else(tmp_path: Path) -> None:
    raw = written(tmp_path, FILE)
    head = raw.index(b"\n") + 1 + HEAD
    borders = range(head, len(raw), CHUNK + TAG)
    assert len(borders) == STEP // CHUNK
    for at in borders:
        last = raw[-CHUNK - TAG :]
        changed = (
            raw[:at],
            raw[:at] + raw[at + CHUNK + TAG :],
            raw[:at] + last,
            raw[: at + 9] + b"\1" + raw[at + 10 :],
        )
        for wrong in changed:
            if wrong != raw:
                with pytest.raises(BackupDamaged):
                    restored(wrong, tmp_path)
    assert not (tmp_path / "instance").exists()
