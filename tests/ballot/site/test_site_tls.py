"""The line of a site under TLS: a box is believed to be there only with a certificate of the authority it was told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from werkzeug.serving import WSGIRequestHandler, make_server

from ballot.config import Config
from ballot.site import fetching, forwarding
from ballot.site.errors import BoxAway
from ballot.site.house import SiteHouse
from ballot.site.line import Line, Wire
from keys.certificates.tls import issue_server, last_day, make_authority, parse_hosts
from tests.ballot.hall import Hall
from tests.ballot.site_hall import Site
from tests.commands import run

Open = Callable[[str], Hall]
NOW = datetime.now(UTC)


class Silent(WSGIRequestHandler):
    def log(self, *_arguments: object) -> None:
        """Write nothing."""


def certificates(folder: Path, *, host: str = "127.0.0.1") -> Path:
    """Make an authority and a server's certificate for a host; return the folder with ca.pem, chain.pem and key.pem."""
    folder.mkdir()
    authority = make_authority(parse_hosts([host]), organisation="Xã Bình An", now=NOW, end=last_day(NOW, 90))
    server = issue_server(authority, parse_hosts([host]), now=NOW, end=authority.end)
    (folder / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (folder / "chain.pem").write_bytes(server.chain_pem())
    (folder / "key.pem").write_bytes(server.key_pem())
    return folder


@pytest.fixture
def secure(at: Open, tmp_path: Path) -> Iterator[tuple[Hall, str, Path]]:
    """A box under TLS, its origin, and the folder of its certificates."""
    hall, folder = at("voting"), certificates(tmp_path / "tls")
    context = (str(folder / "chain.pem"), str(folder / "key.pem"))
    server = make_server("127.0.0.1", 0, hall.box, threaded=True, request_handler=Silent, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield hall, f"https://127.0.0.1:{server.port}", folder
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_site_links_and_hands_on_under_tls(secure: tuple[Hall, str, Path], tmp_path: Path) -> None:
    hall, origin, folder = secure
    site = Site(tmp_path / "site")
    wire = Wire(origin, folder / "ca.pem")
    fetching.fetch(site.house, hall.uuid, box_url=origin, line=Line(wire), typed=hall.manifest.hash)
    assert site.cast(hall, hall.body(0)).status_code == 202
    assert forwarding.turn(site.house, hall.uuid, Line(wire))
    assert site.states(hall) == {"final": 1}
    wire.close()
    site.close()


def test_a_box_with_another_certificate_is_not_there(secure: tuple[Hall, str, Path], tmp_path: Path) -> None:
    """threats H15"""
    hall, origin, _folder = secure
    other = certificates(tmp_path / "other")
    for ca in (other / "ca.pem", None):
        wire = Wire(origin, ca)
        with pytest.raises(BoxAway):
            Line(wire).get(f"/dot/{hall.uuid}/manifest.json")
        wire.close()


def test_the_settings_name_the_authority(secure: tuple[Hall, str, Path], tmp_path: Path) -> None:
    hall, origin, folder = secure
    site = Site(tmp_path / "site")
    environ = site.environ | {"BALLOT_SITE_CA": str(folder / "ca.pem")}
    house = SiteHouse.open(Config.from_environ(environ))
    assert house.settings.ca == folder / "ca.pem"
    house.engine.dispose()
    fetched = run("ballot", "site", "fetch", origin, hall.uuid, "--manifest", hall.manifest.hash, **environ)
    assert fetched.code == 0, fetched.output
    assert "BOX_AWAY" in run(
        "ballot", "site", "fetch", origin, hall.uuid, "--manifest", hall.manifest.hash, **site.environ
    ).output  # fmt: skip
