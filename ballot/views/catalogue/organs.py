"""Bodies: a page for each on a chosen day, forms to add and correct one, and what becomes of it. Here live views only.

Never here: a rule.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.catalogue import bodies, entering, fields, reading, standards
from ballot.catalogue.fields import own
from ballot.models.registry.catalogue import CHANGES, Body
from ballot.storage import reading as reading_session
from ballot.views.catalogue.base import Trouble, asked_day, attempt, blueprint, form_context, status_of, typed
from ballot.views.here import actor, house, today

BODY = "<int(max=2147483647):body_id>"
HEIRS = 6
"""So many new bodies a form of a split has room for."""


@blueprint.get(f"/to-chuc/{BODY}")
@allow(Who.ORGANISER)
def body(body_id: int) -> tuple[str, int]:
    """Show a body on a day: posts and holders, groups, what is below it, where it came from and went."""
    day, trouble = asked_day()
    with reading_session(house().registry) as session:
        row = own(session, Body, body_id, actor().organisation_id)
        shown = reading.body_on(session, row, day)
        names = _names(session)
        free = not bodies.in_use(session, row)
    page = render_template(
        "catalogue/body.html", shown=shown, day=day, today=today(), trouble=trouble, free=free, **names
    )
    return page, status_of(trouble)


@blueprint.get("/to-chuc/moi")
@allow(Who.ORGANISER)
def new_body(trouble: Trouble | None = None) -> str:
    """Show the form of a new body."""
    return _form(None, trouble)


@blueprint.post("/to-chuc/moi")
@allow(Who.ORGANISER)
def add_body() -> Response | tuple[str, int]:
    """Add a body."""
    return attempt(lambda: _to(entering.add_body(house(), actor(), typed())), new_body)


@blueprint.get(f"/to-chuc/{BODY}/sua")
@allow(Who.ORGANISER)
def edit_body(body_id: int, trouble: Trouble | None = None) -> str:
    """Show the form that corrects a body."""
    return _form(body_id, trouble)


@blueprint.post(f"/to-chuc/{BODY}/sua")
@allow(Who.ORGANISER)
def correct_body(body_id: int) -> Response | tuple[str, int]:
    """Correct a body that nothing refers to."""

    def act() -> Response:
        entering.correct_body(house(), actor(), body_id, typed())
        return _to(body_id)

    return attempt(act, lambda trouble: edit_body(body_id, trouble))


@blueprint.get(f"/to-chuc/{BODY}/thay-doi")
@allow(Who.ORGANISER)
def new_change(body_id: int, trouble: Trouble | None = None) -> str:
    """Show the form of a change, for the kind that the address or the form names."""
    kind = request.form.get("kind") or request.args.get("loai", "")
    with reading_session(house().registry) as session:
        row = own(session, Body, body_id, actor().organisation_id)
        others = [each for each in bodies.alive(session, actor().organisation_id, today()) if each.id != row.id]
        names = _names(session)
    context = form_context(trouble) | names
    kind = kind if kind in CHANGES else ""
    rooms = {"rename": 1, "merge": 1, "split": HEIRS}.get(kind, 0)
    several = {"old": request.form.getlist("old"), "codes": request.form.getlist("new_code")}
    several |= {"names_": request.form.getlist("new_name")}
    return render_template(
        "catalogue/new_change.html",
        body=row,
        others=others,
        kind=kind,
        rooms=rooms,
        today=today(),
        **several,
        **context,
    )


@blueprint.post(f"/to-chuc/{BODY}/thay-doi")
@allow(Who.ORGANISER)
def change_body(body_id: int) -> Response | tuple[str, int]:
    """Note what becomes of a body, with others where several merge."""

    def act() -> Response:
        old = [body_id, *(fields.id_of(value, "id") for value in request.form.getlist("old"))]
        said = typed()
        heirs = bodies.change(house(), actor(), said["kind"], said["day"], old, _heirs(), said["basis"])
        return _to(heirs[0].id if heirs else body_id)

    return attempt(act, lambda trouble: new_change(body_id, trouble))


@blueprint.post("/thay-doi/<int(max=2147483647):change_id>/rut")
@allow(Who.ORGANISER)
def withdraw_change(change_id: int) -> Response:
    """Take back a change that was noted by mistake."""
    return _to(bodies.withdraw(house(), actor(), change_id))


def _heirs() -> list[bodies.NewBody | int]:
    """Return the bodies that go on: one that exists, or the filled rows of new ones."""
    into = request.form.get("into", "")
    if into.strip():
        return [fields.id_of(into, "id")]
    rows = zip(request.form.getlist("new_code"), request.form.getlist("new_name"), strict=False)
    parent = request.form.get("parent", "").strip()
    parent_id = fields.id_of(parent, "id") if parent else None
    return [bodies.NewBody(code, name, parent_id=parent_id) for code, name in rows if code.strip() or name.strip()]


def _form(body_id: int | None, trouble: Trouble | None) -> str:
    mine = actor().organisation_id
    with reading_session(house().registry) as session:
        row = own(session, Body, body_id, mine) if body_id is not None else None
        others = [each for each in bodies.alive(session, mine, today()) if each is not row]
        context = form_context(trouble) | _names(session)
    above = request.args.get("tren", "")
    return render_template("catalogue/body_form.html", body=row, others=others, above=above, today=today(), **context)


def _names(session: Session) -> dict[str, dict[str, str]]:
    """Return the words of levels and of standard posts, by key."""
    mine = actor().organisation_id
    levels = {level.key: level.name for level in standards.levels(session, mine)}
    return {"levels": levels, "standards": {post.key: post.title for post in standards.standards(session, mine)}}


def _to(body_id: int) -> Response:
    return redirect(url_for("catalogue.body", body_id=body_id))
