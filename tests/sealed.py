"""The files that are fixed before the first ballot, and how a test forges one step of writing them.

Here lives the first half of what tests/records.py writes. Never here: a ballot.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nacl.signing import SigningKey

from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.encoding import sha256_hex
from tally.protocol.holding import UNUSED_ENVELOPE
from tally.protocol.issuance import IssuerStatement
from tally.protocol.opening import Opening, pass_test, zero_report_bytes
from tally.protocol.spoiled import OpenedBallot, Spoiled

if TYPE_CHECKING:
    from tests.builders import Round

TERMINAL = "B1"  # the one on which every draft of a round is tested


class Sealed:
    """Each step is a property: what the test forged, else what an honest hall would write at this point."""

    def __init__(self, round_: Round, forged: Mapping[str, Any]) -> None:
        self.round, self.forged = round_, forged
        self.committee_value = round_.board.committee
        unknown = [name for name in forged if not hasattr(type(self), f"make_{name}")]
        assert not unknown, unknown

    def __getattr__(self, name: str) -> Any:
        if not hasattr(type(self), f"make_{name}"):
            raise AttributeError(name)
        value = self.forged[name] if name in self.forged else getattr(self, f"make_{name}")()
        setattr(self, name, value)
        return value

    # --- before voting ----------------------------------------------------------------------------------------

    def make_manifest(self) -> bytes:
        return self.round.manifest.raw

    def make_committee(self) -> bytes:
        return self.committee_value.encode()

    def make_credentials(self) -> bytes:
        return self.credential_list.encode()

    @cached_property
    def credential_list(self) -> CredentialList:
        return CredentialList.make(self.round.manifest, self.round.listed, self.round.voided)

    def make_issuance(self) -> bytes:
        pairs = zip(self.round.manifest.issuers, self.round.hall.statements, strict=True)
        return Issuance(tuple(self.statement(issuer.name, key) for issuer, key in pairs)).encode()

    def statement(self, issuer: str, key: SigningKey, /, **changes: Any) -> IssuerStatement:
        envelopes = sum(voided.reason == UNUSED_ENVELOPE for voided in self.round.voided)
        content = {
            "issuer": issuer,
            "manifest": self.round.manifest.hash,
            "issued": len(self.round.listed) - envelopes,
            "reissued": 0,
            "envelopes": envelopes,
            "voided": len(self.round.voided),
            "undelivered": 0,
            "refused": 0,
            "log_head": sha256_hex(issuer.encode()),
            "credentials": sha256_hex(self.credentials),
            "signature": bytes(64).hex(),
        } | changes
        signature = key.sign(IssuerStatement(**content).signing_bytes()).signature.hex()
        return IssuerStatement(**content | {"signature": signature})

    def make_opening(self) -> bytes:
        return self.round.opening

    def opened(self, *owners: int) -> bytes:
        """Let members take the opening test together."""
        manifest, committee = self.round.manifest, self.committee_value
        nonces = {owner: sha256_hex(f"nonce {owner}".encode()) for owner in owners}
        passed = tuple(pass_test(committee, nonces, owner=o, secret=self.round.board.shares[o]) for o in owners)
        zero = self.round.hall.box.sign(zero_report_bytes(manifest.hash, committee.hash)).signature.hex()
        return Opening(manifest.hash, committee.hash, passed, zero).encode()

    def make_spoiled(self) -> bytes:
        opened = (OpenedBallot.of(draft, TERMINAL) for draft in self.round.spoiled)
        return Spoiled.make(self.round.election, opened).encode()
