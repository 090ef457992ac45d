"""The programs that recount a record: how each is run, and how its answer is judged.

Here live their commands. Never here: a count of our own, or what becomes of an answer (recounts.py).

    tally verify      ours                    recount.py      the second one, isolated from ours
    belenios-tool     somebody else's, where it is installed: the archive, then each of its ballots
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import tally
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.archive import Archive
from tally.protocol.errors import CodedError
from tally.record import ARCHIVE, RESULT, Record

OURS, SECOND, THIRD = "tally verify", "recount.py", "belenios-tool"
LONGEST = 4 * 60 * 60
"""Seconds for one program: one that hangs would keep everybody from asking again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said, and whether it agreed with the record."""

    agrees: bool
    said: str


def installed() -> frozenset[str]:
    """Return the programs that can run here; the two of this project always can."""
    return frozenset(name for name in PROGRAMS if name != THIRD or which(THIRD))


def ask(name: str, folder: Path, *, manifest: str) -> Answer:
    """Let a program recount the record in `folder`; one that cannot be run on it does not agree."""
    try:
        return PROGRAMS[name](folder, manifest)
    except OSError as error:
        return Answer(agrees=False, said=f"{error.__class__.__name__}: {error.strerror}")
    except subprocess.TimeoutExpired:
        told = translate(_("Chương trình chưa xong sau {minutes} phút nên đã bị dừng."))
        return Answer(agrees=False, said=told.format(minutes=LONGEST // 60))
    except CodedError as error:  # a record that cannot even be read for it
        return Answer(agrees=False, said=str(error))


def _ours(folder: Path, manifest: str) -> Answer:
    return _judged(_process(sys.executable, "-m", "tally", "verify", folder, "--manifest", manifest))


def _second(folder: Path, _manifest: str) -> Answer:
    """Run the second program apart from all our packages, and hold its numbers against result.json ourselves."""
    done = _process(sys.executable, "-I", Path(tally.__file__).parent / "recount.py", folder, "--proofs", "--json")
    words, _newline, last = done.stdout.rstrip().rpartition("\n")
    answer = Answer(done.returncode == 0, words + done.stderr)
    try:
        found, result = json.loads(last), json.loads((folder / RESULT).read_bytes())
    except ValueError:
        return Answer(agrees=False, said=done.stdout + done.stderr)
    same = found["counts"] == [line["counts"] for line in result["officials"]] and found["agrees"] is True
    return Answer(answer.agrees and same and found["ballots"] == result["ballots"]["returned"], answer.said)


def _third(folder: Path, _manifest: str) -> Answer:
    """Let belenios-tool verify the archive and then each ballot, for its `election verify` may pass over bad ones."""
    record = Record.read(folder)
    archive = Archive.parse(record[ARCHIVE])
    setup = Archive(archive.timestamp, archive.events[:1])
    with tempfile.TemporaryDirectory(prefix="belenios-", dir=folder.parent) as place:
        whole, begun = (
            _placed(Path(place) / kind, record, one) for kind, one in (("whole", archive), ("setup", setup))
        )
        done, ballot = _process(THIRD, "election", "verify", "--dir", whole), Path(place) / "ballot.json"
        if done.returncode:
            return _judged(done)
        for number, raw in enumerate(archive.ballots, start=1):
            ballot.write_bytes(raw)
            done = _process(THIRD, "election", "verify-ballot", "--dir", begun, "--ballot", ballot)
            if done.returncode:
                return Answer(agrees=False, said=f"{number}/{len(archive.ballots)}\n{done.stdout}{done.stderr}")
    version = _process(THIRD, "--version").stdout.strip()
    told = translate(_("belenios-tool {version} chấp nhận kho lưu trữ và từng phiếu trong {count} phiếu."))
    return Answer(agrees=True, said=told.format(version=version, count=len(archive.ballots)))


def _placed(folder: Path, record: Record, archive: Archive) -> Path:
    folder.mkdir()
    (folder / record.archive_name).write_bytes(archive.encode())
    return folder


def _judged(done: subprocess.CompletedProcess[str]) -> Answer:
    return Answer(done.returncode == 0, done.stdout + done.stderr)


def _process(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - programs of ours and belenios-tool, arguments from this module
        list(map(str, arguments)),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=LONGEST,
    )


PROGRAMS: Mapping[str, Callable[[Path, str], Answer]] = {OURS: _ours, SECOND: _second, THIRD: _third}
"""By the name that minutes print."""
