"""A browser without a screen: pages, forms with their hidden token, cookies, and nothing else.

Here lives HTTP for the demonstration's people. Never here: what they do with it.
"""

from __future__ import annotations

import http.cookiejar
import json
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from tally.i18n import marked as _
from tally.protocol.errors import TallyError

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
Files = Sequence[tuple[str, str, bytes]]
Values = Mapping[str, str | Sequence[str]]
NO_VALUES: Values = MappingProxyType({})


class Answered(TallyError):
    """The server refused; its own code and sentence."""

    code = "SERVER_REFUSED"
    text = _("Máy chủ trả lời {status}: {sentence}")

    def __init__(self, where: str, *, status: int, server_code: str, sentence: str) -> None:
        super().__init__(where, status=status, sentence=sentence)
        self.status, self.server_code = status, server_code


class Browser:
    """One person's browser at one origin."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
        )

    def get(self, path: str) -> bytes:
        """Return the body of a page. Raises Answered."""
        return self._send(path)

    def post(self, path: str, body: bytes, mimetype: str) -> bytes:
        """Send bytes as they are. Raises Answered."""
        return self._send(path, body, {"Content-Type": mimetype})

    def post_json(self, path: str, value: Any) -> Any:
        """Send and receive JSON. Raises Answered."""
        body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        return json.loads(self.post(path, body, "application/json"))

    def submit(self, page: str, path: str, values: Values = NO_VALUES, files: Files = ()) -> str:
        """Open `page`, fill in a form and send it to `path`; return the page that follows. Raises Answered.

        A form may have several fields of one name.
        """
        token = _TOKEN.search(self.get(page).decode())
        fields = {"csrf_token": token.group(1) if token else "", **values}
        if not files:
            body, mimetype = urllib.parse.urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded"
        else:
            body, mimetype = _multipart(fields, files)
        return self.post(path, body, mimetype).decode()

    def _send(self, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}) -> bytes:
        request = urllib.request.Request(self.origin + path, body, dict(headers))  # noqa: S310 - http only
        try:
            with self._opener.open(request, timeout=600) as response:
                return response.read()
        except urllib.error.HTTPError as error:
            raise _answered(request, error) from None


def _answered(request: urllib.request.Request, error: urllib.error.HTTPError) -> Answered:
    body = error.read().decode("utf-8", "replace")
    path = urllib.parse.urlsplit(request.full_url).path
    if error.headers.get_content_type() == "application/json":
        found = json.loads(body)
        return Answered(path, status=error.code, server_code=found["code"], sentence=found["sentence"])
    sentence = re.search(r'<p class="lead">(.*?)</p>', body, re.DOTALL)
    code = re.search(r'<p class="code">[^:]*: ([A-Z0-9_]+)</p>', body)
    return Answered(
        path,
        status=error.code,
        server_code=code.group(1) if code else "",
        sentence=sentence.group(1) if sentence else "",
    )


def _multipart(fields: Values, files: Files) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, values in fields.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    for name, filename, raw in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
        parts.append(head.encode() + raw + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
