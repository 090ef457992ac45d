"""The organisers of a demonstration, each at their own browser: create, seal, check in, freeze, open, close, count.

Here lives the order of their requests. Never here: an act done without the web application.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from ballot.demo.client import NO_VALUES, Answered, Browser, Values
from ballot.demo.hall import DESK, FIRST, MEMBERS, SECOND, THRESHOLD, Hall
from tally.i18n import marked as _
from tally.protocol.credential import SlipCode
from tally.protocol.holding import UNUSED_ENVELOPE
from tally.protocol.manifest import Manifest

_ROUND = re.compile(r"/dot/([1-9A-HJ-NP-Za-km-z]{14,40})/viec/")
_PAIRING = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b")
_INVITATION = re.compile(r"https?://[^\s<>\"]+/#vao=[\w-]+")
_VOTER = re.compile(r"/ban/([0-9]+)\"")
ENVELOPES = 3


def create_and_seal(hall: Hall) -> Manifest:
    """Create the round from its lists, seal it, and return the manifest."""
    hall.prepare()
    scenario, person = hall.scenario, hall.person(FIRST)
    values = {
        "title": scenario.title,
        "body": scenario.body,
        "session": scenario.session,
        "date": scenario.date,
        "rule_set": scenario.rule_set,
        "delegates": str(scenario.delegates),
        "committee_size": str(len(MEMBERS)),
        "threshold": str(THRESHOLD),
        "minimum_ballots": "5",
        "complaint_minutes": "0",  # a rehearsal, in which nobody has a ballot to miss
        "rehearsal": "on",
        "disclosure": "public",
    }
    officials = _csv(("khoi", "ho_ten", "chuc_vu"), ((r.block, r.name, r.position) for r in scenario.rows))
    voters = ((f"{n:03d}", f"Đại biểu {n:03d}", "") for n in range(1, scenario.delegates + 1))
    files = (("officials", "officials.csv", officials), ("roll", "roll.csv", _csv(("ma", "ho_ten", "don_vi"), voters)))
    page = person.submit("/dot-moi", "/dot-moi", values, files)
    found = _ROUND.search(page)
    uuid = found.group(1) if found else ""
    person.submit(f"/dot/{uuid}/", f"/dot/{uuid}/viec/niem-phong")
    manifest = Manifest.parse(person.get(f"/dot/{uuid}/manifest.json"))
    (hall.exchange / "manifest.json").write_bytes(manifest.raw)
    hall.stage.paper(_("Bản niêm phong"), manifest.hash)
    return manifest


def _csv(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def issue(hall: Hall, manifest: Manifest) -> list[SlipCode]:
    """Check every voter in at the desk and let its station make a slip for each; return the slips as they came."""
    desk, station, path = hall.person(DESK), hall.station, f"/dot/{manifest.uuid}/ban"
    station.pair(_found(_PAIRING, desk.submit(path, f"{path}/ghep-tram")))
    person = hall.person(FIRST)
    person.submit(f"/dot/{manifest.uuid}/", f"/dot/{manifest.uuid}/phong-bi", {"count": str(ENVELOPES)})
    hall.envelopes.extend(station.work())
    slips = []
    voters = range(1, hall.scenario.issued + 1)
    for number in hall.stage.each(voters, _("Bàn tiếp đón xác nhận, trạm in thẻ (ký mù, hai bên cấp)")):
        voter = _found(_VOTER, desk.get(f"{path}?tim=PTN-DB:{number:03d}").decode())
        if not voter:  # checked in before, by somebody else
            continue
        desk.submit(path, f"{path}/{voter}")
        slips += station.work()
    freeze(hall, manifest)
    return slips


def freeze(hall: Hall, manifest: Manifest) -> None:
    """Fix the list of slips; the issuers' keys are destroyed."""
    _act(hall.person(FIRST), manifest, "chot")
    hall.stage.note(_("Danh sách thẻ đã chốt; khóa cấp thẻ đã hủy"))


def void_envelopes(hall: Hall) -> None:
    """Open the envelopes that nobody used and void them at the station, before the box is closed."""
    for slip in hall.envelopes:
        hall.station.void(slip, UNUSED_ENVELOPE)
    hall.stage.note(_("Đã mở và vô hiệu {count} phong bì không dùng"), count=len(hall.envelopes))


def _found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    return match.group(1) if match else ""


def invite_committee(hall: Hall) -> list[str]:
    """Seal a round, have two persons name its committee, and return the links of its members' pages."""
    manifest = create_and_seal(hall)
    page = f"/dot/{manifest.uuid}/ban-kiem-phieu"
    names, roles = zip(*(member.split("; ") for member in MEMBERS), strict=True)
    _two_persons(hall, page, f"/dot/{manifest.uuid}/thanh-vien", {"name": names, "role": roles})
    return _INVITATION.findall(hall.person(FIRST).submit(page, f"/dot/{manifest.uuid}/loi-moi"))


def admit_committee(hall: Hall, manifest: Manifest) -> None:
    """Hand in what the committee's members made."""
    tests = sorted(hall.exchange.glob("member-*.opening.json"))
    files = [("committee", "committee.json", (hall.exchange / "committee.json").read_bytes())]
    files += [("tests", path.name, path.read_bytes()) for path in tests]
    hall.person(FIRST).submit(f"/dot/{manifest.uuid}/", f"/dot/{manifest.uuid}/ban-kiem-phieu", files=files)


def open_voting(hall: Hall, manifest: Manifest) -> None:
    """Open the box: one person proposes, another confirms."""
    _two_persons(hall, *_form(manifest, "mo"))


def close(hall: Hall, manifest: Manifest) -> None:
    """Close the box: one person proposes, another confirms."""
    _two_persons(hall, *_form(manifest, "dong"))


def count(hall: Hall, manifest: Manifest, parts: list[Path]) -> None:
    """Hand in partial decryptions and let the server count, verify and report."""
    person = hall.person(FIRST)
    files = [("parts", path.name, path.read_bytes()) for path in parts]
    person.submit(f"/dot/{manifest.uuid}/", f"/dot/{manifest.uuid}/giai-ma", files=files)
    _act(person, manifest, "kiem-phieu")


def _two_persons(hall: Hall, page: str, path: str, values: Values = NO_VALUES) -> None:
    try:
        hall.person(FIRST).submit(page, path, values)
    except Answered as answer:
        if answer.server_code != "SECOND_PERSON_NEEDED":
            raise
    hall.person(SECOND).submit(page, path, values)


def _act(person: Browser, manifest: Manifest, act: str) -> None:
    person.submit(*_form(manifest, act))


def _form(manifest: Manifest, act: str) -> tuple[str, str]:
    return f"/dot/{manifest.uuid}/", f"/dot/{manifest.uuid}/viec/{act}"
