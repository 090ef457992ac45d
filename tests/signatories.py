"""Members with certificates, and a small document that waits for their signatures; nothing in them is a mock.

Here lives what tests of signing build upon. Never here: a test. Keys are made once for each process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from io import BytesIO

from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.keys.internal import translate_pyca_cryptography_key_to_asn1
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import SimpleSigner

from keys.certificates.authority import Authority
from keys.certificates.identity import Identity
from keys.certificates.report_authority import Person, issue_certificate, make_authority
from keys.documents.appearance import Appearance, Shown
from keys.documents.signing import IdentitySigner, Update, sign_document
from keys.documents.statement import certificate_hash
from tally.report.engine import Furniture, build
from tally.report.fields import SignatureBox
from tally.report.sheet import Styles
from tally.report.typeface import family
from tally.signed.document import Expected
from tally.signed.form import field_name

NOW = datetime.now(UTC).replace(microsecond=0)
IN_HANOI = timezone(timedelta(hours=7))
NAMES = ("Trần Văn Bình", "Lê Thị Cẩm", "Đỗ Quỳnh Ẩn")
TEXT = "Biên bản kiểm phiếu (số liệu thử): phát ra 31, thu về 30."


@cache
def authority() -> Authority:
    return make_authority(organisation="Xã Bình An (thử)", now=NOW - timedelta(days=1), end=NOW + timedelta(days=365))


@cache
def identity(name: str) -> Identity:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _after, certificate = issue_certificate(
        authority(), Person(name), key.public_key(), now=NOW - timedelta(days=1), end=NOW + timedelta(days=100)
    )
    return Identity(certificate, (authority().certificate,), key)


def identities() -> tuple[Identity, ...]:
    return tuple(map(identity, NAMES))


def signers(people: tuple[Identity, ...] = ()) -> tuple[Expected, ...]:
    """Members 1, 2, 3 with the certificates that they stated."""
    pairs = zip(NAMES, people or identities(), strict=False)
    return tuple(Expected(i, name, certificate_hash(one.certificate)) for i, (name, one) in enumerate(pairs, start=1))


@cache
def document(text: str = TEXT, owners: tuple[int, ...] = (1, 2, 3), subject: str = "thử") -> bytes:
    """A page with some text and an empty field for each owner, the last one of which locks."""
    face = family()
    boxes = [SignatureBox(field_name(owner), 198, 62, lock=owner == owners[-1]) for owner in owners]
    story = [Styles(face).para(text), *boxes]
    return build(story, Furniture("Văn bản thử", "Ban kiểm phiếu", subject, "c0de" * 16, False), face)


def signed_by(raw: bytes, *turns: tuple[int, Identity], first: int = 1) -> bytes:
    """Sign in these turns (owner, identity); owner `first` certifies."""
    for owner, one in turns:
        raw = sign_document(
            raw, field=field_name(owner), identity=one, first=owner == first, at=NOW.astimezone(IN_HANOI)
        )
    return raw


def signed(count: int = 3) -> bytes:
    """The document signed by the first `count` of three: one document, however it is asked for."""
    return _signed(count)


@cache
def _signed(count: int) -> bytes:
    if count == 0:
        return document()
    return signed_by(_signed(count - 1), (count, identities()[count - 1]))


# --- signing as nobody should --------------------------------------------------------------------------------------


def signed_otherwise(
    raw: bytes,
    owner: int,
    one: Identity,
    *,
    part: SigMDPSetup | None = None,
    change: Callable[[IncrementalPdfFileWriter], None] | None = None,
    digest: str = "sha256",
    subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES,
    writer: type[IncrementalPdfFileWriter] = Update,
) -> bytes:
    """Sign with any part in the document, with any change beside it; the cryptography is good."""
    into = writer(BytesIO(raw))
    steps = PdfCMSEmbedder().write_cms(field_name(owner), into, existing_fields_only=True)
    field = next(steps).get_object()
    Appearance(into, BoxConstraints(width=198, height=62), Shown(one.name, "", NOW)).apply_appearance(field)
    if change:
        change(into)
    steps.send(SigObjSetup(SignatureObject(NOW, subfilter=subfilter, bytes_reserved=12000), mdp_setup=part))
    prepared, out = steps.send(SigIOSetup(digest))
    key = translate_pyca_cryptography_key_to_asn1(one._key)
    signer = SimpleSigner(IdentitySigner(one).signing_cert, key, IdentitySigner(one).cert_registry)
    steps.send(asyncio.run(signer.async_sign(prepared.document_digest, digest, use_pades=True)))
    return out.getvalue()


def part(*, certify: bool = False, level: int | None = None, lock: bool = False) -> SigMDPSetup:
    """What a signature says about later changes."""
    everything = FieldMDPSpec(FieldMDPAction.ALL) if lock else None
    return SigMDPSetup("sha256", certify=certify, docmdp_perms=level and MDPPerm(level), field_lock=everything)


def updated(raw: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Add a revision that nobody signed."""
    out, writer = BytesIO(), Update(BytesIO(raw))
    change(writer)
    writer.write(out)
    return out.getvalue()
