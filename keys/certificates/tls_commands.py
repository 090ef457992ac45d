"""`keys tls`: a folder with everything that the hall's HTTPS needs, made in one act.

Here live arguments, the clock and the writing of files. Never here: what the certificates say (`tls.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click
from cryptography.hazmat.primitives.serialization import Encoding

from keys import disk
from keys.certificates.authority import TLS, Authority, keep, open_authority
from keys.certificates.errors import BadHost
from keys.certificates.tls import Host, Server, issue_server, last_day, make_authority, parse_hosts, spell
from keys.certificates.tls_page import fingerprint, instructions
from keys.errors import KeyFileExists
from keys.prompt import passphrase
from tally.i18n import marked as _
from tally.i18n import translate
from tally.screen import Screen

AUTHORITY, CHAIN, KEY, PAGE = "hall-ca.crt", "server.crt", "server.key", "huong-dan-chung-thu.html"
ONE_OF = _("Chỉ chọn một: --keep-authority (tạo mới và giữ) hoặc --authority (dùng lại).")
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("tls", help=_("Tạo chứng thư HTTPS cho mạng nội bộ của phòng họp, kèm giấy hướng dẫn cài đặt."))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--host", "hosts", multiple=True, required=True,
    help=_("Tên máy hoặc địa chỉ IP; lặp lại. Bốn tên đầu: sổ cử tri, trạm in, ban kiểm phiếu, hòm phiếu."),
)  # fmt: skip
@click.option("--ca-url", help=_("Địa chỉ nơi các máy tải hall-ca.crt; mặc định: http://<tên đầu>/hall-ca.crt."))
@click.option("--organisation", default="Phòng họp", help=_("Tên cơ quan ghi trong chứng thư."))
@click.option("--days", type=click.IntRange(1, 397), default=90, help=_("Số ngày hiệu lực; mặc định 90."))
@click.option("--keep-authority", type=FILE, help=_("Giữ khóa của chứng thư gốc trong tệp này, có mật khẩu."))
@click.option("--authority", type=FILE, help=_("Cấp thêm bằng khóa gốc đã giữ, cho đúng các tên của nó."))
def tls(
    *,
    folder: Path,
    hosts: tuple[str, ...],
    ca_url: str | None,
    organisation: str,
    days: int,
    keep_authority: Path | None,
    authority: Path | None,
) -> None:
    """Make an authority and a server certificate; unless told otherwise the authority's key is never written."""
    if keep_authority and authority:
        raise click.UsageError(translate(ONE_OF))
    named, now = parse_hosts(hosts), datetime.now(UTC)
    url = check_url(ca_url or f"http://{bracketed(named[0])}/{AUTHORITY}")
    check_free(folder)
    end = last_day(now, days)
    if authority:
        signing = open_authority(authority, passphrase(of=authority.name), use=TLS)
        end = min(end, signing.end)
    else:
        signing = new_authority(named, organisation, now=now, end=last_day(now, 397) if keep_authority else end)
    server = issue_server(signing, named, now=now, end=end)
    if keep_authority:
        keep(signing, keep_authority, passphrase(new=True, of=keep_authority.name))
    page = instructions(signing.certificate, named, url=url, kept=bool(keep_authority or authority))
    write(folder, server, page)
    report(folder, server)


def new_authority(hosts: tuple[Host, ...], organisation: str, *, now: datetime, end: datetime) -> Authority:
    """Return an authority bound to these hosts. Raises BadSubject."""
    return make_authority(hosts, organisation=organisation, now=now, end=end)


def check_url(url: str) -> str:
    """Return an address from which a browser can fetch a file. Raises BadHost."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and url.isascii() and url.isprintable()
    except ValueError:
        good = False
    if not good or " " in url or len(url) > 500:
        raise BadHost("--ca-url")
    return url


def bracketed(host: Host) -> str:
    """Spell a host inside an address: IPv6 in brackets."""
    text = spell(host)
    return f"[{text}]" if ":" in text else text


def check_free(folder: Path) -> None:
    """Refuse a folder inside the source tree, or one that holds such files. Raises InsideRepository, KeyFileExists."""
    for name in (AUTHORITY, CHAIN, KEY, PAGE):
        disk.check_outside_repository(folder / name)
        if (folder / name).exists() or (folder / name).is_symlink():
            raise KeyFileExists(name)


def write(folder: Path, server: Server, page: str) -> None:
    """Write the four files; the key first and for its owner alone. Raises KeyFileExists."""
    folder.mkdir(parents=True, exist_ok=True)
    disk.create(folder / KEY, server.key_pem())
    public = {
        CHAIN: server.chain_pem(),
        AUTHORITY: server.authority.public_bytes(Encoding.PEM),
        PAGE: page.encode(),
    }
    for name, raw in public.items():
        disk.create(folder / name, raw)
        (folder / name).chmod(0o644)


def report(folder: Path, server: Server) -> None:
    """Say what lies where, and the fingerprint that goes on paper."""
    screen = Screen()
    for name in (AUTHORITY, CHAIN, KEY, PAGE):
        screen.say(str(folder / name))
    screen.say(translate(_("Mã SHA-256 của chứng thư gốc: {code}")).format(code=fingerprint(server.authority)))
    screen.say(
        translate(_("Hết hạn: {end} (giờ UTC)")).format(end=f"{server.certificate.not_valid_after_utc:%Y-%m-%d %H:%M}")
    )
    screen.say(
        translate(_("Tệp server.key không có mật khẩu vì máy chủ web phải tự mở được: giữ kín, xóa sau buổi họp."))
    )
