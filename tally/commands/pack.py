"""`tally pack` and `tally check-files`: everything about a round in one file, and whether all of it still agrees.

Here live these commands and the order of their acts. Never here: a check, or what is in a pack (tally/pack.py).

    tally pack HO-SO bo-ho-so.zip --log nhat-ky.jsonl
    tally check-files bo-ho-so.zip --manifest MA            or a record's own folder
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tally.commands.log import check_with_record
from tally.commands.verifying import verified_record
from tally.commands.worker_options import worker_options
from tally.executors import Workers
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import one_line
from tally.record import REPORT, SIGNED
from tally.screen import Screen
from tally.verify import VerifiedRecord

if TYPE_CHECKING:  # slow to import, and no other command needs them
    from tally.report_files import ReportFiles

EVIDENCE = click.Path(exists=True, path_type=Path)
MANIFEST = click.option("--manifest", "manifest_hash", help=_("Mã băm của bản niêm phong, chép từ giấy."))
WRITTEN = _("Đã ghi {count} tệp vào {path}. SHA-256 của bộ hồ sơ: {hash}")
SAME = _("{count} tệp giống từng byte với tệp lập lại từ hồ sơ.")
OTHERS = _("; tệp được lập bằng {versions}, khác phiên bản ở đây")


@click.command("pack", help=_("Gói hồ sơ, văn bản, bản ký và nhật ký thành một tệp zip; mọi thứ được kiểm tra trước."))
@click.argument("record", type=EVIDENCE)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@MANIFEST
@click.option(
    "--log", "log_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Nhật ký thao tác đã xuất, kiểm tra cùng hồ sơ."),
)  # fmt: skip
@worker_options
def pack(record: Path, out: Path, manifest_hash: str | None, log_file: Path | None, workers: Workers) -> None:
    """Verify the record, its files, signatures and log, then write them as one file: all of it right, or none."""
    from tally.pack import Pack

    screen = Screen()
    verified = verified_record(screen, record, manifest_hash, workers)
    if log_file is not None:
        check_with_record(screen, log_file, verified.evidence.manifest)
    folder = record / REPORT
    files = _checked(screen, verified, folder, whole=False)
    signed = {f"{SIGNED}/{path.name}": path.read_bytes() for path in sorted((folder / SIGNED).glob("*"))}
    log = log_file.read_bytes() if log_file is not None else None
    made = Pack.make(verified, {**files.made, **files.kept, **signed}, log)
    raw = made.encode()
    part = out.with_name(f".{out.name}.part")
    part.write_bytes(raw)
    part.replace(out)
    screen.say(translate(WRITTEN).format(count=len(made.members) + 1, path=out, hash=sha256_hex(raw)))
    screen.verdict(verified)


@click.command("check-files", help=_("Lập lại từng văn bản, biểu đồ, bảng số liệu của một bộ hồ sơ và so từng byte."))
@click.argument("path", type=EVIDENCE)
@MANIFEST
@worker_options
def check_files(path: Path, manifest_hash: str | None, workers: Workers) -> None:
    """Check a pack, or the folder of a record with its report; the first file that is not right is named."""
    screen = Screen()
    if path.is_dir():
        verified = verified_record(screen, path, manifest_hash, workers)
        _checked(screen, verified, path / REPORT, whole=False)
    else:
        verified = _check_pack(screen, path, manifest_hash, workers)
    screen.verdict(verified)


def _check_pack(screen: Screen, path: Path, manifest_hash: str | None, workers: Workers) -> VerifiedRecord:
    from tally import pack as packs

    if not path.is_file() or path.stat().st_size > packs.LIMIT:
        raise packs.PackUnreadable(path.name, reason="TooLarge")
    found = packs.Pack.parse(path.read_bytes(), one_line(path.name))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / packs.RECORD).write_bytes(found.members[packs.RECORD])
        for name, raw in found.below(packs.REPORT).items():
            target = folder / REPORT / name  # names are those that Pack.parse lets through
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(raw)
        verified = verified_record(screen, folder / packs.RECORD, manifest_hash, workers)
        if packs.LOG in found.members:
            (folder / packs.LOG).write_bytes(found.members[packs.LOG])
            check_with_record(screen, folder / packs.LOG, verified.evidence.manifest)
        others = packs.other_versions(found)
        note = translate(OTHERS).format(versions=others) if others else ""
        _checked(screen, verified, folder / REPORT, whole=True, note=note)
        packs.check_around(found, verified)
    return verified


def _checked(screen: Screen, verified: VerifiedRecord, folder: Path, *, whole: bool, note: str = "") -> ReportFiles:
    """Compare every file with the one that the record gives, then check the signed ones."""
    from tally.commands.signed import check_documents
    from tally.report_files import report_files

    files = report_files(verified, folder, whole=whole, note=note, progress=screen.progress)
    screen.say(translate(SAME).format(count=files.compared))
    check_documents(screen, verified, folder.parent)
    return files
