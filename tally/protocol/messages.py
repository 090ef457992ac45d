"""The messages that trustees exchange and publish during a key ceremony, as values.

Here lives their form and the check of each one by itself. Never here: a secret, or a check across them.

A signed message is `{"message": TEXT, "signature": proof}`; TEXT is JSON in a string, signed as it stands. SPEC 4.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import canonical, decode, entries, fields, integer, sha256_hex, string
from tally.protocol.errors import BadTrustee
from tally.protocol.group import NAME, Point
from tally.protocol.proofs import Proof, knowledge_prefix, message_prefix, schnorr_check

_LIMIT = 64 * 1024
MAX_TRUSTEES = 9


@dataclass(frozen=True, slots=True)
class Signed:
    """A text with its Schnorr signature."""

    message: str
    signature: Proof

    @classmethod
    def parse(cls, value: Any, where: str) -> Signed:
        """Read {"message","signature"}."""
        m = fields(value, where, "message", "signature")
        return cls(string(m["message"], f"{where}.message"), Proof.parse(m["signature"], f"{where}.signature"))

    def as_json(self) -> dict[str, Any]:
        """Return {"message","signature"}."""
        return {"message": self.message, "signature": self.signature.as_json()}

    def check(self, signer: Point, where: str) -> None:
        """Check the signature under `signer`. Raises BadSignature."""
        schnorr_check(message_prefix(self.message), signer, self.signature, where)

    def content(self, where: str) -> Any:
        """Return the JSON inside the text."""
        return decode(self.message.encode("utf-8"), where, limit=_LIMIT)


@dataclass(frozen=True, slots=True)
class Context:
    """Which place of which committee a certificate is for; `index` from 1."""

    size: int
    threshold: int
    index: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """A trustee's public keys: `verification` for its signatures, `encryption` for what it is sent."""

    signed: Signed
    context: Context | None
    verification: Point
    encryption: Point

    @classmethod
    def parse(cls, value: Any, where: str) -> Certificate:
        """Read and check a self-signed certificate; without context only archives older than 2.5.1 have it.

        Raises BadSignature and reading errors. Source: SPEC 4.4, step 1.
        """
        signed = Signed.parse(value, where)
        content = signed.content(where)
        has_context = isinstance(content, dict) and "context" in content
        m = fields(content, where, *(("context",) if has_context else ()), "verification", "encryption")
        certificate = cls(
            signed,
            _context(m["context"], f"{where}.context") if has_context else None,
            Point.decode(m["verification"], f"{where}.verification"),
            Point.decode(m["encryption"], f"{where}.encryption"),
        )
        signed.check(certificate.verification, where)
        return certificate


def certificate_text(context: Context, *, verification: Point, encryption: Point) -> str:
    """Return the text of a certificate, to be signed with the key behind `verification`."""
    document = {
        "context": {"group": NAME, "size": context.size, "threshold": context.threshold, "index": context.index},
        "verification": verification.encode(),
        "encryption": encryption.encode(),
    }
    return canonical(document).decode()


def _context(value: Any, where: str) -> Context:
    m = fields(value, where, "group", "size", "threshold", "index")
    if m["group"] != NAME:
        raise BadTrustee(where, reason="group")
    size = integer(m["size"], f"{where}.size", 1, 1000)
    threshold = integer(m["threshold"], f"{where}.threshold", 1, size)
    return Context(size, threshold, integer(m["index"], f"{where}.index", 1, size))


@dataclass(frozen=True, slots=True)
class Coefexps:
    """A trustee's public polynomial: g^{a_0} … g^{a_{t-1}}, signed."""

    signed: Signed
    points: tuple[Point, ...]

    @classmethod
    def parse(cls, value: Any, where: str) -> Coefexps:
        """Read {"message": "{\\"coefexps\\":[…]}", "signature"}; every point is a member and not the identity."""
        signed = Signed.parse(value, where)
        m = fields(signed.content(where), where, "coefexps")
        points = entries(m["coefexps"], f"{where}.coefexps")
        return cls(signed, tuple(Point.decode(point, place) for point, place in points))

    @property
    def commitment(self) -> str:
        """SHA-256 of the message, published before anybody reveals (SPEC 4.4, step 2)."""
        return sha256_hex(canonical(self.signed.as_json()))


def coefexps_text(points: tuple[Point, ...]) -> str:
    """Return the text of a `coefexps` message."""
    return canonical({"coefexps": [point.encode() for point in points]}).decode()


def transcript_text(certificates: tuple[Certificate, ...], coefexps: Coefexps) -> str:
    """Return what a trustee signs over all certificates together with its own polynomial (`certs_sig|…`)."""
    document = {
        "certs": [certificate.signed.as_json() for certificate in certificates],
        "coefexps": [point.encode() for point in coefexps.points],
    }
    return "certs_sig|" + canonical(document).decode()


@dataclass(frozen=True, slots=True)
class TrusteeKey:
    """A trustee's public key for decryption, with a proof that somebody knows the secret behind it."""

    proof: Proof
    point: Point
    signature: Proof | None
    name: str | None

    @classmethod
    def parse(cls, value: Any, where: str) -> TrusteeKey:
        """Read {"pok","public_key"[,"signature"][,"name"]} and check the proof of knowledge.

        Raises BadSignature and reading errors. Source: SPEC 4.4.
        """
        m = fields(value, where, "pok", "public_key", optional=("signature", "name"))
        key = cls(
            Proof.parse(m["pok"], f"{where}.pok"),
            Point.decode(m["public_key"], f"{where}.public_key"),
            Proof.parse(m["signature"], f"{where}.signature") if "signature" in m else None,
            string(m["name"], f"{where}.name") if "name" in m else None,
        )
        schnorr_check(knowledge_prefix(key.point), key.point, key.proof, f"{where}.pok")
        return key

    def as_json(self) -> dict[str, Any]:
        """Return the object in the order of the format."""
        signature = {} if self.signature is None else {"signature": self.signature.as_json()}
        name = {} if self.name is None else {"name": self.name}
        return {"pok": self.proof.as_json(), "public_key": self.point.encode(), **signature, **name}
