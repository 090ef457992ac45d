"""The built front end: file names with the hashes that browsers check (SRI).

Here lives the reading of the build's manifest. Never here: a file of others, which the build fetches and git ignores.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from flask import url_for
from markupsafe import Markup

from tally.i18n import marked as _
from tally.protocol.errors import Refused, TallyError
from tally.protocol.manifest import Manifest

DIST = Path(__file__).parent / "static" / "dist"


class FrontEndMissing(TallyError):
    """The build did not run; the pages that compute cannot be shown."""

    code = "FRONT_END_MISSING"
    text = _("Thiếu phần giao diện đã dựng ({name}); hãy cài đặt lại bằng pip install.")


class SoftwareChanged(Refused):
    """A page's script or style sheet is not the one whose hash was sealed with the round."""

    code = "SOFTWARE_CHANGED"
    text = _("Phần mềm của trang ({name}) khác bản đã niêm phong của đợt này. Xin báo ngay cho người phụ trách.")


@lru_cache(maxsize=1)
def _manifest() -> dict[str, dict[str, str]]:
    path = DIST / "manifest.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def hashes() -> dict[str, str]:
    """Return what each built script, style sheet and page must hash to, by name: what a manifest seals. SPEC 4.1."""
    return {name: found["sha384"] for name, found in _manifest().items() if name.endswith((".js", ".css", ".html"))}


def check_software(manifest: Manifest, names: Iterable[str]) -> None:
    """Check that these files of a page are the ones that the round was sealed with, if it names any.

    The browser holds the files themselves to the same hashes. Raises SoftwareChanged naming the file. SPEC 4.1.
    """
    built = hashes()
    for name in names if manifest.software else ():
        if manifest.software.get(name) != built.get(name):
            raise SoftwareChanged(name, name=name)


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
