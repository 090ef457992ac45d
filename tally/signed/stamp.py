"""The time stamp of an authority over a signature: intact, over this signature, and information only.

Here lives the check of RFC 3161 tokens. Never here: trust in a time-stamping authority, or a request to one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import tsp
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

DIGESTS = ("sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an authority says to have seen a signature, and the name of that authority in its own certificate."""

    at: datetime
    authority: str


def read_stamp(token: Any, signature: bytes) -> Stamp:
    """Return what a token says. Raises ValueError where it is not one over this signature, by the key it names."""
    data = token["content"]
    content = data["encap_content_info"]["content"]
    found = content.parsed
    (info,) = data["signer_infos"]
    if not isinstance(found, tsp.TSTInfo):
        raise ValueError("tst_info")
    imprint = found["message_imprint"]
    if imprint["hashed_message"].native != _digest(imprint["hash_algorithm"], signature):
        raise ValueError("message_imprint")
    certificate = extract_certificate_info(data).signer_cert
    digest = _digest(info["digest_algorithm"], bytes(content))
    if info["signature_algorithm"]["algorithm"].native.startswith(("md5", "sha1")):
        raise ValueError("signature_algorithm")
    if validate_sig_integrity(info, certificate, "tst_info", digest) != (True, True):
        raise ValueError("signature")
    return Stamp(found["gen_time"].native, str(certificate.subject.native.get("common_name", "")))


def _digest(algorithm: Any, message: bytes) -> bytes:
    name = algorithm["algorithm"].native
    if name not in DIGESTS:
        raise ValueError(name)
    return hashlib.new(name, message).digest()
