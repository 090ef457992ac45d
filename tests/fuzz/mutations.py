"""How an input is bent: bytes, lines, and the values of JSON, so that what is wrong lies deeper than the first comma.

Here lives the bending; every draw comes from the caller. Never here: a reader, or an expectation.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Draw = Callable[[int], int]
"""Returns a number from 0 to below its argument."""
HOSTILE: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**53, 2**70, 10**400, 1.5, "", "0", "-1", "1_000", "١٢", "a\u0000b", "\u202e", "e\u0301",
    "A" * 70_000, [], {}, [[]], {"": ""}, "0" * 64, "../../etc/passwd", "\ud800",
)  # fmt: skip
BYTES = (b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\r\n", b"\n\n", b'"', b"[" * 2_000, b"9" * 5_000, b"1e999", b"NaN")


def drawn(label: str) -> Draw:
    """Return draws that look like chance and are the same for the same label."""

    def stream() -> Iterator[int]:
        number = 0
        while True:
            yield int.from_bytes(hashlib.sha256(f"{label}|{number}".encode()).digest())
            number += 1

    numbers = stream()
    return lambda under: next(numbers) % under


def bent(raw: bytes, draw: Draw, others: Sequence[bytes] = ()) -> bytes:
    """Return `raw` bent in one to three places; now and then two inputs are joined."""
    for _ in range(1 + draw(3)):
        way = draw(8)
        if way < 4:
            raw = _bent_json(raw, draw)
        elif way == 4:
            raw = _bent_lines(raw, draw)
        elif way == 5 and others:
            raw = _spliced(raw, others[draw(len(others))], draw)
        else:
            raw = _bent_bytes(raw, draw)
    return raw


def _bent_bytes(raw: bytes, draw: Draw) -> bytes:
    at = draw(len(raw) + 1)
    length = 1 + draw(16 if draw(3) else 600)
    before, piece, after = raw[:at], raw[at : at + length], raw[at + length :]
    flipped = bytes([piece[0] ^ (1 << draw(8))]) + piece[1:] if piece else b"!"
    return before + (b"", piece * 2, piece[::-1], flipped, BYTES[draw(len(BYTES))] + piece)[draw(5)] + after


def _bent_lines(raw: bytes, draw: Draw) -> bytes:
    lines = raw.split(b"\n")
    at, to = draw(len(lines)), draw(len(lines))
    return b"\n".join(
        (
            lines[:at] + lines[at + 1 :],
            [*lines[:at], lines[at], *lines[at:]],
            [*lines[:at], lines[to], *lines[at + 1 :]],
            [*lines[:to], lines[at], *lines[to:]],
        )[draw(4)]
    )


def _spliced(raw: bytes, other: bytes, draw: Draw) -> bytes:
    return raw[: draw(len(raw) + 1)] + other[draw(len(other) + 1) :]


def _bent_json(raw: bytes, draw: Draw) -> bytes:
    """Change one value somewhere in a JSON document, or in one of its lines; the spelling stays canonical."""
    lines = raw.split(b"\n")
    at = draw(len(lines))
    try:
        value = json.loads(lines[at])
        lines[at] = json.dumps(_bent_value(value, draw), ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "surrogatepass"
        )
    except (ValueError, RecursionError):
        return _bent_bytes(raw, draw)
    return b"\n".join(lines)


def _bent_value(value: Any, draw: Draw) -> Any:
    """Walk down by chance and change what stands there."""
    if isinstance(value, dict) and value and draw(6):
        return _bent_object(value, draw)
    if isinstance(value, list) and value and draw(6):
        at = draw(len(value))
        ways = (value[:at] + value[at + 1 :], [*value, value[at]], value[::-1])
        way = draw(8)
        return ways[way] if way < 3 else [(_bent_value(v, draw) if n == at else v) for n, v in enumerate(value)]
    return _other_scalar(value, draw)


def _bent_object(value: dict[str, Any], draw: Draw) -> dict[str, Any]:
    names = list(value)
    name, way = names[draw(len(names))], draw(12)
    if way == 0:
        return {key: v for key, v in value.items() if key != name}
    if way == 1:
        return {("x" + key if key == name else key): v for key, v in value.items()}
    if way == 2:
        return dict(reversed(value.items()))
    return {key: (_bent_value(v, draw) if key == name else v) for key, v in value.items()}


def _other_scalar(value: Any, draw: Draw) -> Any:
    if isinstance(value, str) and value and draw(2):
        at = draw(len(value))
        return (value[:at] + value[at + 1 :], value + value[at], value.upper(), value[:at] + "1" + value[at + 1 :])[
            draw(4)
        ]
    if type(value) is int and draw(2):
        return value + (1, -1, 2**31, -value)[draw(4)]
    return HOSTILE[draw(len(HOSTILE))]
