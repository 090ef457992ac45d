"""Lists of people: who is rated and who is not, and whose result has a consequence by law.

Here live tests of what the lists say, and of what they leave out. Never here: arithmetic of thresholds.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tally.outcome import Outcome
from tally.protocol.manifest import Block, Exempt
from tally.report.documents import exempt_list, follow_up
from tests.tally.judged import a_round, counted, in_two_forms, officials
from tests.tally.some_papers import (
    EXEMPT,
    PARTY_BODY,
    large,
    made,
    minutes,
    on_paper,
    pages,
    papers,
    party_rating,
    state_rating,
    text,
    vote,
)  # fmt: skip

RESIGN = "có thể xin từ chức; nếu không từ chức thì cơ quan thường trực trình bỏ phiếu tín nhiệm"
REMOVE = "trình miễn nhiệm, phê chuẩn việc miễn nhiệm"


def exempt(outcome: Outcome) -> str:
    return text(exempt_list.make, papers(outcome, minutes()))


def followed(outcome: Outcome) -> str:
    return text(follow_up.make, papers(outcome, minutes()))


def with_low(*low: int, rules: str = "NQ96_2023", returned: int = 30) -> Outcome:
    """Officials A, B, … with these numbers of low marks, the rest high."""
    names = [f"Người {chr(65 + i)}" for i in range(len(low))]
    manifest = a_round(Block("Khối", officials(*names)), rules=rules)
    return counted(manifest, *[(returned - n, 0, n) for n in low], returned=returned)


# --- who is rated, who is not -------------------------------------------------------------------------------------


def test_each_exempt_person_has_a_reason_and_its_source() -> None:
    found = exempt(state_rating())
    for line in (
        "DANH SÁCH người được lấy phiếu tín nhiệm và người không lấy phiếu tín nhiệm Lấy phiếu tín nhiệm năm 2026",
        "Căn cứ Nghị quyết số 96/2023/QH15", "I. NGƯỜI ĐƯỢC LẤY PHIẾU TÍN NHIỆM Có 04 người",
        "Khối Hội đồng nhân dân 1 Nguyễn Thị Hường Trưởng Ban Pháp chế 2 Đỗ Quỳnh Ẩn",
        "II. NGƯỜI KHÔNG LẤY PHIẾU TÍN NHIỆM Có 01 người",
        "1 Hồ Văn Ngoại Trưởng Ban Dân tộc Được bầu trong năm lấy phiếu khoản 5 Điều 2",
        "- Đã có thông báo nghỉ hưu, nghỉ công tác chờ nghỉ hưu (khoản 5 Điều 2);",
        "- Được bầu, bổ nhiệm, phê chuẩn trong năm lấy phiếu (khoản 5 Điều 2).",
        "niêm phong cùng bản kê của đợt", "Thanh Sơn, ngày 09 tháng 12 năm 2026",
    ):  # fmt: skip
        assert line in found, line


def test_the_list_says_plainly_that_nobody_is_exempt() -> None:
    found = exempt(party_rating())
    assert "Không có người nào giữ chức vụ thuộc diện lấy phiếu tín nhiệm mà không được lấy phiếu" in found
    assert "TỈNH ỦY THANH SƠN * ĐẢNG CỘNG SẢN VIỆT NAM" in found


def test_a_reason_without_a_source_says_so_and_rules_without_cases_too() -> None:
    one = Exempt("Lê Văn Hữu", "Trưởng Ban", "Đang điều trị dài ngày", "")
    found = exempt(counted(a_round(Block("Khối", officials("Lê An")), rules="QD262_2014", exempt=(one,)), (10, 5, 15)))
    assert "Đang điều trị dài ngày Không ghi" in found
    assert "Văn bản số 262-QĐ/TW không nêu sẵn trường hợp nào" in found


def test_people_stand_under_their_forms_and_blocks_in_ballot_order() -> None:
    found = exempt(in_two_forms())
    at = 0
    for line in (
        "PHIẾU SỐ 1: HỘI ĐỒNG NHÂN DÂN", "Khối Hội đồng nhân dân", "Nguyễn Thị Hường", "Lãnh đạo", "Đỗ Quỳnh Ẩn",
        "PHIẾU SỐ 2: ỦY BAN NHÂN DÂN", "Lãnh đạo", "Lưỡng Vỹ Sửu", "Phạm Đức Trưởng",
    ):  # fmt: skip
        at = found.index(line, at) + len(line)


def test_a_list_of_forty_four_repeats_its_head_on_each_page() -> None:
    found = pages(made(exempt_list.make, papers(large())))
    assert len(found) > 1
    assert sum("TT Họ và tên Chức danh, chức vụ" in page for page in found) >= len(found) - 1
    assert all(row.official.name in " ".join(found) for row in large().officials)


def test_a_list_of_a_round_on_paper_claims_no_sealed_manifest() -> None:
    found = text(exempt_list.make, on_paper(state_rating()))
    assert "Hồ Văn Ngoại" in found
    assert "niêm phong cùng bản kê" not in found


def test_a_vote_is_not_called_a_rating() -> None:
    found = exempt(vote())
    assert "người được đưa ra bỏ phiếu tín nhiệm và người không đưa ra bỏ phiếu tín nhiệm" in found
    assert "lấy phiếu" not in found.replace("về việc lấy phiếu tín nhiệm, bỏ phiếu tín nhiệm", "")


# --- whose result has a consequence -------------------------------------------------------------------------------


def test_whoever_reached_a_threshold_is_listed_with_what_the_law_says() -> None:
    found = followed(state_rating())
    for line in (
        "DANH SÁCH THEO DÕI sau lấy phiếu tín nhiệm, gửi cấp có thẩm quyền quản lý cán bộ", "Kính gửi: …",
        "Số phiếu phát ra: 31; thu về: 30; tỷ lệ tính trên tổng số phiếu thu về (30).", "Có 02 người",
        "3 Lưỡng Vỹ Sửu Trưởng Ban Pháp chế Tín nhiệm thấp: 20, chiếm 66,67% tổng số phiếu thu về", REMOVE,
        "4 Phạm Đức Trưởng Trưởng Ban Pháp chế Tín nhiệm thấp: 16, chiếm 53,33% tổng số phiếu thu về", RESIGN,
        "(Điều 12, văn bản số 96/2023/QH15)", "Thời hạn: …", "Ý kiến của cấp quản lý: …",
        "việc xem xét, quyết định thuộc cấp có thẩm quyền", "Nơi nhận: - Như trên; - Lưu.",
    ):  # fmt: skip
        assert line in found, line
    assert "Nguyễn Thị Hường" not in found
    assert "Đỗ Quỳnh Ẩn" not in found


def test_the_list_says_plainly_that_nobody_is_on_it() -> None:
    found = followed(with_low(15, 0))
    assert "Không có người nào có kết quả thuộc trường hợp phải xem xét" in found
    assert "Danh sách không có tên ai." in found
    assert "Người A" not in found


@pytest.mark.parametrize(
    ("low", "present", "absent"),
    [(15, "không có tên ai", RESIGN), (16, RESIGN, REMOVE), (19, RESIGN, REMOVE), (20, REMOVE, RESIGN)],
)
def test_the_list_follows_integers_at_the_edge(low: int, present: str, absent: str) -> None:
    """Exactly 1/2 has no consequence; exactly 2/3 has that of two thirds alone."""
    found = followed(with_low(low))
    assert present in found
    assert absent not in found


def test_a_vote_may_follow_only_from_the_threshold_that_decides() -> None:
    trigger = "Căn cứ để xem xét bỏ phiếu tín nhiệm: quá nửa đến dưới 2/3"
    assert trigger in followed(with_low(16))
    assert trigger not in followed(with_low(20))


def test_an_earlier_result_is_asked_for_where_it_counts() -> None:
    found = followed(with_low(18, rules="NQ35_2012", returned=34))
    assert "Cần đối chiếu với kết quả lần trước: hai năm liên tiếp có quá nửa" in found
    assert "chiếm 52,94% tổng số đại biểu" in found


def test_people_are_listed_as_on_the_ballot_and_not_ranked() -> None:
    found = followed(with_low(16, 3, 29, 18))
    assert "xếp theo thứ tự trên phiếu" in found
    assert found.index("1 Người A") < found.index("3 Người C") < found.index("4 Người D")
    for word in ("cao nhất", "thấp nhất", "xếp hạng", "đứng đầu", "kém"):
        assert word not in found


def test_a_vote_is_followed_up_too_and_on_paper() -> None:
    found = text(follow_up.make, on_paper(vote()))
    assert "sau bỏ phiếu tín nhiệm" in found
    assert "Không tín nhiệm: 18, chiếm 60% tổng số phiếu thu về" in found
    assert "Phạm Đức Trưởng" not in found


def test_the_longest_rules_are_printed_whole() -> None:
    outcome = with_low(20, rules="QD96_2023")
    row = outcome.officials[0]
    assert row.deciding
    long = replace(row.deciding, words="Ư" * 2000, consequence="Ơ" * 2000)
    person = replace(row.official, name="W" * 400, position="Đ" * 400)
    found = followed(replace(outcome, officials=(replace(row, deciding=long, official=person),))).replace(" ", "")
    for letter, most in (("Ư", 2000), ("Ơ", 1999), ("W", 400), ("Đ", 400)):
        assert found.count(letter) >= most, letter


def test_a_draft_says_so_and_has_dots_for_place_and_recipients() -> None:
    found = text(follow_up.make, papers(party_rating()))
    assert "DỰ THẢO" in found
    assert "………, ngày 09 tháng 12 năm 2026" in found
    assert PARTY_BODY.upper() in found
    assert EXEMPT.name not in found
