"""A witness's signature under a note of the box: one more line over the very same text, under a name of its own.

Here live names of witnesses and that one line. Never here: a time, or a signature over anything but a note.

    — phieu-tin-nhiem/8e1CVLYEET9UQq …               the box
    — phieu-tin-nhiem/8e1CVLYEET9UQq/quan-sat-1 …    a witness of this round

SPEC 4.11, 4.21; C2SP signed-note.
"""

from __future__ import annotations

import hashlib
import re

from tally.protocol.checkpoint import Note, sign_note
from tally.protocol.ed25519 import Sign
from tally.protocol.errors import BadSignature, WrongShape

NAME = re.compile(r"[a-z0-9-]{1,40}\Z")
Line = tuple[str, bytes]
"""A signature line as a note holds it: name of the key, key hash ‖ signature."""


def key_name(origin: str, witness: str) -> str:
    """Return the name under which a witness of this round signs. Raises WrongShape for what is no witness's name."""
    if not NAME.match(witness):
        raise WrongShape("witness", expected="a-z, 0-9, -; 1…40")
    return f"{origin}/{witness}"


def introduction(origin: str, *, witness: str, key: bytes) -> tuple[str, ...]:
    """Return the text by which a witness says whose copy follows; only the witness signs it."""
    return (origin, f"witness {witness}", f"key {key.hex()}")


def cosign(note: Note, origin: str, *, witness: str, public_key: bytes, sign: Sign) -> Line:
    """Return a witness's line under a note; the same note gets the same line, since Ed25519 is deterministic."""
    return sign_note(note.lines, key_name(origin, witness), public_key, sign).signatures[0]


def check_cosignature(note: Note, line: Line, origin: str, *, witness: str, public_key: str, where: str) -> None:
    """Check a witness's line under the text of a note. Raises BadSignature, WrongShape. Source: SPEC 5.21, step 1."""
    Note(note.lines, (line,)).check(key_name(origin, witness), public_key, where)


def box_part(note: Note, where: str) -> Note:
    """Return a note with nothing but its first signature line, which is the box's. Raises BadSignature without one."""
    if not note.signatures:
        raise BadSignature(where)
    return Note(note.lines, note.signatures[:1])


def digest_of(note: Note) -> bytes:
    """Return what a note is called where only its hash is kept: SHA-256 of the signed bytes."""
    return hashlib.sha256(note.signed_bytes).digest()


def cosignature_of(note: Note) -> Line:
    """Return the witness's own line under a note of its copy, after the box's."""
    return note.signatures[1]
