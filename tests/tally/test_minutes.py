"""minutes.json: read strictly, in one spelling, with every bound at its edge.

Here live files with one thing changed. Never here: the comparison of their numbers (test_comparison.py).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tally.protocol.encoding import canonical
from tally.protocol.errors import BadHash, BadText, NotCanonical, NotSorted, TallyError, TooLarge, WrongShape
from tally.protocol.incident import MOST_INCIDENTS, ComplaintWindow, Incident
from tally.protocol.minutes import LIMIT, Absent, Minutes, PaperCounts, Recount, Signatory
from tally.protocol.witnessed import Witnessed

MINUTES = Minutes(
    manifest="ab" * 32, root="cd" * 32, number="01-BB/BKP", place="Hà Nội", room="Hội trường A", started="08:00",
    ended="11:45", assigned_by="Chủ tọa kỳ họp", present=30, absent=(Absent("Nguyễn Thị Hoa", "Ốm"),),
    paper=PaperCounts(30, 2, True, 29, ("Trần Văn An", "Lê Thị Bình")), recounts=(Recount("tally", agrees=True),),
    complaints="", copies=3, recipients=("Thường trực Hội đồng nhân dân;",),
    signers=(Signatory(1, "12" * 32), Signatory(3, "34" * 32)),
    window=ComplaintWindow(10, ("Trần Văn An", "Lê Thị Bình"), "Mọi người đã tra cứu xong"),
    incidents=(Incident("power", "09:05", "Mất điện ba phút", "Chạy bằng bộ lưu điện"),),
    witnesses=(
        Witnessed("quan-sat-1", "56" * 32, 30, closing=True), Witnessed("quan-sat-2", "78" * 32, 20, closing=False),
    ),
)  # fmt: skip
WATCHED = MINUTES.witnesses[0].as_json()
INCIDENT = {"kind": "power", "time": "09:05", "text": "x", "settled": ""}


def test_what_is_written_is_read_again() -> None:
    assert Minutes.parse(MINUTES.encode()) == MINUTES
    assert Minutes.parse(MINUTES.encode()).encode() == MINUTES.encode()


def test_nobody_who_watched_has_one_spelling() -> None:
    alone = replace(MINUTES, witnesses=())
    assert b"witnesses" not in alone.encode()
    assert Minutes.parse(alone.encode()) == alone


def changed(*path: Any, value: Any) -> bytes:
    document = json.loads(MINUTES.encode())
    spot: Any = document
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = value
    return canonical(document)


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (("format",), "x", WrongShape), (("manifest",), "AB" * 32, BadHash), (("root",), "", BadHash),
        (("number",), "x" * 61, BadText), (("place",), "", BadText), (("room",), " A", BadText),
        (("started",), "8:00", WrongShape), (("ended",), "24:00", WrongShape), (("ended",), "11:60", WrongShape),
        (("ended",), 11, WrongShape), (("assigned_by",), "A\u202eB", BadText), (("present",), -1, WrongShape),
        (("present",), 5001, WrongShape), (("absent", 0, "name"), "", BadText), (("absent", 0), {}, WrongShape),
        (("absent",), [{"name": "A", "reason": ""}] * 5001, WrongShape), (("paper", "signatures"), "30", WrongShape),
        (("paper", "signatures"), True, WrongShape), (("paper", "slips_counted"), 1, WrongShape),
        (("paper", "slips_counted"), False, WrongShape), (("paper", "typed_by"), ["A"], WrongShape),
        (("paper", "typed_by"), ["A", "A"], WrongShape), (("recounts",), [{"program": "x"}], WrongShape),
        (("recounts",), [{"program": f"x{n}", "agrees": True} for n in range(10)], WrongShape),
        (("recounts",), [{"program": "x", "agrees": True}] * 2, WrongShape), (("copies",), 0, WrongShape),
        (("copies",), 100, WrongShape), (("recipients",), "x", WrongShape), (("recipients",), [""], BadText),
        (("complaint_window",), 10, WrongShape), (("complaint_window", "minutes"), 241, WrongShape),
        (("complaint_window", "minutes"), -1, WrongShape), (("complaint_window", "minutes"), 0, WrongShape),
        (("complaint_window", "ended_by"), ["A"], WrongShape), (("complaint_window", "ended_by"), [], BadText),
        (("complaint_window", "ended_by"), ["A", "A"], WrongShape), (("complaint_window", "reason"), "", BadText),
        (("complaint_window", "reason"), "x" * 401, BadText), (("incidents", 0, "kind"), "chuyen", WrongShape),
        (("incidents", 0, "kind"), ["power"], WrongShape), (("incidents", 0, "time"), "9:05", WrongShape),
        (("incidents", 0, "text"), "", BadText), (("incidents", 0, "text"), "x" * 1001, BadText),
        (("incidents", 0, "settled"), "x" * 1001, BadText), (("incidents", 0, "settled"), None, WrongShape),
        (("incidents",), [INCIDENT] * (MOST_INCIDENTS + 1), WrongShape),
        (("signers",), [], WrongShape), (("signers", 0, "owner"), 0, WrongShape),
        (("signers", 0, "owner"), 3, WrongShape), (("signers", 0, "certificate"), "", WrongShape),
        (("signers", 0, "certificate"), "34" * 32, WrongShape), (("signers", 0, "certificate"), "12" * 31, BadHash),
        (("signers", 0, "certificate"), None, BadHash),
        (("witnesses",), [], WrongShape), (("witnesses",), {}, WrongShape),
        (("witnesses", 0, "name"), "Lan", WrongShape), (("witnesses", 0, "name"), 1, WrongShape),
        (("witnesses", 0, "name"), "quan-sat-2", NotSorted),
        (("witnesses", 0, "name"), "quan-sat-3", NotSorted), (("witnesses", 0, "key"), "78" * 32, NotSorted),
        (("witnesses", 0, "key"), "56", BadHash), (("witnesses", 0, "ballots"), -1, WrongShape),
        (("witnesses", 0, "closing"), 1, WrongShape), (("witnesses",), [WATCHED] * 10, WrongShape),
    ],
)  # fmt: skip
def test_a_file_with_one_wrong_field_is_refused(path: tuple[Any, ...], value: Any, error: type[TallyError]) -> None:
    with pytest.raises(error):
        Minutes.parse(changed(*path, value=value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("number",), ""), (("room",), ""), (("assigned_by",), ""), (("absent",), []), (("absent", 0, "reason"), ""),
        (("started",), "00:00"), (("ended",), "23:59"), (("present",), 0), (("present",), 5000), (("copies",), 99),
        (("recounts",), []), (("recipients",), []), (("incidents",), []), (("incidents", 0, "settled"), ""),
        (("complaint_window",), {"minutes": 0, "ended_by": [], "reason": ""}), (("incidents", 0, "kind"), "other"),
        (("complaint_window",), {"minutes": 240, "ended_by": [], "reason": ""}), (("incidents", 0, "time"), "00:00"),
        (("incidents",), [INCIDENT] * MOST_INCIDENTS),
        (("signers",), [{"owner": 2, "certificate": ""}, {"owner": 1, "certificate": ""}]),
        (("witnesses",), [WATCHED]), (("witnesses", 0, "ballots"), 0), (("witnesses", 0, "name"), "a"),
    ],
)  # fmt: skip
def test_a_field_at_its_edge_is_read(path: tuple[Any, ...], value: Any) -> None:
    assert Minutes.parse(changed(*path, value=value)).encode() == changed(*path, value=value)


def test_other_spellings_and_sizes_are_refused() -> None:
    with pytest.raises(NotCanonical):
        Minutes.parse(json.dumps(json.loads(MINUTES.encode()), ensure_ascii=False).encode())
    with pytest.raises(TooLarge):
        Minutes.parse(b" " * (LIMIT + 1))
    with pytest.raises(WrongShape):
        Minutes.parse(canonical(dict(reversed(json.loads(MINUTES.encode()).items()))))
