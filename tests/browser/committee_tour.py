"""All screens of a member's page one after the other, in either language, each looked at by axe-core and pictured.

Here lives the way through them by place, not by name. Never here: an expectation.
"""

from __future__ import annotations

from typing import Any

from ballot.result import counting
from tests.ballot.hall import Hall
from tests.ballot.members import invite, named
from tests.browser.committee_hall import open_box, vote_and_close
from tests.browser.committee_steps import Seated


class Tourist:
    """A member who looks at every screen."""

    def __init__(self, seated: Seated, lang: str) -> None:
        self.seated, self.lang, self.seen = seated, lang, 0
        seated.page.route("**/", self._translated)

    def _translated(self, route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('<html lang="vi">', f'<html lang="{self.lang}">'))

    def look(self, screen: str, name: str = "") -> None:
        self.seated.screen(screen)
        self.seen += 1
        self.seated.picture(f"{self.lang}-{self.seen:02d}-{name or screen}")

    def act(self) -> None:
        """Press what stands out."""
        self.seated.page.locator("footer .primary").click()

    def other(self, place: int = 0) -> None:
        self.seated.page.locator("footer button:not(.primary)").nth(place).click()

    def type(self, field: str, text: str) -> None:
        self.seated.page.fill(field, text)
        self.act()

    def choose(self, button: str, copy: int) -> None:
        with self.seated.page.expect_file_chooser() as chooser:
            self.seated.page.locator(button).click()
        chooser.value.set_files(self.seated.file(copy))

    def save(self, button: str, copy: int) -> None:
        with self.seated.page.expect_download() as download:
            self.seated.page.locator(button).click()
        download.value.save_as(self.seated.file(copy))

    # --- parts of the way -----------------------------------------------------------------------------------------

    def seat(self, link: str) -> None:
        self.seated.page.goto(link.partition("#")[0])
        self.look("joining")
        self.type("#link", link)
        self.look("meeting")
        self.act()
        self.seated.write_down()
        self.look("phrasing")
        self.other()
        self.look("phrase-typing", "own-passphrase")
        self.other()
        self.seated.screen("phrasing")
        self.act()
        self.look("phrase-typing")
        self.type("#phrase", self.seated.paper)
        self.look("waiting")

    def key(self) -> None:
        self.look("comparing")
        self.other()
        self.look("asking", "words-differ")
        self.act()
        self.seated.screen("comparing")
        self.act()

    def media(self) -> None:
        self.look("saving")
        for copy in (1, 2):
            self.save(f"[data-copy='{copy}']", copy)
        self.act()
        self.look("reading-back")
        for copy in (1, 2):
            self.choose(f"[data-copy='{copy}']", copy)
        self.look("unlocking")
        self.type("#phrase", self.seated.paper)

    def open_file(self) -> None:
        self.seated.screen("bringing")
        self.choose("footer .primary", 1)
        self.seated.screen("unlocking")
        self.type("#phrase", self.seated.paper)

    def part(self, root: str) -> None:
        self.look("closed-menu")
        self.act()
        self.look("getting")
        self.act()
        self.seated.screen("numbers-screen")
        for box in self.seated.page.locator("input[type=checkbox]").all():
            box.check()
        self.look("numbers-screen")
        self.act()
        self.look("root-typing")
        self.type("#root", root)
        self.look("bringing")
        self.open_file()
        self.look("asking", "replace")
        self.save("footer .primary", 1)
        self.act()
        self.seated.page.locator("[data-choice=done]").wait_for()
        self.look("good", "part-sent")
        self.act()

    def end(self) -> None:
        self.look("over-menu")
        self.act()
        self.look("asking", "destroy")
        self.act()
        self.open_file()
        self.seated.page.locator(".over-menu:not(:has(footer))").wait_for()
        self.look("over-menu", "destroyed")


def tour(hall: Hall, one: Seated, two: Seated, lang: str) -> int:
    """Lead both from the invitation to the end of the share; return how many screens the first one looked at."""
    links = invite(named(hall))
    first = Tourist(one, lang)
    first.seat(links[0])
    two.take_seat(links[1])
    first.key()
    two.agree()
    first.media()
    two.save_both()
    two.prove()
    two.rest()
    first.look("resting")
    open_box(hall)
    root = vote_and_close(hall)
    first.part(root)
    two.screen("closed-menu")
    two.decrypt(root)
    counting.tally(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    first.end()
    return first.seen
