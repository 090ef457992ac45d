"""What history tells of one person: each round on its own base, in words without a verdict, nothing added to another.

Here live values only. Never here: a database or a page (test_history_pages.py).
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ballot.history import changes, chart
from ballot.history.people import NAME, POST, Rated
from ballot.history.ratings import Held, Rating
from tally import rules
from tally.outcome import percent

VERDICTS = re.compile(r"tốt|xấu|kém|giỏi|tiến bộ|sa sút|cải thiện|đáng", re.IGNORECASE)


def held(rule_set: str, date: str, base: int | None, *, place: str = "hđnd", body: str = "HĐND tỉnh") -> Held:
    return Held("", int(date[:4]), f"Đợt {date}", body, "", date, place, rules.load(rule_set), base)


def rated(
    in_: Held, *counts: int | None, position: str = "Chủ tịch", name: str = "Nguyễn Văn An", valid: int | None = None
) -> Rating:
    """A line with what follows from its counts."""
    base = in_.base
    by_key = dict(zip((level.key for level in in_.rules.levels), counts, strict=True))
    met = tuple(t.key for t in in_.rules.thresholds if t.is_met(count=by_key[t.level] or 0, base=base or 0))
    known = [count for count in counts if count is not None]
    void = (valid if valid is not None else base or 0) - sum(known)
    shares = tuple(percent(c, base) if c is not None and base else None for c in counts)
    return Rating(in_, 1, name, position, None, counts, shares, void, void, met)


NOW = rated(held("NQ96_2023", "2023-12-12", 80), 78, 1, 1)
BEFORE = rated(held("NQ85_2014", "2018-12-06", 85), 70, 10, 3, valid=83)


# --- changes --------------------------------------------------------------------------------------------------------


def test_two_rounds_on_two_bases_stand_beside_each_other_and_their_shares_are_not_compared() -> None:
    (change,) = changes.changes((BEFORE, NOW))
    assert change.sentences == (
        "Số phiếu tín nhiệm cao: 78/80 (97,5% tổng số phiếu thu về), lần trước 70/85 (82,35% tổng số đại biểu).",
        "Số phiếu tín nhiệm: 1/80 (1,25% tổng số phiếu thu về), lần trước 10/85 (11,76% tổng số đại biểu).",
        "Số phiếu tín nhiệm thấp: 1/80 (1,25% tổng số phiếu thu về), lần trước 3/85 (3,53% tổng số đại biểu).",
        "Hai lần tính trên hai căn cứ khác nhau (tổng số phiếu thu về; tổng số đại biểu) nên không so trực tiếp tỷ lệ.",
    )


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ((52, 81), (40, 80), "tỷ lệ tăng 14,2 điểm phần trăm."),
        ((40, 80), (52, 81), "tỷ lệ giảm 14,2 điểm phần trăm."),
        ((40, 80), (20, 40), "tỷ lệ không đổi."),
        ((2, 3), (1, 3), "tỷ lệ tăng 33,33 điểm phần trăm."),
        ((0, 5), (5, 5), "tỷ lệ giảm 100 điểm phần trăm."),
        ((1, 40_000), (0, 40_000), "tỷ lệ không đổi."),  # a quarter of a hundredth of a point
    ],
)
def test_a_difference_on_one_kind_of_base_is_of_the_exact_shares(
    now: tuple[int, int], before: tuple[int, int], words: str
) -> None:
    lines = [
        rated(held("NQ96_2023", date, base), count, base - count, 0)
        for date, (count, base) in (("2023-12-12", before), ("2028-12-12", now))
    ]
    assert changes.changes(tuple(lines))[0].sentences[0].endswith(words)


def test_no_sentence_says_better_or_worse() -> None:
    lines = (BEFORE, NOW, rated(held("QD96_2023", "2028-05-05", 80), 3, 7, 70))
    told = [sentence for change in changes.changes(lines) for sentence in change.sentences]
    assert len(told) > 5
    assert [sentence for sentence in told if VERDICTS.search(sentence)] == []


def test_what_is_not_known_is_said_to_be_not_known_and_never_zero() -> None:
    before = rated(held("NQ35_2012", "2014-12-03", None), 50, None, 8)
    (change,) = changes.changes((before, NOW))
    assert change.sentences[0].endswith("lần trước 50 phiếu (không rõ tổng số đại biểu).")
    assert change.sentences[1].endswith("lần trước không rõ.")


def test_another_post_is_named_and_nothing_is_set_against_it() -> None:
    (change,) = changes.changes((replace(BEFORE, position="Phó Chủ tịch"), NOW))
    assert change.sentences == (
        "Lần trước lấy phiếu ở chức vụ khác (Phó Chủ tịch), nên hai kết quả không đặt cạnh nhau để so.",
    )


def test_a_post_that_was_added_is_still_the_same_post_and_is_told() -> None:
    now = replace(NOW, position="Chủ tịch; Trưởng đoàn")
    (change,) = changes.changes((BEFORE, now))
    assert "Chức vụ lần trước: Chủ tịch." in change.sentences
    assert change.sentences[0].startswith("Số phiếu tín nhiệm cao: 78/80")


def test_another_body_another_kind_and_the_same_day_are_no_time_before() -> None:
    elsewhere = rated(held("NQ96_2023", "2022-12-12", 80, place="ubnd"), 70, 5, 5)
    vote = rated(held("NQ96_2023_VOTE", "2022-12-12", 80), 60, 20)
    same_day = rated(held("NQ96_2023", "2023-12-12", 80), 1, 1, 78, position="Trưởng Ban")
    assert changes.changes((elsewhere, vote, same_day, NOW)) == []


def test_a_vote_is_set_against_a_vote() -> None:
    votes = [rated(held("NQ96_2023_VOTE", f"{year}-12-12", 80), 80 - no, no) for year, no in ((2021, 30), (2023, 20))]
    assert changes.changes(tuple(votes))[0].sentences[1].startswith("Số phiếu không tín nhiệm: 20/80 (25%")


# --- two ratings in a row -------------------------------------------------------------------------------------------


def nq35(year: int, low: int, delegates: int = 100, **more: str) -> Rating:
    return rated(held("NQ35_2012", f"{year}-12-05", delegates), 100 - low, 0, low, **more)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [(51, 51, True), (50, 51, False), (51, 50, False), (67, 51, True), (51, 67, True), (0, 0, False)],
)
def test_over_half_in_two_ratings_in_a_row_leads_to_a_vote(first: int, second: int, found: bool) -> None:
    told = changes.repeated((nq35(2013, first), nq35(2014, second)))
    assert bool(told) == found
    if found:
        assert told[0].trigger.key == "two_years"
        assert told[0].sentence.startswith("Hai lần lấy phiếu liền nhau (05/12/2013 và 05/12/2014): Hai năm liên tiếp")


def test_a_rating_between_breaks_the_row() -> None:
    assert changes.repeated((nq35(2012, 60), nq35(2013, 10), nq35(2014, 60))) == []
    assert len(changes.repeated((nq35(2012, 60), nq35(2013, 60), nq35(2014, 60)))) == 2


def test_each_of_the_two_is_over_half_of_its_own_base() -> None:
    # 45 of 80 returned is over half, 45 of 100 delegates is not
    before = rated(held("NQ85_2014", "2018-12-05", 100), 35, 0, 45, valid=80)
    assert changes.repeated((before, nq35(2019, 60))) == []
    assert changes.repeated((rated(held("NQ96_2023", "2018-12-05", 80), 35, 0, 45), nq35(2019, 60)))


def test_rules_that_know_no_repetition_find_none() -> None:
    lines = tuple(rated(held("NQ96_2023", f"{year}-12-12", 80), 20, 0, 60) for year in (2023, 2028))
    assert changes.repeated(lines) == []


def test_two_bodies_in_two_years_are_no_row() -> None:
    other = rated(held("NQ35_2012", "2013-12-05", 100, place="khác"), 40, 0, 60)
    assert changes.repeated((other, nq35(2014, 60))) == []


# --- two places in a year -------------------------------------------------------------------------------------------


def test_two_places_in_a_year_stand_beside_each_other_with_what_the_rules_say_and_no_sum() -> None:
    party = rated(held("QD96_2023", "2023-05-10", 40, place="đảng bộ", body="Đảng bộ"), 20, 15, 5, position="Ủy viên")
    (year,) = changes.beside((party, NOW))
    assert (year.year, year.ratings, year.rules.most) == ("2023", (party, NOW), 2)
    assert "không cộng" in year.rules.words
    assert changes.changes((party, NOW)) == []  # they are no change of each other


def test_two_rounds_of_one_body_in_a_year_are_not_two_places() -> None:
    earlier = rated(held("NQ96_2023", "2023-07-05", 80), 70, 5, 5)
    assert changes.beside((earlier, NOW)) == []
    assert changes.beside((BEFORE, NOW)) == []


def test_a_vote_after_a_rating_is_no_second_place() -> None:
    assert changes.beside((NOW, rated(held("NQ96_2023_VOTE", "2023-12-30", 80, place="khác"), 60, 20))) == []


# --- what one round leads to ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "keys"), [(40, []), (41, ["over_half"]), (53, ["over_half"]), (54, [])])
def test_only_the_threshold_that_decides_leads_to_a_vote(low: int, keys: list[str]) -> None:
    # NQ 96: from two thirds on it is removal, not a vote; 2/3 of 80 is 53 1/3
    line = rated(held("NQ96_2023", "2023-12-12", 80), 80 - low, 0, low)
    assert [trigger.key for trigger in line.triggers] == keys


# --- charts ---------------------------------------------------------------------------------------------------------


def person(*ratings: Rating, how: str = NAME) -> Rated:
    return Rated("k", how, "Nguyễn Văn An", ratings)


def test_a_picture_is_of_one_post_in_one_body_and_of_rounds_whose_numbers_are_known() -> None:
    elsewhere = rated(held("QD96_2023", "2023-05-10", 40, place="đảng bộ"), 20, 15, 5, position="Ủy viên")
    unknown = rated(held("NQ35_2012", "2014-12-03", 85), 50, None, 8)
    (one,) = chart.series(person(unknown, BEFORE, elsewhere, NOW))
    assert one.ratings == (BEFORE, NOW)
    assert one.title == "Nguyễn Văn An\nChủ tịch, HĐND tỉnh"
    assert chart.series(person(BEFORE, elsewhere)) == []
    assert chart.series(person(BEFORE, NOW, how=POST))[0].title == "Chủ tịch, HĐND tỉnh"


def test_a_picture_is_svg_and_the_same_bytes_each_time() -> None:
    (one,) = chart.series(person(BEFORE, NOW))
    drawn = chart.picture(one)
    assert drawn.lstrip().startswith((b"<svg", b"<?xml"))
    assert b"<script" not in drawn
    chart._drawn.cache_clear()
    assert chart.picture(one) == drawn
