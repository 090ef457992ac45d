"""The exported log: one spelling, a chain that shows every change, heads that show every cut, the life of a round.

Here live logs made of values. Never here: the application that writes them (tests/ballot/log/test_journal.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from tally.protocol.acts_log import (
    HEAD_LABEL,
    SUBJECT_LIMIT,
    AuditBroken,
    Entry,
    Head,
    Log,
    LogCut,
    head_bytes,
    in_vietnam,
)
from tally.protocol.acts_log_life import BY_TWO, WORDS, LogLife, LogUnsigned, check_round
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.errors import BadSignature, CodedError
from tally.protocol.manifest import Manifest
from tally.protocol.phase import LIFE, Act, Phase
from tests.builders import Round
from tests.tally.acts_logs import FIRST, ORGANISATION, WHOLE, Act3, chained, signed, whole


@pytest.fixture(scope="module")
def manifest(round_: Round) -> Manifest:
    return round_.manifest


@pytest.fixture(scope="module")
def log(manifest: Manifest) -> Log:
    return whole(manifest.uuid)


# --- one spelling -------------------------------------------------------------------------------------------------


def test_a_log_is_read_back_and_holds(log: Log, manifest: Manifest) -> None:
    raw = log.encode()
    assert Log.parse(raw) == log
    assert Log.parse(raw).encode() == raw
    assert log.check_chain() == len(log.entries)
    life = check_round(log, manifest, closed=True)
    assert life.phase is Phase.TALLIED
    assert [(m.entry.act, m.proposed_by) for m in life.moves] == [
        ("create", ""), ("seal", ""), ("freeze", ""), ("open", FIRST), ("close", FIRST), ("tally", ""),
    ]  # fmt: skip
    assert len(life.heads) == 5


def test_the_bytes_are_those_of_the_specification() -> None:
    start = sha256_hex(b"phieu-tin-nhiem/v1/audit-start|" + ORGANISATION.encode())
    timed = [1, "a", "create", "X", start]
    first = sha256_hex(b"phieu-tin-nhiem/v1/audit|" + canonical([*timed, "2026-11-20T02:01Z"]))
    second = sha256_hex(b"phieu-tin-nhiem/v1/audit|" + canonical([2, "b", "check-in", "X", first]))
    entries = chained([("a", "create", "X"), ("b", "check-in", "X")])
    assert [e.hash for e in entries] == [first, second]
    assert head_bytes(ORGANISATION, "R", height=2, hash_=second) == HEAD_LABEL + canonical(
        [ORGANISATION, "R", 2, second]
    )
    lines = Log(ORGANISATION, "Đơn vị", entries, ()).encode().split(b"\n")
    numbers = '"name":"Đơn vị","entries":2,"heads":0}'
    assert lines[0].decode() == f'{{"format":"phieu-tin-nhiem/log/v1","organisation":"{ORGANISATION}",{numbers}'
    assert list(json.loads(lines[2])) == ["height", "time", "actor", "act", "subject", "previous", "hash"]
    assert lines[3] == b""


TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=8), st.lists(st.integers(1, 8), max_size=3))
def test_whatever_was_written_is_read_back(said: list[Act3], heights: list[int]) -> None:
    entries = chained(said)
    heads = tuple(Head(height, "R", "ab" * 64) for height in sorted(set(heights)))
    log = Log(ORGANISATION, "Đơn vị", entries, heads)
    assert Log.parse(log.encode()) == log
    if not heads or heads[-1].height <= len(entries):
        assert log.check_chain() == len(entries)


@given(st.data())
def test_no_bytes_end_in_anything_but_a_refusal(data: st.DataObject) -> None:
    raw = bytearray(whole("B7kQ2mXv9TzRw4").encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        log = Log.parse(bytes(raw))
        assert log.encode() == bytes(raw)
        log.check_chain()
        for entry in log.entries:
            in_vietnam(entry.time)
    except CodedError as refused:
        assert refused.code
        assert str(refused)


@given(st.binary(max_size=200))
def test_rubbish_is_refused(raw: bytes) -> None:
    with pytest.raises(CodedError):
        Log.parse(raw)


BAD_LINES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nothing": (lambda raw: b"", "WRONG_SHAPE"),
    "the last newline missing": (lambda raw: raw[:-1], "WRONG_SHAPE"),
    "a line missing": (lambda raw: b"\n".join(raw.split(b"\n")[:-2]) + b"\n", "WRONG_COUNT"),
    "an empty line": (lambda raw: raw + b"\n", "WRONG_COUNT"),
    "another format": (lambda raw: raw.replace(b"/log/v1", b"/log/v2", 1), "WRONG_SHAPE"),
    "a blank": (lambda raw: raw.replace(b'"height":1,', b'"height": 1,', 1), "NOT_CANONICAL"),
    "CRLF": (lambda raw: raw.replace(b"\n", b"\r\n"), "NOT_CANONICAL"),
    "a field too many": (lambda raw: raw.replace(b'"height":1,', b'"height":1,"x":1,', 1), "WRONG_SHAPE"),
    "a height that is none": (lambda raw: raw.replace(b'"height":1,', b'"height":true,', 1), "WRONG_SHAPE"),
    "a second": (lambda raw: raw.replace(b"T02:01Z", b"T02:01:07Z", 1), "WRONG_SHAPE"),
    "a day that is none": (lambda raw: raw.replace(b"2026-11-20", b"2026-02-30", 1), "WRONG_SHAPE"),
    "a subject without end": (
        lambda raw: raw.replace(b'"Ab1"', b'"' + b"a" * (SUBJECT_LIMIT + 1) + b'"', 1),
        "WRONG_SHAPE",
    ),
    "a signature too short": (lambda raw: raw[:-4] + b'"}\n', "WRONG_SHAPE"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_another_spelling_is_refused(log: Log, name: str) -> None:
    change, code = BAD_LINES[name]
    with pytest.raises(CodedError) as refused:
        Log.parse(change(log.encode()))
    assert refused.value.code == code


def test_heads_stand_in_order_and_once(log: Log) -> None:
    for heads in (log.heads[::-1], (log.heads[0], log.heads[0])):
        with pytest.raises(CodedError) as refused:
            Log.parse(replace(log, heads=heads).encode())
        assert refused.value.code == "NOT_SORTED"


# --- tampering ----------------------------------------------------------------------------------------------------

OTHERS = {
    "height": lambda e: e.height + 1, "time": lambda e: "" if e.time else "2026-11-20T02:59Z",
    "actor": lambda e: e.actor + "x", "act": lambda e: e.act + "x", "subject": lambda e: e.subject + "x",
    "previous": lambda e: "0" * 64, "hash": lambda e: "0" * 64,
}  # fmt: skip


def test_every_field_of_every_entry_is_covered(log: Log) -> None:
    assert set(OTHERS) == set(Entry.__slots__)
    for number, entry in enumerate(log.entries):
        for name, other in OTHERS.items():
            changed = replace(entry, **{name: other(entry)})
            entries = (*log.entries[:number], changed, *log.entries[number + 1 :])
            with pytest.raises(AuditBroken, match=rf"entry {number + 1}:"):
                replace(log, entries=entries).check_chain()


def test_an_entry_dropped_swapped_or_inserted_is_named(log: Log) -> None:
    entries = log.entries
    for number in range(len(entries) - 1):
        for forged in (
            entries[:number] + entries[number + 1 :],
            (*entries[:number], entries[number + 1], entries[number], *entries[number + 2 :]),
            (*entries[:number], entries[number + 1], *entries[number:]),
        ):
            with pytest.raises(AuditBroken, match=rf"entry {number + 1}:"):
                replace(log, entries=forged, heads=()).check_chain()


def test_a_cut_end_is_caught_by_a_signed_head(log: Log) -> None:
    for length in range(len(log.entries)):
        with pytest.raises(LogCut, match=r"entry \d+:"):
            replace(log, entries=log.entries[:length]).check_chain()


def test_an_end_that_was_rewritten_with_all_its_hashes_is_caught_by_a_signed_head(log: Log, manifest: Manifest) -> None:
    said = [(e.actor, e.act, e.subject) for e in log.entries]
    for number in range(len(said)):
        forged = replace(log, entries=chained([*said[:number], ("khac", *said[number][1:]), *said[number + 1 :]]))
        forged.check_chain()
        with pytest.raises(BadSignature, match=r"entry \d+:"):
            forged.check_heads(manifest.uuid, manifest.log_key)


def test_a_chain_of_another_organisation_is_refused(log: Log, manifest: Manifest) -> None:
    with pytest.raises(AuditBroken, match="entry 1:"):
        replace(log, organisation="f" * 20).check_chain()
    said = [(e.actor, e.act, e.subject) for e in log.entries]
    elsewhere = replace(log, organisation="f" * 20, entries=chained(said, "f" * 20))
    with pytest.raises(BadSignature):
        check_round(elsewhere, manifest)


def test_a_head_of_another_round_or_by_another_key_does_not_count(log: Log, manifest: Manifest) -> None:
    other = SigningKey.generate()
    last = len(log.entries)
    for head in (signed(log.entries, last, "Other1111111111"), signed(log.entries, last, "Other1111111111", other)):
        with pytest.raises(LogUnsigned, match="entry "):
            check_round(replace(log, heads=(head,)), manifest)
    for head in (
        signed(log.entries, last, manifest.uuid, other),
        replace(signed(log.entries, last, "Other1111111111"), round=manifest.uuid),
        replace(signed(log.entries, last - 1, manifest.uuid), height=last),
    ):
        with pytest.raises(BadSignature, match=f"entry {last}:"):
            check_round(replace(log, heads=(head,)), manifest)


def test_a_closed_round_needs_a_head_at_its_closing_or_after(log: Log, manifest: Manifest) -> None:
    closing = next(e.height for e in log.entries if e.act == "close")
    before = tuple(h for h in log.heads if h.height < closing)
    with pytest.raises(LogUnsigned, match=f"entry {closing}:"):
        check_round(replace(log, heads=before), manifest, closed=True)
    at_closing = tuple(h for h in log.heads if h.height <= closing)
    assert check_round(replace(log, heads=at_closing), manifest, closed=True).phase is Phase.TALLIED


# --- the life of a round ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        WHOLE[1:],
        ("create", *WHOLE),
        ("create", "freeze"),
        ("create", "seal", "propose-open", "open"),
        ("create", "seal", "freeze", "open"),
        ("create", "seal", "freeze", "propose-close", "open"),
        ("create", "seal", "freeze", "propose-open", "open", "tally"),
        (*WHOLE[:5], "close"),
        (*WHOLE, "propose-open", "open"),
        (*WHOLE, "propose-annul", "annul"),
        ("create", "propose-open", "seal", "freeze", "open"),
        (),
    ],
)
def test_a_life_that_no_round_has_is_refused(manifest: Manifest, names: tuple[str, ...]) -> None:
    with pytest.raises(LogLife):
        check_round(whole(manifest.uuid, names), manifest)


@pytest.mark.parametrize("act", sorted(BY_TWO))
def test_one_person_is_not_two(manifest: Manifest, act: str) -> None:
    before = {"open": WHOLE[:3], "close": WHOLE[:5], "annul": WHOLE[:3]}[act]
    alone = [(FIRST, f"propose-{act}", manifest.uuid), (FIRST, act, manifest.uuid)]
    log = whole(manifest.uuid, before, alone)
    with pytest.raises(LogLife, match="thiếu người thứ hai"):
        check_round(log, manifest)


def test_an_annulled_round_has_a_life_and_no_record(manifest: Manifest) -> None:
    log = whole(manifest.uuid, (*WHOLE[:5], "propose-annul", "annul"))
    assert check_round(log, manifest).phase is Phase.VOID
    with pytest.raises(LogLife):
        check_round(log, manifest, closed=True)


def test_every_row_of_the_table_has_words() -> None:
    assert set(WORDS) == {"create", *(row.act.value for row in LIFE)}
    assert {act for act in Act if act.value in BY_TWO} == {row.act for row in LIFE if row.persons == 2}


def test_a_time_is_shown_as_in_vietnam() -> None:
    assert in_vietnam("2026-11-21T18:05Z") == "22/11/2026 01:05"
    assert in_vietnam("") == ""
