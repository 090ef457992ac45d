"""One key, one purpose: every public key that a registry or an issuer knows of, and the refusal of one used twice.

Here lives gathering them. Never here: the comparison (keys.purposes), or a private key.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from keys.signers import KeyUse, check_distinct_purposes, ed25519_fingerprint, issuer_fingerprint, pem_fingerprint
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.manifest import Issuer, Manifest


def check_keys(
    manifests: Iterable[Manifest], *, issuers: Iterable[Issuer] = (), certificate: Path | None = None
) -> None:
    """Refuse a key that stands in two places: of a round, of two rounds, or in the certificate of the link.

    `issuers` are keys that are in no manifest yet. Raises KeyReused naming both places. Source: SPEC 3.9; threats A8.
    """
    uses = [use for manifest in manifests for use in _of_round(manifest)]
    uses += [use for issuer in issuers for use in _of_issuer(issuer, "")]
    if certificate is not None:
        uses.append(KeyUse(certificate.name, pem_fingerprint(certificate.read_bytes())))
    check_distinct_purposes(uses)


def _of_round(manifest: Manifest) -> list[KeyUse]:
    box = KeyUse(f"{manifest.uuid} {translate(_('khóa hòm phiếu'))}", ed25519_fingerprint(manifest.box_key))
    log = KeyUse(f"{manifest.uuid} {translate(_('khóa nhật ký'))}", ed25519_fingerprint(manifest.log_key))
    return [box, log, *(use for issuer in manifest.issuers for use in _of_issuer(issuer, manifest.uuid))]


def _of_issuer(issuer: Issuer, uuid: str) -> list[KeyUse]:
    place = f"{uuid} {issuer.name}".strip()
    return [
        KeyUse(f"{place}: {translate(_('khóa cấp phiếu'))}", issuer_fingerprint(issuer.key)),
        KeyUse(f"{place}: {translate(_('khóa bản kê'))}", ed25519_fingerprint(issuer.statement_key)),
    ]
