"""After a count, as on a real day: numbers from paper, recounts, minutes, and two members who sign on their machines.

Here lives that order. Never here: a private key; members' identities are files that only their tools open.
"""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

from ballot.demo import tools
from ballot.demo.hall import FIRST, MEMBERS, SECOND, Hall
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.manifest import Manifest

DOCUMENTS = ("bien-ban-kiem-phieu", "bao-cao-ket-qua")
ORGANISATION = _("Ban kiểm phiếu (trình diễn)")
PLACE, ROOM = _("Hội trường"), _("Phòng kiểm phiếu (trình diễn)")
SIGNERS = (1, 2)  # as many as must sign; the third member is away that afternoon
PATIENCE, PAUSE = 600, 1.0


def sign(hall: Hall, manifest: Manifest, *, slips: int, ballots: int) -> Path:
    """Bring a counted round to signed documents; return the folder that was verified, with them in it.

    `slips` voters signed for a slip, `ballots` used slips lie in the slip box. Raises ToolFailed, Answered.
    """
    _type_from_paper(hall, manifest, slips=slips, ballots=ballots)
    _recount(hall, manifest)
    _state_certificates(hall)
    _write_minutes(hall, manifest)
    kit = _kit(hall, manifest)
    turns = [(name, seat) for name in DOCUMENTS for seat in SIGNERS]
    for name, seat in hall.stage.each(turns, _("Thành viên kiểm chứng, so văn bản rồi ký số lần lượt")):
        arguments = (kit, kit / "report" / f"{name}.pdf", "--p12", _identity(hall, seat), "--yes")
        tools.run("keys", "sign", *arguments, passphrase=hall.passphrase)
    page = f"/dot/{manifest.uuid}/ky"
    files = [(name, f"{name}.pdf", (kit / "report" / "signed" / f"{name}.pdf").read_bytes()) for name in DOCUMENTS]
    hall.person(FIRST).submit(page, page, files=files)
    hall.stage.note(_("Văn bản đã ký: tally verify kiểm cả hồ sơ và chữ ký"))
    tools.run("tally", "verify", kit, "--manifest", manifest.hash, show=True)
    return kit


def _type_from_paper(hall: Hall, manifest: Manifest, *, slips: int, ballots: int) -> None:
    """Let two people type what they counted, each without seeing the other's numbers."""
    page = f"/dot/{manifest.uuid}/doi-chieu"
    counted = {"signatures": str(slips), "envelopes_left": str(len(hall.envelopes)), "slips_in_box": str(ballots)}
    for login in (FIRST, SECOND):
        hall.person(login).submit(page, page, counted)
    sentence = _("Hai người nhập số trên giấy: {slips} chữ ký, {ballots} thẻ đã dùng")
    hall.stage.note(sentence, slips=slips, ballots=ballots)


def _recount(hall: Hall, manifest: Manifest) -> None:
    """Let the server's three programs recount, and wait until the last has said its word."""
    page = f"/dot/{manifest.uuid}/kiem-lai"
    hall.person(FIRST).submit(page, page)
    deadline = time.monotonic() + PATIENCE
    while 'http-equiv="refresh"' in hall.person(FIRST).get(page).decode():
        if time.monotonic() > deadline:
            raise tools.ToolFailed("kiem-lai", exit=1, output=page)
        time.sleep(PAUSE)
    hall.stage.note(_("Các chương trình độc lập đã kiểm lại hồ sơ"))


def _state_certificates(hall: Hall) -> None:
    """Give each member a certificate of the committee's own authority, and let each say which is theirs."""
    authority = hall.folder / "chung-thu"
    tools.run(
        "keys", "report", "authority", authority, "--organisation", translate(ORGANISATION), passphrase=hall.passphrase
    )
    both = f"{hall.passphrase}\n{hall.passphrase}"
    record = hall.folder / "record"
    for seat in hall.stage.each(SIGNERS, _("Cấp chứng thư; mỗi thành viên khai chứng thư của mình")):
        name, role = MEMBERS[seat - 1].split("; ")
        identity = _identity(hall, seat)
        tools.run(
            "keys", "report", "identity", authority, "--name", name, "--title", role, "--out", identity,
            passphrase=both,
        )  # fmt: skip
        tools.run(
            "keys", "trustee", "certificate", record, hall.trustee_key(seat), "--p12", identity,
            "--out", _statement(hall, seat), passphrase=both,
        )  # fmt: skip


def _write_minutes(hall: Hall, manifest: Manifest) -> None:
    """Type the particulars of the sitting, hand in the statements, and have the documents made."""
    page, person = f"/dot/{manifest.uuid}/bien-ban", hall.person(FIRST)
    typed = {
        "revision": "0", "number": "01", "place": translate(PLACE), "room": translate(ROOM), "started": "08:00",
        "ended": "10:30", "assigned_by": "", "complaints": "", "copies": "3", "recipients": manifest.body,
        "present": str(hall.scenario.issued), "signer": [str(seat) for seat in SIGNERS], "how": "key",
    }  # fmt: skip
    files = [("statements", _statement(hall, seat).name, _statement(hall, seat).read_bytes()) for seat in SIGNERS]
    person.submit(page, page, typed, files)
    person.submit(page, f"/dot/{manifest.uuid}/van-ban")
    hall.stage.note(_("Đã lập biên bản, báo cáo và các văn bản kèm theo"))


def _kit(hall: Hall, manifest: Manifest) -> Path:
    """Download what members sign with, and unpack it as each would on a machine of their own."""
    raw = hall.person(FIRST).get(f"/dot/{manifest.uuid}/ky/bo-ky.zip")
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        archive.extractall(hall.folder / "bo-ky")
    return hall.folder / "bo-ky" / f"ho-so-{manifest.uuid}"


def _identity(hall: Hall, seat: int) -> Path:
    return hall.keys / f"thanh-vien-{seat}.p12"


def _statement(hall: Hall, seat: int) -> Path:
    return hall.folder / f"signer-{seat}.json"
