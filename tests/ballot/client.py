"""A browser for tests, by WSGI: requests to one origin, forms with their token, cookies where the origin has any.

Here lives HTTP. Never here: what a person does with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tally.protocol.encoding import canonical

REGISTRY, BOX = "http://localhost:8000", "http://127.0.0.1:8000"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Client:
    """A client with the two calls that ballot.demo.station makes of a browser."""

    def __init__(self, app: Flask, origin: str) -> None:
        self.client, self.origin = app.test_client(use_cookies=origin == REGISTRY), origin

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url=self.origin, buffered=True, **more)

    def send(self, path: str, **more: Any) -> TestResponse:
        return self.client.post(path, base_url=self.origin, buffered=True, **more)

    def form(self, path: str, values: Mapping[str, Any] = {}, *, page: str = "/dang-nhap") -> TestResponse:
        """Send a form with the token that stands on `page`."""
        token = TOKEN.search(self.get(page).get_data(as_text=True))
        return self.send(path, data={**values, "csrf_token": token[1] if token else ""})

    def post(self, path: str, body: bytes, mimetype: str) -> bytes:
        answer = self.send(path, data=body, content_type=mimetype)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.get_data()

    def post_json(self, path: str, value: Any) -> Any:
        answer = self.send(path, data=canonical(value), content_type="application/json")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()
