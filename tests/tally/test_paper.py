"""Tables of rounds that were counted on paper: what is computed, what is explained, what contradicts what.

Here live tests of tally/paper on published files and on small tables with one thing wrong. Never here: a hostile file;
those are in test_paper_reading.py.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tally.commands.paper import outcome
from tally.outcome import percent
from tally.paper import JudgedRound, Published, Summary, judge, outcome_of, read
from tally.paper.document import document
from tally.paper.published import check
from tally.paper.refusals import PaperContradicts
from tally.protocol.errors import Incomplete
from tally.rules import load
from tests.commands import DONE, run

PUBLISHED = Path(__file__).parents[1] / "data" / "published"
QH, HCM, HANOI = "qh_2014-11-15", "hdnd_tphcm_2023-12-07", "hdnd_hanoi_2014-12-03"


def published(name: str) -> JudgedRound:
    (paper,) = read((PUBLISHED / f"{name}.csv").read_bytes(), name)
    return judge(paper)


def table(*lines: str, **columns: object) -> bytes:
    """A table of one round; each line is `high,medium,low`, with `pct_…` after it where `shares` is given."""
    given: dict[str, object] = {"round": "Đợt thử", "date": "2023-12-07", "body": "HĐND", "rule_set": "NQ96_2023"}
    given |= columns
    levels = [level.key for level in load(str(given["rule_set"])).levels]
    head = [*given, "seq", "position", *levels, *(f"pct_{key}" for key in levels)]
    rows = []
    for number, line in enumerate(lines, start=1):
        cells = line.split(",")
        cells += [""] * (2 * len(levels) - len(cells))
        rows.append(",".join([*map(str, given.values()), str(number), f"Chức vụ {number}", *cells]))
    return "\n".join([",".join(head), *rows]).encode()


def judged(*lines: str, **columns: object) -> JudgedRound:
    (paper,) = read(table(*lines, **columns))
    return judge(paper)


# --- what was published ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "base", "lines_and_counts", "summary"),
    [
        (QH, (497, "percent_base"), (18, 37), Summary(27, 0, 0, 0)),
        (HCM, (81, "counters"), (23, 59), Summary(0, 0, 0, 0)),
        (HANOI, (None, ""), (10, 30), Summary(0, 0, 0, 0)),
    ],
)
def test_every_published_percentage_is_reproduced(
    name: str, base: tuple[int | None, str], lines_and_counts: tuple[int, int], summary: Summary
) -> None:
    found = published(name)
    known = [count for line in found.lines for count in line.line.counts if count is not None]
    assert (found.base, found.base_from) == base
    assert (len(found.lines), len(known)) == lines_and_counts
    assert found.summary == summary


@pytest.mark.parametrize("name", [QH, HCM, HANOI])
def test_every_percentage_is_that_of_the_counts_and_nobody_published_contradicts_himself(name: str) -> None:
    found = published(name)
    for line in found.lines:
        assert line.percent == tuple(
            None if count is None or found.base is None else percent(count, found.base) for count in line.line.counts
        )
        assert line.findings == ()


def test_void_lines_are_known_only_with_the_valid_ballots() -> None:
    found = published(QH)
    assert {line.line.number: line.unmarked for line in found.lines if line.unmarked} == {1: 1, 4: 3, 6: 2, 8: 4}
    assert {line.void for line in found.lines} == {None}
    assert [line.void for line in judged("10,5,3", ballots_returned=20, ballots_valid=19).lines] == [1]
    assert [line.void for line in judged("10,5,3", ballots_returned=20, ballots_invalid=1).lines] == [1]
    assert [line.unmarked for line in judged("10,5,3", ballots_returned=20, ballots_invalid=1).lines] == [2]


def test_a_missing_count_leaves_a_threshold_open_only_where_it_could_be_met() -> None:
    found = published(QH)
    assert [line.line.number for line in found.lines if line.met is None] == [18]  # 133 of 485: 352 may be low
    assert [line.met for line in found.lines if line.met is not None] == [()] * 17
    assert [line.met for line in published(HCM).lines] == [()] * 23
    assert {line.met for line in published(HANOI).lines} == {None}


# --- the base ----------------------------------------------------------------------------------------------------


def codes(found: JudgedRound) -> list[str]:
    return [finding.code for finding in found.findings]


def test_the_base_is_what_the_rule_set_says_and_the_file_is_compared_not_believed() -> None:
    found = judged("10,5,3", ballots_returned=20, percent_base=25, total_delegates=25)
    assert (found.base, found.lines[0].percent[0], codes(found)) == (20, "50%", ["base_differs"])
    assert str(found.findings[0]) == (
        "Cột percent_base ghi 25, còn tổng số phiếu thu về là 20: tỷ lệ được tính trên 20."
    )
    old = judged("10,5,3", ballots_returned=20, total_delegates=25, rule_set="NQ35_2012", date="2014-12-03")
    assert (old.base, old.lines[0].percent[0], codes(old)) == (25, "40%", [])


def test_returned_ballots_follow_from_valid_and_invalid_ones() -> None:
    found = judged("10,5,3", ballots_valid=19, ballots_invalid=1)
    assert (found.base, found.base_from, found.counters.returned) == (20, "valid+invalid", 20)


def test_without_any_base_there_is_no_percentage_and_no_conclusion() -> None:
    found = judged("2,5,13,10,25,65")
    assert (found.base, found.lines[0].percent, found.lines[0].met) == (None, (None, None, None), None)
    assert (codes(found), found.summary) == (["no_base"], Summary(0, 0, 0, 3))


def test_a_day_outside_the_time_of_the_rules_is_named() -> None:
    assert codes(judged("10,5,3", ballots_returned=20, date="2022-01-01")) == ["out_of_force"]
    assert codes(judged("1,1,1", total_delegates=9, rule_set="NQ35_2012", date="2016-01-01")) == ["out_of_force"]


# --- what follows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "met"),
    [
        (10, ()),
        (11, ("over_half",)),
        (13, ("over_half",)),
        (14, ("two_thirds", "over_half")),
        (20, ("two_thirds", "over_half")),
    ],
)
def test_thresholds_are_met_by_integers_at_the_edge(low: int, met: tuple[str, ...]) -> None:
    line = judged(f"{20 - low},0,{low}", ballots_returned=20).lines[0]
    assert line.met == met
    assert (line.deciding.key if line.deciding else None) == (met[0] if met else None)
    assert [trigger.threshold for trigger in line.triggers] == [key for key in met if met == ("over_half",)]


def test_exactly_two_thirds_is_two_thirds_and_its_consequence_has_its_source() -> None:
    line = judged("5,5,20", ballots_returned=30).lines[0]
    assert line.deciding is not None
    assert (line.deciding.key, line.deciding.citation) == ("two_thirds", "Điều 12")
    assert judged("5,6,19", ballots_returned=30).lines[0].met == ("over_half",)


def test_a_vote_with_two_choices_has_columns_named_by_its_levels() -> None:
    found = judged("9,11,45,55", ballots_returned=20, rule_set="NQ96_2023_VOTE")
    assert (found.lines[0].percent, found.lines[0].met, found.summary.agree) == (("45%", "55%"), ("over_half",), 2)


def test_several_rounds_under_several_rule_sets_stand_in_one_file() -> None:
    head = "round,date,body,rule_set,ballots_returned,seq,position,high,medium,low,confidence,no_confidence"
    first = "A,2023-12-07,HĐND,NQ96_2023,20,{n},Chức vụ {n},10,6,4,,"
    second = "B,2024-12-07,HĐND,NQ96_2023_VOTE,20,1,Chức vụ 1,,,,12,8"
    raw = "\n".join([head, first.format(n=1), second, first.format(n=2)]).encode()
    rounds = read(raw)
    assert [(r.title, [line.line for line in r.lines]) for r in rounds] == [("A", [2, 4]), ("B", [3])]
    assert [line.percent for r in rounds for line in judge(r).lines][2] == ("60%", "40%")


# --- contradictions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "columns", "code"),
    [
        ("30,0,0", {"ballots_returned": 20, "total_delegates": 40}, "count_over_base"),
        ("10,5,6", {"ballots_returned": 20}, "sum_over_returned"),
        ("10,5,5", {"ballots_returned": 20, "ballots_valid": 19, "ballots_invalid": 1}, "sum_over_valid"),
        ("10,5,6", {"ballots_issued": 20, "percent_base": 30}, "sum_over_issued"),
        ("10,,11", {"ballots_returned": 20}, "sum_over_returned"),
    ],
)
def test_a_line_that_contradicts_the_counters_is_named_and_nothing_is_concluded(
    line: str, columns: dict[str, object], code: str
) -> None:
    found = judged(line, "0,0,14", **columns)
    assert code in [finding.code for finding in found.lines[0].findings]
    assert (found.lines[0].met, found.lines[0].deciding, found.lines[0].void) == (None, None, None)
    assert found.lines[1].findings == ()


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"ballots_returned": 20, "ballots_valid": 18, "ballots_invalid": 1}, "parts_differ"),
        ({"ballots_returned": 20, "total_delegates": 19}, "over_delegates"),
        ({"ballots_returned": 20, "ballots_issued": 21, "summoned": 20}, "over_summoned"),
    ],
)
def test_counters_that_contradict_each_other_are_named(columns: dict[str, object], code: str) -> None:
    assert codes(judged("5,5,5", **columns)) == [code]


# --- percentages that differ -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "status", "reason", "name", "detail"),
    [
        ("79.01", "agrees", "", "", 0),
        ("79,01", "agrees", "", "", 0),
        ("79,01%", "agrees", "", "", 0),
        ("79.010", "agrees", "", "", 0),
        ("79.012", "agrees", "", "", 0),  # 79,0123…
        ("79", "explained", "fewer_decimals", "", 0),
        ("79.0", "explained", "fewer_decimals", "", 1),
        ("80", "explained", "other_base", "ballots_valid", 80),
        ("67,37", "explained", "other_base", "total_delegates", 95),
        ("67", "explained", "other_base", "total_delegates", 95),
        ("60.49", "unexplained", "other_count", "", 49),
        ("79.05", "unexplained", "", "", 0),
        ("133.3", "unexplained", "", "", 0),
    ],
)
def test_a_difference_has_the_simplest_explanation(
    written: str, status: str, reason: str, name: str, detail: int
) -> None:
    share = Published.parse(written)
    assert share is not None
    found = check("high", share, count=64, base=81, others={"ballots_valid": 80, "total_delegates": 95})
    assert (found.status, found.reason, found.name, found.detail) == (status, reason, name, detail)


@pytest.mark.parametrize(("written", "places"), [("66.66", 2), ("66", 0), ("66.6", 1)])
def test_a_cut_percentage_is_told_from_a_rounded_one(written: str, places: int) -> None:
    share = Published.parse(written)
    assert share is not None
    found = check("low", share, count=2, base=3, others={})
    assert (found.status, found.reason, found.detail, found.computed) == ("explained", "truncated", places, "66,67%")


def test_the_sum_of_the_row_is_one_of_the_bases_that_are_tried() -> None:
    (found,) = judged("60,15,4,75.95", ballots_returned=81).lines[0].checks[:1]
    assert found is not None
    assert (found.status, found.name, found.detail) == ("explained", "sum", 79)


@pytest.mark.parametrize("written", ["", "-1", "1e2", "1.2.3", "1 2", "٧٦", "1234", "12.", ".5", "12%%", "1.1234567"])
def test_what_is_no_percentage_is_none(written: str) -> None:
    assert Published.parse(written) is None


# --- as documents ------------------------------------------------------------------------------------------------

FULL = {
    "total_delegates": 25, "summoned": 24, "ballots_issued": 22, "ballots_returned": 21, "ballots_valid": 20,
    "ballots_invalid": 1, "name": "Lê Văn Hữu",
}  # fmt: skip


def test_a_round_with_every_counter_is_an_outcome_without_a_seal() -> None:
    found = outcome_of(judged("5,4,11", "20,0,0", **FULL, session="Kỳ họp thứ 13"))
    assert (found.seal, found.base, found.ballots.valid, found.ballots.not_returned) == (None, 21, 20, 1)
    assert [(r.official.name, r.counts, r.void, r.percent[2], r.met) for r in found.officials] == [
        ("Lê Văn Hữu", (5, 4, 11), 0, "52,38%", ("over_half",)),
        ("Lê Văn Hữu", (20, 0, 0), 0, "0%", ()),
    ]
    assert (found.round.session, found.round.rehearsal, found.round.voters) == ("Kỳ họp thứ 13", False, 24)


def test_what_is_missing_for_documents_is_named() -> None:
    with pytest.raises(Incomplete) as refused:
        outcome_of(judged("5,,11", **{k: v for k, v in FULL.items() if k not in ("summoned", "name")}))
    assert refused.value.details["missing"] == "summoned, dòng 2, cột name, dòng 2, cột medium"
    with pytest.raises(Incomplete):
        outcome_of(published(HCM))


@pytest.mark.parametrize("columns", [{"total_delegates": 20}, {"ballots_valid": 19}, {"ballots_invalid": 2}])
def test_numbers_that_contradict_each_other_make_no_documents(columns: dict[str, object]) -> None:
    with pytest.raises(PaperContradicts):
        outcome_of(judged("5,4,11", **(FULL | columns)))


# --- the command -------------------------------------------------------------------------------------------------


def test_the_command_prints_a_table_and_its_sum() -> None:
    done = run("tally", "outcome", PUBLISHED / f"{QH}.csv", COLUMNS="70")
    assert done.code == DONE
    assert max(map(len, done.output.splitlines())) <= 70
    flat = " ".join(done.output.split())
    for words in (
        "Quốc hội khóa XIII · ngày 15/11/2014",
        "27/27 tỷ lệ đã công bố khớp; 0 khác có giải thích",
        "76,46% 16,9% 4,02%",
        "cột percent_base ghi, không tự kiểm được",
        "TT 18: chưa đủ số liệu",
    ):
        assert words in flat, words


def test_the_json_is_one_document_with_everything() -> None:
    done = run("tally", "outcome", PUBLISHED / f"{QH}.csv", "--json")
    found = json.loads(done.output)
    assert done.output.encode() == document((published(QH),)) + b"\n"
    assert found["published"] == {"agree": 27, "explained": 0, "unexplained": 0, "unchecked": 0}
    (the_round,) = found["rounds"]
    assert the_round["base"]["from"] == "percent_base"
    health = the_round["officials"][7]
    assert (health["counts"], health["percent"], health["unmarked"]) == (
        [97, 192, 192],
        ["19,52%", "38,63%", "38,63%"],
        4,
    )
    assert the_round["officials"][17]["thresholds"] is None


def test_differences_contradictions_and_consequences_are_sentences(tmp_path: Path) -> None:
    path = tmp_path / "bảng.csv"
    path.write_bytes(table("64,15,2,80,18.5,2.46", "20,5,54", "50,40,0", ballots_returned=81, ballots_valid=80))
    done = run("tally", "outcome", path, COLUMNS="400")
    for words in (
        "≈ Dòng 2, cột pct_high: công bố 80, tính được 79,01%: tính trên số phiếu hợp lệ 80.",
        "≈ Dòng 2, cột pct_medium: công bố 18.5, tính được 18,52%: làm tròn đến 1 chữ số thập phân.",
        "≈ Dòng 2, cột pct_low: công bố 2.46, tính được 2,47%: cắt bớt chữ số chứ không làm tròn.",
        "● TT 2, Chức vụ 2: từ 2/3",
        "Điều 12, 96/2023/QH15).",
        "! Dòng 4: Cộng các mức được 90, nhiều hơn số phiếu hợp lệ 80. Không kết luận.",
        "0/3 tỷ lệ đã công bố khớp; 3 khác có giải thích, 0 không giải thích được.",
    ):
        assert words in done.output, words


def test_a_complete_round_gets_its_papers_and_an_incomplete_one_none(tmp_path: Path) -> None:
    full = tmp_path / "đủ.csv"
    full.write_bytes(table("5,4,11", "20,0,0", **FULL))
    outcome.main([str(full), "--documents", str(tmp_path / "đủ")], standalone_mode=False)
    names = {path.name for path in (tmp_path / "đủ").iterdir()}
    assert {"bien-ban-kiem-phieu.pdf", "bien-ban-kiem-phieu.docx", "ket-qua.xlsx", "ket-qua.csv"} <= names
    assert "ket-qua.json" not in names
    with pytest.raises(Incomplete):
        arguments = [str(PUBLISHED / f"{HCM}.csv"), "--json", "--documents", str(tmp_path / "thiếu")]
        outcome.main(arguments, standalone_mode=False)
    assert not (tmp_path / "thiếu").exists()
