"""What a site's operator does on the site's machine: fetch a round, open, hand on, stop, declare.

Here live arguments and what is shown. Never here: a ballot, or the site's private key.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from ballot.site import forwarder, forwarding, rounds
from ballot.site import status as statuses
from ballot.site.fetching import fetch as fetch_round
from ballot.site.house import SiteHouse
from ballot.site.line import Line, Wire, check_address
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import grouped
from tally.protocol.errors import one_line
from tally.protocol.manifest import Manifest
from tally.screen import Screen

UUID = click.argument("uuid")


@click.group("site", help=_("Việc của người phụ trách máy chủ một điểm cầu (chạy trên chính máy đó)."))
def site() -> None:
    """Hold the operator's commands together."""


@site.command(help=_("Tải phần công khai của một đợt và kiểm theo mã trên giấy; tạo khóa biên nhận tạm của điểm cầu."))
@click.argument("box_url")
@UUID
@click.option("--manifest", "typed", required=True, help=_("Mã bản niêm phong chép từ giấy, ít nhất 32 chữ số."))
def fetch(box_url: str, uuid: str, typed: str) -> None:
    """Fetch and check a round; show this site's public key, which the organisers write down."""
    house, origin = SiteHouse.from_environ(os.environ), check_address(box_url)
    wire = Wire(origin, house.settings.ca)
    row = fetch_round(house, uuid, box_url=origin, line=Line(wire), typed=typed)
    wire.close()
    manifest = Manifest.parse(row.manifest)
    Screen().say(f"{one_line(manifest.body)}: {one_line(manifest.title)}")
    if manifest.rehearsal:
        _say(_("DIỄN TẬP: đợt này không có giá trị."))
    _say(_("Bản niêm phong: {code}"), code=grouped(manifest.hash, 16))
    _say(_("Khóa công khai của {site}: {key}"), site=house.name, key=grouped(row.site_key, 16))
    _say(_("Xin báo khóa này cho ban tổ chức ghi vào hồ sơ điểm cầu: biên nhận tạm và bản báo được ký bằng khóa này."))


@site.command(help=_("Tạo liên kết tới trang theo dõi của điểm cầu; liên kết cũ hết hiệu lực."))
@UUID
def link(uuid: str) -> None:
    """Draw the key to the attendant's page and show its address this once."""
    house = SiteHouse.existing(os.environ)
    key = rounds.draw_status_key(house, uuid)
    _say(_("Trang của người trực điểm cầu:"))
    Screen().say(f"{house.config.site_origin}/dot/{uuid}/diem-cau#{key}")


@site.command(
    "open", help=_("Bắt đầu nhận phiếu khi mất đường truyền; có đường truyền thì điểm cầu tự mở theo hòm phiếu.")
)
@UUID
def open_site(uuid: str) -> None:
    """Take ballots though the box could not be asked."""
    house = SiteHouse.existing(os.environ)
    rounds.open_site(house, uuid)
    _show(house, uuid)


@site.command(help=_("Thôi nhận phiếu, không mở lại được; phiếu đang giữ vẫn được chuyển tiếp."))
@UUID
def stop(uuid: str) -> None:
    """Take no more ballots."""
    house = SiteHouse.existing(os.environ)
    rounds.stop(house, uuid)
    _show(house, uuid)


@site.command(help=_("Chuyển ngay các phiếu đang giữ, một lượt; máy chủ đang chạy cũng tự chuyển."))
@UUID
@click.option("--refused", is_flag=True, help=_("Gửi lại cả phiếu bị từ chối, sau khi hai người đã xem xét."))
def forward(uuid: str, refused: bool) -> None:
    """Hand on what is held, once."""
    house = SiteHouse.existing(os.environ)
    row = rounds.look_up(house, uuid)
    if refused:
        forwarding.try_refused_again(house, uuid)
    forwarding.turn(house, uuid, forwarder.line_of(house, row))
    forwarder.tidy(house)
    _show(house, uuid)


@site.command(help=_("Xem điểm cầu đang ra sao."))
@UUID
def show(uuid: str) -> None:
    """Show how a round stands here."""
    _show(SiteHouse.existing(os.environ), uuid)


@site.command(help=_("Ký bản báo đã chuyển hết ra tệp mới, sau khi điểm cầu thôi nhận phiếu."))
@UUID
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def statement(uuid: str, file: Path) -> None:
    """Write the signed statement into a new file."""
    house = SiteHouse.existing(os.environ)
    said = statuses.statement(house, uuid)
    with file.open("xb") as out:
        out.write(said.encode())
    _show(house, uuid)


STATES = {
    "waiting": _("chưa nhận phiếu"),
    "taking": _("đang nhận phiếu"),
    "stopped": _("đã thôi nhận phiếu"),
}


def _show(house: SiteHouse, uuid: str) -> None:
    found = statuses.status(house, uuid)
    Screen().say(f"{found.site}: {translate(STATES[found.state])}")
    _say(_("Còn phiếu chưa chuyển: {count}"), count=shown(found.held))
    _say(_("Đã ghi nhận vào hòm phiếu: {count}"), count=shown(found.forwarded))
    if found.line.error:
        _say(_("Đường truyền: lần thử cuối gặp {code}"), code=found.line.error)
    for case in found.cases:
        _say(_("Hòm phiếu từ chối ({code}): mã theo dõi {tracker}"), code=case.reason, tracker=case.tracker)
    if found.all_in:
        _say(_("ĐÃ CHUYỂN HẾT."))


def shown(count: statuses.Count) -> str:
    """Return a count as people may see it."""
    if count.exact:
        return str(count.number)
    if count.number == 0:
        return translate(_("có, dưới {ten}")).format(ten=statuses.STEP)
    return translate(_("có, từ {count} trở lên")).format(count=count.number)


def _say(sentence: str, **details: object) -> None:
    Screen().say(translate(sentence).format(**details))
