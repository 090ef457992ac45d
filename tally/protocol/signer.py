"""A member's signed word which certificate is theirs: it ties signatures on documents to the committee of the record.

Here lives the statement and its check. Never here: a certificate, a PDF, or the private half of either key.

The manifest is sealed before the committee is elected and its key is often made in the sitting, so neither can name
certificates. The key with which a member took part in the ceremony can, at any time before signing. SPEC 4.18.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from tally.protocol.committee import Committee
from tally.protocol.encoding import canonical, decode, fields, hex_hash, integer
from tally.protocol.errors import WrongShape
from tally.protocol.group import RandBelow
from tally.protocol.member_statement import check_statement, signed_text
from tally.protocol.proofs import Proof, schnorr_sign

FORMAT = "phieu-tin-nhiem/signer/v1"
LIMIT = 4096
MOST = 1000
_LABEL = "phieu-tin-nhiem/v1/signer|"


@dataclass(frozen=True, slots=True)
class SignerStatement:
    """Member `owner` of this committee signs documents with the certificate whose DER bytes hash to `certificate`."""

    manifest: str
    committee: str
    owner: int
    certificate: str
    proof: Proof

    @classmethod
    def parse(cls, raw: bytes, where: str = "signer") -> SignerStatement:
        """Read the bytes. Raises reading errors. Source: SPEC 4.18."""
        m = fields(
            decode(raw, where, limit=LIMIT), where, "format", "manifest", "committee", "owner", "certificate", "proof"
        )
        if m["format"] != FORMAT:
            raise WrongShape(f"{where}.format", expected=FORMAT)
        return cls(
            hex_hash(m["manifest"], f"{where}.manifest"),
            hex_hash(m["committee"], f"{where}.committee"),
            integer(m["owner"], f"{where}.owner", 1, MOST),
            hex_hash(m["certificate"], f"{where}.certificate"),
            Proof.parse(m["proof"], f"{where}.proof"),
        )

    @classmethod
    def make(
        cls,
        committee: Committee,
        *,
        owner: int,
        certificate: str,
        secret: int,
        randbelow: RandBelow = secrets.randbelow,
    ) -> SignerStatement:
        """Sign as member `owner` with the signing key of the ceremony, or, alone, with the share itself."""
        proof = schnorr_sign(signed_text(_LABEL, committee, owner, certificate), secret, randbelow)
        return cls(committee.manifest, committee.hash, owner, certificate, proof)

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        document: dict[str, Any] = {
            "format": FORMAT, "manifest": self.manifest, "committee": self.committee, "owner": self.owner,
            "certificate": self.certificate, "proof": self.proof.as_json(),
        }  # fmt: skip
        return canonical(document)

    def check(self, committee: Committee, where: str = "signer") -> None:
        """Check that this member of this committee said so. Raises Mismatch, BadSignature. Source: SPEC 4.18."""
        check_statement(self, self.certificate, committee, label=_LABEL, where=where)
