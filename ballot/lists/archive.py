"""The outside of an .xlsx file: its zip directory looked at whole before anything in it is unpacked, then unpacked.

Here live the limits of an archive (threats H18). Never here: a file written to disk, a name used as a path, or a byte
unpacked before the whole directory was found in order.
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
import zlib

from ballot.lists.refusals import Unfit
from tally.i18n import marked as _

FILE_LIMIT = 8 * 1024**2
MOST_ENTRIES, ENTRY_LIMIT, TOTAL_LIMIT = 500, 24 * 1024**2, 48 * 1024**2
MOST_RATIO, SMALL = 100, 64 * 1024
"""No workbook that people typed shrinks a hundredfold; below SMALL the ratio says nothing."""

ZIP, OLE = b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_NAME = re.compile(r"[A-Za-z0-9_\[][^\x00-\x1f\x7f\\:*?\"<>|]{0,199}\Z")
_MACROS = re.compile(r"(?:\A|/)(?:vbaproject|vbadata|macrosheets|dialogsheets|activex)", re.IGNORECASE)
_LINKS = re.compile(r"(?:\A|/)(?:externallinks/|connections\.xml|querytables/)", re.IGNORECASE)
_OBJECTS = re.compile(r"(?:\A|/)(?:embeddings/|oleobject)", re.IGNORECASE)
_BROKEN = (
    zipfile.BadZipFile,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    struct.error,
    zlib.error,
)
MACROS = _("tệp có macro; xin lưu lại dạng .xlsx (không macro)")
LINKED = _("tệp có liên kết tới tệp hoặc nguồn dữ liệu khác; trong Excel chọn Data → Edit Links → Break Link")
TOO_BIG = _("tệp lớn hơn 8 MB")
UNREADABLE = _("không phải tệp Excel (.xlsx) đọc được; xin mở bằng Excel, lưu lại rồi gửi lại")


def unpack(raw: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook that hold XML, by lower-case name. Raises Unfit."""
    _check_kind(raw)
    _check_end(raw)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            members = opened.infolist()
            _check_names(members)
            for member in members:
                _check_member(member)
            _check_sizes(members)
            _check_places(raw, members, opened.start_dir)
            return {_folded(m.filename): _content(opened, m) for m in members if _is_xml(m.filename)}
    except _BROKEN:
        raise Unfit(UNREADABLE) from None


def _check_kind(raw: bytes) -> None:
    if len(raw) > FILE_LIMIT:
        raise Unfit(TOO_BIG)
    if raw.startswith(OLE):
        raise Unfit(_("tệp kiểu .xls cũ hoặc có đặt mật khẩu; xin bỏ mật khẩu và lưu lại dạng .xlsx"))
    if not raw.startswith(ZIP):
        raise Unfit(UNREADABLE)


def _check_end(raw: bytes) -> None:
    """Bound the directory before anything reads it: a plain end record, one disk, no comment, nothing after it."""
    end = raw[-_END.size :]
    if len(end) < _END.size or end[:4] != b"PK\5\6":
        raise Unfit(UNREADABLE)
    _mark, disk, first, here, count, length, start, comment = _END.unpack(end)
    if disk or first or here != count or comment or start + length + _END.size != len(raw):
        raise Unfit(UNREADABLE)
    if not 0 < count <= MOST_ENTRIES:
        raise Unfit(_("trong tệp có quá nhiều phần ({count})"), count=count)


def _check_names(members: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for member in members:
        # zipfile cuts a name at a zero byte: what stands in the directory decides
        name = member.orig_filename
        odd = (
            not _NAME.match(name)
            or ".." in name.split("/")
            or "//" in name
            or unicodedata.normalize("NFC", name) != name
        )
        if odd:
            raise Unfit(_("trong tệp có phần mang tên không hợp lệ"), name)
        if _folded(name) in seen:
            raise Unfit(_("trong tệp có hai phần cùng tên"), name)
        seen.add(_folded(name))


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    if member.flag_bits & 0x41:  # encrypted, or encrypted strongly
        raise Unfit(_("tệp có đặt mật khẩu; xin bỏ mật khẩu rồi lưu lại"))
    if _MACROS.search(name):
        raise Unfit(MACROS, name)
    if _LINKS.search(name):
        raise Unfit(LINKED, name)
    if _OBJECTS.search(name):
        raise Unfit(_("trong tệp có nhúng đối tượng khác; xin xóa đối tượng đó rồi lưu lại"), name)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or member.external_attr >> 28 == 0xA:
        raise Unfit(UNREADABLE, name)


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        swollen = member.file_size > max(SMALL, MOST_RATIO * member.compress_size)
        if member.file_size > ENTRY_LIMIT or swollen:
            raise Unfit(_("một phần trong tệp lớn hoặc nén bất thường"), member.filename)
    if sum(member.file_size for member in members) > TOTAL_LIMIT:
        raise Unfit(_("nội dung sau khi giải nén lớn hơn 48 MB"))


def _check_places(raw: bytes, members: list[zipfile.ZipInfo], directory: int) -> None:
    """Refuse parts that share bytes, and a part whose own header names another than the directory does."""
    free = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        start = member.header_offset
        header = _LOCAL.unpack(raw[start : start + _LOCAL.size])
        name_size, extra_size = header[9:11]
        name = raw[start + _LOCAL.size : start + _LOCAL.size + name_size]
        end = start + _LOCAL.size + name_size + extra_size + member.compress_size
        named = member.orig_filename.encode("utf-8" if member.flag_bits & 0x800 else "cp437")
        if header[0] != ZIP or start < free or end > directory or name != named or header[3] != member.compress_type:
            raise Unfit(_("các phần trong tệp chồng lên nhau hoặc ghi sai chỗ"), member.filename)
        free = end


def _content(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with opened.open(member) as stream:
        raw = stream.read(ENTRY_LIMIT + 1)  # never more than the directory said: zipfile stops there
    if len(raw) != member.file_size:
        raise Unfit(UNREADABLE, member.filename)
    return raw


def _is_xml(name: str) -> bool:
    return _folded(name).endswith((".xml", ".rels", ".vml"))


def _folded(name: str) -> str:
    return name.casefold()
