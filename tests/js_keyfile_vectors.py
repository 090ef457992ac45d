"""Vectors of what a member keeps: the key file, the memory in it, the passphrase that opens it.

Here live the files, most of them damaged. Never here: chance; a file's salt and nonce come from a named stream.
"""

from __future__ import annotations

import json
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from keys import store
from keys.committee.memory import Memory
from keys.passphrase import check_passphrase
from keys.store import KdfCost, StoredKey
from tally.protocol.encoding import canonical
from tally.protocol.errors import CodedError
from tests.js_ceremony import sealed
from tests.js_committee_vectors import SIZE, THRESHOLD, honest
from tests.js_vector_base import Stream, Vector, vector

PHRASE = "bàn tay con mèo hoa sen lá cờ ô tô núi lửa"
CHEAP = KdfCost(ops=1, mem=8192)


def coded(act: Callable[[], Any]) -> Any:
    """Return what `act` returns, or the code with which it refuses."""
    try:
        return act()
    except CodedError as refusal:
        return refusal.code


# --- the key file -------------------------------------------------------------------------------------------------


def memories() -> Iterator[Vector]:
    document = json.loads(honest()["memories"]["1"])
    cases: dict[str, dict[str, Any]] = {
        "finished": {}, "a number of 0": {"index": 0}, "a share as a number": {"share": 5},
        "a share with a sign": {"share": "+5"}, "a short nonce": {"nonce": "ab"},
        "a transcript in capitals": {"transcript": "AB" * 32}, "a root that is no hash": {"decrypted_root": "x"},
        "a polynomial that is none": {"polynomial": "5"}, "a field more": {"name": ""},
    }  # fmt: skip
    for comment, change in cases.items():
        raw = canonical(document | change)
        yield vector(comment, coded(lambda raw=raw: Memory.parse(raw).encode().decode()), raw=raw.decode())


def key_file(secret: bytes, seed: str, *, cost: KdfCost = CHEAP, kind: str = "trustee", name: str = "member 1") -> str:
    """Return a file whose salt and nonce come from a stream."""
    stream = Stream(seed)
    key = StoredKey(kind, name, sealed(SIZE, THRESHOLD).hash, secret)
    with patch.object(secrets, "token_bytes", lambda length: stream(1 << 8 * length).to_bytes(length)):
        return store._seal(key, PHRASE, cost).decode()


def opened(text: str, passphrase: str, kind: str = "trustee") -> Any:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        path.write_bytes(text.encode())
        path.chmod(0o600)
        key = store.open_key(path, kind=kind, passphrase=passphrase)
    return {"name": key.name, "round": key.round_id, "secret": key.secret.hex()}


def key_files() -> Iterator[Vector]:
    secret = b"a secret"
    made = {
        "the least cost": (secret, "key-cheap", CHEAP),
        "two passes, memory that is no multiple of 1024": (secret, "key-odd", KdfCost(2, 3 * 8192 + 1023)),
        "an empty secret": (b"", "key-empty", CHEAP),
        "our cost: three passes over 128 MiB": (secret, "key-ours", store.DEFAULT_COST),
    }
    for comment, (content, seed, cost) in made.items():
        text = key_file(content, seed, cost=cost)
        inputs = {"raw": text, "kind": "trustee", "passphrase": PHRASE, "seed": seed}
        yield vector(comment, opened(text, PHRASE), **inputs)
    good = key_file(secret, "key-cheap")
    spelled = {
        "the passphrase in NFD": unicodedata.normalize("NFD", PHRASE),
        "a blank more": PHRASE + " ",
        "without marks": "ban tay con meo hoa sen la co o to nui lua",
        "no passphrase": "",
    }
    for comment, phrase in spelled.items():
        expect = coded(lambda phrase=phrase: opened(good, phrase))
        yield vector(comment, expect, raw=good, kind="trustee", passphrase=phrase)
    box = key_file(secret, "key-box", kind="box")
    for comment, text, kind in (
        ("the key of a box", box, "trustee"),
        ("opened as the key of a box", good, "box"),
        ("no kind of ours", good, "x"),
    ):
        expect = coded(lambda text=text, kind=kind: opened(text, PHRASE, kind))
        yield vector(comment, expect, raw=text, kind=kind, passphrase=PHRASE)


def damaged_key_files() -> Iterator[Vector]:
    good = key_file(b"a secret", "key-cheap")
    document = json.loads(good)
    salt, body = document["kdf"]["salt"], document["ciphertext"]
    replaced: dict[str, tuple[str, str]] = {
        "another name": ("member 1", "member 2"),
        "another round": (document["round"], "ab" * 32),
        "another kind in the header": ('"kind":"trustee"', '"kind":"box"'),
        "an unknown kind": ('"kind":"trustee"', '"kind":"tea"'),
        "another nonce": (document["nonce"], "ab" * 24),
        "another salt": (salt, "ab" * 16),
        "a short salt": (salt, salt[2:]),
        "one digit of the ciphertext": (body, ("0" if body[0] != "0" else "1") + body[1:]),
        "a ciphertext cut short": (body, body[:-2]),
        "less than a tag": (body, body[:30]),
        "half a byte": (body, body[:-1]),
        "capitals": (body, body.upper()),
        "a blank": ('"kdf":', '"kdf": '),
        "no newline": ("}\n", "}"),
        "two newlines": ("}\n", "}\n\n"),
        "an escaped letter": ("member", "\\u006dember"),
        "a name that is a number": ('"member 1"', "1"),
        "a key twice": ('"name":"member 1"', '"name":"member 1","name":"member 1"'),
        "a field more": ('{"format"', '{"x":1,"format"'),
        "fields in another order": ('"ops":1,"mem":8192', '"mem":8192,"ops":1'),
        "another format": ("key/v1", "key/v2"),
        "another function": ("argon2id", "argon2i"),
        "another cost": ('"ops":1', '"ops":2'),
        "no passes": ('"ops":1', '"ops":0'),
        "too many passes": ('"ops":1', '"ops":13'),
        "a fraction of a pass": ('"ops":1', '"ops":1.0'),
        "true passes": ('"ops":1', '"ops":true'),
        "too little memory": ("8192", "8191"),
        "more memory than a GiB": ("8192", "1073741825"),
        "memory in quotes": ("8192", '"8192"'),
        "no object": (good, "[]\n"),
        "nothing": (good, ""),
    }
    for comment, (old, new) in replaced.items():
        text = good.replace(old, new)
        assert text != good, comment
        expect = coded(lambda text=text: opened(text, PHRASE))
        yield vector(comment, expect, raw=text, kind="trustee", passphrase=PHRASE)


def passphrases() -> Iterator[Vector]:
    """Only what both editions of zxcvbn think alike of."""
    known = ["Nguyễn Văn Anh", "Lấy phiếu tín nhiệm cuối năm"]
    texts = {
        "six words of the list": PHRASE,
        "the same in NFD": unicodedata.normalize("NFD", PHRASE),
        "the same in capitals": PHRASE.upper(),
        "three words of the list": "bàn tay con mèo hoa sen",
        "one word of the list, six times": "bàn tay bàn tay bàn tay bàn tay bàn tay bàn tay",
        "a line of a song": "con mèo trèo cây cau hỏi thăm",
        "twelve characters of chance": "Xk4!vq9Lm2#z",
        "eleven characters of chance": "Xk4!vq9Lm2#",
        "six letters, eighteen code points before NFC": unicodedata.normalize("NFD", "ế" * 6),
        "a name and a year": "nguyễn văn anh 1975",
        "whose committee it is": "hội đồng nhân dân 2026",
        "what everybody chooses": "password123456",
        "one letter": "a" * 20,
        "a row of digits": "1234567890123",
        "nothing": "",
    }
    for comment, text in texts.items():
        expect = coded(lambda text=text: check_passphrase(text, known=known)) or "accepted"
        yield vector(comment, expect, text=text, own=known)
