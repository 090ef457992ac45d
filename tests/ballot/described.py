"""The described operations of an application, and what an answer to any of them must be.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

import json
import re
from typing import Any

import schemathesis
from flask import Flask

from ballot.api.document import document
from tests.ballot.hall import Client


def operations(app: Flask) -> list[Any]:
    schema = schemathesis.openapi.from_dict(document(app))
    return [found.ok() for found in schema.get_all_operations()]


def send(browser: Client, case: Any, uuid: str) -> Any:
    """Send what schemathesis made up, at the real round half of the time."""
    path = case.formatted_path
    if len(path) % 2:
        path = re.sub(r"^/dot/[^/]*", f"/dot/{uuid}", path)
    raw = case.body if isinstance(case.body, bytes) else json.dumps(case.body, default=str).encode()
    if case.method == "GET":
        return browser.get(path)
    return browser.send(path, data=raw, content_type=case.media_type or "application/json")


def check(browser: Client, case: Any, uuid: str) -> None:
    """Send one request: whatever comes, no fault, and a refusal has a code."""
    answer = send(browser, case, uuid)
    said = answer.get_data(as_text=True)
    assert answer.status_code < 500, (case.operation.label, said)
    if answer.mimetype == "application/json" and answer.status_code >= 400:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", json.loads(said)["code"])
    assert "Traceback" not in said
