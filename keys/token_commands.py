"""The commands of `keys` that speak to a PKCS#11 token: the options that name one, and the destruction of a key in it.

Here live arguments and the order of acts. Never here: a PIN on a command line; it comes from a file of mode 0600.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from keys.signers import Token, create_statement_key, create_token_key, destroy_token_key
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.blind import IssuerPublicKey
from tally.screen import Screen

FILE = click.Path(dir_okay=False, path_type=Path)
NOT_WHOLE = _("Một thiết bị giữ khóa cần đủ ba lựa chọn: --module, --token-label, --pin-file.")


def token_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the three options that name a token."""
    for option in (
        click.option("--pin-file", type=FILE, help=_("Tệp chứa mã PIN, quyền 600.")),
        click.option("--token-label", help=_("Nhãn của thiết bị giữ khóa.")),
        click.option("--module", type=FILE, help=_("Thư viện PKCS#11 của thiết bị giữ khóa.")),
    ):
        command = option(command)
    return command


def token_of(module: Path | None, token_label: str | None, pin_file: Path | None) -> Token | None:
    """Return the token that the options name, or None where none is named; some of them are none of it."""
    if module is None and token_label is None and pin_file is None:
        return None
    if module is None or token_label is None or pin_file is None:
        raise click.UsageError(translate(NOT_WHOLE))
    return Token(module, token_label, pin_file)


def new_token_issuer(
    token: Token, statement: Path, *, name: str, uuid: str, passphrase: str
) -> tuple[IssuerPublicKey, str]:
    """Make the issuer's key in a token and its statement key in a file: both, or neither."""
    key = create_token_key(token, name=name, round_id=uuid)
    try:
        return key, create_statement_key(statement, name=name, round_id=uuid, passphrase=passphrase)
    except BaseException:
        destroy_token_key(token, name=name, round_id=uuid)
        raise


@click.command("destroy-token-key", help=_("Hủy khóa cấp phiếu trong thiết bị giữ khóa khi việc cấp phiếu đã xong."))
@click.option("--name", required=True, help=_("Tên bên cấp: chữ thường, số, gạch nối."))
@click.option("--uuid", required=True, help=_("Mã đợt."))
@token_options
@click.confirmation_option(prompt=_("Hủy khóa này?"))
def destroy_in_token(name: str, uuid: str, module: Path | None, token_label: str | None, pin_file: Path | None) -> None:
    """Destroy an issuer's key inside a token, and look whether it is gone."""
    if (token := token_of(module, token_label, pin_file)) is None:
        raise click.UsageError(translate(NOT_WHOLE))
    destroy_token_key(token, name=name, round_id=uuid)
    Screen().say(translate(_("Đã hủy khóa trong thiết bị và kiểm tra lại: khóa không còn.")))
