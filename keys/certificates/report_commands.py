"""`keys report …`: the committee's authority, a person's identity, taking one back, and what is wrong with a file.

Here live arguments, prompts, the clock and the order of writing. Never here: what the certificates say.

The authority is one folder outside the source tree: its key file, its certificate, its revocation list, and a copy of
each certificate it issued. What changes in the key file is written before anything goes out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from keys import disk
from keys.certificates.authority import REPORT, Authority, keep, open_authority, update
from keys.certificates.checks import faults
from keys.certificates.errors import CertificateUnreadable
from keys.certificates.identity import check_plain, open_pkcs12, write_pkcs12
from keys.certificates.identity_token import open_token_identity
from keys.certificates.report_authority import (
    LONGEST_AUTHORITY,
    LONGEST_PERSON,
    Person,
    issue_identity,
    make_authority,
    revocation_list,
    revoke,
    spell_serial,
)
from keys.certificates.report_screen import describe
from keys.certificates.tls_page import fingerprint
from keys.errors import KeyFileExists
from keys.prompt import passphrase
from keys.roles import ROLES
from keys.token_commands import token_of, token_options
from tally.i18n import marked as _
from tally.i18n import translate
from tally.screen import FAILED, Screen

KEY, CERTIFICATE, LIST = f"report{ROLES['authority'].suffix}", "report-ca.crt", "report-ca.crl"
FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
FILE = click.Path(dir_okay=False, path_type=Path)
LIST_DAYS = click.option(
    "--days", type=click.IntRange(1, 730), default=90, help=_("Danh sách có giá trị bao nhiêu ngày.")
)


@click.group("report", help=_("Chứng thư của những người ký biên bản và báo cáo."))
def report() -> None:
    """Hold the commands together."""


@report.command("authority", help=_("Lập cơ quan chứng thực nhỏ của ban kiểm phiếu, trong một thư mục mới."))
@FOLDER
@click.option("--organisation", required=True, help=_("Tên cơ quan ghi trong chứng thư."))
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST_AUTHORITY.days),
    default=LONGEST_AUTHORITY.days,
    help=_("Số ngày hiệu lực."),
)
def new_authority(folder: Path, organisation: str, days: int) -> None:
    """Make an authority, keep its key in the store, and sign the first, empty list."""
    now = datetime.now(UTC).replace(microsecond=0)
    for name in (KEY, CERTIFICATE, LIST):
        disk.check_outside_repository(folder / name)
        if (folder / name).exists():
            raise KeyFileExists(name)
    authority = make_authority(organisation=organisation, now=now, end=now + timedelta(days=days))
    words = passphrase(new=True, of=KEY)
    folder.mkdir(parents=True, exist_ok=True)
    keep(authority, folder / KEY, words)
    _publish(folder / CERTIFICATE, authority.certificate.public_bytes(Encoding.PEM))
    _new_list(folder, authority, words, now=now, days=90)
    Screen().say(f"{folder / CERTIFICATE}\nSHA-256: {fingerprint(authority.certificate)}")


@report.command("identity", help=_("Cấp chứng thư ký cho một người, trong tệp PKCS#12 mở bằng mật khẩu của người đó."))
@FOLDER
@click.option("--name", required=True, help=_("Họ tên người ký, như trong biên bản."))
@click.option("--title", default="", help=_("Chức danh."))
@click.option("--out", type=FILE, required=True, help=_("Tệp .p12 sẽ ghi."))
@click.option(
    "--days", type=click.IntRange(1, LONGEST_PERSON.days), default=365, help=_("Số ngày hiệu lực; mặc định 365.")
)
def new_identity(*, folder: Path, name: str, title: str, out: Path, days: int) -> None:
    """Issue a certificate and write it with its key for the person alone."""
    now = datetime.now(UTC).replace(microsecond=0)
    disk.check_outside_repository(out)
    if out.exists():
        raise KeyFileExists(out.name)
    with disk.locked(folder / KEY):
        words = passphrase(of=KEY)
        authority = open_authority(folder / KEY, words, use=REPORT)
        theirs = passphrase(new=True, of=out.name)
        check_plain(theirs, known=(name,))
        end = min(now + timedelta(days=days), authority.end)
        authority, identity = issue_identity(authority, Person(name, title), now=now, end=end)
        update(authority, folder / KEY, words)
    write_pkcs12(identity, out, theirs)
    _publish(folder / f"{spell_serial(identity.certificate)}.crt", identity.certificate.public_bytes(Encoding.PEM))
    Screen().say(str(out))
    describe(identity)


@report.command("revoke", help=_("Thu hồi một chứng thư đã cấp và ký danh sách thu hồi mới."))
@FOLDER
@click.argument("serial")
@LIST_DAYS
def take_back(folder: Path, serial: str, days: int) -> None:
    """Take a certificate back and sign a new list."""
    now = datetime.now(UTC).replace(microsecond=0)
    with disk.locked(folder / KEY):
        words = passphrase(of=KEY)
        authority = revoke(open_authority(folder / KEY, words, use=REPORT), serial, now=now)
        _new_list(folder, authority, words, now=now, days=days)
    Screen().say(str(folder / LIST))


@report.command(
    "crl", help=_("Ký danh sách thu hồi mới; làm trước mỗi buổi ký để báo cáo kiểm được khi không có mạng.")
)
@FOLDER
@LIST_DAYS
def new_list(folder: Path, days: int) -> None:
    """Sign a new list and show what was issued."""
    now = datetime.now(UTC).replace(microsecond=0)
    with disk.locked(folder / KEY):
        words = passphrase(of=KEY)
        authority = open_authority(folder / KEY, words, use=REPORT)
        _new_list(folder, authority, words, now=now, days=days)
    screen = Screen()
    for one in authority.issued:
        state = translate(_("đã thu hồi")) if one.revoked else translate(_("đến {end}")).format(end=one.end[:10])
        screen.say(f"{one.serial}  {one.name}  {state}")
    screen.say(str(folder / LIST))


@report.command("inspect", help=_("Xem một tệp PKCS#12, hoặc chứng thư trong thiết bị giữ khóa: của ai, có gì sai."))
@click.argument("file", type=FILE, required=False)
@click.option("--crl", "lists", type=FILE, multiple=True, help=_("Danh sách thu hồi để đối chiếu; lặp lại được."))
@click.option("--object", "label", help=_("Nhãn chứng thư trong thiết bị giữ khóa."))
@token_options
def inspect(*, file: Path | None, lists: tuple[Path, ...], label: str | None, **place: Any) -> None:
    """Show an identity and everything that is wrong with it; the exit code is 1 if anything is."""
    token = token_of(**place)
    if (file is None) == (token is None) or (token is not None and label is None):
        raise click.UsageError(translate(_("Hãy cho một tệp PKCS#12, hoặc --object cùng ba lựa chọn của thiết bị.")))
    if token is not None and label is not None:
        identity = open_token_identity(token, label)
    elif file is not None:
        identity = open_pkcs12(file, passphrase(of=file.name))
    describe(identity)
    wrong = list(faults(identity, at=datetime.now(UTC), lists=[read_list(path) for path in lists]))
    screen = Screen()
    for fault in wrong:
        screen.say(f"{fault.code}: {fault}")
    if wrong:
        raise click.exceptions.Exit(FAILED)
    screen.say(translate(_("Không thấy gì sai: chứng thư này ký báo cáo được.")))


def _new_list(folder: Path, authority: Authority, words: str, *, now: datetime, days: int) -> None:
    """Count a new list in the key file, then publish it."""
    authority, signed = revocation_list(authority, now=now, end=now + timedelta(days=days))
    update(authority, folder / KEY, words)
    _publish(folder / LIST, signed.public_bytes(Encoding.DER))


def _publish(path: Path, raw: bytes) -> None:
    disk.replace(path, raw)
    path.chmod(0o644)


def read_list(path: Path) -> x509.CertificateRevocationList:
    """Read a revocation list, PEM or DER. Raises CertificateUnreadable, KeyFileMissing, KeyFileDamaged."""
    raw = disk.read(path, limit=4 * 1024 * 1024)
    try:
        pem = raw.startswith(b"-----BEGIN")
        return x509.load_pem_x509_crl(raw) if pem else x509.load_der_x509_crl(raw)
    except ValueError:
        raise CertificateUnreadable(path.name) from None
