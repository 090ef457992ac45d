"""What the operator of a box that is a process of its own does on its machine: link it to the registry, once.

Here live arguments and what is shown. Never here: the secret of the link on a screen.
"""

from __future__ import annotations

import os
from pathlib import Path

import click
from sqlalchemy import select

from ballot import key_files
from ballot.config import BOX, Config
from ballot.house import House
from ballot.models.box import Election
from ballot.storage import reading
from keys.signers import machine_secret
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import Refused
from tally.protocol.phase import Phase
from tally.screen import Screen

ENDED = (Phase.CERTIFIED.value, Phase.VOID.value)


class BoxInUse(Refused):
    """A round's box key was made without the link, or with the old one: a new secret would lock it up."""

    code = "BOX_IN_USE"
    text = _("Đang có đợt chưa kết thúc; chỉ nối hòm phiếu khi không có đợt nào.")


@click.group("box", help=_("Việc của người phụ trách hòm phiếu chạy thành tiến trình riêng (trên chính máy đó)."))
def box() -> None:
    """Hold the operator's commands together."""


@box.command(help=_("Ghi bản sao mã nối ra tệp mới, để đặt vào thư mục keys của máy chủ đăng ký."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def link(file: Path) -> None:
    """Draw the secret of the link, and write a copy that only its owner may read. Raises BoxInUse."""
    house = House.open(Config.from_environ({**os.environ, "BALLOT_ROLES": BOX}))
    drawn = house.keyring.box_secret.exists()
    with reading(house.box) as session:
        if not drawn and session.scalars(select(Election.uuid).where(Election.phase.not_in(ENDED))).first():
            raise BoxInUse("box")
    secret = machine_secret(house.keyring.box_secret)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as copy:
        copy.write(secret)
    Screen().say(
        translate(_("Đã ghi {file}. Xin chuyển tệp này tới máy chủ đăng ký, đặt tên keys/{name}, quyền 0600.")).format(
            file=file, name=key_files.BOX_LINK
        )
    )
