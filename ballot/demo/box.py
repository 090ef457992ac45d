"""The ballot box of a demonstration: takes ballots, seals batches, and forgets the order in which they came.

Here lives a box in memory. Never here: a name, a time, or a ballot that acceptance refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from keys.signers import BoxSigner
from tally.protocol.acceptance import accept
from tally.protocol.ballot import Ballot
from tally.protocol.booth import Draft
from tally.protocol.checkpoint import Head, Note, checkpoint_lines, sealed_batches, sign_note
from tally.protocol.cipher import Ciphertext
from tally.protocol.credential_list import CredentialList
from tally.protocol.election import Election
from tally.protocol.group import Point
from tally.protocol.manifest import Manifest


class MemoryBox:
    """A box for one election; its key signs checkpoints."""

    def __init__(self, manifest: Manifest, election: Election, credentials: CredentialList, signer: BoxSigner) -> None:
        self._manifest, self._election, self._credentials = manifest, election, credentials
        self._signer = signer
        self._ballots: dict[Point, bytes] = {}
        self._alphas: set[Point] = set()
        self._staged: list[str] = []
        self._head = Head.start(election.hash)
        self.spoiled: list[Draft] = []
        self.notes: list[Note] = []

    def ballot_under(self, credential: Point) -> bytes | None:
        """Return the ballot cast under a credential, if there is one."""
        return self._ballots.get(credential)

    def holds(self, ciphertexts: Collection[Ciphertext]) -> bool:
        """Say whether the alpha of any of these is known."""
        return any(ciphertext.alpha in self._alphas for ciphertext in ciphertexts)

    def cast(self, raw: bytes) -> Ballot:
        """Take a ballot or raise the refusal."""
        accepted = accept(raw, self._election, listed=self._credentials.points, void=self._credentials.void, box=self)
        if not accepted.repeated:
            self._ballots[accepted.ballot.credential] = raw
            self._alphas.update(c.alpha for c in accepted.ballot.ciphertexts())
            self._staged.append(accepted.ballot.hash)
            self._seal(closing=False)
        return accepted.ballot

    def open_for_test(self, draft: Draft) -> None:
        """Take a draft that was opened to test a terminal: its ciphertexts can never be cast."""
        self.spoiled.append(draft)
        self._alphas.update(c.alpha for row in draft.ciphertexts for c in row)

    def close(self) -> tuple[list[bytes], Head]:
        """Seal what is staged; return the ballots sorted by hash, and the head of the chain."""
        self._seal(closing=True)
        ordered = sorted((Ballot.parse(raw).hash, raw) for raw in self._ballots.values())
        return [raw for _, raw in ordered], self._head

    def _seal(self, *, closing: bool) -> None:
        for size in sealed_batches(len(self._staged), closing=closing):
            batch = [self._staged.pop(secrets.randbelow(len(self._staged))) for _ in range(size)]
            self._head = self._head.after(batch)
            lines = checkpoint_lines(self._manifest.origin, self._head, batch)
            key = bytes.fromhex(self._signer.public_hex)
            self.notes.append(sign_note(lines, self._manifest.origin, key, self._signer.sign))
