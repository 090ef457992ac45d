"""Bodies that are no forms: read as bytes, of the one type a view expects. Here lives reading, never a view.

Never here: a parser of the framework's; what is not strict JSON of ours is refused before a use case sees it.
"""

from __future__ import annotations

from typing import Any

from flask import abort, request

from tally.protocol.encoding import decode, fields

JSON, BYTES = "application/json", "application/octet-stream"


def body(mimetype: str = JSON) -> bytes:
    """Return the body as it came; any other type gets the answer 415."""
    if request.mimetype != mimetype:
        abort(415)
    return request.get_data()


def asked(*names: str, optional: tuple[str, ...] = (), limit: int) -> dict[str, Any]:
    """Return the fields of a strict JSON object of at most `limit` bytes. Raises what reading refuses."""
    return fields(decode(body(), "request", limit=limit), "request", *names, optional=optional)
