"""What the files in a keys folder are called: secrets beside each other, and a round's keys in a folder of its own.

Here live these names. Never here: a key, a secret, or opening one (keyring.py).
"""

from __future__ import annotations

MACHINE = "machine.secret"
"""What opens this machine's keys."""
SESSION = "session.secret"
TOTP = "totp.secret"
OWN_LINK = "link.secret"
"""An issuer's own secret, by which it knows the registry; the registry keeps it as `link` of that issuer."""
BOX_LINK = "hom-phieu.link.secret"
"""At registry and box, what opens the box's keys; there is none where both are one process."""
BOX = "hom-phieu.box.key"
LOG = "nhat-ky.log.key"
FREEZE = "chot.freeze.key"
SITE = "diem-cau.site.key"


def issuer(name: str) -> str:
    """Return the name of an issuer's blind-signing key."""
    return f"{name}.issuer.key"


def statement(name: str) -> str:
    """Return the name of an issuer's statement key."""
    return f"{name}.statement.key"


def link(name: str) -> str:
    """Return the name of the secret of the link to an issuer that is a process of its own."""
    return f"{name}.link.secret"
