"""`tally ballot-paper`: the ballot of a sealed round on paper, for a hall that must go on without terminals.

Here lives this command. Never here: the sheet (tally/report/documents/paper_ballot.py), or a record of who gets one.
"""

from __future__ import annotations

from pathlib import Path

import click

from tally.i18n import marked as _
from tally.protocol.manifest import Manifest
from tally.screen import Screen

NAMES = ("phieu-tin-nhiem", "phieu-tin-nhiem-mau")


@click.command("ballot-paper", help=_("In phiếu giấy của đợt đã niêm phong vào FOLDER: một tệp để phát, một tệp mẫu."))
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def ballot_paper(manifest: Path, folder: Path) -> None:
    """Write the ballot and its specimen, which no record is needed for. Raises reading errors. Source: SPEC 4.1."""
    from tally.report.documents import DOCUMENTS, paper_ballot  # slow to import, and no other command needs them
    from tally.report.typeface import family

    screen = Screen()
    papers = paper_ballot.before_count(Manifest.parse(manifest.read_bytes()))
    folder.mkdir(parents=True, exist_ok=True)
    for document in DOCUMENTS:
        if document.name in NAMES:
            path = folder / f"{document.name}.pdf"
            path.write_bytes(document.make(papers, family()))
            screen.say(str(path))
