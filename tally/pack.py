"""The evidence pack of a round: one zip file that holds the record, its documents, and how to check all of it.

Here lives what is in it, its sums, and its one spelling. Never here: the checking of a record or of a signature.

    HUONG-DAN.txt     how to check it            ho-so.zip       the record
    PHIEN-BAN.txt     made with which versions   bao-cao/…       documents, exports, minutes, statements, signed/
    SHA256SUMS        of everything else         nhat-ky.jsonl   the log of acts, where it was given

`Pack.parse(raw).encode() == raw`. SPEC 4.20.
"""

from __future__ import annotations

import io
import platform
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from tally.i18n import marked as _
from tally.protocol.encoding import grouped, sha256_hex
from tally.protocol.errors import Incomplete, NotCanonical, Refused
from tally.report.typeface import family
from tally.report.words import printed_date
from tally.report.zipped import zipped
from tally.report_files import FileDiffers
from tally.verify import VerifiedRecord

GUIDE, VERSIONS, SUMS, RECORD, LOG = "HUONG-DAN.txt", "PHIEN-BAN.txt", "SHA256SUMS", "ho-so.zip", "nhat-ky.jsonl"
REPORT = "bao-cao/"
FIRST = (GUIDE, VERSIONS, SUMS)
PROGRAMS = ("phieu-tin-nhiem", "matplotlib", "openpyxl", "pillow", "pyhanko", "python-docx", "reportlab", "segno")
LIMIT = 4 * 1024**3
MOST = 6000
_NAME = re.compile(r"(?:bao-cao/(?:signed/)?)?[A-Za-z0-9][A-Za-z0-9.-]{0,99}\Z")
_SUM = re.compile(r"([0-9a-f]{64})  (\S+)\Z")
_VERSION = re.compile(r"[A-Za-z0-9 .+_-]{1,100}\Z")
_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)

TEXT = """\
BỘ HỒ SƠ: {title}
{body}, ngày {date}

Trong bộ này:
  ho-so.zip        hồ sơ của đợt: danh sách thẻ, phiếu mã hóa, chứng minh, kết quả
  bao-cao/         biên bản, báo cáo, các văn bản khác, biểu đồ, bảng số liệu (.xlsx, .csv, .json, .docx);
                   bao-cao/signed/ là các văn bản đã ký số, nếu có
  nhat-ky.jsonl    nhật ký thao tác, nếu có
  PHIEN-BAN.txt    phiên bản các chương trình đã lập bộ này
  SHA256SUMS       mã băm của mọi tệp khác

Cách kiểm tra, không cần tin ai:
  1. Từng tệp còn nguyên:   sha256sum -c SHA256SUMS
  2. Hồ sơ đúng:            tally verify ho-so.zip --manifest MÃ
     MÃ là mã niêm phong chép từ bản giấy đã ký khi niêm phong; xin đừng lấy từ tệp này.
  3. Mọi văn bản và bảng số liệu đúng với hồ sơ, mọi chữ ký số đúng:
                            tally check-files BỘ-HỒ-SƠ.zip --manifest MÃ
     Phép so từng byte cần các phiên bản ghi trong PHIEN-BAN.txt.
  4. Bằng chương trình của người khác: giải nén ho-so.zip, chạy belenios-tool theo mục 6.1 của tally/SPEC.md;
     tally/SPEC.md đủ để viết một chương trình kiểm chứng khác.

Mã hồ sơ: {record}
"""


class PackDiffers(Refused):
    """A file of a pack is not the one in its list of sums, or is not named there."""

    code = "PACK_DIFFERS"
    text = _("Tệp này khác mã băm trong SHA256SUMS, hoặc không có ở đó.")


class PackUnreadable(Refused):
    """Not a zip file as this program writes it."""

    code = "PACK_UNREADABLE"
    text = _("Không đọc được bộ hồ sơ: {reason}.")


@dataclass(frozen=True, slots=True)
class Pack:
    """The files of a pack by name, without the list of their sums."""

    members: Mapping[str, bytes]

    @classmethod
    def make(cls, verified: VerifiedRecord, report: Mapping[str, bytes], log: bytes | None) -> Pack:
        """Put a verified record together with the files of its report folder, `signed/…` among them."""
        record = io.BytesIO()
        verified.evidence.record.write_zip(record)
        members = {RECORD: record.getvalue(), GUIDE: guide(verified), VERSIONS: versions()}
        members |= {f"{REPORT}{name}": raw for name, raw in report.items()}
        return cls(members | ({LOG: log} if log is not None else {}))

    @classmethod
    def parse(cls, raw: bytes, where: str = "pack") -> Pack:
        """Read a pack; every file has the sum in the list and stands in the one permitted way.

        Raises PackUnreadable, PackDiffers naming the file, Incomplete, NotCanonical. Source: SPEC 4.20; threats H18.
        """
        members = _members(raw, where)
        if SUMS not in members:
            raise Incomplete(where, missing=SUMS)
        sums = _sums(members.pop(SUMS))
        for name in sorted(set(members) | set(sums)):
            if sums.get(name) != sha256_hex(members.get(name, b"")) or name not in members:
                raise PackDiffers(name)
        for name in (GUIDE, VERSIONS, RECORD):
            if name not in members:
                raise Incomplete(where, missing=name)
        pack = cls(members)
        if pack.encode() != raw:
            raise NotCanonical(where)
        return pack

    def encode(self) -> bytes:
        """Return the bytes of the zip file, which depend on the files alone."""
        sums = "".join(f"{sha256_hex(self.members[name])}  {name}\n" for name in sorted(self.members))
        return zipped({**self.members, SUMS: sums.encode()}, first=FIRST, packed=False)

    def below(self, folder: str) -> dict[str, bytes]:
        """Return the files directly or further below a folder, by their names there."""
        return {name.removeprefix(folder): raw for name, raw in self.members.items() if name.startswith(folder)}


def guide(verified: VerifiedRecord) -> bytes:
    """Return the text that tells how to check a pack of this record."""
    manifest = verified.evidence.manifest
    return TEXT.format(
        title=manifest.title, body=manifest.body, date=printed_date(manifest.date),
        record=grouped(verified.evidence.record.hash, 16),
    ).encode()  # fmt: skip


def versions() -> bytes:
    """Return the versions of everything whose output is in a pack, one a line."""
    lines = [f"Python {platform.python_version()}", f"font {family().names[0]}"]
    for name in PROGRAMS:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:  # run from the source tree without being installed
            lines.append(f"{name} -")
    return "".join(f"{line}\n" for line in sorted(lines)).encode()


def other_versions(pack: Pack) -> str:
    """Return which versions made a pack where they are not those of this machine, else nothing."""
    theirs = pack.members[VERSIONS].decode("utf-8", "replace").splitlines()
    ours = versions().decode().splitlines()
    return ", ".join(line for line in theirs if line not in ours and _VERSION.match(line))


def check_around(pack: Pack, verified: VerifiedRecord) -> None:
    """Check what is in a pack besides the report folder and the log. Raises FileDiffers naming the file."""
    expected = Pack.make(verified, {}, None).members
    for name in (RECORD, GUIDE):
        if pack.members[name] != expected[name]:
            raise FileDiffers(name, note="")
    lines = pack.members[VERSIONS].decode("utf-8", "replace").split("\n")
    if lines != [*sorted(lines[:-1]), ""] or not all(_VERSION.match(line) for line in lines[:-1]):
        raise FileDiffers(VERSIONS, note="")


def _sums(raw: bytes) -> dict[str, str]:
    found = {}
    for line in raw.decode("utf-8", "replace").splitlines():
        matched = _SUM.match(line)
        if matched is None or matched[2] in found:
            raise PackDiffers(SUMS)
        found[matched[2]] = matched[1]
    return found


def _members(raw: bytes, where: str) -> dict[str, bytes]:
    """Read the members, each whole, of a permitted name and size; nothing is unpacked onto a disk."""
    found: dict[str, bytes] = {}
    name = where
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST or sum(info.file_size for info in infos) > min(len(raw), LIMIT):
                raise ValueError
            for info in infos:
                name = info.filename
                if not _NAME.match(name) or name in found or info.compress_type != zipfile.ZIP_STORED:
                    raise ValueError
                found[name] = archive.read(info)
    except _UNREADABLE as error:
        raise PackUnreadable(name, reason=error.__class__.__name__) from None
    return found
