"""What somebody who watches a ballot box knows of it: the copy that a witness keeps, in one spelling.

Here lives the copy, read and written. Never here: a key, a network, a clock, or what follows from it (accusing.py).

    phieu-tin-nhiem/8e1CVLYEET9UQq           who keeps this copy, signed by the witness alone
    witness quan-sat-1
    key 69abcc39…

    — phieu-tin-nhiem/8e1CVLYEET9UQq/quan-sat-1 …

    phieu-tin-nhiem/8e1CVLYEET9UQq           then every checkpoint, and closing.txt, as the box signed them
    20
    …

    — phieu-tin-nhiem/8e1CVLYEET9UQq …
    — phieu-tin-nhiem/8e1CVLYEET9UQq/quan-sat-1 …

A copy without the first note is one of somebody who has no key: the box's own notes are evidence by themselves.
SPEC 4.21; threats 5.12, F10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tally.protocol.checkpoint import CLOSING_WORD, Note, ballots_of, encode_notes, parse_notes, sign_note
from tally.protocol.cosignature import box_part, check_cosignature, cosign, introduction, key_name
from tally.protocol.ed25519 import Sign
from tally.protocol.encoding import hex_hash
from tally.protocol.errors import Mismatch, NotSorted, WrongShape
from tally.protocol.manifest import Manifest
from tally.protocol.witnessed import Witnessed


@dataclass(frozen=True, slots=True)
class WitnessCopy:
    """All notes that a witness has: `checkpoints` and `closing` with the box's line and, if there is a key, its own.

    `witness` and `key` (hex) are empty where the copy introduces nobody.
    """

    witness: str
    key: str
    introduction: Note | None
    checkpoints: tuple[Note, ...]
    closing: Note | None

    @classmethod
    def nobody(cls) -> WitnessCopy:
        """Return the empty copy of somebody without a key."""
        return cls("", "", None, (), None)

    @classmethod
    def introduced(cls, manifest: Manifest, *, witness: str, key: bytes, sign: Sign) -> WitnessCopy:
        """Return the empty copy of a witness. Raises WrongShape for what is no witness's name."""
        lines = introduction(manifest.origin, witness=witness, key=key)
        note = sign_note(lines, key_name(manifest.origin, witness), key, sign)
        return cls(witness, key.hex(), note, (), None)

    @classmethod
    def parse(cls, raw: bytes, manifest: Manifest, where: str) -> WitnessCopy:
        """Read a copy; every signature in it holds.

        Raises TooLarge, NotCanonical, WrongShape, BadHash, Mismatch, BadSignature, NotSorted. Source: SPEC 4.21.
        """
        notes = parse_notes(raw, where)
        copy, rest = _introduction(notes, manifest, where)
        last = rest[-1:] if rest and is_closing(rest[-1]) else ()
        found = replace(copy, checkpoints=rest[: len(rest) - len(last)], closing=last[0] if last else None)
        if any(map(is_closing, found.checkpoints)):  # else a witness could make the last word look like a lost batch
            raise NotSorted(where)
        for i, note in enumerate(rest):
            found._check(note, manifest, f"{where}[{i + bool(copy.witness)}]")
        return found

    def _check(self, note: Note, manifest: Manifest, place: str) -> None:
        if note.lines[0] != manifest.origin or len(note.lines) < 4:
            raise Mismatch(place, other="manifest.json: uuid")
        if len(note.signatures) != 1 + bool(self.witness):
            raise WrongShape(place, expected=str(1 + bool(self.witness)))
        box_part(note, place).check(manifest.origin, manifest.box_key, place)
        if self.witness:
            line, names = note.signatures[1], {"witness": self.witness, "public_key": self.key}
            check_cosignature(note, line, manifest.origin, **names, where=place)

    def encode(self) -> bytes:
        """Return the bytes of the copy."""
        return encode_notes([note for note in (self.introduction, *self.checkpoints, self.closing) if note])

    @property
    def notes(self) -> tuple[Note, ...]:
        """The box's notes in this copy, in its order."""
        return self.checkpoints + ((self.closing,) if self.closing else ())

    @property
    def size(self) -> int:
        """How many ballots the last checkpoint of this copy covers."""
        return sum(len(ballots_of(note, "checkpoint")) for note in self.checkpoints)

    @property
    def stated(self) -> Witnessed:
        """What minutes say of this copy."""
        return Witnessed(self.witness, self.key, self.size, self.closing is not None)

    def said(self) -> tuple[Note, ...]:
        """The box's checkpoints without the witness's own signatures: what checkpoints.txt holds."""
        return tuple(box_part(note, "checkpoint") for note in self.checkpoints)

    def with_notes(self, notes: Sequence[Note], manifest: Manifest, sign: Sign | None) -> WitnessCopy:
        """Return the copy with further notes of the box, co-signed where there is a key."""
        more = tuple(self._cosigned(note, manifest, sign) for note in notes)
        last = more[-1] if more and is_closing(more[-1]) else None
        return replace(self, checkpoints=self.checkpoints + (more[:-1] if last else more), closing=last or self.closing)

    def _cosigned(self, note: Note, manifest: Manifest, sign: Sign | None) -> Note:
        if sign is None:
            return note
        key = bytes.fromhex(self.key)
        line = cosign(note, manifest.origin, witness=self.witness, public_key=key, sign=sign)
        return Note(note.lines, (note.signatures[0], line))


def _introduction(notes: Sequence[Note], manifest: Manifest, where: str) -> tuple[WitnessCopy, tuple[Note, ...]]:
    """Read who keeps a copy. SPEC 4.21: the first note says name and key, and is signed with that key alone."""
    first = notes[0] if notes else None
    if first is None or len(first.lines) != 3 or not first.lines[1].startswith("witness "):
        return WitnessCopy.nobody(), tuple(notes)
    witness, (word, _, key) = first.lines[1].removeprefix("witness "), first.lines[2].partition(" ")
    if first.lines[0] != manifest.origin:
        raise Mismatch(f"{where}[0]", other="manifest.json: uuid")
    if word != "key":
        raise WrongShape(f"{where}[0]", expected="key <hex>")
    first.check(key_name(manifest.origin, witness), hex_hash(key, f"{where}[0]"), f"{where}[0]")
    if key == manifest.box_key:
        raise Mismatch(f"{where}[0]", other="box_key")
    return WitnessCopy(witness, key, first, (), None), tuple(notes[1:])


def is_closing(note: Note) -> bool:
    """Say whether a note is the box's last word."""
    return len(note.lines) > 3 and note.lines[3] == CLOSING_WORD
