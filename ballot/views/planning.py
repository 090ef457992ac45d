"""The wizard's pages: drafts, eight steps of one, its plan on paper, and the acts of one and of two persons.

Here live views only: read the form, call one use case, show a page. Never here: a rule.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.catalogue import rule_books
from ballot.catalogue.fields import day
from ballot.errors import STATUS
from ballot.planning import cloning, confidence, document, drafts, making, pages
from ballot.planning.content import Content
from ballot.planning.steps.look import Look
from ballot.planning.steps.order import STEPS, after
from ballot.storage import reading, writing
from ballot.views.forms import number
from ballot.views.here import actor, house, today
from tally.protocol.errors import Refused, WrongShape

blueprint = Blueprint("planning", __name__)


@blueprint.get("/ke-hoach/")
@allow(Who.ORGANISER)
def index() -> str:
    """List the drafts, and the rounds from which one may begin."""
    return render_template("planning/index.html", today=_today().isoformat(), **pages.overview(house(), actor()))


@blueprint.post("/ke-hoach/moi")
@allow(Who.ORGANISER)
def begin() -> Response:
    """Begin an empty draft."""
    with writing(house().registry) as session:
        draft_id = drafts.begin(session, actor(), Content()).id
    return redirect(url_for("planning.show", draft_id=draft_id, slug=next(iter(STEPS))))


@blueprint.post("/ke-hoach/tu-dot/<uuid>")
@allow(Who.ORGANISER)
def clone(uuid: str) -> Response:
    """Begin a draft from an earlier round."""
    draft_id = cloning.clone(house(), uuid, day(request.form.get("date", ""), "date"), actor())
    return redirect(url_for("planning.compare", draft_id=draft_id))


@blueprint.post("/ke-hoach/bo-phieu/<uuid>")
@allow(Who.ORGANISER)
def vote(uuid: str) -> Response:
    """Begin a vote of confidence on an official of a counted rating: a draft, or without a catalogue the small form."""
    official, on = number("official"), day(request.form.get("date", ""), "date")
    draft_id = confidence.begin(house(), uuid, official, on, actor())
    if not draft_id:
        return redirect(url_for("console.new", tu=uuid, nguoi=official, ngay=on))
    return redirect(url_for("planning.show", draft_id=draft_id, slug=next(iter(STEPS))))


@blueprint.get("/ke-hoach/dot/<uuid>")
@allow(Who.WATCHING)
def of_round(uuid: str) -> str:
    """Show the plan that a round was made by, as it was approved."""
    with reading(house().registry) as session:
        row = cloning.own_round(session, uuid, actor().organisation_id)
        rules = rule_books.of_round(session, row)
    plan = making.plan_of(row)
    if "text" not in plan:
        abort(404)
    parts = document.layout(str(plan["text"]))
    head = document.heading(rules, row.body)
    return render_template(
        "planning/paper.html", title=row.title, parts=parts, approved=not row.rehearsal, back="", head=head
    )


@blueprint.get("/ke-hoach/<int(max=2147483647):draft_id>/<slug>")
@allow(Who.ORGANISER)
def show(draft_id: int, slug: str) -> str:
    """Show a step."""
    _known(slug)
    values = pages.page(house(), draft_id, slug, actor(), _today())
    return render_template(f"planning/{STEPS[slug].template}.html", **values)


@blueprint.post("/ke-hoach/<int(max=2147483647):draft_id>/<slug>")
@allow(Who.ORGANISER)
def save(draft_id: int, slug: str) -> Any:
    """Save a step; what was refused comes back with everything that was typed."""
    _known(slug)
    look, form = Look, request.form

    def change(session: Any, content: Content) -> Content:
        return STEPS[slug].changed(look(session, actor().organisation_id, content, _today()), form)

    try:
        drafts.save(house(), draft_id, actor(), step=slug, revision=_revision(), change=change)
    except Refused as error:
        return _again(draft_id, slug, error)
    there = after(slug) if form.get("then") == "next" else slug
    return redirect(url_for("planning.show", draft_id=draft_id, slug=there))


@blueprint.post("/ke-hoach/<int(max=2147483647):draft_id>/<slug>/viec/<act>")
@allow(Who.ORGANISER)
def act(draft_id: int, slug: str, act: str) -> Any:
    """Do one act on a draft from the page of a step; a refusal stands on that page."""
    _known(slug)
    if act not in ACTS:
        raise WrongShape("act", expected=" / ".join(ACTS))
    try:
        uuid = ACTS[act](house(), draft_id, actor(), _revision())
    except Refused as error:
        return _again(draft_id, slug, error)
    if uuid:
        return redirect(url_for("console.show", uuid=uuid))
    return redirect(
        url_for("planning.index") if act == "xoa" else url_for("planning.show", draft_id=draft_id, slug=slug)
    )


@blueprint.get("/ke-hoach/<int(max=2147483647):draft_id>/in")
@allow(Who.ORGANISER)
def paper(draft_id: int) -> str:
    """Show the plan as it is printed."""
    with reading(house().registry) as session:
        row = drafts.find(session, draft_id, actor().organisation_id)
        content = drafts.working(row)
        parts = document.layout(document.text(session, row.organisation_id, content))
        books = rule_books.shelf(session, row.organisation_id)
        head = document.heading(books.load(content.basis.rule_set), content.basis.body) if content.basis else None
    approved, back = (
        row.approved is not None and row.proposed is None,
        url_for("planning.show", draft_id=draft_id, slug="ke-hoach"),
    )
    return render_template(
        "planning/paper.html", title=content.title, parts=parts, approved=approved, back=back, head=head
    )


@blueprint.get("/ke-hoach/<int(max=2147483647):draft_id>/so-sanh")
@allow(Who.ORGANISER)
def compare(draft_id: int) -> str:
    """Show what differs from the round that a draft was cloned from."""
    with reading(house().registry) as session:
        row = drafts.find(session, draft_id, actor().organisation_id)
        content = drafts.working(row)
        if not content.source:
            abort(404)
        source = cloning.own_round(session, content.source, row.organisation_id)
        told = cloning.compared(session, row.organisation_id, content)
    return render_template("planning/compare.html", draft=row, content=content, source=source, told=told)


ACTS = {
    "trinh": drafts.submit,
    "duyet": lambda *who: drafts.approve(*who, seen=request.form.get("text-seen", "")),
    "xac-nhan": lambda *who: drafts.confirm(*who, seen=request.form.get("text-seen", "")),
    "bo": drafts.drop,
    "xoa": drafts.discard,
    "lap-dot": making.make,
    "dien-tap": lambda house, draft_id, actor, _revision: making.rehearse(house, draft_id, actor),
}


def _again(draft_id: int, slug: str, error: Refused) -> tuple[str, int]:
    """Show a step's page once more with what was refused and why, and everything that was typed."""
    typed = request.form if request.endpoint == "planning.save" else None
    values = pages.page(house(), draft_id, slug, actor(), _today(), typed=typed, error=error)
    return render_template(f"planning/{STEPS[slug].template}.html", **values), STATUS.get(error.code, 400)


def _known(slug: str) -> None:
    if slug not in STEPS:
        abort(404)


def _revision() -> int:
    typed = request.form.get("revision", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise WrongShape("revision", expected="1…")
    return int(typed)


def _today() -> date:
    return date.fromisoformat(today())
