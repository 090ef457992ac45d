"""The organisers of a demonstration, each at their own browser: create, seal, check in, freeze, open, close, count.

Here lives the order of their requests. Never here: an act done without the web application.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from ballot.demo.client import Answered, Browser
from ballot.demo.hall import DESK, FIRST, MEMBERS, SECOND, THRESHOLD, Hall
from ballot.demo.station import make_slip
from tally.i18n import marked as _
from tally.protocol.credential import SlipCode
from tally.protocol.manifest import Manifest

_ROUND = re.compile(r"/dot/([1-9A-HJ-NP-Za-km-z]{14,40})/viec/")
_CODE = re.compile(r"/tram/[^/]+/#([A-Za-z0-9_-]+)")
_VOTER = re.compile(r"/ban/([0-9]+)\"")
_FREEZE_KEY = re.compile(r'data-freeze-key="([0-9a-f]{64})"')


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
        "rehearsal": "on",
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
    """Check every voter in at the desk and let the station make a slip for each; return the slips, in no order."""
    desk, station, box = hall.person(DESK), Browser(hall.server.config.registry_origin), hall.box()
    page = desk.get(f"/dot/{manifest.uuid}/ban").decode()
    voters = _VOTER.findall(page)[: hall.scenario.issued]
    freeze_key = _FREEZE_KEY.search(station.get(f"/tram/{manifest.uuid}/").decode())
    slips = []
    for voter in hall.stage.each(voters, _("Bàn tiếp đón xác nhận, trạm in thẻ (ký mù, hai bên cấp)")):
        confirmed = desk.submit(f"/dot/{manifest.uuid}/ban", f"/dot/{manifest.uuid}/ban/{voter}")
        code = _CODE.search(confirmed)
        slips.append(
            make_slip(
                station,
                box,
                manifest,
                code=code.group(1) if code else "",
                freeze_key=freeze_key.group(1) if freeze_key else "",
            )
        )
    _act(hall.person(FIRST), manifest, "chot")
    hall.stage.note(_("Danh sách thẻ đã chốt; khóa cấp thẻ đã hủy"))
    return slips


def admit_committee(hall: Hall, manifest: Manifest) -> None:
    """Hand in what the committee's members made."""
    tests = sorted(hall.exchange.glob("member-*.opening.json"))
    files = [("committee", "committee.json", (hall.exchange / "committee.json").read_bytes())]
    files += [("tests", path.name, path.read_bytes()) for path in tests]
    hall.person(FIRST).submit(f"/dot/{manifest.uuid}/", f"/dot/{manifest.uuid}/ban-kiem-phieu", files=files)


def open_voting(hall: Hall, manifest: Manifest) -> None:
    """Open the box: one person proposes, another confirms."""
    _two_persons(hall, manifest, "mo")


def close(hall: Hall, manifest: Manifest) -> None:
    """Close the box: one person proposes, another confirms."""
    _two_persons(hall, manifest, "dong")


def count(hall: Hall, manifest: Manifest, parts: list[Path]) -> None:
    """Hand in partial decryptions and let the server count, verify and report."""
    person = hall.person(FIRST)
    files = [("parts", path.name, path.read_bytes()) for path in parts]
    person.submit(f"/dot/{manifest.uuid}/", f"/dot/{manifest.uuid}/giai-ma", files=files)
    _act(person, manifest, "kiem-phieu")


def _two_persons(hall: Hall, manifest: Manifest, act: str) -> None:
    try:
        _act(hall.person(FIRST), manifest, act)
    except Answered as answer:
        if answer.server_code != "SECOND_PERSON_NEEDED":
            raise
    _act(hall.person(SECOND), manifest, act)


def _act(person: Browser, manifest: Manifest, act: str) -> None:
    person.submit(f"/dot/{manifest.uuid}/", f"/dot/{manifest.uuid}/viec/{act}")
