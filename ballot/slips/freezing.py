"""The freeze: issuing ends, what stations staged becomes the list, what was handed back is void, keys are destroyed.

Here lives this one act. Never here: a signature, or a list that anything could be added to later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round, propose
from ballot.box.staging import open_staged
from ballot.box.voiding import SpoiledNotVoided, listed, voided
from ballot.box_round import round_of
from ballot.house import House
from ballot.issuer.acts import Counts
from ballot.log import audit
from ballot.models import box as box_tables
from ballot.models.registry.accounts import Account
from ballot.models.registry.acts import AuditEntry
from ballot.models.registry.rounds import Round
from ballot.slips.counts import unfinished
from ballot.slips.issuers import doors, standing_still
from ballot.storage import reading, rewrite, writing
from keys.signers import ANSWERS
from tally.i18n import marked as _
from tally.protocol.credential_list import CredentialList, ListedCredential
from tally.protocol.errors import CodedError, Refused, WrongCount
from tally.protocol.holding import SPOILED, Voided
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase

ACT = "freeze-without"  # a proposal's name: to freeze although so many signed slips were never delivered


class StationsOwe(Refused):
    """Slips were ordered or signed that no station has delivered to the box."""

    code = "STATIONS_OWE"
    text = _(
        "Còn {orders} lệnh in thẻ chưa xong ({desks}); {undelivered} thẻ đã ký nhưng chưa có trong hòm. Xin để trạm in "
        "làm nốt hoặc rút lệnh chưa ký; nếu trạm hỏng hẳn, hai người chốt với số thẻ chưa giao là {undelivered}."
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """What stands in the way: open orders by desk, how many are not bound, how many signed slips are not listed."""

    orders: int
    unbound: int
    desks: str
    undelivered: int

    def __bool__(self) -> bool:
        return bool(self.orders or self.undelivered)

    def refusal(self) -> StationsOwe:
        """Return the refusal that says so."""
        return StationsOwe("round", orders=self.orders, desks=self.desks or "–", undelivered=self.undelivered)


def freeze(house: House, uuid: str, actor: Actor, *, undelivered: int | None = None) -> int | None:
    """End issuing: make the final list from what stations staged, then destroy the issuers' keys.

    `undelivered` is what two persons accept when a station is dead: the number of signed slips that are on no list.
    The list is fixed in the transaction in which issuing ends. Whatever is cut off after it is made good by calling
    this again. Returns how many credentials are listed, or nothing where a second person must confirm.
    Raises WrongPhase, StationsOwe, SpoiledNotVoided, IssuerAway. Source: SPEC 5.14, step 7.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_phase(row, Phase.ISSUING)
        manifest = Manifest.parse(row.manifest or b"")
    if not row.frozen and not _fix_list(house, manifest, actor, undelivered):
        return None
    finish_freeze(house, manifest, actor)
    with reading(house.box) as session:
        return len(CredentialList.parse(round_of(session, uuid).credentials or b"").credentials)


def _fix_list(house: House, manifest: Manifest, actor: Actor, undelivered: int | None = None) -> bool:
    issuers = doors(house, manifest)
    with writing(house.registry) as session:
        row = find_round(session, manifest.uuid)  # from here on this holds the registry, and no other freeze runs
        if row.frozen:  # a second press came first
            return True
        with standing_still(issuers, manifest.uuid) as still:
            found, refused = open_staged(house, manifest)
            owed = _owed(session, row, still.counts, listed=len(found))
            if owed and (owed.unbound or undelivered != owed.undelivered):
                raise owed.refusal()
            number = str(owed.undelivered)
            if owed and not propose(session, row, ACT, actor, subject=number, noted=number):
                return False
            with writing(house.box) as box:
                fixed = _with_voids(box, manifest, found)
                _check_replaced(fixed, still.counts)
                _check_agreement(still.counts, listed=len(found))
                round_of(box, manifest.uuid).credentials = fixed.encode()
                box.execute(delete(box_tables.Voided).where(box_tables.Voided.uuid == manifest.uuid))  # it has them
            row.frozen = still.over = True
            said = f"{len(found)} listed, {len(fixed.voided)} void, {refused} unreadable, {number} undelivered"
            audit.record(
                session, actor.organisation_id, actor=actor.login, act="freeze-list", subject=f"{manifest.uuid} {said}"
            )
    return True


def _owed(session: Session, row: Round, counts: Mapping[str, Counts], *, listed: int) -> Owed:
    """Count in the very transaction that fixes the list; no issuer has signed fewer than are listed."""
    orders = unfinished(session, row)
    numbers = {order.account_id for order in orders}
    desks = session.scalars(select(Account.login).where(Account.id.in_(numbers)).order_by(Account.login))
    unbound = sum(order.request is None for order in orders)
    return Owed(len(orders), unbound, ", ".join(desks), max(c.signed for c in counts.values()) - listed)


def _with_voids(box: Session, manifest: Manifest, found: list[ListedCredential]) -> CredentialList:
    """Return the list, sorted, with what was voided of it.

    Where an earlier freeze was cut off after the box had its list, that list holds the voids it took in.
    """
    earlier = round_of(box, manifest.uuid).credentials
    void: list[Voided] = [*(listed(earlier).voided if earlier else ()), *voided(box, manifest.uuid)]
    first = {entry.credential: entry for entry in reversed(void)}
    points = {entry.credential for entry in found}
    return CredentialList.make(manifest, found, [first[point] for point in points & first.keys()])


def _check_replaced(fixed: CredentialList, counts: Mapping[str, Counts]) -> None:
    reissued = max(c.reissued for c in counts.values())
    spoiled = sum(entry.reason == SPOILED for entry in fixed.voided)
    if reissued > spoiled:
        raise SpoiledNotVoided("round", reissued=reissued, voided=spoiled)


def _check_agreement(counts: Mapping[str, Counts], *, listed: int) -> None:
    """Refuse now what check 8 would refuse for ever: issuers that count differently. Source: SPEC 5.3, step 3."""
    for (name, left), (_name, right) in permutations(counts.items(), 2):
        for kind in ANSWERS:
            most = right.count(kind) + left.signed - listed
            if left.count(kind) > most:
                raise WrongCount(f"{name}, {kind.value}", found=left.count(kind), expected=f"≤ {most}")


def finish_freeze(house: House, manifest: Manifest, actor: Actor) -> None:
    """End every issuer's log, destroy the issuers' keys, empty the staging; harmless when done before.

    An issuer that is away keeps nobody else's key alive, but no box opens before its key is gone too: the end of all
    is asked for again. Raises IssuerAway.
    """
    away = None
    for issuer in doors(house, manifest):
        try:
            ended = issuer.freeze(manifest.uuid)
        except CodedError as error:
            away = away or error
        else:
            _note_end(house, actor, f"{manifest.uuid} {issuer.name} {ended.head}")
    with writing(house.box) as session:
        session.execute(delete(box_tables.StagedCredential).where(box_tables.StagedCredential.uuid == manifest.uuid))
    house.keyring.destroy_freeze(manifest.uuid)
    rewrite(house.box)  # its log still tells in which order the stations delivered
    rewrite(house.registry)  # and this one may still hold the key of a slip that was printed
    if away is not None:
        raise away


def _note_end(house: House, actor: Actor, subject: str) -> None:
    """Write down, once, the head of the log of an issuer whose key is gone."""
    with writing(house.registry) as session:
        done = select(AuditEntry.height).where(AuditEntry.act == "issuer-ended", AuditEntry.subject == subject)
        if session.scalar(done) is None:
            audit.record(session, actor.organisation_id, actor=actor.login, act="issuer-ended", subject=subject)
