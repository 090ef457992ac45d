"""People: the list, a page for each with the history of their posts, forms to add and correct. Here live views only.

Never here: a rule.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.catalogue import choosing, entering, people, reading
from ballot.catalogue.appointments import WORDS_OF_STATUS
from ballot.catalogue.fields import own
from ballot.catalogue.terms import terms_of_person
from ballot.models.registry.catalogue import Person
from ballot.storage import reading as reading_session
from ballot.views.catalogue.base import Trouble, attempt, blueprint, form_context, typed
from ballot.views.here import actor, house, today
from tally.i18n import translate

PERSON = "<int(max=2147483647):person_id>"
MOST = 500
"""So many people a page lists; the search finds the others."""


@blueprint.get("/nguoi/")
@allow(Who.ORGANISER)
def persons() -> str:
    """List people by given name."""
    asked = request.args.get("tim", "").strip()
    mine = actor().organisation_id
    with reading_session(house().registry) as session:
        everybody = people.everybody(session, mine)
        found = choosing.search(session, mine, asked).people if asked else everybody
    return render_template(
        "catalogue/persons.html", people=found[:MOST], found=len(found), total=len(everybody), asked=asked
    )


@blueprint.get(f"/nguoi/{PERSON}")
@allow(Who.ORGANISER)
def person(person_id: int, trouble: Trouble | None = None) -> str:
    """Show a person, their posts over time, their groups, and others whose name reads alike."""
    with reading_session(house().registry) as session:
        row = own(session, Person, person_id, actor().organisation_id)
        alike = people.near_duplicates(session, row.organisation_id, [row.name])[row.name]
        terms, groups = terms_of_person(session, row), reading.groups_of_person(session, row)
    others = [each for each in alike if each.id != row.id]
    context = form_context(trouble) | {"today": today(), "statuses": statuses()}
    return render_template("catalogue/person.html", person=row, terms=terms, groups=groups, others=others, **context)


@blueprint.get("/nguoi/moi")
@allow(Who.ORGANISER)
def new_person(trouble: Trouble | None = None) -> str:
    """Show the form of a new person."""
    return render_template("catalogue/person_form.html", person=None, used=False, **form_context(trouble))


@blueprint.post("/nguoi/moi")
@allow(Who.ORGANISER)
def add_person() -> Response | tuple[str, int]:
    """Add a person."""
    return attempt(lambda: _to(entering.add_person(house(), actor(), typed())), new_person)


@blueprint.get(f"/nguoi/{PERSON}/sua")
@allow(Who.ORGANISER)
def edit_person(person_id: int, trouble: Trouble | None = None) -> str:
    """Show the form that corrects a person."""
    with reading_session(house().registry) as session:
        row = own(session, Person, person_id, actor().organisation_id)
        used = people.in_use(session, row)
    return render_template("catalogue/person_form.html", person=row, used=used, **form_context(trouble))


@blueprint.post(f"/nguoi/{PERSON}/sua")
@allow(Who.ORGANISER)
def correct_person(person_id: int) -> Response | tuple[str, int]:
    """Correct a person, or put a new row in their place."""
    return attempt(
        lambda: _to(entering.correct_person(house(), actor(), person_id, typed())),
        lambda trouble: edit_person(person_id, trouble),
    )


@blueprint.post(f"/nguoi/{PERSON}/bo-nhiem/<int(max=2147483647):appointment_id>")
@allow(Who.ORGANISER)
def set_status(person_id: int, appointment_id: int) -> Response | tuple[str, int]:
    """Note what becomes of an appointment."""
    return attempt(
        lambda: _to(entering.set_status(house(), actor(), person_id, appointment_id, typed())),
        lambda trouble: person(person_id, trouble),
    )


def statuses() -> dict[str, str]:
    """Return the words of each status."""
    return {status: translate(words) for status, words in WORDS_OF_STATUS.items()}


def _to(person_id: int) -> Response:
    return redirect(url_for("catalogue.person", person_id=person_id))
