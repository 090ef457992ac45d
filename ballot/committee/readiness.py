"""From frozen list to open box: the committee's key is admitted, two persons open.

Here live these acts. Never here: a share of the key, or a ballot.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from ballot.acts import Actor, check_allowed, find_round, move, second_person
from ballot.box_round import move_box
from ballot.committee import attempts, ceremony_checks, conflicts, seats
from ballot.desk.attendance import attendance, enough
from ballot.house import House
from ballot.models.registry.committee import Ceremony
from ballot.models.registry.rounds import Round
from ballot.slips.freezing import finish_freeze
from ballot.startup.machine import check_free
from ballot.startup.place import folders_of
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol import override
from tally.protocol.committee import Committee
from tally.protocol.encoding import decode
from tally.protocol.errors import Incomplete, Mismatch, Refused
from tally.protocol.manifest import Manifest
from tally.protocol.opening import Opening, Passed, zero_report_bytes
from tally.protocol.override import Override
from tally.protocol.phase import Act, Phase


class NoQuorum(Refused):
    """Fewer present than the rules ask for."""

    code = "NO_QUORUM"
    text = _("Có mặt {present} trên {summoned} người được triệu tập, chưa đủ số quy định.")


def admit_committee(
    house: House, uuid: str, *, committee: bytes, tests: list[bytes], actor: Actor, attempt: int | None = None
) -> str:
    """Take the committee's file and the members' opening tests; make the election; return the committee's hash.

    `attempt` is the one that made it here, where one did. Raises WrongPhase, Incomplete before the freeze, AttemptOver
    when the ceremony was ended, Mismatch for another committee than the one named or made here, and what the files'
    readers and checks refuse. Source: SPEC 5.8, 5.15.
    """
    found = Committee.parse(committee)
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.FREEZE)
        if not row.frozen:
            raise Incomplete("round", missing=_("danh sách thẻ đã chốt"))
        manifest = Manifest.parse(row.manifest or b"")
        _check_quorum(session, row, manifest)
        exceptions = conflicts.overrides(session, row)
        _check_ours(house, session, row, found, attempt)
    found.check_for(manifest)
    found.check_ceremony()
    override.check_conflicts(manifest, found, exceptions, "opening.json")
    finish_freeze(house, manifest, actor)
    election, opening = found.election(manifest), _opening(house, manifest, found, tests, exceptions)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.FREEZE)  # another committee may have been admitted meanwhile
        if conflicts.overrides(session, row) != exceptions:
            raise Mismatch("overrides", other="opening.json")
        _check_ours(house, session, row, found, attempt)  # the freeze takes its time, and members may change meanwhile
        with writing(house.box) as box:
            box_row = move_box(box, uuid, Phase.ISSUING, Phase.READY)
            box_row.committee, box_row.election, box_row.opening = committee, election.raw, opening.encode()
        move(house, session, row, Act.FREEZE, actor)
    return found.hash


def _check_ours(house: House, session: Session, row: Round, committee: Committee, attempt: int | None) -> None:
    """Check that these members were named, and that their ceremony here, if there is one, is this one."""
    seats.check_named(session, row, committee)
    if (found := session.get(Ceremony, row.id)) is None:
        return
    attempts.check_alive(found)
    if attempt not in (None, found.attempt):
        raise attempts.AttemptOver("attempt")
    ceremony_checks.check_made_here(attempts.table(house, session, row, found), committee)


def _check_quorum(session: Session, row: Round, manifest: Manifest) -> None:
    """Check present of summoned in integers, over all sites together. Raises NoQuorum."""
    present, summoned = attendance(session, row).present, manifest.roll.summoned
    if not enough(manifest.rules.quorum, present=present, summoned=summoned):
        raise NoQuorum("round", present=present, summoned=summoned)


def _opening(
    house: House, manifest: Manifest, committee: Committee, tests: list[bytes], exceptions: tuple[Override, ...]
) -> Opening:
    passed = [Passed.parse(decode(raw, "opening", limit=65_536), "opening") for raw in tests]
    zero = house.keyring.box(manifest.uuid).sign(zero_report_bytes(manifest.hash, committee.hash)).hex()
    ordered = tuple(sorted(passed, key=lambda p: p.owner))
    opening = Opening(manifest.hash, committee.hash, ordered, zero, exceptions)
    opening.check(manifest, committee)
    return opening


def open_voting(house: House, uuid: str, actor: Actor) -> bool:
    """Open the box when a second person confirms; return whether it is open now.

    Raises DiskLow, WrongPhase, NoQuorum.
    """
    check_free(folders_of(house.config))  # threats I3: a full disk would stop the voting half way
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.OPEN)
        _check_quorum(session, row, Manifest.parse(row.manifest or b""))
        if not second_person(session, row, Act.OPEN, actor):
            return False
        with writing(house.box) as box:
            move_box(box, uuid, Phase.READY, Phase.VOTING)
        move(house, session, row, Act.OPEN, actor)
    return True
