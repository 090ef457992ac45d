"""Whether the box takes a ballot: every check of SPEC 5.2, cheapest first, and one stable code for each refusal.

Here lives the decision. Never here: storage, or a partial acceptance; a refused ballot changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from tally.kernel import kernel
from tally.protocol import flat_ballot, flat_checks
from tally.protocol.ballot import Ballot, check_election, check_proofs, check_signature
from tally.protocol.cipher import Ciphertext
from tally.protocol.election import Election
from tally.protocol.errors import AlreadyCast, CredentialVoid, DuplicateCiphertext, NotListed
from tally.protocol.group import Point

_NAMED = re.compile(rb'([0-9a-f]{64})","answers":\[')


class Box(Protocol):
    """What the decision must know of the ballots already taken."""

    def ballot_under(self, credential: Point) -> bytes | None:
        """Return the bytes of the ballot cast under a credential, if there is one."""

    def holds(self, ciphertexts: Collection[Ciphertext]) -> bool:
        """Say whether the alpha of any of these is in a ballot already taken, or was opened in a test."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A ballot that may be stored, or (`repeated`) is stored already and gets the same receipt again."""

    ballot: Ballot
    repeated: bool


def accept(raw: bytes, election: Election, *, listed: Collection[Point], void: Collection[Point], box: Box) -> Accepted:
    """Decide about the bytes of a ballot.

    Raises reading errors, WrongElection, NotListed, CredentialVoid, AlreadyCast, Mismatch, BadSignature,
    DuplicateCiphertext, WrongShape, BadProof. Source: SPEC 5.2; threats 2.C.
    """
    return _at_once(raw, election, listed, void, box) or _step_by_step(raw, election, listed, void, box)


def _at_once(
    raw: bytes, election: Election, listed: Collection[Point], void: Collection[Point], box: Box
) -> Accepted | None:
    """Accept a ballot in which nothing at all is wrong; of every other the slower way says what is."""
    layout = flat_ballot.layout_of(election.raw)
    flat = flat_ballot.read(raw, layout) if layout and kernel() else None
    if layout is None or flat is None or flat.credential not in listed or flat.credential in void:
        return None
    ballot, earlier = flat.ballot(layout), box.ballot_under(flat.credential)
    if earlier == raw:
        return Accepted(ballot, repeated=True)
    ciphertexts = list(ballot.ciphertexts())
    if len({c.alpha for c in ciphertexts}) != len(ciphertexts) or box.holds(ciphertexts):
        return None
    good = flat_checks.checked((flat,), layout) is not None
    return Accepted(ballot, repeated=False) if good and earlier is None else None


def _step_by_step(
    raw: bytes, election: Election, listed: Collection[Point], void: Collection[Point], box: Box
) -> Accepted:
    ballot = Ballot.parse(raw)  # step 1
    check_election(ballot, election, "ballot")  # step 2
    if ballot.credential not in listed:  # step 3
        raise NotListed("ballot")
    if ballot.credential in void:
        raise CredentialVoid("ballot")
    earlier = box.ballot_under(ballot.credential)  # step 4
    if earlier == raw:
        return Accepted(ballot, repeated=True)
    check_signature(ballot, "ballot")  # step 5
    if earlier is not None:  # told to the holder alone: a stranger who asks again and again would learn the order
        raise AlreadyCast("ballot")
    ciphertexts = list(ballot.ciphertexts())
    if len({c.alpha for c in ciphertexts}) != len(ciphertexts):  # step 6
        raise DuplicateCiphertext("ballot")
    if box.holds(ciphertexts):
        if box.ballot_under(ballot.credential) == raw:  # the same bytes came twice at once; these are the later
            return Accepted(ballot, repeated=True)
        raise DuplicateCiphertext("ballot")
    check_proofs(ballot, election, "ballot")  # step 7
    return Accepted(ballot, repeated=False)


def overtaken(ballot: Ballot, raw: bytes, box: Box) -> None:
    """Decide about a ballot that was accepted and could not be stored: others were, between the decision and the act.

    Nothing to say where they were these very bytes. Raises AlreadyCast, DuplicateCiphertext. Source: SPEC 5.2, steps 4
    and 6; threats C3.
    """
    earlier = box.ballot_under(ballot.credential)
    if earlier is None:
        raise DuplicateCiphertext("ballot") from None  # the failed insert behind it is nobody's to read
    if earlier != raw:
        raise AlreadyCast("ballot") from None


def named_credential(raw: bytes, election: Election) -> str | None:
    """Return the credential in the first bytes of a ballot of this election, by its digits; nothing is checked yet.

    None where they are not those of such a ballot: `accept` says what they are. Source: SPEC 5.2, 4.6.
    """
    head = f'{{"election_uuid":"{election.uuid}","election_hash":"{election.fingerprint}","credential":"'.encode()
    found = _NAMED.match(raw, len(head)) if raw.startswith(head) else None
    return found[1].decode("ascii") if found else None
