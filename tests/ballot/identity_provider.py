"""A small identity provider of its own on loopback, as OpenID Connect describes one; a test tells it what to do wrong.

Here lives the other side of a login. Never here: a rule of ours.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "phieu-tin-nhiem", "s3cret-of-the-client"
NOW_AND_THEN = 300


@dataclass
class Provider:
    """Who logs in there, what its tokens say besides, and how they are signed."""

    subject: str = "nguoi-1"
    claims: dict[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    signed: str = "RS256"
    broken: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    speaks: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.key, self.foreign_key = (RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}) for _ in range(2))
        provider = self
        self.speaks.set()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, b"")

            def do_POST(self) -> None:
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self) -> None:
        self.speaks.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # --- what it answers ------------------------------------------------------------------------------------------

    def answer(self, request: Any, body: bytes) -> None:
        path = urlsplit(request.path).path
        self.asked.append(path)
        self.speaks.wait()
        if self.broken == path:
            return self._send(request, 500, b"x")
        if path == "/.well-known/openid-configuration":
            return self._send(request, 200, json.dumps(self._metadata()).encode())
        if path == "/keys":
            return self._send(request, 200, json.dumps({"keys": [self.key.as_dict(private=False)]}).encode())
        if path == "/token":
            return self._send(request, *self._token(request, {k: v[0] for k, v in parse_qs(body.decode()).items()}))
        return self._send(request, 404, b"")

    def _send(self, request: Any, status: int, body: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.origin,
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "jwks_uri": f"{self.origin}/keys",
            **self.metadata,
        }

    def log_in(self, address: str) -> str:
        """Do what the person does there; return where the browser is sent back to."""
        query = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.origin}/authorize?")
        assert (query["response_type"], query["client_id"], query["scope"]) == ("code", CLIENT, "openid")
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"], "iss": self.origin})

    def _token(self, request: Any, form: dict[str, str]) -> tuple[int, bytes]:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)  # a code is good once
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        known = request.headers["Authorization"] == f"Basic {basic}"
        if not known or asked is None or asked["code_challenge"] != challenge.decode().rstrip("="):
            return 400, json.dumps({"error": "invalid_grant"}).encode()
        answer = {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "id_token": self._identity(asked)}
        return 200, json.dumps(answer).encode()

    def _identity(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.origin, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + NOW_AND_THEN,
            "nonce": asked["nonce"], **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if name not in self.left_out}
        if self.signed == "none":
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."
        if self.signed == "HS256":  # with a secret that we share with every client
            return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, OctKey.import_key(SECRET * 2))
        key = self.foreign_key if self.signed == "foreign" else self.key
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)
