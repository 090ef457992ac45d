"""Whole archives: the verdict on each tampered one, and that an archive has exactly one spelling.

Here live archives of the foreign tool. Never here: a round of ours (test_record.py).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tally.protocol.archive import DAY, Archive
from tally.protocol.errors import BadArchive, TallyError
from tally.verify import CheckFailed, verify_archive
from tests.tally.belenios_files import FOLDER, SINGLE, TAMPERED

VERDICTS = json.loads((FOLDER / "verdicts.json").read_text("utf-8"))
WHOLE = (TAMPERED / "00_untouched.bel").read_bytes()
FIELDS = {
    "name": 0, "mode": 100, "owner": 108, "group": 116, "size": 124, "time": 136, "checksum": 148, "type": 156,
    "link": 157, "magic": 257, "padding": 511,
}  # fmt: skip


def verdict(raw: bytes) -> dict[str, Any]:
    try:
        verified = verify_archive(raw)
    except CheckFailed as failed:
        expect = "incomplete" if failed.code == "INCOMPLETE" else "refused"
        return {"expect": expect, "check": failed.check.number, "code": failed.code}
    return {"expect": "accepted", "result": [list(row) for row in verified.evidence.result.rows]}


def entry_offsets(raw: bytes) -> list[int]:
    """Return where each entry begins."""
    at, found = 0, []
    while at < len(raw):
        found.append(at)
        at += 512 + (int(raw[at + 124 : at + 135], 8) + 511) // 512 * 512
    return found


def entry(name: str, body: bytes, stamp: int) -> bytes:
    """Write an entry as the format says, in the test's own words."""
    header = name.encode().ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0%011o\0" % (len(body), stamp)
    total = sum(header) + 8 * 32 + ord("0")
    return (header + b"%06o\0 0" % total).ljust(512, b"\0") + body + bytes(-len(body) % 512)


def test_every_tampered_archive_has_its_verdict() -> None:
    assert [case["file"] for case in VERDICTS] == sorted(path.name for path in TAMPERED.iterdir())


@pytest.mark.parametrize("case", VERDICTS, ids=lambda case: case["file"].removesuffix(".bel"))
def test_a_tampered_archive_gets_the_verdict_of_the_table(case: dict[str, Any]) -> None:
    expected = {key: value for key, value in case.items() if key not in ("file", "comment")}
    assert verdict((TAMPERED / case["file"]).read_bytes()) == expected


def test_the_archive_of_the_committee_is_accepted() -> None:
    raw = next((FOLDER / "pedersen").glob("*.bel")).read_bytes()
    assert verdict(raw)["result"] == [[3, 6, 1, 0], [2, 5, 3, 0], [0, 6, 3, 1], [2, 5, 2, 1], [1, 7, 1, 1]]


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [("00", 0, "hợp lệ"), ("13", 1, "BAD_PROOF"), ("19", 3, "INCOMPLETE"), ("20", 3, "CHƯA ĐẦY ĐỦ")],
)
def test_the_command_ends_with_the_code_of_the_verdict(number: str, code: int, words: str) -> None:
    path = next(TAMPERED.glob(f"{number}_*.bel"))
    command = [sys.executable, "-m", "tally", "archive", str(path), "--workers", "1"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=os.environ | {"PTN_LANG": "vi"}, capture_output=True, check=False
    )
    shown = done.stdout.decode("utf-8")
    assert (done.returncode, words in shown) == (code, True), shown


def test_every_readable_archive_is_written_byte_for_byte() -> None:
    for path in sorted(TAMPERED.iterdir()):
        raw = path.read_bytes()
        if path.name[:2] not in ("01", "25"):
            assert Archive.parse(raw).encode() == raw, path.name


@pytest.mark.parametrize("extra", [b"\0", b"\0" * 512, b"\0" * 1024, b"x" * 512, WHOLE], ids=len)
def test_bytes_after_the_last_record_are_refused(extra: bytes) -> None:
    with pytest.raises(BadArchive):
        Archive.parse(WHOLE + extra)


def test_missing_bytes_are_refused_wherever_the_file_ends() -> None:
    ends = {0, 1, 511, 512, 513, 1024, len(WHOLE) - 512, len(WHOLE) - 1}
    ends |= {at + step for at in entry_offsets(WHOLE)[1:] for step in (-1, 1, 512)}
    survivors = []
    for end in sorted(ends):
        try:
            Archive.parse(WHOLE[:end])
        except TallyError:
            continue
        survivors.append(end)
    assert survivors == []


def test_an_archive_cut_between_events_is_incomplete_at_best() -> None:
    offsets, whole_events = [*entry_offsets(WHOLE), len(WHOLE)], []
    for at in offsets[1:-1]:
        try:
            whole_events.append(len(Archive.parse(WHOLE[:at]).events))
        except BadArchive:
            continue
        assert verdict(WHOLE[:at])["expect"] == "incomplete"
    assert whole_events == list(range(1, len(SINGLE.archive.events)))


@pytest.mark.parametrize("position", [0, 1, 5, 12])
@pytest.mark.parametrize("field", FIELDS)
def test_a_header_with_one_field_changed_by_one_is_refused(field: str, position: int) -> None:
    at = entry_offsets(WHOLE)[position] + FIELDS[field] + (10 if field in ("size", "time") else 0)
    changed = bytearray(WHOLE)
    changed[at] = changed[at] ^ 1
    with pytest.raises(TallyError):
        Archive.parse(bytes(changed))


@pytest.mark.parametrize("position", [0, 1, 5, 12])
def test_a_header_with_another_time_and_the_right_checksum_is_refused(position: int) -> None:
    offsets = [*entry_offsets(WHOLE), len(WHOLE)]
    at, end = offsets[position], offsets[position + 1]
    name = WHOLE[at : at + 100].rstrip(b"\0").decode()
    body = WHOLE[at + 512 : at + 512 + int(WHOLE[at + 124 : at + 135], 8)]
    stamp = SINGLE.archive.timestamp
    assert entry(name, body, stamp) == WHOLE[at:end]
    with pytest.raises(BadArchive):
        Archive.parse(WHOLE[:at] + entry(name, body, stamp + DAY) + WHOLE[end:])


def test_two_entries_that_change_places_are_refused_wherever_they_stand() -> None:
    offsets = [*entry_offsets(WHOLE), len(WHOLE)]
    parts = [WHOLE[a:b] for a, b in pairwise(offsets)]
    survivors = []
    for i in range(len(parts) - 1):
        swapped = [*parts[:i], parts[i + 1], parts[i], *parts[i + 2 :]]
        if verdict(b"".join(swapped))["expect"] == "accepted":
            survivors.append(i)
    assert survivors == []


def test_an_entry_that_is_there_twice_or_not_at_all_is_refused() -> None:
    offsets = [*entry_offsets(WHOLE), len(WHOLE)]
    parts = [WHOLE[a:b] for a, b in pairwise(offsets)]
    changed = [[*parts[:i], *parts[i : i + 1] * times, *parts[i + 1 :]] for i in range(len(parts)) for times in (0, 2)]
    verdicts = [verdict(b"".join(entries))["expect"] for entries in changed]
    assert set(verdicts) == {"refused"}
