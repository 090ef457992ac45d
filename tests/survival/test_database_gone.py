"""The database's host is unplugged: what was asked is an error in seconds, and a host that only works is waited for.

Here live two hosts, the cable between them, and what a process of ours says. Never here: a mock of a network.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests import postgres as clusters
from tests.survival import hosts
from tests.survival.hosts import Host, World

ADDRESS = "10.77.3.2"
AT_WORK, BOUND = 12, 30
ASKING = """
import signal, sys, threading, time
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from ballot.storage import open_engine

engine, took = open_engine(sys.argv[1]), {}
def ask(name, statement, connection=None):
    began = time.monotonic()
    try:
        with connection or engine.connect() as asked:
            asked.execute(text(statement))
        end = "answered"
    except OperationalError:
        end = "error"
    took[name] = (end, time.monotonic() - began)
def told():
    print(took, flush=True)
    took.clear()
kept = [engine.connect() for _ in range(2)]
ask("at work", f"SELECT pg_sleep({sys.argv[2]})")
told()
asked = [threading.Thread(target=ask, args=("asked before", "SELECT pg_sleep(90)", kept.pop()))]
asked[0].start()
time.sleep(1)
sys.stdin.readline()
signal.alarm(60)
kept.pop().close()
asked.append(threading.Thread(target=ask, args=("asked of the pool", "SELECT 1")))
asked[1].start()
for thread in asked:
    thread.join()
told()
ask("asked anew", "SELECT 1")
told()
"""
"""Connects, works long, is asked something by which time the cable is pulled, and asks again."""


@pytest.fixture
def world() -> Iterator[World]:
    if lacking := hosts.missing() or (clusters.MISSING if clusters.programs() is None else ""):
        pytest.skip(lacking)
    world = World().lay()
    try:
        world.host("box", 61002, back=1)
        world.host("database", 61020, back=2)
        world.name({})
        yield world
    finally:
        world.end()


def test_a_database_whose_host_is_unplugged_is_an_error_in_seconds_and_one_that_works_is_waited_for(
    world: World,
) -> None:
    """threats I11, I19: a line that nobody answers on would hold every thread of the box for a quarter of an hour."""
    box, database = world.hosts["box"], world.hosts["database"]
    with clusters.running(prefix=("ip", "netns", "exec", database.namespace), listen=ADDRESS) as server:
        process = started(box, server.url("postgres", host=ADDRESS))
        try:
            assert list(said(process)) == ["at work answered"]
            database.pull("back")
            process.stdin.write("\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            gone = said(process) | said(process)
        finally:
            process.kill()
            process.communicate()
    assert set(gone) == {"asked before error", "asked of the pool error", "asked anew error"}
    assert max(gone.values()) < BOUND, gone


def started(box: Host, url: str) -> subprocess.Popen[str]:
    words = box.command(sys.executable, "-c", ASKING, url, AT_WORK)
    return subprocess.Popen(
        words, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=box.environ({}), cwd=box.folder, start_new_session=True,
    )  # fmt: skip


def said(process: subprocess.Popen[str]) -> dict[str, float]:
    """Return how each question ended, and after how many seconds."""
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("{"), line + process.stdout.read()
    return {f"{name} {end}": seconds for name, (end, seconds) in ast.literal_eval(line).items()}
