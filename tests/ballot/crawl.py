"""Every page that can be asked for of a round, by everybody who can ask, as text.

Here lives the asking. Never here: an expectation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flask import Flask

from tests.ballot.client import Client
from tests.ballot.hall import Hall
from tests.ballot.small_hall import DESK, FIRST, column

TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')
ELSEWHERE = {"static"}


def answers(hall: Hall) -> Mapping[tuple[str, str], str]:
    """Return what every GET route answers that has anything to say, by (who asked, path)."""
    found = {}
    for who, browser, app in _askers(hall):
        for path in paths(hall, app):
            answer = browser.get(path)
            if answer.status_code == 200:
                found[who, path] = TOKEN.sub("", answer.get_data().decode("utf-8", "replace"))
    return found


def faults(hall: Hall) -> dict[tuple[str, str], int]:
    """Return which pages cannot be shown, by (who asked, path)."""
    said = {(who, path): browser.get(path).status_code for who, browser, app in _askers(hall)
            for path in paths(hall, app)}  # fmt: skip
    return {asked: status for asked, status in said.items() if status >= 500}


def _askers(hall: Hall) -> Iterator[tuple[str, Client, Flask]]:
    yield "organiser", hall.person(FIRST), hall.registry
    yield "desk", hall.person(DESK), hall.registry
    yield "nobody", hall.anybody(), hall.registry
    yield "box", hall.booth(), hall.box
    yield "station", hall.at_station(), hall.stations
    yield "committee", hall.at_committee(), hall.committee


def paths(hall: Hall, app: Flask) -> list[str]:
    """Return every path of this application with the parts of this round in it, but those of slow papers."""
    words = {"uuid": hall.uuid, "voter_id": str(hall.voters()[0]), "key": column(hall, "projector_key")}
    words |= {"name": "ket-qua.pdf"}
    rules = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and r.endpoint not in ELSEWHERE]
    filled = [re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda m: words.get(m[1], "1"), rule.rule) for rule in rules]
    return sorted({path for path in filled if "1" not in path.split("/") and not path.endswith(".pdf")})
