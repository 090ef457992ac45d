"""What a field may hold: objects, integers, texts and hashes of exactly the expected form.

Here live values that JSON can carry and a round cannot. Never here: the reading of bytes (test_encoding.py).
"""

from __future__ import annotations

import sys
import unicodedata
from typing import Any

import pytest

from tally.protocol.encoding import (
    array,
    base64_compact,
    boolean,
    fields,
    grouped,
    hex_hash,
    integer,
    mapping,
    objects,
    string,
    text,
)
from tally.protocol.errors import BadHash, BadText, WrongShape


@pytest.mark.parametrize(
    "value",
    [{}, {"a": 1}, {"b": 1, "a": 1}, {"a": 1, "b": 1, "x": 1}, {"a": 1, "c": 1, "b": 1}, [], "ab", None],
    ids=["empty", "one missing", "wrong order", "one too many", "optional not last", "array", "string", "null"],
)
def test_an_object_with_other_fields_is_refused(value: Any) -> None:
    assert fields({"a": 1, "b": 1, "c": 1}, "file", "a", "b", optional=("c",))
    assert fields({"a": 1, "b": 1}, "file", "a", "b", optional=("c",))
    with pytest.raises(WrongShape):
        fields(value, "file", "a", "b", optional=("c",))


def test_data_written_by_people_may_be_in_any_order_but_not_have_other_fields() -> None:
    assert mapping({"b": 1, "a": 2}, "file", "a", "b") == {"a": 2, "b": 1}
    for value in ({"a": 1}, {"a": 1, "b": 1, "c": 1}, ["a", "b"]):
        with pytest.raises(WrongShape):
            mapping(value, "file", "a", "b")


# threats C13
@pytest.mark.parametrize("value", [True, False, 1.0, "1", None, [1], 0, 11, -1, 10**30])
def test_what_is_no_integer_between_the_bounds_is_refused(value: Any) -> None:
    with pytest.raises(WrongShape):
        integer(value, "file", 1, 10)


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_only_true_and_false_are_booleans(value: Any) -> None:
    with pytest.raises(WrongShape):
        boolean(value, "file")


def test_arrays_and_strings_are_not_taken_for_each_other() -> None:
    for read in (lambda: array("ab", "file"), lambda: string(["a"], "file"), lambda: objects([], "file")):
        with pytest.raises(WrongShape):
            read()
    with pytest.raises(WrongShape):
        array([1, 2], "file", 3)


BAD_TEXTS = {
    "not composed": "Ti\u0301n", "bidi": "A\u202eB", "zero width": "A\u200bB", "byte order mark": "\ufeffA",
    "soft hyphen": "A\u00adB", "NUL": "A\0B", "newline": "A\nB", "tab": "A\tB", "delete": "A\x7fB",
    "line separator": "A\u2028B", "private use": "A\ue000B", "unassigned": "A\u0378B", "blank before": " A",
    "blank after": "A ",
    "no-break space": "A\u00a0B", "ideographic space": "A\u3000B",
    "Hangul filler": "A\u3164B", "variation": "A\ufe0fB",
    "stacked marks": "A\u0323\u0331\u0330B", "empty": "", "too long": "A" * 2001, "lone surrogate": "\ud800",
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_a_text_that_could_deceive_a_reader_is_refused(case: str) -> None:
    with pytest.raises(BadText):
        text(BAD_TEXTS[case], "file")


def test_each_character_is_taken_or_refused_as_the_specification_lists_it() -> None:
    """Source: SPEC 2.4, spelled out once more; composed, since a text is."""
    nothing = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180F, 0x2800, 0x3164, 0xFFA0}
    nothing |= {*range(0x180B, 0x180E), *range(0xFE00, 0xFE10)}
    for number in range(sys.maxunicode + 1):
        character, between = chr(number), f".{chr(number)}."
        category = unicodedata.category(character)
        bad = category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or number in nothing
        bad |= category == "Zs" and character != " "
        if unicodedata.is_normalized("NFC", between):
            try:
                taken = text(between, "file") == between
            except BadText:
                taken = False
            assert taken is not bad, hex(number)


def test_vietnamese_is_a_text() -> None:
    assert text("Nguyễn Thị Ánh – Trưởng ban (khối A)", "file")
    assert text("", "file", empty=True) == ""


@pytest.mark.parametrize("value", ["ab" * 31, "ab" * 33, "AB" * 32, "ab" * 32 + "\n", "gg" * 32, 1, None, b"ab" * 32])
def test_a_hash_has_64_lower_case_digits(value: Any) -> None:
    assert hex_hash("ab" * 32, "file") == "ab" * 32
    with pytest.raises(BadHash):
        hex_hash(value, "file")


def test_hashes_are_shown_in_groups_of_four() -> None:
    assert grouped("0123456789abcdef" * 4, 3) == "0123 4567 89ab"
    assert base64_compact(bytes(32)) == "A" * 43
