"""A record that many fetch at once: packed for a few of them at a time, since each takes its whole size in memory.

Here lives who waits. Never here: what is in the record (test_publishing.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock, Thread

import pytest

from ballot.public.board import Published
from tally.record import Record
from tests.ballot.hall import Hall

Open = Callable[[str], Hall]


class Counting:
    """A record that counts who packs it at once; packing takes a moment."""

    def __init__(self) -> None:
        self.lock, self.inside, self.most = Lock(), 0, 0

    def everything(self) -> Iterator[tuple[str, bytes]]:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        time.sleep(0.05)
        yield "manifest.json", b"{}"
        with self.lock:
            self.inside -= 1

    write_zip = Record.write_zip


def test_no_more_than_two_records_are_packed_at_once(at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """threats H16: a record of a large hall is forty megabytes, anybody may ask for it, and a server has 64 threads"""
    counting = Counting()
    monkeypatch.setattr(Published, "record", lambda _self: counting)
    found: list[bytes] = []
    published = Published("u", "closed", at("issuing").manifest, Path(), None)
    threads = [Thread(target=lambda: found.append(published.zipped())) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10
    assert len(set(found)) == 1
    assert counting.most == 2
