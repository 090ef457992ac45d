"""What of the box pages on the station's host may use: they send and read across hosts, so a browser must be told.

Here live those addresses and the headers on them. Never here: a host other than the station's, or a cookie.
"""

from __future__ import annotations

from flask import Flask, Response, g, request
from sqlalchemy import select

from ballot.house import House
from ballot.models.box import Election
from ballot.storage import reading
from tally.protocol.manifest import Manifest

FROM_STATIONS = ("tam", "huy-the")
FOR_BOOTHS = {
    "manifest": "manifest.json",
    "election": "election.json",
    "cast": "phieu",
    "test": "kiem-tra",
    "standing": "trang-thai",
}
"""What a booth fetches from the box and sends to it: the last words of addresses.

A booth on a voter's own device is a page of the station's host; it may where the round's policy allows it.
"""


def booth_addresses(uuid: str, origin: str = "") -> dict[str, str]:
    """Return where a booth fetches and sends; on another host than the box's, `origin` is the box's."""
    return {name: f"{origin}/dot/{uuid}/{last}" for name, last in FOR_BOOTHS.items()}


def install(app: Flask) -> None:
    """Tell a browser on the station's host that it may send here and read the answer; preflights included."""

    house = app.config["HOUSE"]

    @app.before_request
    def look_up() -> None:  # before the act: a database that fails now has not taken a ballot yet (threats I3)
        uuid = (request.view_args or {}).get("uuid")
        g.shared = bool(uuid) and _is_shared(house, uuid, request.path.rpartition("/")[2])

    @app.after_request
    def add(response: Response) -> Response:
        if g.get("shared"):
            response.headers["Access-Control-Allow-Origin"] = house.config.station_origin
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def _is_shared(house: House, uuid: str, last: str) -> bool:
    return last in FROM_STATIONS or (last in FOR_BOOTHS.values() and _own_devices(house, uuid))


def _own_devices(house: House, uuid: str) -> bool:
    """Read a sealed manifest once: whoever casts is asked this first, and a crowd must not wait for it."""
    if uuid not in house.own_devices:
        with reading(house.box) as session:
            manifest = session.scalar(select(Election.manifest).where(Election.uuid == uuid))
        if manifest is None:
            return False
        house.own_devices[uuid] = Manifest.parse(manifest).own_device
    return house.own_devices[uuid]
