"""Lists and catalogues of the size that is allowed, in the shapes that cost most: work grows with the rows alone.

Here lives what an organiser could do to everybody by one file. Never here: a clock; work is counted, or would not end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from ballot.catalogue import models_of_text
from ballot.lists import staging, takeover
from ballot.lists.columns import APPOINTMENTS, BODIES, PEOPLE, POSITIONS, Sheet
from ballot.lists.csv_file import write_csv
from ballot.lists.held import Held
from ballot.lists.outcome import Outcome
from ballot.lists.raw import MAX_ROWS
from ballot.lists.workbook import Row
from ballot.models.registry.catalogue import Body, TemplateVersion
from ballot.storage import reading, writing
from tests.ballot.hall import Hall

Open = Callable[[str], Hall]
WHO = "to-chuc-1"


def bodies(*pairs: tuple[str, str]) -> list[Row]:
    """Return rows of bodies (code, code of the one above)."""
    values = [(code, f"Ban {code}", "tinh", above, "01/01/2020") for code, above in pairs]
    return [Row(n, dict(zip(BODIES.headings, cells, strict=True))) for n, cells in enumerate(values, start=2)]


def as_csv(sheet: Sheet, *lines: tuple[str, ...]) -> bytes:
    return write_csv([sheet.headings, *lines])


def in_order(hall: Hall, rows: list[Row]) -> tuple[list[str], list[tuple[int, str]]]:
    """Return the codes in the order in which they are taken over, and what is wrong (row, cell)."""
    with reading(hall.house.registry) as session:
        held = Held.of(session, 1, outcome := Outcome())
        codes = [row.cells["Mã"] for row in takeover._in_order(held, BODIES, rows, set())]
    return codes, [(p.row, p.cell) for p in outcome.problems]


def test_as_many_bodies_as_a_list_may_hold_each_below_the_next_are_put_in_order(at: Open) -> None:
    """With work for each row that grew with the rows squared, one file held everybody's check-ins up for hours."""
    names = [f"b{n:04d}" for n in range(MAX_ROWS)]
    rows = bodies(*zip(names, [*names[1:], ""], strict=True))
    codes, wrong = in_order(at("draft"), rows)
    assert (codes, wrong) == (names[::-1], [])


def test_bodies_that_stand_above_each_other_are_named_and_the_others_are_taken(at: Open) -> None:
    rows = bodies(("a", "b"), ("b", "a"), ("c", "c"), ("d", "b"), ("e", "f"), ("f", "đã có"), ("f", "e"))
    assert in_order(at("draft"), rows) == (["f", "e", "f"], [(2, "b"), (3, "a"), (4, "c"), (5, "b")])


def test_a_tree_is_shown_however_deep_it_is(at: Open) -> None:
    hall, above = at("draft"), None
    with writing(hall.house.registry) as session:
        for number in range(1_200):
            row = Body(organisation_id=1, code=f"b{number}", name=f"Ban {number}", level="tinh", since="2020-01-01")
            row.until, row.parent_id = "", above
            session.add(row)
            session.flush()
            above = row.id
    answer = hall.person(WHO).get("/danh-muc/")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert [f">Ban {n}<" in page for n in (0, 1_199)] == [True, True]
    assert page.index(">Ban 5<") < page.index(">Ban 6<") < page.index(">Ban 700<")


def test_old_versions_of_a_template_are_not_read_for_every_row(at: Open) -> None:
    hall, loaded = at("draft"), []
    text = models_of_text.national("chuc-danh")
    with writing(hall.house.registry) as session:
        for number in range(30):
            row = TemplateVersion(organisation_id=1, name="chuc-danh", base="0" * 64, base_text=text, login=WHO)
            row.text = f"{text}\n# {number}\n"
            session.add(row)
    lines = [(f"b{n}", f"Ban {n}", "tinh", "", "01/01/2020") for n in range(10)]

    def note(_target: Any, _context: Any) -> None:
        loaded.append(1)

    event.listen(TemplateVersion, "load", note)
    try:
        token = staging.stage(hall.house, as_csv(BODIES, *lines), "a.csv", BODIES, hall.actor(WHO))
    finally:
        event.remove(TemplateVersion, "load", note)
    assert staging.preview(hall.house, token, hall.actor(WHO)).new == len(lines)
    assert 0 < len(loaded) <= len(lines)


@pytest.mark.parametrize("since", ["02/07/2021", "01/06/2019"])
def test_somebody_who_takes_up_a_post_again_is_pointed_out_with_the_last_day(at: Open, since: str) -> None:
    hall = at("draft")
    steps: tuple[tuple[Sheet, list[tuple[str, ...]]], ...] = (
        (BODIES, [("b", "Ban", "tinh", "", "01/01/2015")]),
        (POSITIONS, [("p", "b", "Trưởng ban", "", "", "", "", "1", "01/01/2015")]),
        (PEOPLE, [("n", "Cán bộ mẫu", "", "", "")]),
        (APPOINTMENTS, [("n", "p", "01/07/2021", "", "", ""), ("n", "p", "01/06/2018", "", "", "")]),
    )
    for sheet, lines in steps:
        token = staging.stage(hall.house, as_csv(sheet, *lines), "a.csv", sheet, hall.actor(WHO))
        staging.admit(hall.house, token, staging.preview(hall.house, token, hall.actor(WHO)).digest, hall.actor(WHO))
    token = staging.stage(hall.house, as_csv(APPOINTMENTS, ("n", "p", since, "", "", "")), "a.csv", APPOINTMENTS,
                          hall.actor(WHO))  # fmt: skip
    (warning,) = staging.preview(hall.house, token, hall.actor(WHO)).outcome.warnings
    assert "01/07/2021" in warning.sentence
