"""Phiếu tín nhiệm: the ballot on paper, as a specimen and for a hall that must go on without terminals.

Here lives the sheet that every voter gets alike. Never here: a number, a hash or any mark that tells two sheets apart,
or a place where somebody is made to sign.

A round of several forms (*loại phiếu*) has one sheet for each. Letters are 12 points and more, boxes large: delegates
of seventy mark it by hand. Source: khoản 1 Điều 6 QĐ 96-QĐ/TW; phụ lục NQ 96/2023/QH15.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Indenter, KeepTogether, LongTable, PageBreak, Spacer

from tally.outcome import BallotCounts, OfficialOutcome, RoundFacts, judge
from tally.protocol.manifest import Manifest
from tally.protocol.ruleset import RATING, RuleSet
from tally.report.documents.ballot_marks import Box, NewSheet
from tally.report.documents.by_hand import Hand, places_to_sign
from tally.report.documents.letterhead import letterhead
from tally.report.documents.paper_styles import PaperStyles, boxed, head_row, styles_of
from tally.report.documents.papers import Papers
from tally.report.documents.parts import day_words, title_block
from tally.report.documents.people_rows import under_headings
from tally.report.documents.rating_words import around, lower_first, upper_first
from tally.report.engine import build
from tally.report.sheet import WIDTH
from tally.report.typeface import Typeface

SPECIMEN = "MẪU"
HOW = "Với mỗi người, xin đánh dấu X vào một ô mà quý vị chọn."
NOTES = "Cách ghi phiếu"
ONE_BOX = "Mỗi người chỉ đánh dấu một ô."
NO_CHANGES = "Không gạch tên người đã in trong phiếu, không ghi thêm tên người khác."
EXCHANGE = "Nếu ghi hỏng, xin quý vị trả lại phiếu để ban kiểm phiếu đổi phiếu khác."
INVALID = "Phiếu không hợp lệ: {cases}."
VOTER, MAY_SIGN = "Người ghi phiếu", "(Có thể ký hoặc không ký)"
TEXT, LEADING = 12.5, 15.5
BESIDE, ROOM_FOR_STAMP = 22.0, 18.0
FEW, ROOM, ROOM_OF_FEW = 8, 4.0, 9.0
ORDINAL, BOX = 0.06, {2: 0.18, 3: 0.142}


def before_count(manifest: Manifest) -> Papers:
    """Return papers of a round that nobody has counted, of which only the sheets to vote on can be made."""
    officials = tuple(manifest.officials())
    none = tuple((0,) * len(manifest.rules.levels) for _ in officials)
    ballots = BallotCounts(manifest.roll.delegates, manifest.roll.summoned, issued=0, returned=0)
    outcome = judge(RoundFacts.of(manifest), None, ballots, officials, none)
    return Papers(outcome, minutes=None, members=(), slips=None, record_hash="", verdict="")


def make(papers: Papers, face: Typeface) -> bytes:
    """Return the ballot: a sheet for each form, the same for every voter."""
    return _printed(papers, face, across="")


def make_specimen(papers: Papers, face: Typeface) -> bytes:
    """Return the same sheets with MẪU across each page, to be shown and not to be voted on."""
    return _printed(papers, face, across=SPECIMEN)


def _printed(papers: Papers, face: Typeface, *, across: str) -> bytes:
    styles = _styles(papers, face)
    story: list[Flowable] = []
    for form, officials in groupby(papers.outcome.officials, key=lambda row: row.form):
        rows = tuple(replace(row, form="") for row in officials)  # it stands above the table
        story += [*([PageBreak()] if story else []), *_sheet(papers, form, rows, styles)]
    title = papers.outcome.round.rules.titles.ballot
    return build(story, replace(around(papers, title), record_hash="", footer=False, across=across), face)


def _styles(papers: Papers, face: Typeface) -> PaperStyles:
    """Return styles in which everything that voters read has at least 12 points, but for absurdly long texts."""
    styles = styles_of(papers, face)
    for name in ("cell_small", "strong_small"):
        setattr(styles, name, ParagraphStyle(name, parent=getattr(styles, name), fontSize=10, leading=12.5))
    for name in ("cell", "strong", "middle", "head", "hint"):
        small = getattr(styles, name)
        setattr(styles, name, ParagraphStyle(name, parent=small, fontSize=TEXT, leading=LEADING))
    return styles


def _sheet(
    papers: Papers, form: str, officials: tuple[OfficialOutcome, ...], styles: PaperStyles
) -> Iterable[Flowable]:
    facts, named = papers.outcome.round, papers.minutes is not None
    about = "\n".join(part for part in (facts.title, facts.session, form) if part)
    dated = styles.para(upper_first(day_words(facts.date)), styles.italic_centre)
    return [
        NewSheet(),
        *letterhead(papers, styles, place=named, draft=False, stamp=True),
        Spacer(1, ROOM_FOR_STAMP),
        *title_block(facts.rules.titles.ballot, about, styles),
        *([] if named else [dated, Spacer(1, 8)]),
        Indenter(-BESIDE, -BESIDE),
        styles.para(HOW, styles.plain),
        _table(facts.rules, officials, styles),
        Spacer(1, 8),
        *_notes(facts.rules, styles),
        Indenter(BESIDE, BESIDE),
        *(_voter(styles) if facts.rules.kind == RATING and not papers.state else []),
    ]


def _table(rules: RuleSet, officials: tuple[OfficialOutcome, ...], styles: PaperStyles) -> LongTable:
    def cells(row: OfficialOutcome) -> list[Flowable]:
        return [
            styles.para(str(row.number), styles.middle),
            styles.sized(row.official.name, styles.strong, styles.strong_small),
            styles.sized(row.official.position, styles.cell, styles.cell_small),
            *(Box(level.label) for level in rules.levels),
        ]

    rows, headings = under_headings(officials, cells, styles, above=1, style=styles.strong)
    levels = [level.label for level in rules.levels]
    heads = head_row(("TT", "Họ và tên", "Chức danh, chức vụ", *levels), styles)
    room = ROOM_OF_FEW if len(officials) <= FEW else ROOM
    look = [
        ("VALIGN", (0, 1), (-1, -1), "MIDDLE"),
        ("ALIGN", (3, 1), (-1, -1), "CENTER"),
        ("TOPPADDING", (0, 1), (-1, -1), room),
        ("BOTTOMPADDING", (0, 1), (-1, -1), room + 1),
    ]
    return boxed([heads], rows, _widths(len(levels)), styles, extra=[*look, *headings])


def _widths(levels: int) -> list[float]:
    """Return the columns as parts of the usual width, which the table exceeds at both sides."""
    whole = 1 + 2 * BESIDE / WIDTH
    rest = whole - ORDINAL - levels * BOX[levels]
    return [ORDINAL, rest * 0.42, rest * 0.58, *[BOX[levels]] * levels]


def _notes(rules: RuleSet, styles: PaperStyles) -> list[Flowable]:
    cases = "; ".join(lower_first(case.words) for case in rules.invalid)
    lines = [ONE_BOX, NO_CHANGES, f"{rules.blank_line}.", EXCHANGE, *([INVALID.format(cases=cases)] if cases else [])]
    title = styles.para(NOTES, styles.strong)
    return [KeepTogether([title, *(styles.para(f"- {line}", styles.cell) for line in lines)])]


def _voter(styles: PaperStyles) -> list[Flowable]:
    return places_to_sign([], Hand(VOTER, hint=MAY_SIGN), styles)
