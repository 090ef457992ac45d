"""The files of a record's report folder, all made again from the verified record, and compared byte for byte.

Here lives which files there are and the comparison. Never here: a belief in a file because it lies there.

Documents and exports are one function of record and minutes. The working report also says what its run had verified, in
the language of whoever ran it, so it may be any one of those few files.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from tally.i18n import DEFAULT, languages, speak, stop_speaking
from tally.i18n import marked as _
from tally.protocol.errors import Incomplete, Refused, TooLarge
from tally.protocol.minutes import Minutes
from tally.protocol.signer import SignerStatement
from tally.record import REPORT, SIGNED, UnknownFile
from tally.report import Progress, write_report
from tally.report.documents import Papers, documents_of
from tally.report.exports import exports_of
from tally.report.typeface import family
from tally.screen import verdict
from tally.sitting import MINUTES, check_about, read_minutes
from tally.slips import SlipCounts
from tally.verify import VerifiedRecord

LIMIT = 64 * 1024 * 1024
MOST = 5000
_STATEMENT = re.compile(r"signer-[1-9][0-9]*\.json\Z")


class FileDiffers(Refused):
    """A file of the report folder is not the one that the record gives."""

    code = "FILE_DIFFERS"
    text = _("Tệp này khác tệp lập lại từ hồ sơ đã kiểm chứng{note}.")


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Everything that stands in a report folder, by name: what a program makes, and what people have added to it.

    `made` holds what the record gives, whether it lay in the folder or not; `compared` of them did. `kept` are minutes
    and statements.
    """

    made: Mapping[str, bytes]
    kept: Mapping[str, bytes]
    compared: int


def report_files(
    verified: VerifiedRecord, folder: Path, *, whole: bool = False, note: str = "", progress: Progress | None = None
) -> ReportFiles:
    """Make every file again and compare it with the one in `folder`; see `Remade.compare`. Raises also PaperDiffers."""
    present = _present(folder)
    remade = Remade(verified, minutes_in(verified, folder), progress)
    return remade.compare(present, whole=whole, note=note, where=folder.name)


class Remade:
    """Everything that a program makes of a record and its minutes, made when it is first asked for.

    Raises PaperDiffers where the documents wait for keys and the numbers from paper differ.
    """

    def __init__(self, verified: VerifiedRecord, minutes: Minutes | None, progress: Progress | None = None) -> None:
        self.verified, self.progress = verified, progress
        self.papers = Papers.of(verified, minutes)
        if self.papers.comparison is not None and self.papers.signed_by_key:
            self.papers.comparison.check()

    @cached_property
    def fixed(self) -> dict[str, bytes]:
        """Documents and exports: a function of record and minutes alone."""
        wanted, face = documents_of(self.papers), family()
        made = exports_of(self.papers)
        for done, document in enumerate(wanted, start=1):
            made[f"{document.name}.pdf"] = document.make(self.papers, face)
            if self.progress:
                self.progress(done, len(wanted))
        return made

    @cache  # noqa: B019 (lives as long as one comparison)
    def working(self, language: str, *, proven: bool) -> dict[str, bytes]:
        """Return the working report as a run in this language wrote it, with or without the hash from paper."""
        e = self.verified.evidence
        token = speak(language)
        try:
            with tempfile.TemporaryDirectory() as folder:
                paths = write_report(
                    self.verified.outcome, Path(folder), record_hash=e.record.hash,
                    verdict=verdict(replace(self.verified, origin_proven=proven)),
                    slips=SlipCounts.of(e.issuance, e.credentials, e.spoiled), overrides=e.opening.overrides,
                )  # fmt: skip
                return {path.name: path.read_bytes() for path in paths}
        finally:
            stop_speaking(token)

    def compare(
        self, present: Mapping[str, bytes], *, whole: bool = False, note: str = "", where: str = REPORT
    ) -> ReportFiles:
        """Compare what is present with what is made; `whole`: none may be missing; `note` is said of what differs.

        Signed documents are left to tally.signed. Raises FileDiffers naming the first that differs, UnknownFile,
        Incomplete, Mismatch and reading errors. Source: SPEC 4.20.
        """
        _compare(present, self.fixed, note)
        made = self.fixed | self._working_of(present, note)
        kept = {name: raw for name, raw in present.items() if name == MINUTES or _STATEMENT.match(name)}
        for name in sorted(set(kept) - {MINUTES}):
            SignerStatement.parse(kept[name], name).check(self.verified.evidence.committee, name)
        for name in sorted(set(present) - set(made) - set(kept)):
            raise UnknownFile(repr(name))
        for name in sorted(set(made) - set(present)) if whole else ():
            raise Incomplete(where, missing=name)
        return ReportFiles(made, kept, len(set(made) & set(present)))

    def _working_of(self, present: Mapping[str, bytes], note: str) -> dict[str, bytes]:
        """Return the working report that is present, or the one of this run where none is."""
        proven = self.verified.origin_proven
        for language in languages():
            for said in (proven, not proven):
                made = self.working(language, proven=said)
                if all(present.get(name, raw) == raw for name, raw in made.items()):
                    return made
        first = self.working(DEFAULT, proven=proven)
        _compare(present, first, note)
        return first


def _present(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name == SIGNED and path.is_dir() and not path.is_symlink():
            continue
        if path.is_symlink() or not path.is_file() or len(found) >= MOST:
            raise UnknownFile(repr(path.name))
        if path.stat().st_size > LIMIT:
            raise TooLarge(path.name, limit=LIMIT)
        found[path.name] = path.read_bytes()
    return found


def minutes_in(verified: VerifiedRecord, folder: Path) -> Minutes | None:
    """Return the minutes that lie in a report folder, if any. Raises Mismatch where they are about another record."""
    if not (folder / MINUTES).is_file():
        return None
    minutes = read_minutes(folder / MINUTES)
    check_about(verified, minutes)
    return minutes


def _compare(present: Mapping[str, bytes], made: Mapping[str, bytes], note: str) -> None:
    for name in sorted(made):
        if name in present and present[name] != made[name]:
            raise FileDiffers(name, note=note)
