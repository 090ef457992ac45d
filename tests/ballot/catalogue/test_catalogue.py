"""Bodies, posts, people, appointments, groups: what is refused, and that nothing of the past is overwritten."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ballot.catalogue import appointments, bodies, choosing, entering, fields, groups, people, positions, reading
from ballot.catalogue.bodies import NewBody
from ballot.catalogue.errors import (
    BadDay,
    BadNumber,
    BodyCycle,
    CodeTaken,
    EntryInUse,
    FieldMissing,
    FieldTooLong,
    LooksAlike,
    NoSuchEntry,
    OutOfOrder,
    UnknownChoice,
    WrongChange,
)
from ballot.catalogue.terms import terms_of_person
from ballot.log import audit
from ballot.models.registry.acts import AuditEntry
from ballot.models.registry.catalogue import AppointmentStatus, Body, Group, Membership, Person, Position
from tally.protocol.errors import BadText
from tests.ballot.catalogued import LONG_AGO, Catalogue
from tests.ballot.prepared import new_hall

NEVER, ALWAYS = "1900-01-01", "2199-12-31"
Open = Callable[[], Catalogue]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Return a function that founds another organisation with an empty catalogue."""
    hall, count = new_hall(tmp_path_factory.mktemp("catalogue")), iter(range(10_000))
    yield lambda: Catalogue.founded(hall.house, f"Đơn vị {next(count)}")
    hall.house.registry.dispose()
    hall.house.box.dispose()


@pytest.fixture
def c(opened: Open) -> Catalogue:
    return opened()


# --- fields -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-01-05", "2026-01-05"),
        ("5/1/2026", "2026-01-05"),
        (" 05/01/2026 ", "2026-01-05"),
        ("29/2/2024", "2024-02-29"),
    ],
)
def test_a_day_is_read_as_people_write_it(typed: str, kept: str) -> None:
    assert fields.day(typed, "day") == kept


@pytest.mark.parametrize(
    "typed",
    ["31/02/2026", "29/02/2025", "0/1/2026", "2026-13-01", "1/1/26", "1/1/1899", "1/1/2200", "hôm nay",
     "２０２６-01-05", "2026-1-5", "5/1/2026'--", "{{7*7}}", "-1/1/2026", "1/1/99999", "2026-01-05T0", "٠١/٠١/٢٠٢٦"],
)  # fmt: skip
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(BadDay):
        fields.day(typed, "day")


@given(st.text(max_size=30))
def test_reading_a_day_answers_or_refuses(typed: str) -> None:
    try:
        kept = fields.day(typed, "day", empty=True)
    except BadDay:
        return
    assert kept == "" or fields.day(kept, "day") == kept


@pytest.mark.parametrize("typed", ["1970", "1970-05", "05/12/1970", ""])
def test_a_birthday_may_be_a_year_or_nothing(typed: str) -> None:
    assert fields.birthday(fields.birthday(typed, "born"), "born") == fields.birthday(typed, "born")


@pytest.mark.parametrize("typed", ["197", "1970-13", "nam 1970", "1800", "12/1970"])
def test_other_birthdays_are_refused(typed: str) -> None:
    with pytest.raises(BadDay):
        fields.birthday(typed, "born")


@pytest.mark.parametrize("typed", ["-1", "1.5", "10000", "một", "²", "٣", "1e3", "0x1"])
def test_a_rank_is_a_small_whole_number(typed: str) -> None:
    with pytest.raises(BadNumber):
        fields.number(typed, "rank")
    assert fields.number("", "rank") == 0


# threats H21, G13: every text is kept as NFC, without what is not seen
HOSTILE = [
    "a\x00b",
    "a\u202eb",
    "a\u200bb",
    "a\nb",
    "\u200f",
    "a\u00a0b",
    "a" + "\u0301" * 4,
    "\ud800",
    "a\u2028b",
    "\ufeffa",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_invisible_characters_are_refused(c: Catalogue, name: str) -> None:
    with pytest.raises(BadText):
        c.person(name=name)
    with pytest.raises(BadText):
        c.body(name=name)


def test_a_decomposed_name_is_kept_composed(c: Catalogue) -> None:
    person = c.person(name=unicodedata.normalize("NFD", "Nguyễn Thị Hoà"))
    with c.read() as session:
        assert session.get_one(Person, person).name == "Nguyễn Thị Hoà"


def test_an_empty_and_a_long_text_are_told_apart(c: Catalogue) -> None:
    with pytest.raises(FieldMissing):
        c.person(name="  ")
    with pytest.raises(FieldTooLong, match="200"):
        c.person(name="a" * 201)


# --- codes, levels, equivalents -----------------------------------------------------------------------------------


def test_a_code_stands_once_in_an_organisation(c: Catalogue, opened: Open) -> None:
    body, other = c.body(), opened()
    c.post(body), c.person(), c.group()
    for again in (c.body, lambda: c.post(body), c.person, c.group):
        with pytest.raises(CodeTaken):
            again()
    assert other.body() != body


def test_a_level_is_known_by_key_or_name(c: Catalogue) -> None:
    with c.write() as session:
        for code, level in (("A", "tinh"), ("B", "Cấp tỉnh"), ("C", " cấp TỈNH ")):
            made = bodies.add_body(session, c.mine, code=code, name=code, level=level, parent=None, since=LONG_AGO)
            assert made.level == "tinh"
        with pytest.raises(UnknownChoice, match="Cấp tỉnh"):
            bodies.add_body(session, c.mine, code="D", name="D", level="cõi trên", parent=None, since=LONG_AGO)


def test_an_equivalent_is_known_by_key_title_or_equivalent_title(c: Catalogue) -> None:
    body = c.body()
    for number, said in enumerate(("tinh.bi-thu", "Bí thư tỉnh ủy", "bí thư thành ủy")):
        post = c.post(body, f"P{number}", standard=said)
        with c.read() as session:
            assert session.get_one(Position, post).standard == "tinh.bi-thu"
    with pytest.raises(UnknownChoice):
        c.post(body, "X", standard="Vua")


# --- the lifetime of a body ---------------------------------------------------------------------------------------


def test_a_renamed_body_keeps_its_posts_and_their_holders(c: Catalogue) -> None:
    old = c.body("TU", "Tỉnh ủy")
    post, person = c.post(old), c.person()
    c.appoint(person, post, "2020-01-01")
    (new,) = c.change("rename", "2025-07-01", [old], [NewBody("TU2", "Thành ủy")])
    holder = [("P1", "BT", "serving", "2020-01-01")]
    for body in (old, new):
        assert c.holders(body, "2025-06-30") == c.holders(body, "2025-07-01") == holder
    assert c.alive("2025-06-30") == ["TU"]
    assert c.alive("2025-07-01") == ["TU2"]
    with c.read() as session:
        before, after = (reading.body_on(session, session.get_one(Body, i), "2025-06-30") for i in (old, new))
    assert (before.after[0].other.id, after.before[0].other.id) == (new, old)  # linked both ways
    assert after.named.name == "Tỉnh ủy"


def test_a_merged_body_ends_with_its_posts_and_stays_in_the_past(c: Catalogue) -> None:
    one, two = c.body("A"), c.body("B")
    c.appoint(c.person(), c.post(one), "2020-01-01")
    (new,) = c.change("merge", "2025-03-01", [one, two], [NewBody("C", "Sở chung")])
    assert [len(c.holders(one, day)) for day in ("2025-02-28", "2025-03-01")] == [1, 0]
    assert c.holders(new, "2025-03-01") == []
    assert c.alive("2025-02-28") == ["A", "B"]
    assert c.alive("2025-03-01") == ["C"]
    assert {change.old_id for change in c.lineage().before(new)} == {one, two}


def test_a_body_merges_into_one_that_exists(c: Catalogue) -> None:
    one, two = c.body("A"), c.body("B")
    c.appoint(c.person(), c.post(two), "2020-01-01")
    assert c.change("merge", "2025-03-01", [one], [two]) == [two]
    assert c.alive("2025-03-01") == ["B"]
    assert len(c.holders(two, "2025-03-01")) == 1


def test_a_split_body_leaves_several(c: Catalogue) -> None:
    old = c.body("A")
    one, two = c.change("split", "2025-03-01", [old], [NewBody("B", "Sở một"), NewBody("C", "Sở hai")])
    assert c.alive("2025-03-01") == ["C", "B"]
    assert [change.new_id for change in c.lineage().after(old)] == [one, two]


def test_a_body_below_stands_below_what_its_upper_body_became(c: Catalogue) -> None:
    above, other = c.body("A"), c.body("B")
    below = c.body("X", parent=above)
    (new,) = c.change("merge", "2025-03-01", [above, other], [NewBody("C", "Mới")])
    with c.read() as session:
        for day, parent in (("2025-02-28", above), ("2025-03-01", new)):
            assert reading.body_on(session, session.get_one(Body, below), day).parent.id == parent
            (branch,) = [b for b in reading.tree(session, c.mine, day) if b.body.id == below]
            assert branch.depth == 1


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("rename", ["A"], []),
        ("rename", ["A"], ["B"]),
        ("rename", ["A", "B"], [NewBody("N", "N")]),
        ("merge", ["A"], []),
        ("merge", ["A"], ["A"]),
        ("merge", ["A", "A"], [NewBody("N", "N")]),
        ("merge", ["A", "B"], ["B"]),
        ("merge", [], [NewBody("N", "N")]),
        ("split", ["A"], [NewBody("N", "N")]),
        ("split", ["A", "B"], [NewBody("N", "N"), NewBody("M", "M")]),
        ("end", ["A"], ["B"]),
        ("end", [], []),
    ],
)
def test_a_change_has_the_number_of_bodies_of_its_kind(c: Catalogue, kind: str, old: list[str], new: list[Any]) -> None:
    ids = {code: c.body(code) for code in ("A", "B")}
    with pytest.raises(WrongChange):
        c.change(
            kind,
            "2025-01-01",
            [ids[code] for code in old],
            [ids.get(entry, entry) if isinstance(entry, str) else entry for entry in new],
        )
    assert c.alive(ALWAYS) == ["A", "B"]


def test_an_unknown_change_is_refused(c: Catalogue) -> None:
    with pytest.raises(UnknownChoice):
        c.change("explode", "2025-01-01", [c.body()], [])


def test_what_ended_does_not_end_again_nor_before_it_began(c: Catalogue) -> None:
    body = c.body(since="2020-01-01")
    with pytest.raises(OutOfOrder):
        c.change("end", "2019-12-31", [body], [])
    c.change("end", "2025-01-01", [body], [])
    for day in ("2024-01-01", "2025-01-01", "2026-01-01"):
        with pytest.raises(OutOfOrder):
            c.change("end", day, [body], [])


def test_nothing_may_begin_after_the_end_of_its_body(c: Catalogue) -> None:
    one, two, three, four = (c.body(code) for code in ("A", "B", "C", "D"))
    c.post(one, "P", "2025-06-01")
    c.body("X", parent=two, since="2025-06-01")
    c.appoint(c.person(), c.post(three, "Q"), "2025-06-01")
    for body in (one, two, three):
        with pytest.raises(OutOfOrder):
            c.change("end", "2025-06-01", [body], [])
        c.change("end", "2025-06-02", [body], [])
    c.change("end", "2025-06-01", [four], [])
    with pytest.raises(OutOfOrder):
        c.post(four, "R", "2025-06-01")
    with pytest.raises(OutOfOrder):
        c.body("Y", parent=four, since="2025-06-01")
    with pytest.raises(OutOfOrder):
        c.appoint(c.person("P2"), c.post(four, "S"), "2025-06-01")


def test_a_body_does_not_end_before_another_merged_into_it(c: Catalogue) -> None:
    one, two = c.body("A"), c.body("B")
    c.change("merge", "2025-03-01", [one], [two])
    with pytest.raises(OutOfOrder):
        c.change("end", "2025-02-01", [two], [])
    with pytest.raises(OutOfOrder):
        c.change("merge", "2025-02-01", [two], [one])  # and no circle of merges


def test_no_body_stands_above_itself(c: Catalogue) -> None:
    top = c.body("A")
    below = c.body("B", parent=top)
    deep = c.body("C", parent=below)
    with pytest.raises(BodyCycle):
        c.change("rename", "2025-01-01", [top], [NewBody("A2", "Mới", parent_id=deep)])
    with pytest.raises(BodyCycle):
        c.change("merge", "2025-01-01", [top], [deep])
    with pytest.raises(OutOfOrder):
        c.change("rename", "2025-01-01", [top], [NewBody("A2", "Mới", parent_id=top)])
    assert c.alive(ALWAYS) == ["A", "B", "C"]  # nothing of the refused was written
    free = c.body("F")
    with c.write() as session, pytest.raises(BodyCycle):
        row = session.get_one(Body, free)
        bodies.correct(session, row, code="F", name="F", level="tinh", parent=row, since=LONG_AGO)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_tree_is_finite_and_whole_whatever_was_merged(opened: Open, data: st.DataObject) -> None:
    c = opened()
    ids = [c.body("R")]
    for number in range(data.draw(st.integers(0, 4))):
        ids.append(c.body(f"B{number}", parent=data.draw(st.sampled_from([None, *ids]))))
    for number in range(data.draw(st.integers(0, 4))):
        day = f"2025-01-{data.draw(st.integers(1, 9)):02d}"
        kind, old = data.draw(st.sampled_from(["rename", "merge", "end"])), data.draw(st.sampled_from(ids))
        heir: Any = NewBody(f"N{number}", "Mới", parent_id=data.draw(st.sampled_from([None, *ids])))
        if kind == "merge" and data.draw(st.booleans()):
            heir = data.draw(st.sampled_from(ids))
        try:
            ids += [i for i in c.change(kind, day, [old], [] if kind == "end" else [heir]) if i not in ids]
        except (OutOfOrder, BodyCycle, WrongChange):
            continue
    for day in (LONG_AGO, "2025-01-05", ALWAYS):
        with c.read() as session:
            shown = sorted(branch.body.code for branch in reading.tree(session, c.mine, day))
        assert shown == sorted(c.alive(day))


def test_a_change_noted_by_mistake_is_taken_back_while_nothing_refers_to_it(c: Catalogue) -> None:
    one, two = c.body("A"), c.body("B")
    (new,) = c.change("merge", "2025-03-01", [one, two], [NewBody("C", "Mới")])
    bodies.withdraw(c.house, c.actor, c.lineage().after(one)[0].id)
    assert c.alive(ALWAYS) == ["A", "B"]
    assert c.lineage().changes == ()
    (new,) = c.change("rename", "2025-03-01", [one], [NewBody("C", "Mới")])
    c.post(new, since="2025-03-01")
    with pytest.raises(EntryInUse):
        bodies.withdraw(c.house, c.actor, c.lineage().after(one)[0].id)
    assert c.alive(ALWAYS) == ["C", "B"] or c.alive(ALWAYS) == ["B", "C"]


def test_a_change_of_another_organisation_cannot_be_taken_back(c: Catalogue, opened: Open) -> None:
    body = c.body()
    c.change("end", "2025-01-01", [body], [])
    with pytest.raises(NoSuchEntry):  # threats H5
        bodies.withdraw(c.house, opened().actor, c.lineage().changes[0].id)


# --- corrections --------------------------------------------------------------------------------------------------


def test_a_typo_is_corrected_only_while_nothing_refers_to_the_row(c: Catalogue) -> None:
    body, person, group = c.body(), c.person(), c.group()
    post = c.post(body)
    with c.write() as session:
        positions.correct(session, session.get_one(Position, post), code="BT2", title="Bí thư", since=LONG_AGO)
        people.correct(session, session.get_one(Person, person), code="P9", name="Lê Thị Bé", born="1970")
        groups.correct(session, session.get_one(Group, group), code="G2", name="Nhóm khác", body=None)
    c.appoint(person, post), c.join(group, person)
    with c.write() as session:
        row = session.get_one(Body, body)
        with pytest.raises(EntryInUse):
            bodies.correct(session, row, code="X", name="X", level="tinh", parent=None, since=LONG_AGO)
        with pytest.raises(EntryInUse):
            positions.correct(session, session.get_one(Position, post), code="X", title="X", since=LONG_AGO)
        with pytest.raises(EntryInUse):
            people.correct(session, session.get_one(Person, person), code="X", name="X", born="")
        with pytest.raises(EntryInUse):
            groups.correct(session, session.get_one(Group, group), code="X", name="X", body=None)
    assert c.holders(body, ALWAYS) == [("P9", "BT2", "serving", LONG_AGO)]


def test_a_wrong_name_in_use_gets_a_new_row_and_the_old_one_stays(c: Catalogue) -> None:
    body, person, group = c.body(), c.person(name="Nguyễn Văn Ahn"), c.group()
    term = c.appoint(person, c.post(body), "2020-01-01")
    c.status(term, "retirement_notice", "2025-01-01")
    c.join(group, person, "2020-01-01")
    typed = {"code": "P1-2", "name": "Nguyễn Văn Anh", "born": "", "unit": "", "site": ""}
    new = entering.correct_person(c.house, c.actor, person, typed)
    assert new != person
    assert c.holders(body, "2026-01-01") == [("P1-2", "BT", "retirement_notice", "2020-01-01")]
    assert c.members(group, "2026-01-01") == ["P1-2"]
    with c.read() as session:
        assert session.get_one(Person, person).name == "Nguyễn Văn Ahn"
        (old_term,) = terms_of_person(session, session.get_one(Person, person))
    assert old_term.until == "2020-01-01"  # never in force
    assert "P1-2" in old_term.notes[-1].basis


def test_unit_and_site_change_without_a_new_row(c: Catalogue) -> None:
    body, person = c.body(), c.person()
    c.appoint(person, c.post(body))
    typed = {"code": "P1", "name": "Nguyễn Văn An", "born": "", "unit": "Sở mới", "site": "Điểm 2"}
    assert entering.correct_person(c.house, c.actor, person, typed) == person
    with c.read() as session:
        assert session.get_one(Person, person).site == "Điểm 2"


# --- who holds what -----------------------------------------------------------------------------------------------


def test_a_person_holds_several_posts_and_a_post_is_held_by_several_or_by_nobody(c: Catalogue) -> None:
    body = c.body()
    one, two, empty = (c.post(body, code) for code in ("A", "B", "C"))
    an, binh = c.person("1", "Trần Văn An"), c.person("2", "Lê Thị Bình")
    c.appoint(an, one), c.appoint(an, two), c.appoint(binh, two)
    assert [holder[:2] for holder in c.holders(body, ALWAYS)] == [("1", "A"), ("1", "B"), ("2", "B")]
    with c.read() as session:
        shown = reading.body_on(session, session.get_one(Body, body), ALWAYS)
    assert [post.position.id for post in shown.posts if not post.holdings] == [empty]
    assert shown.held == 2


def test_the_latest_day_not_after_the_asked_one_decides_the_status(c: Catalogue) -> None:
    body = c.body()
    term = c.appoint(c.person(), c.post(body), "2020-01-01")
    for status, day in (("left", "2025-01-01"), ("suspended", "2021-01-01"), ("serving", "2022-01-01")):
        c.status(term, status, day)
    days = ["2019-12-31", "2020-01-01", "2021-01-01", "2021-12-31", "2022-01-01", "2024-12-31", "2025-01-01"]
    shown = [next(iter(c.holders(body, day)), ("", "", "–", ""))[2] for day in days]
    assert shown == ["–", "serving", "suspended", "suspended", "serving", "serving", "–"]


def test_the_later_note_of_one_day_corrects_the_first_and_both_stay(c: Catalogue) -> None:
    body = c.body()
    term = c.appoint(c.person(), c.post(body))
    c.status(term, "left", "2025-01-01")
    c.status(term, "serving", "2025-01-01")
    assert [holder[2] for holder in c.holders(body, ALWAYS)] == ["serving"]
    with c.read() as session:
        assert (
            len(session.scalars(select(AppointmentStatus).where(AppointmentStatus.appointment_id == term)).all()) == 2
        )


def test_who_left_needs_a_new_appointment(c: Catalogue) -> None:
    body, person = c.body(), c.person()
    post = c.post(body)
    term = c.appoint(person, post, "2020-01-01")
    c.status(term, "left", "2022-01-01")
    for status, day in (("serving", "2023-01-01"), ("suspended", "2022-01-02")):
        with pytest.raises(OutOfOrder):
            c.status(term, status, day)
    c.status(term, "suspended", "2021-06-01")  # an earlier day may still be filled in
    c.appoint(person, post, "2024-01-01")
    assert [holder[3] for holder in c.holders(body, ALWAYS)] == ["2024-01-01"]
    assert c.holders(body, "2023-06-01") == []


def test_who_left_cannot_be_followed_by_a_note_that_was_there(c: Catalogue) -> None:
    term = c.appoint(c.person(), c.post(c.body()), "2020-01-01")
    c.status(term, "suspended", "2023-01-01")
    with pytest.raises(OutOfOrder):
        c.status(term, "left", "2022-01-01")


def test_impossible_appointments_are_refused(c: Catalogue, opened: Open) -> None:
    body, person, other = c.body(since="2018-01-01"), c.person(), opened()
    post = c.post(body, since="2019-01-01")
    with pytest.raises(OutOfOrder):
        c.appoint(person, post, "2018-06-01")
    term = c.appoint(person, post, "2020-01-01")
    with pytest.raises(OutOfOrder):
        c.appoint(person, post, "2020-01-01")
    with pytest.raises(OutOfOrder):
        c.status(term, "left", "2019-12-31")
    with pytest.raises(UnknownChoice):
        c.status(term, "dead", "2021-01-01")
    with pytest.raises(BadDay):
        c.status(term, "left", "2021-02-30")
    with pytest.raises(NoSuchEntry):  # threats H5: a person of another organisation
        c.appoint(other.person(), post, "2021-01-01")


def test_a_post_ends_and_stays_in_the_past(c: Catalogue) -> None:
    body = c.body()
    post = c.post(body)
    c.appoint(c.person(), post, "2020-01-01")
    with c.write() as session:
        row = session.get_one(Position, post)
        with pytest.raises(OutOfOrder):
            positions.end(session, row, "2020-01-01")
        with pytest.raises(OutOfOrder):
            positions.end(session, row, "2014-01-01")
        positions.end(session, row, "2024-01-01")
        with pytest.raises(OutOfOrder):
            positions.end(session, row, "2025-01-01")
    assert [len(c.holders(body, day)) for day in ("2023-12-31", "2024-01-01")] == [1, 0]
    with pytest.raises(OutOfOrder):
        c.appoint(c.person("P2"), post, "2024-01-01")


def test_holders_stand_in_the_order_of_the_ballot(c: Catalogue) -> None:
    body = c.body()
    second = c.post(body, "A", form="Phiếu hai", block="Khối B", rank=9)
    first = c.post(body, "B", form="Phiếu một", block="Khối Z", rank=1)
    later = c.post(body, "C", form="Phiếu một", block="Khối A", rank=5)
    for code, name, post in (
        ("1", "Lê Văn Ân", second), ("2", "Trần Yến", first), ("3", "Vũ Đức", later),
        ("4", "Lý Dũng", later), ("5", "Hồ An", later),
    ):  # fmt: skip
        c.appoint(c.person(code, name), post)
    assert [holder[0] for holder in c.holders(body, ALWAYS)] == ["2", "5", "4", "3", "1"]


def test_only_ones_own_bodies_are_asked(c: Catalogue, opened: Open) -> None:
    body = c.body()
    c.appoint(c.person(), c.post(body))
    assert opened().holders(body, ALWAYS) == []  # threats H5
    assert c.holders(10**9, ALWAYS) == []


# --- people whose names are alike ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    ["Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "NGUYỄN THỊ HOÀ", "Nguyễn  Thị Hoà", "Nguуễn Thị Hoà", "Nguyễn Thị Hoà\u200b"],
)
def test_a_name_that_reads_alike_is_warned_of_and_never_merged(c: Catalogue, other: str) -> None:
    person = c.person(name="Nguyễn Thị Hòa")  # threats H21
    with c.read() as session:
        (found,) = people.near_duplicates(session, c.mine, [other, "Ai Khác"]).items()
    assert found[0] == other
    assert [row.id for row in found[1]] == [person]


def test_an_alike_name_is_entered_only_by_saying_that_it_is_another(c: Catalogue) -> None:
    typed = {"code": "1", "name": "Nguyễn Thị Hòa", "born": "", "unit": "", "site": ""}
    entering.add_person(c.house, c.actor, typed)
    other = typed | {"code": "2", "name": "Nguyễn Thị Hoà"}
    with pytest.raises(LooksAlike, match="Hòa"):
        entering.add_person(c.house, c.actor, other)
    entering.add_person(c.house, c.actor, other | {"different": "1"})
    with c.read() as session:
        assert [person.code for person in people.everybody(session, c.mine)] == ["1", "2"]


def test_people_are_sorted_by_given_name(c: Catalogue) -> None:
    for code, name in (("1", "Trần Văn Đức"), ("2", "Lê Thị Ân"), ("3", "Vũ An"), ("4", "Hồ Dũng"), ("5", "An Ba")):
        c.person(code, name)
    with c.read() as session:
        assert [person.code for person in people.everybody(session, c.mine)] == ["3", "2", "5", "4", "1"]


def test_a_person_is_chosen_by_code_or_by_a_name_that_is_theirs_alone(c: Catalogue) -> None:
    one, two = c.person("1", "Nguyễn Văn An"), c.person("2", "Nguyễn Văn An")
    three = c.person("3", "Trần Thị Bé")
    with c.read() as session:
        for said, person in (("1", one), ("2 – Nguyễn Văn An", two), ("tran thi be", three), (" 3 ", three)):
            assert choosing.person_said(session, c.mine, said).id == person
        for said in ("Nguyễn Văn An", "Ai đó", "4", "x" * 10_000, "{{7*7}}"):
            with pytest.raises(UnknownChoice):
                choosing.person_said(session, c.mine, said)
        with pytest.raises(FieldMissing):
            choosing.person_said(session, c.mine, "  ")


# --- groups -------------------------------------------------------------------------------------------------------


def test_a_union_of_groups_has_everybody_once_by_given_name(c: Catalogue) -> None:
    one, two = c.group("A"), c.group("B")
    ids = [c.person(code, name) for code, name in (("1", "Lê Yên"), ("2", "Trần An"), ("3", "Vũ Bé"))]
    for group, person in ((one, ids[0]), (one, ids[1]), (two, ids[1]), (two, ids[2])):
        c.join(group, person)
    with c.read() as session:
        assert [p.code for p in groups.union(session, c.mine, [one, two, 10**9], ALWAYS)] == ["2", "3", "1"]


def test_membership_has_days_and_never_overlaps(c: Catalogue, opened: Open) -> None:
    group, person = c.group(), c.person()
    membership = c.join(group, person, "2020-01-01")
    assert [c.members(group, day) for day in ("2019-12-31", "2020-01-01")] == [[], ["P1"]]
    for since, until in (
        ("2021-01-01", ""),
        ("2019-01-01", ""),
        ("2019-01-01", "2020-01-02"),
        ("2020-01-01", "2020-01-01"),
    ):
        with pytest.raises(OutOfOrder):
            c.join(group, person, since, until)
    with c.write() as session:
        row = session.get_one(Membership, membership)
        with pytest.raises(OutOfOrder):
            groups.leave(session, row, "2019-12-31")
        groups.leave(session, row, "2025-01-01")
        with pytest.raises(OutOfOrder):
            groups.leave(session, row, "2025-01-02")
    c.join(group, person, "2025-01-01")
    assert [c.members(group, day) for day in ("2024-12-31", "2025-01-01")] == [["P1"], ["P1"]]
    with pytest.raises(OutOfOrder):
        c.join(group, c.person("P2"), "2025-01-01", "2024-01-01")
    with pytest.raises(NoSuchEntry):
        c.join(group, opened().person())


# --- the log ------------------------------------------------------------------------------------------------------


def test_every_act_is_logged_by_code(c: Catalogue) -> None:
    entering.add_body(c.house, c.actor, {"code": "TU", "name": "Tỉnh ủy", "level": "tinh", "since": "1/1/2020"})
    body = c.lineage().bodies
    (body_id,) = body
    entering.add_person(c.house, c.actor, {"code": "P1", "name": "Nguyễn Văn An"})
    post = entering.add_position(c.house, c.actor, body_id, {"code": "BT", "title": "Bí thư", "since": "1/1/2020"})
    entering.appoint(c.house, c.actor, post, {"person": "P1", "since": "1/2/2020", "basis": ""})
    with c.read() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.organisation_id == c.mine)).all()
        assert [entry.act for entry in entries] == ["body-add", "person-add", "position-add", "appoint"]
        assert entries[-1].subject == "P1 BT 2020-02-01"
        assert not any("Nguyễn" in entry.subject for entry in entries)
        audit.check(session, c.mine)


def test_many_appointments_are_read_in_one_go(c: Catalogue) -> None:
    body = c.body()
    post = c.post(body)
    with c.write() as session:
        row = session.get_one(Position, post)
        for number in range(appointments.FEW + 5):
            person = people.add_person(session, c.mine, code=f"{number:04d}", name="Nguyễn Văn An")
            appointments.appoint(session, person, row, since="2020-01-01")
    assert len(c.holders(body, ALWAYS)) == appointments.FEW + 5
    assert c.holders(body, NEVER) == []


def test_the_folder_of_national_templates_holds_nothing_else() -> None:
    folder = Path(entering.__file__).parent / "national"
    assert sorted(path.name for path in folder.iterdir()) == [
        "chuc-danh.toml",
        "dieu-hanh.txt",
        "ke-hoach.txt",
        "thanh-phan.toml",
    ]


def test_a_body_comes_under_another_by_a_change_and_the_past_stays(c: Catalogue) -> None:
    one, two = c.body("A"), c.body("B")
    below = c.body("X", "Sở", parent=one)
    (again,) = c.change("rename", "2025-01-01", [below], [NewBody("X2", "Sở", parent_id=two)])
    c.change("end", "2025-06-01", [two], [])
    (orphan,) = c.change("rename", "2025-07-01", [again], [NewBody("X3", "Sở")])
    with c.read() as session:
        shown = [
            reading.body_on(session, session.get_one(Body, orphan), day).parent for day in ("2024-12-31", "2025-01-01")
        ]
        assert [body.id if body else 0 for body in shown] == [one, two]
        assert session.get_one(Body, orphan).parent_id is None
