"""Exceptions to the conflict of interest in a record: their one form, and members whom no exception covers.

Here live the list in opening.json and check 14 on it. Never here: the making of an exception (tests/ballot).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tally.protocol.encoding import decode
from tally.protocol.errors import BadText, NotSorted, TallyError, WrongShape
from tally.protocol.manifest import Block, Official
from tally.protocol.names import same_person_key
from tally.protocol.opening import Opening
from tally.protocol.override import MOST, Override, parse_overrides
from tally.verify import verify_record
from tests.builders import Round, new_round
from tests.tally.conftest import Refused

RATED = "Ủy viên 2"  # the second member of every committee that tests convene
REASON = "Hai người trùng họ tên, khác năm sinh."
GRANTED = Override(RATED, "member", REASON, "to-chuc-1", "to-chuc-2")
BLOCKS = (Block("Khối", tuple(Official(f"00{n}", f"Ủy viên {n}", "Chủ tịch") for n in (2, 12, 22))),)


@pytest.fixture(scope="module")
def conflicted() -> Round:
    """A round in which the second member of the committee is a rated official."""
    return new_round(blocks=BLOCKS)


def with_overrides(round_: Round, *overrides: Override) -> bytes:
    return replace(Opening.parse(round_.opening), overrides=overrides).encode()


# --- check 14 -----------------------------------------------------------------------------------------------------


# threats A25
def test_a_rated_official_in_the_committee_fails_the_record(conflicted: Round, refused: Refused) -> None:
    failed = refused(conflicted.record(), 14, "CONFLICT_OF_INTEREST")
    assert "committee.json.members[1]" in str(failed)
    assert RATED in str(failed)


def test_with_a_written_exception_the_record_is_verified_and_holds_it(conflicted: Round) -> None:
    verified = verify_record(conflicted.record(opening=with_overrides(conflicted, GRANTED)))
    assert verified.evidence.opening.overrides == (GRANTED,)


@pytest.mark.parametrize(
    "other",
    [replace(GRANTED, office="organiser"), replace(GRANTED, office="desk"), replace(GRANTED, name="Ủy viên 12")],
)
def test_an_exception_for_another_office_or_official_does_not_cover_the_member(
    conflicted: Round, refused: Refused, other: Override
) -> None:
    refused(conflicted.record(opening=with_overrides(conflicted, other)), 14, "CONFLICT_OF_INTEREST")


def test_another_spelling_of_the_members_name_is_still_the_officials(conflicted: Round, refused: Refused) -> None:
    first, second, third = conflicted.board.committee.members
    committee = replace(conflicted.board.committee, members=(first, replace(second, name="ủy  viên 2"), third))
    renamed = replace(conflicted, board=replace(conflicted.board, committee=committee))
    refused(replace(renamed, opening=renamed.files().opened(1, 2, 3)).record(), 14, "CONFLICT_OF_INTEREST")


def test_an_exception_for_somebody_who_is_not_rated_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(opening=with_overrides(round_, GRANTED)), 14, "MISMATCH")


def test_an_opening_of_the_older_form_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(opening=round_.opening.replace(b',"overrides":[]', b"")), 14, "WRONG_SHAPE")


# --- the form -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": ""}, BadText), ({"name": "A" * 201}, BadText), ({"office": "observer"}, WrongShape),
        ({"office": []}, WrongShape), ({"office": {}}, WrongShape), ({"office": None}, WrongShape),
        ({"reason": "ngắn"}, WrongShape), ({"reason": "x" * 401}, BadText), ({"reason": "hai\ndòng lý do"}, BadText),
        ({"first": ""}, BadText), ({"second": "to-chuc-1"}, WrongShape), ({"second": "x" * 61}, BadText),
    ],
)  # fmt: skip
def test_an_exception_of_another_form_is_refused(changes: dict[str, Any], error: type[TallyError]) -> None:
    assert parse_overrides([GRANTED.as_json()], "overrides") == (GRANTED,)
    with pytest.raises(error):
        parse_overrides([GRANTED.as_json() | changes], "overrides")


@pytest.mark.parametrize("missing", ["name", "office", "reason", "first", "second"])
def test_every_field_of_an_exception_is_needed(missing: str) -> None:
    entry = {name: value for name, value in GRANTED.as_json().items() if name != missing}
    with pytest.raises(WrongShape):
        parse_overrides([entry], "overrides")


def test_exceptions_stand_once_each_in_the_order_of_name_and_office() -> None:
    ordered = [replace(GRANTED, office=office).as_json() for office in ("desk", "member", "organiser")]
    assert [o.office for o in parse_overrides(ordered, "overrides")] == ["desk", "member", "organiser"]
    for wrong in (ordered[::-1], [ordered[0], ordered[0]], [*ordered, replace(GRANTED, name="A").as_json()]):
        with pytest.raises(NotSorted):
            parse_overrides(wrong, "overrides")
    with pytest.raises(WrongShape):
        parse_overrides([GRANTED.as_json()] * (MOST + 1), "overrides")


def test_the_file_with_exceptions_is_read_back_byte_for_byte(conflicted: Round) -> None:
    raw = with_overrides(conflicted, GRANTED, replace(GRANTED, office="organiser"))
    assert Opening.parse(raw).encode() == raw
    assert list(decode(raw, "opening.json", limit=len(raw)))[-1] == "overrides"


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other", ["nguyễn thị hòa", "NGUYỄN THỊ HÒA", " Nguyễn  Thị\u00a0Hòa ", "Nguyễn Thị Ho\u0300a"]
)
def test_spellings_of_one_name_are_alike(other: str) -> None:
    assert same_person_key(other) == same_person_key("Nguyễn Thị Hòa") == "nguyễn thị hòa"


@pytest.mark.parametrize("other", ["Nguyễn Thị Hoa", "Nguyễn Thi Hòa", "Nguyễn Hòa", "Hòa Nguyễn Thị"])
def test_names_that_differ_in_a_tone_or_a_word_are_not_alike(other: str) -> None:
    assert same_person_key(other) != same_person_key("Nguyễn Thị Hòa")
