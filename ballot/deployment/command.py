"""`ballot deploy FOLDER`: writes units, environments, proxy and steps for a deployment into a new folder.

Here live arguments only. Never here: a change of this machine.
"""

from __future__ import annotations

from pathlib import Path

import click

from ballot.deployment.copying import CopyPlace
from ballot.deployment.errors import BadLayout
from ballot.deployment.layout import PARTS, POSTGRESQL, SQLITE, Layout
from ballot.deployment.writing import everything
from tally.i18n import marked as _
from tally.i18n import translate
from tally.screen import Screen

PATH = click.Path(path_type=Path)


@click.command("deploy", help=_("Ghi các tệp cài đặt (systemd, nginx, môi trường, các bước) ra một thư mục mới."))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--registry", "registry_host", required=True, help=_("Tên máy của sổ cử tri."))
@click.option("--station", "station_host", required=True, help=_("Tên máy của trạm in thẻ."))
@click.option("--committee", "committee_host", required=True, help=_("Tên máy của ban kiểm phiếu."))
@click.option("--box", "box_host", required=True, help=_("Tên máy của hòm phiếu."))
@click.option("--issuer", "issuers", multiple=True, help=_("Bên cấp phiếu chạy riêng: tên=tên-máy; lặp lại."))
@click.option("--database", type=click.Choice([SQLITE, POSTGRESQL]), default=SQLITE, help=_("Loại cơ sở dữ liệu."))
@click.option("--copy", default="", metavar="URL", help=_("Bản thứ hai của hòm phiếu, trên đĩa hoặc máy khác."))
@click.option("--venv", type=PATH, default=Path("/opt/ptn/venv"), help=_("Nơi cài phần mềm."))
@click.option("--tls", type=PATH, default=Path("/etc/ptn/tls"), help=_("Thư mục chứng thư của keys tls."))
def deploy(
    *, folder: Path, issuers: tuple[str, ...], database: str, copy: str, venv: Path, tls: Path, **hosts: str
) -> None:
    """Write the files of a deployment. Raises BadLayout."""
    named = tuple(map(_issuer, issuers))
    second = CopyPlace.parse(copy) if copy else None
    layout = Layout({part: hosts[f"{part}_host"] for part in PARTS}, named, database, venv, tls, copy=second)
    found = everything(layout)
    if folder.exists() and any(folder.iterdir()):
        raise BadLayout("FOLDER", value=folder, allowed=_("thư mục chưa có hoặc còn trống; chưa ghi gì"))
    for name, text in found.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        Screen().say(str(path))
    Screen().say(translate(_("Xin đọc {file} trước.")).format(file=folder / "CAI-DAT.txt"))


def _issuer(entry: str) -> tuple[str, str]:
    name, equals, host = entry.partition("=")
    if not equals:
        raise BadLayout("--issuer", value=entry, allowed=_("tên=tên-máy, ví dụ ban-to-chuc=cap1.lan"))
    return name, host
