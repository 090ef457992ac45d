"""Texts of nothing but marks: refused before anybody puts these in order, which takes the square of their number.

Here live texts that are longer than any. Never here: what else a text must be (test_encoding.py).
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest

from tally.paper.typed import Row, words
from tally.protocol.composing import MOST_MARKS, composed
from tally.protocol.encoding import text
from tally.protocol.errors import BadText, Refused
from tally.protocol.names import same_person_key

MANY = 60_000
SOON = 1.0
"""Seconds of this process; to put so many marks in order takes several times as long."""
MARKS = {
    "over and under in turn": "\u0301\u0323" * (MANY // 2),
    "over, then under": "\u0301" * (MANY // 2) + "\u0323" * (MANY // 2),
    "of a script that stacks none": "\u05b0\u0591" * (MANY // 2),
    "vowels that become two": "\u0f73\u0f81" * (MANY // 2),
}
READERS: dict[str, Callable[[str], object]] = {
    "a text of a record": lambda value: text(value, "title"),
    "a name to be compared": same_person_key,
    "what people type": lambda value: composed(value, "text"),
    "a cell of a table counted on paper": lambda value: words(Row(2, {"name": value}), "name"),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", MARKS)
def test_a_text_of_marks_is_refused_at_once(reader: str, kind: str) -> None:
    """threats G10, H16"""
    began = time.process_time()
    with pytest.raises(Refused):
        READERS[reader](f"Nguyễn Văn A{MARKS[kind]}")
    assert time.process_time() - began < SOON


def test_what_people_write_is_composed_however_long_it_is() -> None:
    apart = unicodedata.normalize("NFD", "Nguyễn Thị Thuỷ, Đỗ Quỳnh Ẩn; ") * 4000
    assert composed(apart, "text") == unicodedata.normalize("NFC", apart)


def test_so_many_marks_in_a_row_are_composed_and_not_one_more() -> None:
    letter = "x" * 400 + "a"
    assert composed(letter + "\u0301" * MOST_MARKS, "text") == "x" * 400 + "á" + "\u0301" * (MOST_MARKS - 1)
    with pytest.raises(BadText):
        composed(letter + "\u0301" * (MOST_MARKS + 1), "text")
