"""A list as large as may be is looked at and written while desks work: the registry is hardly ever locked for it.

Here live the clock, and what changes between a look and the write. Never here: what a list does (test_lists_import.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from ballot.lists import samples, staging
from ballot.lists.columns import PEOPLE
from ballot.lists.csv_file import write_csv
from ballot.lists.raw import MAX_ROWS
from ballot.lists.refusals import ListChanged
from ballot.log import audit
from ballot.models.registry.catalogue import Person
from ballot.storage import READ_ONLY, open_engine, reading, writing
from tests.ballot.hall import Hall
from tests.ballot.look import rows
from tests.postgres import chosen

Open = Callable[[str], Hall]
WHO = "to-chuc-1"
TABLES = ("body", "position", "person", "appointment", "appointment_status", "voter_group", "membership")
LONGEST = 10.0 if chosen() else 2.0  # on a server all writers wait in one row; after ten seconds one is refused


def listed(*lines: tuple[str, str]) -> bytes:
    """Return a list of people (code, unit)."""
    named = [(code, f"Cán bộ mẫu {code}", "", unit, "") for code, unit in lines]
    return write_csv([PEOPLE.headings, *named])


def stage(hall: Hall, raw: bytes) -> tuple[str, str]:
    """Stage a list of people; return its name and the digest of what was seen."""
    token = staging.stage(hall.house, raw, "a.csv", PEOPLE, hall.actor(WHO))
    return token, staging.preview(hall.house, token, hall.actor(WHO)).digest


def admit(hall: Hall, token: str, digest: str) -> None:
    staging.admit(hall.house, token, digest, hall.actor(WHO))


def waits_beside(hall: Hall, work: Callable[[], object]) -> list[float]:
    """Write to the registry again and again while something else goes on; return how long each write took."""
    other = Thread(target=work)
    other.start()
    took = []
    while other.is_alive():
        began = time.monotonic()
        with writing(hall.house.registry) as session:
            audit.record(session, 1, actor="ban-1", act="check-in", subject=hall.uuid)
        took.append(time.monotonic() - began)
        time.sleep(0.05)
    return took


def people(hall: Hall) -> dict[str, str]:
    with reading(hall.house.registry) as session:
        return {person.code: person.unit for person in session.scalars(select(Person))}


def catalogue(hall: Hall) -> dict[str, list[tuple[Any, ...]]]:
    return {name: found for name, found in rows(hall.house.registry).items() if name in TABLES}


def meanwhile(hall: Hall, statement: str) -> Callable[[Any], None]:
    """Have somebody else write just before the registry is next locked for writing, once."""
    waiting = [statement]

    def step_in(connection: Any) -> None:
        if waiting and not connection.get_execution_options().get(READ_ONLY):
            other = open_engine(hall.house.registry.url.render_as_string(hide_password=False))
            with writing(other) as session:
                session.execute(text(waiting.pop()))
            other.dispose()

    event.listen(hall.house.registry, "engine_connect", step_in)
    return step_in


def test_a_desk_goes_on_while_the_largest_list_is_looked_at_and_written(at: Open) -> None:
    hall, seen = at("draft"), []
    raw = listed(*((f"{number:05d}", "Sở mẫu") for number in range(MAX_ROWS)))
    looked = waits_beside(hall, lambda: seen.append(stage(hall, raw)))
    assert (len(looked) > 5, max(looked) < LONGEST) == (True, True), max(looked)
    assert people(hall) == {}
    wrote = waits_beside(hall, lambda: admit(hall, *seen[0]))
    assert (len(wrote) > 5, max(wrote) < LONGEST) == (True, True), max(wrote)
    assert len(people(hall)) == MAX_ROWS


@pytest.mark.parametrize("tries", [0, 2])
def test_a_province_is_written_the_same_with_and_without_a_copy(
    at: Open, monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    hall = at("draft")
    monkeypatch.setattr(staging, "TRIES", tries)
    actor = hall.actor(WHO)
    token = staging.stage(hall.house, samples.provincial_workbook(), "a.xlsx", None, actor)
    digest = staging.preview(hall.house, token, actor).digest
    admit(hall, token, digest)
    found = catalogue(hall)
    assert sum(map(len, found.values())) > 227
    token, digest = stage(hall, listed(("moi-1", "Nơi mới")))
    with writing(hall.house.registry) as session:
        session.execute(update(Person).where(Person.id == 1).values(unit="Nơi khác"))
    admit(hall, token, digest)
    assert people(hall)["moi-1"] == "Nơi mới"
    assert list(people(hall).values()).count("Nơi khác") == 1  # nothing of an old copy comes back


INSERT = (
    "INSERT INTO person (organisation_id, code, name, born, unit, site) VALUES (1, '{code}', '{name}', '', 'Nơi A', '')"
)


@pytest.mark.parametrize("tries", [0, 1, 2])
def test_what_changes_between_the_look_and_the_write_is_not_written_over(
    at: Open, monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    hall = at("draft")
    token, digest = stage(hall, listed(("1", "Nơi B"), ("2", "Nơi B")))
    monkeypatch.setattr(staging, "TRIES", tries)
    step_in = meanwhile(hall, INSERT.format(code="1", name="Cán bộ mẫu 1"))
    try:
        with pytest.raises(ListChanged):
            admit(hall, token, digest)
    finally:
        event.remove(hall.house.registry, "engine_connect", step_in)
    assert people(hall) == {"1": "Nơi A"}
    admit(hall, token, staging.preview(hall.house, token, hall.actor(WHO)).digest)  # seen anew
    assert people(hall) == {"1": "Nơi B", "2": "Nơi B"}


@pytest.mark.parametrize("tries", [0, 1, 2])
def test_somebody_else_who_is_added_meanwhile_stops_nothing_and_stays(
    at: Open, monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    hall = at("draft")
    token, digest = stage(hall, listed(("1", "Nơi B")))
    monkeypatch.setattr(staging, "TRIES", tries)
    step_in = meanwhile(hall, INSERT.format(code="x", name="Người ngoài danh sách"))
    try:
        admit(hall, token, digest)
    finally:
        event.remove(hall.house.registry, "engine_connect", step_in)
    assert people(hall) == {"1": "Nơi B", "x": "Nơi A"}
