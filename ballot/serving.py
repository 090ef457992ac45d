"""`ballot serve`: the whole application on this machine's own addresses, for a first try.

Here lives the command. Never here: TLS, or an address that another machine can reach; README says how, in earnest.
"""

from __future__ import annotations

import errno
import os

import click

from ballot.config import ISSUER, Config
from ballot.settings.errors import BadSetting
from ballot.settings.issuers import LOOPBACK
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import TallyError
from tally.screen import Screen

THREADS = 64
"""Requests that may wait inside at a time; how many ballots are looked at meanwhile is for the door (admission.py)."""
CONNECTIONS = 500
"""Lines at a time; whoever comes above it is not even heard, so a hall has fewer."""
MOST = 16 * 1024 * 1024
"""Bytes of a request: twice what the application itself takes, so that it can refuse in words."""


class PortInUse(TallyError):
    """Another program listens there already, such as this command in another window."""

    code = "PORT_IN_USE"
    text = _(
        "Cổng {port} đang có chương trình khác dùng, có thể là một lệnh ballot serve khác. Xin dừng chương trình ấy, "
        "hoặc đặt BALLOT_PORT thành cổng khác."
    )


@click.command("serve", help=_("Mở ứng dụng trên chính máy này để dùng thử; cấu hình lấy từ các biến BALLOT_*."))
def serve() -> None:
    """Serve until interrupted."""
    import waitress

    from ballot.app import create_app  # only here: the other commands need no web application

    config = Config.from_environ(os.environ)
    listen = listening(config)
    application = create_app(config)
    limits = {"threads": THREADS, "connection_limit": CONNECTIONS, "max_request_body_size": MOST}
    try:
        server = waitress.create_server(application, listen=" ".join(listen), **limits)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortInUse(port=config.port) from None
    _say_where(config)
    server.run()


def _say_where(config: Config) -> None:
    screen = Screen()
    for sentence, address in (
        (_("Đăng nhập: {address}"), f"{config.registry_origin}/dang-nhap"),
        (_("Trạm in thẻ: {address}"), f"{config.station_origin}/"),
        (_("Ban kiểm phiếu: {address}"), f"{config.committee_origin}/"),
        (_("Hòm phiếu và bảng công khai: {address}"), f"{config.box_origin}/"),
    ):
        screen.say(translate(sentence).format(address=address))
    screen.say(translate(_("Đang phục vụ; dừng bằng Ctrl-C.")))


def listening(config: Config) -> list[str]:
    """Return the addresses to listen at, each a loopback one with the port. Raises BadSetting."""
    hosts = (config.registry_host, config.station_host, config.committee_host, config.box_host)
    if config.scheme != "http" or not all(map(LOOPBACK.match, hosts)) or ISSUER in config.roles:
        raise BadSetting("ballot serve", allowed=_("http trên chính máy này; ngoài ra xin dùng waitress-serve sau TLS"))
    addresses = ("127.0.0.1" if host == "localhost" else host for host in hosts)
    return [f"{address}:{config.port}" for address in dict.fromkeys(addresses)]
