"""The trustees of an election: who can decrypt, with which public keys, and that the election key is really theirs.

Here live the public checks over a committee's messages. Never here: a share, a seed, or the making of messages (keys/).

Owners are numbered from 1 over the flattened list: a Pedersen item with n members takes n numbers. SPEC 4.4, 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tally.i18n import marked
from tally.protocol.encoding import array, canonical, decode, entries, fields, integer, string
from tally.protocol.errors import BadTrustee
from tally.protocol.group import IDENTITY, Point, product
from tally.protocol.messages import Certificate, Coefexps, TrusteeKey, transcript_text
from tally.protocol.proofs import Proof, message_prefix, schnorr_check

LIMIT = 4 * 1024 * 1024
MOST_MEMBERS = 100  # of one item of anybody's archive; a committee of ours has at most nine


@dataclass(frozen=True, slots=True)
class Single:
    """One trustee without whom nothing can be decrypted."""

    key: TrusteeKey

    @classmethod
    def parse(cls, value: Any, where: str) -> Single:
        """Read a trustee key."""
        return cls(TrusteeKey.parse(value, where))

    def as_json(self) -> Any:
        """Return the public key object."""
        return self.key.as_json()

    @property
    def threshold(self) -> int:
        """How many of this item's members are needed: its only one."""
        return 1

    @property
    def keys(self) -> tuple[Point, ...]:
        """The members' verification keys for decryption."""
        return (self.key.point,)

    @property
    def public_key(self) -> Point:
        """This item's factor of the election key."""
        return self.key.point


@dataclass(frozen=True, slots=True)
class Pedersen:
    """A committee of which any `threshold` members decrypt."""

    threshold: int
    certificates: tuple[Certificate, ...]
    coefexps: tuple[Coefexps, ...]
    signatures: tuple[Proof, ...] | None
    verification_keys: tuple[TrusteeKey, ...]

    @classmethod
    def parse(cls, value: Any, where: str) -> Pedersen:
        """Read threshold parameters and check everything public about them.

        Raises BadTrustee, BadSignature naming the member. Source: SPEC 5.4.
        """
        signed = ("signatures",) if "signatures" in value else ()
        m = fields(value, where, "threshold", "certs", "coefexps", *signed, "verification_keys")
        certs = array(m["certs"], f"{where}.certs")
        size = len(certs)
        if not 1 <= size <= MOST_MEMBERS:
            raise BadTrustee(where, reason=marked("số thành viên"))
        committee = cls(
            integer(m["threshold"], f"{where}.threshold", 1, size),
            _parse_each(Certificate.parse, certs, f"{where}.certs", size),
            _parse_each(Coefexps.parse, m["coefexps"], f"{where}.coefexps", size),
            _parse_each(Proof.parse, m["signatures"], f"{where}.signatures", size) if "signatures" in m else None,
            _parse_each(TrusteeKey.parse, m["verification_keys"], f"{where}.verification_keys", size),
        )
        committee.check(where)
        return committee

    def as_json(self) -> Any:
        """Return the parameters in the order of the format."""
        signatures = {} if self.signatures is None else {"signatures": [s.as_json() for s in self.signatures]}
        return {
            "threshold": self.threshold,
            "certs": [c.signed.as_json() for c in self.certificates],
            "coefexps": [c.signed.as_json() for c in self.coefexps],
            **signatures,
            "verification_keys": [key.as_json() for key in self.verification_keys],
        }

    @property
    def keys(self) -> tuple[Point, ...]:
        """The members' verification keys for decryption, in order."""
        return tuple(key.point for key in self.verification_keys)

    @property
    def public_key(self) -> Point:
        """This item's factor of the election key."""
        return product(c.points[0] for c in self.coefexps)

    def check(self, where: str) -> None:
        """Check certificates, polynomials and keys against each other; raises BadTrustee or BadSignature."""
        check_certificates(self.certificates, self.threshold, where)
        signatures = self.signatures or (None,) * len(self.coefexps)
        for i, (coefexps, signature) in enumerate(zip(self.coefexps, signatures, strict=True)):
            check_polynomial(self.certificates, i, coefexps, self.threshold, f"{where}.coefexps[{i}]")
            if signature is not None:
                text = transcript_text(self.certificates, coefexps)
                schnorr_check(
                    message_prefix(text), self.certificates[i].verification, signature, f"{where}.signatures[{i}]"
                )
        for i, key in enumerate(self.verification_keys):
            check_verification_key(self.certificates, self.coefexps, i, key, f"{where}.verification_keys[{i}]")


def check_certificates(certificates: tuple[Certificate, ...], threshold: int, where: str) -> None:
    """Check that the certificates are for one committee, in order; all or none carry a context.

    Raises BadTrustee. Source: SPEC 4.4, step 2; 5.4.
    """
    size = len(certificates)
    contexts = [c.context for c in certificates if c.context is not None]
    if contexts and len(contexts) != size:
        raise BadTrustee(where, reason="context")
    for i, context in enumerate(contexts):
        if (context.size, context.threshold, context.index) != (size, threshold, i + 1):
            raise BadTrustee(f"{where}.certs[{i}]", reason="context")
    if len({c.verification for c in certificates}) != size or len({c.encryption for c in certificates}) != size:
        raise BadTrustee(where, reason=marked("hai thành viên trùng khóa"))


def check_polynomial(
    certificates: tuple[Certificate, ...], index: int, coefexps: Coefexps, threshold: int, where: str
) -> None:
    """Check that member `index` (from 0) signed a polynomial of the right degree. Raises BadTrustee, BadSignature."""
    coefexps.signed.check(certificates[index].verification, where)
    if len(coefexps.points) != threshold:
        raise BadTrustee(where, reason=marked("bậc đa thức"))


def check_verification_key(
    certificates: tuple[Certificate, ...], coefexps: tuple[Coefexps, ...], index: int, key: TrusteeKey, where: str
) -> None:
    """Check that member `index` (from 0) published the key its share must have, and signed it.

    Raises BadTrustee, BadSignature. Source: SPEC 4.4, step 6; 5.4.
    """
    if key.point != share_key(coefexps, index + 1):
        raise BadTrustee(where, reason=marked("khóa công khai không ứng với các đa thức"))
    if key.signature is not None:
        schnorr_check(message_prefix(key.point.encode()), certificates[index].verification, key.signature, where)


def share_key(coefexps: tuple[Coefexps, ...], index: int) -> Point:
    """Return g^{S_index}: the sum of all polynomials at `index` (from 1), in the exponent."""
    return _evaluate(joint_polynomial(coefexps), index)


def joint_polynomial(coefexps: tuple[Coefexps, ...]) -> tuple[Point, ...]:
    """Return the product of all members' polynomials, coefficient by coefficient."""
    return tuple(product(column) for column in zip(*(c.points for c in coefexps), strict=True))


def sub_share_key(coefexps: Coefexps, index: int) -> Point:
    """Return g^{f(index)} of one member's polynomial, against which the share it sent is checked."""
    return _evaluate(coefexps.points, index)


def _evaluate(points: tuple[Point, ...], index: int) -> Point:
    """Horner's rule in the exponent: small exponents, so t multiplications by `index`."""
    total = IDENTITY
    for point in reversed(points):
        total = total**index * point
    return total


def _parse_each(parse: Any, value: Any, where: str, length: int) -> tuple[Any, ...]:
    return tuple(parse(entry, place) for entry, place in entries(value, where, length))


# --- the list of an archive ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trustees:
    """All items of an election; `raw` are the archived bytes."""

    raw: bytes
    items: tuple[Single | Pedersen, ...]

    @classmethod
    def parse(cls, raw: bytes, where: str = "trustees") -> Trustees:
        """Read and check `[["Single"|"Pedersen", …], …]`.

        Raises BadTrustee, BadSignature and reading errors. Source: SPEC 4.4.
        """
        items = array(decode(raw, where, limit=LIMIT, exact=False), where)
        if not items:
            raise BadTrustee(where, reason=marked("không có thành viên nào"))
        return cls(raw, tuple(_item(entry, place) for entry, place in entries(items, where)))

    @classmethod
    def make(cls, items: tuple[Single | Pedersen, ...]) -> Trustees:
        """Write the list; the result is what `parse` reads back."""
        return cls.parse(canonical([[type(item).__name__, item.as_json()] for item in items]))

    @cached_property
    def public_key(self) -> Point:
        """The election key: the product of the items' keys."""
        return product(item.public_key for item in self.items)

    @cached_property
    def owners(self) -> tuple[Point, ...]:
        """Verification keys for decryption; owner number k is entry k − 1."""
        return tuple(key for item in self.items for key in item.keys)


def _item(value: Any, where: str) -> Single | Pedersen:
    pair = array(value, where, 2)
    kind = string(pair[0], where)
    if kind == "Single":
        return Single.parse(pair[1], where)
    if kind == "Pedersen" and isinstance(pair[1], dict):
        return Pedersen.parse(pair[1], where)
    raise BadTrustee(where, reason=kind[:20])
