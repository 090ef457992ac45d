"""What makes a table of rounds unreadable: one class for each distinct answer.

Here live codes and sentences. Never here: a cell's content, which may be anything.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import Refused


class UnreadableTable(Refused):
    """Not a table at all: another encoding, quotes that do not close, too long, empty."""

    code = "UNREADABLE_TABLE"
    text = _("Không đọc được bảng: {reason}.")


class BadColumn(Refused):
    """A column is missing, unknown or there twice."""

    code = "BAD_COLUMN"
    text = _("Cột “{column}” {reason}.")


class BadCell(Refused):
    """A cell does not hold what its column asks for."""

    code = "BAD_CELL"
    text = _("Ô này {reason}.")


class DuplicateRow(Refused):
    """Two lines of one round under one number, or for one person and post."""

    code = "DUPLICATE_ROW"
    text = _("Trùng với dòng {line} của cùng đợt.")


class RowsDiffer(Refused):
    """Two lines of one round say different things about the round."""

    code = "ROWS_DIFFER"
    text = _("Khác với dòng {line} của cùng đợt; loại phiếu có số phiếu riêng xin ghi thành đợt riêng.")


class BadCounters(Refused):
    """Counters of ballots that no count can have."""

    code = "BAD_COUNTERS"
    text = _("Số phiếu {part} là {count}, nhiều hơn số phiếu {whole} là {of}.")


class PaperContradicts(Refused):
    """A round whose own numbers contradict each other has no documents."""

    code = "PAPER_CONTRADICTS"
    text = _("Số liệu mâu thuẫn nên không lập văn bản: {finding}")


def place(line: int, column: str = "") -> str:
    """Return the name of a line, or of a cell, as people look it up."""
    if column:
        return translate(_("dòng {line}, cột {column}")).format(line=line, column=column)
    return translate(_("dòng {line}")).format(line=line)
