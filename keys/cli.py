"""The commands of `keys`: the groups of its packages, keys of issuers and of the box, roles, a passphrase suggested.

Here live arguments and the order of acts. Never here: a passphrase on a command line, or a secret printed, but a
passphrase that was only just suggested.

A passphrase is asked for without echo; from a program it is read from the first line of standard input.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from keys.backup_commands import backup
from keys.certificates.report_commands import report
from keys.certificates.tls_commands import tls
from keys.committee.commands import committee_commands, trustee_commands
from keys.documents.commands import sign_in_turn, state
from keys.inventory_commands import take_inventory
from keys.passphrase import suggest
from keys.prompt import passphrase, without_core
from keys.roles import BOX, ISSUER, ROLES, STATEMENT
from keys.signers import create_box_key, create_issuer_key, create_statement_key
from keys.token_commands import destroy_in_token, new_token_issuer, token_of, token_options
from keys.witness.commands import witness_commands
from tally.command import run
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import canonical
from tally.screen import Screen

FOLDER = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))


@click.group(help=_("Giữ khóa: khóa của ban kiểm phiếu, khóa cấp phiếu, khóa hòm phiếu."))
def commands() -> None:
    """Hold the commands together."""


def main() -> None:
    """Run a command and exit; a crash writes no memory to the disk, since secrets are in it."""
    without_core()
    run(commands)


# --- keys of issuers and of the box -------------------------------------------------------------------------------


@commands.command("new-issuer", help=_("Tạo khóa cấp phiếu và khóa bản kê của một bên cấp cho một đợt."))
@FOLDER
@click.option("--name", required=True, help=_("Tên bên cấp: chữ thường, số, gạch nối."))
@click.option("--uuid", required=True, help=_("Mã đợt."))
@token_options
def new_issuer(folder: Path, name: str, uuid: str, **place: Any) -> None:
    """Make both keys of an issuer and print the public halves for the manifest."""
    token, secret = token_of(**place), passphrase(new=True)
    issuer, statement = (folder / f"{name}{ROLES[kind].suffix}" for kind in (ISSUER, STATEMENT))
    if token is not None:
        key, public = new_token_issuer(token, statement, name=name, uuid=uuid, passphrase=secret)
    else:
        key = create_issuer_key(issuer, name=name, round_id=uuid, passphrase=secret)
        public = create_statement_key(statement, name=name, round_id=uuid, passphrase=secret)
    click.echo(canonical({"name": name, "key": key.encode(), "statement_key": public}).decode())


@commands.command("new-box", help=_("Tạo khóa hòm phiếu cho một đợt."))
@FOLDER
@click.option("--uuid", required=True, help=_("Mã đợt."))
def new_box(folder: Path, uuid: str) -> None:
    """Make the box's key and print its public half for the manifest."""
    secret = passphrase(new=True)
    path = folder / f"{uuid}{ROLES[BOX].suffix}"
    click.echo(create_box_key(path, name=uuid, round_id=uuid, passphrase=secret))


@commands.command(help=_("Ai được mở khóa nào."))
def roles() -> None:
    """Print the table of roles."""
    screen = Screen()
    for role in ROLES.values():
        screen.say(f"{role.suffix:<16} {translate(role.name)}")
        for label, value in ((_("người mở"), role.opened_by), (_("để"), role.purpose), (_("hủy"), role.destroyed)):
            screen.say(f"{'':16}   {translate(label)}: {translate(value)}")


@commands.command("passphrase", help=_("Gợi ý một mật khẩu gồm sáu từ, chọn ngẫu nhiên."))
def suggest_passphrase() -> None:
    """Print a passphrase that is worth using; nothing keeps it."""
    click.echo(suggest())


trustee_commands.add_command(state)
for command in (
    trustee_commands,
    committee_commands,
    destroy_in_token,
    take_inventory,
    tls,
    report,
    sign_in_turn,
    witness_commands,
    backup,
):
    commands.add_command(command)
