"""The ballot on paper: what stands on it, that all sheets are alike, and that a delegate of seventy can read it.

Here live tests of the sheet to vote on. Never here: a count of such sheets (test_paper.py).
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tally.outcome import Outcome
from tally.protocol.manifest import Block, Policy
from tally.report import family
from tally.report.documents.paper_ballot import before_count, make, make_specimen
from tests.builders import Round
from tests.commands import DONE, REFUSED, run
from tests.tally.judged import HOSTILE, a_round, counted, in_two_forms, officials
from tests.tally.some_papers import (
    PARTY_BODY,
    large,
    made,
    minutes,
    on_paper,
    pages,
    papers,
    party_rating,
    state_rating,
    vote,
)
from tests.tally.some_papers import text as text_of

MAY_SIGN = "NGƯỜI GHI PHIẾU (Có thể ký hoặc không ký)"
ROUNDS: tuple[Callable[[], Outcome], ...] = (state_rating, party_rating, vote, large)


def text(outcome: Outcome) -> str:
    return text_of(make, papers(outcome))


def boxes(pdf: bytes) -> Counter[str]:
    """The empty squares of a ballot by what a screen reader says of them."""

    def walk(node: Any) -> Iterator[str]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for kid in node:
                yield from walk(kid)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                yield str(node["/Alt"])
            yield from walk(node.get("/K", []))

    return Counter(walk(PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]))


def sizes(pdf: bytes) -> set[float]:
    """The sizes of all letters."""
    found: set[float] = set()

    def see(part: str, _cm: Any, _tm: Any, _font: Any, size: float) -> None:
        if part.strip():
            found.add(size)

    for page in PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=see)
    return found


def test_a_party_ballot_has_all_that_the_regulation_wants() -> None:
    found = text(party_rating())
    for line in (
        "TỈNH ỦY THANH SƠN", "ĐẢNG CỘNG SẢN VIỆT NAM", "(Đóng dấu treo)", "PHIẾU TÍN NHIỆM",
        "Lấy phiếu tín nhiệm năm 2026 Hội nghị lần thứ 12", "Ngày 09 tháng 12 năm 2026",
        "TT Họ và tên Chức danh, chức vụ Tín nhiệm cao Tín nhiệm Tín nhiệm thấp", "Ban Thường vụ",
        "1 Nguyễn Thị Hường Trưởng Ban Pháp chế", "4 Phạm Đức Trưởng", "đánh dấu X vào một ô",
        "Mỗi người chỉ đánh dấu một ô", "Không gạch tên người đã in trong phiếu, không ghi thêm tên người khác",
        "chỉ làm mất hiệu lực của chính dòng đó.", "phiếu không do ban kiểm phiếu phát ra; phiếu gạch tên người đã in",
        "đổi phiếu khác", MAY_SIGN,
    ):  # fmt: skip
        assert line in found, line
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA" not in found


def test_a_state_ballot_has_its_own_head_and_no_place_to_sign() -> None:
    found = text(state_rating())
    for line in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "PHIẾU LẤY PHIẾU TÍN NHIỆM",
        "Khối Hội đồng nhân dân", "Khối Ủy ban nhân dân", "phiếu không có dấu của cơ quan tổ chức lấy phiếu",
    ):  # fmt: skip
        assert line in found, line
    assert "NGƯỜI GHI PHIẾU" not in found


@pytest.mark.parametrize("rules", ["NQ96_2023_VOTE", "QD96_2023_VOTE"])
def test_a_vote_has_two_choices_and_nobody_signs(rules: str) -> None:
    found = text(vote(rules))
    assert "PHIẾU BỎ PHIẾU TÍN NHIỆM" in found
    assert "Chức danh, chức vụ Tín nhiệm Không tín nhiệm" in found
    assert "NGƯỜI GHI PHIẾU" not in found
    assert boxes(made(make, papers(vote(rules)))) == {"Ô trống: Tín nhiệm": 2, "Ô trống: Không tín nhiệm": 2}


def test_a_known_place_stands_in_the_head() -> None:
    found = text_of(make, papers(state_rating(), minutes()))
    assert "Thanh Sơn, ngày 09 tháng 12 năm 2026" in found
    assert "Ngày 09" not in found


@pytest.mark.parametrize("outcome", ROUNDS)
def test_each_official_has_one_box_for_each_level(outcome: Callable[[], Outcome]) -> None:
    levels = [level.label for level in outcome().round.rules.levels]
    assert boxes(made(make, papers(outcome()))) == {f"Ô trống: {label}": len(outcome().officials) for label in levels}


# --- all sheets are alike (domain.md 5.1) -------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ROUNDS)
def test_nothing_of_the_count_or_the_record_is_on_a_ballot(outcome: Callable[[], Outcome]) -> None:
    rows = tuple(replace(row, counts=(0,) * len(row.counts), met=(), deciding=None) for row in outcome().officials)
    other = replace(papers(replace(outcome(), officials=rows, base=1)), record_hash="beef" * 16, members=(), slips=None)
    assert make(other, family()) == make(papers(outcome()), family()) == make(on_paper(outcome()), family())


def test_no_number_tells_two_sheets_apart() -> None:
    found = text(large())
    assert "Hồ sơ" not in found
    assert re.findall(r"[0-9a-f]{4} [0-9a-f]{4}|\d{5,}", found) == []
    numbers = [int(number) for number in re.findall(r"\b\d{1,2}\b(?!/)", found)]
    assert set(numbers) <= set(range(1, 45))
    assert re.search(r"Số\b", text(party_rating())) is None


def test_a_ballot_before_the_count_is_the_one_after_it() -> None:
    block = Block("Khối", officials("Nguyễn Thị Hường", "Đỗ Quỳnh Ẩn"))
    manifest = a_round(block)
    assert make(before_count(manifest), family()) == make(papers(counted(manifest, (20, 7, 3), (30, 0, 0))), family())


def test_a_specimen_says_so_on_each_page_and_is_else_the_same() -> None:
    ballot, specimen = pages(made(make, papers(large()))), pages(made(make_specimen, papers(large())))
    assert len(ballot) == len(specimen) > 1
    assert [page.replace("MẪU", "", 1).strip() for page in specimen] == ballot
    assert not any("MẪU" in page for page in ballot)


def test_a_ballot_of_a_rehearsal_says_so() -> None:
    outcome = counted(a_round(Block("Khối", officials("Lê An")), rehearsal=True), (10, 5, 15))
    assert text(outcome).count("DIỄN TẬP – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ") == 2
    assert text_of(make_specimen, papers(outcome)).count("DIỄN TẬP") == 1  # the band; across it stands MẪU


# --- several forms, many officials, long texts --------------------------------------------------------------------


def test_each_form_has_a_sheet_of_its_own() -> None:
    first, second = pages(made(make, papers(in_two_forms())))
    one, two = "Phiếu số 1: Hội đồng nhân dân", "Phiếu số 2: Ủy ban nhân dân"
    for page, form, name in ((first, one, "Đỗ Quỳnh Ẩn"), (second, two, "Phạm Đức Trưởng")):
        assert page.count(form) == 1
        assert page.count("PHIẾU LẤY PHIẾU TÍN NHIỆM") == page.count("(Đóng dấu treo)") == page.count(name) == 1
        assert "Cách ghi phiếu" in page
    assert "Phạm Đức Trưởng" not in first
    assert "Đỗ Quỳnh Ẩn" not in second


def test_pages_are_numbered_for_each_sheet_and_only_where_there_are_several() -> None:
    many = Block("A", officials(*(f"Người thứ {i}" for i in range(30))), "Phiếu số 1")
    one = Block("B", tuple(replace(o, id="b") for o in officials("Lê An")), "Phiếu số 2")
    found = pages(made(make, papers(counted(a_round(many, one), *[(20, 7, 3)] * 31))))
    assert [re.findall(r"Trang (\d/\d)", page) for page in found] == [["1/2"], ["2/2"], []]


def test_forty_four_officials_are_readable_and_no_row_is_broken() -> None:
    found = pages(made(make, papers(large())))
    assert len(found) <= 6
    for page in found:
        assert "Họ và tên Chức danh, chức vụ Tín nhiệm cao Tín nhiệm Tín nhiệm thấp" in page
    names = [row.official.name for row in large().officials]
    post = large().officials[0].official.position
    for number, name in enumerate(names, start=1):
        assert sum(f"{number} {name} {post}" in page for page in found) == 1, name


@pytest.mark.parametrize("outcome", ROUNDS)
def test_no_letter_is_smaller_than_twelve_points(outcome: Callable[[], Outcome]) -> None:
    assert min(sizes(made(make, papers(outcome())))) >= 12


def test_the_longest_permitted_texts_are_printed_whole() -> None:
    form = Block("M" * 2000, officials("W" * 400, "Đ" * 400, position="Ơ" * 400), "Ô" * 400)
    found = text(counted(a_round(form, policy=Policy(5, secrecy="Ỹ" * 40)), *[(20, 7, 3)] * 2)).replace(" ", "")
    for letter, most in (("M", 2000), ("W", 400), ("Đ", 400), ("Ơ", 800), ("Ô", 400), ("Ỹ", 40)):
        assert found.count(letter) >= most, letter


def test_texts_that_try_to_be_markup_are_printed_as_they_are() -> None:
    manifest = a_round(Block("<i>Khối</i>", officials(*HOSTILE)), body=f"{PARTY_BODY} <br/>")
    found = text(counted(manifest, *[(20, 7, 3)] * len(HOSTILE))).replace(" ", "")
    for hostile in (*HOSTILE, "<i>Khối</i>", "<BR/>"):
        assert hostile.replace(" ", "") in found


@pytest.mark.parametrize("outcome", ROUNDS)
def test_the_text_is_composed(outcome: Callable[[], Outcome]) -> None:
    assert unicodedata.is_normalized("NFC", text(outcome()))


# --- the command --------------------------------------------------------------------------------------------------


def test_a_sealed_round_can_be_printed_before_there_is_any_record(round_: Round, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_bytes(round_.manifest.raw)
    done = run("tally", "ballot-paper", manifest, tmp_path / "in")
    assert done.code == DONE, done.output
    written = (tmp_path / "in" / "phieu-tin-nhiem.pdf").read_bytes()
    assert written == make(before_count(round_.manifest), family())
    assert "MẪU" in " ".join(pages((tmp_path / "in" / "phieu-tin-nhiem-mau.pdf").read_bytes()))


def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(b"{}")
    assert run("tally", "ballot-paper", tmp_path / "manifest.json", tmp_path / "in").code == REFUSED
    assert not (tmp_path / "in").exists()
