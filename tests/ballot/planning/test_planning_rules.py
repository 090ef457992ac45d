"""What the wizard reckons: exemptions by rule, the union of groups, order by numbers, days, exact chances.

Here live values only. Never here: a database or a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.models.registry.catalogue import Body
from ballot.planning import chances, completeness, deadlines, document, electorate, exemptions, ordering
from ballot.planning.content import (
    EXEMPT,
    OPEN,
    RATED,
    Acknowledged,
    Basis,
    Content,
    Electorate,
    Invited,
    Line,
    Officials,
    Policy,
)
from ballot.planning.exemptions import Post, whole_months
from ballot.planning.ordering import Block
from ballot.planning.trees import in_tree_order
from tally import rules
from tally.protocol.ruleset import Deadline, Exemption

NQ96 = rules.load("NQ96_2023")
RETIRING, IN_YEAR = NQ96.exemptions[:2]
NINE_MONTHS = Exemption("nine", "months_in_post", "9", "Chưa đủ 9 tháng", "Điều 4")
DAY = "2026-12-07"


def post(person: int = 1, *, status: str = "serving", since: str = "2021-07-01", title: str = "Chủ tịch") -> Post:
    return Post(person, f"Người {person}", title, "Tỉnh ủy", "Phiếu 1", "Khối 1", status, since)


def line(number: int, *, form: str = "", block: str = "K", decision: str = RATED) -> Line:
    return Line(f"p{number}", number, f"Người {number}", ("Chức vụ",), "", form, block, decision)


def invited(number: int, *, name: str = "", site: str = "") -> Invited:
    return Invited(f"p{number}", number, f"DB-{number}", name or f"Người {number}", "", site, ())


# --- exemptions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "day", "exempt"),
    [
        ("2026-01-01", "2026-12-31", True),
        ("2025-12-31", "2026-01-01", False),
        ("2026-12-31", "2026-12-31", True),
        ("2024-02-29", "2024-02-29", True),
        ("2024-02-29", "2025-02-28", False),
        ("2026-12-08", "2026-12-07", False),  # not yet appointed
    ],
)
def test_who_was_appointed_in_the_calendar_year_of_the_round_is_exempt(since: str, day: str, exempt: bool) -> None:
    (found,) = exemptions.lines([post(since=since)], [IN_YEAR], day)
    assert (found.decision == EXEMPT, found.rule, found.reason, found.citation) == (
        (True, IN_YEAR.key, IN_YEAR.words, IN_YEAR.citation) if exempt else (False, "", "", "")
    )


@pytest.mark.parametrize(
    ("since", "day", "months"),
    [
        ("2026-03-07", "2026-12-07", 9),
        ("2026-03-08", "2026-12-07", 8),
        ("2026-01-31", "2026-02-28", 0),
        ("2026-01-31", "2026-03-01", 1),
        ("2024-02-29", "2025-02-28", 11),
        ("2024-02-29", "2025-03-01", 12),
        ("2025-12-31", "2026-01-01", 0),
        ("2026-12-07", "2026-12-07", 0),
    ],
)
def test_months_in_post_are_whole_ones(since: str, day: str, months: int) -> None:
    assert whole_months(since, day) == months


def test_nine_months_on_the_day_are_enough_and_a_day_less_is_not() -> None:
    assert exemptions.lines([post(since="2026-03-07")], [NINE_MONTHS], DAY)[0].decision == RATED
    assert exemptions.lines([post(since="2026-03-08")], [NINE_MONTHS], DAY)[0].rule == "nine"


def test_a_retirement_notice_in_one_post_exempts_the_person() -> None:
    posts = [post(title="Chủ tịch"), post(title="Ủy viên", status="retirement_notice")]
    (found,) = exemptions.lines(posts, [RETIRING, IN_YEAR], DAY)
    assert (found.decision, found.reason) == (EXEMPT, RETIRING.words)


def test_the_suspended_are_shown_and_nobody_has_decided() -> None:
    (found,) = exemptions.lines([post(status="suspended")], [RETIRING, IN_YEAR], DAY)
    assert (found.decision, found.suspended, found.reason) == (OPEN, True, "")


def test_a_suspended_person_whom_a_rule_exempts_is_exempt() -> None:
    (found,) = exemptions.lines([post(status="suspended", since="2026-05-01")], [RETIRING, IN_YEAR], DAY)
    assert (found.decision, found.rule) == (EXEMPT, IN_YEAR.key)


def test_a_person_of_several_posts_is_rated_once_for_all_of_them() -> None:
    posts = [post(1, title="Chủ tịch"), post(2), post(1, title="Bí thư"), post(1, title="Chủ tịch")]
    first, second = exemptions.lines(posts, [RETIRING, IN_YEAR], DAY)
    assert (first.positions, first.position) == (("Chủ tịch", "Bí thư"), "Chủ tịch; Bí thư")
    assert second.person_id == 2


def test_a_new_post_beside_an_old_one_is_pointed_out_and_exempts_nobody() -> None:
    posts = [post(title="Chủ tịch"), post(title="Ủy viên", since="2026-02-01")]
    (found,) = exemptions.lines(posts, [RETIRING, IN_YEAR], DAY)
    assert (found.decision, found.new_posts) == (RATED, ("Ủy viên",))
    (both,) = exemptions.lines([post(since="2026-02-01"), post(since="2026-03-01")], [IN_YEAR], DAY)
    assert (both.decision, both.new_posts) == (EXEMPT, ())


def test_whoever_left_is_no_line_and_an_operators_exemption_finds_nobody() -> None:
    operator = Exemption("operator", "operator", "", "Lý do khác", "")
    assert exemptions.lines([post(status="left")], [operator], DAY) == ()
    assert exemptions.lines([post()], [operator], DAY)[0].decision == RATED


# --- union --------------------------------------------------------------------------------------------------------

MEMBERS = st.lists(st.integers(1, 12), max_size=12)


@given(st.lists(MEMBERS, max_size=5))
def test_a_union_has_everybody_once_with_every_group_they_came_from(groups: list[list[int]]) -> None:
    named = [(f"Nhóm {place}", [invited(n) for n in members]) for place, members in enumerate(groups)]
    found = electorate.union(named)
    assert sorted(v.person_id for v in found) == sorted({n for members in groups for n in members})
    for voter in found:
        of = [name for name, members in named if any(m.key == voter.key for m in members)]
        assert list(voter.groups) == of


@given(st.lists(MEMBERS, min_size=1, max_size=4), st.sets(st.integers(1, 15)), st.sets(st.integers(8, 15)))
def test_nobody_is_lost_between_voters_and_excluded(groups: list[list[int]], out: set[int], more: set[int]) -> None:
    found = electorate.electorate(
        [(f"Nhóm {place}", [invited(n) for n in members]) for place, members in enumerate(groups)],
        day=DAY,
        group_ids=list(range(len(groups))),
        delegates=0,
        excluded={f"p{n}": "vắng" for n in out},
        added=[invited(n) for n in more],
        sites={},
    )
    everybody = {n for members in groups for n in members} | more
    assert {v.person_id for v in found.voters} == everybody - out
    assert {v.person_id for v in found.excluded} == everybody & out
    assert all(v.why == "vắng" for v in found.excluded)
    assert found.delegates == len(found.voters)


def test_a_union_is_sorted_by_given_name() -> None:
    people = [invited(1, name="Trần Văn Ước"), invited(2, name="Lê Thị Ái"), invited(3, name="Đỗ Văn Ba")]
    assert [v.name.split()[-1] for v in electorate.union([("Nhóm", people)])] == ["Ái", "Ba", "Ước"]


def test_a_site_that_was_set_is_kept_when_the_groups_change() -> None:
    kept = electorate.electorate(
        [("A", [invited(1, site="Hà Nội")])], day=DAY, group_ids=[1], delegates=0, excluded={}, added=[],
        sites={"p1": "Huế"},
    )  # fmt: skip
    assert kept.voters[0].site == "Huế"


def test_names_that_read_alike_are_pointed_out_and_never_merged() -> None:
    # threats H21: two places of one tone are two spellings of one name
    people = [invited(1, name="Nguyễn Thị Hoà"), invited(2, name="Nguyễn Thị Hòa"), invited(3, name="Nguyễn Thị Hoa")]
    assert len(electorate.union([("A", people)])) == 3
    assert [{v.person_id for v in same} for same in electorate.alike(people)] == [{1, 2}]


def test_rated_persons_who_vote_are_found_by_number_and_by_name() -> None:
    voters = [invited(1), invited(7, name="Lê Văn Tám")]
    typed = Line("x1", 0, "Lê Văn Tám", ("Trưởng ban",), "", "", "K", RATED)
    assert electorate.rated_voters([line(1), line(2), typed], voters) == ["Người 1", "Lê Văn Tám"]


# --- order --------------------------------------------------------------------------------------------------------

BALLOTS = st.lists(st.sampled_from([("", "A"), ("", "B"), ("F", "A"), ("F", "C")]), min_size=1, max_size=10)


def ballot(pairs: Sequence[tuple[str, str]]) -> tuple[Line, ...]:
    return tuple(line(number, form=form, block=block) for number, (form, block) in enumerate(pairs, start=1))


@given(BALLOTS, st.data())
def test_arranging_loses_nobody_and_doubles_nobody(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    lines = ballot(pairs)
    blocks = [Block(b.form, b.title, data.draw(st.integers(0, 9))) for b in ordering.blocks_of(lines)]
    chosen = {each.key: data.draw(st.integers(0, len(blocks) - 1)) for each in lines}
    numbers = {each.key: data.draw(st.integers(0, 20)) for each in lines}
    found = ordering.arrange(lines, blocks, chosen=chosen, numbers=numbers)
    assert sorted(each.key for each in found) == sorted(each.key for each in lines)
    assert {e.key: (e.form, e.block) for e in found} == {
        key: (blocks[i].form, blocks[i].title) for key, i in chosen.items()
    }


@given(BALLOTS)
def test_what_nobody_moved_stays(pairs: list[tuple[str, str]]) -> None:
    rated = Content(officials=Officials("", "", (), ballot(pairs))).rated
    assert ordering.arrange(rated, ordering.blocks_of(rated), chosen={}, numbers={}) == rated


@given(BALLOTS)
def test_on_a_ballot_forms_and_blocks_stand_together(pairs: list[tuple[str, str]]) -> None:
    rated = Content(officials=Officials("", "", (), ballot(pairs))).rated
    for key in ((lambda each: each.form), (lambda each: (each.form, each.block))):
        seen = [key(each) for each in rated]
        assert len([v for i, v in enumerate(seen) if i == 0 or v != seen[i - 1]]) == len(set(seen))


@pytest.mark.parametrize(("moved", "to", "order"), [(3, 1, [3, 1, 2, 4]), (1, 3, [2, 3, 1, 4]), (4, 0, [4, 1, 2, 3])])
def test_a_typed_number_is_the_place_that_a_person_gets(moved: int, to: int, order: list[int]) -> None:
    lines = ballot([("", "K")] * 4)
    found = ordering.arrange(lines, ordering.blocks_of(lines), chosen={}, numbers={f"p{moved}": to})
    assert [each.person_id for each in found] == order


def test_a_block_moves_with_its_people_and_can_be_renamed() -> None:
    lines = ballot([("", "A"), ("", "A"), ("", "B")])
    blocks = [Block("Phiếu 1", "Khối A", 2), Block("Phiếu 2", "Khối B", 1)]
    found = ordering.arrange(lines, blocks, chosen={}, numbers={})
    assert [(e.person_id, e.form, e.block) for e in found] == [
        (3, "Phiếu 2", "Khối B"), (1, "Phiếu 1", "Khối A"), (2, "Phiếu 1", "Khối A"),
    ]  # fmt: skip


def test_people_go_to_a_new_block_and_the_exempt_stay_where_they_are() -> None:
    lines = (*ballot([("", "A"), ("", "A")]), line(9, decision=EXEMPT))
    blocks = [Block("", "A", 1), Block("", "Mới", 2)]
    found = ordering.arrange(lines, blocks, chosen={"p1": 1}, numbers={})
    assert [(e.person_id, e.block) for e in found] == [(2, "A"), (1, "Mới"), (9, "K")]


# --- days ---------------------------------------------------------------------------------------------------------


def due(days: int, session: str, today: str, done: Sequence[str] = ()) -> deadlines.Due:
    deadline = Deadline("key", days, "Gửi báo cáo", "người được lấy phiếu", "Điều 7")
    (found,) = deadlines.checklist([deadline], session, date.fromisoformat(today), done)
    return found


@pytest.mark.parametrize(
    ("days", "session", "day", "working"),
    [
        (45, "2026-12-07", "2026-10-23", "2026-10-23"),
        (30, "2026-12-07", "2026-11-07", "2026-11-06"),  # a Saturday
        (15, "2026-12-07", "2026-11-22", "2026-11-20"),  # a Sunday
        (1, "2027-01-01", "2026-12-31", "2026-12-31"),
        (2, "2024-03-01", "2024-02-28", "2024-02-28"),
        (1, "2024-03-01", "2024-02-29", "2024-02-29"),
        (0, "2026-12-31", "2026-12-31", "2026-12-31"),
    ],
)
def test_a_deadline_is_counted_back_from_the_session(days: int, session: str, day: str, working: str) -> None:
    found = due(days, session, "2020-01-01")
    assert (found.day, found.working_day, bool(found.weekend)) == (day, working, day != working)


@given(st.integers(0, 400), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_the_working_day_is_never_later_nor_on_a_weekend(days: int, session: date) -> None:
    found = due(days, session.isoformat(), "2020-01-01")
    last, working = date.fromisoformat(found.day), date.fromisoformat(found.working_day)
    assert last == session - timedelta(days=days)
    assert (working <= last, working.weekday() < 5, (last - working).days <= 2) == (True, True, True)


@pytest.mark.parametrize(
    ("today", "words", "late"),
    [
        ("2026-10-24", "đã quá hạn 1 ngày", True), ("2026-10-23", "hạn là hôm nay", False),
        ("2026-10-16", "sắp đến hạn, còn 7 ngày", False), ("2026-10-15", "còn 8 ngày", False),
    ],
)  # fmt: skip
def test_what_is_late_is_said_in_words(today: str, words: str, late: bool) -> None:
    found = due(45, "2026-12-07", today)
    assert (found.standing, found.late) == (words, late)
    assert due(45, "2026-12-07", today, ["key"]).late is False


# --- chances ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", chances.PROFILES)
@pytest.mark.parametrize(("voters", "officials"), [(1, 1), (1, 3), (2, 2), (3, 2), (4, 1), (6, 1)])
def test_the_chances_are_those_of_counting_every_outcome(profile: chances.Profile, voters: int, officials: int) -> None:
    # threats K13, D3
    unanimous = no_low = one = none_low = Fraction(0)
    for marks in product(range(3), repeat=voters * officials):
        chance = Fraction(1)
        for mark in marks:
            chance *= profile.shares[mark]
        columns = [marks[place::officials] for place in range(officials)]
        unanimous += chance * any(len(set(column)) == 1 for column in columns)
        no_low += chance * any(2 not in column for column in columns)
        one += chance * (len(set(columns[0])) == 1)
        none_low += chance * (2 not in columns[0])
    found = chances.chances(profile, voters=voters, officials=officials)
    exact = (found.unanimous_any, found.no_low_any, found.unanimous_one, found.no_low_one)
    assert exact == (unanimous, no_low, one, none_low)


def test_the_numbers_of_the_threat_catalogue_come_out() -> None:
    # threats K13: 30 voters, 20 officials, 90/8/2: 58 % (simulated) and 54 % nobody low; 98 %: about one in two
    first, second = chances.table(voters=30, officials=20)
    assert chances.percent(first.unanimous_any) == "58%"
    assert chances.percent(first.no_low_one) == "54,5%"
    assert chances.percent(second.unanimous_one) == "54,5%"


@given(st.integers(3, 500), st.integers(1, 60))
def test_shares_sum_to_one_and_chances_lie_between_none_and_all(voters: int, officials: int) -> None:
    assert all(sum(profile.shares) == 1 for profile in chances.PROFILES)
    for found in chances.table(voters=min(voters, 60), officials=officials):
        for value in (found.unanimous_one, found.unanimous_any, found.no_low_one, found.no_low_any):
            assert 0 < value < 1
        assert found.unanimous_one <= found.unanimous_any
        assert found.no_low_one <= found.no_low_any


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (Fraction(0), "0%"), (Fraction(1), "100%"), (Fraction(1, 10**9), "dưới 0,1%"), (Fraction(1, 2000), "0,1%"),
        (Fraction(10**9 - 1, 10**9), "trên 99,9%"), (Fraction(1, 2), "50%"), (Fraction(2, 3), "66,7%"),
        (Fraction(9994, 10000), "99,9%"),
    ],
)  # fmt: skip
def test_a_chance_is_never_shown_as_certain_when_it_is_not(chance: Fraction, words: str) -> None:
    assert chances.percent(chance) == words


def test_there_is_no_table_without_voters_or_officials() -> None:
    assert chances.table(voters=0, officials=3) == chances.table(voters=3, officials=0) == []


# --- a draft as a value -------------------------------------------------------------------------------------------


def whole(voters: int = 40) -> Content:
    roll = tuple(invited(number) for number in range(1, voters + 1))
    return Content(
        basis=Basis("NQ96_2023", "Lấy phiếu", "Kỳ họp 9", DAY, 1, "HĐND tỉnh"),
        officials=Officials(DAY, "NQ96_2023", (1,), ballot([("F", "A"), ("G", "B")])),
        electorate=Electorate(DAY, (1,), voters, roll, ()),
        policy=Policy(),
        acknowledged=Acknowledged("Chủ tọa", voters, 2),
        done=("list",),
    )


def test_a_draft_reads_back_as_it_was_written() -> None:
    for content in (Content(), whole()):
        assert Content.parse(content.encode()) == content
        assert Content.parse(content.encode()).encode() == content.encode()


def test_a_whole_draft_lacks_nothing_but_approval_and_the_round() -> None:
    lacks = completeness.missing(whole(), completeness.Standing(), rules)
    assert [step for step, words in lacks.items() if words] == ["ke-hoach", "kiem-tra"]
    approved = completeness.missing(whole(), completeness.Standing(approved=True, made=True), rules)
    assert not any(approved.values())


def test_an_acknowledgement_is_for_the_numbers_that_were_seen() -> None:
    # threats D2, D3
    assert not completeness.needs_acknowledgement(whole(9))
    content = whole(9)
    fewer = Content(**{**{f: getattr(content, f) for f in content.__slots__}, "electorate": whole(8).electorate})
    assert completeness.needs_acknowledgement(fewer)
    assert not completeness.needs_acknowledgement(whole(30))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("KẾ HOẠCH", document.TITLE), ("I. MỤC ĐÍCH", document.CHAPTER), ("IX. Công bố", document.CHAPTER),
        ("- Điểm cầu 1: 20 người", document.ITEM), ("1. Bảo đảm", document.WORDS), ("", document.GAP),
        ("Phiếu 1 – Khối A:", document.HEADING), ("12. 45", document.WORDS), ("X, Y", document.TITLE),
    ],
)  # fmt: skip
def test_a_plan_is_laid_out_by_its_lines(words: str, kind: str) -> None:
    assert [part.kind for part in document.layout(f"a\n{words}\nb")][1] == kind


def test_the_facts_of_a_plan_fill_every_place_a_template_may_have() -> None:
    from ballot.catalogue.checked_text import PLACES

    for content in (Content(), whole()):
        assert document.facts(content, NQ96 if content.basis else None).keys() == PLACES.keys()
    told = document.facts(whole(), NQ96)
    assert told["so_nguoi"] == "2"
    assert told["so_cu_tri"] == "40"
    assert "Chậm nhất 23/10/2026" in told["moc_thoi_gian"]
    assert "cần 2 thành viên" in told["ban_kiem_phieu"]


def test_a_chain_of_bodies_however_long_stands_in_order_each_once() -> None:
    chain = [Body(id=number) for number in range(1, 3_001)]
    above = {body.id: body.id - 1 or None for body in chain}
    assert in_tree_order(chain[::-1], above, None) == [(body, body.id - 1) for body in chain]
    assert in_tree_order(chain, {1: 2, 2: 1}, 1) == [(chain[1], 0)]  # a circle ends
