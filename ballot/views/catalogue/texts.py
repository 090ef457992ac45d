"""Templates: the national ones, an organisation's own, and both side by side. Here live views only.

Never here: a rule.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.catalogue import models_of_text, rule_books, standards
from ballot.catalogue.checked_tables import TABLES
from ballot.catalogue.checked_text import MOST_CHARACTERS, PLACES
from ballot.catalogue.errors import NoSuchEntry
from ballot.storage import reading as reading_session
from ballot.views.catalogue.base import Trouble, attempt, blueprint, form_context, typed
from ballot.views.here import actor, house
from tally.i18n import marked as _
from tally.i18n import translate

WORDS_OF_CERTAINTY = {"seen": _("có nguồn"), "inferred": _("suy ra"), "unseen": _("chưa đối chiếu")}


@blueprint.get("/mau/")
@allow(Who.ORGANISER)
def templates() -> str:
    """List the templates and whose text holds."""
    with reading_session(house().registry) as session:
        mine = actor().organisation_id
        found = [models_of_text.standing(session, mine, name) for name in models_of_text.names()]
    return render_template("catalogue/templates.html", found=found, titles=_titles())


@blueprint.get("/mau/<name>")
@allow(Who.ORGANISER)
def template(name: str) -> str:
    """Show the text that holds, its versions, and what differs from the national one."""
    with reading_session(house().registry) as session:
        standing = models_of_text.standing(session, actor().organisation_id, name)
        versions = models_of_text.versions(session, actor().organisation_id, name)
        tables = _tables(session, name)
    national = models_of_text.national(name)
    return render_template(
        "catalogue/template.html",
        standing=standing,
        versions=versions,
        title=_titles()[name],
        against_national=models_of_text.difference(national, standing.text),
        against_base=models_of_text.difference(standing.base, standing.text) if standing.moved else [],
        since_base=models_of_text.difference(standing.base, national),
        **tables,
    )


@blueprint.get("/mau/<name>/ban/<int(max=2147483647):version_id>")
@allow(Who.ORGANISER)
def template_version(name: str, version_id: int) -> str:
    """Show an older version beside the one before it."""
    with reading_session(house().registry) as session:
        versions = models_of_text.versions(session, actor().organisation_id, name)
    place = next((i for i, version in enumerate(versions) if version.id == version_id), None)
    if place is None:
        raise NoSuchEntry("id")
    version, older = versions[place], versions[place + 1 :]
    text = version.text or version.base_text
    before = (older[0].text or older[0].base_text) if older else version.base_text
    return render_template(
        "catalogue/template_version.html",
        version=version,
        number=len(older) + 1,
        title=_titles()[name],
        text=text,
        rows=models_of_text.difference(before, text),
    )


@blueprint.get("/mau/<name>/sua")
@allow(Who.ORGANISER)
def edit_template(name: str, trouble: Trouble | None = None) -> str:
    """Show the form that changes a template."""
    with reading_session(house().registry) as session:
        standing = models_of_text.standing(session, actor().organisation_id, name)
    places = {} if name in TABLES else {place: translate(words) for place, words in PLACES.items()}
    text = request.form.get("text", standing.text)
    ours = {"standing": standing, "title": _titles()[name], "places": places, "text": text, "most": MOST_CHARACTERS}
    if trouble and trouble.code == "TEMPLATE_MOVED":
        ours["meanwhile"] = models_of_text.difference(standing.text, text)
    return render_template("catalogue/template_form.html", **{"meanwhile": []} | ours, **form_context(trouble))


@blueprint.post("/mau/<name>/sua")
@allow(Who.ORGANISER)
def save_template(name: str) -> Response | tuple[str, int]:
    """Put a text in place of the one that holds."""

    def act() -> Response:
        models_of_text.save(house(), actor(), name, typed()["text"], seen=_seen())
        return _to(name)

    return attempt(act, lambda trouble: edit_template(name, trouble))


@blueprint.post("/mau/<name>/toan-quoc")
@allow(Who.ORGANISER)
def restore_template(name: str) -> Response:
    """Go back to the national text."""
    models_of_text.restore(house(), actor(), name, seen=_seen())
    return _to(name)


def _tables(session: Session, name: str) -> dict[str, Any]:
    """Return what a template in TOML says, for reading; nothing for one that is text."""
    mine = actor().organisation_id
    posts = standards.standards(session, mine)
    return {
        "levels": standards.levels(session, mine),
        "standards": posts if name == standards.STANDARDS else (),
        "compositions": standards.compositions(session, mine) if name == standards.COMPOSITIONS else (),
        "known": {post.key: post.title for post in posts},
        "numbers": {each.rules.id: each.rules.number for each in rule_books.books(session, mine)},
        "certainties": {key: translate(words) for key, words in WORDS_OF_CERTAINTY.items()},
    }


def _seen() -> int:
    value = request.form.get("seen", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1


def _titles() -> dict[str, str]:
    return {name: translate(title) for name, title in models_of_text.TITLES.items()}


def _to(name: str) -> Response:
    return redirect(url_for("catalogue.template", name=name))
