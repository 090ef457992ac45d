"""The board: what anybody may see of a round once its box is closed: trackers, the record, the result.

Here lives finding and reading, also for accounts that may see a restricted result. Never here: counting, verifying, or
anything of a round that is still open.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import select

from ballot.box_round import round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.phases import CLOSED, COUNTED
from ballot.public import publishing
from ballot.public.disclosure import Sees, Stage, Viewer, is_restricted, sees, stage
from ballot.public.paper_names import PUBLIC, order
from ballot.storage import reading
from ballot.written_record import closed_record
from tally.i18n import marked as _
from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.encoding import base64_compact
from tally.protocol.errors import Refused
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase
from tally.protocol.receipt import pasted
from tally.protocol.spoiled import Spoiled
from tally.record import CREDENTIALS, ISSUANCE, REPORT, RESULT, SPOILED, Record
from tally.slips import SlipCounts

PACKING = BoundedSemaphore(2)
"""So many records are packed at a time: one takes as much memory as on the disk, and anybody may ask for it."""


class NotPublished(Refused):
    """The round is not there yet, or will never be."""

    code = "ROUND_NOT_PUBLISHED"
    text = _("Đợt này chưa công bố: hòm phiếu chưa chốt hoặc chưa kiểm phiếu.")


class ResultRestricted(Refused):
    """The result goes to those to whom it is sent; the public board neither shows it nor hands out what holds it."""

    code = "RESULT_RESTRICTED"
    text = _("Kết quả đợt này được gửi theo thẩm quyền, không công bố ở đây. Không có gì bị mất hay thay đổi.")


class ResultNotCertified(Refused):
    """The result is counted and not certified: the committee has not signed, so nobody outside is told it yet."""

    code = "RESULT_NOT_CERTIFIED"
    text = _("Kết quả đợt này chưa công bố: ban kiểm phiếu chưa ký xác nhận. Không có gì bị mất hay thay đổi.")


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block (khối) of one form (loại phiếu), with its rows as result.json has them."""

    form: str
    title: str
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Published:
    """A closed round: manifest, folder of its record, and (once counted) what result.json says.

    `withheld` says that it was counted and that whoever asked is not to see the result, or not yet.
    """

    uuid: str
    phase: str
    manifest: Manifest
    folder: Path
    result: dict[str, Any] | None
    withheld: bool = False

    @property
    def report(self) -> list[str]:
        """Names of the report's files, the PDF first; none where no result is shown."""
        if self.result is None:
            return []
        folder = self.folder / REPORT
        names = [p.name for p in folder.iterdir() if PUBLIC.match(p.name)] if folder.is_dir() else []
        return sorted(names, key=order)

    def charts(self) -> list[str]:
        """Names of the charts to show, in order."""
        return [name for name in self.report if name.endswith(".svg")]

    def blocks(self) -> tuple[ShownBlock, ...]:
        """The result's rows by form and block, in ballot order; none before there is a result."""
        rows = self.result["officials"] if self.result else []
        grouped = groupby(rows, key=lambda row: (row.get("form", ""), row["block"]))
        return tuple(ShownBlock(form, title, tuple(found)) for (form, title), found in grouped)

    def slips(self) -> SlipCounts | None:
        """How slips were made and terminals tested, once the record is counted and so verified."""
        return _slips(self.folder) if self.result else None

    @property
    def awaits_signatures(self) -> bool:
        """Whether the committee has still to sign what was counted."""
        return stage(self.phase, rehearsal=self.manifest.rehearsal) is Stage.COUNTED

    @property
    def restricted(self) -> bool:
        """Whether the result never comes to the public board."""
        return is_restricted(self.manifest.policy.disclosure)

    def zipped(self) -> bytes:
        """Return the record as a reproducible zip. Raises ResultRestricted, ResultNotCertified; else as `record`.

        Source: threats H16.
        """
        self.check_shown()
        with PACKING:
            buffer = io.BytesIO()
            self.record().write_zip(buffer)
            return buffer.getvalue()

    def record(self) -> Record:
        """Return the whole record; until the count stands, what was closed, even if more lies in its folder.

        Raises Incomplete where it was not written to its end, and reading errors.
        """
        return Record.read(self.folder) if self.phase in COUNTED else closed_record(self.folder, self.uuid)

    def check_shown(self) -> None:
        """Refuse what would tell a withheld result. Raises ResultRestricted, ResultNotCertified."""
        if self.withheld:
            raise ResultRestricted("round") if self.restricted else ResultNotCertified("round")


def rounds(house: House) -> list[Published]:
    """Return the closed rounds, newest date first."""
    with reading(house.box) as session:
        rows = session.scalars(select(tables.Election).where(tables.Election.phase.in_(CLOSED))).all()
    return sorted((_published(house, row) for row in rows), key=lambda p: (p.manifest.date, p.uuid), reverse=True)


def open_rounds(house: House) -> list[Manifest]:
    """Return the rounds in which ballots are being cast."""
    with reading(house.box) as session:
        rows = session.scalars(select(tables.Election).where(tables.Election.phase == Phase.VOTING.value)).all()
    return [Manifest.parse(row.manifest) for row in rows]


def find(house: House, uuid: str, viewer: Viewer = Viewer.BOARD) -> Published:
    """Return a closed round as this viewer may see it. Raises NoSuchRound, NotPublished."""
    with reading(house.box) as session:
        row = round_of(session, uuid)
    if row.phase not in CLOSED:
        raise NotPublished("round")
    return _published(house, row, viewer)


def _published(house: House, row: tables.Election, viewer: Viewer = Viewer.BOARD) -> Published:
    publishing.fetch(house, row.uuid)
    folder, manifest = house.record(row.uuid), Manifest.parse(row.manifest)
    policy, rehearsal = manifest.policy.disclosure, manifest.rehearsal
    seen = sees(viewer, phase=row.phase, disclosure=policy, rehearsal=rehearsal)
    withheld = row.phase in COUNTED and seen is Sees.NOTHING
    counted = row.phase in COUNTED and not withheld and (folder / RESULT).is_file()
    result = json.loads((folder / RESULT).read_bytes()) if counted else None
    return Published(row.uuid, row.phase, manifest, folder, result, withheld)


@lru_cache(maxsize=32)
def _slips(folder: Path) -> SlipCounts:
    """Read the counters of a counted record, whose files never change any more."""
    issuance, credentials = (folder / ISSUANCE).read_bytes(), (folder / CREDENTIALS).read_bytes()
    spoiled = Spoiled.parse((folder / SPOILED).read_bytes())
    return SlipCounts.of(Issuance.parse(issuance), CredentialList.parse(credentials), spoiled)


def trackers(house: House, uuid: str) -> list[str]:
    """Return the trackers of all ballots in a closed box, in the archive's order. Raises NotPublished."""
    find(house, uuid)
    with reading(house.box) as session:
        hashes = session.scalars(
            select(tables.Ballot.hash).where(tables.Ballot.uuid == uuid).order_by(tables.Ballot.hash)
        ).all()
    return [base64_compact(digest) for digest in hashes]


def look_up(house: House, uuid: str, typed: str) -> list[str]:
    """Return the trackers that begin with what was typed (blanks ignored); nothing for less than six characters.

    A terminal's code holds a whole receipt, which is taken too.
    """
    receipt = pasted(typed)
    wanted = receipt.tracker if receipt else "".join(typed.split())
    return [t for t in trackers(house, uuid) if t.startswith(wanted)] if len(wanted) >= 6 else []
