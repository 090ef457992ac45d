"""A hall on loopback: a registry and a box that take what the pages send, and keep it to be looked at.

Here lives a server as small as the interface allows. Never here: a rule of the real one (ballot/).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, send_from_directory
from nacl.signing import SigningKey
from werkzeug.serving import WSGIRequestHandler, make_server

from ballot.headers import HEADERS, policy
from tally.protocol.ballot import Ballot
from tally.protocol.election import Election
from tally.protocol.encoding import canonical
from tally.protocol.group import Point, g_pow
from tally.protocol.holding import check_standing
from tally.protocol.manifest import Block, Manifest, Official
from tally.protocol.padding import unpadded
from tally.protocol.proofs import Proof
from tally.protocol.receipt import make_receipt
from tests.builders import Hall, new_hall, seal

ROOT = Path(__file__).parents[2]
DIST = ROOT / "ballot" / "static" / "dist"
NAMES = (
    "Nguyễn Thị Ẩn",
    "Trần Quốc Khánh",
    "Lê Hoàng Phượng",
    "Phạm Văn Đỗ",
    "Huỳnh Ngọc Ánh",
    "Vũ Đức Thuận",
    "Đặng Ỷ Lan",
)
POSTS = (
    "Bộ trưởng",
    "Ủy viên Bộ Chính trị, Phó Thủ tướng Chính phủ, Bộ trưởng Bộ Ngoại giao",
    "Chủ nhiệm Ủy ban Văn hóa và Xã hội của Quốc hội",
    "Trưởng Ban Công tác đại biểu thuộc Ủy ban Thường vụ Quốc hội",
)
BLOCKS = {"Khối Chủ tịch nước": 2, "Khối Quốc hội": 15, "Khối Chính phủ": 23, "Khối tư pháp và kiểm toán": 4}
KEY_SECRET = 2026
PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Bỏ phiếu</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/static/dist/hall.css">
<link rel="stylesheet" href="/static/dist/{kind}.css"><link rel="icon" href="data:,">
<script type="module" src="/static/dist/{kind}.js"></script>
<main id="{kind}" {data}></main>"""


def integrity(name: str) -> str:
    """Return what the build wrote down for a bundle."""
    listed: dict[str, dict[str, str]] = json.loads((DIST / "manifest.json").read_text("ascii"))
    return listed[name]["sha384"]


def officials(blocks: dict[str, int], forms: Mapping[str, str] = {}) -> tuple[Block, ...]:
    """Fill blocks with people; `forms` says on which form a block stands, if on any with a name."""
    made, number = [], 0
    for title, count in blocks.items():
        people = []
        for _ in range(count):
            number += 1
            name, post = NAMES[number % len(NAMES)], POSTS[number % len(POSTS)]
            people.append(Official(f"cb-{number}", f"{name} {number}", post))
        made.append(Block(title, tuple(people), forms.get(title, "")))
    return tuple(made)


@dataclass
class Fake:
    """Both sides of a hall. `trouble` is asked before an answer: a Response is sent instead of the real one."""

    blocks: dict[str, int]
    lang: str = "vi"
    rehearsal: bool = False
    forms: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, int] = field(default_factory=dict)
    worker_integrity: str = ""
    trouble: Callable[[str], Response | None] = lambda path: None
    requests: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    registry: str = ""
    box: str = ""

    @cached_property
    def hall(self) -> Hall:
        return new_hall()

    @cached_property
    def manifest(self) -> Manifest:
        title = "Lấy phiếu tín nhiệm đối với người giữ chức vụ do Quốc hội bầu hoặc phê chuẩn"
        return seal(self.hall, blocks=officials(self.blocks, self.forms), title=title, rehearsal=self.rehearsal)

    @cached_property
    def election(self) -> Election:
        return Election.make(
            name=self.manifest.title,
            description=self.manifest.description("cd" * 32),
            public_key=g_pow(KEY_SECRET),
            questions=self.manifest.questions(),
            uuid=self.manifest.uuid,
        )

    def bodies(self, path: str) -> list[bytes]:
        """Return what was posted to `path`."""
        return [body for at, body, _ in self.requests if at == path]

    # --- pages ----------------------------------------------------------------------------------------------------

    def page(self, kind: str) -> str:
        data = {
            "booth": {
                "manifest": "/manifest",
                "election": "/election",
                "cast": "/cast",
                "test": "/test",
                "standing": "/standing",
                "fleet": "/fleet",
                "board": "/",
                "worker": "/static/dist/worker.js",
                "worker-integrity": self.worker_integrity or integrity("worker.js"),
                "pause": 0,
                **self.seconds,
            },
        }[kind]
        attributes = " ".join(f'data-{name}="{value}"' for name, value in data.items())
        return PAGE.format(lang=self.lang, kind=kind, data=attributes)

    def app(self) -> Flask:
        app = Flask("hall")
        app.add_url_rule("/<any(booth):kind>", "page", self.page)
        app.add_url_rule("/static/dist/<path:name>", "dist", lambda name: send_from_directory(DIST, name))
        app.add_url_rule("/manifest", "manifest", lambda: Response(self.manifest.raw, 200))
        app.add_url_rule("/election", "election", lambda: Response(self.election.raw, 200))
        for path in ("cast", "test", "standing", "fleet"):
            app.add_url_rule(f"/{path}", path, getattr(self, f"_{path}"), methods=["POST", "OPTIONS"])
        app.before_request(self._look)
        app.after_request(self._headers)
        return app

    def _look(self) -> Response | None:
        if request.method == "OPTIONS":
            return Response(status=204)
        if request.method == "POST":
            self.requests.append((request.path, request.get_data(), dict(request.headers)))
        return self.trouble(request.path)

    def _headers(self, response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = policy(self.box)
        response.headers["Cache-Control"] = "no-store"
        return response

    # --- what is posted -------------------------------------------------------------------------------------------

    def _cast(self) -> Response:
        ballot = Ballot.parse(unpadded(request.get_data()))
        key: SigningKey = self.hall.box
        receipt = make_receipt(ballot, self.election, lambda raw: key.sign(raw).signature)
        return Response(canonical(receipt.as_json()), 201, mimetype="application/json")

    def _test(self) -> Response:
        return Response(b"{}", 201, mimetype="application/json")

    def _standing(self) -> Response:
        """Answer from the ballots that were posted, after checking that the asker holds the slip."""
        asked: dict[str, Any] = request.get_json()
        credential, proof = Point.decode(asked["credential"], "credential"), Proof.parse(asked["proof"], "proof")
        check_standing(self.manifest.hash, credential, proof, "standing")
        ballots = [Ballot.parse(unpadded(body)) for body in self.bodies("/cast")]
        found = [ballot for ballot in ballots if ballot.credential == credential]
        if not found:
            return Response(canonical({"state": "absent"}), 200, mimetype="application/json")
        key: SigningKey = self.hall.box
        receipt = make_receipt(found[0], self.election, lambda raw: key.sign(raw).signature)
        answer = {"state": "recorded", "receipt": receipt.as_json()}
        return Response(canonical(answer), 200, mimetype="application/json")

    def _fleet(self) -> Response:
        return Response(status=204)


def reply(said: Any) -> Response:
    return Response(canonical(said), 200, mimetype="application/json")


def refusal(code: str, sentence: str, status: int = 409, headers: dict[str, str] | None = None) -> Response:
    return Response(canonical({"code": code, "sentence": sentence}), status, headers, mimetype="application/json")


class _Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass


@contextmanager
def opened(fake: Fake) -> Iterator[Fake]:
    """Serve a hall until the block ends: the registry as localhost, the box as 127.0.0.1, as two origins."""
    server = make_server("127.0.0.1", 0, fake.app(), threaded=True, request_handler=_Silent)
    fake.registry, fake.box = f"http://localhost:{server.port}", f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
