"""A member's secret part in making the committee's key, step by step, as functions over messages.

Here lives what needs the member's keys, polynomial or share. Never here: a file, a network, anybody else's secret, or
a check that needs no secret (tally/protocol/ceremony.py).

    certificate → (all certificates) commitment → (all commitments) reveal → (all reveals) public key → committee.json

Nobody reveals before all commitments are in: `reveal` takes them all, signs them, and refuses if one is missing.
SPEC 4.4, 5.4; threats F5, F6.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from keys.committee.channel import KeyPair, MemberKeys, receive, send, sign
from tally.i18n import marked
from tally.protocol.ceremony import Reveal, check_reveal, in_order
from tally.protocol.committee import acknowledgement_prefix
from tally.protocol.encoding import canonical, decode, fields
from tally.protocol.errors import BadTrustee, Refused
from tally.protocol.group import Q, RandBelow, decode_scalar, g_pow, random_scalar
from tally.protocol.manifest import Manifest
from tally.protocol.messages import (
    Certificate,
    Coefexps,
    Context,
    TrusteeKey,
    certificate_text,
    coefexps_text,
    transcript_text,
)
from tally.protocol.proofs import knowledge_prefix, message_prefix, schnorr_sign
from tally.protocol.trustees import sub_share_key


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose ceremony this is: the round, the member's place in it, and the member's keys."""

    manifest: Manifest
    index: int
    keys: MemberKeys = field(repr=False)

    @property
    def context(self) -> Context:
        """What the certificate says about this seat."""
        return Context(self.manifest.committee_size, self.manifest.threshold, self.index)


# --- step 1: certificate -----------------------------------------------------------------------------------------


def make_certificate(seat: Seat, randbelow: RandBelow = secrets.randbelow) -> Certificate:
    """Publish the member's verification and encryption keys."""
    public = {"verification": seat.keys.signing.public, "encryption": seat.keys.receiving.public}
    signed = sign(seat.keys.signing.secret, certificate_text(seat.context, **public), randbelow)
    return Certificate.parse(signed.as_json(), f"member {seat.index}")


# --- step 2: commitment ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A member's secret polynomial with its public, signed image."""

    coefficients: tuple[int, ...] = field(repr=False)
    public: Coefexps

    @property
    def commitment(self) -> str:
        """What is published first."""
        return self.public.commitment

    def at(self, index: int) -> int:
        """Return f(index) mod q, the secret share for member `index`."""
        return sum(a * pow(index, k, Q) for k, a in enumerate(self.coefficients)) % Q


def draw_polynomial(seat: Seat, randbelow: RandBelow = secrets.randbelow) -> Polynomial:
    """Draw a polynomial of degree t − 1 and sign its image; only its commitment may be shown yet."""
    coefficients = tuple(random_scalar(randbelow) for _ in range(seat.manifest.threshold))
    text = coefexps_text(tuple(g_pow(a) for a in coefficients))
    signed = sign(seat.keys.signing.secret, text, randbelow)
    return Polynomial(coefficients, Coefexps.parse(signed.as_json(), f"member {seat.index}"))


# --- steps 3 and 4: acknowledgement and reveal -------------------------------------------------------------------


def reveal(
    seat: Seat,
    polynomial: Polynomial,
    certificates: tuple[Certificate, ...],
    commitments: Mapping[int, str],
    randbelow: RandBelow = secrets.randbelow,
) -> Reveal:
    """Acknowledge all commitments, then reveal.

    Raises BadTrustee when one is missing or ours was replaced. Source: SPEC 4.4, steps 3 and 4.
    """
    ordered = in_order(seat.manifest, commitments)
    own, keys = certificates[seat.index - 1], seat.keys
    if (own.verification, own.encryption) != (keys.signing.public, keys.receiving.public):
        raise BadTrustee(f"member {seat.index}", reason=marked("chứng thư của quý vị đã bị thay"))
    if ordered[seat.index - 1] != polynomial.commitment:
        raise BadTrustee(f"member {seat.index}", reason=marked("cam kết của quý vị đã bị thay"))
    signing = seat.keys.signing
    prefix = acknowledgement_prefix(seat.manifest.hash, certificates, ordered)
    transcript = message_prefix(transcript_text(certificates, polynomial.public))
    return Reveal(
        polynomial.public,
        schnorr_sign(transcript, signing.secret, randbelow),
        schnorr_sign(prefix, signing.secret, randbelow),
        tuple(
            send(signing, certificate.encryption, canonical({"secret": str(polynomial.at(j))}).decode(), randbelow)
            for j, certificate in enumerate(certificates, start=1)
        ),
    )


# --- steps 5 and 6: share and public key -------------------------------------------------------------------------


def receive_share(
    seat: Seat,
    certificates: tuple[Certificate, ...],
    commitments: tuple[str, ...],
    reveals: tuple[Reveal, ...],
) -> int:
    """Open, check and add the shares that all members sent to this seat.

    Raises BadTrustee, BadPrivateMessage, BadSignature naming the sender. Source: SPEC 4.4, step 5.
    """
    total = 0
    for sender, message in enumerate(reveals, start=1):
        where = f"member {sender}"
        check_reveal(seat.manifest, certificates, commitments, sender, message)
        sealed = message.shares[seat.index - 1]
        text = receive(seat.keys.receiving, certificates[sender - 1].verification, sealed, where)
        share = _secret(text, where)
        if g_pow(share) != sub_share_key(message.coefexps, seat.index):
            raise BadTrustee(where, reason=marked("phần khóa gửi đến không ứng với đa thức đã công bố"))
        total = (total + share) % Q
    return total


def publish_key(share: int, signing: KeyPair | None, randbelow: RandBelow = secrets.randbelow) -> TrusteeKey:
    """Return the public key of a share, with a proof of knowledge, signed by `signing`. SPEC 4.4, step 6."""
    public = g_pow(share)
    proof = schnorr_sign(knowledge_prefix(public), share, randbelow)
    signature = schnorr_sign(message_prefix(public.encode()), signing.secret, randbelow) if signing else None
    return TrusteeKey(proof, public, signature, None)


def _secret(text: str, where: str) -> int:
    try:
        return decode_scalar(fields(decode(text.encode("utf-8"), where, limit=4096), where, "secret")["secret"], where)
    except Refused:
        raise BadTrustee(where, reason=marked("phần khóa không đọc được")) from None
