"""What a member of a committee says under the signing key of the ceremony: the bytes that are signed, and their check.

Here lives what all such statements share. Never here: what one of them says, or a secret. SPEC 4.15, 4.18.
"""

from __future__ import annotations

from typing import Protocol

from tally.protocol.committee import Committee
from tally.protocol.errors import Mismatch
from tally.protocol.group import Point
from tally.protocol.proofs import Proof, schnorr_check
from tally.protocol.trustees import Single


class Statement(Protocol):
    """A statement: hashes of manifest and committee, the member's number, the signature."""

    @property
    def manifest(self) -> str: ...  # noqa: D102
    @property
    def committee(self) -> str: ...  # noqa: D102
    @property
    def owner(self) -> int: ...  # noqa: D102
    @property
    def proof(self) -> Proof: ...  # noqa: D102


def signed_text(label: str, committee: Committee, owner: int, said: str) -> str:
    """Return what member `owner` signs; `said` is the one hash that the statement is about."""
    return f"{label}{committee.manifest}|{committee.hash}|{owner}|{said}|"


def check_statement(statement: Statement, said: str, committee: Committee, *, label: str, where: str) -> None:
    """Check that this member of this committee signed it. Raises Mismatch, BadSignature. Source: SPEC 4.15, 4.18."""
    if (statement.manifest, statement.committee) != (committee.manifest, committee.hash):
        raise Mismatch(where, other="committee.json")
    if statement.owner > len(committee.members):
        raise Mismatch(f"{where}.owner", other="committee.json: members")
    text = signed_text(label, committee, statement.owner, said)
    schnorr_check(text, _signing_key(committee, statement.owner), statement.proof, where)


def _signing_key(committee: Committee, owner: int) -> Point:
    """Return the public key with which a member signs statements: of its certificate, or, alone, of the share."""
    item = committee.trustees.items[0]
    return committee.trustees.owners[0] if isinstance(item, Single) else item.certificates[owner - 1].verification
