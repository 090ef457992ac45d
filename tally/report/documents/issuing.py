"""Bảng tổng hợp người dự và cấp thẻ: who was there, what each issuer says it signed, what became of the slips.

Here lives the document. Never here: who received which slip, which no file knows; or a vote.

Every number is printed even when zero. Source: SPEC 4.7, 4.17, 5.18; threats A19, 5.6.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import CondPageBreak, Flowable, LongTable, Spacer

from tally.protocol.minutes import Absent
from tally.report import words
from tally.report.documents import proof, sitting
from tally.report.documents.by_hand import Hand, places_to_sign
from tally.report.documents.counters import pairs
from tally.report.documents.letterhead import letterhead
from tally.report.documents.paper_styles import PaperStyles, boxed, head_row, styles_of
from tally.report.documents.papers import Papers
from tally.report.documents.parts import dots, plain, title_block
from tally.report.documents.rating_words import finished
from tally.report.typeface import Typeface
from tally.report.words import say
from tally.slips import MOST_NAMED, SlipCounts

NAME = "Bảng tổng hợp người dự và cấp thẻ"
TITLE = "Bảng tổng hợp"
ABOUT = "người dự và cấp thẻ bỏ phiếu"
PEOPLE, ISSUING, USE, PAPER, TESTS = (
    "1. Người dự",
    "2. Cấp thẻ, theo bản kê của từng bên cấp",
    "3. Sử dụng thẻ",
    "4. Số đếm trên giấy",
    "5. Kiểm tra máy",
)
ELIGIBLE = "Số người có tên trong danh sách bỏ phiếu"
NOBODY_ABSENT = "Không có người vắng mặt."
NOT_NAMED = "Người vắng mặt chưa được ghi tên: {count}."
ABSENT_HEADS = ("TT", "Người vắng mặt", "Lý do")
ISSUER_HEADS = (
    "Bên cấp thẻ", "Người được cấp tại bàn", "Cấp lại", "Phong bì", "Không giao được", "Thẻ trong danh sách",
)  # fmt: skip
ISSUER_NOTE = (
    "Thẻ trong danh sách = người được cấp tại bàn + cấp lại + phong bì − không giao được. Mỗi bên ký bản kê riêng "
    "và mỗi thẻ có chữ ký của mọi bên, nên các số ở cột cuối phải bằng nhau."
)
LISTED, SPOILED, UNUSED = "Thẻ trong danh sách", "Đã hủy vì hỏng", "Đã hủy vì phong bì không dùng đến"
ALL_TESTS, UNNAMED, OTHERS, TERMINAL = "Tổng số lần kiểm tra", "Máy không ghi tên", "Các máy khác", "Máy {name}"
ROOM_FOR_A_SECTION = 120
FIRST, SECOND = "Người đếm và nhập thứ nhất", "Người đếm và nhập thứ hai"


def needed(papers: Papers) -> bool:
    """Say whether the round has this document: on paper no slips are issued."""
    return papers.slips is not None


def make(papers: Papers, face: Typeface) -> bytes:
    """Return the document. Raises ValueError for a round on paper, which issues no slips."""
    slips = papers.slips
    if slips is None:
        raise ValueError("a round on paper has no slips")
    styles = styles_of(papers, face)
    facts = papers.outcome.round
    story: list[Flowable] = [
        *letterhead(papers, styles),
        *title_block(TITLE, f"{ABOUT}\n{facts.title}", styles),
        *_section(PEOPLE, _people(papers, styles), styles),
        *_section(ISSUING, [_issuers(slips, styles), Spacer(1, 4), styles.para(ISSUER_NOTE, styles.small)], styles),
        *_section(USE, [pairs(_use(papers, slips), styles)], styles),
        *_section(PAPER, _paper(papers, styles), styles),
        *_section(TESTS, [pairs(list(_tests(slips)), styles)], styles),
        *_hands(papers, styles),
    ]
    return finished(papers, f"{TITLE} {ABOUT}", story, face)


def _section(name: str, content: list[Flowable], styles: PaperStyles) -> list[Flowable]:
    return [CondPageBreak(ROOM_FOR_A_SECTION), styles.para(name, styles.section), *content]


def _people(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    total, summoned, *came = sitting.presence(papers)
    rows = [total, summoned, (ELIGIBLE, plain(papers.outcome.round.voters)), *came]
    found = [pairs(rows, styles), Spacer(1, 4)]
    if papers.minutes is None:
        return [*found, _absent((Absent(dots(12), dots(16)),) * 3, styles)]
    return [*found, styles.para(sitting.quorum(papers, papers.minutes)), *_missing(papers, styles)]


def _missing(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the absent people with their reasons, and how many of them nobody has named."""
    if papers.minutes is None:
        return []
    absent = papers.minutes.absent
    unnamed = papers.outcome.ballots.summoned - papers.minutes.present - len(absent)
    table = [_absent(absent, styles), Spacer(1, 4)] if absent else []
    if unnamed > 0:
        return [*table, styles.para(NOT_NAMED.format(count=plain(unnamed)))]
    return table or [styles.para(NOBODY_ABSENT)]


def _absent(people: tuple[Absent, ...], styles: PaperStyles) -> LongTable:
    rows = [
        [
            styles.para(str(number), styles.middle),
            styles.sized(one.name, styles.cell, styles.cell_small),
            styles.sized(one.reason or sitting.NO_REASON, styles.cell, styles.cell_small),
        ]
        for number, one in enumerate(people, start=1)
    ]
    return boxed([head_row(ABSENT_HEADS, styles)], rows, (0.08, 0.42, 0.5), styles)


def _issuers(slips: SlipCounts, styles: PaperStyles) -> LongTable:
    columns = zip(slips.issuers, slips.issued, slips.reissued, slips.envelopes, slips.undelivered, strict=True)
    rows = [
        [
            styles.para(name, styles.strong),
            *(styles.para(plain(n), styles.middle) for n in (i, r, e, u, i + r + e - u)),
        ]
        for name, i, r, e, u in columns
    ]
    return boxed([head_row(ISSUER_HEADS, styles)], rows, (0.25, 0.17, 0.12, 0.14, 0.16, 0.16), styles)


def _use(papers: Papers, slips: SlipCounts) -> list[tuple[str, str]]:
    ballots = papers.outcome.ballots
    numbers = (
        (LISTED, ballots.issued + slips.spoiled + slips.unused),
        (SPOILED, slips.spoiled),
        (UNUSED, slips.unused),
        (say(words.ISSUED), ballots.issued),
        (say(words.RETURNED), ballots.returned),
        (say(words.NOT_RETURNED), ballots.not_returned),
    )
    return [(name, plain(number)) for name, number in numbers]


def _paper(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    said = papers.comparison.sentence if papers.comparison else ""
    return [*proof.paper_counts(papers, styles), Spacer(1, 4), *([styles.para(said, styles.emphasis)] if said else [])]


def _tests(slips: SlipCounts) -> Iterator[tuple[str, str]]:
    yield ALL_TESTS, plain(sum(slips.tests.values()))
    for name, number in list(slips.tests.items())[:MOST_NAMED]:
        yield TERMINAL.format(name=name) if name else UNNAMED, plain(number)
    if slips.others:
        yield OTHERS, plain(slips.others)


def _hands(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    first, second = papers.minutes.paper.typed_by if papers.minutes else ("", "")
    return places_to_sign(Hand(FIRST, first), Hand(SECOND, second), styles)
