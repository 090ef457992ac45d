"""Signed notes of the ballot box: what it holds, said while voting is open and once more when it closes.

Here live C2SP signed notes, the chain of sorted batches, checkpoints.txt and closing.txt. Never here: a time, or a
batch of fewer than ten while more can come.

    phieu-tin-nhiem/8e1CVLYEET9UQq          origin, and name of the box's key
    20                                      ballots so far
    q6k3…=                                  head of the chain over all batches so far
    ballot 0f3a…                            the ten ballots of this batch, sorted by hash

    — phieu-tin-nhiem/8e1CVLYEET9UQq mN0c…  Ed25519 over the text above the blank line

SPEC 4.11, 5.9; C2SP signed-note and tlog-checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tally.i18n import marked
from tally.protocol.ed25519 import Sign, check_ed25519
from tally.protocol.encoding import hex_hash
from tally.protocol.errors import BadSignature, Mismatch, NotCanonical, NotSorted, TooLarge, WrongCount, WrongShape
from tally.protocol.manifest import Manifest

LIMIT = 256 * 1024 * 1024
CLOSING_WORD = "closing"
BATCH = 10
OPEN_AT = 2 * BATCH
_ALGORITHM = b"\x01"  # Ed25519
_START = "phieu-tin-nhiem/v1/checkpoint-start|"
_LINK = b"phieu-tin-nhiem/v1/checkpoint|"
_SIZE = re.compile(r"(?:0|[1-9][0-9]{0,9})\Z")


# --- signed notes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """A text of lines and its signatures as (key name, 4-byte key hash ‖ signature)."""

    lines: tuple[str, ...]
    signatures: tuple[tuple[str, bytes], ...]

    @property
    def signed_bytes(self) -> bytes:
        """What is signed: the lines, each ended by a newline."""
        return "".join(f"{line}\n" for line in self.lines).encode("utf-8")

    @property
    def head(self) -> bytes:
        """The hash in the third line of a checkpoint or closing.txt that was checked, 32 bytes."""
        return base64.b64decode(self.lines[2], validate=True)

    def encode(self) -> bytes:
        """Return the bytes of the note."""
        marks = "".join(f"— {name} {base64.b64encode(raw).decode()}\n" for name, raw in self.signatures)
        return self.signed_bytes + b"\n" + marks.encode("utf-8")

    def check(self, name: str, public_key: str, where: str) -> None:
        """Check that the key `name` (Ed25519, in hex), and it alone, signed. Raises BadSignature. SPEC 5.9, step 1."""
        if len(self.signatures) != 1:  # a line that nobody verifies would let the same note have many spellings
            raise BadSignature(where)
        signer, raw = self.signatures[0]
        check_ed25519(self.signed_bytes, key=public_key, signature=raw[4:].hex(), where=where)
        if signer != name or raw[:4] != _key_hash(name, bytes.fromhex(public_key)):
            raise BadSignature(where)


def sign_note(lines: Sequence[str], name: str, public_key: bytes, sign: Sign) -> Note:
    """Sign `lines` with an Ed25519 key of this name; `sign` returns 64 bytes."""
    unsigned = Note(tuple(lines), ())
    return Note(unsigned.lines, ((name, _key_hash(name, public_key) + sign(unsigned.signed_bytes)),))


def parse_notes(raw: bytes, where: str) -> tuple[Note, ...]:
    """Read notes that follow each other, separated by a blank line; the bytes must be what `encode_notes` writes.

    Raises NotCanonical, TooLarge. Source: SPEC 4.11.
    """
    if len(raw) > LIMIT:
        raise TooLarge(where, limit=LIMIT)
    try:
        blocks = raw.decode("utf-8").removesuffix("\n").split("\n\n") if raw else []
        pairs = zip(blocks[::2], blocks[1::2], strict=True)
        notes = tuple(Note(tuple(body.split("\n")), tuple(map(_signature, marks.split("\n")))) for body, marks in pairs)
    except ValueError:
        raise NotCanonical(where) from None
    if encode_notes(notes) != raw:
        raise NotCanonical(where)
    return notes


def encode_notes(notes: Sequence[Note]) -> bytes:
    """Return the bytes of notes one after the other."""
    return b"\n".join(note.encode() for note in notes)


def _signature(line: str) -> tuple[str, bytes]:
    dash, name, encoded = line.split(" ")
    raw = base64.b64decode(encoded, validate=True)
    if dash != "—" or not name or len(raw) != 68:
        raise binascii.Error
    return name, raw


def _key_hash(name: str, key: bytes) -> bytes:
    return hashlib.sha256(name.encode("utf-8") + b"\n" + _ALGORITHM + key).digest()[:4]


# --- the chain of batches -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Head:
    """The chain so far: number of ballots and a hash over all batches in order."""

    size: int
    hash: bytes

    @classmethod
    def start(cls, election: str) -> Head:
        """Return the head before the first ballot; `election` is its hash in hex."""
        return cls(0, hashlib.sha256(f"{_START}{election}".encode("ascii")).digest())

    def after(self, batch: Sequence[str]) -> Head:
        """Return the head after a batch of ballot hashes (hex), which are taken in sorted order. SPEC 5.9, step 2."""
        digest = hashlib.sha256(_LINK + self.hash + len(batch).to_bytes(8, "big"))
        for ballot in sorted(batch):
            digest.update(bytes.fromhex(ballot))
        return Head(self.size + len(batch), digest.digest())

    def lines(self, origin: str) -> list[str]:
        """Return the three first lines of a checkpoint."""
        return [origin, str(self.size), base64.b64encode(self.hash).decode()]


def sealed_batches(staged: int, *, closing: bool) -> list[int]:
    """Return the sizes of the batches to seal now out of `staged` ballots.

    Ten at a time while twenty are staged, so that the last batch also has ten or is all there is. SPEC 5.9, step 3.
    """
    sizes = []
    while staged >= OPEN_AT:
        sizes.append(BATCH)
        staged -= BATCH
    if closing and staged:
        sizes.append(staged)
    return sizes


def checkpoint_lines(origin: str, head: Head, batch: Sequence[str]) -> list[str]:
    """Return the text of a checkpoint over `head`, whose last batch is `batch`."""
    return [*head.lines(origin), *(f"ballot {ballot}" for ballot in sorted(batch))]


def replay(
    notes: Sequence[Note], manifest: Manifest, election: str, where: str = "checkpoints.txt"
) -> tuple[Head, list[str]]:
    """Check signature, chain and batch sizes of all checkpoints; return the last head and every ballot hash.

    Raises BadSignature, WrongShape, BadHash, WrongCount, NotSorted, Mismatch. Source: SPEC 5.9, steps 1 and 2.
    """
    head, ballots = Head.start(election), list[str]()
    for i, note in enumerate(notes):
        place = f"{where}[{i}]"
        note.check(manifest.origin, manifest.box_key, place)
        batch = ballots_of(note, place)
        if len(batch) < BATCH and len(notes) > 1:
            raise WrongCount(place, found=len(batch), expected=f"≥ {BATCH}")
        head = head.after(batch)
        if list(note.lines) != checkpoint_lines(manifest.origin, head, batch) or not batch:
            raise Mismatch(place, other=marked("chuỗi các lô phiếu"))
        ballots += batch
    if len(set(ballots)) != len(ballots):
        raise NotSorted(where)
    return head, ballots


def ballots_of(note: Note, where: str) -> list[str]:
    """Return the ballot hashes that a checkpoint lists. Raises WrongShape, BadHash."""
    return [_ballot_line(line, where) for line in note.lines[3:]]


def _ballot_line(line: str, where: str) -> str:
    word, _, value = line.partition(" ")
    if word != "ballot":
        raise WrongShape(where, expected="ballot <sha256>")
    return hex_hash(value, where)


# --- closing.txt --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Closing:
    """What the box states last. Hashes of files by their names; `root` of the encrypted tally."""

    head: Head
    manifest: str
    election: str
    opening: str
    credentials: str
    issuance: str
    spoiled: str
    root: str

    def lines(self, origin: str) -> list[str]:
        """Return the text of closing.txt."""
        names = ("manifest", "election", "opening", "credentials", "issuance", "spoiled", "root")
        return [*self.head.lines(origin), CLOSING_WORD, *(f"{name} {getattr(self, name)}" for name in names)]

    def check(self, raw: bytes, manifest: Manifest, where: str = "closing.txt") -> None:
        """Check that `raw` is exactly this statement, signed by the box.

        Raises TooLarge, NotCanonical, WrongShape, Mismatch, BadSignature. Source: SPEC 5.9, step 4.
        """
        notes = parse_notes(raw, where)
        if len(notes) != 1 or len(notes[0].lines) != 11 or not _SIZE.match(notes[0].lines[1]):
            raise WrongShape(where, expected=CLOSING_WORD)
        for found, expected in zip(notes[0].lines, self.lines(manifest.origin), strict=True):
            if found != expected:
                raise Mismatch(where, other=expected.partition(" ")[0])
        notes[0].check(manifest.origin, manifest.box_key, where)
