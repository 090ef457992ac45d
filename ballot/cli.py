"""The commands of `ballot`. Here live arguments only. Never here: an act of a round."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from ballot.backup.commands import backup, restore, resume
from ballot.box.commands import box
from ballot.deployment.command import deploy
from ballot.identity.setup_commands import account, organisation
from ballot.issuer.commands import issuer
from ballot.serving import serve
from ballot.site.commands import site
from ballot.startup.command import check
from ballot.startup.errors import DatabaseAway
from ballot.storage.commands import database
from ballot.storage.failures import at_command, is_away
from tally.command import run
from tally.i18n import marked as _
from tally.screen import FAILED, Screen


@click.group(help=_("Hệ thống lấy phiếu tín nhiệm."))
def commands() -> None:
    """Hold the commands together."""


commands.add_command(issuer)
commands.add_command(organisation)
commands.add_command(account)
commands.add_command(box)
commands.add_command(check)
commands.add_command(database)
commands.add_command(deploy)
commands.add_command(serve)
commands.add_command(site)
for command in (backup, restore, resume):
    commands.add_command(command)


def main() -> None:
    """Run a command and exit; a disk or a database that fails is named like every other refusal."""
    try:
        run(commands)
    except (DBAPIError, sqlite3.Error) as error:
        storage = DatabaseAway() if is_away(error) else at_command(error)
        if storage is None:
            raise
        Screen().say(f"{storage.code}: {storage}")
        sys.exit(FAILED)


@commands.command(
    help=_("Trình diễn trọn hai đợt qua HTTP, so với số liệu gốc, rồi để ngỏ một đợt bỏ phiếu và một đợt tạo khóa.")
)
@click.option(
    "--dir", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("instance"), help=_("Nơi ghi.")
)
@click.option("--no-serve", is_flag=True, help=_("Chỉ chạy rồi thoát, không mở ứng dụng web."))
def demo(folder: Path, no_serve: bool) -> None:
    """Play two whole rounds, then leave a third one open for voters and a fourth for a committee."""
    from ballot.demo.catalogue import fill
    from ballot.demo.hall import Hall
    from ballot.demo.organiser import invite_committee
    from ballot.demo.play import fresh, open_round, play
    from ballot.demo.scenario import for_members, for_visitors, published, rare_cases
    from ballot.demo.server import Server
    from ballot.demo.stage import Stage

    stage, folder = Stage(), fresh(folder.resolve() / "trinh-dien")
    server = Server.start(folder / "may-chu")
    halls = [Hall(s, folder / s.slug, stage, server) for s in (published(), rare_cases())]
    records = [play(hall) for hall in halls]
    if not no_serve:
        visitors = Hall(for_visitors(), folder / for_visitors().slug, stage, server)
        manifest, slips = open_round(visitors)
        links = invite_committee(Hall(for_members(), folder / for_members().slug, stage, server))
        fill(visitors)
    stage.title(_("Xong"))
    for hall, record in zip(halls, records, strict=True):
        stage.note(_("{record} (mật khẩu khóa thành viên: {passphrase})"), record=record, passphrase=hall.passphrase)
        stage.note("{path}", path=record / "report" / "ket-qua.pdf")
    if no_serve:
        server.stop()
        return
    stage.invite(server.config, server.passwords, manifest.uuid, [slip.shown() for slip in slips], links)
    server.wait()
