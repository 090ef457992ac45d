"""Machines that people stand at: what is written for them is taken by the browser, and one that is unfit is refused.

Here live roots of such machines, wrong in one respect each. Never here: a policy that only a parser of JSON has read.
"""

from __future__ import annotations

import json
import os
import resource
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner

from ballot.deployment.kiosk import CHROME, CHROMIUM, FIREFOX, Kind, Kiosk, chromium, firefox, policies
from ballot.deployment.layout import BadLayout, Layout
from ballot.deployment.terminals import everything, kiosks, options
from ballot.deployment.writing import everything as whole
from ballot.startup import State, findings_at
from ballot.startup.command import check
from ballot.startup.terminals import Post
from tests.ballot.deployment.test_deployment import HOSTS
from tests.commands import REFUSED, WRONG_USE, run

TERMINAL, STATION = kiosks(Layout(HOSTS))


@pytest.fixture(autouse=True)
def no_core_dumps() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The root of a terminal that is fit: its own files, no swap, no printer."""
    for name, text in everything(Layout(HOSTS)).items():
        kind, path = name.split("/", 1)
        if kind == "terminal":
            put(tmp_path / path, text)
    put(tmp_path / "proc/swaps", "Filename Type Size Used Priority\n")
    put(tmp_path / "proc/sys/kernel/core_pattern", "core\n")
    return tmp_path


def put(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def refused(root: Path, kiosk: Kiosk = TERMINAL) -> set[str]:
    return {found.code for found in findings_at(Post(kiosk, root)) if found.state is State.REFUSED}


# --- what makes a machine unfit -------------------------------------------------------------------------------------

CUPS = "etc/cups/cupsd.conf"
SWAPS = "Filename Type Size Used Priority\n{} partition 1 0 -2\n"
CRASHED = "|/usr/lib/systemd/systemd-coredump %P %u %g %s %t %c %h\n"


def test_a_machine_with_what_was_written_for_it_is_refused_nothing(root: Path) -> None:
    assert refused(root) == set()
    put(root / "proc/sys/kernel/core_pattern", CRASHED)  # its own coredump.conf.d says Storage=none
    put(root / "proc/swaps", SWAPS.format("/dev/zram0"))
    put(root / CUPS, "<Policy default>\nPreserveJobFiles Yes\n</Policy>\nPreserveJobHistory No\npreservejobfiles no\n")
    assert refused(root) == set()


UNFIT: dict[str, tuple[str, str, str]] = {
    "memory on a disk": ("proc/swaps", SWAPS.format("/dev/sda2"), "TERMINAL_SWAP_ON"),
    "memory in a file": ("proc/swaps", SWAPS.format("/swapfile"), "TERMINAL_SWAP_ON"),
    "a crash for whoever collects them": (
        "proc/sys/kernel/core_pattern", "|/usr/share/apport/apport -p%p\n", "CORE_HANDLER_ON",
    ),
    "a printer as it comes": (CUPS, "Listen /run/cups/cups.sock\n", "PRINT_JOBS_KEPT"),
    "a printer's service without a file": ("usr/sbin/cupsd", "", "PRINT_JOBS_KEPT"),
    "a printer that keeps what was printed for a minute": (
        CUPS, "PreserveJobHistory No\nPreserveJobFiles 60\n", "PRINT_JOBS_KEPT",
    ),
    "a printer that keeps names of jobs": (CUPS, "PreserveJobFiles No\n# PreserveJobHistory No\n", "PRINT_JOBS_KEPT"),
    "a printer that notes each page": (
        CUPS, "PreserveJobFiles Off\nPreserveJobHistory Off\nPageLogFormat %p %u %T\n", "PRINT_JOBS_KEPT",
    ),
    "a printer that keeps jobs, written with a tab": (
        CUPS, "PreserveJobHistory No\nPreserveJobFiles No\nPreserveJobFiles\tYes\n", "PRINT_JOBS_KEPT",
    ),
    "a printer that notes each page, written with a tab": (
        CUPS, "PreserveJobHistory No\nPreserveJobFiles No\nPageLogFormat\t%p %u %j\n", "PRINT_JOBS_KEPT",
    ),
    "a policy of one's own": (CHROMIUM, "{}\n", "BROWSER_POLICY_DIFFERS"),
    "a second policy beside it": (
        "etc/chromium/policies/managed/more", json.dumps({"PrintingEnabled": True}), "BROWSER_POLICY_DIFFERS",
    ),
    "another policy for the other browser": (FIREFOX, '{"policies": {}}', "BROWSER_POLICY_DIFFERS"),
    "another policy for the maker's own browser": (CHROME, "{}", "BROWSER_POLICY_DIFFERS"),
}  # fmt: skip


# threats B17, H7
@pytest.mark.parametrize("name", UNFIT)
def test_a_terminal_that_is_unfit_is_refused_by_its_code(root: Path, name: str) -> None:
    path, text, code = UNFIT[name]
    put(root / path, text)
    assert refused(root) == {code}


def test_what_keeps_a_crash_is_what_the_last_file_says(root: Path) -> None:
    put(root / "proc/sys/kernel/core_pattern", CRASHED)
    ours = root / "etc/systemd/coredump.conf.d/ptn.conf"
    put(root / "usr/lib/systemd/coredump.conf.d/20-none.conf", ours.read_bytes())
    put(ours, "[Coredump]\n#Storage=none\nStorage=journal\n")
    assert refused(root) == {"CORE_HANDLER_ON"}
    ours.unlink()
    assert refused(root) == set()
    (root / "usr/lib/systemd/coredump.conf.d/20-none.conf").unlink()
    assert refused(root) == {"CORE_HANDLER_ON"}


@pytest.mark.parametrize("folder", ["usr/lib", "usr/local/lib", "run", "etc"])
def test_what_keeps_a_crash_goes_by_the_names_of_files_whatever_folder_they_lie_in(root: Path, folder: str) -> None:
    put(root / "proc/sys/kernel/core_pattern", CRASHED)
    put(root / folder / "systemd/coredump.conf.d/zz.conf", "[Coredump]\nStorage=external\n")
    assert refused(root) == {"CORE_HANDLER_ON"}


def test_a_browser_under_no_policy_or_under_another_addresss_is_refused(root: Path) -> None:
    assert refused(root, STATION) == {"BROWSER_POLICY_DIFFERS"}
    assert refused(root, Kiosk(Kind.TERMINAL, ("https://hom2.lan",))) == {"BROWSER_POLICY_DIFFERS"}
    (root / CHROMIUM).unlink()
    assert refused(root) == {"BROWSER_POLICY_MISSING"}, "the other browser has its policy, and is not what is started"
    (root / FIREFOX).unlink()
    assert refused(root) == {"BROWSER_POLICY_MISSING"}
    assert refused(root, STATION) == {"BROWSER_POLICY_MISSING"}
    put(root / FIREFOX, policies(STATION)[FIREFOX])
    assert refused(root, STATION) == set(), "at a station any browser under its policy will do"
    (root / FIREFOX).unlink()
    put(root / CHROME, policies(TERMINAL)[CHROMIUM])
    assert refused(root) == set()


def test_a_terminals_memory_after_a_crash_is_refused(root: Path) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard == 0:
        pytest.skip("the hard limit of core dumps is 0 here: they cannot be turned on to be refused; needs ulimit -Hc")
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    assert refused(root) == {"CORE_DUMPS_ON"}


# --- the command and the files --------------------------------------------------------------------------------------


def test_the_command_looks_at_a_machine_without_databases() -> None:
    done = run("ballot", "check", "--station", "https://tram.lan", "--station", "https://so.lan")
    assert done.code == REFUSED
    assert "✗ Chính sách trình duyệt" in done.output and "BROWSER_POLICY" in done.output
    assert "cơ sở dữ liệu" not in done.output
    both = CliRunner().invoke(check, ["--terminal", "https://a", "--station", "https://b"])
    assert both.exit_code == WRONG_USE


@pytest.mark.parametrize(
    "address", ["hom.lan", "https://hom.lan/", "https://hom.lan:0", "file:///etc", "https://*", ""]
)
def test_what_is_no_address_has_no_policy(address: str) -> None:
    with pytest.raises(BadLayout) as caught:
        policies(Kiosk(Kind.TERMINAL, (address,)))
    assert "--terminal" in str(caught.value) and "ví dụ https://hom.lan" in str(caught.value)


def test_units_and_scripts_start_one_browser_whose_folder_ends_with_it(tmp_path: Path) -> None:
    found = whole(Layout(HOSTS))
    terminal, station = (
        shlex.split(found[f"{kind}/etc/ptn/{kind}.sh"], comments=True) for kind in ("terminal", "station")
    )
    assert ("--incognito" in terminal, "--incognito" in station) == (True, False)
    assert {"--kiosk", "$PTN_ADDRESS"} <= {*terminal} & {*station}
    assert "\nRuntimeDirectory=ptn-terminal\n" in found["terminal/etc/systemd/system/ptn-terminal.service"]
    assert "\nStateDirectory=ptn-station\n" in found["station/etc/systemd/system/ptn-station.service"]
    for kiosk in (TERMINAL, STATION):
        assert (
            f"ballot check {options(kiosk)}\n"
            in found[f"{kiosk.kind.value}/etc/systemd/system/ptn-{kiosk.kind.value}.service"]
        )
        assert f"ballot check {options(kiosk)}" in found["CAI-DAT.txt"]
        script = tmp_path / "kiosk.sh"
        script.write_text(found[f"{kiosk.kind.value}/etc/ptn/{kiosk.kind.value}.sh"])
        assert subprocess.run(["sh", "-n", script], check=False).returncode == 0


def test_a_voters_browser_keeps_and_prints_nothing_and_a_station_prints() -> None:
    for policy in (chromium, firefox):
        voters, stations = policy(TERMINAL), policy(STATION)
        assert (voters["PrintingEnabled"], stations["PrintingEnabled"]) == (False, True)
        for told in (voters, stations):
            assert (
                told["PasswordManagerEnabled"]
                is told["AutofillAddressEnabled"]
                is told["SearchSuggestEnabled"]
                is False
            )
    assert chromium(TERMINAL)["DownloadRestrictions"] == 3
    assert chromium(TERMINAL)["URLAllowlist"] == ["https://hom.lan"]
    assert firefox(STATION)["WebsiteFilter"]["Exceptions"] == ["https://tram.lan/*", "https://so.lan/*"]


# --- the browser's own word -----------------------------------------------------------------------------------------

ROWS = """() => {
  const rows = [];
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.localName === "policy-row") rows.push(node.shadowRoot.querySelector(".policy.row"));
      if (node.shadowRoot) walk(node.shadowRoot);
    }
  };
  walk(document);
  return rows.filter(Boolean).map((row) => row.textContent.split(/\\s+/).filter(Boolean));
}"""
"""What chrome://policy shows: name, value, source, whom it is for, level, status."""


class Quiet(SimpleHTTPRequestHandler):
    """One page, and no line about it."""

    def log_message(self, *_told: Any) -> None:
        """Say nothing."""


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[int]:
    put(tmp_path / "pages/index.html", "<p>ours</p>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "pages"))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def browser_under(tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    """Return what makes a program: chromium in a mount space of its own, where its policies are the ones given."""
    program = shutil.which("chromium")
    if program is None or os.getuid() != 0 or not Path("/etc/chromium").is_dir():
        pytest.skip(
            "needs chromium with its folder /etc/chromium, and root for a mount space: apt-get install chromium"
        )
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to make a mount space: unshare -m is refused here")

    def under(told: dict[str, Any]) -> str:
        put(tmp_path / CHROMIUM, json.dumps(told))
        script = tmp_path / "chromium.sh"
        bind = f"mount --bind {tmp_path}/etc/chromium /etc/chromium"
        script.write_text(f'#!/bin/sh\nexec unshare -m sh -c \'{bind} && exec {program} "$@"\' sh "$@"\n')
        script.chmod(0o755)
        return str(script)

    return under


@pytest.mark.parametrize("kind", Kind)
def test_the_browser_knows_every_name_and_goes_nowhere_else(
    pages: int, browser_under: Callable[[dict[str, Any]], str], kind: Kind
) -> None:
    """threats H7. Two policies are eased, for the look itself: the list of policies, and a program that drives."""
    from playwright.sync_api import Error, sync_playwright

    told = dict(chromium(Kiosk(kind, (f"http://127.0.0.1:{pages}",))))
    told["URLAllowlist"] += ["chrome://policy"]
    told["DeveloperToolsAvailability"] = 1
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser_under(told), args=["--no-sandbox"], timeout=60_000) as one,
    ):
        context = one.new_context()
        page = context.new_page()
        page.goto("chrome://policy")
        page.wait_for_function(f"({ROWS})().length >= {len(told)}")
        status = {row[0]: row[-1] for row in page.evaluate(ROWS) if "Mandatory" in row}
        page.goto(f"http://127.0.0.1:{pages}/")
        assert page.inner_text("p") == "ours"
        for foreign in (f"http://localhost:{pages}/", "file:///etc/hostname", "chrome://version", "data:text/html,x"):
            with pytest.raises(Error, match="ERR_BLOCKED_BY_ADMINISTRATOR"):
                context.new_page().goto(foreign)
    assert set(status) == set(told)
    assert {name for name, word in status.items() if word not in ("OK", "Deprecated")} == set()
