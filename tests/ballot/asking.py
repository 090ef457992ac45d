"""What a station and an organiser ask of the server, as requests.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from ballot.demo.station import PythonStation
from tally.protocol.ballot import Ballot
from tally.protocol.blind import blind, credential_message
from tally.protocol.booth import Draft
from tally.protocol.decryption import Binding, decrypt_partially
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.spoiled import OpenedBallot
from tally.protocol.sums import EncryptedTally
from tests import voter
from tests.ballot.hall import Client, Hall
from tests.ballot.look import ballots as stored


def request_for(hall: Hall) -> list[bytes]:
    """Blind a fresh credential for every issuer."""
    manifest, (_, credential) = hall.manifest, voter.new_slip(hall.manifest)
    return [
        blind(
            issuer.key,
            credential_message(
                manifest_hash=manifest.hash, issuer_name=issuer.name, credential_hex=credential.public.encode()
            ),
        ).blinded_message
        for issuer in manifest.issuers
    ]


def ask(hall: Hall, code: str, blinded: list[bytes], uuid: str = "") -> TestResponse:
    body = {"authorisation": code, "blinded": [b.hex() for b in blinded]}
    return hall.at_station().ask(f"/dot/{uuid or hall.uuid}/cap", body)


def work(hall: Hall, station: PythonStation | None = None) -> list[dict[str, Any]]:
    """Return the orders that a station is handed, as the server writes them."""
    answer = hall.at_station().ask(f"/dot/{hall.uuid}/viec", {"station": (station or hall.station).token})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["orders"]


def permission(hall: Hall, place: int = 0) -> str:
    """Check a voter in and return the permission that the desk's station is handed."""
    assert hall.station
    hall.check_in(hall.voters()[place])
    return work(hall)[0]["permission"]


def do(browser: Client, hall: Hall, act: str, **values: str) -> TestResponse:
    return browser.form(f"/dot/{hall.uuid}/viec/{act}", values, page=f"/dot/{hall.uuid}/")


def hand_in_parts(hall: Hall, browser: Client) -> None:
    """Decrypt the sums as two members of the committee and send the files as an organiser does."""
    assert hall.board
    election, ballots = hall.election, [Ballot.parse(raw) for raw in stored(hall)]
    sums = EncryptedTally.over(election, [(ballot, 1) for ballot in ballots])
    parts = []
    for owner in (1, 3):
        binding = Binding(hall.manifest.hash, election.hash, sha256_hex(sums.encode()), owner)
        public = hall.board.committee.trustees.owners[owner - 1]
        part = decrypt_partially(election, sums, binding, public=public, secret=hall.board.shares[owner])
        parts.append((BytesIO(part.encode()), f"partial-{owner}.json"))
    answer = browser.form(f"/dot/{hall.uuid}/giai-ma", {"parts": parts}, page=f"/dot/{hall.uuid}/")
    assert answer.status_code == 302


def opened(draft: Draft) -> bytes:
    return canonical(OpenedBallot.of(draft, "B1").as_json())


def try_terminal(hall: Hall, body: bytes):
    return hall.booth().send(f"/dot/{hall.uuid}/kiem-tra", data=body, content_type="application/json")
