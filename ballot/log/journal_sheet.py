"""The printed journal: the log's lines on A4, with the hash of its last entry on every page, and lines to sign.

Here lives the sheet's layout. Never here: the time of printing: the same log gives the same bytes.

The head of the committee reads it aloud; acts of desks stand on it as numbers only (threats K5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from ballot.log.journal import Journal, Line
from ballot.models.registry.rounds import Round
from ballot.paper import A4, LEADING, document, draw_fitted, mm, rule, wrapped
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import grouped
from tally.protocol.errors import one_line

LEFT, RIGHT, TOP, BOTTOM = 20 * mm, 15 * mm, 18 * mm, 24 * mm
WIDTH = A4[0] - LEFT - RIGHT
HEAD, TITLE, MARGIN, SIZE, MOST = 9 * mm, 32 * mm, 1.5 * mm, 9.5, 45
COLUMNS = (
    (_("Mục"), 20 * mm), (_("Ngày, giờ"), 30 * mm), (_("Việc"), 93 * mm), (_("Người làm"), 32 * mm),
)  # fmt: skip
JOURNAL = _("NHẬT KÝ THAO TÁC")
WHOLE = _("Mọi việc của đơn vị")
HOLDS = _("Đã kiểm tra {count} mục, chuỗi mã băm liền mạch. Mã băm của mục cuối (mục {height}):")
BROKEN = _("Nhật ký KHÔNG liền mạch: {reason}")
ALOUD = _("Trưởng ban kiểm phiếu đọc to mã này; mọi người đối chiếu với mã ở chân trang và với tệp nhật ký đã xuất.")
SIGNERS = (_("Trưởng ban kiểm phiếu"), _("Ban tổ chức"), _("Người giám sát"))
SIGN = _("(ký, ghi rõ họ tên)")


@dataclass(frozen=True, slots=True)
class _Headed:
    """What the paper knows of a journal that is about no single round."""

    body: str
    rehearsal: bool = False


def journal_sheet(journal: Journal, lines: Sequence[Line], about: Round | None) -> bytes:
    """Return the journal as a PDF; the same lines and log give the same bytes."""
    end = _end(journal)

    def footer(canvas: Canvas, number: int, of: int) -> None:
        draw_fitted(canvas, end, (LEFT, 13 * mm, WIDTH, 6 * mm), size=8, centred=True)
        page = translate(_("Trang {page}/{pages}")).format(page=number, pages=of)
        draw_fitted(canvas, page, (LEFT, 7 * mm, WIDTH, 6 * mm), size=9, centred=True)

    out, canvas = document(translate(JOURNAL), about or _Headed(one_line(journal.log.name)), footer)
    y = _draw_title(canvas, journal, about)
    for line in lines:
        cells = _cells(line, named=about is None)
        height = max(
            len(wrapped(cell, SIZE, width - 2 * MARGIN)) for cell, (_h, width) in zip(cells, COLUMNS, strict=True)
        )
        height = min(height, MOST) * SIZE * LEADING + 2 * MARGIN
        if y - height < BOTTOM:
            canvas.showPage()
            y = _draw_columns(canvas, A4[1] - TOP)
        y -= height
        _draw_row(canvas, cells, y, height)
    _draw_end(canvas, journal, y)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _end(journal: Journal) -> str:
    if not journal.checked.hash:
        return "–"
    return f"{journal.checked.count}: {grouped(journal.checked.hash, 16)}"


def _cells(line: Line, *, named: bool) -> tuple[str, ...]:
    heights = str(line.first) if line.first == line.last else f"{line.first}–{line.last}"
    about = f"{line.act}: {line.details}" if line.details else line.act
    return heights, line.time, f"{about} ({line.round})" if named and line.round else about, line.actor


def _draw_title(canvas: Canvas, journal: Journal, about: Round | None) -> float:
    """Draw what stands above the first page's lines and return where they begin."""
    y = A4[1] - TOP
    draw_fitted(canvas, one_line(journal.log.name), (LEFT, y - 6 * mm, WIDTH, 6 * mm), size=11, bold=True, centred=True)
    draw_fitted(canvas, translate(JOURNAL), (LEFT, y - 14 * mm, WIDTH, 8 * mm), size=14, bold=True, centred=True)
    said = translate(WHOLE) if about is None else about.title
    draw_fitted(canvas, said, (LEFT, y - 22 * mm, WIDTH, 8 * mm), size=11, centred=True)
    return _draw_columns(canvas, y - TITLE + 6 * mm)


def _draw_columns(canvas: Canvas, y: float) -> float:
    rule(canvas, LEFT, y, WIDTH)
    x = LEFT
    for heading, width in COLUMNS:
        draw_fitted(canvas, translate(heading), (x + MARGIN, y - HEAD, width - 2 * MARGIN, HEAD), size=10, bold=True)
        x += width
    rule(canvas, LEFT, y - HEAD, WIDTH)
    return y - HEAD


def _draw_row(canvas: Canvas, cells: tuple[str, ...], y: float, height: float) -> None:
    x = LEFT
    for cell, (_heading, width) in zip(cells, COLUMNS, strict=True):
        draw_fitted(canvas, cell, (x + MARGIN, y, width - 2 * MARGIN, height), size=SIZE)
        x += width
    rule(canvas, LEFT, y, WIDTH)


def _draw_end(canvas: Canvas, journal: Journal, y: float) -> None:
    """Draw the finding, the hash to read aloud and the lines to sign, together on one page."""
    if y - 62 * mm < BOTTOM:
        canvas.showPage()
        y = A4[1] - TOP
    checked = journal.checked
    if checked.broken is None:
        said = translate(HOLDS).format(count=checked.count, height=checked.count)
    else:
        said = translate(BROKEN).format(reason=str(checked.broken))
    draw_fitted(canvas, said, (LEFT, y - 12 * mm, WIDTH, 8 * mm), size=10.5)
    draw_fitted(canvas, grouped(checked.hash, 16), (LEFT, y - 20 * mm, WIDTH, 7 * mm), size=12, bold=True)
    draw_fitted(canvas, translate(ALOUD), (LEFT, y - 29 * mm, WIDTH, 8 * mm), size=10.5)
    third = WIDTH / len(SIGNERS)
    for number, signer in enumerate(SIGNERS):
        x = LEFT + number * third
        draw_fitted(canvas, translate(signer), (x, y - 37 * mm, third, 6 * mm), size=11, bold=True, centred=True)
        draw_fitted(canvas, translate(SIGN), (x, y - 42 * mm, third, 5 * mm), size=9.5, centred=True)
        rule(canvas, x + 6 * mm, y - 61 * mm, third - 12 * mm)


__all__ = ["journal_sheet"]
