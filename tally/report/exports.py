"""The result in the formats that offices work with: a workbook, a table, the minutes to be edited, the data itself.

Here lives which files there are. Never here: a number; each is a function of the papers, the same bytes every time.

    write_exports(papers, folder)       # ket-qua.xlsx, ket-qua.csv, ket-qua.json, bien-ban-kiem-phieu.docx
"""

from __future__ import annotations

from pathlib import Path

from tally.report.documents.papers import Papers, in_vietnamese
from tally.report.spreadsheet import workbook
from tally.report.table_export import csv_file
from tally.report.word_export import word_file

WORKBOOK, TABLE, DATA, MINUTES = "ket-qua.xlsx", "ket-qua.csv", "ket-qua.json", "bien-ban-kiem-phieu.docx"


def exports_of(papers: Papers) -> dict[str, bytes]:
    """Return every export by its name; a round that was counted on paper has no data of a record."""
    with in_vietnamese():
        found = {WORKBOOK: workbook(papers), TABLE: csv_file(papers.outcome)}
        if papers.outcome.seal is not None:
            found[DATA] = papers.outcome.encode()
        return found | {MINUTES: word_file(papers)}


def write_exports(papers: Papers, folder: Path) -> list[Path]:
    """Write all exports of a round into `folder`, each whole or not at all, and return their paths."""
    made = exports_of(papers)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        part = folder / f".{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)
    return [folder / name for name in made]
