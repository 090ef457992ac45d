"""`keys sign` and `keys trustee certificate`: what a member types when documents are to be signed.

Here live arguments, prompts, the clock and the order of acts. Never here: a PIN or a passphrase on a command line.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from cryptography import x509

from keys import disk
from keys.certificates.checks import faults
from keys.certificates.errors import CertificateChainBroken, CertificateUnreadable
from keys.certificates.identity import MAX_FILE, Identity, open_pkcs12
from keys.certificates.identity_token import open_token_identity
from keys.certificates.report_commands import read_list
from keys.certificates.report_screen import describe
from keys.committee.trustee import TrusteeFile
from keys.documents.statement import committee_of, state_certificate
from keys.prompt import passphrase
from keys.token_commands import token_of, token_options
from tally.commands.verifying import verified_record
from tally.commands.worker_options import worker_options
from tally.executors import Workers
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import grouped, sha256_hex
from tally.protocol.errors import one_line
from tally.record import REPORT, Record
from tally.screen import Screen
from tally.verify import VerifiedRecord

if TYPE_CHECKING:  # what draws and signs is slow to import, and no other command needs it
    from keys.documents.act import Ready

FILE = click.Path(dir_okay=False, path_type=Path)
ONE_IDENTITY = _("Hãy cho đúng một chứng thư: một tệp, hoặc --object cùng ba lựa chọn của thiết bị.")
STATED = _("Thành viên {number}, {name}, khai rằng mình ký văn bản bằng chứng thư trên.")
DOCUMENT = _("Văn bản: {title} ({name})")
NUMBERS = _("Phát ra: {issued}   Thu về: {returned}")
HASH = _("SHA-256 của văn bản: {hash}")
HASH_NOW = _("SHA-256 của tệp đang có chữ ký: {hash}")
BEFORE = _("Đã ký: {names}")
NOBODY = _("chưa ai")
FIRST = _("Quý vị ký đầu tiên: chữ ký này chứng nhận văn bản, sau đó chỉ còn được ký tiếp.")
LAST = _("Quý vị ký cuối cùng: chữ ký này khóa văn bản.")
AS = _("Ký với tư cách: {name}, {role}")
ASK = _("Ký văn bản này?")


def identity_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that name a person's identity: a file, or a certificate in a token."""
    command = click.option("--object", "label", help=_("Nhãn chứng thư trong thiết bị giữ khóa."))(
        token_options(command)
    )
    return click.option("--p12", type=FILE, help=_("Tệp PKCS#12 (.p12, .pfx) của người ký."))(command)


def _identity(p12: Path | None, label: str | None, place: dict[str, Any]) -> Identity | None:
    """Open the identity that the options name; None where they name none."""
    token = token_of(**place)
    if (token is None) != (label is None) or (p12 is not None and token is not None):
        raise click.UsageError(translate(ONE_IDENTITY))
    if token is not None and label is not None:
        return open_token_identity(token, label)
    return open_pkcs12(p12, passphrase(of=p12.name)) if p12 is not None else None


# --- whose certificate ---------------------------------------------------------------------------------------------


@click.command("certificate", help=_("Khai chứng thư sẽ dùng để ký văn bản, ký bằng khóa của buổi tạo khóa."))
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@click.argument("key", type=FILE)
@identity_options
@click.option("--certificate", "file", type=FILE, help=_("Chứng thư (.crt, .pem, .der), khi khóa ở nơi khác."))
@click.option("--out", type=FILE, required=True, help=_("Tệp bản khai sẽ ghi: signer-K.json."))
def state(
    *, record: Path, key: Path, p12: Path | None, label: str | None, file: Path | None, out: Path, **place: Any
) -> None:
    """Check whose committee this is, show the certificate, and sign that it is this member's."""
    screen, memory = Screen(), TrusteeFile(key, passphrase(of=key.name)).load()
    committee = committee_of(Record.read(record), memory, screen.listener)
    identity = _identity(p12, label, place)
    if (identity is None) == (file is None):
        raise click.UsageError(translate(ONE_IDENTITY))
    identity = identity or Identity(_read_certificate(file or key), ())
    describe(identity)
    for fault in faults(identity, at=datetime.now(UTC)):
        if file is None or not isinstance(fault, CertificateChainBroken):  # a bare certificate brings no chain
            raise fault
    stated = state_certificate(memory, committee, identity.certificate)
    out.parent.mkdir(parents=True, exist_ok=True)
    disk.create(out, stated.encode())
    out.chmod(0o644)
    member = committee.members[memory.index - 1]
    screen.say(translate(STATED).format(number=memory.index, name=one_line(member.name)))
    screen.say(str(out))


def _read_certificate(path: Path) -> x509.Certificate:
    raw = disk.read(path, limit=MAX_FILE)
    try:
        pem = raw.startswith(b"-----BEGIN")
        return x509.load_pem_x509_certificate(raw) if pem else x509.load_der_x509_certificate(raw)
    except ValueError:
        raise CertificateUnreadable(path.name) from None


# --- a signature ---------------------------------------------------------------------------------------------------


@click.command("sign", help=_("Ký số một văn bản của hồ sơ: kiểm chứng hồ sơ, lập lại văn bản, so sánh, rồi mới ký."))
@click.argument("record", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("document", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@identity_options
@click.option("--member", type=click.IntRange(1, 9), help=_("Số thứ tự thành viên; mặc định: theo chứng thư."))
@click.option("--tsa", help=_("Địa chỉ máy chủ dấu thời gian (RFC 3161)."))
@click.option("--crl", "lists", type=FILE, multiple=True, help=_("Danh sách thu hồi để đối chiếu; lặp lại được."))
@click.option("--manifest", "manifest_hash", help=_("Mã băm của bản niêm phong, chép từ giấy."))
@click.option("--yes", is_flag=True, help=_("Ký mà không hỏi lại."))
@worker_options
def sign_in_turn(
    *,
    record: Path,
    document: Path,
    p12: Path | None,
    label: str | None,
    member: int | None,
    tsa: str | None,
    lists: tuple[Path, ...],
    manifest_hash: str | None,
    yes: bool,
    workers: Workers,
    **place: Any,
) -> None:
    """Verify the record, make the document again, show what it says, ask, sign in turn."""
    from keys.documents.act import keep, prepare, sign
    from keys.documents.stamping import timestamper_at

    timestamper = timestamper_at(tsa) if tsa is not None else None
    identity = _identity(p12, label, place)
    if identity is None:
        raise click.UsageError(translate(ONE_IDENTITY))
    screen, now = Screen(), datetime.now().astimezone()
    verified = verified_record(screen, record, manifest_hash, workers)
    screen.verdict(verified)
    ready = prepare(
        verified, record / REPORT, document, identity, at=now, member=member, lists=[read_list(path) for path in lists]
    )
    _show(screen, verified, ready)
    describe(identity)
    if not yes:
        click.confirm(translate(ASK), abort=True)
    signed = sign(ready, identity, at=now, timestamper=timestamper)
    screen.say(str(keep(ready, signed, record / REPORT)))
    screen.say(f"SHA-256: {grouped(sha256_hex(signed), 16)}")


def _show(screen: Screen, verified: VerifiedRecord, ready: Ready) -> None:
    """Show what a person compares with the paper before signing."""
    e = verified.evidence
    screen.say(translate(DOCUMENT).format(title=ready.document.title, name=ready.name))
    screen.say(ready.comparison.sentence)
    screen.say(translate(NUMBERS).format(issued=e.credentials.issued, returned=len(e.ballots)))
    screen.say(translate(HASH).format(hash=grouped(sha256_hex(ready.expected), 16)))
    if not ready.first:
        screen.say(translate(HASH_NOW).format(hash=grouped(sha256_hex(ready.raw), 16)))
    names = ", ".join(one_line(one.name) for one in ready.signatures) or translate(NOBODY)
    screen.say(translate(BEFORE).format(names=names))
    screen.say(translate(AS).format(name=one_line(ready.signer.name), role=one_line(ready.role)))
    for words, wanted in ((FIRST, ready.first), (LAST, ready.last)):
        if wanted:
            screen.say(translate(words))
