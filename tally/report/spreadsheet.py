"""The result as a workbook: counts and percentages are numbers, every text is a text, nothing in it is a formula.

Here lives the making of the file. Never here: a number that result.json does not hold, or the clock.

A text that begins like a formula, an error or an escape stays what it is: each cell's type is set, never guessed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from tally.cells import safe
from tally.report import words
from tally.report.documents.papers import Papers
from tally.report.summary_export import checked_rows, exempt_rows, summary_rows
from tally.report.table_export import COUNT, NUMBER, SHARE, columns
from tally.report.words import say
from tally.report.zipped import rezipped

FONT = "Times New Roman"
SUMMARY, RESULTS, EXEMPT, VERIFIED = "Tóm tắt", "Kết quả", "Không lấy phiếu", "Kiểm chứng"
WIDTHS = {NUMBER: 6, COUNT: 12, SHARE: 13}
TEXT_WIDTH, NAME_WIDTH, WIDE = 30, 26, 60
A4 = 9
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_THIN = Border(*[Side(style="thin", color="999999")] * 4)
_HEAD = PatternFill("solid", fgColor="E8E4D8")
_BAND = PatternFill("solid", fgColor="F3D9D9")

Value = str | int | Decimal


def workbook(papers: Papers) -> bytes:
    """Return the file; the same papers give the same bytes."""
    book = Workbook()
    facts = papers.outcome.round
    sheets = [book.active, *(book.create_sheet() for _ in range(3))]
    for sheet, title in zip(sheets, (SUMMARY, RESULTS, EXEMPT, VERIFIED), strict=True):
        if not isinstance(sheet, Worksheet):
            raise TypeError("a workbook begins with a sheet of cells")
        sheet.title = title
        if facts.rehearsal:
            _band(sheet)
    summary, results, exempt, verified = (sheet for sheet in sheets if isinstance(sheet, Worksheet))
    _pairs(summary, summary_rows(papers))
    _results(results, papers)
    heads = (words.ORDINAL, words.NAME, words.POSITION, words.REASON, words.CITATION)
    _table(exempt, [say(head) for head in heads], exempt_rows(papers), (6, NAME_WIDTH, 36, 40, 24))
    _pairs(verified, checked_rows(papers))
    for sheet in (summary, results, exempt, verified):
        _paper(sheet, papers, landscape=sheet is results or sheet is exempt)
    day = datetime.fromisoformat(facts.date)
    properties = book.properties
    properties.creator = properties.lastModifiedBy = facts.body
    properties.title, properties.subject, properties.language = facts.title, facts.session, "vi-VN"
    properties.created = properties.modified = day
    return rezipped(_written(book), first=("[Content_Types].xml",))


def _written(book: Workbook) -> bytes:
    """Write it without the library's own look at the clock."""
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        ExcelWriter(book, archive).write_data()
    return out.getvalue()


def share_value(printed: str) -> tuple[Decimal, str]:
    """Return a printed percentage as an exact number, and the format that prints it again.

    >>> share_value("64,2%")
    (Decimal('0.642'), '0.0%')
    """
    whole, _comma, decimals = printed.removesuffix("%").partition(",")
    value = Decimal(f"{whole}.{decimals or 0}").scaleb(-2).normalize()
    return value, f"0.{'0' * len(decimals)}%" if decimals else "0%"


def _put(sheet: Worksheet, row: int, column: int, value: Value, *, bold: bool = False, shape: str = "") -> Cell:
    """Write one cell; a text is a text whatever it looks like, also when somebody edits it later."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError("a merged cell has no value")
    cell.value = _ESCAPE.sub("_x005F_", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = safe(value) != value
    elif shape:
        cell.number_format = shape
    cell.font = Font(name=FONT, size=11, bold=bold)
    cell.border = _THIN
    cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="left" if isinstance(value, str) else "right")
    return cell


def _band(sheet: Worksheet) -> None:
    cell = _put(sheet, 1, 1, say(words.REHEARSAL), bold=True)
    cell.fill = _BAND
    cell.alignment = Alignment(wrap_text=False)


def _next(sheet: Worksheet) -> int:
    """Return the first row below the band of a rehearsal, where there is one."""
    return 1 if sheet.max_row == 1 and sheet.cell(1, 1).value is None else sheet.max_row + 1


def _pairs(sheet: Worksheet, rows: Iterable[tuple[str, Value]]) -> None:
    """Write names and values; a number stands at the left too, beside the texts."""
    for row, (name, value) in enumerate(rows, start=_next(sheet)):
        _put(sheet, row, 1, name, bold=not value and value != 0)
        _put(sheet, row, 2, value, shape="#,##0").alignment = Alignment("left", "top", wrap_text=True)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, WIDE


def _results(sheet: Worksheet, papers: Papers) -> None:
    table = columns(papers.outcome)
    rows: list[Sequence[Value]] = [[c.value(row) for c in table] for row in papers.outcome.officials]
    names = {say(words.ORDINAL): 6, "Mã": 12, say(words.NAME): NAME_WIDTH}
    widths = [names.get(c.head, WIDTHS.get(c.kind, TEXT_WIDTH)) for c in table]
    shares = {number for number, column in enumerate(table, start=1) if column.kind == SHARE}
    _table(sheet, [c.head for c in table], rows, widths, shares=frozenset(shares))


def _table(
    sheet: Worksheet,
    heads: Sequence[str],
    rows: Iterable[Sequence[Value]],
    widths: Sequence[int],
    *,
    shares: frozenset[int] = frozenset(),
) -> None:
    """Write a table under a head that stays in sight and is printed on every page."""
    top = _next(sheet)
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), start=1):
        cell = _put(sheet, top, column, head, bold=True)
        cell.fill, cell.alignment = _HEAD, Alignment("center", "center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, values in enumerate(rows, start=top + 1):
        for column, value in enumerate(values, start=1):
            number, shape = share_value(str(value)) if column in shares else (value, "#,##0")
            _put(sheet, row, column, number, shape=shape)
    sheet.freeze_panes = f"A{top + 1}"
    sheet.print_title_rows = f"1:{top}"


def _paper(sheet: Worksheet, papers: Papers, *, landscape: bool) -> None:
    """Set the sheet for A4: as wide as the page, its head and foot as on every document of the round."""
    facts = papers.outcome.round
    sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = A4, 0
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = 1.18, 0.79, 0.79, 0.79
    sheet.oddHeader.center.text = say(words.REHEARSAL) if facts.rehearsal else None
    sheet.oddHeader.right.text = _literal(facts.policy.secrecy) or None
    short = " ".join(papers.record_hash[i : i + 4] for i in range(0, 16, 4))
    sheet.oddFooter.left.text = say(words.FOOTER_RECORD, short=short) if papers.record_hash else say(words.FOOTER_PAPER)
    sheet.oddFooter.right.text = "Trang &P/&N"


def _literal(text: str) -> str:
    """Return a text for the head of a page, in which & begins a command."""
    return text.replace("&", "&&")
