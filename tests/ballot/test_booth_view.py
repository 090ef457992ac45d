"""The booth's page: it names every place it fetches from, holds scripts to the sealed hashes, and can be installed.

Here lives what the server hands out. Never here: what the page does (tests/browser).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from ballot import assets
from tests.ballot.hall import Hall

Open = Callable[[str], Hall]
DATA = re.compile(r' data-([a-z-]+)="([^"]*)"')
SCRIPTS = ("booth.js", "booth.css", "hall.css", "worker.js")


def page_of(hall: Hall) -> str:
    answer = hall.booth().get(f"/dot/{hall.uuid}/phong-phieu")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_every_address_on_the_page_is_one_of_the_box(at: Open) -> None:
    hall = at("voting")
    data = dict(DATA.findall(page_of(hall)))
    assert set(data) == {
        "manifest",
        "election",
        "cast",
        "test",
        "standing",
        "fleet",
        "board",
        "worker",
        "worker-integrity",
    }
    for name in ("manifest", "election", "worker"):
        assert hall.booth().get(data[name]).status_code == 200, name
    for name in ("cast", "test", "standing", "fleet"):
        assert hall.booth().ask(data[name], {}).status_code not in (404, 405), name


def test_scripts_and_sheets_are_held_to_the_hashes_that_were_sealed(at: Open) -> None:
    hall = at("voting")
    page, sealed = page_of(hall), hall.manifest.software
    assert set(SCRIPTS) <= set(sealed)
    for name in SCRIPTS:
        assert sealed[name].replace("+", "&#43;") in page or sealed[name] in page, name


def test_a_script_that_was_changed_after_sealing_is_not_handed_out(at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = at("voting")
    built = {name: {"sha384": value} for name, value in assets.hashes().items()}
    monkeypatch.setattr(assets, "_manifest", lambda: {**built, "worker.js": {"sha384": "sha384-" + "A" * 64}})
    answer = hall.booth().get(f"/dot/{hall.uuid}/phong-phieu")
    assert answer.status_code >= 400
    assert "worker.js" in answer.get_data(as_text=True)


def test_the_booth_is_closed_outside_the_voting(at: Open) -> None:
    hall = at("ready")
    assert hall.booth().get(f"/dot/{hall.uuid}/phong-phieu").status_code == 409


def test_the_booth_can_be_installed_and_fills_the_screen(at: Open) -> None:
    hall = at("voting")
    answer = hall.booth().get(f"/dot/{hall.uuid}/phong-phieu/app.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    described = answer.get_json(force=True)
    assert described["display"] == "fullscreen"
    assert described["start_url"] == described["scope"] == f"/dot/{hall.uuid}/phong-phieu"
    icon = hall.booth().get(described["icons"][0]["src"])
    assert icon.status_code == 200
    assert icon.mimetype == "image/svg+xml"
    assert 'rel="manifest"' in page_of(hall)
