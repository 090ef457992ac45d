"""One issuer inside the registry, one behind TLS whose key lies in a PKCS#11 token: a round issued by both."""

from __future__ import annotations

import shutil
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from ballot.app import issuer_app
from ballot.config import Config
from ballot.house import House
from ballot.issuer import rounds
from ballot.issuer.house import IssuerHouse
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.slips.issuer_errors import IssuerAway
from ballot.slips.issuers import doors
from ballot.slips.remote import Remote
from keys.certificates.tls import issue_server, make_authority, parse_hosts
from keys.errors import TokenKeyMissing
from keys.signers import Kind, open_token_signer
from tests.ballot.asking import request_for
from tests.ballot.hall import Hall
from tests.ballot.issuer_processes import close
from tests.ballot.look import rows
from tests.ballot.prepared import with_people
from tests.softhsm import LABEL, needs_softhsm, token

HOST = "127.0.0.1"


class Silent(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


class Quiet(WSGIServer):
    def handle_error(self, *_args: object) -> None:
        """Say nothing of a handshake that a client broke off, as it should."""


@dataclass
class Behind:
    """An issuer behind TLS, and the certificate of the authority that vouches for it."""

    house: IssuerHouse
    origin: str
    ca: Path
    secret: Path


def serve(house: IssuerHouse, folder: Path, host: str = HOST) -> Iterator[str]:
    """Serve an issuer on loopback with a certificate for `host` until the test is over."""
    now = datetime.now(UTC)
    authority = make_authority(parse_hosts([host]), organisation="Hội đồng thử", now=now, end=now + timedelta(days=2))
    made = issue_server(authority, parse_hosts([host]), now=now, end=now + timedelta(days=1))
    (folder / "ca.pem").write_bytes(made.authority.public_bytes(Encoding.PEM))
    for name, pem in (("chain.pem", made.chain_pem()), ("key.pem", made.key_pem())):
        (folder / name).write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "chain.pem", folder / "key.pem")
    server = make_server(HOST, 0, issuer_app(house), server_class=Quiet, handler_class=Silent)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"https://{HOST}:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Behind]:
    hsm, folder = token(tmp_path), tmp_path / "issuer"
    environ = {
        "BALLOT_INSTANCE": str(folder),
        "BALLOT_ISSUER_NAME": ISSUERS[1],
        "BALLOT_PKCS11_MODULE": str(hsm.module),
        "BALLOT_PKCS11_TOKEN": LABEL,
        "BALLOT_PKCS11_PIN_FILE": str(hsm.pin_file),
    }
    house = IssuerHouse.from_environ(environ)
    assert house.link_secret
    served = serve(house, tmp_path)
    yield Behind(house, next(served), tmp_path / "ca.pem", folder / "keys" / "link.secret")
    next(served, None)
    house.engine.dispose()


@pytest.fixture
def hall(behind: Behind, tmp_path: Path) -> Iterator[Hall]:
    folder = tmp_path / "hall"
    (folder / "keys").mkdir(parents=True)
    shutil.copy(behind.secret, folder / "keys" / f"{ISSUERS[1]}.link.secret")
    environ = {
        "BALLOT_INSTANCE": str(folder),
        "BALLOT_ISSUERS": f"{ISSUERS[0]},{ISSUERS[1]}={behind.origin}",
        "BALLOT_ISSUER_CA": str(behind.ca),
    }
    hall = with_people(Hall(House.open(Config.from_environ(environ))))
    yield hall
    close(hall)


@needs_softhsm
def test_an_issuer_here_and_one_behind_tls_with_a_token_issue_a_round_together(behind: Behind, hall: Hall) -> None:
    hall.draft()
    hall.issuing()
    rounds.accept(behind.house, hall.uuid, typed=hall.manifest.hash)
    assert {path.name for path in (behind.house.keyring.folder / hall.uuid).iterdir()} == {
        f"{ISSUERS[1]}.statement.key"  # the blind-signing key is nowhere but in the token
    }
    assert {path.name for path in (hall.house.keyring.folder / hall.uuid).glob("*.issuer.key")} == {
        f"{ISSUERS[0]}.issuer.key"
    }
    hall.slips = [hall.slip(voter_id) for voter_id in hall.voters()[:2]]
    assert hall.freeze() == 2
    hsm = behind.house.keyring._token()
    with pytest.raises(TokenKeyMissing):
        open_token_signer(hsm, name=ISSUERS[1], round_id=hall.uuid)
    kinds = [row[2] for row in sorted(rows(behind.house.engine)["log_entry"], key=lambda row: row[1])]
    assert kinds == ["issued", "issued", "frozen", "destroyed"]
    assert [door.counts(hall.uuid).signed for door in doors(hall.house, hall.manifest)] == [2, 2]
    for door in doors(hall.house, hall.manifest):
        assert door.freeze(hall.uuid).destroyed  # once more is harmless, in a token too


@needs_softhsm
def test_an_issuer_whose_certificate_nobody_vouches_for_is_told_nothing(behind: Behind, hall: Hall) -> None:
    hall.draft()
    hall.issuing()
    secret = hall.house.config.instance / "keys" / f"{ISSUERS[1]}.link.secret"
    by_another_name = behind.origin.replace(HOST, "localhost")
    for url, ca in ((behind.origin, None), (by_another_name, behind.ca)):
        stranger = Remote(ISSUERS[1], url, secret_file=secret, ca=ca)
        with pytest.raises(IssuerAway):
            stranger.sign(hall.uuid, kind=Kind.ISSUED, reference="DB-0001", blinded=request_for(hall)[1])
        stranger.close()
    assert doors(hall.house, hall.manifest)[1].counts(hall.uuid).refused == 0
