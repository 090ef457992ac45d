"""The steps of an installation, for people: from the folder of wheels to the first account, backups and a cold spare.

Here lives how a layout fills their text (`parts/install.txt`). Never here: a file that a program reads (writing.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from ballot.deployment import terminals
from ballot.deployment.layout import POSTGRESQL, SQLITE, Layout
from ballot.deployment.parts import part

LINK = """\
       sudo -u ptn-issuer-{name} env $(xargs < /etc/ptn/issuer-{name}.env) {bin}/ballot issuer link \
/var/lib/ptn-issuer-{name}/{name}.link.secret
"""
TOGETHER = {
    SQLITE: (
        "   registry và box phải ở cùng một máy, vì dùng chung /var/lib/ptn-hom; chép cả hai thư mục vào máy ấy.\n"
        "   registry and box must be on one machine, since they share /var/lib/ptn-hom; copy both folders there.\n"
    ),
    POSTGRESQL: (
        "   registry, box và PostgreSQL phải ở cùng một máy, vì nối qua /run/postgresql bằng tài khoản máy (peer).\n"
        "   registry, box and PostgreSQL must be on one machine, since accounts are known by its socket (peer).\n"
    ),
}


def told(layout: Layout, environments: Mapping[str, Mapping[str, str]]) -> str:
    """Return the steps; `environments` are the settings of every machine by its name."""
    of_server = layout.database == POSTGRESQL or (layout.copy is not None and layout.copy.file is None)
    extra, registry = "[postgres]" if of_server else "", environments["registry"]
    issuers = [name for name, _host in layout.issuers]
    values = {
        "machines": ", ".join(machine.name for machine in layout.machines), "venv": layout.venv, "bin": layout.bin,
        "tls": layout.tls, "source": f".{extra}", "requirement": f"phieu-tin-nhiem{extra}",
        "database": "       sudo -u postgres psql -f postgres.sql\n" if layout.database == POSTGRESQL else "",
        "together": TOGETHER[layout.database], "copy": _copy(layout),
        "host_options": " ".join(f"--host {host}" for machine in layout.machines for host in machine.hosts),
        "as_registry": "sudo -u ptn-registry env $(xargs < /etc/ptn/registry.env)",
        "into_registry": f" --into '{registry['BALLOT_REGISTRY_DB']}'" if layout.database == POSTGRESQL else "",
        "into_box": f" --into '{registry['BALLOT_BOX_DB']}'",
        "links": "".join(LINK.format(name=name, bin=layout.bin) for name in issuers),
        "issuer_units": "".join(f" ptn-issuer-{name}" for name in issuers), "terminals": terminals.steps(layout),
    }  # fmt: skip
    return part("install.txt", values)


def _copy(layout: Layout) -> str:
    """Return what is done once for the second copy, by whoever has mounted its disk or runs its server."""
    if layout.copy is None:
        return ""
    if layout.copy.file is not None:
        return part("copy_file.txt", {"file": layout.copy.file, "folder": layout.copy.file.parent})
    return part("copy_server.txt", {"url": layout.copy.url})
