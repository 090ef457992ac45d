"""A signature written on the desk's tablet: strokes, each a line through points.

Here lives reading it strictly. Never here: a time, a speed or a pressure of the pen.

    [[[120,300],[131,288],…],…]      canonical JSON; x to the right, y down, 0…2000
"""

from __future__ import annotations

from tally.protocol.encoding import array, decode, integer
from tally.protocol.errors import WrongShape

MOST_STROKES, MOST_POINTS, FAR = 60, 4_000, 2_000
LIMIT = 64 * 1024

Strokes = tuple[tuple[tuple[int, int], ...], ...]


def parse(raw: bytes) -> Strokes:
    """Read the strokes of one signature.

    Raises WrongShape over a limit or with nothing written, and what the strict reader refuses.
    """
    strokes = array(decode(raw, "strokes", limit=LIMIT), "strokes")
    if not 0 < len(strokes) <= MOST_STROKES:
        raise WrongShape("strokes", expected=f"1…{MOST_STROKES}")
    lines = [array(stroke, f"strokes[{n}]") for n, stroke in enumerate(strokes)]
    if not all(lines) or sum(map(len, lines)) > MOST_POINTS:
        raise WrongShape("strokes", expected=f"1…{MOST_POINTS}")
    return tuple(tuple(_point(p, f"strokes[{n}]") for p in line) for n, line in enumerate(lines))


def _point(value: object, where: str) -> tuple[int, int]:
    pair = array(value, where)
    if len(pair) != 2:
        raise WrongShape(where, expected="[x,y]")
    return integer(pair[0], where, 0, FAR), integer(pair[1], where, 0, FAR)
