"""`tally documents`: the official documents of a verified record and of the minutes that people typed.

Here lives this command. Never here: a page, a number, or a signature.
"""

from __future__ import annotations

from pathlib import Path

import click

from tally.commands.verifying import verified_record
from tally.commands.worker_options import worker_options
from tally.executors import Workers
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.minutes import Minutes
from tally.record import REPORT
from tally.screen import Screen
from tally.sitting import MINUTES, read_minutes

DRAFTS = _("Chưa có minutes.json: các văn bản là dự thảo, có dòng chấm để viết tay.")
NEEDS_FOLDER = _("hồ sơ là tệp zip; xin cho biết thư mục ghi bằng --out")


@click.command("documents", help=_("Lập biên bản, báo cáo và các văn bản khác; hồ sơ được kiểm chứng trước."))
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help=_("Thư mục ghi; mặc định: RECORD/report."))
@click.option(
    "--minutes",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Số liệu biên bản; mặc định: RECORD/report/minutes.json nếu có."),
)
@click.option("--manifest", "manifest_hash", help=_("Mã băm của bản niêm phong, chép từ giấy."))
@worker_options
def make_documents(
    record: Path, out: Path | None, file: Path | None, manifest_hash: str | None, workers: Workers
) -> None:
    """Verify the record, then write its documents: all of them, or none.

    Documents that wait for keys are refused over numbers that differ (PaperDiffers). Those to be signed on paper are
    then printed as drafts, which show what differs. Source: SPEC 5.19, 5.20.
    """
    from tally.report.documents import Papers, write_documents  # slow to import, and no other command needs them
    from tally.report.exports import write_exports
    from tally.report.typeface import family

    if out is None and record.is_file():
        raise click.UsageError(translate(NEEDS_FOLDER))
    screen = Screen()
    minutes = _minutes(record, file)
    papers = Papers.of(verified_record(screen, record, manifest_hash, workers), minutes)
    if papers.comparison is None:
        screen.say(translate(DRAFTS))
    elif papers.signed_by_key:
        papers.comparison.check()
    else:
        screen.say(papers.comparison.sentence)
    folder = out or record / REPORT
    for path in write_documents(papers, folder, family(), progress=screen.progress) + write_exports(papers, folder):
        screen.say(str(path))


def _minutes(record: Path, file: Path | None) -> Minutes | None:
    usual = record / REPORT / MINUTES
    if file is None and not usual.is_file():
        return None
    return read_minutes(file or usual)
