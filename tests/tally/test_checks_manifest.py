"""Check 2, field by field: policy, forms, who is left out, and the lists of a rule set. Each test changes one thing.

Here live manifests that no organiser may seal. Never here: a key (test_checks_sealing.py) or an honest round.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tally.protocol.manifest import SMALL_ELECTORATE, Manifest
from tests.builders import Round
from tests.tally.conftest import Refused
from tests.tally.test_checks_sealing import edited


def policy(round_: Round) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(round_.manifest.raw)["policy"]
    return found


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"disclosure": "secret"}, "WRONG_SHAPE"), ({"disclosure": True}, "WRONG_SHAPE"),
        ({"secrecy": "M" * 41}, "BAD_TEXT"), ({"secrecy": None}, "WRONG_SHAPE"),
        ({"accepted_by": "Đ" * 201}, "BAD_TEXT"), ({"accepted_by": "A\u202eB"}, "BAD_TEXT"),
    ],
    ids=str,
)  # fmt: skip
def test_a_policy_that_nobody_could_follow_is_refused(
    round_: Round, refused: Refused, change: dict[str, Any], code: str
) -> None:
    manifest = edited(round_.manifest.raw, policy=policy(round_) | change)
    refused(round_.record(manifest=manifest), 2, code)


def test_a_small_electorate_that_nobody_answers_for_is_refused(round_: Round, refused: Refused) -> None:
    """threats D2"""
    assert round_.manifest.roll.voters < SMALL_ELECTORATE
    manifest = edited(round_.manifest.raw, policy=policy(round_) | {"accepted_by": ""})
    refused(round_.record(manifest=manifest), 2, "BAD_TEXT")


@pytest.mark.parametrize("forms", [("A", "B", "A"), ("A", ""), ("", "A"), ("A", None)], ids=str)
def test_forms_that_stand_apart_or_are_not_named_are_refused(
    round_: Round, refused: Refused, forms: tuple[str | None, ...]
) -> None:
    one = json.loads(round_.manifest.raw)["blocks"][0]
    people = [{"id": f"x{i}", "name": f"Người {i}", "position": "Ủy viên"} for i in range(len(forms))]
    blocks = [one | {"form": form, "officials": [who]} for form, who in zip(forms, people, strict=True)]
    refused(round_.record(manifest=edited(round_.manifest.raw, blocks=blocks)), 2, "WRONG_SHAPE")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "BAD_TEXT"), ({"position": "Ti\u0301n"}, "BAD_TEXT"), ({"reason": ""}, "BAD_TEXT"),
        ({"reason": "Đ" * 401}, "BAD_TEXT"), ({"citation": " x"}, "BAD_TEXT"), ({"citation": 3}, "WRONG_SHAPE"),
        ({"id": "cb-1"}, "WRONG_SHAPE"),
    ],
    ids=str,
)  # fmt: skip
def test_somebody_is_left_out_only_with_a_name_and_a_reason(
    round_: Round, refused: Refused, change: dict[str, Any], code: str
) -> None:
    left_out = {"name": "Lê Văn C", "position": "Giám đốc", "reason": "Đã có thông báo nghỉ hưu", "citation": ""}
    sealed = edited(round_.manifest.raw, exempt=[left_out])
    assert Manifest.parse(sealed).exempt[0].as_json() == left_out
    manifest = edited(round_.manifest.raw, exempt=[left_out, left_out | change])
    refused(round_.record(manifest=manifest), 2, code)


def rules_with(round_: Round, name: str, entries: list[dict[str, Any]]) -> bytes:
    return edited(round_.manifest.raw, rules=json.loads(round_.manifest.raw)["rules"] | {name: entries})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "age"}, "WRONG_SHAPE"), ({"value": "0"}, "WRONG_SHAPE"), ({"value": "121"}, "WRONG_SHAPE"),
        ({"value": "x"}, "WRONG_SHAPE"), ({"value": "06"}, "WRONG_SHAPE"), ({"value": ""}, "BAD_TEXT"),
        ({"value": 6}, "WRONG_SHAPE"), ({"kind": "operator"}, "WRONG_SHAPE"),
        ({"kind": "status", "value": ""}, "BAD_TEXT"), ({"words": ""}, "BAD_TEXT"), ({"more": ""}, "WRONG_SHAPE"),
    ],
    ids=str,
)  # fmt: skip
def test_an_exemption_that_no_rule_can_apply_is_refused(
    round_: Round, refused: Refused, change: dict[str, Any], code: str
) -> None:
    good = {
        "key": "new",
        "kind": "months_in_post",
        "value": "120",
        "words": "Giữ chức chưa đủ thời gian",
        "citation": "",
    }
    assert Manifest.parse(rules_with(round_, "exemptions", [good])).rules.exemptions[0].value == "120"
    refused(round_.record(manifest=rules_with(round_, "exemptions", [good | change])), 2, code)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"days": 401}, "WRONG_SHAPE"), ({"days": -1}, "WRONG_SHAPE"), ({"days": "20"}, "WRONG_SHAPE"),
        ({"act": ""}, "BAD_TEXT"), ({"by": "A\nB"}, "BAD_TEXT"), ({"citation": None}, "WRONG_SHAPE"),
    ],
    ids=str,
)  # fmt: skip
def test_a_deadline_that_no_calendar_can_hold_is_refused(
    round_: Round, refused: Refused, change: dict[str, Any], code: str
) -> None:
    good = {"key": "list", "days": 400, "act": "Gửi danh sách", "by": "ban tổ chức", "citation": ""}
    assert Manifest.parse(rules_with(round_, "deadlines", [good])).rules.deadlines[0].days == 400
    refused(round_.record(manifest=rules_with(round_, "deadlines", [good | change])), 2, code)


@pytest.mark.parametrize("change", [{"title": ""}, {"points": [""]}, {"points": "x"}, {"points": [None]}], ids=str)
def test_criteria_that_nobody_can_read_are_refused(round_: Round, refused: Refused, change: dict[str, Any]) -> None:
    good = {"title": "Phẩm chất", "points": ["Liêm chính."]}
    code = "WRONG_SHAPE" if change.get("points") in ("x", [None]) else "BAD_TEXT"
    refused(round_.record(manifest=rules_with(round_, "criteria", [good | change])), 2, code)


@pytest.mark.parametrize("name", ["exemptions", "deadlines"])
def test_two_entries_of_a_rule_set_with_one_key_are_refused(round_: Round, refused: Refused, name: str) -> None:
    entries = json.loads(round_.manifest.raw)["rules"][name]
    refused(round_.record(manifest=rules_with(round_, name, [*entries, entries[0]])), 2, "WRONG_SHAPE")
