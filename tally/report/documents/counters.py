"""What minutes and report say of ballots and slips: per form, and how lines and ballots lost their effect.

Here lives the wording of these parts. Never here: a count of its own.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from reportlab.lib.colors import black
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from tally.report import words
from tally.report.documents.paper_styles import LINE, PaperStyles, boxed, head_row
from tally.report.documents.papers import Papers
from tally.report.documents.parts import plain
from tally.report.documents.sitting import UNKNOWN, known
from tally.report.sheet import WIDTH
from tally.report.words import say
from tally.slips import of_each

FORM, RATED, ISSUED, RETURNED, NOT_RETURNED, VALID, INVALID = (
    "Loại phiếu", "Số người", "Phát ra", "Thu về", "Không thu về", "Hợp lệ", "Không hợp lệ",
)  # fmt: skip
VALUE_WIDTH = 90.0
FORM_WIDTHS = (0.31, 0.11, 0.11, 0.11, 0.13, 0.11, 0.12)
NO_INVALID = (
    "Phiếu điện tử không đúng thể thức không vào được hòm phiếu, nên số phiếu không hợp lệ bằng 0; không có phiếu nào "
    "được mở riêng."
)
BLANK_LINE = "{rule}; phiếu vẫn hợp lệ và vẫn được tính cho những người còn lại."
BLANK_LINE_ALONE = "{rule}."
INVALID_CASES = "Phiếu không hợp lệ theo văn bản số {rules}: {cases}."
BASE = (
    "Tỷ lệ phần trăm tính trên {base}, là {count}{citation}, làm tròn đến hai chữ số thập phân. Số phiếu là căn cứ; "
    "tỷ lệ chỉ để đọc."
)
PAPER_ROWS = ("Số phiếu đã in", "Số phiếu hỏng đã đổi", "Số phiếu không dùng đến")


def pairs(rows: list[tuple[str, str]], styles: PaperStyles) -> KeepTogether:
    """Return names and their values, a line each, on one page."""
    cells = [[styles.para(name, styles.plain), styles.para(text, styles.count)] for name, text in rows]
    table = Table(
        cells, colWidths=[WIDTH - VALUE_WIDTH, VALUE_WIDTH],
        style=[
            ("FONTNAME", (0, 0), (-1, -1), styles.face.regular),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BOX", (0, 0), (-1, -1), LINE, black),
            ("INNERGRID", (0, 0), (-1, -1), LINE, black),
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )  # fmt: skip
    return KeepTogether([table])


def forms(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the counters of each form, which have the name of the ballot where a round has one form only."""
    outcome, ballots = papers.outcome, papers.outcome.ballots
    rated = Counter(row.form for row in outcome.officials)
    issued = known(papers, ballots.issued)
    unreturned = plain(ballots.not_returned) if issued != UNKNOWN else UNKNOWN
    rows: list[list[Any]] = []
    for form in outcome.round.forms:
        name = form or outcome.round.rules.titles.ballot
        numbers = (plain(rated[form]), issued, plain(ballots.returned), unreturned, plain(ballots.valid))
        cells = [styles.para(text, styles.number) for text in (*numbers, plain(ballots.invalid))]
        rows.append([styles.sized(name, styles.strong, styles.strong_small), *cells])
    heads = head_row((FORM, RATED, ISSUED, RETURNED, NOT_RETURNED, VALID, INVALID), styles)
    story: list[Flowable] = [boxed([heads], rows, FORM_WIDTHS, styles), Spacer(1, 4)]
    if len(rows) > 1 and papers.electronic:
        story.append(styles.para(say(words.FORMS_NOTE), styles.small))
    return story


def slips(papers: Papers) -> list[tuple[str, str]]:
    """Return how slips were replaced and voided and how often terminals were tested, even when zero; on paper, dots."""
    counts = papers.slips
    if counts is None:
        return [(name, UNKNOWN) for name in PAPER_ROWS]
    return [
        (say(words.REISSUED), of_each(counts.reissued)),
        (say(words.SPOILED), plain(counts.spoiled)),
        (say(words.ENVELOPES), of_each(counts.envelopes)),
        (say(words.UNUSED), plain(counts.unused)),
        (say(words.UNDELIVERED), of_each(counts.undelivered)),
        (say(words.TESTS), plain(sum(counts.tests.values()))),
    ]


def treatment(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return what made a ballot or a line lose its effect, and who accepted how few voters there are (threats D2)."""
    facts = papers.outcome.round
    rules = facts.rules
    lines = [NO_INVALID] if papers.electronic else _invalid_cases(papers)
    whole = not rules.bad_line_voids_ballot and len(papers.outcome.officials) > 1
    lines.append((BLANK_LINE if whole else BLANK_LINE_ALONE).format(rule=rules.blank_line.rstrip(".")))
    if facts.policy.accepted_by:
        lines.append(say(words.ELECTORATE, count=facts.voters, name=facts.policy.accepted_by))
    return [styles.para(line) for line in lines]


def _invalid_cases(papers: Papers) -> list[str]:
    rules = papers.outcome.round.rules
    cases = "; ".join(f"{v.words[:1].lower()}{v.words[1:]}" for v in rules.invalid)
    return [INVALID_CASES.format(rules=rules.number, cases=cases)] if cases else []


def base(papers: Papers) -> str:
    """Return the sentence that names what percentages are a share of."""
    found = papers.outcome.round.rules.base
    citation = f" ({found.citation})" if found.citation else ""
    return BASE.format(base=found.words, count=plain(papers.outcome.base), citation=citation)
