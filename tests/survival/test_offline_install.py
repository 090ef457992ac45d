"""An installation from a folder of wheels on a machine without a network, as the steps of `ballot deploy` say.

Here lives this one campaign: `python -m pytest -m campaign tests/survival/test_offline_install.py`. It takes a few
minutes and needs a package index once, for the folder of wheels. Never here: anything imported from this checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.builders import small_round
from tests.commands import CONSISTENT, VERIFIED

ROOT = Path(__file__).parents[2]
QUIET = {name: value for name, value in os.environ.items() if not name.startswith(("BALLOT_", "PYTHON"))}
CUT_OFF = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
PORT = 8391


def wheels(folder: Path) -> None:
    """Fetch a wheel of everything that the application needs, and build its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--wheel-dir", folder, f"{ROOT}[postgres]"],
        capture_output=True, text=True, check=False, env=QUIET,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"no package index is reachable: {done.stderr[-300:]}")


@pytest.mark.campaign
def test_a_machine_without_a_network_is_installed_from_a_folder(tmp_path: Path) -> None:
    if os.getuid() or not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("cutting the network off needs root, unshare and ip: apt-get install util-linux iproute2")
    wheels(tmp_path / "wheels")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    install = [venv / "bin/pip", "install", "-q", "--no-index", "--find-links", tmp_path / "wheels"]
    cut_off([*install, "phieu-tin-nhiem[postgres]"], tmp_path)
    where = cut_off([venv / "bin/python", "-c", "import ballot; print(ballot.__file__)"], tmp_path)
    assert str(venv) in where
    assert "✓ Giao diện đã dựng" in cut_off([venv / "bin/ballot", "check"], tmp_path, allowed=(0, 1))
    hosts = ("--registry", "so.lan", "--station", "tram.lan", "--committee", "ban.lan", "--box", "hom.lan")
    assert "ptn-box.service" in cut_off([venv / "bin/ballot", "deploy", tmp_path / "deployment", *hosts], tmp_path)
    record = tmp_path / "record"
    small_round().record().write(record)
    said = cut_off([venv / "bin/tally", "verify", record], tmp_path)
    assert CONSISTENT in said and VERIFIED not in said
    assert "ket-qua.pdf" in listed_after_report(venv, record, tmp_path)
    assert "Đăng nhập" in first_page(venv, tmp_path)


def listed_after_report(venv: Path, record: Path, folder: Path) -> list[str]:
    """Make the report, which needs the fonts that the wheel brings along."""
    cut_off([venv / "bin/tally", "report", record], folder)
    return [path.name for path in (record / "report").iterdir()]


def first_page(venv: Path, folder: Path) -> str:
    """Serve the application for a moment and fetch its first page, both without a network."""
    ask = (
        "import time,urllib.request\n"
        "for _ in range(100):\n"
        f"    try: print(urllib.request.urlopen('http://localhost:{PORT}/dang-nhap').read().decode()); break\n"
        "    except OSError: time.sleep(0.3)\n"
    )
    serve = f'{venv}/bin/ballot serve & {venv}/bin/python -c "{ask}"; kill $!'
    begun = time.monotonic()
    said = cut_off(["sh", "-c", serve], folder, BALLOT_PORT=str(PORT))
    assert time.monotonic() - begun < 60
    return said


def cut_off(command: list[object], folder: Path, *, allowed: tuple[int, ...] = (0,), **more: str) -> str:
    """Run a command that sees nothing but its own loopback."""
    environ = QUIET | {"BALLOT_INSTANCE": str(folder / "instance"), "PTN_LANG": "vi", "PYTHONUTF8": "1", **more}
    done = subprocess.run(
        [*CUT_OFF, *map(str, command)], capture_output=True, text=True, cwd=folder, env=environ, check=False
    )
    assert done.returncode in allowed, done.stdout + done.stderr
    return done.stdout
