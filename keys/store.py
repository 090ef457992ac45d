"""Key files: one secret each, encrypted under a passphrase, for one kind of key and one round.

Here live the format and the four acts: create, open, replace, destroy. Never here: a key file, or a passphrase kept.

    {"format":"phieu-tin-nhiem/key/v1","kind":"box","name":"Hòm phiếu","round":"…",
     "kdf":{"name":"argon2id","ops":3,"mem":134217728,"salt":"…"},"nonce":"…","ciphertext":"…"}

The passphrase is normalised to NFC (one Vietnamese letter has several spellings), stretched by Argon2id, and opens
XChaCha20-Poly1305 over everything before the ciphertext. The file has one spelling; any byte changed is refused.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import Aead

from keys import disk, modes
from keys.errors import KdfOutOfRange, KeyFileDamaged, PassphraseUnreadable, WrongKind, WrongPassphrase, WrongRound
from keys.passphrase import check_passphrase
from keys.roles import ROLES, role_of

FORMAT = "phieu-tin-nhiem/key/v1"
MAX_FILE = 4 * 1024 * 1024
_FIELDS = ["format", "kind", "name", "round", "kdf", "nonce", "ciphertext"]
_KDF_FIELDS = ["name", "ops", "mem", "salt"]
_LOWER_HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")


@dataclass(frozen=True, slots=True)
class KdfCost:
    """The price of one guess at the passphrase: passes over the memory, and bytes of memory."""

    ops: int = 3
    mem: int = 128 * 1024 * 1024


DEFAULT_COST = KdfCost()
HIGHEST_COST = KdfCost(ops=12, mem=1024 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """What an opened file held; `round_id` is the uuid or manifest hash of the round, or empty."""

    kind: str
    name: str
    round_id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Header:
    """What a key file says of itself to everybody; believed only once its passphrase has opened it."""

    kind: str
    name: str
    round_id: str
    cost: KdfCost


def create(
    path: Path,
    *,
    kind: str,
    secret: bytes,
    passphrase: str,
    name: str = "",
    round_id: str = "",
    cost: KdfCost = DEFAULT_COST,
) -> None:
    """Write a new key file, mode 0600, on the disk before this returns; nothing is ever overwritten.

    Raises UnknownKind, PassphraseTooShort, PassphraseWeak, InsideRepository, KeyFolderExposed, KeyFileExists.
    """
    role_of(kind)
    disk.check_outside_repository(path)
    modes.check_folder(path.resolve().parent)
    check_passphrase(passphrase, known=(name, round_id))
    disk.create(path, _seal(StoredKey(kind, name, round_id, secret), passphrase, cost))


def open_key(path: Path, *, kind: str, passphrase: str) -> StoredKey:
    """Return the secret of a key of this kind.

    Raises WrongPassphrase (also when a byte was changed), WrongKind, KeyFileDamaged, KdfOutOfRange, KeyFileMissing,
    KeyFileExposed, KeyFolderExposed, InsideRepository.
    """
    return _open(path, kind, passphrase)[0]


def open_round_key(path: Path, *, kind: str, round_id: str, passphrase: str) -> StoredKey:
    """Return the secret of a key of this kind and round. Raises WrongRound, and what `open_key` raises."""
    found = open_key(path, kind=kind, passphrase=passphrase)
    if found.round_id != round_id:
        raise WrongRound(path.name)
    return found


def replace(path: Path, *, kind: str, secret: bytes, passphrase: str) -> None:
    """Change the secret in an existing file that this passphrase opens: the old file or the new one, never a mixture.

    Raises what `open_key` raises; the file is then unchanged.
    """
    old, cost = _open(path, kind, passphrase)
    disk.replace(path, _seal(StoredKey(old.kind, old.name, old.round_id, secret), passphrase, cost))


def destroy(path: Path) -> None:
    """Overwrite the file once and remove it. This is not proof of destruction, only the end of ordinary use.

    Solid-state disks, journals, snapshots and backups may keep the old bytes, still under the passphrase; where a
    key must be gone, destroy the medium and write it in the minutes. Raises KeyFileMissing.
    """
    disk.erase(path)


def read_header(raw: bytes, where: str) -> Header:
    """Return what the bytes of a key file claim. Raises KeyFileDamaged, KdfOutOfRange."""
    value = _parse(raw, where)
    return Header(value["kind"], value["name"], value["round"], KdfCost(value["kdf"]["ops"], value["kdf"]["mem"]))


# --- the format --------------------------------------------------------------------------------------------------


def _seal(key: StoredKey, passphrase: str, cost: KdfCost) -> bytes:
    """Encrypt under a fresh salt and nonce; the header is bound as associated data."""
    salt, nonce = secrets.token_bytes(argon2id.SALTBYTES), secrets.token_bytes(Aead.NONCE_SIZE)
    header = {
        "format": FORMAT,
        "kind": key.kind,
        "name": key.name,
        "round": key.round_id,
        "kdf": {"name": "argon2id", "ops": cost.ops, "mem": cost.mem, "salt": salt.hex()},
        "nonce": nonce.hex(),
    }
    sealed = _cipher(passphrase, salt, cost).encrypt(key.secret, _canonical(header), nonce).ciphertext
    return _canonical(header | {"ciphertext": sealed.hex()}) + b"\n"


def _open(path: Path, kind: str, passphrase: str) -> tuple[StoredKey, KdfCost]:
    disk.check_outside_repository(path)
    modes.check_file(path)
    expected = role_of(kind)
    value = _parse(disk.read(path, limit=MAX_FILE), path.name)
    if value["kind"] != kind:
        raise WrongKind(path.name, found=ROLES[value["kind"]].name, expected=expected.name)
    cost = KdfCost(value["kdf"]["ops"], value["kdf"]["mem"])
    header = {name: value[name] for name in _FIELDS[:-1]}
    cipher = _cipher(passphrase, bytes.fromhex(value["kdf"]["salt"]), cost)
    try:
        secret = cipher.decrypt(bytes.fromhex(value["ciphertext"]), _canonical(header), bytes.fromhex(value["nonce"]))
    except CryptoError:
        raise WrongPassphrase(path.name) from None
    return StoredKey(kind, value["name"], value["round"], secret), cost


def _cipher(passphrase: str, salt: bytes, cost: KdfCost) -> Aead:
    try:
        password = unicodedata.normalize("NFC", passphrase).encode()
    except UnicodeEncodeError:  # its text would quote the passphrase
        raise PassphraseUnreadable from None
    return Aead(argon2id.kdf(Aead.KEY_SIZE, password, salt, opslimit=cost.ops, memlimit=cost.mem))


def _parse(raw: bytes, where: str) -> dict[str, Any]:
    """Read the one spelling of a key file; what is not bound by the cipher is compared byte for byte."""
    try:
        value = json.loads(raw)
        if _canonical(value) + b"\n" != raw:
            raise KeyFileDamaged(where)
        _check_header(value, where)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise KeyFileDamaged(where) from None
    return dict(value)


def _check_header(value: Any, where: str) -> None:
    kdf = value["kdf"]
    texts = [value["name"], value["round"]]
    digits = [kdf["salt"], value["nonce"], value["ciphertext"]]
    lengths = [len(text) // 2 for text in digits]
    if (
        list(value) != _FIELDS
        or list(kdf) != _KDF_FIELDS
        or (value["format"], kdf["name"]) != (FORMAT, "argon2id")
        or value["kind"] not in ROLES
        or not all(isinstance(text, str) for text in texts)
        or not all(isinstance(text, str) and _LOWER_HEX.match(text) for text in digits)
        or lengths[:2] != [argon2id.SALTBYTES, Aead.NONCE_SIZE]
        or lengths[2] < Aead.MACBYTES
    ):
        raise KeyFileDamaged(where)
    _check_cost(kdf["ops"], kdf["mem"], where)


def _check_cost(ops: object, mem: object, where: str) -> None:
    """A header is believed only after it is decrypted, so until then it may not ask for much (denial of service)."""
    if type(ops) is not int or type(mem) is not int:
        raise KeyFileDamaged(where)
    if not 1 <= ops <= HIGHEST_COST.ops or not argon2id.MEMLIMIT_MIN <= mem <= HIGHEST_COST.mem:
        raise KdfOutOfRange(where)


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
