"""Vectors of a member's part of decryption, and of the root that it types from paper.

Here live the inputs and the reason for each. Never here: chance; see tests/make_js_vectors.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from keys.committee.trustee import check_root
from tally.protocol.cipher import NEUTRAL, Ciphertext, combine, encrypt
from tally.protocol.decryption import Binding, decrypt_partially
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import CodedError
from tally.protocol.group import IDENTITY, g_pow
from tally.protocol.sums import EncryptedTally
from tests.js_vector_base import KEY, Stream, Vector, election, vector

MANIFEST = "ab" * 32
ROOT = sha256_hex(b"root")
ROWS = (3, 2)


def _sums(marks: tuple[tuple[int, ...], ...], seed: str) -> EncryptedTally:
    draw = Stream(seed)
    return EncryptedTally(tuple(tuple(encrypt(KEY, m, 1 + draw(2**200)) for m in row) for row in marks))


def _cancelled() -> Ciphertext:
    """Return the sum of two ballots whose chance cancels out: alpha is the identity."""
    return combine((encrypt(KEY, 1, 5), encrypt(KEY, 1, -5)))


def decryptions() -> Iterator[Vector]:
    made = election(ROWS)
    first, second = _sums(((4, 0, 2), (0, 6)), "sums").rows
    open_ = Ciphertext(first[0].alpha, IDENTITY)
    tallies = {
        "sums of six ballots, two of them zero": EncryptedTally((first, second)),
        "no ballot at all: every sum the identity": EncryptedTally(((NEUTRAL,) * 3, (NEUTRAL,) * 2)),
        "one alpha the identity, its beta not": EncryptedTally(((_cancelled(), *first[1:]), second)),
        "a beta the identity, its alpha not": EncryptedTally(((open_, *first[1:]), second)),
    }
    for owner, (comment, tally) in enumerate(tallies.items(), start=1):
        secret, seed = Stream(f"share {owner}")(2**252), f"part {owner}"
        binding = Binding(MANIFEST, made.hash, sha256_hex(tally.encode()), owner)
        part = decrypt_partially(made, tally, binding, public=g_pow(secret), secret=secret, randbelow=Stream(seed))
        inputs = {"election": made.raw.decode(), "tally": tally.encode().decode(), "manifest": MANIFEST}
        yield vector(comment, part.encode().decode(), owner=owner, secret=str(secret), seed=seed, **inputs)


def typed_roots() -> Iterator[Vector]:
    grouped = " ".join(ROOT[i : i + 4] for i in range(0, 64, 4))
    texts = {
        "in groups": grouped,
        "in capitals, without groups": ROOT.upper(),
        "eight groups": grouped[:39],
        "a digit short of eight groups": grouped[:38],
        "nothing": "",
        "32 blanks": " " * 32,
        "a line break and a tab": f"{ROOT[:32]}\n\t{ROOT[32:]}",
        "a digit too many": ROOT + "0",
        "the last digit wrong": ROOT[:-1] + ("0" if ROOT[-1] != "0" else "1"),
        "the thirty-second digit wrong": ROOT[:31] + ("0" if ROOT[31] != "0" else "1"),
        "hyphens": "-".join(grouped.split()),
        "another root": sha256_hex(b"another"),
    }
    for comment, typed in texts.items():
        try:
            check_root(typed, ROOT)
            expect = "accepted"
        except CodedError as refusal:
            expect = refusal.code
        yield vector(comment, expect, typed=typed, root=ROOT)
