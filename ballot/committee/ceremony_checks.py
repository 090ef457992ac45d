"""What can be checked publicly of a member's message is checked when it arrives, so that a wrong one names its sender.

Here live the checks, a function for each kind. Never here: a secret, or what only the receiver of a sealed share sees.
SPEC 5.15.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ballot.committee.attempts import (
    CERTIFICATE,
    COMMITMENT,
    COMMITTEE,
    DESTRUCTION,
    KEY,
    NONCE,
    OPENING,
    RETEST,
    REVEAL,
    Table,
)
from keys.signers import NotYourTurn
from tally.i18n import marked
from tally.protocol.ceremony import Reveal, check_certificate, check_key, check_reveal
from tally.protocol.committee import Committee
from tally.protocol.destruction import Destruction
from tally.protocol.encoding import hex_hash
from tally.protocol.errors import BadTrustee, Mismatch, WrongShape
from tally.protocol.messages import Certificate, TrusteeKey
from tally.protocol.opening import Passed
from tally.protocol.opening_call import CALL
from tally.protocol.phase import Phase, WrongPhase
from tally.protocol.trustees import Pedersen

AMONG_SEVERAL = (CERTIFICATE, COMMITMENT, REVEAL)
PHASES: dict[str, tuple[Phase, ...]] = {
    **dict.fromkeys((CERTIFICATE, COMMITMENT, REVEAL, KEY, NONCE, OPENING), (Phase.ISSUING,)),
    RETEST: (Phase.CLOSED,),
    DESTRUCTION: (Phase.TALLIED, Phase.CERTIFIED),
}


def check_kind(table: Table, kind: str, phase: str) -> None:
    """Refuse a kind that no member sends, or not in this phase or to this committee. Raises WrongShape, WrongPhase."""
    single = [k for k in PHASES if k not in AMONG_SEVERAL]
    allowed = single if table.size == 1 else list(PHASES)
    if kind not in allowed:
        raise WrongShape("kind", expected=" / ".join(allowed))
    if phase not in PHASES[kind]:
        raise WrongPhase(kind, phase=phase)


def check(table: Table, number: int, kind: str, value: Any, *, root: str) -> None:
    """Check a message of member `number` against what lies on the table.

    Raises NotYourTurn while others are awaited, and the protocol's own refusals, whose `where` is the member.
    """
    if kind == DESTRUCTION:
        _destruction(table, number, value, root)
    else:
        _CHECKS[kind](table, number, value)


def check_made_here(table: Table, committee: Committee) -> None:
    """Refuse another committee than the one that members have made here, or begun: they would not learn of it.

    Raises Mismatch.
    """
    if table.committee_raw not in (None, committee.encode()):
        raise Mismatch(COMMITTEE, other=marked("buổi tạo khóa"))
    item = committee.trustees.items[0]
    certificates = item.certificates if isinstance(item, Pedersen) else ()
    for number, value in table.values(CERTIFICATE).items():
        if certificates[number - 1].signed.as_json() != value:
            raise Mismatch(COMMITTEE, other=f"member-{number}.{CERTIFICATE}.json")


def _certificate(table: Table, number: int, value: Any) -> None:
    where = f"member {number}"
    found = Certificate.parse(value, where)
    check_certificate(table.manifest, number, found)
    for other in table.read(CERTIFICATE, Certificate.parse).values():
        if found.verification == other.verification or found.encryption == other.encryption:
            raise BadTrustee(where, reason=marked("hai thành viên trùng khóa"))


def _commitment(table: Table, number: int, value: Any) -> None:
    table.all(CERTIFICATE, Certificate.parse)
    hex_hash(value, f"member {number}")


def _reveal(table: Table, number: int, value: Any) -> None:
    certificates = table.all(CERTIFICATE, Certificate.parse)
    commitments = table.all(COMMITMENT, hex_hash)
    check_reveal(table.manifest, certificates, commitments, number, Reveal.parse(value, f"member {number}"))


def _key(table: Table, number: int, value: Any) -> None:
    several = table.size > 1
    certificates = table.all(CERTIFICATE, Certificate.parse) if several else ()
    coefexps = tuple(r.coefexps for r in table.all(REVEAL, Reveal.parse)) if several else ()
    check_key(table.manifest, certificates, coefexps, number, TrusteeKey.parse(value, f"member {number}"))


def _nonce(table: Table, number: int, value: Any) -> None:
    table.committee  # noqa: B018 - raises while there is none
    hex_hash(value, f"member {number}")


def _opening(table: Table, number: int, value: Any) -> None:
    where, committee = f"member {number}", table.committee
    passed = Passed.parse(value, where)
    if number not in table.called:
        raise NotYourTurn(where, missing=CALL)
    if (passed.owner, passed.nonce) != (number, table.called[number]):
        raise Mismatch(where, other=CALL)
    passed.check(committee, dict(table.called), where)


def _destruction(table: Table, number: int, value: Any, root: str) -> None:
    where = f"member {number}"
    said = Destruction.of(value, where)
    if said.owner != number or said.root != root:
        raise Mismatch(where, other="closing.txt")
    said.check(table.committee, where)


_CHECKS: dict[str, Callable[[Table, int, Any], None]] = {
    CERTIFICATE: _certificate,
    COMMITMENT: _commitment,
    REVEAL: _reveal,
    KEY: _key,
    NONCE: _nonce,
    OPENING: _opening,
    RETEST: _opening,
}
