"""The commands of `tally`: verify, archive, close, count, report; the others are in commands/.

Here live arguments, exit codes and the order of acts. Never here: a check, a number, or a private key.

Exit codes are those of command.py; only a record that passed every check ends with 0.
"""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

import click

from tally import rules as rule_sets
from tally.command import run
from tally.commands.audit import audit_ballot
from tally.commands.ballot_paper import ballot_paper
from tally.commands.compare import compare_numbers
from tally.commands.destruction import destruction
from tally.commands.documents import make_documents
from tally.commands.extensions import Extensible
from tally.commands.log import check_with_record, log
from tally.commands.outside_options import outside_options, read_outside
from tally.commands.pack import check_files, pack
from tally.commands.paper import outcome
from tally.commands.rules import list_rules
from tally.commands.signed import check_documents, check_signatures
from tally.commands.verifying import verified_record
from tally.commands.worker_options import worker_options
from tally.executors import Workers, pool
from tally.file_bytes import FileBytes
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.archive import Archive
from tally.protocol.encoding import grouped
from tally.protocol.errors import one_line
from tally.record import Record
from tally.screen import ARCHIVE_OK, NO_STRONG, Screen, verdict
from tally.slips import SlipCounts
from tally.verify import VerifiedRecord, verify_archive, verify_closed

RECORD = click.argument("record", type=click.Path(exists=True, path_type=Path))
MANIFEST = click.option("--manifest", "manifest_hash", help=_("Mã băm của bản niêm phong, chép từ giấy."))
PART_NAME = re.compile(r"partial-([1-9][0-9]*)\.json\Z")


@click.group(cls=Extensible, help=_("Kiểm chứng, kiểm phiếu và lập báo cáo từ hồ sơ của một đợt lấy phiếu tín nhiệm."))
def commands() -> None:
    """Hold the commands together."""


commands.add_command(audit_ballot)
commands.add_command(ballot_paper)
commands.add_command(destruction)
commands.add_command(log)
commands.add_command(list_rules)
commands.add_command(compare_numbers)
commands.add_command(check_signatures)
commands.add_command(make_documents)
commands.add_command(outcome)
commands.add_command(pack)
commands.add_command(check_files)


def main() -> None:
    """Run a command and exit; what was copied into a temporary file goes with it, also when the process is ended."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    run(commands)


@commands.command(help=_("Kiểm chứng toàn bộ hồ sơ của một đợt: từng phép kiểm một dòng."))
@RECORD
@MANIFEST
@worker_options
@click.option(
    "--log",
    "log_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Nhật ký thao tác đã xuất, kiểm tra cùng hồ sơ."),
)
@outside_options
def verify(
    record: Path, manifest_hash: str | None, workers: Workers, log_file: Path | None, **kept: tuple[Path, ...]
) -> None:
    """Run every numbered check over a record, then those of a log and of signed documents: no verdict before all."""
    screen = Screen()
    verified = verified_record(screen, record, manifest_hash, workers, read_outside(**kept))
    if log_file is not None:
        check_with_record(screen, log_file, verified.evidence.manifest)
    check_documents(screen, verified, record)
    screen.verdict(verified)
    screen.say(_named_hashes(verified))
    _say_if_rules_differ(screen, verified)


def _say_if_rules_differ(screen: Screen, verified: VerifiedRecord) -> None:
    """Tell when the sealed rule set is not the one of that name which ships with this program."""
    sealed = verified.evidence.manifest.rules
    if sealed.id not in rule_sets.names() or rule_sets.load(sealed.id).source != sealed.source:
        sentence = translate(
            _("Lưu ý: bộ quy tắc {id} trong hồ sơ khác bản đi kèm chương trình này; hãy đọc lại ngưỡng.")
        )
        screen.say(sentence.format(id=one_line(sealed.id)))


def _named_hashes(verified: VerifiedRecord) -> str:
    e = verified.evidence
    rows = (
        (_("Bản niêm phong"), e.manifest.hash),
        (_("Mã gốc (ghi trên giấy khi chốt hòm phiếu)"), e.archive.root),
        (_("Hồ sơ"), e.record.hash),
    )
    return "\n".join(_labelled(label, value) for label, value in rows)


def _labelled(label: str, value: str) -> str:
    return f"{translate(label)}: {grouped(value, 16)}"


@commands.command(help=_("Kiểm chứng một kho lưu trữ Belenios (.bel) bất kỳ, không kèm hồ sơ."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@worker_options
def archive(file: Path, workers: Workers) -> None:
    """Run the checks that a bare archive allows."""
    screen = Screen()
    with pool(workers) as executor:
        verified = verify_archive(
            FileBytes(file) if file.is_file() else file.read_bytes(),  # a pipe has no places to go back to
            executor=executor,
            progress=screen.progress,
            listener=screen.listener,
        )
    screen.line(25, "–", translate(NO_STRONG))
    screen.say(translate(ARCHIVE_OK))
    for question, row in zip(verified.evidence.election.questions, verified.evidence.result.rows, strict=True):
        labels = ([translate(_("Trắng"))] if question.blank else []) + list(question.answers)
        counts = ", ".join(f"{label} {count}" for label, count in zip(labels, row, strict=True))
        screen.say(one_line(f"{question.question}: {counts}"))
    screen.say(_labelled(_("Sự kiện cuối"), verified.evidence.archive.events[-1].hash))


@commands.command(help=_("Chốt kho phiếu: thêm EndBallots và tổng mã hóa; in mã gốc để chép ra giấy."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def close(file: Path) -> None:
    """Append the encrypted tally to an archive that ends with its ballots."""
    from tally.count import close as close_archive

    closed = close_archive(Archive.parse(file.read_bytes(), file.name))
    _write(file, closed.encode())
    Screen().say(_labelled(_("Mã gốc"), closed.root))


@commands.command(help=_("Kiểm phiếu: ghép các phần giải mã PARTIAL-N.JSON, ghi kết quả vào hồ sơ."))
@RECORD
@click.argument("parts", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@worker_options
def count(record: Path, parts: tuple[Path, ...], workers: Workers) -> None:
    """Verify a closed record, open its sums with the trustees' parts, write archive and result.json."""
    from tally.count import count as count_record

    screen = Screen()
    numbered = {_owner(path): path.read_bytes() for path in parts}
    with pool(workers) as executor:
        closed = verify_closed(
            Record.read(record), executor=executor, progress=screen.progress, listener=screen.listener
        )
    counted = count_record(closed, numbered)
    for error in counted.rejected:
        sentence = translate(_("Bỏ qua một phần giải mã không hợp lệ: {error}"))
        screen.say(sentence.format(error=f"{error.code}: {error}"))
    counted.record.write(record)
    screen.say(translate(_("Đã ghi kết quả vào hồ sơ: {path}")).format(path=record))


def _owner(path: Path) -> int:
    match = PART_NAME.match(path.name)
    if match is None:
        raise click.BadParameter(translate(_("tên tệp phải là partial-N.json, N là số của thành viên")))
    return int(match.group(1))


@commands.command(help=_("Lập báo cáo PDF và biểu đồ từ hồ sơ; hồ sơ được kiểm chứng trước."))
@RECORD
@click.option("--out", type=click.Path(path_type=Path), help=_("Thư mục ghi; mặc định: RECORD/report."))
@MANIFEST
@worker_options
def report(record: Path, out: Path | None, manifest_hash: str | None, workers: Workers) -> None:
    """Verify a record, then draw its report: an unverified record has none."""
    from tally.report import write_report
    from tally.report.documents import Papers
    from tally.report.exports import write_exports
    from tally.report_files import minutes_in

    screen, folder = Screen(), out or record / "report"
    verified = verified_record(screen, record, manifest_hash, workers)
    e = verified.evidence
    written = write_report(
        verified.outcome,
        folder,
        record_hash=e.record.hash,
        verdict=verdict(verified),
        slips=SlipCounts.of(e.issuance, e.credentials, e.spoiled),
        overrides=e.opening.overrides,
        progress=screen.progress,
    )
    for path in written + write_exports(Papers.of(verified, minutes_in(verified, folder)), folder):
        screen.say(str(path))


def _write(path: Path, raw: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(raw)
    part.replace(path)
