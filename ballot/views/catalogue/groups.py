"""Groups of voters: the list, each with its members on a day, forms to add and to join. Here live views only.

Never here: a rule.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.catalogue import bodies, entering, people, reading
from ballot.catalogue import groups as group_acts
from ballot.catalogue.fields import own, within
from ballot.models.registry.catalogue import Body, Group, Membership, Person
from ballot.storage import reading as reading_session
from ballot.vietnamese import by_given_name
from ballot.views.catalogue.base import Trouble, asked_day, attempt, blueprint, form_context, status_of, typed
from ballot.views.here import actor, house, today

GROUP = "<int(max=2147483647):group_id>"


@blueprint.get("/nhom/")
@allow(Who.ORGANISER)
def groups() -> tuple[str, int]:
    """List groups with the number of their members on a day."""
    day, trouble = asked_day()
    with reading_session(house().registry) as session:
        found = reading.all_groups(session, actor().organisation_id, day)
    page = render_template("catalogue/groups.html", groups=found, day=day, today=today(), trouble=trouble)
    return page, status_of(trouble)


@blueprint.get(f"/nhom/{GROUP}")
@allow(Who.ORGANISER)
def group(group_id: int, trouble: Trouble | None = None) -> tuple[str, int]:
    """Show a group, its members on a day, and those who were or will be members on others."""
    day, wrong = asked_day()
    with reading_session(house().registry) as session:
        row = own(session, Group, group_id, actor().organisation_id)
        body = session.get(Body, row.body_id) if row.body_id else None
        query = select(Membership, Person).join(Person, Person.id == Membership.person_id)
        rows = [(m, p) for m, p in session.execute(query.where(Membership.group_id == row.id))]
        suggested = people.everybody(session, row.organisation_id)[:500]
        free = not group_acts.in_use(session, row)
    rows.sort(key=lambda pair: (by_given_name(pair[1].name), pair[1].code, pair[0].since))
    here = [(m, p) for m, p in rows if within(day, m.since, m.until)]
    others = [(m, p) for m, p in rows if not within(day, m.since, m.until)]
    context = form_context(trouble or wrong) | {"people": suggested, "free": free, "day": day, "today": today()}
    page = render_template("catalogue/group.html", group=row, body=body, members=here, others=others, **context)
    return page, status_of(trouble or wrong)


@blueprint.get("/nhom/moi")
@allow(Who.ORGANISER)
def new_group(trouble: Trouble | None = None) -> str:
    """Show the form of a new group."""
    return _form(None, trouble)


@blueprint.post("/nhom/moi")
@allow(Who.ORGANISER)
def add_group() -> Response | tuple[str, int]:
    """Add a group."""
    return attempt(lambda: _to(entering.add_group(house(), actor(), typed())), new_group)


@blueprint.get(f"/nhom/{GROUP}/sua")
@allow(Who.ORGANISER)
def edit_group(group_id: int, trouble: Trouble | None = None) -> str:
    """Show the form that corrects a group."""
    return _form(group_id, trouble)


@blueprint.post(f"/nhom/{GROUP}/sua")
@allow(Who.ORGANISER)
def correct_group(group_id: int) -> Response | tuple[str, int]:
    """Correct a group that nobody belongs to."""

    def act() -> Response:
        entering.correct_group(house(), actor(), group_id, typed())
        return _to(group_id)

    return attempt(act, lambda trouble: edit_group(group_id, trouble))


@blueprint.post(f"/nhom/{GROUP}/thanh-vien")
@allow(Who.ORGANISER)
def join(group_id: int) -> Response | tuple[str, int]:
    """Note that somebody belongs to a group."""

    def act() -> Response:
        entering.join(house(), actor(), group_id, typed())
        return _to(group_id)

    return attempt(act, lambda trouble: group(group_id, trouble)[0])


@blueprint.post(f"/nhom/{GROUP}/thoi/<int(max=2147483647):membership_id>")
@allow(Who.ORGANISER)
def leave(group_id: int, membership_id: int) -> Response | tuple[str, int]:
    """Note that somebody no longer belongs to a group."""

    def act() -> Response:
        entering.leave(house(), actor(), group_id, membership_id, typed())
        return _to(group_id)

    return attempt(act, lambda trouble: group(group_id, trouble)[0])


def _form(group_id: int | None, trouble: Trouble | None) -> str:
    mine = actor().organisation_id
    with reading_session(house().registry) as session:
        row = own(session, Group, group_id, mine) if group_id is not None else None
        alive = bodies.alive(session, mine, today())
    of = request.args.get("cua", "")
    return render_template("catalogue/group_form.html", group=row, bodies=alive, of=of, **form_context(trouble))


def _to(group_id: int) -> Response:
    return redirect(url_for("catalogue.group", group_id=group_id))
