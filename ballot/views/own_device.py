"""Pages for a vote from one's own device: logins and their use at the registry, slip and booth on the station's host.

Here live views only. Never here: a cookie on the station's host, or a permission in an address outside its fragment.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ballot.access import Who, allow
from ballot.assets import check_software
from ballot.box.sharing import booth_addresses
from ballot.box_round import require, round_of
from ballot.lists.csv_file import write_csv
from ballot.models.registry.rounds import Round
from ballot.slips import own_device
from ballot.storage import reading
from ballot.views.bodies import asked
from ballot.views.booth import FILES as BOOTH_FILES
from ballot.views.booth import worker
from ballot.views.here import house
from tally.protocol.encoding import string
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase

registry = Blueprint("own_login", __name__)
station = Blueprint("own_device", __name__)
LIMIT = 512
FILES = ("hall.css", "own.css", "own.js")


# --- at the registry ----------------------------------------------------------------------------------------------


@registry.post("/dot/<uuid>/ma-dang-nhap")
@allow(Who.ORGANISER)
def hand_out(uuid: str) -> str:
    """Draw one-time logins and show them this once, to be printed or saved."""
    who = request.form.get("reference", "").strip()
    logins = own_device.hand_out(house(), uuid, current_user.actor, reference=who)
    address = house().config.registry_origin + url_for("own_login.form", uuid=uuid)
    return render_template(
        "own_device/logins.html", round=_allowed(uuid), logins=logins, address=address, csv=_as_csv(logins)
    )


@registry.get("/dot/<uuid>/rieng")
@allow(Who.ANYBODY)
def form(uuid: str) -> str:
    """Show the form for a one-time login."""
    return render_template("own_device/login.html", round=_allowed(uuid))


@registry.post("/dot/<uuid>/rieng")
@allow(Who.ANYBODY)
def use(uuid: str) -> Response:
    """Use up a login and send the device on; the permission stands in the fragment, which browsers do not send."""
    reference, password = request.form["reference"], request.form["password"]
    permission = own_device.log_in(house(), uuid, reference=reference, password=password)
    return redirect(f"{house().config.station_origin}/dot/{uuid}/rieng/#{permission}")


# --- on the station's host ----------------------------------------------------------------------------------------


@station.get("/dot/<uuid>/rieng/")
@allow(Who.ANYBODY)
def page(uuid: str) -> str:
    """Show the page that makes a slip in the voter's browser and keeps it there."""
    row = _allowed(uuid)
    check_software(Manifest.parse(row.manifest or b""), FILES)
    with reading(house().box) as session:
        freeze_key = round_of(session, uuid).freeze_key
    stage = f"{house().config.box_origin}/dot/{uuid}/tam"
    return render_template("own_device/page.html", round=row, freeze_key=freeze_key, stage=stage)


@station.post("/dot/<uuid>/rieng/xong")
@allow(Who.ANYBODY)
def arrived(uuid: str) -> Any:
    """Note that the box has the sealed slip."""
    m = asked("permission", limit=LIMIT)
    return jsonify(state=own_device.arrived(house(), uuid, string(m["permission"], "permission")))


@station.get("/dot/<uuid>/rieng/bo-phieu")
@allow(Who.ANYBODY)
def booth(uuid: str) -> str:
    """Show the booth to the holder of a slip in this browser, while the round is open; it sends to the box alone."""
    _allowed(uuid)
    with reading(house().box) as session:
        row = round_of(session, uuid)
        require(row, Phase.VOTING)
    manifest = Manifest.parse(row.manifest)
    check_software(manifest, BOOTH_FILES)
    box = house().config.box_origin
    data = booth_addresses(uuid, box) | {"board": f"{box}/dot/{uuid}/tra-cuu", "own": "1"}
    return render_template("own_device/booth.html", manifest=manifest, data=data | worker())


def _allowed(uuid: str) -> Round:
    with reading(house().registry) as session:
        return own_device.allowed_round(session, uuid)


def _as_csv(logins: list[own_device.Login]) -> str:
    """Return a data address of the list, so that saving it asks nobody again."""
    rows = [(login.reference, login.name, login.unit, login.password) for login in logins]
    return "data:text/csv;charset=utf-8," + quote(write_csv([("ma", "ho_ten", "don_vi", "mat_khau"), *rows]))
