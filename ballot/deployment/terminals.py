"""What the machines that people stand at are given: a browser's policies, one program, no memory on a disk.

Here lives how a layout fills these files. Never here: a machine with a database (writing.py), or a policy (kiosk.py).
"""

from __future__ import annotations

from ballot.deployment.kiosk import Kind, Kiosk, policies
from ballot.deployment.layout import Layout
from ballot.deployment.parts import part
from tally.i18n import marked as _
from tally.i18n import translate

WHAT = {Kind.TERMINAL: _("Máy bỏ phiếu, một trình duyệt"), Kind.STATION: _("Máy in thẻ, một trình duyệt")}
NO_CORE = "[Coredump]\nStorage=none\nProcessSizeMax=0\n"


def kiosks(layout: Layout) -> tuple[Kiosk, ...]:
    """Return the kinds of machines that people stand at: a voter's shows the box alone, a station also logs in."""
    box, station, registry = (_origin(layout, name) for name in ("box", "station", "registry"))
    return Kiosk(Kind.TERMINAL, (box,)), Kiosk(Kind.STATION, (station, registry))


def _origin(layout: Layout, name: str) -> str:
    port = "" if layout.https == 443 else f":{layout.https}"
    return f"https://{layout.hosts[name]}{port}"


def everything(layout: Layout) -> dict[str, str]:
    """Return the text of every file by its path below the deployment's folder. Raises BadLayout."""
    found: dict[str, str] = {}
    for kiosk in kiosks(layout):
        name, user = kiosk.kind.value, _user(kiosk)
        root = f"{name}/etc"
        found |= {f"{name}/{path}": raw.decode("ascii") for path, raw in policies(kiosk).items()}
        found |= {
            f"{root}/systemd/system/{user}.service": _unit(layout, kiosk),
            f"{root}/systemd/coredump.conf.d/ptn.conf": NO_CORE,
            f"{root}/ptn/{name}.sh": _script(kiosk),
            f"{root}/ptn/{name}.env": f"PTN_ADDRESS={kiosk.origins[0]}/\n",
            f"{root}/sysusers.d/{user}.conf": f'u {user} - "{translate(WHAT[kiosk.kind])}" /var/lib/{user}\n',
        }
    return found


def steps(layout: Layout) -> str:
    """Return what a person does at such machines."""
    told = {kiosk.kind.value: options(kiosk) for kiosk in kiosks(layout)}
    return part("terminals.txt", {**told, "bin": layout.bin, "box": _origin(layout, "box")})


def options(kiosk: Kiosk) -> str:
    """Return the options with which `ballot check` looks at such a machine."""
    return " ".join(f"--{kiosk.kind.value} {origin}" for origin in kiosk.origins)


def _user(kiosk: Kiosk) -> str:
    return f"ptn-{kiosk.kind.value}"


def _unit(layout: Layout, kiosk: Kiosk) -> str:
    kind = "Runtime" if kiosk.forgets else "State"
    values = {
        "what": translate(WHAT[kiosk.kind]), "name": kiosk.kind.value, "user": _user(kiosk), "bin": layout.bin,
        "check": options(kiosk), "folder": f"{kind}Directory={_user(kiosk)}\n{kind}DirectoryMode=0700",
    }  # fmt: skip
    return part("terminal.service", values)


def _script(kiosk: Kiosk) -> str:
    values = {
        "what": translate(WHAT[kiosk.kind]), "options": "--incognito " if kiosk.forgets else "",
        "variable": "RUNTIME_DIRECTORY" if kiosk.forgets else "STATE_DIRECTORY",
        "where": f"{'/run' if kiosk.forgets else '/var/lib'}/{_user(kiosk)}",
    }  # fmt: skip
    return part("terminal.sh", values)
