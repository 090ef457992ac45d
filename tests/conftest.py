"""What holds for every test: no network, Vietnamese messages, and with PTN_NO_SKIP=1 no test that quietly did not run.

Here lives what is the same for all tests. Never here: a fixture that only some of them use.
"""

import asyncio
import ipaddress
import os
import socket
import subprocess
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
from werkzeug.routing import Rule

from ballot.result import tally_process
from tests.commands import run_by_the_application
from tests.postgres import chosen, postgres  # noqa: F401 - one is a fixture

BROWSER = Path(__file__).parent / "browser"
_skipped: list[str] = []
_connect = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}


class NetworkIsOff(RuntimeError):
    """A test tried to leave this machine."""


def pytest_configure(config: pytest.Config) -> None:
    os.environ["PTN_LANG"] = "vi"
    if chosen():  # a test that leaves SQLite's connections to the end leaves a server's too
        config.addinivalue_line("filterwarnings", "ignore:<psycopg.Connection:ResourceWarning")
        warnings.filterwarnings("ignore", "<psycopg.Connection", ResourceWarning)  # also when all tests are over
    Rule._compile_builder = _once(Rule._compile_builder)
    tally_process.subprocess = SimpleNamespace(run=run_by_the_application)
    for name, real in _connect.items():
        setattr(socket.socket, name, _guarded(real))


def pytest_unconfigure() -> None:
    tally_process.subprocess = subprocess
    for name, real in _connect.items():
        setattr(socket.socket, name, real)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the files that wait longest go first, so that no worker is left alone with one of them at the end."""
    items.sort(key=lambda item: not item.path.is_relative_to(BROWSER))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    """Hide the loop that a browser of this process keeps running: signing a PDF starts one of its own."""
    if item.path.is_relative_to(BROWSER):
        return (yield)
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(running)


def _once(compile_builder):
    """Compile the builder of each address once: tests make hundreds of applications that have the same addresses."""
    made = {}

    def call(self, append_unknown=True):
        key = (self.rule, str(self._trace), repr(self.defaults), append_unknown)
        if key not in made:
            made[key] = compile_builder(self, append_unknown)
        return made[key]

    return call


def _guarded(real):
    def call(self, *args):
        if self.family != socket.AF_UNIX and not _is_local(args[-1][0]):
            raise NetworkIsOff(f"no network in tests: {args[-1]}")
        return real(self, *args)

    return call


def _is_local(host: str) -> bool:
    try:
        return host in ("", "localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note(report)


def _note(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        _skipped.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped and os.environ.get("PTN_NO_SKIP") == "1" and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _skipped and os.environ.get("PTN_NO_SKIP") == "1":
        terminalreporter.section("PTN_NO_SKIP=1: these tests should have run", red=True)
        for line in _skipped:
            terminalreporter.line(line)
