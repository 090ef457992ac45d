"""Charts as their readers get them: what is drawn and where, what is said in words, grey, odd numbers, the same bytes.

Here live tests of drawings. Never here: a test of the pages they stand on (test_report.py, test_tagged.py).
"""

import io
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from matplotlib.patches import Rectangle
from PIL import Image

from tally.outcome import BallotCounts, Outcome, RoundFacts, Seal, judge
from tally.protocol.manifest import Block, Policy
from tally.report import chart, family, kinds
from tally.report.bars import BARS, NAMES, WIDTH, Sheet
from tally.report.history_chart import HistoryPoint, history, history_files
from tally.report.turnout_chart import turnout, turnout_files
from tally.rules import load
from tests.tally.judged import REHEARSAL, a_round, counted, officials, usual

SVG = "{http://www.w3.org/2000/svg}"
OLD, MIDDLE, NEW = load("NQ35_2012"), load("NQ85_2014"), load("NQ96_2023")
POINTS = (
    HistoryPoint.under(OLD, label="Kỳ họp thứ 5", date="2013-07-10", base=60, counts=(30, 20, 4), void=1),
    HistoryPoint.under(MIDDLE, label="Kỳ họp thứ 11", date="2014-12-10", base=58, counts=(20, 18, 20)),
    HistoryPoint.under(NEW, label="Kỳ họp thứ 17", date="2023-12-12", base=50, counts=(10, 5, 34), void=1),
)


def grey(colour: str) -> int:
    """How light a colour is for an eye or a copier that knows no hue, 0 to 255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return (299 * red + 587 * green + 114 * blue) // 1000


def texts(sheet: Sheet) -> list[str]:
    return [text.get_text() for text in sheet.figure.axes[0].texts]


def boxes(sheet: Sheet) -> list[tuple[float, float, float]]:
    """Left end, right end and height on the figure of each piece of a bar."""
    drawn = (patch for patch in sheet.figure.axes[0].patches if isinstance(patch, Rectangle))
    return [(box.get_x(), box.get_x() + box.get_width(), box.get_y()) for box in drawn if box.get_height() == 15]


def lines(sheet: Sheet) -> list[float]:
    """Where upright lines stand, as a share of the bars from the left."""
    found: list[Any] = [line.get_xdata() for line in sheet.figure.axes[0].lines if line.get_color() != "white"]
    return [round((x[0] - NAMES) / BARS, 4) for x in found]


def drawn(outcome: Outcome) -> Sheet:
    (page,) = chart.pages(outcome)
    return chart.draw(outcome, page, family())


def a_vote() -> Outcome:
    return counted(
        a_round(Block("Khối", officials("Lê Văn Hữu", "Trần Văn Bá")), rules="NQ96_2023_VOTE"), (20, 9), (11, 19)
    )


def on_paper(
    delegates: int, returned: int, invalid: int, *counts: tuple[int, ...], rules: str = "NQ35_2012"
) -> Outcome:
    manifest = a_round(Block("Khối", officials(*map("Người {}".format, range(len(counts))))), rules=rules)
    ballots = BallotCounts(delegates, delegates, returned, returned, invalid)
    seal = Seal(manifest.hash, "ab" * 32, 5, 3)
    return judge(RoundFacts.of(manifest), seal, ballots, tuple(manifest.officials()), counts)


def test_kinds_differ_in_grey_or_by_hatch_and_never_by_hue_alone() -> None:
    """Two grounds that lie next to each other differ in lightness; grounds of one lightness differ by hatch."""
    levels = [grey(style.ground) for style in (kinds.FIRST, kinds.MIDDLE, kinds.LAST)]
    assert levels[0] - levels[1] > 40
    assert levels[1] - levels[2] > 90
    looks = [(grey(style.ground) // 40, style.hatch) for style in kinds.ALONG]
    assert len(set(looks)) == len(looks)
    assert grey(kinds.REST.ground) - grey(kinds.COUNTED.ground) > 40
    assert all(abs(grey(style.ground) - grey(style.number)) > 120 for style in (*kinds.ALONG, kinds.COUNTED))


def test_a_picture_in_grey_still_shows_three_levels() -> None:
    (page,) = chart.pages(usual())
    _, png = chart.files(usual(), page, family())
    with Image.open(io.BytesIO(png)) as picture:
        shades = {shade: count for count, shade in picture.convert("L").getcolors(256) or ()}
    for style in (kinds.FIRST, kinds.MIDDLE, kinds.LAST):
        assert sum(shades.get(grey(style.ground) + step, 0) for step in (-1, 0, 1)) > 2000


def test_a_line_is_seen_on_the_darkest_ground() -> None:
    sheet = drawn(usual())
    colours = [(line.get_color(), line.get_linewidth()) for line in sheet.figure.axes[0].lines]
    assert colours == [("white", 2.9), ("#8E1B1B", 0.9)] * 2


def test_bars_are_in_ballot_order_and_their_pieces_fill_them() -> None:
    sheet = drawn(usual())
    said = texts(sheet)
    names = [
        f"{i}. {name}"
        for i, name in enumerate(("Nguyễn Thị Hường", "Đỗ Quỳnh Ẩn", "Lưỡng Vỹ Sửu", "Phạm Đức Trưởng"), 1)
    ]
    assert [text for text in said if text in names] == names
    rows: dict[float, list[tuple[float, float]]] = {}
    for left, right, y in boxes(sheet):
        rows.setdefault(y, []).append((left, right))
    assert list(rows) == sorted(rows)
    for pieces in rows.values():
        assert pieces[0][0] == NAMES
        assert pieces[-1][1] == pytest.approx(NAMES + BARS)
        assert all(one[1] == pytest.approx(other[0]) for one, other in pairwise(pieces))


def test_a_level_that_reaches_its_share_reaches_its_line() -> None:
    """20 of 30 ballots are exactly two thirds."""
    sheet = drawn(usual())
    assert lines(sheet) == [0.3333, 0.5]
    assert "Tín nhiệm thấp từ 2/3 trở lên" in texts(sheet)
    low = next(box for box in boxes(sheet) if box[0] == pytest.approx(NAMES + BARS / 3) and box[1] > NAMES + BARS - 1)
    assert low[1] - low[0] == pytest.approx(BARS * 2 / 3)


def test_a_vote_with_two_choices_has_two_levels_and_its_one_line() -> None:
    sheet = drawn(a_vote())
    said = texts(sheet)
    assert said[:3] == ["Tín nhiệm", "Dòng trống", "Không tín nhiệm"]
    assert lines(sheet) == [0.5]
    assert "Không tín nhiệm quá 1/2" in said
    assert (
        "2. Trần Văn Bá: Tín nhiệm 11, Không tín nhiệm 19, Dòng trống 0; đạt ngưỡng “Không tín nhiệm quá 1/2”."
        in sheet.alt
    )


def test_a_base_of_zero_draws_neither_bar_nor_line() -> None:
    sheet = drawn(counted(a_round(Block("Khối", officials("Lê Văn Hữu"))), (0, 0, 0), returned=0))
    assert not boxes(sheet)
    assert not lines(sheet)
    assert "1. Lê Văn Hữu" in texts(sheet)
    assert "dài bằng tổng số phiếu thu về (0)" in sheet.alt


def test_one_official_and_sixty_fit_their_figures() -> None:
    (only,) = chart.pages(counted(a_round(Block("Khối", officials("Lê Văn Hữu"))), (20, 7, 3)))
    assert len(only.rows) == 1
    many = counted(a_round(Block("Khối", officials(*map("Người {}".format, range(60))))), *[(20, 7, 3)] * 60)
    pages = chart.pages(many)
    assert sum(len(page.rows) for page in pages) == 60
    sheets = [chart.draw(many, page, family()) for page in pages]
    assert all(sheet.block().height < 600 for sheet in sheets)
    sizes = [len(page.rows) for page in pages]
    assert max(sizes) - min(sizes) <= 1
    assert all(str(number) in sheets[-1].alt for number in (58, 59, 60))


def test_ballots_on_paper_that_are_invalid_are_not_taken_for_absent() -> None:
    sheet = drawn(on_paper(34, 30, 2, (10, 8, 10), (20, 7, 1)))
    said = texts(sheet)
    assert said[:5] == ["Tín nhiệm cao", "Tín nhiệm", "Không có phiếu", "Phiếu không hợp lệ", "Tín nhiệm thấp"]
    assert said.count("4") == said.count("2") == 2
    returned = drawn(on_paper(34, 30, 2, (10, 8, 10), rules="NQ96_2023"))
    assert "Không có phiếu" not in texts(returned)
    assert "Phiếu không hợp lệ" in texts(returned)


def test_names_of_levels_that_do_not_fit_a_line_go_on_below() -> None:
    rules = load("NQ96_2023")
    levels = tuple(
        replace(level, label=f"Mức mang một cái tên rất dài, thứ {i}") for i, level in enumerate(rules.levels)
    )
    outcome = counted(a_round(Block("Khối", officials("Lê Văn Hữu"))), (20, 7, 3))
    long = replace(outcome, round=replace(outcome.round, rules=replace(rules, levels=levels)))
    sheet = drawn(long)
    places = [text.get_position() for text in sheet.figure.axes[0].texts[:3]]
    assert len({y for _, y in places}) == 2
    assert all(x < WIDTH - 100 for x, _ in places)


# --- how many ----------------------------------------------------------------------------------------------------


def test_turnout_tells_five_numbers_each_on_a_bar_of_its_share() -> None:
    sheet = turnout(usual(), family())
    assert texts(sheet)[:10] == [
        "Tổng số đại biểu", "34", "Số người được triệu tập", "32", "Số phiếu phát ra", "31", "Số phiếu thu về", "30",
        "Số phiếu hợp lệ", "30",
    ]  # fmt: skip
    ends = [(right - NAMES) / BARS for left, right, _ in boxes(sheet) if left == NAMES]
    assert ends == pytest.approx([1, 32 / 34, 31 / 34, 30 / 34, 30 / 34])
    assert "Số phiếu phát ra 31, Số phiếu thu về 30, Số phiếu hợp lệ 30." in sheet.alt


def test_turnout_has_no_unit_no_site_and_no_person() -> None:
    """threats D5, D7"""
    svg, _ = turnout_files(usual(), family())
    for word in ("Khối Hội đồng nhân dân", "Nguyễn Thị Hường", "Trưởng Ban"):
        assert word not in svg.decode()


def test_turnout_of_a_round_in_which_nobody_came_is_empty_bars() -> None:
    sheet = turnout(on_paper(0, 0, 0, (0, 0, 0)), family())
    assert not boxes(sheet)


def test_a_rehearsal_is_called_one_on_every_chart() -> None:
    outcome = usual(rehearsal=True)
    assert REHEARSAL in texts(turnout(outcome, family()))
    assert REHEARSAL in texts(drawn(outcome))


def test_the_mark_of_secrecy_stands_above_turnout_too() -> None:
    svg, _ = turnout_files(usual(policy=Policy(5, secrecy="Tuyệt mật")), family())
    assert "TUYỆT MẬT" in str(ET.fromstring(svg).findtext(f"{SVG}title"))  # noqa: S314 (we wrote it ourselves)


# --- over several rounds -----------------------------------------------------------------------------------------


def test_each_round_of_a_history_has_its_own_base_date_and_rules() -> None:
    said = texts(history(POINTS, family()))
    for line in (
        "Kỳ họp thứ 5", "10/07/2013", "Tính trên tổng số đại biểu (60); văn bản số 35/2012/QH13",
        "Kỳ họp thứ 11", "10/12/2014", "Tính trên tổng số đại biểu (58); văn bản số 85/2014/QH13",
        "Kỳ họp thứ 17", "12/12/2023", "Tính trên tổng số phiếu thu về (50); văn bản số 96/2023/QH15",
    ):  # fmt: skip
        assert line in said, line


def test_each_round_of_a_history_fills_its_bar_and_has_its_own_lines() -> None:
    sheet = history(POINTS, family())
    rows: dict[float, list[tuple[float, float]]] = {}
    for left, right, y in boxes(sheet):
        rows.setdefault(y, []).append((left, right))
    assert len(rows) == 3
    assert all(pieces[-1][1] == pytest.approx(NAMES + BARS) for pieces in rows.values())
    assert lines(sheet) == [0.3333, 0.5] * 3
    assert texts(sheet).count("quá 1/2") == 3
    assert texts(sheet).count("quá 2/3") == 1
    assert texts(sheet).count("từ 2/3") == 2


def test_one_label_looks_the_same_in_all_rounds_of_a_history() -> None:
    """*Tín nhiệm* is the second of three in a rating and the first of two in a vote."""
    vote = HistoryPoint.under(load("NQ96_2023_VOTE"), label="Bỏ phiếu", date="2024-01-12", base=50, counts=(22, 28))
    sheet = history((vote, *POINTS), family())
    key = texts(sheet)[:6]
    assert key[:3] == ["Tín nhiệm cao", "Tín nhiệm", "Không có phiếu"]
    assert sorted(key[4:]) == ["Không tín nhiệm", "Tín nhiệm thấp"]
    hatched = [patch.get_hatch() for patch in sheet.figure.axes[0].patches if patch.get_x() == NAMES]  # type: ignore[attr-defined]
    assert hatched == ["////", "", "", ""]


def test_a_history_says_counts_and_shares_in_words() -> None:
    alt = history(POINTS, family()).alt
    assert "Kỳ họp thứ 17, 12/12/2023: Tín nhiệm cao 10 (20%), Tín nhiệm 5 (10%), Tín nhiệm thấp 34 (68%)." in alt


def test_a_history_of_one_round_or_of_a_base_of_zero_is_drawn() -> None:
    assert len(boxes(history(POINTS[:1], family()))) == 5
    nothing = replace(POINTS[2], base=0, levels=(("Tín nhiệm cao", 0), ("Tín nhiệm", 0), ("Tín nhiệm thấp", 0)), void=0)
    assert not boxes(history((nothing,), family()))
    assert not lines(history((nothing,), family()))


def test_counts_that_are_not_the_rules_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        HistoryPoint.under(NEW, label="", date="2023-12-12", base=3, counts=(1, 2))


# --- files -------------------------------------------------------------------------------------------------------


def saved() -> dict[str, tuple[bytes, bytes]]:
    (page,) = chart.pages(usual())
    return {
        "officials": chart.files(usual(), page, family()),
        "turnout": turnout_files(usual(), family()),
        "history": history_files("Nguyễn Thị Hường\nTrưởng Ban <Pháp chế>", POINTS, family()),
    }


def test_two_drawings_have_the_same_bytes() -> None:
    assert saved() == saved()


def test_files_have_a_title_a_description_and_no_date(tmp_path: Path) -> None:
    for name, (svg, png) in saved().items():
        drawing = ET.fromstring(svg)  # noqa: S314 (we wrote it ourselves)
        title, described = (str(drawing.findtext(f"{SVG}{tag}")) for tag in ("title", "desc"))
        assert described.startswith("Biểu đồ thanh"), name
        assert drawing.get("role") == "img"
        assert b"dc:date" not in svg
        with Image.open(io.BytesIO(png)) as picture:
            assert picture.width > 1000
            assert (picture.info["Title"], picture.info["Description"]) == (title, described)
    assert title == "Nguyễn Thị Hường. Trưởng Ban <Pháp chế>"


def test_a_long_title_stands_whole_above_a_chart_with_the_number_of_its_part() -> None:
    title = "Lấy phiếu tín nhiệm đối với người giữ chức vụ do Hội đồng nhân dân tỉnh bầu (1/4)"
    sheet = drawn(usual())
    lines_of_title = sheet.broken(title)
    sheet.title([*lines_of_title, "Hội đồng"], large=len(lines_of_title))
    assert len(lines_of_title) == 2
    assert " ".join(texts(sheet)[-3:-1]) == family().spell(title)
    assert chart.files(usual(), chart.pages(usual())[0], family())[1].startswith(b"\x89PNG")
