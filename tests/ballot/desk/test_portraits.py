"""Photos from a zip: what is taken, what is refused, and that a refusal writes nothing.

Here live hostile archives, made afresh. Never here: a picture of a person.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image

from ballot.desk import photo_archive, portraits
from ballot.desk.photo_archive import BadPhotos, encoded
from ballot.models.registry.roll import Portrait
from ballot.storage import reading
from tests.ballot.client import TOKEN
from tests.ballot.hall import DESK, Hall
from tests.ballot.look import nothing_changes, refused

Open = Callable[[str], Hall]
SECRET = b"camera 35mm f/1.8 place 21.03N 105.85E"


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 900), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **more)
    return out.getvalue()


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return out.getvalue()


def admit(hall: Hall, raw: bytes) -> int:
    return portraits.admit(hall.house, hall.uuid, io.BytesIO(raw), hall.actor("to-chuc-1"))


def stored(hall: Hall, voter_id: int) -> bytes:
    with reading(hall.house.registry) as session:
        return session.get(Portrait, voter_id).jpeg


@pytest.fixture
def hall(at: Open) -> Hall:
    return at("issuing")


# --- what is taken ------------------------------------------------------------------------------------------------


def test_photos_are_shown_small_at_the_desk(hall: Hall) -> None:
    raw = archive(("DB-0000.jpg", picture()), ("DB-0001.PNG", picture("PNG")), ("DB-0002.jpeg", picture()))
    assert admit(hall, raw) == 3
    desk, first = hall.person(DESK), hall.voters()[0]
    answer = desk.get(f"/dot/{hall.uuid}/anh/{first}")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    with Image.open(io.BytesIO(answer.data)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (320, 480))
    assert f"/anh/{first}" in desk.get(f"/dot/{hall.uuid}/ban/{first}").get_data(as_text=True)
    assert desk.get(f"/dot/{hall.uuid}/anh/{hall.voters()[5]}").status_code == 404


def test_nothing_of_the_file_but_its_pixels_is_kept(hall: Hall) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), 6  # a description, and: turn by a quarter
    raw = picture(exif=exif, comment=SECRET, icc_profile=SECRET * 4) + b"PK\3\4<script>" + SECRET
    assert SECRET in raw
    admit(hall, archive(("DB-0000.jpg", raw)))
    kept = stored(hall, hall.voters()[0])
    assert SECRET not in kept
    assert b"<script>" not in kept
    with Image.open(io.BytesIO(kept)) as seen:
        assert seen.size == (360, 240)  # upright: what was 600 × 900 lay on its side
        assert not seen.getexif()


def test_a_transparent_picture_gets_a_white_ground(hall: Hall) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    admit(hall, archive(("DB-0000.png", out.getvalue())))
    with Image.open(io.BytesIO(stored(hall, hall.voters()[0]))) as seen:
        assert min(seen.getpixel((25, 25))) > 250


def test_a_later_photo_takes_the_place_of_an_earlier_one(hall: Hall) -> None:
    admit(hall, archive(("DB-0000.jpg", picture())))
    before = stored(hall, hall.voters()[0])
    admit(hall, archive(("DB-0000.jpg", picture(size=(300, 300)))))
    assert stored(hall, hall.voters()[0]) != before


# --- what is refused ----------------------------------------------------------------------------------------------


def lying(raw: bytes, size: int) -> bytes:
    """Let the directory of an archive of one member say another size."""
    at = raw.index(b"PK\1\2") + 24
    return raw[:at] + struct.pack("<L", size) + raw[at + 4 :]


def encrypted(raw: bytes) -> bytes:
    at = raw.index(b"PK\1\2") + 8
    return raw[:at] + b"\1\0" + raw[at + 2 :]


def symlink() -> bytes:
    out, info = io.BytesIO(), zipfile.ZipInfo("DB-0000.jpg")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(out, "w") as opened:
        opened.writestr(info, "/etc/passwd")
    return out.getvalue()


def flood(width: int, height: int) -> bytes:
    """A PNG of few bytes that says it is very large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    head = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


GOOD = ("DB-0001.jpg", picture())
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a name of nobody": (lambda: archive(GOOD, ("khach.jpg", picture())), "khach.jpg"),
    "a way out of the folder": (lambda: archive(GOOD, ("../../DB-0000.jpg", picture())), "../../DB-0000.jpg"),
    "an absolute path": (lambda: archive(GOOD, ("/etc/DB-0000.jpg", picture())), "/etc/DB-0000.jpg"),
    "a folder": (lambda: archive(GOOD, ("anh/DB-0000.jpg", picture())), "anh/DB-0000.jpg"),
    "another kind of file": (lambda: archive(GOOD, ("DB-0000.svg", b"<svg onload='alert(1)'/>")), "DB-0000.svg"),
    "a reference in other letters": (lambda: archive(GOOD, ("db-0000.jpg", picture())), "db-0000.jpg"),
    "a symbolic link": (symlink, "DB-0000.jpg"),
    "two photos of one person": (lambda: archive(GOOD, ("DB-0001.png", picture("PNG"))), "DB-0001.png"),
    "a page in disguise": (lambda: archive(GOOD, ("DB-0000.jpg", b"<html><script>alert(1)</script>")), "DB-0000.jpg"),
    "a GIF in disguise": (lambda: archive(GOOD, ("DB-0000.png", picture("GIF"))), "DB-0000.png"),
    "a picture cut off": (lambda: archive(GOOD, ("DB-0000.jpg", picture()[:900])), "DB-0000.jpg"),
    "a flood of pixels": (lambda: archive(GOOD, ("DB-0000.png", flood(7_000, 6_000))), "DB-0000.png"),
    "a deluge of pixels": (lambda: archive(GOOD, ("DB-0000.png", flood(60_000, 60_000))), "DB-0000.png"),
    "an empty picture": (lambda: archive(GOOD, ("DB-0000.jpg", b"")), "DB-0000.jpg"),
    "a picture too large": (lambda: archive(("DB-0000.jpg", b"\0" * (5 * 1024**2 + 1))), "DB-0000.jpg"),
    "a bomb": (lambda: archive(("DB-0000.jpg", b"\0" * 2_000_000), method=zipfile.ZIP_DEFLATED), "DB-0000.jpg"),
    "another compression": (lambda: archive(("DB-0000.jpg", picture()), method=zipfile.ZIP_BZIP2), "DB-0000.jpg"),
    "a size too small": (lambda: lying(archive(("DB-0000.jpg", picture())), 500), "DB-0000.jpg"),
    "a size too large": (lambda: lying(archive(("DB-0000.jpg", b"\0" * 500)), 5_000), "DB-0000.jpg"),
    "a password": (lambda: encrypted(archive(("DB-0000.jpg", picture()))), "DB-0000.jpg"),
    "a comment": (lambda: archive(GOOD)[:-2] + b"\5\0hello", ""),
    "no zip": (picture, ""),
    "nothing": (lambda: b"", ""),
    "no members": (archive, ""),
    "half a zip": (lambda: archive(GOOD)[:3_000], ""),
    "a directory of garbage": (lambda: b"\0" * 300 + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, 200, 50, 0), ""),
    "a directory that never ends": (lambda: struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 2**31, 0, 0), ""),
    "far too many members": (lambda: archive(*((f"{n}", b"") for n in range(5_001))), ""),
}


# threats H18
@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_by_name_and_nothing_is_written(hall: Hall, case: str) -> None:
    make, named = HOSTILE[case]
    with nothing_changes(hall.house.registry), pytest.raises(BadPhotos) as error:
        admit(hall, make())
    assert named in str(error.value)
    assert "Chưa có ảnh nào được ghi" in str(error.value)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow speaks of the damage before it gives up
def test_a_damaged_picture_is_refused_or_read_and_nothing_else() -> None:
    """Decoders raise anything at all on damage in their metadata; every byte of the head is turned over once."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "mô tả"
    for kind, more in (("JPEG", {"exif": exif.tobytes()}), ("PNG", {"exif": exif.tobytes()})):
        whole = picture(kind, (24, 24), **more)
        for place in range(min(len(whole), 400)):
            damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            with suppress(BadPhotos):
                assert encoded(damaged, "DB-0000.jpg")[:2] == b"\xff\xd8"


def test_members_may_not_say_more_in_all_than_the_total(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    small = picture(size=(60, 80))
    archived = archive(("DB-0000.jpg", small), ("DB-0001.jpg", small))
    monkeypatch.setattr(photo_archive, "TOTAL_LIMIT", 2 * len(small))
    monkeypatch.setattr(photo_archive, "_check_directory", lambda _archive: None)
    assert admit(hall, archived) == 2
    monkeypatch.setattr(photo_archive, "TOTAL_LIMIT", 2 * len(small) - 1)
    with pytest.raises(BadPhotos, match="200 MB"):
        admit(hall, archived)


def test_many_unknown_names_are_counted_and_shown_harmless(hall: Hall) -> None:
    names = [f"la\N{RIGHT-TO-LEFT OVERRIDE}{n}.jpg" for n in range(30)]
    with pytest.raises(BadPhotos) as error:
        admit(hall, archive(*((name, b"x") for name in names)))
    assert "(+20)" in str(error.value)
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in str(error.value)


# --- who and when -------------------------------------------------------------------------------------------------


def send(hall: Hall, login: str, raw: bytes) -> Any:
    """Send the form as a browser does; the test client's own way leaves a temporary file open."""
    browser = hall.person(login)
    token = TOKEN.search(browser.get(f"/dot/{hall.uuid}/").get_data(as_text=True))[1]
    parts = (('name="csrf_token"', token.encode()), ('name="photos"; filename="anh.zip"', raw))
    body = b"".join(f"--limit\r\nContent-Disposition: form-data; {h}\r\n\r\n".encode() + c + b"\r\n" for h, c in parts)
    kind = "multipart/form-data; boundary=limit"
    return browser.send(f"/dot/{hall.uuid}/anh", data=body + b"--limit--\r\n", content_type=kind)


def test_an_organiser_may_send_more_than_a_form_holds_and_a_desk_may_not(hall: Hall) -> None:
    content = picture(size=(1_500, 2_000), quality=95)
    many = archive(*((f"DB-{n:04d}.jpg", content) for n in range(12)))
    assert len(many) > 8 * 1024**2
    assert send(hall, "to-chuc-1", many).status_code == 302
    assert "Ảnh đã nhận: 12" in hall.person("to-chuc-1").get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert send(hall, DESK, many).status_code == 413
    assert send(hall, DESK, archive(GOOD)).status_code == 403


def test_a_refusal_is_a_page_in_words(hall: Hall) -> None:
    answer = send(hall, "to-chuc-1", archive(("khach.jpg", picture())))
    refused(answer, 400, "BAD_PHOTOS")
    assert "khach.jpg" in answer.get_data(as_text=True)


@pytest.mark.parametrize("phase", ["frozen", "voting"])
def test_no_photo_is_taken_after_the_freeze(at: Open, phase: str) -> None:
    hall = at(phase)
    refused(send(hall, "to-chuc-1", archive(GOOD)), 409, "WRONG_PHASE")
