"""The station when things break: answers that are lost, pages that are reloaded, machines that are killed, two windows.

Here lives what must come back as it was, and what must not lie on the disk. Never here: paper or voids.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tally.protocol.credential import Credential, SlipCode
from tests.browser.conftest import ARGUMENTS
from tests.browser.hall import refusal
from tests.browser.station_hall import StationHall, serving
from tests.browser.station_steps import CODE, printed, slip
from tests.browser.waiting import expect, kill_browser, until

INSECURE = "tram.test"  # plain http under a name: no Web Locks, no crypto.subtle, as in a hall without a certificate
LEASE = """() => new Promise((done) => (indexedDB.open("tram").onsuccess = ({ target: { result } }) => {
  result.transaction("tram").objectStore("tram").get("lease").onsuccess = (event) => {
    result.close();
    done(event.target.result.until);
  };
}))"""
RECORD_DRAWS = """(() => {
  const draw = crypto.getRandomValues.bind(crypto);
  window.draws = [];
  crypto.getRandomValues = (bytes) => { draw(bytes); window.draws.push([...bytes]); return bytes; };
})()"""


@pytest.fixture
def hall() -> Iterator[StationHall]:
    with serving(StationHall()) as hall:
        yield hall


@dataclass
class Machine:
    """A computer with one browser and a profile on its disk."""

    browser: Any
    profile: Path
    context: Any = None
    page: Any = None
    errors: list[str] = field(default_factory=list)

    def start(self, address: str) -> Any:
        self.context = self.browser.browser_type.launch_persistent_context(
            str(self.profile),
            executable_path=shutil.which("chromium"),
            args=[*ARGUMENTS, f"--host-resolver-rules=MAP {INSECURE} 127.0.0.1"],
            viewport={"width": 1366, "height": 768},
        )
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(RECORD_DRAWS)
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address)
        return self.page

    def kill(self) -> None:
        """Pull the plug."""
        kill_browser(self.profile)
        try:
            self.context.close()
        except Exception as error:  # it is dead already, which is the point
            assert "closed" in str(error)

    def holds(self, wanted: bytes) -> list[Path]:
        """Return the files of the profile in which these bytes stand, as text of one or of two bytes a letter too."""
        wide = wanted.decode("latin-1").encode("utf-16-le")
        files = [path for path in self.profile.rglob("*") if path.is_file() and not path.is_symlink()]
        return [path for path in files if any(text in path.read_bytes() for text in (wanted, wide))]


@pytest.fixture
def machine(browser: Any, tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(browser, tmp_path / "profile")
    yield machine
    machine.context.close()
    assert machine.errors == []


def once(hall: StationHall, route: str) -> Callable[[str], bool]:
    """Say yes for the first request to a route, and only for that one."""
    return lambda path: path.endswith(f"/{route}") and len(hall.bodies(route)) == 1


BEFORE, AFTER = "before", "after"
STAGES = [
    pytest.param(BEFORE, "cap", id="the-request-does-not-arrive"),
    pytest.param(AFTER, "cap", id="the-signatures-are-lost"),
    pytest.param(BEFORE, "tam", id="the-box-does-not-hear"),
    pytest.param(AFTER, "tam", id="the-box-is-not-heard"),
    pytest.param(BEFORE, "xong", id="delivered-does-not-arrive"),
    pytest.param(AFTER, "xong", id="delivered-is-not-heard"),
]


def break_at(hall: StationHall, when: str, route: str) -> None:
    """Let the line break at one request: before the other side acts on it, or after."""
    hit = once(hall, route)
    if when == BEFORE:
        hall.trouble = lambda path: refusal("DOWN", "", 503) if hit(path) else None
    else:
        hall.lost = hit


def wait_for_break(page: Any, hall: StationHall, route: str) -> None:
    """Until the other side has done with the first request all it ever will."""
    until(page, lambda: any(path.endswith(f"/{route}") for path in hall.answered))


def check_one_slip(hall: StationHall, code: SlipCode) -> None:
    """One credential, asked for with one set of blinded values and delivered in one sealed copy."""
    assert hall.credentials() == {hall.credential(code)}
    assert len({json.dumps(json.loads(body)["blinded"]) for body in hall.bodies("cap")}) == 1
    assert len(set(hall.bodies("tam"))) == len(hall.staged) == 1


@pytest.mark.parametrize(("when", "route"), STAGES)
def test_a_broken_line_repeats_the_very_same_bytes_by_itself(
    page: Any, hall: StationHall, when: str, route: str
) -> None:
    page.goto(f"{hall.station}/#{CODE}")
    break_at(hall, when, route)
    hall.order()
    check_one_slip(hall, slip(page))
    assert len(set(hall.bodies(route))) == 1 < len(hall.bodies(route))


@pytest.mark.parametrize(("when", "route"), STAGES)
def test_a_reload_in_every_stage_goes_on_with_the_same_slip(
    page: Any, hall: StationHall, when: str, route: str
) -> None:
    page.goto(f"{hall.station}/#{CODE}")
    break_at(hall, when, route)
    hall.order()
    wait_for_break(page, hall, route)
    page.reload()
    code = slip(page)
    check_one_slip(hall, code)
    if (when, route) == (AFTER, "cap"):  # bound: not even the permission may differ
        assert len(set(hall.bodies("cap"))) == 1
    printed(page)
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    assert hall.orders[0].state == "printed"


@pytest.mark.parametrize(
    ("when", "route", "host"),
    [
        pytest.param(AFTER, "cap", "localhost", id="the-signatures-are-lost"),
        pytest.param(BEFORE, "tam", "localhost", id="the-box-does-not-hear"),
        pytest.param(AFTER, "tam", "localhost", id="the-box-is-not-heard"),
        pytest.param(AFTER, "cap", INSECURE, id="the-signatures-are-lost-without-a-certificate"),
    ],
)
def test_a_killed_station_goes_on_with_the_same_slip_and_its_disk_tells_nothing(
    machine: Machine, hall: StationHall, when: str, route: str, host: str
) -> None:
    hall.host = host
    page = machine.start(f"{hall.station}/#{CODE}")
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    page.evaluate("window.draws.length = 0")
    break_at(hall, when, route)
    hall.order()
    wait_for_break(page, hall, route)
    secrets = blinding_secrets(hall, page.evaluate("window.draws"))
    machine.kill()
    on_disk_then = {name: machine.holds(text) for name, text in secrets.items()}
    page = machine.start(hall.station)
    assert page.evaluate("isSecureContext") == (host == "localhost")
    code = slip(page)
    check_one_slip(hall, code)
    machine.kill()
    assert any(on_disk_then.values()) is False
    assert machine.holds(hall.manifest.uuid.encode())  # the search does see what the station stores in clear
    page = machine.start(hall.station)
    assert slip(page).value == code.value
    printed(page)
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    machine.context.close()
    found = {name: machine.holds(text) for name, text in (secrets | slip_secrets(hall, code)).items()}
    assert not any(found.values()), {name: files for name, files in found.items() if files}


def blinding_secrets(hall: StationHall, draws: list[list[int]]) -> dict[str, bytes]:
    """Recompute what hides the request from what the page drew: prefixes, factors and their inverses."""
    found: dict[str, bytes] = {}
    moduli = [int(issuer.key.modulus) for issuer in hall.manifest.issuers]
    for number, draw in enumerate(bytes(d) for d in draws):
        if len(draw) == 32:
            found[f"prefix {number}"] = draw.hex().encode()
        for which, n in enumerate(moduli if len(draw) == 384 else ()):  # some draws were rejected: take all
            inverse = pow(1 + int.from_bytes(draw, "big"), -1, n)
            raw, name = inverse.to_bytes(384, "big"), f"{number}/{which}"
            found |= {f"inverse {name}": raw.hex().encode(), f"raw {name}": raw, f"tens {name}": b"%d" % inverse}
    assert len([name for name in found if name.startswith("raw")]) >= 2 * len(moduli)
    return found


def slip_secrets(hall: StationHall, code: SlipCode) -> dict[str, bytes]:
    credential = Credential.derive(code, hall.manifest.uuid)
    return {
        "code": code.shown().encode(),
        "code without hyphens": code.shown().replace("-", "").encode(),
        "first groups": code.shown()[:14].encode(),
        "credential": credential.public.encode().encode(),
        "secret": str(credential.secret).encode(),
    }


def test_a_slip_on_the_screen_comes_back_with_a_warning_and_ended_it_does_not(page: Any, hall: StationHall) -> None:
    page.goto(f"{hall.station}/#{CODE}")
    hall.order()
    code = slip(page)
    page.reload()
    assert slip(page).value == code.value
    expect(page.get_by_text("Thẻ này đã làm xong trước khi máy dừng")).to_be_visible()
    hall.trouble = lambda path: (
        refusal("DOWN", "", 503) if path.endswith("/xong") and b'"printed"' in hall.bodies("xong")[-1] else None
    )
    printed(page, wait=False)
    page.locator(".link[data-state=down]").wait_for()
    page.reload()  # the press is on the disk, though the registry never heard of it
    hall.trouble = lambda path: None
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    assert hall.orders[0].state == "printed"


def test_a_lost_answer_to_printed_leaves_nothing_behind(page: Any, hall: StationHall) -> None:
    page.goto(f"{hall.station}/#{CODE}")
    hall.order()
    slip(page)
    hall.lost = lambda path: path.endswith("/xong") and hall.orders[0].state == "printed"
    printed(page, wait=False)
    page.locator(".link[data-state=down]").wait_for()
    page.reload()
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    polls = len(hall.bodies("viec"))
    until(page, lambda: len(hall.bodies("viec")) >= polls + 2)  # it has acted on the first of them
    assert page.get_by_role("heading", name="Trạm còn giữ bản ghi").count() == 0


def test_a_registry_that_is_started_again_is_waited_for(page: Any, browser: Any, picture: Any) -> None:
    hall = StationHall()
    with serving(hall):
        page.goto(f"{hall.station}/#{CODE}")
        page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    page.get_by_role("heading", name="Mất liên lạc với máy chủ").wait_for()
    picture("down")
    hall.order()
    with serving(hall):
        page.get_by_role("button", name="Thử lại ngay").click()
        check_one_slip(hall, slip(page))


# --- records that do not open -------------------------------------------------------------------------------------


def begun(page: Any, hall: StationHall) -> None:
    """Bring an order to where it is signed and not delivered, and leave the page."""
    page.goto(f"{hall.station}/#{CODE}")
    hall.trouble = lambda path: refusal("DOWN", "", 503) if path.endswith("/tam") else None
    hall.order()
    wait_for_break(page, hall, "tam")


def test_a_record_that_does_not_open_is_kept_and_said(page: Any, hall: StationHall, picture: Any) -> None:
    begun(page, hall)
    right, hall.orders[0].key = hall.orders[0].key, "11" * 32
    page.reload()
    page.get_by_role("heading", name="Không mở được bản ghi của thẻ").wait_for()
    picture("unreadable")
    assert page.get_by_role("button", name="Làm lại thẻ này").count() == 0
    hall.orders[0].key, hall.trouble = right, lambda path: None
    page.get_by_role("button", name="Thử lại").click()
    check_one_slip(hall, slip(page))


def test_a_record_that_was_never_sent_may_be_made_anew(page: Any, hall: StationHall) -> None:
    page.goto(f"{hall.station}/#{CODE}")
    hall.trouble = lambda path: refusal("DOWN", "", 503) if path.endswith("/cap") else None
    hall.order()
    wait_for_break(page, hall, "cap")
    hall.orders[0].key, hall.trouble = "11" * 32, lambda path: None
    page.reload()
    page.get_by_role("button", name="Làm lại thẻ này").click()
    code = slip(page)
    assert hall.credentials() == {hall.credential(code)}


def test_a_signed_record_without_its_order_is_not_thrown_away_silently(page: Any, hall: StationHall) -> None:
    begun(page, hall)
    gone = hall.orders.pop()
    page.reload()
    page.get_by_role("heading", name="Trạm còn giữ bản ghi").wait_for()
    page.get_by_role("button", name="Giữ lại").click()
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    hall.orders.append(gone)
    hall.trouble = lambda path: None
    check_one_slip(hall, slip(page))


def test_a_slip_that_missed_the_freeze_sends_its_voter_to_an_envelope(
    page: Any, hall: StationHall, picture: Any
) -> None:
    begun(page, hall)
    hall.frozen, hall.trouble = True, lambda path: None
    page.get_by_role("heading", name="Thẻ này không kịp giao cho hòm phiếu").wait_for()
    picture("late")
    page.get_by_role("button", name="Bỏ qua").click()
    page.get_by_role("heading", name="Việc phát thẻ đã kết thúc").wait_for()
    page.reload()
    page.get_by_role("heading", name="Việc phát thẻ đã kết thúc").wait_for()


# --- two windows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", INSECURE])
def test_only_one_window_works_and_the_other_goes_on_when_it_closes(
    machine: Machine, hall: StationHall, host: str
) -> None:
    hall.host = host
    first = machine.start(f"{hall.station}/#{CODE}")
    first.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    second = machine.context.new_page()
    second.goto(hall.station)
    second.get_by_role("heading", name="Trạm đang mở ở một cửa sổ khác").wait_for()
    hall.order()
    code = slip(first)
    if host == "localhost":
        assert second.evaluate("navigator.locks.query().then(({ pending }) => pending.length)") == 1
    for _ in range(2 if host == INSECURE else 0):  # each window tries for the lease as often as the first renews it
        seen = second.evaluate(LEASE)
        until(second, lambda seen=seen: second.evaluate(LEASE) > seen)
    expect(second.get_by_role("heading", name="Trạm đang mở ở một cửa sổ khác")).to_be_visible()
    first.close()
    assert slip(second).value == code.value
    check_one_slip(hall, code)
