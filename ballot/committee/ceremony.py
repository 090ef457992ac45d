"""The making of a committee's key through the server: a mailbox that checks what it carries, and holds no secret.

Here live the acts: a message comes in, a member complains, the opening test is called, an attempt begins anew, the key
is admitted. Never here: a check of a message (ceremony_checks.py), or anything that only a member could know.

    certificate → commitment → reveal → key → committee.json → nonce → (call) opening → ready        SPEC 5.15
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round
from ballot.committee import attempts, readiness
from ballot.committee.attempts import (
    CERTIFICATE,
    COMMITMENT,
    DESTRUCTION,
    KEY,
    NONCE,
    OPENING,
    REVEAL,
    AttemptOver,
    MessageExists,
    Table,
)
from ballot.committee.ceremony_checks import PHASES, check, check_kind
from ballot.committee.invitations import known_seat
from ballot.committee.seats import check_served, named
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.committee import Ceremony, CeremonyMessage
from ballot.models.registry.rounds import Round
from ballot.storage import reading, writing
from ballot.written_record import written_root
from keys.signers import NoSuchSeat
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.ceremony import Messages, Reveal, assemble
from tally.protocol.encoding import canonical, hex_hash
from tally.protocol.errors import Incomplete, TooLarge, WrongShape
from tally.protocol.messages import Certificate, TrusteeKey
from tally.protocol.opening_call import encode_call
from tally.protocol.phase import Phase

NOBODY = 0
"""Whom a member accuses who blames no other member: the organisers, whose server carries the messages."""
_CODE = re.compile(r"[A-Z][A-Z_]{0,39}\Z")


# --- messages -----------------------------------------------------------------------------------------------------


def send(house: House, uuid: str, *, device: str, attempt: int, kind: str, value: Any) -> None:
    """Keep a message of the member whose page this is.

    Raises DeviceUnknown, AttemptOver, and what `keep` raises.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        number = known_seat(session, row, device).number
        if attempt != attempts.current(session, row).attempt:
            raise AttemptOver("attempt")
        keep(house, session, row, number=number, kind=kind, value=value, by=f"member {number}")


def keep(house: House, session: Session, row: Round, *, number: int, kind: str, value: Any, by: str) -> None:
    """Check a member's message and keep it; what becomes due by it is done in the same transaction.

    The same message again is harmless. Raises NoSuchSeat, WrongShape, WrongPhase, MessageExists, AttemptOver,
    NotYourTurn, and the protocol's refusals naming the member; nothing is kept then. Source: SPEC 5.15, step 3.
    """
    check_served(row)
    found, raw = attempts.current(session, row), canonical(value)
    if not named(session, row):
        raise Incomplete("committee", missing=_("danh sách ban kiểm phiếu"))
    if not 1 <= number <= row.committee_size:
        raise NoSuchSeat(f"member {number}", size=row.committee_size)
    if len(raw) > attempts.MESSAGE_LIMIT:
        raise TooLarge(f"member {number}", limit=attempts.MESSAGE_LIMIT)
    lying = attempts.table(house, session, row, found)
    check_kind(lying, kind, row.phase)
    earlier = lying.bodies[kind].get(number)
    if earlier is not None:
        if earlier != raw:
            raise MessageExists(f"member {number}")
        return
    if Phase.ISSUING in PHASES[kind]:
        attempts.check_alive(found)
    check(lying, number, kind, value, root=written_root(house, row.uuid) if kind == DESTRUCTION else "")
    session.add(CeremonyMessage(round_id=row.id, attempt=found.attempt, number=number, kind=kind, body=raw))
    session.flush()
    attempts.changed(found)
    audit.record(
        session,
        row.organisation_id,
        actor=by,
        act="committee-message",
        subject=f"{row.uuid} {found.attempt} {number} {kind}",
    )
    _follow(session, row, found, attempts.table(house, session, row, found))


def _follow(session: Session, row: Round, found: Ceremony, lying: Table) -> None:
    """Make committee.json once every key is in, and call everybody to the opening test once every nonce is."""
    if found.committee is None and lying.complete(KEY):
        messages = Messages(
            lying.read(CERTIFICATE, Certificate.parse),
            lying.read(COMMITMENT, hex_hash),
            lying.read(REVEAL, Reveal.parse),
            lying.read(KEY, TrusteeKey.parse),
        )
        found.committee = assemble(lying.manifest, named(session, row), messages).encode()
    elif found.called is None and lying.complete(NONCE):
        found.called = encode_call(lying.read(NONCE, hex_hash))


def complain(house: House, uuid: str, *, device: str, attempt: int, accused: int, code: str) -> None:
    """End the attempt because of what only this member can see, such as a sealed share that does not fit.

    Everybody's page shows who accuses whom of what. The same complaint again is harmless. Raises DeviceUnknown,
    AttemptOver, WrongPhase, WrongShape. Source: SPEC 5.15, step 4.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        seat, found = known_seat(session, row, device), attempts.current(session, row)
        _check_making(row)
        if not NOBODY <= accused <= row.committee_size or accused == seat.number or not _CODE.match(code):
            raise WrongShape("accused", expected=f"0…{row.committee_size}, CODE")
        ended = canonical({"code": code, "accused": accused, "accuser": seat.number}).decode()
        if attempt == found.attempt and found.ended == ended:
            return
        if attempt != found.attempt or found.ended:
            raise AttemptOver("attempt")
        found.ended = ended
        attempts.changed(found)
        said = f"{uuid} {attempt} {accused} {code}"
        audit.record(
            session, row.organisation_id, actor=f"member {seat.number}", act="committee-complaint", subject=said
        )


# --- the organisers' acts -----------------------------------------------------------------------------------------


def begin_again(house: House, uuid: str, actor: Actor) -> None:
    """Begin a new attempt: seats and devices stay, all messages go, pages begin anew. Raises WrongPhase."""
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        _check_making(row)
        found = attempts.current(session, row)
        attempts.restart(session, found)
        audit.record(
            session, actor.organisation_id, actor=actor.login, act="committee-again", subject=f"{uuid} {found.attempt}"
        )


def call(house: House, uuid: str, actor: Actor, *, numbers: Collection[int] = ()) -> list[int]:
    """Fix who takes the opening test: these members (default: all) of those whose nonces are in; t at least.

    Another call ends the tests of the one before. Returns the numbers. Raises WrongPhase, AttemptOver, Incomplete.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        _check_making(row)
        found = attempts.current(session, row)
        attempts.check_alive(found)
        there = attempts.table(house, session, row, found).read(NONCE, hex_hash)
        nonces = {number: nonce for number, nonce in there.items() if not numbers or number in numbers}
        if found.committee is None or len(nonces) < row.threshold:
            raise _too_few(row.threshold - len(nonces))
        called = encode_call(nonces)
        if called != found.called:
            _forget_tests(session, found)
            found.called = called
            attempts.changed(found)
            said = f"{uuid} {found.attempt} {' '.join(map(str, sorted(nonces)))}"
            audit.record(session, actor.organisation_id, actor=actor.login, act="committee-call", subject=said)
        return sorted(nonces)


def _forget_tests(session: Session, found: Ceremony) -> None:
    tests = (CeremonyMessage.round_id == found.round_id, CeremonyMessage.kind == OPENING)
    session.execute(delete(CeremonyMessage).where(*tests))


def admit(house: House, uuid: str, actor: Actor) -> str:
    """Admit the committee that was made here, with the opening tests of all who were called; return its hash.

    Raises AttemptOver, Incomplete naming who has not passed, and what `readiness.admit_committee` raises.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        _check_making(row)
        found = attempts.current(session, row)
        attempts.check_alive(found)
        lying = attempts.table(house, session, row, found)
    committee = lying.committee_raw
    if committee is None or not lying.called:
        raise _too_few(row.threshold)
    missing = sorted(set(lying.called) - set(lying.bodies[OPENING]))
    if missing:
        raise Incomplete("committee", missing=", ".join(f"member-{number}.{OPENING}.json" for number in missing))
    tests = [raw for _number, raw in sorted(lying.bodies[OPENING].items())]
    return readiness.admit_committee(house, uuid, committee=committee, tests=tests, actor=actor, attempt=found.attempt)


def _too_few(count: int) -> Incomplete:
    sentence = translate(_("{count} thành viên thử khóa"))
    return Incomplete("committee", missing=sentence.format(count=max(count, 1)))


def _check_making(row: Round) -> None:
    check_phase(row, Phase.ISSUING, where="committee")
