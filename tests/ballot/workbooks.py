"""Workbooks made by hand, part by part, so that each can lie in one place.

Here live the parts of a file. Never here: what is wrong with one; a test says that.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PEOPLE = ("Mã", "Họ và tên", "Ngày sinh", "Đơn vị", "Điểm cầu")
SHEET = "xl/worksheets/sheet1.xml"


def relations(*links: tuple[str, str, str]) -> str:
    """Relations as (kind, target, mode)."""
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATED}/{kind}" Target="{target}" TargetMode="{mode or "Internal"}"/>'
        for n, (kind, target, mode) in enumerate(links, start=1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{rows}</Relationships>'


def cell(place: str, value: str, more: str = "") -> str:
    """A cell with its text in itself."""
    return f'<c r="{place}" t="inlineStr"{more}><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def row(number: int, *values: str, more: str = "") -> str:
    """A row of texts."""
    cells = "".join(cell(f"{chr(65 + n)}{number}", value) for n, value in enumerate(values) if value)
    return f'<row r="{number}"{more}>{cells}</row>'


def sheet(rows: str, before: str = "", after: str = "") -> str:
    """A sheet's part around its rows."""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{RELATED}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    )


def people(*rows: str, before: str = "", after: str = "") -> str:
    """The part of a sheet of people with these rows below the headings."""
    return sheet(row(1, *PEOPLE) + "".join(rows), before, after)


def parts(sheets: Mapping[str, str], state: str = "visible") -> dict[str, str]:
    """The parts of a workbook whose sheets have these names and parts."""
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, name in enumerate(sheets, start=1)
    )
    files = {f"xl/worksheets/sheet{n}.xml": part for n, part in enumerate(sheets.values(), start=1)}
    links = [("worksheet", name.removeprefix("xl/"), "") for name in files]
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", "")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(*links),
        **files,
    }


def zipped(
    members: Mapping[str, str | bytes] | Sequence[tuple[str, str | bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A zip file of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items() if isinstance(members, Mapping) else members:
            archive.writestr(name, content)
    return out.getvalue()


def workbook(part: str, name: str = "Người", **more: str | bytes) -> bytes:
    """A whole workbook of one sheet, with more parts."""
    return zipped({**parts({name: part}), **more})
