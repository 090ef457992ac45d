"""A browser for tests, by WSGI: requests to one origin, forms with their token, cookies where the origin has any.

Here lives HTTP. Never here: what a person does with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tally.protocol.encoding import canonical

REGISTRY, STATION, BOX = "http://localhost:8000", "http://127.0.0.2:8000", "http://127.0.0.1:8000"
COMMITTEE = "http://127.0.0.3:8000"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Client:
    """A person's browser at one origin."""

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

    def ask(self, path: str, value: Any) -> TestResponse:
        """Send JSON."""
        return self.send(path, data=canonical(value), content_type="application/json")


class Machine:
    """A browser as ballot.demo.station uses one: bytes and values, and an error where the server refused."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser

    def get(self, path: str) -> bytes:
        return self._body(self.browser.get(path))

    def post(self, path: str, body: bytes, mimetype: str) -> bytes:
        return self._body(self.browser.send(path, data=body, content_type=mimetype))

    def post_json(self, path: str, value: Any) -> Any:
        return json.loads(self.post(path, canonical(value), "application/json"))

    def _body(self, answer: TestResponse) -> bytes:
        if answer.status_code >= 300:
            raise Declined(answer)
        return answer.get_data()


class Declined(AssertionError):
    """The server refused; `answer` is what it said."""

    def __init__(self, answer: TestResponse) -> None:
        super().__init__(answer.get_data(as_text=True))
        self.answer = answer
