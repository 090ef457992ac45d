"""What minutes say of the wait for complaints between close and count, and of the book of incidents.

Here lives the wording. Never here: a voter's name, or a judgement of what happened. SPEC 4.17; threats F9.
"""

from __future__ import annotations

from reportlab.platypus import Flowable, Spacer

from tally.protocol.incident import KINDS, Incident
from tally.protocol.minutes import Minutes
from tally.report.documents.paper_styles import PaperStyles, boxed, head_row
from tally.report.documents.papers import Papers
from tally.report.documents.parts import amount, lines_to_write_on, plain
from tally.report.words import say

WAITED = "Từ khi chốt hòm phiếu đến khi mở kết quả có ít nhất {minutes} phút để tra cứu mã theo dõi và khiếu nại."
ENDED = (
    "Thời gian {minutes} phút để tra cứu mã theo dõi và khiếu nại, từ khi chốt hòm phiếu đến khi mở kết quả, được "
    "kết thúc sớm theo thống nhất của {first} và {second}; lý do: {reason}."
)
NOT_WAITED = "Không dành thời gian để tra cứu mã theo dõi và khiếu nại từ khi chốt hòm phiếu đến khi mở kết quả."
BOOK = "Sổ sự cố có {count} mục:"
NO_INCIDENTS = "Sổ sự cố không có mục nào."
BOOK_BLANK = "Sự cố (giờ, việc xảy ra, cách giải quyết):"
HEADS = ("Giờ", "Loại việc", "Việc xảy ra", "Cách giải quyết")
WIDTHS = (0.1, 0.2, 0.4, 0.3)
OPEN = "Chưa giải quyết"


def waited(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return how long anybody could complain before the count; nothing in a draft, or of a round on paper."""
    if papers.minutes is None or not papers.electronic:
        return []
    return [styles.para(_waited(papers.minutes))]


def _waited(minutes: Minutes) -> str:
    window = minutes.window
    if not window.minutes:
        return NOT_WAITED
    if not window.ended_by:
        return WAITED.format(minutes=amount(window.minutes))
    first, second = window.ended_by
    reason = window.reason.rstrip(".")
    return ENDED.format(minutes=amount(window.minutes), first=first, second=second, reason=reason)


def book(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the entries of the book in their order, that there is none, or lines to write on in a draft."""
    if papers.minutes is None:
        return [styles.para(BOOK_BLANK), *lines_to_write_on(styles)]
    entries = papers.minutes.incidents
    if not entries:
        return [styles.para(NO_INCIDENTS)]
    rows = [_row(entry, styles) for entry in entries]
    table = boxed([head_row(HEADS, styles)], rows, WIDTHS, styles)
    return [styles.para(BOOK.format(count=plain(len(entries)))), table, Spacer(1, 6)]


def _row(entry: Incident, styles: PaperStyles) -> list[Flowable]:
    cells = (entry.time, say(KINDS[entry.kind]), entry.text, entry.settled or OPEN)
    return [styles.sized(text, styles.cell, styles.cell_small) for text in cells]
