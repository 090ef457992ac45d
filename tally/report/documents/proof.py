"""What minutes say of their own proof: numbers from paper beside those of the record, recounts, hashes, the command.

Here lives the wording and the tables. Never here: an equation's arithmetic (tally/comparison.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reportlab.platypus import Flowable, Spacer

from tally.comparison import Comparison
from tally.protocol.minutes import PaperCounts
from tally.report import words
from tally.report.documents.counters import pairs
from tally.report.documents.paper_styles import PaperStyles, boxed, head_row
from tally.report.documents.papers import Papers
from tally.report.documents.parts import dots, plain
from tally.report.sheet import grouped
from tally.report.words import say

TYPED = "Hai người đếm trên giấy và nhập độc lập với nhau: {first} và {second}."
TYPED_BLANK = "Hai người đếm trên giấy và nhập độc lập với nhau: {dots} và {dots}"
SIGNATURES = "Chữ ký nhận thẻ trên danh sách"
ENVELOPES = "Phong bì không dùng đến"
SLIPS = "Thẻ đã dùng trong thùng thẻ"
NOT_COUNTED = "Không đếm"
NUMBER, WHAT, NUMBERS, FOUND = "Phép so", "Nội dung", "Số liệu", "Kết luận"
HOLDS, DIFFERS = "Khớp", "Không khớp"
WIDTHS = (0.11, 0.55, 0.18, 0.16)
PROGRAM, AGREEMENT = "Chương trình kiểm lại", "So với kết quả trong hồ sơ"
WITNESSES = "Người chứng kiến đã ký các mốc của hòm phiếu bằng khóa của mình:"
MARKS, AND_CLOSING = "đến phiếu thứ {ballots}", ", và tờ chốt"
HASHES = "Mỗi mã viết thành từng nhóm bốn ký tự để đọc và so trên giấy."


def paper_counts(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return what two people counted on paper and who they are, even when zero; dots in a draft."""
    minutes = papers.minutes
    if minutes is None:
        rows = [(name, dots(3)) for name in (SIGNATURES, ENVELOPES, SLIPS)]
        return [styles.para(TYPED_BLANK.format(dots=dots(14))), pairs(rows, styles)]
    first, second = minutes.paper.typed_by
    return [styles.para(TYPED.format(first=first, second=second)), pairs(_counted(minutes.paper), styles)]


def _counted(paper: PaperCounts) -> list[tuple[str, str]]:
    slips = plain(paper.slips_in_box) if paper.slips_counted else NOT_COUNTED
    return [(SIGNATURES, plain(paper.signatures)), (ENVELOPES, plain(paper.envelopes_left)), (SLIPS, slips)]


def comparison(found: Comparison, styles: PaperStyles) -> list[Flowable]:
    """Return every equation with its numbers, every recount, and the one sentence. Source: SPEC 5.19."""
    recounts = [(r.program, HOLDS if r.agrees else DIFFERS) for r in found.recounts]
    story: list[Flowable] = [
        Spacer(1, 6),
        boxed([head_row((NUMBER, WHAT, NUMBERS, FOUND), styles)], _equations(found, styles), WIDTHS, styles),
        Spacer(1, 6),
    ]
    if recounts:
        rows = [[styles.para(text, styles.cell) for text in row] for row in recounts]
        story += [boxed([head_row((PROGRAM, AGREEMENT), styles)], rows, (0.6, 0.4), styles), Spacer(1, 6)]
    return [*story, styles.para(found.sentence, styles.emphasis)]


def _equations(found: Comparison, styles: PaperStyles) -> Iterator[list[Any]]:
    for line in found.equations:
        numbers = f"{plain(line.left)} {line.sign} {plain(line.right)}"
        if not line.holds:
            numbers = f"{plain(line.left)}; {plain(line.right)}"
        yield [
            styles.para(str(line.number), styles.middle),
            styles.para(line.words, styles.cell),
            styles.para(numbers, styles.middle),
            styles.para(HOLDS if line.holds else DIFFERS, styles.middle if line.holds else styles.head),
        ]


def hashes(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the three hashes in groups of four and the command that checks them; nothing for a round on paper."""
    seal = papers.outcome.seal
    if seal is None:
        return []
    rows = ((words.MANIFEST_HASH, seal.manifest), (words.ROOT, seal.root), (words.RECORD_HASH, papers.record_hash))
    cells = [
        [styles.para(say(name), styles.cell), styles.lines([grouped(value[:32]), grouped(value[32:])], styles.hash)]
        for name, value in rows
    ]
    command = f"tally verify {say(words.RECORD_FOLDER)} --manifest {seal.manifest}"
    return [
        styles.para(HASHES),
        boxed([], cells, (0.32, 0.68), styles),
        Spacer(1, 6),
        styles.para(say(words.COMMAND)),
        styles.para(command, styles.command),
    ]


def witnesses(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return who watched the box, under which key and how far, as the minutes state it; nothing where nobody did."""
    stated = papers.minutes.witnesses if papers.minutes else ()
    if not stated:
        return []
    rows = [
        (f"{each.name} ({grouped(each.key[:16])} …)", _marks(each.ballots) + (AND_CLOSING if each.closing else ""))
        for each in stated
    ]
    return [Spacer(1, 6), styles.para(WITNESSES), pairs(rows, styles)]


def _marks(ballots: int) -> str:
    return MARKS.format(ballots=plain(ballots))
