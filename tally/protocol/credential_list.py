"""The final list of credentials with every issuer's signature, and the issuers' closing statements about it.

Here live the files credentials.json and issuance.json. Never here: the archive's own list, or who holds a credential.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, permutations
from typing import Any

from tally.protocol.blind import CredentialSignature, SignatureInvalid, check_signature, credential_message
from tally.protocol.encoding import canonical, decode, entries, fields, hex_hash, sha256_hex
from tally.protocol.errors import Mismatch, NotSorted, WrongCount, WrongShape
from tally.protocol.group import Point
from tally.protocol.holding import SPOILED, Voided
from tally.protocol.issuance import SIGNED, IssuerStatement, check_statement
from tally.protocol.manifest import Manifest

FORMAT = "phieu-tin-nhiem/credentials/v1"
ISSUANCE_FORMAT = "phieu-tin-nhiem/issuance/v1"
LIMIT = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ListedCredential:
    """A public credential with one signature per issuer, in the order of the manifest."""

    credential: Point
    signatures: tuple[CredentialSignature, ...]

    @classmethod
    def parse(cls, value: Any, where: str) -> ListedCredential:
        """Read {"credential","signatures"}."""
        m = fields(value, where, "credential", "signatures")
        signatures = entries(m["signatures"], f"{where}.signatures")
        return cls(
            Point.decode(m["credential"], f"{where}.credential"),
            tuple(CredentialSignature.parse(entry, place) for entry, place in signatures),
        )

    def as_json(self) -> dict[str, Any]:
        """Return {"credential","signatures"}."""
        return {"credential": self.credential.encode(), "signatures": [s.encode() for s in self.signatures]}

    def check_signatures(self, manifest: Manifest, where: str) -> None:
        """Check one valid signature of every issuer, with the keys of the manifest and no other.

        Raises WrongCount, SignatureInvalid. Source: SPEC 5.3, step 2; threats A9–A14.
        """
        if len(self.signatures) != len(manifest.issuers):
            raise WrongCount(where, found=len(self.signatures), expected=len(manifest.issuers))
        for issuer, signature in zip(manifest.issuers, self.signatures, strict=True):
            message = credential_message(
                manifest_hash=manifest.hash, issuer_name=issuer.name, credential_hex=self.credential.encode()
            )
            try:
                check_signature(issuer.key, message, signature)
            except SignatureInvalid:
                raise SignatureInvalid(f"{where}.signatures[{issuer.name}]") from None


@dataclass(frozen=True)
class CredentialList:
    """All listed credentials in ascending order, and which of them are void, why, and who proved to hold them."""

    manifest: str
    credentials: tuple[ListedCredential, ...]
    voided: tuple[Voided, ...]

    @classmethod
    def parse(cls, raw: bytes, where: str = "credentials.json") -> CredentialList:
        """Read the bytes. Raises reading errors. Source: SPEC 4.7."""
        m = fields(decode(raw, where, limit=LIMIT), where, "format", "manifest", "credentials", "voided")
        if m["format"] != FORMAT:
            raise WrongShape(f"{where}.format", expected=FORMAT)
        listed = entries(m["credentials"], f"{where}.credentials")
        return cls(
            hex_hash(m["manifest"], f"{where}.manifest"),
            tuple(ListedCredential.parse(entry, place) for entry, place in listed),
            tuple(Voided.parse(entry, place) for entry, place in entries(m["voided"], f"{where}.voided")),
        )

    @classmethod
    def make(
        cls, manifest: Manifest, credentials: Iterable[ListedCredential], voided: Iterable[Voided] = ()
    ) -> CredentialList:
        """Sort and build the list: the order tells nothing about arrival."""
        ordered = sorted(credentials, key=lambda c: c.credential.encode())
        void = sorted(voided, key=lambda v: v.credential.encode())
        return cls(manifest.hash, tuple(ordered), tuple(void))

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        document = {
            "format": FORMAT,
            "manifest": self.manifest,
            "credentials": [c.as_json() for c in self.credentials],
            "voided": [v.as_json() for v in self.voided],
        }
        return canonical(document)

    @property
    def hash(self) -> str:
        """SHA-256 of the bytes in hex, which every issuer's statement names."""
        return sha256_hex(self.encode())

    @cached_property
    def points(self) -> frozenset[Point]:
        """Every listed credential."""
        return frozenset(c.credential for c in self.credentials)

    @cached_property
    def void(self) -> dict[Point, str]:
        """Void credentials with their reason."""
        return {v.credential: v.reason for v in self.voided}

    @property
    def issued(self) -> int:
        """Slips that voters received (*phát ra*): listed minus void."""
        return len(self.credentials) - len(self.voided)

    def check_form(self, manifest: Manifest, where: str = "credentials.json") -> None:
        """Check round, order, distinctness, and that only listed credentials are void, each by its holder's proof.

        Raises Mismatch, NotSorted, WrongCount, BadSignature. Source: SPEC 5.3, step 1.
        """
        if self.manifest != manifest.hash:
            raise Mismatch(f"{where}.manifest", other="manifest.json")
        check_ascending([c.credential.encode() for c in self.credentials], f"{where}.credentials")
        check_ascending([v.credential.encode() for v in self.voided], f"{where}.voided")
        if not self.void.keys() <= self.points:
            raise Mismatch(f"{where}.voided", other="credentials")
        if self.issued > manifest.roll.voters:
            raise WrongCount(where, found=self.issued, expected=f"≤ {manifest.roll.voters}")
        for i, voided in enumerate(self.voided):
            voided.check(manifest.hash, f"{where}.voided[{i}].proof")

    def public(self) -> bytes:
        """Return the list as the archive carries it."""
        return canonical([c.credential.encode() for c in self.credentials])


def check_ascending(entries: list[str], where: str) -> None:
    """Check strictly ascending order, which is also distinctness. Raises NotSorted naming the entry."""
    for i, (left, right) in enumerate(pairwise(entries)):
        if left >= right:
            raise NotSorted(f"{where}[{i + 1}]")


# --- issuance.json ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Issuance:
    """The closing statements of all issuers, in the order of the manifest."""

    statements: tuple[IssuerStatement, ...]

    @classmethod
    def parse(cls, raw: bytes, where: str = "issuance.json") -> Issuance:
        """Read the bytes. Raises reading errors. Source: SPEC 4.7."""
        m = fields(decode(raw, where, limit=1024 * 1024), where, "format", "statements")
        if m["format"] != ISSUANCE_FORMAT:
            raise WrongShape(f"{where}.format", expected=ISSUANCE_FORMAT)
        statements = entries(m["statements"], f"{where}.statements")
        return cls(tuple(IssuerStatement.parse(entry, place) for entry, place in statements))

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical({"format": ISSUANCE_FORMAT, "statements": [s.encode() for s in self.statements]})

    def check(self, manifest: Manifest, credentials: CredentialList, where: str = "issuance.json") -> None:
        """Check that every issuer signed one statement, and that all statements and the list agree.

        Raises Mismatch, WrongCount, StatementSignatureInvalid. Source: SPEC 5.3, step 3; threats 5.6.
        """
        if len(self.statements) != len(manifest.issuers):
            raise WrongCount(where, found=len(self.statements), expected=len(manifest.issuers))
        for issuer, statement in zip(manifest.issuers, self.statements, strict=True):
            place = f"{where}[{issuer.name}]"
            if statement.issuer != issuer.name or statement.manifest != manifest.hash:
                raise Mismatch(place, other="manifest.json")
            if statement.credentials != credentials.hash:
                raise Mismatch(f"{place}.credentials", other="credentials.json")
            check_statement(statement, issuer.statement_key)
            _check_counts(statement, credentials, place, voters=manifest.roll.voters)
        for left, right in permutations(self.statements, 2):
            _check_agreement(left, right, f"{where}[{left.issuer}]")


def _check_counts(statement: IssuerStatement, listed: CredentialList, where: str, *, voters: int) -> None:
    signed, known = statement.signed, len(listed.credentials) + statement.undelivered
    if signed != known:
        raise WrongCount(f"{where}.issued", found=signed, expected=known)
    if statement.voided != len(listed.voided):
        raise WrongCount(f"{where}.voided", found=statement.voided, expected=len(listed.voided))
    reasons = [voided.reason for voided in listed.voided]
    if statement.issued > voters:
        raise WrongCount(f"{where}.issued", found=statement.issued, expected=f"≤ {voters}")
    if statement.reissued > reasons.count(SPOILED):
        raise WrongCount(f"{where}.reissued", found=statement.reissued, expected=f"≤ {reasons.count(SPOILED)}")


def _check_agreement(left: IssuerStatement, right: IssuerStatement, where: str) -> None:
    """Check that what `left` counts of a kind beyond `right` can be what `left` signed in vain; with none, equality."""
    for name in SIGNED:
        most = getattr(right, name) + left.undelivered
        if getattr(left, name) > most:
            raise WrongCount(f"{where}.{name}", found=getattr(left, name), expected=f"≤ {most}")
