"""From frozen list to open box: the committee's key is admitted, two persons open; or two persons annul.

Here live these acts. Never here: a share of the key, or a ballot.
"""

from __future__ import annotations

from sqlalchemy import select

from ballot import audit
from ballot.acts import Actor, check_allowed, find_round, move, second_person
from ballot.attendance import enough
from ballot.box import require_one, round_of
from ballot.freezing import finish_freeze
from ballot.house import House
from ballot.models import box as box_tables
from ballot.models.registry import Voter
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol.committee import Committee
from tally.protocol.election import Election
from tally.protocol.encoding import decode, text
from tally.protocol.errors import Incomplete, Refused
from tally.protocol.manifest import Manifest
from tally.protocol.opening import Opening, Passed, zero_report_bytes
from tally.protocol.phase import Act, Phase


class NoQuorum(Refused):
    """Fewer present than the rules ask for."""

    code = "NO_QUORUM"
    text = _("Có mặt {present} trên {summoned} người được triệu tập, chưa đủ số quy định.")


def admit_committee(house: House, uuid: str, *, committee: bytes, tests: list[bytes], actor: Actor) -> str:
    """Take the committee's file and the members' opening tests; make the election; return the committee's hash.

    Raises WrongPhase, Incomplete before the freeze, and what the files' readers and checks refuse. Source: SPEC 5.8.
    """
    found = Committee.parse(committee)
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.FREEZE)
        if not row.frozen:
            raise Incomplete("round", missing=_("danh sách thẻ đã chốt"))
        manifest, round_id = Manifest.parse(row.manifest or b""), row.id
        voters = select(Voter).where(Voter.round_id == row.id, Voter.present)
        _check_quorum(manifest, present=len(session.scalars(voters).all()))
    found.check_for(manifest)
    found.check_ceremony()
    finish_freeze(house, round_id, manifest)
    election, opening = _election(manifest, found), _opening(house, manifest, found, tests)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.FREEZE)  # another committee may have been admitted meanwhile
        with writing(house.box) as box:
            box_row = round_of(box, uuid)
            require_one(box_row, Phase.ISSUING, Phase.READY)
            box_row.committee, box_row.election = committee, election.raw
            box_row.opening, box_row.phase = opening.encode(), Phase.READY.value
        move(session, row, Act.FREEZE, actor)
    return found.hash


def _check_quorum(manifest: Manifest, *, present: int) -> None:
    """Check present of summoned in integers. Raises NoQuorum."""
    summoned = manifest.roll.summoned
    if not enough(manifest.rules.quorum, present=present, summoned=summoned):
        raise NoQuorum("round", present=present, summoned=summoned)


def _election(manifest: Manifest, committee: Committee) -> Election:
    return Election.make(
        name=manifest.title,
        description=manifest.description(committee.hash),
        public_key=committee.trustees.public_key,
        questions=manifest.questions(),
        uuid=manifest.uuid,
    )


def _opening(house: House, manifest: Manifest, committee: Committee, tests: list[bytes]) -> Opening:
    passed = [Passed.parse(decode(raw, "opening", limit=65_536), "opening") for raw in tests]
    zero = house.keyring.box(manifest.uuid).sign(zero_report_bytes(manifest.hash, committee.hash)).hex()
    ordered = tuple(sorted(passed, key=lambda p: p.owner))
    opening = Opening(manifest.hash, committee.hash, ordered, zero)
    opening.check(manifest, committee)
    return opening


def open_voting(house: House, uuid: str, actor: Actor) -> bool:
    """Open the box when a second person confirms; return whether it is open now. Raises WrongPhase."""
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        if not second_person(session, row, Act.OPEN, actor):
            return False
        with writing(house.box) as box:
            box_row = round_of(box, uuid)
            require_one(box_row, Phase.READY, Phase.VOTING)
            box_row.phase = Phase.VOTING.value
        move(session, row, Act.OPEN, actor)
    return True


def annul(house: House, uuid: str, reason: str, actor: Actor) -> bool:
    """Void a round when a second person confirms; its ballots are never decrypted. Raises WrongPhase, BadText."""
    text(reason, "reason")
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        audit.record(session, actor=actor.login, act="annul-reason", subject=reason)
        if not second_person(session, row, Act.ANNUL, actor):
            return False
        with writing(house.box) as box:
            found = box.get(box_tables.Election, uuid)
            if found is not None:
                found.phase = Phase.VOID.value
        move(session, row, Act.ANNUL, actor)
    return True
