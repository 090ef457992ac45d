"""Waiting for what must happen, with an end, and ending a browser as a pulled plug does.

Here lives every loop that polls. Never here: a pause after which something is merely hoped to have happened.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

WITHIN = 60.0
SHOWN_WITHIN = 20.0
EVERY = 0.02


def until(page: Any, happened: Callable[[], Any], within: float = WITHIN) -> None:
    """Wait for something that no page shows; the pages go on meanwhile."""
    end = time.monotonic() + within
    while not happened():
        assert time.monotonic() < end, f"it did not happen within {within:.0f} s"
        page.wait_for_timeout(1000 * EVERY)


def expect(seen: Any) -> Any:
    """What a locator or a page must come to show: a press returns before all of the next page has come."""
    from playwright.sync_api import expect as playwright_expect

    playwright_expect.set_options(timeout=1000 * SHOWN_WITHIN)
    return playwright_expect(seen)


def open_on_a_clock(page: Any, address: str) -> None:
    """Open a page whose time a test can move: `page.clock.run_for(ms)` fires all timers that are due by then."""
    page.clock.install()
    page.goto(address)


def stop_time(page: Any) -> None:
    """Let a page's time stand still, once it has loaded, but for `page.clock.run_for`."""
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 1)


def kill_browser(profile: Path, within: float = WITHIN) -> None:
    """Kill every process of the Chromium with this profile, by its number, until the last one is gone."""
    end = time.monotonic() + within
    while mine := _processes(profile):
        assert time.monotonic() < end, f"process {mine[0]} does not die"
        for number in mine:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(EVERY)


def _processes(profile: Path) -> list[int]:
    wanted = f"--user-data-dir={profile}"
    return [int(p.name) for p in Path("/proc").iterdir() if p.name.isdecimal() and wanted in _command(p)]


def _command(process: Path) -> list[str]:
    try:
        return (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:  # it ended meanwhile
        return []
