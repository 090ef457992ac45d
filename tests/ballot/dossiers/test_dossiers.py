"""Dossiers: what of a PDF comes through, who may read it and until when, and what hostile files do."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from ballot.dossiers import pages, papers
from ballot.dossiers.drawing import MOST_BYTES, MOST_PAGES, WIDTH
from ballot.dossiers.pages import BadDossier, drawn
from ballot.result import closing
from tests.ballot.dossier_room import INK, pdf, room, upload
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused, rows

Open = Callable[[str], Hall]


def loaded() -> bytes:
    """A PDF with a script, an attachment and a form."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("virus.exe", b"MZ")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def locked() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("mật khẩu", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_page_comes_through_as_a_picture_and_nothing_else_of_the_file() -> None:
    (page,) = drawn(loaded(), "a.pdf")
    with Image.open(io.BytesIO(page)) as picture:
        assert (picture.format, picture.width) == ("JPEG", WIDTH)
        assert picture.convert("L").getextrema()[0] < 80  # there is ink on it
    assert not any(word in page for word in (INK.encode(), b"alert", b"virus", b"%PDF"))


# threats H20
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "không phải tệp PDF"),
        (b"MZ\x90", "không phải tệp PDF"),
        (b"%PDF-1.7\n" + b"\x00" * 1000, "không phải tệp PDF"),
        (pdf()[:200], "không phải tệp PDF"),
        (locked(), "mật khẩu"),
        (pdf(MOST_PAGES + 1), "40 trang"),
        (pdf(size=(20_001, 20_001)), "không phải tệp PDF"),
        (b"%PDF-" + b" " * MOST_BYTES, "7 MB"),
    ],
    ids=["empty", "a program", "zeros", "cut off", "locked", "too long", "too wide", "too large"],
)
def test_a_file_that_cannot_be_drawn_is_refused_with_its_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(BadDossier, match=reason):
        drawn(raw, "a.pdf")


def test_voters_read_until_the_box_closes_without_logging_in(at: Open) -> None:
    hall = at("voting")
    assert upload(hall, hall.person("to-chuc-1"), pdf(2), kind="declaration").status_code == 302
    anybody = hall.anybody()
    page = anybody.get(room(hall)).get_data(as_text=True)
    assert "Bản kê khai tài sản, thu nhập" in page
    assert "Liêm chính" in page  # the criteria of the rule set
    paper = rows(hall.house.registry)["dossier"][0][0]
    shown = anybody.get(f"{room(hall)}{paper}/")
    assert shown.get_data(as_text=True).count(".jpg") == 2
    assert "Set-Cookie" not in shown.headers
    assert anybody.get(f"{room(hall)}{paper}/2.jpg").mimetype == "image/jpeg"
    hall.by_two(closing.close)
    for path in (room(hall), f"{room(hall)}{paper}/", f"{room(hall)}{paper}/1.jpg"):
        refused(anybody.get(path), 404, "NO_SUCH_ROUND")
    with nothing_changes(hall.house.registry):
        refused(upload(hall, hall.person("to-chuc-1"), pdf()), 409, "WRONG_PHASE")


def test_without_the_key_there_is_no_reading_room(at: Open) -> None:
    hall = at("voting")
    upload(hall, hall.person("to-chuc-1"), pdf())
    paper = rows(hall.house.registry)["dossier"][0][0]
    for key in ("x", "", "%C3%A9", "../..", room(hall).split("/")[3][:-1]):
        for rest in ("", f"{paper}/", f"{paper}/1.jpg"):
            assert hall.anybody().get(f"/doc/{hall.uuid}/{key}/{rest}").status_code in (308, 404)


@pytest.mark.parametrize("rest", ["999/", "999/1.jpg", "1/0.jpg", "1/2.jpg", "1/1000.jpg", "x/", "1/1.png"])
def test_a_page_that_there_is_not_is_not_found(at: Open, rest: str) -> None:
    hall = at("draft")
    upload(hall, hall.person("to-chuc-1"), pdf())
    assert hall.anybody().get(room(hall) + rest).status_code == 404


def test_a_paper_is_withdrawn_and_the_log_keeps_what_it_was(at: Open) -> None:
    hall = at("draft")
    browser = hall.person("to-chuc-1")
    upload(hall, browser, pdf(3))
    paper = rows(hall.house.registry)["dossier"][0]
    assert len(rows(hall.house.registry)["dossier_page"]) == 3
    place = f"/dot/{hall.uuid}/tai-lieu"
    assert browser.form(f"{place}/{paper[0]}/rut", page=place).status_code == 302
    assert rows(hall.house.registry)["dossier"] == rows(hall.house.registry)["dossier_page"] == []
    acts = [row for row in rows(hall.house.registry)["audit_entry"] if "dossier" in str(row[3])]
    assert [row[3] for row in acts] == ["take-dossier", "withdraw-dossier"]
    assert acts[0][4] == acts[1][4]


@pytest.mark.parametrize(
    "changes",
    [{"official": "99"}, {"official": "-1"}, {"official": "١"}, {"official": ""}, {"kind": "x"}, {"title": "a\u202eb"}],
)
def test_a_paper_of_nobody_or_of_no_kind_changes_nothing(at: Open, changes: dict[str, str]) -> None:
    hall = at("draft")
    with nothing_changes(hall.house.registry):
        assert upload(hall, hall.person("to-chuc-1"), pdf(), **changes).status_code == 400


def test_an_official_has_at_most_twelve_papers(at: Open) -> None:
    hall = at("draft")
    browser = hall.person("to-chuc-1")
    for _number in range(papers.MOST_PAPERS):
        assert upload(hall, browser, pdf()).status_code == 302
    refused(upload(hall, browser, pdf()), 400, "BAD_DOSSIER")
    assert upload(hall, browser, pdf(), official="2").status_code == 302


@pytest.mark.parametrize("official", ["9" * 20, "9" * 5_000, "-1", "", "x", "١"])
def test_a_number_that_no_official_can_have_is_refused(at: Open, official: str) -> None:
    hall = at("draft")
    with nothing_changes(hall.house.registry):
        refused(upload(hall, hall.person("to-chuc-1"), pdf(), official=official), 400, "WRONG_SHAPE")


def test_one_paper_is_drawn_at_a_time(at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four hostile papers at once would take every thread of the server for minutes, and the desks with it."""
    hall = at("draft")
    monkeypatch.setattr(pages, "PATIENCE", 0.1)
    with pages._ONE, nothing_changes(hall.house.registry):
        answer = upload(hall, hall.person("to-chuc-1"), pdf())
        refused(answer, 400, "BAD_DOSSIER")
        assert "đang vẽ một tài liệu khác" in answer.get_data(as_text=True)
    assert upload(hall, hall.person("to-chuc-1"), b"%PDF-1.7 x").status_code == 400
    assert upload(hall, hall.person("to-chuc-1"), pdf()).status_code == 302
