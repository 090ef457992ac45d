"""Plays one round from the first form to the report, in the order of a real day.

Here lives that order. Never here: cryptography, or a number that the tools did not produce.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from ballot.demo import committee, organiser, signing, tools, voting
from ballot.demo.hall import Hall
from tally.i18n import marked as _
from tally.protocol.archive import Archive
from tally.protocol.credential import SlipCode
from tally.protocol.manifest import Manifest


def play(hall: Hall) -> Path:
    """Play a whole round over HTTP and return the folder of its downloaded record.

    Raises ToolFailed, Answered, ResultDiffers.
    """
    manifest, slips = open_round(hall)
    receipts = voting.vote(hall, manifest, slips)
    organiser.void_envelopes(hall)
    organiser.close(hall, manifest)
    record = download(hall, manifest)
    root = Archive.parse((record / f"{manifest.uuid}.bel").read_bytes()).root
    hall.stage.paper(_("Mã gốc"), root)
    parts = committee.decrypt(hall, record, root, seats=(1, 3))
    hall.stage.note(_("Nộp phần giải mã; máy chủ kiểm phiếu, kiểm chứng, lập báo cáo"))
    organiser.count(hall, manifest, parts)
    record = download(hall, manifest)
    hall.stage.note(_("Tải hồ sơ về và tự kiểm chứng: tally verify {record} --manifest …"), record=record)
    tools.run("tally", "verify", record, "--manifest", manifest.hash, show=True)
    tools.run("tally", "report", record, "--manifest", manifest.hash)
    hall.stage.compare(hall.scenario, record)
    if hall.scenario.signed:
        signing.sign(hall, manifest, slips=len(slips), ballots=len(receipts))
    _find_trackers(hall, manifest, [receipt.tracker for receipt in receipts])
    return record


def open_round(hall: Hall) -> tuple[Manifest, list[SlipCode]]:
    """Bring a round from nothing to an open box with slips in the voters' hands."""
    hall.stage.title(f"{hall.scenario.body}: {hall.scenario.title}")
    manifest = organiser.create_and_seal(hall)
    slips = organiser.issue(hall, manifest)
    committee.make_key(hall)
    organiser.admit_committee(hall, manifest)
    organiser.open_voting(hall, manifest)
    hall.stage.note(_("Hòm phiếu đã mở, do hai người"))
    return manifest, slips


def download(hall: Hall, manifest: Manifest) -> Path:
    """Download the record as anybody can, and unpack the files that a record may have."""
    record = hall.folder / "record"
    record.mkdir(exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(hall.box().get(f"/dot/{manifest.uuid}/ho-so.zip"))) as archive:
        for name in archive.namelist():
            (record / Path(name).name).write_bytes(archive.read(name))
    return record


def _find_trackers(hall: Hall, manifest: Manifest, trackers: list[str]) -> None:
    """Look a few receipts up on the board, as their voters would."""
    for tracker in trackers[:3]:
        page = hall.box().get(f"/dot/{manifest.uuid}/tra-cuu?ma={tracker[:8].replace('+', '%2B')}").decode()
        if "✓" not in page or tracker not in page.replace("&#43;", "+"):
            raise tools.ToolFailed("tra-cuu", exit=1, output=tracker)
    hall.stage.note(_("Mã theo dõi trên biên nhận có trong hòm phiếu: {tracker} …"), tracker=trackers[0])


def fresh(folder: Path) -> Path:
    """Return a path at which nothing stands: `folder` itself, or with a number when earlier rounds are there."""
    candidate, number = folder, 1
    while candidate.exists():
        number += 1
        candidate = folder.with_name(f"{folder.name}-{number}")
    return candidate
