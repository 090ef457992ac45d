"""A member's word which certificate is theirs, signed with the key of the ceremony, before they sign documents with it.

Here lives the making of the statement. Never here: its check (tally/protocol/signer.py), or the certificate's own key.
"""

from __future__ import annotations

import secrets

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from keys.committee.memory import Memory
from tally.checks import CLOSED
from tally.checks.evidence import Evidence
from tally.protocol.committee import Committee
from tally.protocol.encoding import sha256_hex
from tally.protocol.group import RandBelow
from tally.protocol.signer import SignerStatement
from tally.record import Record
from tally.verify import Listener, run

LAST_OF_COMMITTEE = 5
"""The last of the checks that say whose committee it is (SPEC 6)."""


def certificate_hash(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate's DER bytes, in hex. Source: SPEC 4.18."""
    return sha256_hex(certificate.public_bytes(Encoding.DER))


def committee_of(record: Record, memory: Memory, listener: Listener) -> Committee:
    """Return the committee of a record, once its ceremony was checked and found to be this member's.

    Raises CheckFailed, WrongRound, ShareMissing, NotThisTrustee, TranscriptChanged.
    """
    evidence = Evidence(record, expected_manifest=memory.manifest)
    run(tuple(check for check in CLOSED if check.number <= LAST_OF_COMMITTEE), evidence, listener)
    memory.check_belongs(evidence.committee)
    return evidence.committee


def state_certificate(
    memory: Memory, committee: Committee, certificate: x509.Certificate, randbelow: RandBelow = secrets.randbelow
) -> SignerStatement:
    """Sign that this certificate is this member's: by the signing key, or by the share where there is no other key.

    Raises WrongRound, ShareMissing, NotThisTrustee, TranscriptChanged. Source: SPEC 4.18.
    """
    memory.check_belongs(committee)
    secret = memory.statement_secret(committee)
    stated = SignerStatement.make(
        committee, owner=memory.index, certificate=certificate_hash(certificate), secret=secret, randbelow=randbelow
    )
    stated.check(committee)
    return stated
