"""Draws the pages of a PDF as pictures, in a process of its own with limits: `python -m ballot.dossiers.drawing`.

Here lives the work of that process: PDF on its input, pictures on its output. Never here: a database, a file, a
network, or anything of the PDF but how its pages look: no script, form, link, attachment or hidden text comes through.
"""

from __future__ import annotations

import io
import resource
import struct
import sys
from typing import BinaryIO

import pypdfium2 as pdfium

MOST_PAGES, MOST_BYTES = 40, 7 * 1024**2
WIDTH, MOST_HEIGHT, QUALITY = 1240, 3600, 80
SECONDS, MEMORY = 60, 1024**3
COUNT = struct.Struct(">I")
BROKEN, TOO_LONG, LOCKED = 3, 4, 5
"""Exit codes: not a readable PDF; no page or more than MOST_PAGES; it asks for a password."""


def main() -> int:
    """Read a PDF, write each page's JPEG behind its length; return the exit code."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # not even a core dump of what it reads
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        opened = pdfium.PdfDocument(raw)
    except pdfium.PdfiumError as error:
        return LOCKED if "password" in str(error).lower() else BROKEN
    with opened:
        if not 1 <= len(opened) <= MOST_PAGES:
            return TOO_LONG
        try:
            pages = [_jpeg(opened[number]) for number in range(len(opened))]
        except (pdfium.PdfiumError, ValueError, OSError, MemoryError):
            return BROKEN
    _write(sys.stdout.buffer, pages)
    return 0


def _jpeg(page: pdfium.PdfPage) -> bytes:
    width, height = page.get_size()
    if not (0 < width < 20_000 and 0 < height < 20_000):
        raise ValueError
    scale = min(WIDTH / width, MOST_HEIGHT / height)
    out = io.BytesIO()
    page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _write(out: BinaryIO, pages: list[bytes]) -> None:
    for page in pages:
        out.write(COUNT.pack(len(page)) + page)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
