"""Checks 26 and 27: what came out, and the file that says so. Each test changes one thing; the rest follows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tally.protocol.encoding import canonical
from tally.protocol.result import Result
from tests.builders import Round, new_round
from tests.tally.conftest import Refused

# --- 26: the result -----------------------------------------------------------------------------------------------


# threats G3
def test_a_changed_number_in_the_result_is_refused(round_: Round, refused: Refused) -> None:
    rows = round_.files().true_result.rows
    forged = Result(((rows[0][0] + 1, rows[0][1] - 1, rows[0][2]), *rows[1:]))
    refused(round_.record(result=forged.encode()), 26, "MISMATCH")


def test_two_officials_exchanged_in_the_result_are_refused(round_: Round, refused: Refused) -> None:
    first, second, third = round_.files().true_result.rows
    refused(round_.record(result=Result((second, first, third)).encode()), 26, "MISMATCH")


def test_a_result_from_fewer_than_t_parts_is_incomplete(round_: Round, refused: Refused) -> None:
    parts = {2: round_.files().part(2).encode()}
    refused(round_.record(parts=parts), 26, "INCOMPLETE")


# --- 27: result.json ----------------------------------------------------------------------------------------------


def outcome(round_: Round) -> dict[str, Any]:
    return json.loads(round_.files().result_json)


@pytest.mark.parametrize(
    ("field", "value"),
    [("counts", [5, 0, 0]), ("void", 0), ("percent", ["67%", "16,67%", "0%"]), ("name", "Cán bộ I"),
     ("consequence", "Xin thôi giữ chức"), ("thresholds", ["two_thirds"]), ("block", "Khối chính quyền"),
     ("form", "Phiếu số 1")],
)  # fmt: skip
def test_a_row_that_says_anything_else_is_refused(round_: Round, refused: Refused, field: str, value: object) -> None:
    document = outcome(round_)
    assert document["officials"][0][field] != value
    document["officials"][0][field] = value
    refused(round_.record(result_json=canonical(document)), 27, "MISMATCH")


@pytest.mark.parametrize("change", [{"rehearsal": True}, {"root": "0" * 64}, {"round": "Lấy phiếu"}, {"more": 1}])
def test_a_heading_that_says_anything_else_is_refused(
    round_: Round, refused: Refused, change: dict[str, object]
) -> None:
    refused(round_.record(result_json=canonical(outcome(round_) | change)), 27, "MISMATCH")


def test_a_result_file_in_another_spelling_is_refused(round_: Round, refused: Refused) -> None:
    raw = json.dumps(outcome(round_), ensure_ascii=False, indent=1).encode()
    refused(round_.record(result_json=raw), 27, "MISMATCH")


def test_the_result_file_of_another_round_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(result_json=new_round(hall=round_.hall).files().result_json), 27, "MISMATCH")


def test_a_missing_result_file_is_incomplete(round_: Round, refused: Refused) -> None:
    refused(round_.record(result_json=None), 27, "INCOMPLETE")
