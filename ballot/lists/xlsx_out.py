"""Workbooks out: every cell typed, nothing that runs, ready to print on A4, the same bytes for the same lists.

Here lives the writing of .xlsx. Never here: a clock, or a text that becomes a formula (threats H4).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | date
FONT = "Times New Roman"
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_STARTER = re.compile("['=+\\-@\uff1d\uff0b\uff0d\uff20]")
_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel's days are a day out."""
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_LINE = Side(style="thin", color="FFBFB7A6")
_NARROW, _WIDE, _WIDEST = 8, 60, 110
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Phiếu tín nhiệm</dc:creator></cp:coreProperties>'
)


@dataclass(frozen=True, slots=True)
class Table:
    """One list: its title, headings and rows of texts, whole numbers and days. `plain` is for reading, not for data."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[Value]]
    plain: bool = False


def write_xlsx(tables: Sequence[Table]) -> bytes:
    """Return a workbook with one sheet for each table."""
    book = Workbook()
    styles = _styles(book.active)
    for table in tables:
        _fill(book.create_sheet(table.title), table, styles)
    book.remove(book.active)
    out = io.BytesIO()
    book.save(out)
    return _without_time(out.getvalue())


def _styles(sheet: Worksheet) -> dict[str, StyleArray]:
    """Make every style once: to make it anew for each cell takes most of the time."""
    found: dict[str, StyleArray] = {}
    formats = {"heading": "@", "text": "@", "quoted": "@", "number": "0", "day": "dd/mm/yyyy"}
    for place, (name, number_format) in enumerate(formats.items(), start=1):
        cell, heading = sheet.cell(1, place), name == "heading"
        cell.font = Font(name=FONT, size=12, bold=heading)
        cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="center" if heading else None)
        cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
        cell.number_format = number_format
        cell.quotePrefix = name == "quoted"  # stays a text when somebody edits it
        if heading:
            cell.fill = PatternFill("solid", fgColor="FFF2ECDF")
        found[name] = cell._style
    return found


def _fill(sheet: Worksheet, table: Table, styles: Mapping[str, StyleArray]) -> None:
    for place, heading in enumerate(table.headings, start=1):
        _write(sheet.cell(1, place), heading, styles["heading"])
    for number, row in enumerate(table.rows, start=2):
        for place, value in enumerate(row, start=1):
            _write(sheet.cell(number, place), value, styles[_kind(value)])
    for place, heading in enumerate(table.headings):
        lengths = sorted(len(_shown(row[place])) for row in table.rows) or [0]
        widest = max(len(heading) + 2, lengths[int(len(lengths) * 0.95) - 1] + 2)  # one long cell may wrap
        width = min(_WIDEST if table.plain else _WIDE, max(_NARROW, widest * 1.1))
        sheet.column_dimensions[get_column_letter(place + 1)].width = width
    _set_up(sheet, landscape=len(table.headings) > 5 or table.plain)


def _kind(value: Value) -> str:
    if isinstance(value, str):
        return "quoted" if _STARTER.match(value) else "text"
    return "day" if isinstance(value, date) else "number"


def _write(cell: Cell, value: Value, style: StyleArray) -> None:
    cell.value = value if not isinstance(value, str) else _ESCAPED.sub("_x005F_", value) or None
    if isinstance(value, str) and value:
        cell.data_type = "s"  # never a formula, whatever it begins with
    cell._style = copy(style)


def _shown(value: Value) -> str:
    return "dd/mm/yyyy" if isinstance(value, date) else str(value)


def _set_up(sheet: Worksheet, *, landscape: bool) -> None:
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = 0.79, 0.59, 0.79, 0.79  # 20, 15, 20, 20 mm
    sheet.oddFooter.center.text = "&A – &P/&N"


def day_or_text(iso: str) -> Value:
    """Return a day that is kept as Excel knows it, or as text where Excel would be wrong."""
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        return iso
    return found if found >= _FIRST_DAY else f"{found.day:02d}/{found.month:02d}/{found.year:04d}"


def _without_time(raw: bytes) -> bytes:
    """Return the same workbook without any trace of when it was written."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            new.writestr(entry, _CORE.encode() if name == "docProps/core.xml" else old.read(name))
    return out.getvalue()
