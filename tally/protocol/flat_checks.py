"""Flat ballots, checked many at a time: membership, signatures and every proof, as far as saying yes goes.

Here live the equations of proofs/ over rows of numbers, computed by tally/kernel. Never here: a refusal, or which of
many ballots is wrong; that is found out by ballot.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tally.kernel import kernel
from tally.kernel.library import Kernel, Points
from tally.protocol.cipher import Ciphertext
from tally.protocol.encoding import sha256_compact
from tally.protocol.flat_ballot import FlatBallot, Layout
from tally.protocol.group import IDENTITY, G, Point, Q
from tally.protocol.proofs import ballot_signature_prefix

CLAIM = 260
"""Characters of a claim's four commitments, as the kernel writes them: 64 digits each, commas, a newline."""


def checked(ballots: Sequence[FlatBallot], layout: Layout) -> tuple[Ciphertext, ...] | None:
    """Return the product of these ballots, cell by cell, if all their points are members and all else in them holds.

    Checked are the signatures and every proof. Nothing is not a verdict: it may be one ballot of many that is wrong, or
    a machine without the kernel. SPEC 5.2, steps 1, 5 and 7.
    """
    fast = kernel()
    if fast is None or not ballots:
        return None
    credentials = [ballot.credential.raw for ballot in ballots]
    encoded = b"".join(ballot.points for ballot in ballots) + b"".join(credentials)
    if IDENTITY.raw in (encoded[at : at + 32] for at in range(0, len(encoded), 32)):
        return None
    points = fast.decoded(encoded)
    if points is None or not fast.all_members(points):
        return None
    if not all(map(_is_signed_hash, ballots)) or not _signatures_hold(fast, ballots, credentials):
        return None
    pairs = fast.part(points, 0, 2 * layout.choices * len(ballots))
    if not _proofs_hold(fast, ballots, layout, pairs):
        return None
    product = fast.encoded(fast.columns(pairs, len(ballots)))
    return tuple(Ciphertext(Point(a), Point(b)) for a, b in zip(product[::2], product[1::2], strict=True))


def _is_signed_hash(ballot: FlatBallot) -> bool:
    return sha256_compact(ballot.body) == ballot.signed_hash


def _signatures_hold(fast: Kernel, ballots: Sequence[FlatBallot], credentials: Sequence[bytes]) -> bool:
    """Compare each challenge with the hash of its commitment. SPEC 3.3."""
    terms = [(G.raw, b.numbers[-1], raw, b.numbers[-2]) for b, raw in zip(ballots, credentials, strict=True)]
    for ballot, commitment in zip(ballots, fast.pairs(terms), strict=True):
        text = ballot_signature_prefix(ballot.signed_hash) + commitment[::-1].hex()
        if _hashed(hashlib.sha256(text.encode("ascii"))) != ballot.numbers[-2]:
            return False
    return True


def _proofs_hold(fast: Kernel, ballots: Sequence[FlatBallot], layout: Layout, pairs: Points) -> bool:
    """Let the kernel compute the commitments of every claim, of choices and then of sums, and compare the hashes."""
    totals = fast.sums(pairs, layout.widths * len(ballots))
    everything = fast.joined(pairs, totals)
    claims = [claim for ballot in ballots for claim in _of_choices(ballot, layout)]
    claims += _of_sums(ballots, layout, fast.encoded(totals))
    scalars = b"".join([number.to_bytes(32, "little") for claim in claims for number in claim.numbers])
    texts = fast.branch_texts(layout.key, everything, scalars)
    commitments = (texts[at : at + CLAIM - 1] for at in range(0, len(texts), CLAIM))
    for claim, text in zip(claims, commitments, strict=True):
        hashed = claim.begun.copy()
        hashed.update(b"%b|%b" % (claim.said, text))
        if _hashed(hashed) != (claim.numbers[0] + claim.numbers[2]) % Q:
            return False
    return True


class Claim(NamedTuple):
    """That a ciphertext holds 0 or 1: the hash so far, what is hashed next, challenge and response of either."""

    begun: hashlib._Hash
    said: bytes
    numbers: tuple[int, ...]


def _begun(ballot: FlatBallot, layout: Layout) -> hashlib._Hash:
    """Return the hash of what all proofs of a ballot begin with. SPEC 3.5."""
    return hashlib.sha256(b"prove|%b|%b|" % (layout.election.fingerprint.encode("ascii"), ballot.credential_text))


def _of_choices(ballot: FlatBallot, layout: Layout) -> Iterator[Claim]:
    begun, pairs, at = _begun(ballot, layout), iter(ballot.pairs), 0
    for width in layout.widths:
        for pair in islice(pairs, width):
            yield Claim(begun, pair, ballot.numbers[at : at + 4])
            at += 4
        at += 4  # the sum's


def _of_sums(ballots: Sequence[FlatBallot], layout: Layout, totals: Sequence[bytes]) -> Iterator[Claim]:
    total = iter(raw[::-1].hex().encode("ascii") for raw in totals)
    for ballot in ballots:
        begun, pairs, at = _begun(ballot, layout), iter(ballot.pairs), 0
        for width in layout.widths:
            at += 4 * width
            said = b"%b|%b,%b" % (b",".join(islice(pairs, width)), next(total), next(total))
            yield Claim(begun, said, ballot.numbers[at : at + 4])
            at += 4


def _hashed(hashed: hashlib._Hash) -> int:
    return int.from_bytes(hashed.digest(), "big") % Q
