"""What minutes and report say of the sitting: legal basis, when and where, who counts, who was there and who was not.

Here lives the wording of these parts. Never here: a ballot, or a number that was decrypted.
"""

from __future__ import annotations

from collections.abc import Iterable

from reportlab.platypus import Flowable, LongTable

from tally.protocol.minutes import Minutes
from tally.protocol.override import OFFICES
from tally.report import words
from tally.report.documents.paper_styles import PaperStyles, boxed, head_row
from tally.report.documents.papers import Papers
from tally.report.documents.parts import amount, day_words, dots, lines_to_write_on, plain, time_words
from tally.report.documents.rating_words import basis
from tally.report.words import say

ASSIGNED = "Thực hiện nhiệm vụ do {assigned_by} giao,"
OPENED = "Hồi {started}, {day}, tại {where}, Ban kiểm phiếu tiến hành kiểm phiếu của đợt “{title}”, {session}{body}."
MEMBERS = "Ban kiểm phiếu gồm {count} thành viên, do {head} đứng đầu:"
MEMBERS_BLANK = "Ban kiểm phiếu gồm {dots} thành viên, họ tên và chức danh:"
OPENING = "Kết quả chỉ mở được khi có ít nhất {threshold} trong {members} thành viên cùng dùng phần khóa của mình."
PRESENT, MISSING = "Số người có mặt", "Số người vắng mặt"
ENOUGH = "Số người có mặt đạt mức ít nhất {share} số người được triệu tập{citation}."
TOO_FEW = "Số người có mặt không đạt mức ít nhất {share} số người được triệu tập{citation}."
ABSENT_PEOPLE = "Vắng mặt: {people}."
ABSENT_BLANK = "Vắng mặt (họ tên, lý do):"
NO_REASON = "không ghi lý do"
NEXT_DAY = " ngày hôm sau"
UNKNOWN = dots(3)


def grounds(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the legal basis and who assigned the task."""
    assigned = papers.minutes.assigned_by if papers.minutes else dots(20)
    lines = [basis(papers.outcome.round.rules), ASSIGNED.format(assigned_by=assigned) if assigned else ""]
    return [styles.para(line, styles.italic) for line in lines if line]


def opened(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return when and where the count began, and of what."""
    facts, minutes = papers.outcome.round, papers.minutes
    started = time_words(minutes.started) if minutes else f"{dots(3)} giờ {dots(3)} phút"
    where = ", ".join(part for part in (minutes.room, minutes.place) if part) if minutes else dots(20)
    session = f"{facts.session}, " if facts.session else ""
    sentence = OPENED.format(
        started=started, day=day_words(facts.date), where=where, title=facts.title, session=session, body=facts.body
    )
    return [styles.para(sentence)]


def ended(papers: Papers) -> tuple[str, str, str]:
    """Return when the count ended, the words of a count that went past midnight, and how many copies there are."""
    minutes = papers.minutes
    if minutes is None:
        return f"{UNKNOWN} giờ {UNKNOWN} phút", "", UNKNOWN
    overnight = NEXT_DAY if minutes.ended < minutes.started else ""
    return time_words(minutes.ended), overnight, amount(minutes.copies)


def committee(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the members of the committee, its head, and how many of them open a result."""
    if not papers.members:
        return [styles.para(MEMBERS_BLANK.format(dots=UNKNOWN)), *lines_to_write_on(styles)]
    count = amount(len(papers.members))
    story = [styles.para(MEMBERS.format(count=count, head=head_of(papers)))]
    lines = [f"- {m.name}, {m.role}" if m.role else f"- {m.name}" for m in papers.members]
    story += [styles.para(line, styles.item) for line in _listed(lines)]
    if papers.outcome.seal:
        seal = papers.outcome.seal
        story.append(styles.para(OPENING.format(threshold=amount(seal.threshold), members=amount(seal.committee_size))))
    return story


def head_of(papers: Papers) -> str:
    """Return the name of the committee's head: whoever signs first, else its first member, else dots."""
    return papers.signers[0][1].name if papers.signers else dots(14)


def presence(papers: Papers) -> list[tuple[str, str]]:
    """Return how many the body has, were summoned, came and did not."""
    ballots, minutes = papers.outcome.ballots, papers.minutes
    present = plain(minutes.present) if minutes else UNKNOWN
    missing = plain(max(ballots.summoned - minutes.present, 0)) if minutes else UNKNOWN
    return [
        (say(words.DELEGATES), known(papers, ballots.delegates)),
        (say(words.SUMMONED), known(papers, ballots.summoned)),
        (PRESENT, present),
        (MISSING, missing),
    ]


def known(papers: Papers, count: int) -> str:
    """Return a count; for a round on paper, where nobody has written one down, dots."""
    return plain(count) if count or papers.electronic else UNKNOWN


def attendance(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return whether enough were there, and who was absent with what reason."""
    minutes = papers.minutes
    if minutes is None:
        return [styles.para(ABSENT_BLANK), *lines_to_write_on(styles)]
    story = [styles.para(quorum(papers, minutes))]
    if minutes.absent:
        people = "; ".join(f"{a.name} ({a.reason or NO_REASON})" for a in minutes.absent)
        story.append(styles.para(ABSENT_PEOPLE.format(people=people)))
    return story


def quorum(papers: Papers, minutes: Minutes) -> str:
    """Return whether enough of those who were summoned came, by integers."""
    least = papers.outcome.round.rules.quorum
    enough = minutes.present * least.denominator >= papers.outcome.ballots.summoned * least.numerator
    citation = f" ({least.citation})" if least.citation else ""
    return (ENOUGH if enough else TOO_FEW).format(share=f"{least.numerator}/{least.denominator}", citation=citation)


def exempt_people(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return who holds a rated post and is not rated, with reason and law; nothing if nobody."""
    people = papers.outcome.round.exempt
    if not people:
        return []
    heads = (say(words.NAME), say(words.POSITION), say(words.REASON), say(words.CITATION))
    rows = ((e.name, e.position, e.reason, e.citation or say(words.NO_CITATION)) for e in people)
    return [_people(heads, rows, (0.22, 0.28, 0.30, 0.20), styles)]


def exceptions(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return who holds an office in spite of a rated official's name, and who allowed it; nothing if nobody."""
    if not papers.overrides:
        return []
    heads = (say(words.NAME), say(words.OFFICE), say(words.REASON), say(words.APPROVED))
    rows = ((o.name, say(OFFICES[o.office]), o.reason, f"{o.first}; {o.second}") for o in papers.overrides)
    return [styles.para(say(words.EXCEPTIONS_NOTE)), _people(heads, rows, (0.24, 0.20, 0.34, 0.22), styles)]


def _people(
    heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], widths: tuple[float, ...], styles: PaperStyles
) -> LongTable:
    cells = [
        [styles.sized(name, styles.strong, styles.strong_small)]
        + [styles.sized(text, styles.cell, styles.cell_small) for text in rest]
        for name, *rest in rows
    ]
    return boxed([head_row(heads, styles)], cells, widths, styles)


def _listed(lines: list[str]) -> list[str]:
    return [f"{line}{';' if i < len(lines) else '.'}" for i, line in enumerate(lines, start=1)]
