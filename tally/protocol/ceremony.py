"""The public half of making a committee's key: what anybody can check of a member's message when it arrives.

Here live the checks across messages and the putting together of their result. Never here: a secret, or who sends what
to whom (keys/ for a member's own part, ballot/ for a server that carries the messages).

    certificate → (all certificates) commitment → (all commitments) reveal → (all reveals) public key → committee.json

SPEC 4.4, 5.4; threats F5, F6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from tally.i18n import marked
from tally.protocol.committee import Committee, Member, acknowledgement_prefix
from tally.protocol.encoding import array, fields, sha256_hex, string
from tally.protocol.errors import BadTrustee
from tally.protocol.manifest import Manifest
from tally.protocol.messages import Certificate, Coefexps, Context, TrusteeKey, transcript_text
from tally.protocol.proofs import Proof, message_prefix, schnorr_check
from tally.protocol.trustees import (
    Pedersen,
    Single,
    Trustees,
    check_certificates,
    check_polynomial,
    check_verification_key,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Messages:
    """All public messages of a ceremony, by member number."""

    certificates: Mapping[int, Certificate]
    commitments: Mapping[int, str]
    reveals: Mapping[int, Reveal]
    keys: Mapping[int, TrusteeKey]


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


# --- each message ----------------------------------------------------------------------------------------------


def check_certificate(manifest: Manifest, index: int, certificate: Certificate) -> None:
    """Check that a certificate is for member `index` (from 1) of this committee. Raises BadTrustee."""
    if certificate.context != Context(manifest.committee_size, manifest.threshold, index):
        raise BadTrustee(f"member {index}", reason="context")


def check_all_certificates(manifest: Manifest, certificates: Mapping[int, Certificate]) -> tuple[Certificate, ...]:
    """Return the certificates in order after checking them together. Raises BadTrustee naming the sender."""
    ordered = in_order(manifest, certificates)
    for index, certificate in enumerate(ordered, start=1):
        check_certificate(manifest, index, certificate)
    check_certificates(ordered, manifest.threshold, "certificates")
    return ordered


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


def check_key(
    manifest: Manifest,
    certificates: tuple[Certificate, ...],
    coefexps: tuple[Coefexps, ...],
    index: int,
    key: TrusteeKey,
) -> None:
    """Check the public key of member `index` (from 1): it follows from all polynomials, and the member signed it.

    In a committee of one there is neither polynomial nor signature. Raises BadTrustee, BadSignature.
    """
    where = f"member {index}"
    if (key.signature is None) != (manifest.committee_size == 1) or key.name is not None:
        raise BadTrustee(where, reason=marked("thiếu chữ ký trên khóa công khai"))
    if manifest.committee_size > 1:
        check_verification_key(certificates, coefexps, index - 1, key, where)


# --- all of them together ----------------------------------------------------------------------------------------


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
