"""A zip of photos named after references, read within limits; each picture is encoded anew, small.

Here lives the reading of a hostile archive. Never here: a file written to disk, a name from the archive used as a path,
or a byte of the uploaded picture handed on (threats H18, H20).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import IO, Any

from PIL import Image, ImageOps

from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.composing import composed
from tally.protocol.errors import Refused, one_line

MOST_PICTURES, PICTURE_LIMIT, TOTAL_LIMIT, MOST_RATIO = 5_000, 5 * 1024**2, 200 * 1024**2, 10
MOST_PIXELS = 40_000_000
SIZE, QUALITY, FORMATS = (360, 480), 82, ("JPEG", "PNG")
ENDINGS = (".jpg", ".jpeg", ".png")
DIRECTORY_LIMIT = MOST_PICTURES * 1024
NAMED = 10  # names that one refusal lists

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_END = struct.Struct("<4s4H2LH")
_ENCRYPTED = 0x1
_UNREADABLE = (
    OSError, ValueError, SyntaxError, ArithmeticError, LookupError, NotImplementedError, MemoryError, struct.error,
    TypeError, AttributeError,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


class BadPhotos(Refused):
    """An archive of photos that cannot be taken; nothing of it was."""

    code = "BAD_PHOTOS"
    text = _("Tệp ảnh chưa dùng được: {reason}. Chưa có ảnh nào được ghi.")


def read_archive(archive: IO[bytes], wanted: dict[str, int]) -> dict[int, bytes]:
    """Return each wanted voter's photo, encoded anew. Raises BadPhotos naming the file."""
    _check_directory(archive)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _named(opened.infolist(), wanted)
            return {voter_id: encoded(_content(opened, m), m.filename) for voter_id, m in members.items()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, struct.error):
        raise _refusal(_("không phải tệp zip đọc được")) from None


def _check_directory(archive: IO[bytes]) -> None:
    """Bound the list of members before anything reads it: a plain end record, no comment, no Zip64."""
    size = archive.seek(0, io.SEEK_END)
    archive.seek(max(0, size - _END.size))
    raw = archive.read(_END.size)
    if size > TOTAL_LIMIT:
        raise _refusal(_("lớn hơn 200 MB"))
    if len(raw) < _END.size or raw[:4] != b"PK\5\6":
        raise _refusal(_("không phải tệp zip đọc được"))
    count, length = _END.unpack(raw)[4:6]
    if count > MOST_PICTURES or length > DIRECTORY_LIMIT:
        raise _refusal(_("nhiều hơn 5000 ảnh"))
    archive.seek(0)


def _named(members: list[zipfile.ZipInfo], wanted: dict[str, int]) -> dict[int, zipfile.ZipInfo]:
    """Return the members by voter: names from the allow-list only, one picture each, within the limits."""
    found: dict[int, zipfile.ZipInfo] = {}
    unknown = [m.filename for m in members if _name(m) not in wanted]
    if unknown:
        more = len(unknown) - NAMED
        names = ", ".join(map(one_line, unknown[:NAMED])) + (f" (+{more})" if more > 0 else "")
        raise _refusal(_("không có người nào mang mã trong tên tệp {names}"), names=names)
    for member in members:
        voter_id = wanted[_name(member)]
        if voter_id in found:
            raise _refusal(_("hai ảnh cho cùng một mã"), member.filename)
        _check_member(member)
        found[voter_id] = member
    if not 0 < len(found) <= MOST_PICTURES:
        raise _refusal(_("không có ảnh nào hoặc nhiều hơn 5000 ảnh"))
    if sum(member.file_size for member in found.values()) > TOTAL_LIMIT:
        raise _refusal(_("lớn hơn 200 MB"))
    return found


def _name(member: zipfile.ZipInfo) -> str:
    stem, dot, ending = composed(member.filename, "zip").rpartition(".")
    return f"{stem}{dot}{ending.lower()}"


def _check_member(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise _refusal(_("ảnh bị đặt mật khẩu"), member.filename)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refusal(_("kiểu nén không dùng"), member.filename)
    if not 0 < member.file_size <= PICTURE_LIMIT or member.file_size > MOST_RATIO * max(1, member.compress_size):
        raise _refusal(_("ảnh lớn hơn 5 MB hoặc nén bất thường"), member.filename)


def _content(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        with opened.open(member) as stream:
            raw = stream.read(PICTURE_LIMIT + 1)  # never more than the directory said: zipfile stops there
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError, zlib.error):
        raise _refusal(_("không đọc được từ tệp zip"), member.filename) from None
    if len(raw) != member.file_size:
        raise _refusal(_("không đọc được từ tệp zip"), member.filename)
    return raw


def encoded(raw: bytes, name: str) -> bytes:
    """Return a picture as a small JPEG of its pixels alone: upright, at most 360×480, nothing else of the file.

    Raises BadPhotos.
    """
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError
            opened.thumbnail((2 * SIZE[1], 2 * SIZE[1]))  # a JPEG decoder scales while it reads
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except _UNREADABLE:
        raise _refusal(_("không phải ảnh JPEG hoặc PNG đọc được, hoặc quá 40 triệu điểm ảnh"), name) from None
    upright.thumbnail(SIZE)
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _refusal(reason: str, name: str = "", **details: Any) -> BadPhotos:
    return BadPhotos(one_line(name), reason=translate(reason).format(**details))
