"""The freeze: issuing ends, what stations staged becomes the list, what was handed back is void, keys are destroyed.

Here lives this one act. Never here: a signature, or a list that anything could be added to later.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot import audit
from ballot.acts import Actor, find_round, propose
from ballot.box import round_of
from ballot.counts import unfinished
from ballot.house import ISSUERS, House
from ballot.ledger import SqlLedger
from ballot.models import box as box_tables
from ballot.models.registry import Account, Round
from ballot.staging import open_staged
from ballot.storage import reading, rewrite, writing
from ballot.voiding import SpoiledNotVoided, listed, voided
from keys.signers import ANSWERS, Entry, Kind
from tally.i18n import marked as _
from tally.protocol.credential_list import CredentialList, ListedCredential
from tally.protocol.errors import Refused, WrongCount
from tally.protocol.holding import SPOILED, Voided
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase, WrongPhase

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
    Raises WrongPhase, StationsOwe, SpoiledNotVoided. Source: SPEC 5.14, step 7.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        if row.phase != Phase.ISSUING.value:
            raise WrongPhase("round", phase=row.phase)
        manifest = Manifest.parse(row.manifest or b"")
    if not row.frozen and not _fix_list(house, manifest, actor, undelivered):
        return None
    finish_freeze(house, row.id, manifest)
    with reading(house.box) as session:
        return len(CredentialList.parse(round_of(session, uuid).credentials or b"").credentials)


def _fix_list(house: House, manifest: Manifest, actor: Actor, undelivered: int | None = None) -> bool:
    with reading(house.registry) as session:
        round_id = find_round(session, manifest.uuid).id
    ledgers = [_ledger(house, round_id, manifest, name) for name in ISSUERS]  # opened first: opening one may write
    with writing(house.registry) as session:
        row = find_round(session, manifest.uuid)
        if row.frozen:  # a second press came first
            return True
        found, refused = open_staged(house, manifest)
        owed = _owed(session, row, ledgers, listed=len(found))
        if owed and (owed.unbound or undelivered != owed.undelivered):
            raise owed.refusal()
        number = str(owed.undelivered)
        if owed and not propose(session, row, ACT, actor, subject=number, noted=number):
            return False
        with writing(house.box) as box:
            fixed = _with_voids(box, manifest, found)
            _check_replaced(fixed, ledgers)
            _check_agreement(ledgers, listed=len(found))
            round_of(box, manifest.uuid).credentials = fixed.encode()
            box.execute(delete(box_tables.Voided).where(box_tables.Voided.uuid == manifest.uuid))  # the list has them
        row.frozen = True
        counts = f"{len(found)} listed, {len(fixed.voided)} void, {refused} unreadable, {owed.undelivered} undelivered"
        audit.record(session, actor=actor.login, act="freeze-list", subject=f"{manifest.uuid} {counts}")
    return True


def _owed(session: Session, row: Round, ledgers: list[SqlLedger], *, listed: int) -> Owed:
    """Count in the very transaction that fixes the list; no issuer has signed fewer than are listed."""
    orders = unfinished(session, row)
    numbers = {order.account_id for order in orders}
    desks = session.scalars(select(Account.login).where(Account.id.in_(numbers)).order_by(Account.login))
    unbound = sum(order.request is None for order in orders)
    return Owed(len(orders), unbound, ", ".join(desks), max(ledger.signed for ledger in ledgers) - listed)


def _with_voids(box: Session, manifest: Manifest, found: list[ListedCredential]) -> CredentialList:
    """Return the list, sorted, with what was voided of it.

    Where an earlier freeze was cut off after the box had its list, that list holds the voids it took in.
    """
    earlier = round_of(box, manifest.uuid).credentials
    void: list[Voided] = [*(listed(earlier).voided if earlier else ()), *voided(box, manifest.uuid)]
    first = {entry.credential: entry for entry in reversed(void)}
    points = {entry.credential for entry in found}
    return CredentialList.make(manifest, found, [first[point] for point in points & first.keys()])


def _check_replaced(fixed: CredentialList, ledgers: list[SqlLedger]) -> None:
    reissued = max(ledger.count(Kind.REISSUED) for ledger in ledgers)
    spoiled = sum(entry.reason == SPOILED for entry in fixed.voided)
    if reissued > spoiled:
        raise SpoiledNotVoided("round", reissued=reissued, voided=spoiled)


def _check_agreement(ledgers: list[SqlLedger], *, listed: int) -> None:
    """Refuse now what check 8 would refuse for ever: issuers that count differently. Source: SPEC 5.3, step 3."""
    for left, right in permutations(ledgers, 2):
        for kind in ANSWERS:
            most = right.count(kind) + left.signed - listed
            if left.count(kind) > most:
                raise WrongCount(f"{left.issuer}, {kind.value}", found=left.count(kind), expected=f"≤ {most}")


def finish_freeze(house: House, round_id: int, manifest: Manifest) -> None:
    """End every issuer's log, destroy the issuers' keys, empty the staging; harmless when done before."""
    for name in ISSUERS:
        ledger = _ledger(house, round_id, manifest, name)
        if not ledger.frozen:
            ledger.append(Entry(Kind.FROZEN))
    house.keyring.destroy_issuers(manifest.uuid)
    with writing(house.box) as session:
        session.execute(delete(box_tables.StagedCredential).where(box_tables.StagedCredential.uuid == manifest.uuid))
    house.keyring.destroy_freeze(manifest.uuid)
    rewrite(house.box)  # its log still tells in which order the stations delivered
    rewrite(house.registry)  # and this one may still hold the key of a slip that was printed


def _ledger(house: House, round_id: int, manifest: Manifest, name: str) -> SqlLedger:
    return SqlLedger(house.registry, round_id=round_id, issuer=name, manifest=manifest.hash)
