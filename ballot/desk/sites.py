"""Sites (điểm cầu): who is there, what slips were handed out there, and whether its ballots are all in.

Here live these counts and acts. Never here: a number of ballots of one site, for the box does not know any site.

A round whose roll names no site needs none of this. Where sites are named, the box is closed only when of each somebody
said that all its ballots are in, or two organisers gave it up for a written reason (threats E8).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round
from ballot.desk.site_counts import custody
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.models.registry.sites import SiteEnvelopes, SiteState
from ballot.models.registry.slips import SlipOrder
from ballot.phases import ARRIVING
from ballot.storage import writing
from ballot.vietnamese import alphabetical
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import text
from tally.protocol.errors import Refused, WrongCount, WrongShape
from tally.protocol.phase import Phase

ALL_IN, GIVING_UP, GIVEN_UP = "all_in", "giving_up", "given_up"
LEAST_REASON, LONGEST_REASON = 10, 300
ONE_OF_THEM = _("tên một điểm cầu của đợt")


class SiteGivenUp(Refused):
    """Two persons gave this site up, with their reason; one clerk does not write over that."""

    code = "SITE_GIVEN_UP"
    text = _("Hai người đã ghi bỏ điểm này cùng lý do. Ban tổ chức phải cho chờ lại điểm này trước.")


class SitesWaiting(Refused):
    """Ballots of a site may still be on their way: the box stays open."""

    code = "SITES_WAITING"
    text = _(
        "Còn chờ điểm cầu: {sites}. Xin xác nhận từng điểm đã thu đủ, hoặc hai người cùng ghi bỏ điểm, rồi chốt lại."
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a site; `state` is empty while it is waited for, `first` and `second` are logins."""

    site: str
    state: str
    first: str
    second: str
    why: str

    @property
    def settled(self) -> bool:
        """Whether the close need not wait for this site."""
        return self.state in (ALL_IN, GIVEN_UP)


def names(session: Session, row: Round) -> tuple[str, ...]:
    """Return the round's sites in alphabetical order; none where the roll names no site."""
    found = session.scalars(select(Voter.site).where(Voter.round_id == row.id).distinct()).all()
    return tuple(sorted(found, key=lambda name: (alphabetical(name), name))) if any(found) else ()


def said(session: Session, row: Round) -> tuple[Said, ...]:
    """Return what was said of each site, in their order."""
    states = {s.site: s for s in session.scalars(select(SiteState).where(SiteState.round_id == row.id))}
    return tuple(
        Said(name, s.state, s.first, s.second, s.why) if (s := states.get(name)) else Said(name, "", "", "", "")
        for name in names(session, row)
    )


def waiting(session: Session, row: Round) -> tuple[str, ...]:
    """Return the sites that the close waits for."""
    return tuple(entry.site for entry in said(session, row) if not entry.settled)


def check_none_waiting(session: Session, row: Round) -> None:
    """Refuse the close while a site's ballots may be on their way. Raises SitesWaiting."""
    if found := waiting(session, row):
        raise SitesWaiting("round", sites=", ".join(name or translate(_("(không ghi điểm)")) for name in found))


# --- acts ---------------------------------------------------------------------------------------------------------


def report_all_in(house: House, uuid: str, site: str, actor: Actor) -> None:
    """Note that everybody at a site has voted and its ballots are in.

    Raises WrongPhase, WrongShape, and SiteGivenUp: what two persons said is first taken back by an organiser.
    """
    with writing(house.registry) as session:
        row = _voting(session, uuid, site)
        state = _state(session, row, site)
        if state.state == GIVEN_UP:
            raise SiteGivenUp(site)
        if state.state != ALL_IN:
            state.state, state.first, state.second, state.why = ALL_IN, actor.login, "", ""
            _log(session, row, actor, "site-all-in", site)


def wait_again(house: House, uuid: str, site: str, actor: Actor) -> None:
    """Take back what was said of a site, so that the close waits for it. Raises WrongPhase, WrongShape."""
    with writing(house.registry) as session:
        row = _voting(session, uuid, site)
        state = session.get(SiteState, (row.id, site))
        if state is not None:
            session.delete(state)
            _log(session, row, actor, "site-waited-for", site)


def give_up(house: House, uuid: str, site: str, why: str, actor: Actor) -> bool:
    """Propose to close without a site, or confirm it for the very same reason; return whether it is given up now.

    Another reason is another proposal. Raises WrongPhase, WrongShape, BadText.
    """
    why = text(" ".join(why.split()), "why", limit=LONGEST_REASON)
    if len(why) < LEAST_REASON:
        raise WrongShape("why", expected=f"≥ {LEAST_REASON}")
    with writing(house.registry) as session:
        row = _voting(session, uuid, site)
        state = _state(session, row, site)
        if state.state == GIVEN_UP:
            return True
        slips = next(line.issued for line in custody(session, row).sites if line.site == site)
        if state.state == GIVING_UP and state.why == why and state.first != actor.login:
            state.state, state.second = GIVEN_UP, actor.login
            _log(session, row, actor, "site-given-up", f"{site} {slips} slips")
            return True
        if (state.state, state.why, state.first) != (GIVING_UP, why, actor.login):
            state.state, state.first, state.second, state.why = GIVING_UP, actor.login, "", why
            _log(session, row, actor, "propose-site-give-up", f"{site} {slips} slips")
            _log(session, row, actor, "site-give-up-reason", why)
    return False


def count_envelopes(house: House, uuid: str, site: str, *, sent: int, back: int, actor: Actor) -> None:
    """Note how many finished envelopes were carried to a site and how many came back unopened.

    Raises WrongPhase, WrongShape, WrongCount where more were carried out than made, or came back than went.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_phase(row, *ARRIVING)
        _check_site(session, row, site)
        kept = session.get(SiteEnvelopes, (row.id, site)) or SiteEnvelopes(round_id=row.id, site=site, sent=0, back=0)
        others = sum(e.sent for e in _envelopes(session, row) if e.site != site)
        made = session.scalars(select(SlipOrder.id).where(SlipOrder.round_id == row.id, SlipOrder.kind == "envelope"))
        if others + sent > (most := len(made.all())):
            raise WrongCount("sent", found=others + sent, expected=f"≤ {most}")
        if back > sent:
            raise WrongCount("back", found=back, expected=f"≤ {sent}")
        if (kept.sent, kept.back) != (sent, back):
            kept.sent, kept.back = sent, back
            session.add(kept)
            _log(session, row, actor, "site-envelopes", f"{site} {sent} sent, {back} back")


def _envelopes(session: Session, row: Round) -> list[SiteEnvelopes]:
    return list(session.scalars(select(SiteEnvelopes).where(SiteEnvelopes.round_id == row.id)))


def _voting(session: Session, uuid: str, site: str) -> Round:
    """Return the round, whose box is open. Raises NoSuchRound, WrongPhase, WrongShape."""
    row = find_round(session, uuid)
    check_phase(row, Phase.VOTING)
    _check_site(session, row, site)
    return row


def _check_site(session: Session, row: Round, site: str) -> None:
    if site not in names(session, row):
        raise WrongShape("site", expected=translate(ONE_OF_THEM))


def _state(session: Session, row: Round, site: str) -> SiteState:
    found = session.get(SiteState, (row.id, site))
    if found is None:
        found = SiteState(round_id=row.id, site=site, state=GIVING_UP, first="", second="", why="")
        session.add(found)
    return found


def _log(session: Session, row: Round, actor: Actor, act: str, subject: str) -> None:
    subject = f"{row.uuid} {subject}"
    audit.record(session, row.organisation_id, actor=actor.login, act=act, subject=subject)
