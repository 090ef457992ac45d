"""One signature in one field of one document: bytes in, bytes out; PAdES with SHA-256, the key behind `Identity.sign`.

Here lives what pyHanko is told. Never here: whether this document should be signed, and by whom: act.py asks first.

The field is there already and says itself whether it locks the document (SPEC 5.20). The first signature certifies: it
allows what follows, and nothing but signing follows.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from keys.certificates.identity import Identity
from keys.documents.appearance import Appearance, Shown
from keys.documents.errors import CannotSign, TimestampRefused
from tally.i18n import marked as _

DIGEST = "sha256"
AWAY = _("máy chủ không trả lời, hoặc trả lời không đúng chuẩn RFC 3161")
ROOM, ROOM_FOR_STAMP = 4096, 16384
"""Bytes kept free for the signature beside its certificates, and for a time stamp with those of its authority."""


class Update(IncrementalPdfFileWriter):
    """Appends to a document; its properties stay as they are, for they are part of what was verified."""

    def _update_meta(self) -> None:
        """Leave title, dates and the name of the program alone."""


class IdentitySigner(Signer):
    """Lets an identity sign what pyHanko asks for; the key is never in pyHanko's hands."""

    def __init__(self, identity: Identity) -> None:
        others = SimpleCertificateStore()
        others.register_multiple([_converted(one) for one in identity.chain])
        super().__init__(signing_cert=_converted(identity.certificate), cert_registry=others)
        self._identity = identity

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the signature over the attributes; what it is over, pyHanko does not choose."""
        if digest_algorithm != DIGEST or dry_run:
            raise SigningError(digest_algorithm)
        return self._identity.sign(data)


def sign_document(
    raw: bytes,
    *,
    field: str,
    identity: Identity,
    first: bool,
    at: datetime,
    timestamper: TimeStamper | None = None,
    name: str = "",
    role: str = "",
) -> bytes:
    """Return `raw` with one more revision: the signature of this identity in the empty field of this name.

    `at` is shown and written down, and proves nothing. `name` and `role` are shown; the default is the certificate's
    name. Raises CannotSign, TimestampRefused, and what `Identity.sign` raises. Source: SPEC 5.20.
    """
    shown = Shown(name or identity.name, role, at)
    try:
        return _sign(raw, field, identity, shown, first=first, timestamper=timestamper)
    except TimestampRequestError:
        raise TimestampRefused(field, reason=AWAY) from None
    except (PdfError, SigningError, KeyError, ValueError) as error:
        raise CannotSign(field) from error


def _sign(
    raw: bytes, field: str, identity: Identity, shown: Shown, *, first: bool, timestamper: TimeStamper | None
) -> bytes:
    writer = Update(BytesIO(raw))
    steps = PdfCMSEmbedder().write_cms(field, writer, existing_fields_only=True)
    empty: DictionaryObject = next(steps).get_object()
    left, bottom, right, top = (float(edge) for edge in empty["/Rect"])
    Appearance(writer, BoxConstraints(width=right - left, height=top - bottom), shown).apply_appearance(empty)
    room = ROOM + sum(len(one.public_bytes(Encoding.DER)) for one in (identity.certificate, *identity.chain))
    room += ROOM_FOR_STAMP if timestamper else 0
    value = SignatureObject(shown.at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=2 * room)
    steps.send(SigObjSetup(value, mdp_setup=_part(empty, first=first)))
    prepared, out = steps.send(SigIOSetup(DIGEST))
    signing = IdentitySigner(identity).async_sign(
        prepared.document_digest, DIGEST, use_pades=True, timestamper=timestamper
    )
    steps.send(asyncio.run(signing))
    signed: bytes = out.getvalue()
    return signed


def _part(field: Any, *, first: bool) -> SigMDPSetup:
    """Return what this signature allows afterwards: the first, that others sign; one whose field locks, nothing."""
    locks = "/Lock" in field
    allowed = MDPPerm.FILL_FORMS if first else MDPPerm.NO_CHANGES if locks else None
    lock = FieldMDPSpec(FieldMDPAction.ALL) if locks else None
    return SigMDPSetup(DIGEST, certify=first, docmdp_perms=allowed, field_lock=lock)


def _converted(certificate: Any) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))
