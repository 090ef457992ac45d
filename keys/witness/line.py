"""The line to the box: one request, its answer within bounds, a clear word for each way in which it can fail.

Here lives the transport. Never here: trust in what comes back, a cookie, or a redirect followed.
"""

from __future__ import annotations

import re
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

from keys.witness.errors import BadBoxAddress, BoxAnswersOddly, BoxDeclines, BoxNotReached
from tally.protocol.encoding import decode, string
from tally.protocol.errors import TallyError

PATIENCE = Timeout(connect=5, read=20)
LIMIT = 64 * 1024
SLOWEST = 64 * 1024
"""Bytes a second below which an answer is given up, the patience of one read apart."""
LOOPBACK = re.compile(r"(localhost|127(\.[0-9]{1,3}){3})\Z")


class Line:
    """Requests to one box: in the clear on loopback only, else under a certificate of `ca` or of the system's."""

    def __init__(self, url: str, ca: Path | None = None) -> None:
        """Raises BadBoxAddress."""
        self._url = checked_address(url)
        self._pool = urllib3.PoolManager(
            retries=False, cert_reqs="CERT_REQUIRED", ca_certs=str(ca) if ca else None, timeout=PATIENCE
        )

    def get(self, path: str, limit: int = LIMIT) -> bytes:
        """Return what lies at a path. Raises BoxNotReached, BoxDeclines, BoxAnswersOddly."""
        return self._ask("GET", path, None, "application/json", limit)

    def post(self, path: str, body: bytes) -> bytes:
        """Send bytes and return the answer. Raises BoxNotReached, BoxDeclines, BoxAnswersOddly."""
        return self._ask("POST", path, body, "application/octet-stream", LIMIT)

    def _ask(self, method: str, path: str, body: bytes | None, mimetype: str, limit: int) -> bytes:
        headers = {"Content-Type": mimetype}  # by it the box answers in JSON, also where it refuses
        try:
            answer = self._pool.request(
                method, self._url + path, body=body, headers=headers, redirect=False, preload_content=False
            )
            try:
                raw = _within(answer, limit)
            finally:
                answer.close()
        except HTTPError:
            raise BoxNotReached("box") from None
        if 200 <= answer.status < 300:
            return raw
        raise _refusal(answer.status, raw)


def checked_address(url: str) -> str:
    """Return the origin of a box. Raises BadBoxAddress."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        netloc = f"{parts.scheme}://{parts.netloc}" if parts.port is None or parts.port else ""
    except ValueError:
        raise BadBoxAddress("URL") from None
    plain = parts.scheme == "http" and LOOPBACK.match(host) is not None
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if not host or not netloc or not bare or not (plain or parts.scheme == "https"):
        raise BadBoxAddress("URL")
    return netloc


def _refusal(status: int, raw: bytes) -> BoxNotReached | BoxDeclines | BoxAnswersOddly:
    if status >= 500 or status in (408, 429):
        return BoxNotReached("box")
    try:
        value = decode(raw, "box", limit=LIMIT, exact=False)
        return BoxDeclines(reason=string(value["code"], "code"), sentence=string(value["sentence"], "sentence"))
    except (TallyError, KeyError, TypeError):
        return BoxAnswersOddly("box")


def _within(answer: urllib3.BaseHTTPResponse, limit: int) -> bytes:
    """Read a body that is all there in time and no longer than `limit`. Raises BoxNotReached, BoxAnswersOddly."""
    end, pieces, size = monotonic() + float(PATIENCE.read_timeout or 0) + limit / SLOWEST, list[bytes](), 0
    while piece := answer.read(256 * 1024):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise BoxAnswersOddly("box")
        if monotonic() > end:
            raise BoxNotReached("box")
    return b"".join(pieces)
