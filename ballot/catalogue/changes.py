"""What must hold before a body changes: numbers, order of days, nothing that begins after its end, no circle.

Here live the checks. Never here: a write.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue.errors import BodyCycle, OutOfOrder, UnknownChoice, WrongChange
from ballot.catalogue.lineage import RENAME, Lineage
from ballot.models.registry.catalogue import CHANGES, Appointment, Body, Position
from ballot.vietnamese import vndate
from tally.i18n import marked as _

WORDS_OF_CHANGE = {
    "rename": _("đổi tên"),
    "merge": _("sáp nhập, hợp nhất"),
    "split": _("chia, tách"),
    "end": _("kết thúc hoạt động"),
}
NEEDED = {
    "rename": _("một tổ chức cũ và một tên mới"),
    "merge": _("ít nhất một tổ chức cũ và đúng một tổ chức nhận"),
    "split": _("một tổ chức cũ và ít nhất hai tổ chức mới"),
    "end": _("ít nhất một tổ chức và không có tổ chức mới"),
}


def check_numbers(kind: str, old: Sequence[int], new: Sequence[object]) -> None:
    """Refuse a kind with the wrong number of bodies before and after it. Raises WrongChange, UnknownChoice."""
    if kind not in CHANGES:
        raise UnknownChoice("kind", found=kind[:60], known="; ".join(WORDS_OF_CHANGE.values()))
    right = {
        "rename": len(old) == 1 and len(new) == 1 and not isinstance(new[0], int),
        "merge": len(old) >= 1 and len(new) == 1,
        "split": len(old) == 1 and len(new) >= 2,
        "end": len(old) >= 1 and not new,
    }
    named = [entry for entry in new if isinstance(entry, int)]
    if not right[kind] or len({*old, *named}) != len(old) + len(named):
        raise WrongChange("kind", needed=NEEDED[kind])


def check_alive(body: Body, on: str) -> None:
    """Refuse a day on which a body was not. Raises OutOfOrder."""
    if on < body.since:
        reason = _("tổ chức chưa được thành lập")
        raise OutOfOrder("since", day=vndate(on), other=vndate(body.since), name=body.name, reason=reason)
    if body.until and on >= body.until:
        reason = _("tổ chức không còn hoạt động")
        raise OutOfOrder("since", day=vndate(on), other=vndate(body.until), name=body.name, reason=reason)


def check_may_end(session: Session, lineage: Lineage, body: Body, kind: str, on: str) -> None:
    """Refuse to end a body that ended, or before something that belongs to it begins. Raises OutOfOrder.

    A new name ends nothing else: what belongs to the body goes on.
    """
    if body.until:
        _refuse(on, body.until, body.name, _("tổ chức đã kết thúc hoặc thay đổi"))
    if on < body.since:
        _refuse(on, body.since, body.name, _("tổ chức chưa được thành lập"))
    for change in lineage.before(body.id):
        if on <= change.day and change.kind != RENAME and body.since < change.day:
            _refuse(on, change.day, body.name, _("sau ngày đó còn có tổ chức khác nhập vào"))
    if kind != RENAME:
        _check_nothing_begins_later(session, lineage, body, on)


def _check_nothing_begins_later(session: Session, lineage: Lineage, body: Body, on: str) -> None:
    ids = lineage.same(body.id)
    for other in lineage.bodies.values():
        if other.parent_id in ids and other.since >= on:
            _refuse(on, other.since, other.name, _("tổ chức trực thuộc bắt đầu sau ngày đó"))
    for post in session.scalars(select(Position).where(Position.body_id.in_(ids), Position.since >= on)):
        _refuse(on, post.since, post.title, _("chức danh bắt đầu sau ngày đó"))
    terms = select(Appointment.since, Position.title).join(Position, Position.id == Appointment.position_id)
    for since, title in session.execute(terms.where(Position.body_id.in_(ids), Appointment.since >= on)):
        _refuse(on, since, title, _("có bổ nhiệm từ sau ngày đó"))


def check_no_cycle(lineage: Lineage, body: Body) -> None:
    """Refuse a body that would come to stand above itself, under whatever name. Raises BodyCycle."""
    for parent in lineage.above(body.parent_id):
        if parent == body.id or lineage.heir(parent).id == body.id:
            raise BodyCycle("parent", name=body.name)


def _refuse(on: str, other: str, name: str, reason: str) -> None:
    raise OutOfOrder("day", day=vndate(on), other=vndate(other), name=name, reason=reason)
