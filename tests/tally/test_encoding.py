"""Strict JSON: one value, one spelling, and a clear word for everything else.

Here lives the reading of bytes. Never here: what a field may hold (test_shapes.py).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.protocol.encoding import MAX_DEPTH, MAX_INTEGER, canonical, decode
from tally.protocol.errors import DuplicateKey, NotCanonical, NotJson, TallyError, TooDeep, TooLarge

LIMIT = 4 * 1024 * 1024
WRONG_JSON: dict[str, tuple[bytes, type[TallyError]]] = {
    "nothing": (b"", NotJson),
    "a key twice": (b'{"a":1,"a":1}', DuplicateKey),
    "a key twice inside": (b'[{"a":{"b":1,"b":2}}]', DuplicateKey),
    "the same key spelt with an escape": (b'{"a":1,"\\u0061":2}', DuplicateKey),
    "not a number": (b"NaN", NotJson),
    "infinity": (b"[Infinity]", NotJson),
    "minus infinity": (b"[-Infinity]", NotJson),
    "a float over all bounds": (b"[1e999]", NotJson),
    "a float": (b"[1.5]", NotJson),
    "a whole float": (b"[1.0]", NotJson),
    "an exponent": (b"[1E5]", NotJson),
    "minus zero": (b"[-0]", NotCanonical),
    "a leading zero": (b"[01]", NotJson),
    "a plus sign": (b"[+1]", NotJson),
    "an underscore": (b"[1_000]", NotJson),
    "arabic digits": ("[١]".encode(), NotJson),
    "a number of 5000 digits": (b"[" + b"9" * 5000 + b"]", NotJson),
    "a lone surrogate, escaped": (b'"\\ud800"', NotJson),
    "a lone surrogate, as bytes": (b'"\xed\xa0\x80"', NotJson),
    "an escaped pair of surrogates": (b'"\\ud83d\\ude00"', NotCanonical),
    "a byte order mark": (b"\xef\xbb\xbf{}", NotJson),
    "a NUL in a string": (b'"a\0b"', NotJson),
    "a NUL after the value": (b"{}\0", NotJson),
    "a control character": (b'"a\nb"', NotJson),
    "a newline at the end": (b"{}\n", NotCanonical),
    "a blank before": (b" {}", NotCanonical),
    "a blank inside": (b'{"a": 1}', NotCanonical),
    "a second value": (b"{}{}", NotJson),
    "garbage after the value": (b"{}x", NotJson),
    "an escape that is not needed": (b'"\\u0041"', NotCanonical),
    "an escaped slash": (b'"\\/"', NotCanonical),
    "an escape in upper case": (b'"\\u001F"', NotCanonical),
    "a comma too many": (b"[1,]", NotJson),
    "a comment": (b"[1]//", NotJson),
    "single quotes": (b"['a']", NotJson),
    "UTF-16": ('{"a":1}'.encode("utf-16"), NotJson),
    "bytes that are not UTF-8": (b'"\xff"', NotJson),
    "overlong UTF-8": (b'"\xc0\xaf"', NotJson),
    "a string without an end": (b'"abc', NotJson),
    "arrays 5000 deep": (b"[" * 5000 + b"]" * 5000, TooDeep),
    "objects 5000 deep": (b'{"a":' * 5000 + b"1" + b"}" * 5000, TooDeep),
    "5000 brackets that never close": (b"[" * 5000, TooDeep),
    "brackets after an escaped quote": (b'["\\"",' + b"[" * 5000, TooDeep),
}

any_text = st.text(st.characters(codec="utf-8"))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=8,
)


# threats C18
@pytest.mark.parametrize("case", WRONG_JSON)
def test_what_is_not_strict_json_is_refused(case: str) -> None:
    raw, error = WRONG_JSON[case]
    with pytest.raises(error):
        decode(raw, "file", limit=LIMIT)


def test_brackets_inside_strings_are_not_nesting() -> None:
    assert decode(canonical(["[" * 50]), "file", limit=LIMIT) == ["[" * 50]


def test_nesting_up_to_the_bound_is_read() -> None:
    assert decode(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, "file", limit=LIMIT)
    with pytest.raises(TooDeep):
        decode(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "file", limit=LIMIT)


def test_input_over_the_limit_is_refused_before_it_is_read() -> None:
    assert decode(b"[1]", "file", limit=3) == [1]
    with pytest.raises(TooLarge) as refusal:
        decode(b"[1]", "file", limit=2)
    assert refusal.value.details == {"limit": 2}


@pytest.mark.parametrize(
    "unit", [b'\\"', b'"', b"\\", b'"\\\\\\'], ids=["escaped quotes", "quotes", "backslashes", "mixed"]
)
def test_a_body_of_quotes_costs_linear_time(unit: bytes) -> None:
    """Read with a pattern that goes back over an unfinished string, this takes hours."""
    with pytest.raises(NotJson):
        decode((b'"' + unit * LIMIT)[:LIMIT], "file", limit=LIMIT)


@given(json_values)
def test_a_value_is_read_back_from_its_one_spelling(value: Any) -> None:
    try:
        assert decode(canonical(value), "file", limit=LIMIT) == value
    except TooDeep:
        assert canonical(value).count(b"[") + canonical(value).count(b"{") > MAX_DEPTH


@given(st.binary() | json_values.map(lambda v: json.dumps(v).encode()))
def test_bytes_are_refused_or_are_the_one_spelling_of_their_value(raw: bytes) -> None:
    try:
        value = decode(raw, "file", limit=LIMIT)
    except TallyError:
        return
    assert canonical(value) == raw
