"""Whether the document that was signed is the one that the record gives, where its bytes are not: text, then looks.

Here lives the comparison of pages. Never here: a signature.

Another version of the libraries may write other bytes for the same pages. Then every page must have the same text, look
the same when it is drawn, since text alone can lie about what is seen, and have its fields in the same places, since
what is seen in a field covers what is below. The file is drawn in a process of its own, which may crash or hang over
hostile bytes without harm. SPEC 5.20; threats G7.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from tally.i18n import marked as _
from tally.signed.errors import SignedDiffers, SignedUnreadable

if TYPE_CHECKING:
    from PIL.Image import Image

TEXTS = _("số trang hoặc chữ trên trang không giống")
LOOKS = _("trang vẽ ra không giống; hãy kiểm bằng đúng phiên bản chương trình và phông chữ đã lập văn bản")
PLACES = _("ô ký không ở đúng chỗ, hoặc bị ẩn")
NOT_DRAWN = _("không vẽ được các trang")
PATIENCE = 120.0
ZOOM = 4.0
NEAR, SHADE, STRAY = 3, 32, 3
"""Each pixel, in each colour, must lie between the darkest and the lightest one within this square on the other page,
or outside by so many of 255 shades; so many pixels may not, of a page of millions.

At this zoom 3 and 8, or a dot and a comma, differ by more, and a page that moves by a quarter of a point does not."""


def check_pages(signed: bytes, expected: bytes, where: str) -> None:
    """Check that both files have the same pages: number, size, text, looks. Raises SignedDiffers, SignedUnreadable."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_compare, args=(sending, signed, expected), daemon=True)
    process.start()
    sending.close()
    try:
        answer = receiving.recv() if receiving.poll(PATIENCE) else NOT_DRAWN
    except EOFError:  # the process died
        answer = NOT_DRAWN
    finally:
        process.kill()
        process.join()
        process.close()
        receiving.close()
    if answer == NOT_DRAWN:
        raise SignedUnreadable(where, reason=NOT_DRAWN)
    if answer:
        raise SignedDiffers(where, how=answer)


def _compare(answer: Connection, signed: bytes, expected: bytes) -> None:
    """Run in the other process: send an empty text, or the sentence that says what differs."""
    answer.send(next(_differences(signed, expected), ""))
    answer.close()


def _differences(signed: bytes, expected: bytes) -> Iterator[str]:
    from pypdfium2 import PdfDocument

    with closing(PdfDocument(signed)) as theirs, closing(PdfDocument(expected)) as ours:
        if len(theirs) != len(ours):
            yield TEXTS
        for number in range(len(ours)):
            with closing(theirs[number]) as one, closing(ours[number]) as other:
                if one.get_size() != other.get_size() or _text(one) != _text(other):
                    yield TEXTS
                if look_different(_drawn(one), _drawn(other)):
                    yield LOOKS
                if list(_fields(one)) != list(_fields(other)):
                    yield PLACES


def _text(page: Any) -> str:
    with closing(page.get_textpage()) as text:
        return " ".join(text.get_text_range().split())


def _fields(page: Any) -> Iterator[tuple[str, int, tuple[int, ...]]]:
    """Yield name, flags and edges, in tenths of a point, of everything that lies upon a page."""
    from pypdfium2 import raw

    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        field, rect, name = raw.FPDFPage_GetAnnot(page, number), raw.FS_RECTF(), (raw.FPDF_WCHAR * 64)()
        raw.FPDFAnnot_GetStringValue(field, b"T", name, 128)
        raw.FPDFAnnot_GetRect(field, rect)
        edges = tuple(round(10 * edge) for edge in (rect.left, rect.bottom, rect.right, rect.top))
        yield bytes(name).decode("utf-16-le").rstrip("\0"), raw.FPDFAnnot_GetFlags(field), edges
        raw.FPDFPage_CloseAnnot(field)


def _drawn(page: Any) -> Image:
    with closing(page.render(scale=ZOOM)) as bitmap:
        image: Image = bitmap.to_pil().convert("RGB")
        return image


def look_different(one: Image, other: Image) -> bool:
    """Say whether more than a few pixels of one picture are darker or lighter than all that is near on the other."""
    from PIL import ImageChops

    edges = ImageChops.difference(one, other).getbbox()
    if edges is None:
        return False
    left, upper, right, lower = edges  # only this part can differ; what is near it must be there too
    part = (max(left - NEAR, 0), max(upper - NEAR, 0), min(right + NEAR, one.width), min(lower + NEAR, one.height))
    pair = one.crop(part), other.crop(part)
    return any(_stray(a, b) > STRAY for x, y in (pair, pair[::-1]) for a, b in zip(x.split(), y.split(), strict=True))


def _stray(one: Image, other: Image) -> int:
    """Count the pixels of one colour that are outside of what is near them on the other page."""
    from PIL import ImageChops
    from PIL.ImageFilter import MaxFilter, MinFilter

    lighter = ImageChops.subtract(one, other.filter(MaxFilter(NEAR)))
    darker = ImageChops.subtract(other.filter(MinFilter(NEAR)), one)
    return sum(ImageChops.lighter(lighter, darker).histogram()[SHADE + 1 :])
