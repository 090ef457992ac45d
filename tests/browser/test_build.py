"""The build of the pages: the same sources give the same bytes, and the list of hashes is true.

Here lives what needs npm; the packages come from its cache or its registry. Never here: what the pages do.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_hook", ROOT / "ballot/frontend/build_hook.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    pytest.importorskip("hatchling", reason="the build hook needs hatchling")
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def checkout(folder: Path) -> Path:
    """Copy what the build reads."""
    modules = shutil.ignore_patterns("node_modules", "__pycache__")
    shutil.copytree(ROOT / "ballot/frontend", folder / "ballot/frontend", ignore=modules)
    return folder


def built(hook: Any, folder: Path) -> dict[str, bytes]:
    if hook.system_npm() is None and hook.packaged_npm() is None:
        pytest.skip("no Node.js with npm")
    try:
        hook.make_products(checkout(folder))
    except hook.BuildFailed as failure:
        if "registry" in str(failure):
            pytest.skip("npm reaches neither its cache nor a registry")
        raise
    dist = folder / "ballot/static/dist"
    return {path.name: path.read_bytes() for path in dist.iterdir()}


def test_building_twice_gives_the_same_bytes(hook: Any, tmp_path: Path) -> None:
    first, second = built(hook, tmp_path / "one"), built(hook, tmp_path / "a longer name")
    assert first == second
    assert {"booth.js", "station.js", "protocol.js", "hall.css", "manifest.json"} <= set(first)
    assert b"://localhost" not in first["booth.js"]
    assert str(tmp_path).encode() not in b"".join(first.values())


def test_the_list_of_hashes_is_true(dist: Path) -> None:
    listed = json.loads((dist / "manifest.json").read_text("ascii"))
    files = {path.name for path in dist.iterdir()} - {"manifest.json", "stamp.txt"}
    assert set(listed) == files
    for name, entry in listed.items():
        digest = base64.b64encode(hashlib.sha384((dist / name).read_bytes()).digest()).decode()
        assert entry == {"sha384": f"sha384-{digest}"}


def test_the_style_sheet_asks_this_host_only(dist: Path) -> None:
    sheet = (dist / "hall.css").read_text("utf-8")
    assert "//" not in sheet.replace("*/", "")
    assert "@import" not in sheet
