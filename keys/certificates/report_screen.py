"""What a person sees of a signing certificate: whose, by whom, until when, for what, and its fingerprint.

Here lives the wording on the screen. Never here: a judgement (checks.py), or a key.
"""

from __future__ import annotations

from cryptography import x509

from keys.certificates.identity import Identity
from keys.certificates.report_authority import spell_serial
from keys.certificates.tls_page import fingerprint
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import one_line
from tally.screen import Screen


def describe(identity: Identity) -> None:
    """Print the public facts of an identity."""
    certificate, screen = identity.certificate, Screen()
    uses = _uses(certificate)
    for label, value in (
        (_("Người ký"), certificate.subject.rfc4514_string()),
        (_("Nơi cấp"), certificate.issuer.rfc4514_string()),
        (_("Số hiệu"), spell_serial(certificate)),
        (
            _("Hiệu lực (UTC)"),
            f"{certificate.not_valid_before_utc:%Y-%m-%d} – {certificate.not_valid_after_utc:%Y-%m-%d}",
        ),
        (_("Mục đích khóa"), ", ".join(uses) or "–"),
        ("SHA-256", fingerprint(certificate)),
    ):
        screen.say(f"{translate(label)}: {one_line(value)}")


def _uses(certificate: x509.Certificate) -> list[str]:
    try:
        uses = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return []
    named = {"digitalSignature": uses.digital_signature, "nonRepudiation": uses.content_commitment,
             "keyEncipherment": uses.key_encipherment, "dataEncipherment": uses.data_encipherment,
             "keyAgreement": uses.key_agreement, "keyCertSign": uses.key_cert_sign,
             "cRLSign": uses.crl_sign}  # fmt: skip
    return [name for name, present in named.items() if present]
