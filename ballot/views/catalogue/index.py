"""The first page of the catalogue: the tree of bodies on a day, and the search. Here live views only.

Never here: a rule.
"""

from __future__ import annotations

from flask import render_template, request

from ballot.access import Who, allow
from ballot.catalogue import choosing, people, reading
from ballot.storage import reading as reading_session
from ballot.views.catalogue.base import asked_day, blueprint, status_of
from ballot.views.here import actor, house, today


@blueprint.get("/")
@allow(Who.ORGANISER)
def index() -> tuple[str, int]:
    """Show the bodies of a day, or what was searched for."""
    day, trouble = asked_day()
    asked = request.args.get("tim", "").strip()
    mine = actor().organisation_id
    with reading_session(house().registry) as session:
        found = choosing.search(session, mine, asked) if asked else None
        branches = [] if asked else reading.tree(session, mine, day)
        count = {"people": len(people.everybody(session, mine)), "groups": len(reading.all_groups(session, mine, day))}
    shown = {"found": found, "asked": asked, "branches": branches, "count": count, "most": choosing.SHOWN}
    page = render_template("catalogue/index.html", day=day, today=today(), trouble=trouble, **shown)
    return page, status_of(trouble)
