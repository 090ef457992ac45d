"""How a site stands, for its attendant, and the signed statement at its end; rough while ballots come, exact after.

Here live these two. Never here: a count by which somebody at the booth could tell whose ballot came or went (threats
B12, K5), or a time.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from ballot.models.site import FINAL, REFUSED, STOPPED, HeldBallot
from ballot.site.errors import SiteStillTaking
from ballot.site.forwarding import count_held
from ballot.site.house import LineState, SiteHouse
from ballot.site.rounds import look_up
from ballot.storage import reading
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.ballot import Ballot
from tally.protocol.manifest import Manifest
from tally.protocol.site import SiteStatement

STEP = 10
REASONS = {
    "ALREADY_CAST": _("Thẻ này đã bỏ một phiếu khác ở nơi khác."),
    "CREDENTIAL_VOID": _("Thẻ này đã bị hủy trước khi phiếu tới hòm."),
    "WRONG_PHASE": _("Phiếu tới sau khi hòm phiếu đã chốt hoặc đợt đã hủy."),
    "DUPLICATE_CIPHERTEXT": _("Phiếu trùng bản mã với một phiếu khác hoặc một phiếu đã mở để kiểm tra máy."),
}
OTHER = _("Hòm phiếu không nhận phiếu này.")


@dataclass(frozen=True, slots=True)
class Count:
    """A number as it may be shown: exact, or only the ten below it."""

    number: int
    exact: bool

    @classmethod
    def of(cls, number: int, *, exact: bool) -> Count:
        """Round down to tens unless `exact` is allowed; zero is always exact."""
        return cls(number, True) if exact or number == 0 else cls(number - number % STEP, False)


@dataclass(frozen=True, slots=True)
class Case:
    """A ballot that the box has refused, for two persons: its tracker, and the code of why."""

    tracker: str
    reason: str

    def words(self) -> str:
        """Say the reason to people."""
        return translate(REASONS.get(self.reason, OTHER))


@dataclass(frozen=True, slots=True)
class Status:
    """What the attendant sees of one round."""

    site: str
    site_key: str
    manifest: Manifest
    state: str
    line: LineState
    held: Count
    forwarded: Count
    cases: tuple[Case, ...]

    @property
    def all_in(self) -> bool:
        """Whether this site has stopped and holds nothing that the box has not answered to."""
        return self.state == STOPPED and self.held.number == 0 and self.held.exact


def status(house: SiteHouse, uuid: str) -> Status:
    """Return how a round stands at this site. Raises NoSuchRound."""
    row = look_up(house, uuid)
    exact = row.state == STOPPED
    with reading(house.engine) as session:
        refused = select(HeldBallot).filter_by(uuid=uuid, state=REFUSED).order_by(HeldBallot.hash)
        cases = tuple(Case(Ballot.parse(held.raw).tracker, held.refusal) for held in session.scalars(refused))
    return Status(
        site=house.name,
        site_key=row.site_key,
        manifest=Manifest.parse(row.manifest),
        state=row.state,
        line=house.line_of(uuid),
        held=Count.of(count_held(house, uuid), exact=exact),
        forwarded=Count.of(_count(house, uuid, FINAL), exact=exact),
        cases=cases,
    )


def statement(house: SiteHouse, uuid: str) -> SiteStatement:
    """Sign what became of every ballot that this site took. Raises NoSuchRound, SiteStillTaking. Source: SPEC 5.18."""
    if look_up(house, uuid).state != STOPPED:
        raise SiteStillTaking("round")
    said = SiteStatement(
        uuid, house.name, _count(house, uuid, FINAL), _count(house, uuid, REFUSED), count_held(house, uuid)
    )
    return said.sign(house.signer(uuid).sign)


def _count(house: SiteHouse, uuid: str, state: str) -> int:
    with reading(house.engine) as session:
        counted = select(func.count()).select_from(HeldBallot).filter_by(uuid=uuid, state=state)
        return session.scalar(counted) or 0
