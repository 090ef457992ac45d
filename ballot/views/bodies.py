"""Bodies that are no forms: read as bytes, of the one type a view expects. Here lives reading, never a view.

Never here: a parser of the framework's; what is not strict JSON of ours is refused before a use case sees it.
"""

from __future__ import annotations

import re
from typing import Any

from flask import abort, request

from tally.protocol.encoding import decode, fields, string
from tally.protocol.errors import WrongShape

_DEVICE = re.compile(rb'\{"device":"([A-Za-z0-9_-]{1,100})"[,}]')
JSON, BYTES = "application/json", "application/octet-stream"


def body(mimetype: str = JSON) -> bytes:
    """Return the body as it came; any other type gets the answer 415."""
    if request.mimetype != mimetype:
        abort(415)
    return request.get_data()


def device_first() -> str:
    """Return the token that the body of a member's page begins with, or nothing, before anything is parsed.

    Eight megabytes of brackets keep the strict reader busy for twenty seconds: that is not for strangers.
    """
    match = _DEVICE.match(body())
    return match[1].decode("ascii") if match else ""


def asked(*names: str, optional: tuple[str, ...] = (), limit: int) -> dict[str, Any]:
    """Return the fields of a strict JSON object of at most `limit` bytes. Raises what reading refuses."""
    return fields(decode(body(), "request", limit=limit), "request", *names, optional=optional)


def hex_bytes(value: Any, where: str) -> bytes:
    """Return the bytes behind hexadecimal digits, at least two. Raises WrongShape."""
    digits = string(value, where)
    if not digits or len(digits) % 2 or not set(digits) <= set("0123456789abcdef"):
        raise WrongShape(where, expected="hex")
    return bytes.fromhex(digits)
