"""Who holds what, from when, in which status: appointments, to which later days only add.

Here live their writing and the question “who held what on day D”. Never here: an exemption; the rules decide that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue import fields
from ballot.catalogue.errors import NoSuchEntry, OutOfOrder, UnknownChoice
from ballot.catalogue.fields import WORDS, within, words
from ballot.catalogue.lineage import Lineage
from ballot.models.registry.catalogue import STATUSES, Appointment, AppointmentStatus, Body, Person, Position
from ballot.vietnamese import alphabetical, by_given_name, vndate
from tally.i18n import marked as _

SERVING, RETIREMENT_NOTICE, SUSPENDED, LEFT = STATUSES
WORDS_OF_STATUS = {
    SERVING: _("đang giữ chức vụ"),
    RETIREMENT_NOTICE: _("đã có thông báo nghỉ hưu"),
    SUSPENDED: _("tạm đình chỉ công tác"),
    LEFT: _("thôi giữ chức vụ"),
}
FEW = 500
"""So many ids are named in a query; for more the whole table is read, for a query may not name any number of them."""


@dataclass(frozen=True, slots=True)
class Holding:
    """That somebody holds a post on the day that was asked; `since` is the first day of the appointment."""

    person: Person
    position: Position
    appointment: Appointment
    status: str
    since: str


def appoint(session: Session, person: Person, position: Position, *, since: str, basis: str = "") -> Appointment:
    """Note that a person holds a post from a day on, serving.

    Raises OutOfOrder, BadDay, FieldMissing, FieldTooLong, BadText, NoSuchEntry (people and posts of two organisations).
    """
    begins = fields.day(since, "since")
    if person.organisation_id != position.organisation_id:
        raise NoSuchEntry("person")
    _check_post_exists(session, position, begins)
    taken = select(Appointment).where(Appointment.person_id == person.id, Appointment.position_id == position.id)
    if session.scalar(taken.where(Appointment.since == begins)) is not None:
        shown = vndate(begins)
        reason = _("người này đã được ghi giữ chức danh này từ đúng ngày đó")
        raise OutOfOrder("since", day=shown, other=shown, name=person.name, reason=reason)
    row = Appointment(person_id=person.id, position_id=position.id, since=begins)
    row.basis = words(basis, "basis", limit=WORDS, empty=True)
    session.add(row)
    session.flush()
    return row


def set_status(session: Session, appointment: Appointment, status: str, day: str, basis: str = "") -> None:
    """Note what becomes of an appointment from a day on; of two notes for one day the later one corrects the first.

    Raises UnknownChoice, OutOfOrder, BadDay, FieldMissing, FieldTooLong, BadText.
    """
    on = fields.day(day, "day")
    if status not in STATUSES:
        raise UnknownChoice("status", found=status[:60], known="; ".join(WORDS_OF_STATUS.values()))
    name = session.scalar(select(Person.name).where(Person.id == appointment.person_id)) or ""
    if on < appointment.since:
        reason = _("trước ngày bổ nhiệm")
        raise OutOfOrder("day", day=vndate(on), other=vndate(appointment.since), name=name, reason=reason)
    notes = statuses(session, [appointment.id]).get(appointment.id, ())
    row = AppointmentStatus(appointment_id=appointment.id, status=status, day=on)
    row.basis = words(basis, "basis", limit=WORDS, empty=True)
    _check_nothing_after_leaving([*_in_force(notes), (on, status)], name)
    session.add(row)
    session.flush()


def statuses(session: Session, appointment_ids: Iterable[int]) -> dict[int, list[AppointmentStatus]]:
    """Return the notes of appointments as they were made."""
    ids = set(appointment_ids)
    found: dict[int, list[AppointmentStatus]] = {}
    query = select(AppointmentStatus).order_by(AppointmentStatus.id)
    if len(ids) <= FEW:
        query = query.where(AppointmentStatus.appointment_id.in_(ids))
    for note in session.scalars(query):
        if note.appointment_id in ids:
            found.setdefault(note.appointment_id, []).append(note)
    return found


def status_on(notes: Sequence[AppointmentStatus], day: str) -> str:
    """Return the status of an appointment that has begun, on a day."""
    past = [note for note in notes if note.day <= day]
    return max(past, key=lambda note: (note.day, note.id)).status if past else SERVING


def holding(session: Session, organisation_id: int, body_ids: Iterable[int], day: str) -> list[Holding]:
    """Return everybody who holds a post of these bodies on a day, in ballot order: form, block, rank, given name.

    A body that was renamed counts under each of its names; a post may stand several times or not at all. Forms and
    blocks come in the order of their lowest rank.
    """
    lineage = Lineage.of(session, organisation_id)
    ids = {same for body_id in body_ids for same in lineage.same(body_id) if lineage.named_on(body_id, day)}
    posts = session.scalars(select(Position).where(Position.organisation_id == organisation_id)).all()
    open_ = {post.id: post for post in posts if post.body_id in ids and within(day, post.since, post.until)}
    query = select(Appointment).join(Position, Position.id == Appointment.position_id)
    terms = session.scalars(query.where(Position.organisation_id == organisation_id, Appointment.since <= day)).all()
    terms = [term for term in terms if term.position_id in open_]
    people = {p.id: p for p in session.scalars(select(Person).where(Person.organisation_id == organisation_id))}
    return in_ballot_order(held(terms, statuses(session, [t.id for t in terms]), open_, people, day))


def held(
    terms: Iterable[Appointment],
    notes: Mapping[int, Sequence[AppointmentStatus]],
    posts: Mapping[int, Position],
    people: Mapping[int, Person],
    day: str,
) -> list[Holding]:
    """Return who holds what on a day; of two terms of one person in one post the one that began later counts."""
    latest: dict[tuple[int, int], Holding] = {}
    for term in terms:
        status = status_on(notes.get(term.id, ()), day)
        if term.since > day or status == LEFT:
            continue
        key = (term.person_id, term.position_id)
        if key not in latest or latest[key].since < term.since:
            latest[key] = Holding(people[term.person_id], posts[term.position_id], term, status, term.since)
    return list(latest.values())


def in_ballot_order(holdings: Iterable[Holding]) -> list[Holding]:
    """Return holdings as they stand on a ballot, whatever order they came in."""
    given = list(holdings)
    forms: dict[str, int] = {}
    blocks: dict[tuple[str, str], int] = {}
    for post in (holding.position for holding in given):
        forms[post.form] = min(post.rank, forms.get(post.form, post.rank))
        key = (post.form, post.block)
        blocks[key] = min(post.rank, blocks.get(key, post.rank))

    def place(holding: Holding) -> tuple[object, ...]:
        post, person = holding.position, holding.person
        form = (forms[post.form], alphabetical(post.form), post.form)
        block = (blocks[post.form, post.block], alphabetical(post.block), post.block)
        return form, block, post.rank, by_given_name(person.name), person.name, person.code, post.code

    return sorted(given, key=place)


def _check_post_exists(session: Session, position: Position, on: str) -> None:
    shown = vndate(on)
    if not within(on, position.since, position.until):
        early = on < position.since
        reason = _("chức danh này chưa có") if early else _("chức danh này không còn")
        other = vndate(position.since if early else position.until)
        raise OutOfOrder("since", day=shown, other=other, name=position.title, reason=reason)
    body = session.get_one(Body, position.body_id)
    if within(on, body.since, body.until):
        return
    if Lineage.of(session, position.organisation_id).named_on(body.id, on) is None:
        other = vndate(body.until or body.since)
        raise OutOfOrder("since", day=shown, other=other, name=body.name, reason=_("tổ chức không có vào ngày này"))


def _in_force(notes: Iterable[AppointmentStatus]) -> list[tuple[str, str]]:
    return list({note.day: (note.day, note.status) for note in notes}.values())


def _check_nothing_after_leaving(notes: Sequence[tuple[str, str]], name: str) -> None:
    """Refuse a status other than leaving after somebody left; they would need a new appointment."""
    by_day = dict(notes)
    days = sorted(by_day)
    for earlier, later in pairwise(days):
        if by_day[earlier] == LEFT and by_day[later] != LEFT:
            reason = _("đã thôi giữ chức vụ; nếu giữ lại thì ghi bổ nhiệm mới")
            raise OutOfOrder("day", day=vndate(later), other=vndate(earlier), name=name, reason=reason)
