"""Witnesses of rounds in tests: their keys, their copies, and a box that says whatever a test tells it.

Here lives an honest witness and a box key's words. Never here: an expectation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nacl.signing import SigningKey

from tally.protocol.checkpoint import Head, Note, checkpoint_lines, sign_note
from tally.protocol.manifest import Manifest
from tally.witnessing import WitnessCopy


def signer(key: SigningKey):
    return lambda text: key.sign(text).signature


def said(lines: Sequence[str], manifest: Manifest, box: SigningKey) -> Note:
    """Sign lines as the box of this key."""
    return sign_note(tuple(lines), manifest.origin, box.verify_key.encode(), signer(box))


def chain(manifest: Manifest, election: str, batches: Sequence[Sequence[str]], box: SigningKey) -> list[Note]:
    """Return the checkpoints of a box over these batches."""
    head, notes = Head.start(election), []
    for batch in batches:
        head = head.after(batch)
        notes.append(said(checkpoint_lines(manifest.origin, head, batch), manifest, box))
    return notes


@dataclass(frozen=True)
class Watcher:
    """A witness with a key of their own."""

    name: str
    key: SigningKey = field(default_factory=SigningKey.generate)

    @property
    def public(self) -> str:
        return self.key.verify_key.encode().hex()

    def begin(self, manifest: Manifest) -> WitnessCopy:
        key = self.key.verify_key.encode()
        return WitnessCopy.introduced(manifest, witness=self.name, key=key, sign=signer(self.key))

    def copy(self, manifest: Manifest, notes: Sequence[Note], closing: Note | None = None) -> WitnessCopy:
        """Return a copy with these notes, each signed by this witness without looking."""
        more = [*notes, *([closing] if closing else [])]
        return self.begin(manifest).with_notes(more, manifest, signer(self.key))
