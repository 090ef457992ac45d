"""The files that can be had, by name: samples, and tables as .xlsx or .csv.

Here lives which name is which file. Never here: a name from an address used for anything but looking it up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ballot.lists import samples
from ballot.lists.columns import CATALOGUE, PAIR
from ballot.lists.csv_file import DELIMITERS
from ballot.lists.exports import as_csv
from ballot.lists.xlsx_out import Table, write_xlsx

TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "danh-muc-mau.xlsx": samples.sample_workbook,
    "tinh-mau.xlsx": samples.provincial_workbook,
    "hai-danh-sach-mau.xlsx": samples.pair_workbook,
}


def sample(name: str) -> bytes | None:
    """Return a sample file, or nothing for a name that is none."""
    if name in WORKBOOKS:
        return WORKBOOKS[name]()
    for sheets, rows in ((CATALOGUE, samples.sample_rows()), (PAIR, samples.pair_rows())):
        for sheet, table in zip(sheets, samples.tables(rows, sheets), strict=True):
            if name == f"{sheet.slug}.csv":
                return as_csv(table)
    return None


def export(name: str, whole: str, tables: Mapping[str, Table], asked: Mapping[str, str]) -> bytes | None:
    """Return one of `tables`, or `whole` of them as a workbook, by name; nothing for a name that is none.

    For CSV `asked` may say `bom=0` (no mark of UTF-8) and `dau=;` (another delimiter).
    """
    stem, _dot, ending = name.rpartition(".")
    if ending == "xlsx" and stem == whole:
        return write_xlsx(list(tables.values()))
    if stem not in tables or ending not in TYPES:
        return None
    if ending == "xlsx":
        return write_xlsx([tables[stem]])
    delimiter = asked.get("dau", ",")
    return as_csv(tables[stem], delimiter=delimiter if delimiter in DELIMITERS else ",", mark=asked.get("bom") != "0")
