"""Key files changed by a forger or by chance: every one is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keys import store
from keys.errors import (
    KdfOutOfRange,
    KeyFileDamaged,
    KeysError,
    WrongPassphrase,
)
from keys.roles import BOX, STATEMENT
from keys.store import KdfCost

WORDS = "cây tre trăm đốt"
OTHER_WORDS = "một câu khác hẳn"
TWELVE = "mười hai ký1"
SECRET = b"\x00 never to be seen \xff"


def make(path: Path, cost: KdfCost, **changes: Any) -> None:
    given_values = {"kind": BOX, "secret": SECRET, "passphrase": WORDS, "name": "Hòm phiếu", "round_id": "r1"}
    store.create(path, **(given_values | changes), cost=cost)


@pytest.fixture
def key_file(key_path: Path, cheap: KdfCost) -> Path:
    make(key_path, cheap)
    return key_path


def edit(path: Path, **changes: Any) -> None:
    """Write the file again, canonical, with other fields: what a forger without the passphrase can do."""
    value = json.loads(path.read_bytes())
    value["kdf"] |= changes.pop("kdf", {})
    value |= changes
    path.write_bytes(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def test_each_flipped_byte_is_refused(key_file: Path) -> None:
    raw = key_file.read_bytes()
    for position in range(len(raw)):
        for mask in (1, 0x20):
            flipped = bytearray(raw)
            flipped[position] ^= mask
            key_file.write_bytes(flipped)
            with pytest.raises(KeysError):
                store.open_key(key_file, kind=BOX, passphrase=WORDS)


def test_each_shortened_file_is_refused(key_file: Path) -> None:
    raw = key_file.read_bytes()
    for length in range(len(raw)):
        key_file.write_bytes(raw[:length])
        with pytest.raises(KeyFileDamaged):
            store.open_key(key_file, kind=BOX, passphrase=WORDS)


def test_a_file_spelt_otherwise_is_refused(key_file: Path) -> None:
    raw = key_file.read_bytes()
    value = json.loads(raw)
    reordered = json.dumps(dict(reversed(value.items())), separators=(",", ":"), ensure_ascii=False)
    duplicated = raw.replace(b'"kind":"box"', b'"kind":"box","kind":"box"')
    spaced = json.dumps(value, ensure_ascii=False).encode() + b"\n"
    deep = b"[" * 100_000
    others = [b"", b"{}\n", b"[]\n", b"null\n", b"1\n", deep, raw + b"\n", raw.rstrip(), spaced, duplicated]
    for other in [*others, reordered.encode() + b"\n", b"\xff" + raw, b'{"format":NaN}\n']:
        key_file.write_bytes(other)
        with pytest.raises(KeyFileDamaged):
            store.open_key(key_file, kind=BOX, passphrase=WORDS)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "phieu-tin-nhiem/key/v2"},
        {"kind": "session"},
        {"kind": ["box"]},
        {"name": 5},
        {"round": None},
        {"nonce": "00" * 23},
        {"nonce": "0G" * 24},
        {"nonce": 5},
        {"ciphertext": "00" * 15},
        {"ciphertext": ""},
        {"ciphertext": None},
        {"extra": ""},
        {"kdf": {"name": "scrypt"}},
        {"kdf": {"salt": "00" * 15}},
        {"kdf": {"salt": 5}},
        {"kdf": {"ops": True}},
        {"kdf": {"mem": 8192.0}},
        {"kdf": {"parallel": 1}},
    ],
)
def test_a_header_of_another_form_is_refused(key_file: Path, changes: dict[str, Any]) -> None:
    edit(key_file, **changes)
    with pytest.raises(KeyFileDamaged):
        store.open_key(key_file, kind=BOX, passphrase=WORDS)


@pytest.mark.parametrize("field", ["name", "round"])
def test_the_header_is_bound_to_the_secret(key_file: Path, field: str) -> None:
    edit(key_file, **{field: "r2"})
    with pytest.raises(WrongPassphrase):
        store.open_key(key_file, kind=BOX, passphrase=WORDS)


@pytest.mark.parametrize("cost", [{"mem": 2**31}, {"mem": 2**70}, {"mem": 0}, {"ops": 13}, {"ops": 0}, {"ops": -1}])
def test_a_file_cannot_ask_for_all_of_the_machine(key_file: Path, cost: dict[str, int]) -> None:
    edit(key_file, kdf=cost)
    with pytest.raises(KdfOutOfRange):
        store.open_key(key_file, kind=BOX, passphrase=WORDS)


def test_a_file_too_large_is_not_read(key_path: Path) -> None:
    key_path.write_bytes(bytes(store.MAX_FILE + 1))
    key_path.chmod(0o600)
    with pytest.raises(KeyFileDamaged):
        store.open_key(key_path, kind=BOX, passphrase=WORDS)


def test_the_kind_cannot_be_relabelled(key_file: Path) -> None:
    edit(key_file, kind=STATEMENT)
    with pytest.raises(WrongPassphrase):
        store.open_key(key_file, kind=STATEMENT, passphrase=WORDS)
