"""A member's part in making the committee's key, step by step, as pure functions over messages.

Here live the secret half of the ceremony and the putting together of its public result. Never here: a file, a network,
or anybody else's secret.

    certificate → (all certificates) commitment → (all commitments) reveal → (all reveals) public key → committee.json

Nobody reveals before all commitments are in: `reveal` takes them all, signs them, and refuses if one is missing.
SPEC 4.4, 5.4; threats F5, F6.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from keys.channel import KeyPair, MemberKeys, receive, send, sign
from tally.i18n import marked
from tally.protocol.committee import Committee, Member, acknowledgement_prefix
from tally.protocol.encoding import array, canonical, decode, fields, sha256_hex, string
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
from tally.protocol.proofs import Proof, knowledge_prefix, message_prefix, schnorr_check, schnorr_sign
from tally.protocol.trustees import (
    Pedersen,
    Single,
    Trustees,
    check_certificates,
    check_polynomial,
    check_verification_key,
    sub_share_key,
)

T = TypeVar("T")


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


def check_all_certificates(manifest: Manifest, certificates: Mapping[int, Certificate]) -> tuple[Certificate, ...]:
    """Return the certificates in order after checking them together. Raises BadTrustee naming the sender."""
    ordered = in_order(manifest, certificates)
    for index, certificate in enumerate(ordered, start=1):
        if certificate.context != Context(manifest.committee_size, manifest.threshold, index):
            raise BadTrustee(f"member {index}", reason="context")
    check_certificates(ordered, manifest.threshold, "certificates")
    return ordered


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


def transcript(manifest: Manifest, certificates: tuple[Certificate, ...], commitments: tuple[str, ...]) -> str:
    """Return the hash of what everybody must have seen alike before revealing; equal for all members. SPEC 4.4."""
    return sha256_hex(acknowledgement_prefix(manifest.hash, certificates, commitments).encode("utf-8"))


def transcript_of(committee: Committee) -> str:
    """Return the transcript of a finished committee; empty for a committee of one."""
    item = committee.trustees.items[0]
    if isinstance(item, Single):
        return ""
    prefix = acknowledgement_prefix(committee.manifest, item.certificates, committee.commitments)
    return sha256_hex(prefix.encode("utf-8"))


# --- steps 3 and 4: acknowledgement and reveal -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reveal:
    """A member's polynomial in the exponent, its signatures, and a sealed share for each member."""

    coefexps: Coefexps
    signature: Proof
    acknowledgement: Proof
    shares: tuple[str, ...]

    @classmethod
    def parse(cls, value: Any, where: str) -> Reveal:
        """Read {"coefexps","signature","acknowledgement","shares"}."""
        m = fields(value, where, "coefexps", "signature", "acknowledgement", "shares")
        shares = array(m["shares"], f"{where}.shares")
        return cls(
            Coefexps.parse(m["coefexps"], f"{where}.coefexps"),
            Proof.parse(m["signature"], f"{where}.signature"),
            Proof.parse(m["acknowledgement"], f"{where}.acknowledgement"),
            tuple(string(s, f"{where}.shares[{i}]") for i, s in enumerate(shares)),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the object that `parse` reads."""
        return {
            "coefexps": self.coefexps.signed.as_json(),
            "signature": self.signature.as_json(),
            "acknowledgement": self.acknowledgement.as_json(),
            "shares": list(self.shares),
        }


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


def check_reveal(
    manifest: Manifest,
    certificates: tuple[Certificate, ...],
    commitments: tuple[str, ...],
    index: int,
    message: Reveal,
) -> None:
    """Check everything public about the reveal of member `index` (from 1). Raises BadTrustee, BadSignature."""
    where = f"member {index}"
    verification = certificates[index - 1].verification
    if message.coefexps.commitment != commitments[index - 1]:
        raise BadTrustee(where, reason=marked("đa thức khác với cam kết"))
    if len(message.shares) != manifest.committee_size:
        raise BadTrustee(where, reason=marked("số phần khóa"))
    check_polynomial(certificates, index - 1, message.coefexps, manifest.threshold, where)
    transcript = transcript_text(certificates, message.coefexps)
    schnorr_check(message_prefix(transcript), verification, message.signature, where)
    prefix = acknowledgement_prefix(manifest.hash, certificates, commitments)
    schnorr_check(prefix, verification, message.acknowledgement, where)


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


# --- the committee -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Messages:
    """All public messages of a ceremony, by member number."""

    certificates: Mapping[int, Certificate]
    commitments: Mapping[int, str]
    reveals: Mapping[int, Reveal]
    keys: Mapping[int, TrusteeKey]


def assemble(manifest: Manifest, members: tuple[Member, ...], messages: Messages) -> Committee:
    """Put the public messages together and check the whole as any verifier will.

    Raises BadTrustee, BadSignature naming the member. Source: SPEC 5.4.
    """
    keys = in_order(manifest, messages.keys)
    if manifest.committee_size == 1:
        trustees = Trustees.make((Single(keys[0]),))
        committee = Committee(manifest.hash, 1, members, (), (), trustees)
    else:
        certificates = check_all_certificates(manifest, messages.certificates)
        reveals = in_order(manifest, messages.reveals)
        coefexps = tuple(r.coefexps for r in reveals)
        for i, key in enumerate(keys):
            check_verification_key(certificates, coefexps, i, key, f"member {i + 1}")
        signatures = tuple(r.signature for r in reveals)
        item = Pedersen(manifest.threshold, certificates, coefexps, signatures, keys)
        committee = Committee(
            manifest.hash,
            manifest.threshold,
            members,
            in_order(manifest, messages.commitments),
            tuple(r.acknowledgement for r in reveals),
            Trustees.make((item,)),
        )
    committee.check_for(manifest)
    committee.check_ceremony()
    return Committee.parse(committee.encode())


def in_order(manifest: Manifest, messages: Mapping[int, T]) -> tuple[T, ...]:
    """Return one message of every member, in order. Raises BadTrustee naming a member who is missing."""
    for index in range(1, manifest.committee_size + 1):
        if index not in messages:
            raise BadTrustee(f"member {index}", reason=marked("chưa gửi thông điệp"))
    return tuple(messages[index] for index in range(1, manifest.committee_size + 1))
