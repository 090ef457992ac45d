"""The files of a deployment, as text: units, environments, proxy, users, folders, rights in PostgreSQL.

Here lives how a layout fills the parts (`parts/`). Never here: a secret; each machine draws its own when it first runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from ballot.deployment import steps, terminals
from ballot.deployment.layout import POSTGRESQL, SQLITE, Layout, Machine
from ballot.deployment.parts import part
from tally.i18n import translate

SHARED = "/var/lib/ptn-hom"
"""Where the box's SQLite file lies, for a box and a registry on one machine: both users, nobody else.

It belongs to their group and to root, so that either machine's file can be used before the other's user is there."""
SHARERS = ("registry", "box")
_SOCKET = "/run/postgresql"


def everything(layout: Layout) -> dict[str, str]:
    """Return the text of every file by its path below the deployment's folder. Raises BadLayout."""
    layout.check()
    found = {"CAI-DAT.txt": steps.told(layout, {m.name: environment(layout, m) for m in layout.machines})}
    for machine in layout.machines:
        root = f"{machine.name}/etc"
        found |= {
            f"{root}/systemd/system/{machine.user}.service": _unit(layout, machine),
            f"{root}/ptn/{machine.name}.env": _lines(environment(layout, machine)),
            f"{root}/nginx/conf.d/{machine.user}.conf": _proxy(layout, machine),
            f"{root}/sysusers.d/{machine.user}.conf": _users(layout, machine),
            f"{root}/tmpfiles.d/{machine.user}.conf": _folders(layout, machine),  # noqa: S108 - etc/tmpfiles.d
        }
    found |= terminals.everything(layout)
    if layout.database == POSTGRESQL:
        found["postgres.sql"] = part("postgres.sql", {})
    return found


def environment(layout: Layout, machine: Machine) -> dict[str, str]:
    """Return the settings of one machine's process: all of them, so that none is left to a default."""
    hosts = {f"BALLOT_{part.upper()}_HOST": host for part, host in layout.hosts.items()}
    found = {
        "BALLOT_PRODUCTION": "1", "BALLOT_SCHEME": "https", "BALLOT_PORT": str(layout.https),
        "BALLOT_INSTANCE": f"/var/lib/{machine.user}", **hosts,
    }  # fmt: skip
    if machine.name in SHARERS:
        found |= {"BALLOT_ROLES": machine.name, "BALLOT_BOX_DB": _database(layout, machine, "box")}
        if layout.copy:  # the registry's process tells it of the close
            found["BALLOT_BOX_COPY"] = layout.copy.url
    else:
        name = machine.name.removeprefix("issuer-")
        found |= {"BALLOT_ROLES": "issuer", "BALLOT_ISSUER_NAME": name, "BALLOT_ISSUER_HOST": machine.hosts[0]}
    if machine.name == "registry":
        found["BALLOT_REGISTRY_DB"] = _database(layout, machine, "registry")
        found["BALLOT_SECOND_FACTOR"] = "required"
        if layout.issuers:
            port = "" if layout.https == 443 else f":{layout.https}"
            found["BALLOT_ISSUERS"] = ",".join(f"{name}=https://{host}{port}" for name, host in layout.issuers)
            found["BALLOT_ISSUER_CA"] = f"{layout.tls}/hall-ca.crt"
    return found


def _database(layout: Layout, machine: Machine, name: str) -> str:
    if layout.database == POSTGRESQL:
        return f"postgresql+psycopg://{machine.user}@/ptn_{name}?host={_SOCKET}"
    return f"sqlite:///{SHARED}/box.db" if name == "box" else f"sqlite:////var/lib/{machine.user}/{name}.db"


def _shares(layout: Layout, machine: Machine) -> bool:
    return layout.shares and machine.name in SHARERS


def _reach(layout: Layout, machine: Machine) -> list[str]:
    """Return the lines that open, and close, folders and addresses to a unit: the second copy's and no more."""
    lines, copy = [], layout.copy if machine.name in SHARERS else None
    if layout.database == SQLITE and machine.name in SHARERS:
        lines.append(f"ReadWritePaths={SHARED}")
    if copy and copy.file:  # one that is absent is named by the check, not by the service manager
        lines.append(f"ReadWritePaths=-{copy.file.parent}")
    if machine.name == "box":
        lines.append("InaccessiblePaths=-/var/lib/ptn-registry")
    if machine.name != "registry":
        lines += ["IPAddressDeny=any", "IPAddressAllow=localhost"]
        lines += [f"IPAddressAllow={copy.address}"] if copy and copy.address else []
    return lines


def _unit(layout: Layout, machine: Machine) -> str:
    shared = _shares(layout, machine)
    values = {
        "what": translate(machine.what), "user": machine.user, "name": machine.name, "bin": layout.bin,
        "port": machine.port, "most": 512 * 1024 * 1024 if machine.most == "512m" else 16 * 1024 * 1024,
        "groups": "\nSupplementaryGroups=ptn-hom" if shared else "", "umask": "0007" if shared else "0077",
        "devices": "no" if machine.name.startswith("issuer-") else "yes",  # a token is a device
        "more": "".join(f"{line}\n" for line in _reach(layout, machine)),
    }  # fmt: skip
    return part("unit.service", values)


def _proxy(layout: Layout, machine: Machine) -> str:
    values = {
        "what": translate(machine.what), "hosts": " ".join(machine.hosts), "tls": layout.tls, "https": layout.https,
        "http": layout.http, "port": machine.port, "most": machine.most,
    }  # fmt: skip
    return part("proxy.conf", values) + (part("authority.conf", values) if machine.name == "registry" else "")


def _users(layout: Layout, machine: Machine) -> str:
    lines = [f'u {machine.user} - "{translate(machine.what)}" /var/lib/{machine.user}']
    if _shares(layout, machine):
        lines = ["g ptn-hom -", *lines, f"m {machine.user} ptn-hom"]
    return "\n".join(lines) + "\n"


def _folders(layout: Layout, machine: Machine) -> str:
    lines = [f"d /var/lib/{machine.user} 0700 {machine.user} {machine.user} -"]
    if layout.database == SQLITE and machine.name in SHARERS:
        # SQLite gives its log the mode of the database, so the empty file must let both users write.
        lines += [f"d {SHARED} 2770 root ptn-hom -", f"f {SHARED}/box.db 0660 root ptn-hom -"]
    return "\n".join(lines) + "\n"


def _lines(settings: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in settings.items())
