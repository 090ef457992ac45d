"""What an issuer's operator does on the issuer's machine: link it, look at a round, accept it.

Here live arguments and what is shown. Never here: a voter's name, or the secret of the link on a screen.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from ballot.issuer import rounds, signing
from ballot.issuer.house import IssuerHouse
from ballot.issuer.rounds import Differences, Line
from ballot.round_lists import ROLL, SITE, read_list
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import grouped
from tally.protocol.errors import Incomplete, one_line
from tally.protocol.manifest import Manifest
from tally.screen import Screen

UUID = click.argument("uuid")


@click.group("issuer", help=_("Việc của người phụ trách một máy cấp phiếu (chạy trên chính máy đó)."))
def issuer() -> None:
    """Hold the operator's commands together."""


@issuer.command(help=_("Ghi bản sao mã nối ra tệp mới, để đặt vào thư mục keys của máy chủ đăng ký."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def link(file: Path) -> None:
    """Write the secret of the link into a new file that only its owner may read."""
    house = IssuerHouse.from_environ(os.environ)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as copy:
        copy.write(house.link_secret)
    _say(_("Đã ghi {file}. Xin chuyển tệp này tới máy chủ đăng ký, đặt tên keys/{name}.link.secret, quyền 0600."),
         file=file, name=house.name)  # fmt: skip


@issuer.command(help=_("Xem một đợt: đã cấp bao nhiêu, đầu nhật ký; để đối chiếu với danh sách ký nhận."))
@UUID
def show(uuid: str) -> None:
    """Show the counts and the head of the log."""
    house = IssuerHouse.existing(os.environ)
    _show_round(house, uuid)
    counts = signing.counts(house, uuid)
    _say(_("Cấp lần đầu: {count}"), count=counts.issued)
    _say(_("Đổi thẻ hỏng: {count}"), count=counts.reissued)
    _say(_("Phong bì: {count}"), count=counts.envelopes)
    _say(_("Từ chối: {count}"), count=counts.refused)
    _say(_("Đầu nhật ký: {code}"), code=grouped(counts.head, 16))
    if counts.frozen:
        _say(_("Đã chốt; khóa cấp phiếu đã hủy.") if counts.destroyed else _("Đã chốt; khóa cấp phiếu CHƯA hủy."))


@issuer.command(help=_("Chấp nhận một đợt sau khi đối chiếu với bản giấy; trước đó máy này không ký gì cho đợt ấy."))
@UUID
@click.option("--manifest", "typed", required=True, help=_("Mã bản niêm phong chép từ giấy, ít nhất 32 chữ số."))
@click.option(
    "--roll", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=_("Danh sách của quý vị (CSV).")
)
@click.option("--despite-differences", "despite", is_flag=True, help=_("Vẫn chấp nhận dù danh sách khác nhau."))
def accept(uuid: str, typed: str, roll: Path | None, despite: bool) -> None:
    """Show the round and how the rolls differ, then let this issuer sign for it."""
    house, own = IssuerHouse.existing(os.environ), None
    _show_round(house, uuid)
    if roll is not None:
        own = _lines(roll)
        _show_differences(rounds.differences(house, uuid, own))
    rounds.accept(house, uuid, typed=typed, own=own, despite=despite)
    _say(_("Đã chấp nhận. Từ giờ máy này ký thẻ cho đợt này."))


def _show_round(house: IssuerHouse, uuid: str) -> None:
    """Show which round this is, as the manifest has it. Raises Incomplete before one was handed over."""
    row = rounds.look_up(house, uuid)
    if row.manifest is None:
        raise Incomplete(uuid, missing=_("bản niêm phong và danh sách cử tri từ máy chủ đăng ký"))
    manifest = Manifest.parse(row.manifest)
    Screen().say(f"{one_line(manifest.body)}: {one_line(manifest.title)}")
    _say(_("Bản niêm phong: {code}"), code=grouped(manifest.hash, 16))
    if manifest.rehearsal:
        _say(_("DIỄN TẬP: đợt này không có giá trị."))
    _say(_("Máy cấp phiếu {name}; {voters} cử tri"), name=house.name, voters=manifest.roll.voters)
    _say(_("Người phụ trách đã chấp nhận đợt này.") if row.accepted else _("Người phụ trách chưa chấp nhận đợt này."))


def _show_differences(found: Differences) -> None:
    for sentence, references in (
        (_("Chỉ có trong danh sách của quý vị: {references}"), found.missing),
        (_("Chỉ có trong danh sách gửi tới: {references}"), found.added),
        (_("Cùng mã nhưng khác họ tên, đơn vị hoặc điểm: {references}"), found.changed),
    ):
        if references:
            _say(sentence, references=", ".join(map(one_line, references)))
    if not found.count:
        _say(_("Hai danh sách giống nhau."))


def _lines(roll: Path) -> list[Line]:
    listed = read_list(roll.read_text("utf-8-sig"), ROLL, roll.name, optional=SITE)
    return [(v["ma"], v["ho_ten"], v["don_vi"], v[SITE]) for v in listed]


def _say(sentence: str, **details: object) -> None:
    Screen().say(translate(sentence).format(**details))
