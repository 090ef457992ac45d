"""Báo cáo kết quả phiếu tín nhiệm: the counting record in the form of Quy định 96-QĐ/TW, and its state twin.

Here lives the document, its fields in the order of the form. Never here: a number of its own, or a signature.
"""

from __future__ import annotations

from reportlab.platypus import CondPageBreak, Flowable, Spacer

from tally.report.documents import counters, sitting
from tally.report.documents.letterhead import COMMITTEE, letterhead
from tally.report.documents.paper_styles import PaperStyles, styles_of
from tally.report.documents.papers import Papers
from tally.report.documents.parts import (
    amount,
    day_words,
    dots,
    plain,
    signed_under,
    time_words,
    title_block,
)
from tally.report.documents.person_table import person_table
from tally.report.documents.rating_words import finished, rating
from tally.report.documents.thresholds import thresholds
from tally.report.typeface import Typeface

SYMBOL = ("BC", "BKP")
AT, AT_MEETING, AT_SESSION = "Tại {session}", "Tại hội nghị", "Tại kỳ họp"
ASSIGNED = "1. Cơ quan, tổ chức giao nhiệm vụ kiểm phiếu: {who}."
BEGAN = "2. Thời gian bắt đầu kiểm phiếu: {started}, {day}. Địa điểm: {where}."
MEMBERS = "3. Ban kiểm phiếu gồm {count} thành viên; người đứng đầu: {head}."
GROUP = "4. Đối tượng kiểm phiếu: {count} người{groups}."
COUNTERS = "5. Số liệu"
ISSUED, RETURNED, VALID, INVALID = (
    "Số phiếu phát ra",
    "Số phiếu thu về",
    "Số phiếu hợp lệ",
    "Số phiếu không hợp lệ",
)
RESULTS = "6. Kết quả của từng người"
REACHED = "7. Người có kết quả thuộc trường hợp quy định"
CLOSED = "Kiểm phiếu kết thúc hồi {ended}{next_day}. Báo cáo này lập thành {copies} bản có giá trị như nhau."
BLANK = dots(20)


def make(papers: Papers, face: Typeface) -> bytes:
    """Return the document."""
    styles = styles_of(papers, face)
    title = papers.outcome.round.rules.titles.report
    story = [
        *letterhead(papers, styles, symbol=SYMBOL, unit=COMMITTEE, stamp=True),
        *title_block(title, f"{_place(papers)}\n{papers.outcome.round.title}", styles),
        *_facts(papers, styles),
        CondPageBreak(110),
        styles.para(COUNTERS, styles.section),
        counters.pairs(_counters(papers), styles),
        Spacer(1, 4),
        *(counters.forms(papers, styles) if len(papers.outcome.round.forms) > 1 else []),
        *counters.treatment(papers, styles),
        CondPageBreak(110),
        styles.para(RESULTS, styles.section),
        styles.para(counters.base(papers)),
        person_table(papers.outcome, styles, lines=False),
        Spacer(1, 4),
        CondPageBreak(110),
        styles.para(REACHED, styles.section),
        *thresholds(papers.outcome, styles),
        *signed_under(papers, [_closed(papers)], styles),
    ]
    return finished(papers, title, story, face)


def _place(papers: Papers) -> str:
    facts = papers.outcome.round
    where = AT.format(session=facts.session) if facts.session else AT_SESSION if papers.state else AT_MEETING
    return f"{where} {rating(facts.rules)}"


def _facts(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the first four fields of the form."""
    facts, minutes = papers.outcome.round, papers.minutes
    who = (minutes.assigned_by if minutes else "") or BLANK
    started = time_words(minutes.started) if minutes else f"{dots(3)} giờ {dots(3)} phút"
    where = ", ".join(part for part in (minutes.room, minutes.place) if part) if minutes else BLANK
    count = amount(len(papers.members)) if papers.members else dots(3)
    blocks = list(dict.fromkeys(row.block for row in papers.outcome.officials if row.block))
    lines = (
        ASSIGNED.format(who=who),
        BEGAN.format(started=started, day=day_words(facts.date), where=where),
        MEMBERS.format(count=count, head=sitting.head_of(papers)),
        GROUP.format(count=amount(len(papers.outcome.officials)), groups=f" ({'; '.join(blocks)})" if blocks else ""),
    )
    return [*sitting.grounds(papers, styles)[:1], *(styles.para(line) for line in lines)]


def _closed(papers: Papers) -> str:
    ended, next_day, copies = sitting.ended(papers)
    return CLOSED.format(ended=ended, next_day=next_day, copies=copies)


def _counters(papers: Papers) -> list[tuple[str, str]]:
    """Return total, present, and the ballots of Điều 6.3, each even when zero."""
    ballots = papers.outcome.ballots
    return [
        *sitting.presence(papers),
        (ISSUED, sitting.known(papers, ballots.issued)),
        (RETURNED, plain(ballots.returned)),
        (VALID, plain(ballots.valid)),
        (INVALID, plain(ballots.invalid)),
    ]
