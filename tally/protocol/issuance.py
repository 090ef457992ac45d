"""The closing statement of an issuer: how many credentials it signed, and the head of its log, under its own key.

Here live the value, its signing bytes and its check. Never here: who received a credential, or the key that signs.

    {"issuer":"ban-to-chuc","manifest":"…","issued":312,"reissued":1,"envelopes":16,"voided":15,"undelivered":0,
     "refused":0,"log_head":"…","credentials":"…","signature":"…"}

`credentials` is the SHA-256 of the file credentials.json; the key is written as RFC 8032 writes it (not reversed, as
the group elements of a ballot are).
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

from tally.i18n import marked as _
from tally.protocol.ed25519 import check_ed25519
from tally.protocol.errors import BadHash, BadSignature, BadText, Refused, WrongShape

STATEMENT_LABEL = b"phieu-tin-nhiem/v1/issuer-statement|"
MAX_COUNT = 2**53 - 1
MAX_NAME = 200
SIGNED = ("issued", "reissued", "envelopes")
COUNTS = (*SIGNED, "voided", "undelivered", "refused")
HASHES = ("manifest", "log_head", "credentials")
FIELDS = ("issuer", "manifest", *COUNTS, "log_head", "credentials", "signature")
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_SIGNATURE = re.compile(r"[0-9a-f]{128}\Z")


@dataclass(frozen=True, slots=True)
class IssuerStatement:
    """What one issuer declares when issuing is frozen; the fields stand in the order of the file.

    `issued` counts voters, `reissued` slips that replaced a spoiled one, `envelopes` slips made before opening,
    `voided` credentials that may not vote, `undelivered` ones that were signed and never reached the box, so that they
    are on no list, `refused` requests turned away. Source: SPEC 4.7.
    """

    issuer: str
    manifest: str
    issued: int
    reissued: int
    envelopes: int
    voided: int
    undelivered: int
    refused: int
    log_head: str
    credentials: str
    signature: str

    @classmethod
    def parse(cls, value: object, where: str = "statement") -> IssuerStatement:
        """Read a decoded JSON object: exactly the fields, in their order. Raises WrongShape, BadText, BadHash."""
        if not isinstance(value, dict) or list(value) != list(FIELDS):
            raise WrongShape(where, expected="{" + ", ".join(FIELDS) + "}")
        _check_name(value["issuer"], f"{where}.issuer")
        for name in COUNTS:
            _check_count(value[name], f"{where}.{name}")
        for name in HASHES:
            _check_hex(value[name], _HASH, BadHash(f"{where}.{name}"))
        _check_hex(value["signature"], _SIGNATURE, WrongShape(f"{where}.signature", expected="hex[128]"))
        return cls(**value)

    def encode(self) -> dict[str, Any]:
        """Return the object that `parse` reads."""
        return asdict(self)

    @property
    def signed(self) -> int:
        """Credentials that this issuer signed, of every kind."""
        return self.issued + self.reissued + self.envelopes

    def signing_bytes(self) -> bytes:
        """Return what the issuer signs: the label, then the canonical JSON of the object without its signature."""
        unsigned = {name: getattr(self, name) for name in FIELDS if name != "signature"}
        return STATEMENT_LABEL + json.dumps(unsigned, ensure_ascii=False, separators=(",", ":")).encode()


def check_statement(statement: IssuerStatement, statement_key_hex: str) -> None:
    """Check the issuer's Ed25519 signature with the statement key of the manifest (64 hexadecimal digits).

    Raises BadStatementKey, StatementSignatureInvalid. Source: SPEC 4.7; RFC 8032, 5.1.7.
    """
    _check_hex(statement_key_hex, _HASH, BadStatementKey("statement key"))
    said, issuer = statement.signing_bytes(), statement.issuer
    try:
        check_ed25519(said, key=statement_key_hex, signature=statement.signature, where=issuer)
    except BadSignature:
        raise StatementSignatureInvalid(issuer) from None


def _check_name(value: object, where: str) -> None:
    """Refuse a name that could look like another: not NFC, blank at an end, or with invisible characters."""
    if not isinstance(value, str):
        raise WrongShape(where, expected="…")
    visible = all(c == " " or unicodedata.category(c)[0] not in "CZ" for c in value)
    if not (0 < len(value) <= MAX_NAME and visible and value == unicodedata.normalize("NFC", value).strip()):
        raise BadText(where)


def _check_count(value: object, where: str) -> None:
    """Refuse whatever is not a plain count; to JSON and to us a boolean is not a number."""
    if type(value) is not int or not 0 <= value <= MAX_COUNT:
        raise WrongShape(where, expected="0…2⁵³−1")


def _check_hex(value: object, form: re.Pattern[str], error: Refused) -> None:
    if not isinstance(value, str) or not form.match(value):
        raise error


class BadStatementKey(Refused):
    """Not an Ed25519 public key in 64 lower-case hexadecimal digits."""

    code = "BAD_STATEMENT_KEY"
    text = _("Khóa bản kê của bên cấp phiếu không hợp lệ.")


class StatementSignatureInvalid(Refused):
    """The statement was not signed by this issuer's statement key, or was changed afterwards."""

    code = "STATEMENT_SIGNATURE_INVALID"
    text = _("Chữ ký trên bản kê của bên cấp phiếu không hợp lệ.")
