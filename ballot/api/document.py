"""The OpenAPI 3.1 document of one part, made from its routes and the table of operations.

Here lives the writing of it. Never here: a route that is not there.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask

from ballot.api.operations import JSON, OPERATIONS, Operation
from ballot.api.shapes import REFUSAL, text

VERSION = "3.1.0"
_PLACE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")


def document(app: Flask) -> dict[str, Any]:
    """Return the description of every JSON endpoint of this part."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
        operation = OPERATIONS.get(rule.endpoint)
        if operation is None:
            continue
        places = _PLACE.findall(rule.rule)
        path = _PLACE.sub(r"{\2}", rule.rule)
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            described = _described(operation, view.__doc__ or "", f"{rule.endpoint} {rule.rule}")
            described["parameters"] = [_parameter(kind, name) for kind, name in places]
            paths.setdefault(path, {})[method.lower()] = described
    info = {"title": "phieu-tin-nhiem", "version": "1", "description": "Errors: tally/SPEC.md, section 8."}
    return {"openapi": VERSION, "info": info, "paths": paths, "components": {"schemas": {"Refusal": REFUSAL}}}


def _described(operation: Operation, summary: str, name: str) -> dict[str, Any]:
    gives: dict[str, Any] = {"description": "done"}
    if operation.gives is not None:
        gives["content"] = {JSON: {"schema": operation.gives}}
    refusal = {"description": "refused; nothing was changed", "content": {JSON: {"schema": _REFUSAL}}}
    found: dict[str, Any] = {
        "summary": summary.strip().splitlines()[0],
        "operationId": re.sub(r"\W+", "_", name).strip("_"),
        "responses": {str(operation.status): gives, "default": refusal},
    }
    if operation.takes is not None:
        content = {operation.mimetype: {"schema": operation.takes if operation.mimetype == JSON else _BINARY}}
        found["requestBody"] = {"required": True, "content": content}
    return found


_REFUSAL = {"$ref": "#/components/schemas/Refusal"}
_BINARY: dict[str, Any] = {}  # OpenAPI 3.1: bytes of another media type than JSON


def _parameter(kind: str, name: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1} if kind == "int" else text("^[A-Za-z0-9._-]+$")
    return {"name": name, "in": "path", "required": True, "schema": schema}
