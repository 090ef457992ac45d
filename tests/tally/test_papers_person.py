"""The sheet for one official's personnel file: what it says of that person, and that it says nothing of any other.

Here live tests of the sheet. Never here: a comparison of people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest

from tally.outcome import Outcome
from tally.protocol.manifest import Block
from tally.report.documents import Papers, per_person
from tally.report.documents.person_sheet import make
from tests.tally.judged import UNANIMOUS, a_round, counted, officials
from tests.tally.some_papers import large, minutes, on_paper, papers, party_rating, state_rating, text, vote


def sheet(about: Papers, number: int) -> str:
    return text(partial(make, number=number), about)


def of(outcome: Outcome, number: int) -> str:
    return sheet(papers(outcome, minutes()), number)


@pytest.mark.parametrize("outcome", [state_rating, party_rating, vote])
def test_no_other_official_is_on_a_sheet(outcome: Callable[[], Outcome]) -> None:
    people = outcome().officials
    distinct = tuple(
        replace(row, official=replace(row.official, position=f"Chức vụ {row.number:02d}")) for row in people
    )
    about = papers(replace(outcome(), officials=distinct), minutes())
    for row in distinct:
        found = sheet(about, row.number)
        assert found.count(row.official.name) == 2
        others = [other.official for other in distinct if other is not row]
        assert [o.name for o in others if o.name in found or o.position in found] == []
        shares = (
            {share for other in distinct if other is not row for share in other.percent} - set(row.percent) - {"0%"}
        )
        assert [share for share in shares if f" {share}" in found] == []


def test_nobody_of_a_large_round_is_on_the_sheet_of_another() -> None:
    found = of(large(), 17)
    names = [row.official.name for row in large().officials]
    assert [name for name in names if name in found] == [names[16]]


def test_each_official_has_a_file_by_the_number_on_the_ballot() -> None:
    documents = per_person(papers(large()))
    assert [d.name for d in documents] == [f"phieu-ca-nhan-{n:02d}" for n in range(1, 45)]
    assert not any(d.signed for d in documents)


def test_the_sheet_has_counters_counts_percentages_and_their_base() -> None:
    found = of(state_rating(), 4)
    for line in (
        "PHIẾU KẾT QUẢ LẤY PHIẾU TÍN NHIỆM của Phạm Đức Trưởng", "Họ và tên Phạm Đức Trưởng",
        "Chức danh, chức vụ Trưởng Ban Pháp chế", "Đợt Lấy phiếu tín nhiệm năm 2026, Kỳ họp thứ 11, 09/12/2026",
        "Khối Khối Ủy ban nhân dân", "Căn cứ Nghị quyết số 96/2023/QH15",
        "Phát ra Thu về Hợp lệ Không hợp lệ 31 30 30 0", "Mức Số phiếu Tỷ lệ trên tổng số phiếu thu về",
        "Tín nhiệm cao 9 30% Tín nhiệm 2 6,67% Tín nhiệm thấp 16 53,33% Dòng không hợp lệ đối với người này 3 –",
        "Tỷ lệ tính trên tổng số phiếu thu về (30; khoản 3 Điều 19)", "chỉ làm mất hiệu lực của chính dòng đó.",
    ):  # fmt: skip
        assert line in found, line


@pytest.mark.parametrize(
    ("low", "over_half", "two_thirds", "words"),
    [
        (0, "0/30 Không", "0/30 Không", "không đạt ngưỡng nào phải xem xét theo văn bản số 96-QĐ/TW"),
        (15, "15/30 Không", "15/30 Không", "không đạt ngưỡng nào"),
        (16, "16/30 Có", "16/30 Không", "đưa ra khỏi quy hoạch các chức vụ cao hơn"),
        (20, "20/30 Có", "20/30 Có", "miễn nhiệm và bố trí công tác khác (thấp hơn)"),
        (30, "30/30 Có", "30/30 Có", "miễn nhiệm"),
    ],
)
def test_the_flags_are_integers_at_the_edge(low: int, over_half: str, two_thirds: str, words: str) -> None:
    manifest = a_round(Block("Khối", officials("Lê An")), rules="QD96_2023")
    found = of(counted(manifest, (30 - low, 0, low)), 1)
    assert f"Tín nhiệm thấp trên 1/2 tổng số phiếu thu về {over_half}" in found
    assert f"Tín nhiệm thấp từ 2/3 trở lên tổng số phiếu thu về {two_thirds}" in found
    assert words in found
    assert ("(Điều 11, văn bản số 96-QĐ/TW)" in found) is (low > 15)


def test_a_unanimous_result_has_the_neutral_sentence_and_only_that_one() -> None:
    assert UNANIMOUS in of(state_rating(), 2)
    assert UNANIMOUS not in of(state_rating(), 1)


def test_few_ballots_are_mentioned() -> None:
    outcome = counted(a_round(Block("Khối", officials("Lê An"))), (3, 2, 1), returned=6)
    assert "Chỉ có 6 phiếu thu về" in of(outcome, 1)


def test_a_second_place_is_put_beside_and_never_added() -> None:
    found = of(party_rating(), 1)
    assert "ở tối đa hai nơi" in found
    assert "Hội đồng nhân dân tỉnh Thanh Sơn" not in found
    assert "Tỉnh ủy Thanh Sơn, 09/12/2026 20 7 3 30 …" in found
    assert "không cộng số phiếu, không cộng tỷ lệ" in found


def test_where_all_posts_are_rated_at_once_there_is_no_room_for_a_second_place() -> None:
    found = of(state_rating(), 1)
    assert "được lấy phiếu một lần đối với tất cả các chức vụ đó (khoản 4 Điều 2, văn bản số 96/2023/QH15)." in found
    assert "không cộng số phiếu" not in found


def test_a_vote_has_two_lines_and_its_own_threshold() -> None:
    found = of(vote(), 1)
    assert "PHIẾU KẾT QUẢ BỎ PHIẾU TÍN NHIỆM" in found
    assert "Tín nhiệm 12 40% Không tín nhiệm 18 60%" in found
    assert "Không tín nhiệm trên 1/2 tổng số phiếu thu về 18/30 Có" in found


def test_percentages_of_all_delegates_are_said_to_be_so() -> None:
    outcome = counted(a_round(Block("Khối", officials("Lê An")), rules="NQ35_2012"), (20, 7, 3))
    found = of(outcome, 1)
    assert "Tỷ lệ trên tổng số đại biểu" in found
    assert "Tín nhiệm cao 20 58,82%" in found


def test_a_round_on_paper_has_sheets_with_its_invalid_ballots() -> None:
    outcome = counted(a_round(Block("Khối", officials("Lê An")), rules="QD96_2023"), (18, 5, 4))
    found = sheet(on_paper(outcome, invalid=2), 1)
    assert "31 30 28 2" in found
    assert "Dòng không hợp lệ đối với người này 1" in found
    assert "Hồ sơ c0de" not in found


def test_the_form_is_named_where_there_are_several() -> None:
    blocks = [Block("Khối", officials("Lê An"), "Phiếu số 1"), Block("Lãnh đạo", officials("Lê Bình"), "Phiếu số 2")]
    unlike = [replace(b, officials=tuple(replace(o, id=o.name) for o in b.officials)) for b in blocks]
    outcome = counted(a_round(*unlike), (20, 7, 3), (30, 0, 0))
    for (number, form), (_, other) in pairwise([(1, "Phiếu số 1"), (2, "Phiếu số 2"), (1, "Phiếu số 1")]):
        found = of(outcome, number)
        assert f"Loại phiếu {form}" in found
        assert other not in found
