"""Members with and without a network in one ceremony: files of `keys trustee` and pages, through one server."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ballot.committee import ceremony_files
from keys.committee import exchange
from keys.committee.errors import NotYourTurn
from keys.committee.exchange import Exchange
from keys.committee.trustee import TrusteeFile
from keys.store import KdfCost
from tally.protocol.encoding import canonical
from tally.protocol.errors import BadSignature, NotCanonical, WrongShape
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.members import admit, come_in, named, run

Open = Callable[[str], Hall]
QUICK = KdfCost(ops=1, mem=8192)
WORDS = "một mật khẩu đủ dài để thử"


def take(hall: Hall, files: list[tuple[str, bytes]]) -> int:
    return ceremony_files.take_files(hall.house, hall.uuid, files, hall.actor("to-chuc-1"))


def carry_in(hall: Hall, folder: Path) -> None:
    """Unpack the server's exchange folder over a member's."""
    with zipfile.ZipFile(io.BytesIO(ceremony_files.folder_zip(hall.house, hall.uuid))) as packed:
        packed.extractall(folder)


def carry_out(hall: Hall, folder: Path) -> int:
    """Hand in everything that lies in a member's folder."""
    return take(hall, [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())])


def test_two_members_by_files_and_one_at_a_page_make_one_key(at: Open, tmp_path: Path) -> None:
    hall = named(at("frozen"))
    page = come_in(hall, 2)
    folders = {n: tmp_path / f"usb-{n}" for n in (1, 3)}
    keys = {n: TrusteeFile(tmp_path / f"{n}.trustee.key", WORDS) for n in (1, 3)}
    for n, folder in folders.items():
        folder.mkdir()
        carry_in(hall, folder)
        exchange.join(Exchange(folder), keys[n], n, cost=QUICK)
        carry_out(hall, folder)
    sent = run([page])
    for _round in range(12):
        for n, folder in folders.items():
            carry_in(hall, folder)
            try:
                exchange.proceed(Exchange(folder), keys[n])
            except NotYourTurn:
                continue
            carry_out(hall, folder)
        sent += run([page])
        if all("opening" in member["sent"] for member in page.state()["members"]):
            break
    assert sent == ["certificate", "commitment", "reveal", "key", "nonce", "opening"]
    transcripts = {file.load().transcript for file in keys.values()} | {page.memory.transcript if page.memory else ""}
    assert len(transcripts) == 1
    words = {exchange.words(Exchange(folder), transcripts.copy().pop()) for folder in folders.values()}
    assert [len(six) for six in words] == [6]
    assert admit(hall) == page.committee.hash
    assert hall.phase() == "ready"


def test_the_folder_is_the_same_for_the_same_messages_and_holds_what_the_tool_reads(at: Open) -> None:
    hall = named(at("issuing"))
    page = come_in(hall, 2)
    page.step()
    first = ceremony_files.folder_zip(hall.house, hall.uuid)
    assert first == ceremony_files.folder_zip(hall.house, hall.uuid)
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert packed.namelist() == ["manifest.json", "member-2.certificate.json"]
        certificate = packed.read("member-2.certificate.json")
        with nothing_changes(hall.house.registry):
            assert take(hall, [(name, packed.read(name)) for name in packed.namelist()]) == 1
    forged = json.loads(certificate)
    forged["signature"]["challenge"] = "1"
    with nothing_changes(hall.house.registry):
        with pytest.raises(WrongShape):
            take(hall, [("../member-1.certificate.json", certificate)])
        with pytest.raises(WrongShape):
            take(hall, [("member-0.certificate.json", certificate)])
        with pytest.raises(NotCanonical):
            take(hall, [("member-1.certificate.json", certificate + b"\n")])
        with pytest.raises(BadSignature, match="member 1"):
            take(hall, [("member-1.certificate.json", canonical(forged))])


def test_the_organisers_page_hands_the_folder_out_and_takes_files(at: Open) -> None:
    hall = named(at("issuing"))
    member = come_in(hall, 2)
    member.next()
    browser, page = hall.person("to-chuc-1"), f"/dot/{hall.uuid}/ban-kiem-phieu"
    kind, message = member.next()
    files = [(io.BytesIO(canonical(message)), f"member-2.{kind}.json")]
    assert browser.form(f"/dot/{hall.uuid}/trao-doi", {"messages": files}, page=page).status_code == 302
    assert member.state()["members"][1]["sent"] == ["certificate"]
    answer = browser.get(f"/dot/{hall.uuid}/trao-doi.zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    bad = [(io.BytesIO(b"{}"), "member-3.certificate.json")]
    refused(browser.form(f"/dot/{hall.uuid}/trao-doi", {"messages": bad}, page=page), 400, "WRONG_SHAPE")
    four = [(io.BytesIO(canonical(message)), "member-4.certificate.json")]
    refused(browser.form(f"/dot/{hall.uuid}/trao-doi", {"messages": four}, page=page), 400, "NO_SUCH_SEAT")
