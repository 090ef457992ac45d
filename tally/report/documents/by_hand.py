"""Places where people sign with a pen: who, a hint, room; no electronic field.

Here lives their form. Never here: who signs a particular document, or a field that a key can fill (parts.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from tally.report.documents.paper_styles import PaperStyles
from tally.report.documents.parts import SIGN_HERE
from tally.report.sheet import WIDTH

ROOM = 19 * mm
OFFICE, STAMPED = "Cơ quan tổ chức", "(Ký, ghi rõ họ tên, đóng dấu)"


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who signs: as what, the name below the signature where it is known, and what the hint says."""

    title: str
    name: str = ""
    hint: str = SIGN_HERE


def places_to_sign(
    left: Hand | Sequence[Flowable], right: Hand, styles: PaperStyles, *, above: Sequence[Flowable] = ()
) -> list[Flowable]:
    """Return a place at the right with another, or with other blocks, at its left; no page break parts them.

    `above` is what stands over them and is not to be left alone.
    """
    blocks = [_block(left, styles) if isinstance(left, Hand) else list(left), _block(right, styles)]
    look = [
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    return [KeepTogether([*above, Spacer(1, 10), Table([blocks], colWidths=[WIDTH / 2] * 2, style=look)])]


def _block(hand: Hand, styles: PaperStyles) -> list[Flowable]:
    return [
        styles.para(hand.title.upper(), styles.caption),
        styles.para(hand.hint, styles.hint),
        Spacer(1, ROOM),
        *([styles.para(hand.name, styles.caption)] if hand.name else []),
    ]
