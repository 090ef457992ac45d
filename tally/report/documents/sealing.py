"""Biên bản niêm phong, bàn giao: what is sealed after a count, on which medium, and who hands it to whom.

Here lives the document, with dots where people write. Never here: a field for an electronic signature (it is signed
with a pen, beside the seals), or a period of retention, which is the body's own.
"""

from __future__ import annotations

from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, LongTable, Spacer

from tally.report.documents import proof
from tally.report.documents.by_hand import Hand, places_to_sign
from tally.report.documents.letterhead import COMMITTEE, letterhead
from tally.report.documents.paper_styles import PaperStyles, boxed, head_row, styles_of
from tally.report.documents.papers import Papers
from tally.report.documents.parts import amount, dots, plain, title_block
from tally.report.documents.rating_words import finished
from tally.report.typeface import Typeface

NAME = "Biên bản niêm phong, bàn giao"
SYMBOL = ("BB", "BKP")
TITLE = "Biên bản"
ABOUT = "niêm phong, bàn giao tài liệu kiểm phiếu"
TODAY = "Hôm nay, hồi {blank} giờ {blank} phút, tại {where}, chúng tôi gồm:"
GIVES = "Bên giao: Ban kiểm phiếu, gồm:"
TAKES, SEES = "Bên nhận (họ tên, chức vụ): {dots}", "Người chứng kiến (họ tên, chức vụ): {dots}"
THINGS, CODES, KEEPING = "1. Tài liệu được niêm phong, bàn giao", "2. Mã của hồ sơ", "{number}. Lưu giữ"
HEADS = ("TT", "Tài liệu", "Số lượng", "Số niêm phong")
MEDIUM = "Bên nhận đã so mã trên phương tiện lưu hồ sơ với các mã này: {dots} (khớp, không khớp)."
KEEP = (
    "Nơi lưu giữ và thời hạn lưu giữ theo quy định của cơ quan, tổ chức: {dots}. Chỉ mở niêm phong khi có quyết định "
    "của cấp có thẩm quyền; mỗi lần mở có người chứng kiến và lập biên bản."
)
KEYS = "Phần khóa của từng thành viên Ban kiểm phiếu không nằm trong hồ sơ và không bàn giao cho ai."
CLOSED = "Biên bản lập thành {copies} bản có giá trị như nhau, đã đọc lại cho mọi người cùng nghe và thống nhất ký tên."
SHEETS, SLIPS, ENVELOPES, SPOILED, PRINTS, SIGNED, DISK, SPARE = (
    "Danh sách người dự có chữ ký nhận thẻ",
    "Thẻ đã dùng, lấy từ thùng thẻ",
    "Phong bì thẻ không dùng đến, đã mở và hủy",
    "Thẻ hỏng đã thu lại và hủy",
    "Bản in: bản kê niêm phong, báo cáo hòm phiếu trống, tờ chốt hòm phiếu",
    "Biên bản kiểm phiếu và báo cáo kết quả, bản giấy",
    "Phương tiện lưu hồ sơ (USB), số {dots}",
    "Phiếu giấy dự phòng đã in, không dùng đến",
)
ATTENDANCE, VALID, INVALID, CHANGED, UNUSED = (
    "Danh sách người dự có chữ ký nhận phiếu",
    "Phiếu hợp lệ",
    "Phiếu không hợp lệ",
    "Phiếu hỏng đã đổi",
    "Phiếu không dùng đến",
)
BLANK = dots(3)


def make(papers: Papers, face: Typeface) -> bytes:
    """Return the document, for a round with a record or on paper."""
    styles = styles_of(papers, face)
    story: list[Flowable] = [
        *letterhead(papers, styles, symbol=SYMBOL, unit=COMMITTEE),
        *title_block(TITLE, f"{ABOUT}\n{papers.outcome.round.title}", styles),
        *_people(papers, styles),
        styles.para(THINGS, styles.section),
        _things(papers, styles),
        *_codes(papers, styles),
        *_keeping(papers, styles),
        *places_to_sign(Hand("Đại diện bên nhận"), Hand("Đại diện bên giao"), styles, above=_closed(papers, styles)),
        *places_to_sign([], Hand("Người chứng kiến"), styles),
    ]
    return finished(papers, f"{TITLE} {ABOUT}", story, face)


def _people(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    minutes = papers.minutes
    where = ", ".join(part for part in (minutes.room, minutes.place) if part) if minutes else dots(9)
    members = [f"- {m.name}, {m.role}" if m.role else f"- {m.name}" for m in papers.members]
    return [
        styles.para(TODAY.format(blank=BLANK, where=where)),
        styles.para(GIVES),
        *(styles.para(line, styles.item) for line in members or [f"- {dots(24)}"] * 3),
        styles.para(TAKES.format(dots=dots(17)), styles.item),
        styles.para(SEES.format(dots=dots(13)), styles.item),
    ]


def _things(papers: Papers, styles: PaperStyles) -> LongTable:
    things = _electronic(papers) if papers.electronic else _paper(papers)
    rows = [_thing(number, *thing, styles) for number, thing in enumerate(things, start=1)]
    return boxed([head_row(HEADS, styles)], rows, (0.08, 0.47, 0.25, 0.2), styles)


def _thing(number: int, name: str, count: str, styles: PaperStyles) -> list[Any]:
    return [
        styles.para(str(number), styles.middle),
        styles.para(name, styles.cell),
        styles.para(count, styles.cell),
        styles.para(dots(6), styles.middle),
    ]


def _electronic(papers: Papers) -> list[tuple[str, str]]:
    minutes, slips = papers.minutes, papers.slips
    paper = minutes.paper if minutes else None
    signatures = plain(paper.signatures) if paper else BLANK
    used = plain(paper.slips_in_box) if paper and paper.slips_counted else BLANK
    return [
        (SHEETS, f"{BLANK} tờ, {signatures} chữ ký"),
        (SLIPS, f"{used} thẻ"),
        (ENVELOPES, f"{plain(paper.envelopes_left) if paper else BLANK} phong bì"),
        (SPOILED, f"{plain(slips.spoiled) if slips else BLANK} thẻ"),
        (PRINTS, f"{BLANK} tờ"),
        (SIGNED, f"{BLANK} bản"),
        (DISK.format(dots=dots(6)), f"{BLANK} chiếc"),
        (SPARE, f"{BLANK} phiếu"),
    ]


def _paper(papers: Papers) -> list[tuple[str, str]]:
    ballots = papers.outcome.ballots
    return [
        (ATTENDANCE, f"{BLANK} tờ"),
        (VALID, f"{plain(ballots.valid)} phiếu"),
        (INVALID, f"{plain(ballots.invalid)} phiếu"),
        (CHANGED, f"{BLANK} phiếu"),
        (UNUSED, f"{BLANK} phiếu"),
        (SIGNED, f"{BLANK} bản"),
    ]


def _codes(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    codes = proof.hashes(papers, styles)
    if not codes:
        return []
    return [
        CondPageBreak(150),
        styles.para(CODES, styles.section),
        *codes,
        Spacer(1, 4),
        styles.para(MEDIUM.format(dots=dots(6))),
    ]


def _keeping(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    return [
        styles.para(KEEPING.format(number=3 if papers.electronic else 2), styles.section),
        styles.para(KEEP.format(dots=dots(16))),
        *([styles.para(KEYS)] if papers.electronic else []),
    ]


def _closed(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    copies = amount(papers.minutes.copies) if papers.minutes else BLANK
    return [styles.para(CLOSED.format(copies=copies))]
