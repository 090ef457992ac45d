"""The steps of `CAI-DAT.txt` do what they say: the first account, a backup, and a spare that has all of it again.

Here live the commands of the sheet as they stand there, below a folder of the test and without a change of user. Never
here: a command of ours in other words.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from ballot.deployment.layout import SQLITE, Layout
from ballot.deployment.writing import everything
from ballot.models.registry.accounts import Account
from ballot.storage import open_engine, reading
from keys.backup import create_backup_key
from keys.signers import MACHINE_COST
from tests.commands import ROOT

HOSTS = {"registry": "so.lan", "station": "tram.lan", "committee": "ban.lan", "box": "hom.lan"}
WORDS = "một mật khẩu để thử sao lưu"
HOLDERS = {"SO": "so-1", "HOM": "hom-1", "KHOA": "khoa-1"}
PLACES = ("/var/lib", "/var/backups", "/run/khoi-phuc", "/etc/ptn")


class Machine:
    """A machine whose folders lie below one of the test's, with the deployment's files in place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = everything(Layout(HOSTS, database=SQLITE, venv=Path(sys.executable).parent.parent))
        for name in ("registry", "box"):
            env = folder / f"etc/ptn/{name}.env"
            env.parent.mkdir(parents=True, exist_ok=True)
            env.write_text(self.here(self.files[f"{name}/etc/ptn/{name}.env"]), "utf-8")
        for made in ("ptn-registry", "ptn-box", "ptn-hom"):  # as tmpfiles.d makes them
            (folder / "var/lib" / made).mkdir(parents=True, mode=0o700)
        (folder / "run").mkdir()
        (folder / "var/backups").mkdir()
        (folder / "var/lib/ptn-hom/box.db").touch()

    def here(self, text: str) -> str:
        for place in PLACES:
            text = text.replace(place, f"{self.folder}{place}")
        return text

    def does(self, number: int, environ: Mapping[str, str] | None = None, *, stdin: str = "") -> str:
        """Run the commands of a step that need no service manager and no round, in their order."""
        step = re.split(r"^(?=[1-9]\. )", self.files["CAI-DAT.txt"], flags=re.M)[number]
        said = ""
        for line in re.findall(r"^ {7}(.*)$", step, re.M):
            if line.startswith(("keys ", "systemctl ")) or " resume UUID" in line:
                continue
            command = re.sub(r"-o \S+ -g \S+ |sudo -u \S+ ", "", self.here(line)).replace("USB/", "$USB/")
            done = subprocess.run(
                ["sh", "-c", command], input=stdin, capture_output=True, text=True, check=False, cwd=self.folder,
                env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PTN_LANG": "vi"} | dict(environ or {}),
            )  # fmt: skip
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            said += done.stdout
        return said


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def test_the_sheet_begins_an_installation_backs_it_up_and_restores_it_on_a_spare(tmp_path: Path, usb: Path) -> None:
    """threats I20"""
    first, spare = Machine(tmp_path / "first"), Machine(tmp_path / "spare")
    first.does(4)
    assert "quan-tri" in first.does(5)
    recipients = {
        part: create_backup_key(usb / f"{name}.backup.key", name=name, passphrase=WORDS, cost=MACHINE_COST)
        for part, name in HOLDERS.items()
    }
    first.does(7, recipients)
    for path in (first.folder / "var/backups/ptn").iterdir():
        path.rename(usb / path.name)
    spare.does(8, {"USB": str(usb)}, stdin=f"{WORDS}\n")
    assert logins(spare) == logins(first) == ["quan-tri"]
    link = "keys/hom-phieu.link.secret"
    kept = {
        (place.folder / f"var/lib/ptn-{who}" / link).read_bytes()
        for place in (first, spare)
        for who in ("registry", "box")
    }
    assert len(kept) == 1
    assert not (spare.folder / "run/khoi-phuc").exists()


def logins(machine: Machine) -> list[str]:
    engine = open_engine(f"sqlite:///{machine.folder}/var/lib/ptn-registry/registry.db")
    with reading(engine) as session:
        found = list(session.scalars(select(Account.login)))
    engine.dispose()
    return found
