"""The commands `keys backup …`: make a recipient's key, show its public half, end it and with it every copy.

Here live arguments and what is shown. Never here: a passphrase in an argument, or a private key on a screen.
"""

from __future__ import annotations

from pathlib import Path

import click

from keys.backup import create_backup_key, open_backup_key
from keys.prompt import passphrase
from keys.roles import ROLES
from keys.store import destroy as destroy_file
from tally.i18n import marked as _
from tally.i18n import translate
from tally.screen import Screen

KEY = click.argument("key", type=click.Path(dir_okay=False, path_type=Path))


@click.group("backup", help=_("Khóa mở bản sao lưu: mỗi phần (danh sách, hòm phiếu, khóa máy) do một người giữ."))
def backup() -> None:
    """Hold the commands about recipients of backups together."""


@backup.command(help=_("Tạo khóa của người giữ bản sao lưu; in mã người nhận để máy chủ dùng khi sao lưu."))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", required=True, help=_("Tên khóa: chữ thường, số, gạch nối."))
def new(folder: Path, name: str) -> None:
    """Make a key file and print its recipient."""
    path = folder / f"{name}{ROLES['backup'].suffix}"
    click.echo(create_backup_key(path, name=name, passphrase=passphrase(new=True)))


@backup.command(help=_("In lại mã người nhận của một tệp khóa."))
@KEY
def show(key: Path) -> None:
    """Print the recipient of a key file."""
    click.echo(open_backup_key(key, passphrase=passphrase(of=key.name)).recipient)


@backup.command(help=_("Hủy khóa: từ đó không ai mở được các bản sao lưu đã làm cho khóa này."))
@KEY
@click.confirmation_option(prompt=_("Hủy khóa này?"))
def destroy(key: Path) -> None:
    """Open the key first, so that nothing else is destroyed by mistake, then end it."""
    open_backup_key(key, passphrase=passphrase(of=key.name))
    destroy_file(key)
    Screen().say(
        translate(_("Đã hủy {name}; các bản sao lưu làm cho khóa này không mở được nữa.")).format(name=key.name)
    )
