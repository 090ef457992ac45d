"""Posts: a page for each with its holders over time, forms to add, arrange and end one, and to appoint.

Here live views only. Never here: a rule.
"""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.catalogue import entering, people, positions, standards
from ballot.catalogue.fields import own
from ballot.catalogue.lineage import Lineage
from ballot.catalogue.terms import terms_of_position
from ballot.models.registry.catalogue import Body, Position
from ballot.storage import reading as reading_session
from ballot.views.catalogue.base import Trouble, attempt, blueprint, form_context, typed
from ballot.views.here import actor, house, today

POST = "<int(max=2147483647):position_id>"
BODY = "<int(max=2147483647):body_id>"


@blueprint.get(f"/chuc-danh/{POST}")
@allow(Who.ORGANISER)
def position(position_id: int, trouble: Trouble | None = None) -> str:
    """Show a post, who holds and held it, and the forms to appoint and to end it."""
    with reading_session(house().registry) as session:
        row = own(session, Position, position_id, actor().organisation_id)
        lineage = Lineage.of(session, row.organisation_id)
        body = lineage.named_on(row.body_id, today()) or lineage.heir(row.body_id)
        terms = terms_of_position(session, row)
        known = {post.key: post.title for post in standards.standards(session, row.organisation_id)}
        suggested = people.everybody(session, row.organisation_id)[:500]
    context = form_context(trouble) | {"today": today(), "standards": known}
    return render_template("catalogue/position.html", position=row, body=body, terms=terms, people=suggested, **context)


@blueprint.get(f"/to-chuc/{BODY}/chuc-danh-moi")
@allow(Who.ORGANISER)
def new_position(body_id: int, trouble: Trouble | None = None) -> str:
    """Show the form of a new post."""
    return _form(body_id, None, trouble)


@blueprint.post(f"/to-chuc/{BODY}/chuc-danh-moi")
@allow(Who.ORGANISER)
def add_position(body_id: int) -> Response | tuple[str, int]:
    """Add a post to a body."""
    return attempt(
        lambda: _to(entering.add_position(house(), actor(), body_id, typed())),
        lambda trouble: new_position(body_id, trouble),
    )


@blueprint.get(f"/chuc-danh/{POST}/sua")
@allow(Who.ORGANISER)
def edit_position(position_id: int, trouble: Trouble | None = None) -> str:
    """Show the form that corrects a post, or arranges it where somebody was appointed."""
    return _form(None, position_id, trouble)


@blueprint.post(f"/chuc-danh/{POST}/sua")
@allow(Who.ORGANISER)
def correct_position(position_id: int) -> Response | tuple[str, int]:
    """Correct or arrange a post."""

    def act() -> Response:
        entering.correct_position(house(), actor(), position_id, typed())
        return _to(position_id)

    return attempt(act, lambda trouble: edit_position(position_id, trouble))


@blueprint.post(f"/chuc-danh/{POST}/bo-nhiem")
@allow(Who.ORGANISER)
def appoint(position_id: int) -> Response | tuple[str, int]:
    """Note that somebody holds a post."""

    def act() -> Response:
        entering.appoint(house(), actor(), position_id, typed())
        return _to(position_id)

    return attempt(act, lambda trouble: position(position_id, trouble))


@blueprint.post(f"/chuc-danh/{POST}/ket-thuc")
@allow(Who.ORGANISER)
def end_position(position_id: int) -> Response | tuple[str, int]:
    """End a post."""

    def act() -> Response:
        entering.end_position(house(), actor(), position_id, typed())
        return _to(position_id)

    return attempt(act, lambda trouble: position(position_id, trouble))


def _form(body_id: int | None, position_id: int | None, trouble: Trouble | None) -> str:
    mine = actor().organisation_id
    with reading_session(house().registry) as session:
        row = own(session, Position, position_id, mine) if position_id is not None else None
        body = own(session, Body, row.body_id if row else body_id or 0, mine)
        known = standards.standards(session, mine)
        fixed = row is not None and positions.in_use(session, row)
        context = form_context(trouble)
    known_here = sorted(known, key=lambda post: post.level != body.level)
    return render_template(
        "catalogue/position_form.html",
        position=row,
        body=body,
        standards=known_here,
        fixed=fixed,
        today=today(),
        **context,
    )


def _to(position_id: int) -> Response:
    return redirect(url_for("catalogue.position", position_id=position_id))
