"""`tally outcome`: a table of rounds that were counted on paper, judged from the counts alone.

Here lives this command. Never here: a rule, a percentage, or a document's text.

    tally outcome 2014.csv
    tally outcome 2014.csv --json
    tally outcome dot-giay.csv --documents VAN-BAN
"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from tally import rules as shipped
from tally.i18n import marked as _
from tally.i18n import translate
from tally.paper import JudgedRound, judge, outcome_of, read
from tally.paper.document import document
from tally.paper.screen import show
from tally.paper.table import FILE_LIMIT
from tally.protocol.errors import one_line
from tally.screen import Screen

WRITTEN = _("Đã ghi {count} tệp vào {folder}")


@click.command("outcome", help=_("Tính tỷ lệ, ngưỡng và hệ quả từ bảng CSV của các đợt kiểm phiếu giấy đã công bố."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=_("In một tài liệu JSON thay cho bảng."))
@click.option(
    "--rules", "folder", default=shipped.FOLDER, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("Thư mục bộ quy tắc; mặc định: các bộ đi kèm."), show_default=False,
)  # fmt: skip
@click.option(
    "--documents", type=click.Path(file_okay=False, path_type=Path),
    help=_("Thư mục ghi văn bản của các đợt có đủ số liệu; mỗi đợt một thư mục con nếu có nhiều đợt."),
)  # fmt: skip
def outcome(file: Path, as_json: bool, folder: Path, documents: Path | None) -> None:
    """Read the table, judge every round, and write what was found; documents only if every round can have them."""
    with file.open("rb") as opened:
        raw = opened.read(FILE_LIMIT + 1)
    judged = tuple(map(judge, read(raw, one_line(file.name), folder=folder)))
    if as_json:
        click.echo(document(judged))
    else:
        show(Console(highlight=False), judged)
    if documents is not None:
        _write_documents(judged, documents, Screen(Console(highlight=False, soft_wrap=True, stderr=as_json)))


def _write_documents(rounds: tuple[JudgedRound, ...], folder: Path, screen: Screen) -> None:
    from tally.report.documents import Papers, write_documents
    from tally.report.exports import write_exports
    from tally.report.typeface import family

    outcomes = [outcome_of(judged) for judged in rounds]
    for number, found in enumerate(outcomes, start=1):
        papers = Papers(found, minutes=None, members=(), slips=None, record_hash="", verdict="")
        target = folder / f"dot-{number}" if len(outcomes) > 1 else folder
        paths = write_documents(papers, target, family(), progress=screen.progress)
        paths += write_exports(papers, target)
        screen.say(translate(WRITTEN).format(count=len(paths), folder=target))
