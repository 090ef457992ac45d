"""A hall on loopback as a station sees it: a registry that pairs it and hands out orders, and a box with a staging.

Here lives a server as small as the interface allows, which keeps all it is sent. Never here: a rule of the real one
beyond the life of an order, without which a station cannot be watched (ballot/slips).
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask, Response, request, send_from_directory
from nacl.public import PrivateKey, SealedBox
from werkzeug.serving import make_server

from ballot.headers import HEADERS, policy
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.credential_list import ListedCredential
from tally.protocol.encoding import canonical, decode, fields
from tally.protocol.group import Point
from tally.protocol.holding import Voided
from tally.protocol.manifest import Manifest
from tests.browser.hall import DIST, _Silent, officials, refusal
from tests.builders import Hall, new_hall, seal

BLOCKS = {"Khối Đảng": 2, "Khối chính quyền": 1}
TITLE = "Lấy phiếu tín nhiệm đối với người giữ chức vụ do Quốc hội bầu hoặc phê chuẩn"
NEXT = {"taken": "signed", "signed": "delivered", "delivered": "printed"}
KEY = "5a" * 32
CLAIM = ("staging_key", "credential", "reason", "proof")
ROUTES = ("viec", "cap", "xong", "tam", "huy-the")
PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Trạm in thẻ</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/dist/hall.css"><link rel="stylesheet" href="/static/dist/station.css">
<script type="module" src="/static/dist/station.js"></script><main id="station" data-box="{box}"></main>"""


@dataclass
class Order:
    kind: str
    desk: str
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    key: str = field(default_factory=lambda: secrets.token_hex(32))
    state: str = "waiting"
    permission: str = ""
    blinded: list[str] | None = None


@dataclass
class StationHall:
    """`trouble` is asked before an answer: a Response is sent instead; `lost` afterwards: true loses the answer."""

    lang: str = "vi"
    title: str = TITLE
    rehearsal: bool = False
    trouble: Callable[[str], Response | None] = lambda path: None
    lost: Callable[[str], bool] = lambda path: False
    requests: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=lambda: {"ABCD1234": "ban-1", "WXYZ5678": "ban-2"})
    stations: dict[str, set[str]] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    staged: list[bytes] = field(default_factory=list)
    voids: dict[str, Voided] = field(default_factory=dict)
    cast: set[str] = field(default_factory=set)
    phase: str = "issuing"
    frozen: bool = False
    port: int = 0
    host: str = "localhost"

    @cached_property
    def hall(self) -> Hall:
        return new_hall()

    @cached_property
    def freeze_key(self) -> PrivateKey:
        return PrivateKey.generate()

    @cached_property
    def manifest(self) -> Manifest:
        return seal(self.hall, blocks=officials(BLOCKS), title=self.title, rehearsal=self.rehearsal)

    @property
    def station(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def box(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- what tests do and ask ------------------------------------------------------------------------------------

    def order(self, kind: str = "first", desk: str = "ban-1") -> Order:
        self.orders.append(Order(kind, desk))
        return self.orders[-1]

    def bodies(self, route: str) -> list[bytes]:
        """Return what was posted to a route of the round."""
        return [body for path, body, _ in self.requests if path.endswith(f"/{route}")]

    def credentials(self) -> set[Point]:
        """Open the staging as the freeze does, check every signature, and return what would be listed."""
        found = set()
        for sealed in self.staged:
            raw = decode(SealedBox(self.freeze_key).decrypt(sealed), "credential", limit=16_384)
            listed = ListedCredential.parse(raw, "credential")
            listed.check_signatures(self.manifest, "credential")
            found.add(listed.credential)
        return found

    def credential(self, code: SlipCode) -> Point:
        return Credential.derive(code, self.manifest.uuid).public

    # --- the server -----------------------------------------------------------------------------------------------

    def app(self) -> Flask:
        app = Flask("station-hall")
        app.add_url_rule("/", "page", lambda: PAGE.format(lang=self.lang, box=self.box))
        app.add_url_rule("/static/dist/<path:name>", "dist", lambda name: send_from_directory(DIST, name))
        app.add_url_rule("/ghep", "ghep", self._pair, methods=["POST"])
        app.add_url_rule("/dot/<uuid>/manifest.json", "manifest", lambda uuid: Response(self.manifest.raw, 200))
        for route in ROUTES:
            view = getattr(self, "_" + route.replace("-", "_"))
            app.add_url_rule(f"/dot/<uuid>/{route}", route, self._answering(view), methods=["POST", "OPTIONS"])
        app.after_request(self._headers)
        return app

    def _answering(self, view: Callable[[], Response]) -> Callable[[str], Response]:
        def answer(uuid: str) -> Response:
            if request.method == "OPTIONS":
                return Response(status=204)
            assert uuid == self.manifest.uuid
            assert "Cookie" not in request.headers
            self.requests.append((request.path, request.get_data(), dict(request.headers)))
            instead = self.trouble(request.path)
            made = view() if instead is None else instead
            lost = instead is None and self.lost(request.path)
            self.answered.append(request.path)
            return refusal("DOWN", "", 503) if lost else made

        return answer

    def _headers(self, response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = policy(self.box)
        response.headers["Cache-Control"] = "no-store"
        if request.path.endswith(("/tam", "/huy-the")):
            response.headers["Access-Control-Allow-Origin"] = self.station
            response.headers["Access-Control-Allow-Headers"] = "content-type"
        return response

    def _pair(self) -> Response:
        m = _asked("code", "station")
        desk = self.codes.pop(m["code"].replace("-", ""), None)
        if desk is None:
            return refusal("PAIRING_REFUSED", "Mã ghép không đúng, đã dùng hoặc đã hết hạn.", 403)
        token = m["station"] if m["station"] in self.stations else secrets.token_urlsafe(32)
        self.stations.setdefault(token, set()).add(desk)
        return _json({"station": token, "uuid": self.manifest.uuid, "desk": desk})

    def _viec(self) -> Response:
        m = _asked("station", optional=("aside",))
        desks = self.stations.get(m["station"])
        if desks is None:
            return refusal("STATION_UNKNOWN", "Trạm này chưa được ghép với bàn nào của đợt.", 403)
        handed = [self._hand(order) for order in self._in_hand(desks, m.get("aside", []))]
        head = {"desks": sorted(desks), "phase": self.phase, "frozen": self.frozen}
        return _json(
            {**head, "freeze_key": bytes(self.freeze_key.public_key).hex(), "staging_key": KEY, "orders": handed}
        )

    def _in_hand(self, desks: set[str], aside: list[str]) -> list[Order]:
        mine = [o for o in self.orders if o.state != "printed" and o.desk in desks and (o.blinded or not self.frozen)]
        begun = any(o.state != "waiting" and o.kind != "envelope" and o.id not in aside for o in mine)
        chosen = []
        for order in mine:
            if order.kind != "envelope" and order.state == "waiting":
                if begun:
                    continue
                begun = True
            chosen.append(order)
        return chosen

    def _hand(self, order: Order) -> dict[str, Any]:
        permission = None
        if order.blinded is None:
            permission = order.permission = secrets.token_urlsafe(24)
            order.state = "taken"
        return {"id": order.id, "kind": order.kind, "state": order.state, "permission": permission, "key": order.key}

    def _cap(self) -> Response:
        m = _asked("authorisation", "blinded")
        found = [order for order in self.orders if order.permission == m["authorisation"]]
        if not found or (found[0].blinded or m["blinded"]) != m["blinded"]:
            return refusal("NOT_AUTHORISED", "Lệnh in thẻ này không còn hiệu lực.", 403)
        if found[0].blinded is None:
            found[0].blinded, found[0].state = m["blinded"], "signed"
        pairs = zip(self.hall.signers, m["blinded"], strict=True)
        signatures = [signer.blind_sign(bytes.fromhex(text)).hex() for signer, text in pairs]
        return _json({"signatures": signatures, "staging_key": KEY})

    def _xong(self) -> Response:
        m = _asked("station", "order", "state")
        (order,) = [each for each in self.orders if each.id == m["order"]]
        assert m["station"] in self.stations
        if order.state != m["state"]:
            if NEXT.get(order.state) != m["state"]:
                return refusal("WRONG_ORDER_STATE", "Lệnh in thẻ đang ở trạng thái khác.")
            order.state = m["state"]
        if order.state == "printed":
            order.key = ""
        return _json({"state": order.state})

    def _tam(self) -> Response:
        if self.frozen:
            return refusal("WRONG_PHASE", "Việc phát thẻ đã kết thúc.")
        key, sealed = request.get_data()[:32], request.get_data()[32:]
        if key.hex() != KEY:
            return refusal("STAGING_LOCKED", "Chỉ trạm in thẻ của đợt này được gửi.", 403)
        if sealed not in self.staged:
            self.staged.append(sealed)
        return Response(status=201)

    def _huy_the(self) -> Response:
        asked = fields(decode(request.get_data(), "void", limit=4096), "void", *CLAIM)
        key, void = asked.pop("staging_key"), Voided.parse(asked, "void")
        void.check(self.manifest.hash, "void.proof")
        text = void.credential.encode()
        if not self.frozen and key != KEY:
            return refusal("STAGING_LOCKED", "Chỉ trạm in thẻ của đợt này được gửi.", 403)
        if void.credential not in self.credentials():
            return refusal("CREDENTIAL_NOT_LISTED", "Thẻ không có trong danh sách.")
        if text in self.cast:
            return refusal("ALREADY_CAST", "Thẻ đã bỏ phiếu.")
        self.voids[text] = void
        return _json({"voided": True})


def _asked(*names: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    assert request.mimetype == "application/json"
    return fields(decode(request.get_data(), "request", limit=16_384), "request", *names, optional=optional)


def _json(value: Any) -> Response:
    return Response(json.dumps(value), 200, mimetype="application/json")


@contextmanager
def serving(hall: StationHall) -> Iterator[StationHall]:
    """Serve a hall until the block ends; a second time on the same port, as a registry that is started again."""
    server = _bound(hall)
    hall.port = server.port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hall
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _bound(hall: StationHall) -> Any:
    for attempt in range(50):
        try:
            return make_server("127.0.0.1", hall.port, hall.app(), threaded=True, request_handler=_Silent)
        except SystemExit:  # werkzeug's way to say that the port is still taken
            if attempt == 49:
                raise
            time.sleep(0.1)
    raise AssertionError


def json_answer(value: Any) -> Response:
    return Response(canonical(value), 200, mimetype="application/json")
