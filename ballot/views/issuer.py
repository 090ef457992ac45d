"""An issuer's process, as its registry sees it: strict JSON in, JSON out, and the link's secret with every request.

Here live views only. Never here: a page, a cookie, a session, or a way in for anybody but the registry.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, request

from ballot.access import Who, allow
from ballot.issuer import rounds, signing
from ballot.issuer.house import IssuerHouse
from ballot.views.bodies import BYTES, asked, body, hex_bytes
from keys.signers import ANSWERS, Kind
from tally.i18n import marked as _
from tally.protocol.encoding import array, string
from tally.protocol.errors import Refused, WrongShape

blueprint = Blueprint("issuer", __name__)
LIMIT, SIGNING_LIMIT, ROLL_LIMIT = 1024, 4 * 1024, 32 * 1024 * 1024


class RegistryUnknown(Refused):
    """Not the registry that this issuer is linked with: the secret is missing or another."""

    code = "REGISTRY_UNKNOWN"
    text = _("Không phải máy chủ mà máy cấp phiếu này được nối với.")


def install(app: Flask) -> None:
    """Let nobody in without the link's secret, whatever they ask for."""
    house: IssuerHouse = app.config["HOUSE"]
    expected = _mark(f"Bearer {house.link_secret}")

    def check_link() -> None:
        if not hmac.compare_digest(_mark(request.headers.get("Authorization", "")), expected):
            raise RegistryUnknown("link")

    app.before_request(check_link)


def _mark(header: str) -> bytes:
    return hashlib.sha256(header.encode("utf-8", "surrogateescape")).digest()


@blueprint.post("/dot/<uuid>/khoa")
@allow(Who.ANYBODY)
def prepare(uuid: str) -> Any:
    """Make the keys of a round that is about to be sealed."""
    asked(limit=LIMIT)
    made = rounds.prepare(_house(), uuid)
    return jsonify(name=made.name, key=made.key.encode(), statement_key=made.statement_key)


@blueprint.post("/dot/<uuid>/nhan")
@allow(Who.ANYBODY)
def take_over(uuid: str) -> Any:
    """Take roll and manifest."""
    m = asked("salt", "manifest", "roll", limit=ROLL_LIMIT)
    roll = [
        tuple(string(cell, f"roll[{i}]") for cell in array(line, f"roll[{i}]", 4))
        for i, line in enumerate(array(m["roll"], "roll"))
    ]
    manifest = string(m["manifest"], "manifest").encode("utf-8")
    return jsonify(
        manifest=rounds.take_over(_house(), uuid, manifest=manifest, salt=hex_bytes(m["salt"], "salt"), roll=roll)
    )


@blueprint.post("/dot/<uuid>/cap")
@allow(Who.ANYBODY)
def sign(uuid: str) -> Any:
    """Sign one blinded message."""
    m = asked("kind", "reference", "blinded", limit=SIGNING_LIMIT)
    kinds = [kind for kind in ANSWERS if kind == m["kind"]]
    if not kinds:
        raise WrongShape("kind", expected=" / ".join(sorted(ANSWERS)))
    reference, blinded = string(m["reference"], "reference"), hex_bytes(m["blinded"], "blinded")
    signature = signing.sign(_house(), uuid, kind=Kind(kinds[0]), reference=reference, blinded=blinded)
    return jsonify(signature=signature.hex())


@blueprint.post("/dot/<uuid>/so-lieu", defaults={"act": signing.counts})
@blueprint.post("/dot/<uuid>/tam-dung", defaults={"act": signing.pause})
@blueprint.post("/dot/<uuid>/tiep-tuc", defaults={"act": signing.resume})
@blueprint.post("/dot/<uuid>/chot", defaults={"act": signing.freeze})
@allow(Who.ANYBODY)
def counts(uuid: str, act: Any) -> Any:
    """Count, pause, resume or end; each answers with the counts after it."""
    asked(limit=LIMIT)
    return jsonify(counts=act(_house(), uuid).as_json())


@blueprint.post("/dot/<uuid>/ban-ke")
@allow(Who.ANYBODY)
def statement(uuid: str) -> Any:
    """Sign the closing statement over credentials.json, sent as it stands in the record."""
    return jsonify(statement=signing.statement(_house(), uuid, body(BYTES)).encode())


def _house() -> IssuerHouse:
    return current_app.config["HOUSE"]
