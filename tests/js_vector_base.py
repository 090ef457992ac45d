"""What every generator of vectors for the browser starts from: the named stream of chance, an election, a vector.

Here lives what tests/make_js_vectors.py and tests/js_record_vectors.py share. Never here: a case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from tally.protocol.election import Election, Question
from tally.protocol.errors import TallyError
from tally.protocol.group import Point, g_pow

UUID = "B7kQ2mXv9TzRw4"
KEY = g_pow(20261122)
Vector = dict[str, Any]


class Stream:
    """Integers from SHA-512 of a label, a seed and a counter; the same in both languages, and fit for tests only."""

    def __init__(self, seed: str) -> None:
        self.seed, self.count = seed, 0

    def __call__(self, below: int) -> int:
        text = f"phieu-tin-nhiem/test/stream|{self.seed}|{self.count}"
        self.count += 1
        return int.from_bytes(hashlib.sha512(text.encode()).digest(), "big") % below


def vector(comment: str, expect: Any, **inputs: Any) -> Vector:
    return {"comment": comment, "expect": expect, **inputs}


def outcome(act: Callable[[], Any]) -> Any:
    """Return what `act` returns, or the code with which it refuses."""
    try:
        return act()
    except TallyError as refusal:
        return refusal.code


def election(rows: tuple[int, ...] = (3, 3, 2), key: Point = KEY) -> Election:
    levels = ("Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp")
    questions = tuple(
        Question(levels[:n], False, 0, 1, f"{i}. Cán bộ {i} – Chức vụ {i}") for i, n in enumerate(rows, 1)
    )
    return Election.make(
        name="Lấy phiếu tín nhiệm",
        description=f"manifest:{'ab' * 32}|committee:{'cd' * 32}",
        public_key=key,
        questions=questions,
        uuid=UUID,
    )
