"""The built front end: file names with the hashes that browsers check (SRI).

Here lives the reading of the build's manifest. Never here: a file of others, which the build fetches and git ignores.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import url_for
from markupsafe import Markup

from tally.i18n import marked as _
from tally.protocol.errors import TallyError

DIST = Path(__file__).parent / "static" / "dist"


class FrontEndMissing(TallyError):
    """The build did not run; the pages that compute cannot be shown."""

    code = "FRONT_END_MISSING"
    text = _("Thiếu phần giao diện đã dựng ({name}); hãy cài đặt lại bằng pip install.")


@lru_cache(maxsize=1)
def _manifest() -> dict[str, dict[str, str]]:
    path = DIST / "manifest.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def tag(name: str) -> Markup:
    """Return the tag of a built script or style sheet. Raises FrontEndMissing."""
    found = _manifest().get(name)
    if found is None:
        raise FrontEndMissing(name, name=name)
    address, integrity = url_for("static", filename=f"dist/{name}"), found["sha384"]
    if name.endswith(".css"):
        return Markup('<link rel="stylesheet" href="{}" integrity="{}" crossorigin="anonymous">').format(
            address, integrity
        )
    return Markup('<script type="module" src="{}" integrity="{}" crossorigin="anonymous"></script>').format(
        address, integrity
    )
