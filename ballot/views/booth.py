"""The booth's page and the two public files it needs. Here live views only. Never here: a cookie or a name."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, render_template, url_for

from ballot.access import Who, allow
from ballot.assets import check_software, hashes
from ballot.box.sharing import booth_addresses
from ballot.box_round import require, round_of
from ballot.storage import reading
from ballot.views import here
from tally.i18n import language_in_use, translate
from tally.i18n import marked as _
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase

blueprint = Blueprint("booth", __name__)
WORKER = "worker.js"
FILES = ("hall.css", "booth.css", "booth.js", WORKER)
SHORT_NAME = _("Bỏ phiếu")


@blueprint.get("/dot/<uuid>/phong-phieu")
@allow(Who.ANYBODY)
def page(uuid: str) -> str:
    """Show the booth while the round is open, if its scripts are those that were sealed with the round."""
    with reading(here.house().box) as session:
        row = round_of(session, uuid)
        require(row, Phase.VOTING)
    manifest = Manifest.parse(row.manifest)
    check_software(manifest, FILES)
    data = booth_addresses(uuid) | {
        "fleet": url_for("fleet.hear", uuid=uuid),
        "board": url_for("board.result", uuid=uuid),
    }
    return render_template("booth/page.html", manifest=manifest, data=data | worker())


@blueprint.get("/dot/<uuid>/phong-phieu/app.webmanifest")
@allow(Who.ANYBODY)
def web_app(uuid: str) -> Response:
    """Tell a browser how to install the booth: one window on the whole screen, without a service worker."""
    with reading(here.house().box) as session:
        manifest = Manifest.parse(round_of(session, uuid).manifest)
    return installed(manifest, url_for("booth.page", uuid=uuid))


@blueprint.get("/dot/<uuid>/manifest.json")
@allow(Who.ANYBODY)
def manifest(uuid: str) -> Response:
    """Hand out the manifest."""
    with reading(here.house().box) as session:
        return Response(round_of(session, uuid).manifest, mimetype="application/json")


@blueprint.get("/dot/<uuid>/election.json")
@allow(Who.ANYBODY)
def election(uuid: str) -> Response:
    """Hand out the election's exact bytes."""
    with reading(here.house().box) as session:
        raw = round_of(session, uuid).election or abort(404)
    return Response(raw, mimetype="application/json")


def installed(manifest: Manifest, start: str) -> Response:
    """Describe a booth to a browser that would install it."""
    icon = {"src": url_for("static", filename="icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    described = {"name": manifest.title, "short_name": translate(SHORT_NAME), "lang": language_in_use()}
    looks = {"display": "fullscreen", "background_color": "#fbf8f1", "theme_color": "#8e1b1b", "icons": [icon]}
    answer = jsonify({**described, "id": start, "start_url": start, "scope": start, **looks})
    answer.mimetype = "application/manifest+json"
    return answer


def worker() -> dict[str, str]:
    """Return the script of a booth's workers with its hash, to which the page holds what it fetches."""
    return {"worker": url_for("static", filename=f"dist/{WORKER}"), "worker-integrity": hashes().get(WORKER, "")}
