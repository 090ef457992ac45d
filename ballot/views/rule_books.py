"""Rule sets: the list, all that one of them says, an organisation's own version from text or file, versions.

Here live views only: read the form, call one use case, show a page. Never here: a rule of any law.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ballot.access import Who, allow
from ballot.catalogue import rule_books, rule_text
from ballot.catalogue.difference import difference
from ballot.catalogue.errors import NoSuchEntry
from ballot.catalogue.rule_books import Book
from ballot.catalogue.rule_fit import on_paper_only
from ballot.catalogue.rule_text import BadRuleSet
from ballot.lists.csv_file import decoded
from ballot.lists.refusals import Unfit
from ballot.planning import rule_versions
from ballot.storage import reading
from ballot.views.catalogue.base import Trouble, form_context, status_of
from ballot.views.here import actor, house, today
from tally import rules
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import Refused

blueprint = Blueprint("rule_books", __name__, url_prefix="/quy-tac")
MOST_BYTES = 4 * rule_text.MOST_CHARACTERS
_ID_LINE = re.compile(r'^(id\s*=\s*"[^"\n]*)"', re.MULTILINE)
OWN = "_RIENG"


@blueprint.get("/")
@allow(Who.ORGANISER)
def index() -> str:
    """List the rule sets that hold, the newest law first."""
    with reading(house().registry) as session:
        found = rule_books.books(session, actor().organisation_id)
    followers = {each.rules.id: rule_books.replaced_by(found, each.rules.id) for each in found}
    return render_template("rule_books/index.html", books=found, followers=followers, today=today())


@blueprint.get("/<rule_set>")
@allow(Who.ORGANISER)
def show(rule_set: str) -> str:
    """Show everything that one rule set says, and what differs from the one that ships."""
    with reading(house().registry) as session:
        mine = actor().organisation_id
        book = rule_books.book(session, mine, rule_set)
        found = rule_books.books(session, mine)
        versions = rule_books.versions(session, mine, rule_set)
        users = rule_versions.users(session, mine, rule_set)
    against = difference(rules.source(rule_set), book.text) if book.own and book.shipped else []
    return render_template(
        "rule_books/show.html", book=book, versions=versions, users=users, against=against, today=today(),
        followers=rule_books.replaced_by(found, rule_set), known={each.rules.id for each in found},
        paper=on_paper_only(book.rules),
    )  # fmt: skip


@blueprint.get("/moi")
@allow(Who.ORGANISER)
def new() -> str:
    """Show the form of a new rule set, which begins as a copy of another."""
    with reading(house().registry) as session:
        found = rule_books.books(session, actor().organisation_id)
    source = request.args.get("tu", found[0].rules.id)
    start = next((each for each in found if each.rules.id == source), None)
    if start is None:
        raise NoSuchEntry("id")
    return _form("", _ID_LINE.sub(rf'\1{OWN}"', start.text, count=1), seen=0, source=source)


@blueprint.get("/<rule_set>/sua")
@allow(Who.ORGANISER)
def edit(rule_set: str) -> str:
    """Show the form that changes a rule set."""
    with reading(house().registry) as session:
        book = rule_books.book(session, actor().organisation_id, rule_set)
    return _form(rule_set, book.text, seen=book.newest)


@blueprint.post("/xem-truoc")
@allow(Who.ORGANISER)
def preview() -> Any:
    """Show what a text says and what it would change, before anything is written."""
    of, source = request.form.get("of", ""), request.form.get("source", "")
    try:
        typed = _typed()
        with reading(house().registry) as session:
            mine = actor().organisation_id
            clean, found = rule_versions.checked(session, mine, typed, of=of)
            before = rule_books.book(session, mine, of or source) if of or source else None
            users = rule_versions.users(session, mine, of) if of else []
    except NoSuchEntry:
        raise
    except Refused as error:
        return _again(of, request.form.get("text", ""), source, error)
    return render_template(
        "rule_books/preview.html", of=of, source=source, seen=_seen(), text=clean, rules=found, users=users,
        before=before, rows=difference(before.text, clean) if before else [], today=today(), paper=on_paper_only(found),
    )  # fmt: skip


@blueprint.post("/ghi")
@allow(Who.ORGANISER)
def save() -> Any:
    """Put a text that was shown in place of the one that holds."""
    of, text = request.form.get("of", ""), request.form.get("text", "")
    try:
        rule_set = rule_versions.save(house(), actor(), text, of=of, seen=_seen())
    except NoSuchEntry:
        raise
    except Refused as error:
        return _again(of, text, request.form.get("source", ""), error)
    return redirect(url_for("rule_books.show", rule_set=rule_set))


@blueprint.post("/<rule_set>/rut")
@allow(Who.ORGANISER)
def take_back(rule_set: str) -> AnyResponse:
    """End an organisation's own version."""
    rule_versions.take_back(house(), actor(), rule_set, seen=_seen())
    there = url_for("rule_books.show", rule_set=rule_set) if rule_set in rules.names() else url_for("rule_books.index")
    return redirect(there)


@blueprint.get("/<rule_set>/toml")
@allow(Who.ORGANISER)
def text(rule_set: str) -> Response:
    """Send the text that holds as a file."""
    with reading(house().registry) as session:
        book = rule_books.book(session, actor().organisation_id, rule_set)
    headers = {"Content-Disposition": f'attachment; filename="{book.rules.id}.toml"'}
    return Response(book.text.encode("utf-8"), mimetype="application/toml", headers=headers)


@blueprint.get("/<rule_set>/ban/<int(max=2147483647):rule_version_id>")
@allow(Who.ORGANISER)
def version(rule_set: str, rule_version_id: int) -> str:
    """Show an older version beside the one before it."""
    with reading(house().registry) as session:
        versions = rule_books.versions(session, actor().organisation_id, rule_set)
    place = next((i for i, each in enumerate(versions) if each.id == rule_version_id), None)
    if place is None:
        raise NoSuchEntry("id")
    shipped = rules.source(rule_set) if rule_set in rules.names() else ""
    held, older = versions[place], versions[place + 1 :]
    now = held.text or shipped
    before = (older[0].text if older else "") or shipped
    return render_template(
        "rule_books/version.html", version=held, number=len(older) + 1, text=now, rows=difference(before, now)
    )


def _form(of: str, text_: str, *, seen: int, source: str = "", trouble: Trouble | None = None, **more: Any) -> str:
    ours: dict[str, Any] = {"of": of, "text": text_, "seen": seen, "source": source, "most": rule_text.MOST_CHARACTERS}
    return render_template("rule_books/form.html", **ours, **({"meanwhile": []} | more), **form_context(trouble))


def _again(of: str, typed: str, source: str, error: Refused) -> tuple[str, int]:
    """Show the form once more with what was typed and why it was refused; after others saved, with what differs."""
    book, meanwhile = _held(of), []
    trouble = Trouble.of(error)
    if trouble.code == rule_versions.RuleSetMoved.code and book:
        meanwhile = difference(book.text, typed)
    seen = book.newest if book and meanwhile else _seen()
    return _form(of, typed, seen=seen, source=source, trouble=trouble, meanwhile=meanwhile), status_of(trouble)


def _held(of: str) -> Book | None:
    if not of:
        return None
    with reading(house().registry) as session:
        return rule_books.book(session, actor().organisation_id, of)


def _typed() -> str:
    """Return the text of the form, or of the file where one was sent. Raises BadRuleSet."""
    sent = request.files.get("toml")
    if sent is None or not sent.filename:
        return request.form.get("text", "")
    raw = sent.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise BadRuleSet(reason=translate(_("Tệp quá lớn")))
    try:
        return decoded(raw)
    except Unfit as error:
        raise BadRuleSet(reason=translate(error.reason).format(**error.details)) from None


def _seen() -> int:
    value = request.form.get("seen", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
