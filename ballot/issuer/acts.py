"""What every issuer does, wherever it runs: answer a request, count, end issuing, declare.

Here live these acts over a ledger. Never here: where the ledger lies, who asks, or a voter's name.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from keys.signers import ANSWERS, Entry, Issuer, IssuingFrozen, Kind, Ledger, Reason, closing_statement
from tally.protocol.blind import SignatureInvalid, check_signature, credential_message
from tally.protocol.credential_list import CredentialList
from tally.protocol.encoding import boolean, fields, hex_hash, integer
from tally.protocol.errors import Mismatch, WrongCount
from tally.protocol.holding import SPOILED
from tally.protocol.issuance import IssuerStatement
from tally.protocol.manifest import Manifest

LEAST_ENVELOPES = 3  # even the smallest hall may have three (threats 5.5)


def most_envelopes(voters: int) -> int:
    """Return how many envelopes a round may have in all."""
    return max(LEAST_ENVELOPES, voters // 2)


@dataclass(frozen=True, slots=True)
class Counts:
    """What one issuer has done so far in a round, by its own log, and the head of that log."""

    issued: int
    reissued: int
    envelopes: int
    refused: int
    head: str
    frozen: bool
    destroyed: bool

    @classmethod
    def of(cls, ledger: Ledger) -> Counts:
        """Count a log."""
        kinds = (Kind.ISSUED, Kind.REISSUED, Kind.ENVELOPE, Kind.REFUSED)
        numbers = [ledger.count(kind) for kind in kinds]
        return cls(*numbers, ledger.head, ledger.frozen, ledger.count(Kind.DESTROYED) > 0)

    @classmethod
    def parse(cls, value: Any, where: str) -> Counts:
        """Read what `as_json` returns. Raises WrongShape, BadHash."""
        m = fields(value, where, *cls.__slots__)
        numbers = [integer(m[name], f"{where}.{name}", 0) for name in ("issued", "reissued", "envelopes", "refused")]
        ends = [boolean(m[name], f"{where}.{name}") for name in ("frozen", "destroyed")]
        return cls(*numbers, hex_hash(m["head"], f"{where}.head"), *ends)

    def as_json(self) -> dict[str, Any]:
        """Return {"issued","reissued","envelopes","refused","head","frozen","destroyed"}."""
        return asdict(self)

    def count(self, kind: Kind) -> int:
        """Return how many answers of a kind were given."""
        return {Kind.ISSUED: self.issued, Kind.REISSUED: self.reissued, Kind.ENVELOPE: self.envelopes}[kind]

    @property
    def signed(self) -> int:
        """Everything signed."""
        return sum(self.count(kind) for kind in ANSWERS)


def answer(issuer: Issuer, kind: Kind, reference: str, blinded: bytes) -> bytes:
    """Return the blind signature for a slip of this kind. Raises what the issuer refuses."""
    if kind is Kind.ENVELOPE:
        return issuer.issue_envelope(blinded)
    if kind is Kind.REISSUED:
        return issuer.reissue(reference, blinded, Reason.SPOILED)
    return issuer.issue(reference, blinded)


def end_issuing(ledger: Ledger, destroy: Callable[[], None]) -> None:
    """End the log, destroy the key, and write that into the log; made good by calling it again. Source: SPEC 5.3."""
    if not ledger.frozen:
        with suppress(IssuingFrozen):  # somebody else was first
            ledger.append(Entry(Kind.FROZEN))
    destroy()
    if not ledger.count(Kind.DESTROYED):
        with suppress(IssuingFrozen):
            ledger.append(Entry(Kind.DESTROYED))


def declare(
    ledger: Ledger, manifest: Manifest, credentials: CredentialList, sign: Callable[[bytes], bytes]
) -> IssuerStatement:
    """Sign the closing statement over a list that this issuer has looked at itself.

    Every listed credential carries this issuer's own signature, no more are listed than it signed, and as many slips
    were voided as spoiled as it replaced. Raises Mismatch, NotSorted, WrongCount, BadSignature, SignatureInvalid, and
    what `closing_statement` raises. Source: SPEC 5.3.
    """
    credentials.check_form(manifest)
    _check_own(manifest, ledger.issuer, credentials)
    counts, spoiled = Counts.of(ledger), list(credentials.void.values()).count(SPOILED)
    if counts.signed < len(credentials.credentials):
        raise WrongCount("credentials.json", found=len(credentials.credentials), expected=f"≤ {counts.signed}")
    if counts.reissued > spoiled:
        raise WrongCount("credentials.json.voided", found=spoiled, expected=f"≥ {counts.reissued}")
    return closing_statement(
        ledger,
        voided=len(credentials.voided),
        undelivered=counts.signed - len(credentials.credentials),
        credentials=credentials.hash,
        sign=sign,
    )


def _check_own(manifest: Manifest, name: str, credentials: CredentialList) -> None:
    """Check this issuer's signature on every listed credential. Raises Mismatch, WrongCount, SignatureInvalid."""
    places = [place for place, issuer in enumerate(manifest.issuers) if issuer.name == name]
    if not places:
        raise Mismatch(name, other="manifest.json")
    place, key = places[0], manifest.issuers[places[0]].key
    for number, entry in enumerate(credentials.credentials):
        where = f"credentials.json.credentials[{number}].signatures"
        if len(entry.signatures) != len(manifest.issuers):
            raise WrongCount(where, found=len(entry.signatures), expected=len(manifest.issuers))
        message = credential_message(
            manifest_hash=manifest.hash, issuer_name=name, credential_hex=entry.credential.encode()
        )
        try:
            check_signature(key, message, entry.signatures[place])
        except SignatureInvalid:
            raise SignatureInvalid(f"{where}[{name}]") from None
