"""One committee, some members in a browser and some with `keys trustee`: they make one key and open each other's files.

Here live the ceremony by folder with members of both kinds. Never here: a message made by neither.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from keys.committee import exchange
from keys.committee.exchange import Exchange
from keys.committee.memory import Memory
from keys.committee.trustee import TrusteeFile
from keys.store import KdfCost
from tally.protocol.ceremony import transcript_of
from tally.protocol.committee import Committee, Member
from tally.protocol.encoding import canonical
from tally.protocol.fingerprint import fingerprint
from tally.protocol.group import Q, g_pow
from tally.protocol.opening import Passed
from tally.protocol.result import lagrange
from tally.protocol.trustees import Pedersen
from tests.builders import new_hall, seal

CROSS = Path(__file__).parent / "committee_cross.mjs"
PHRASE = "bàn tay con mèo hoa sen lá cờ ô tô núi lửa"
SIZE, THRESHOLD = 4, 3
STEPS = ("commit", "reveal", "key", "nonce", "opening")
KINDS = {"commit": "commitment"}


@dataclass
class Table:
    """The folder, the members of both kinds, and what a browser's members have said of the six words."""

    node: str
    folder: Path
    in_browser: tuple[int, ...]
    files: dict[int, Path] = field(default_factory=dict)
    words: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def exchange(self) -> Exchange:
        return Exchange(self.folder / "exchange")

    def ask(self, act: str, **request: Any) -> Any:
        text = json.dumps({"act": act, "passphrase": PHRASE, "manifest": self.read("manifest.json"), **request})
        done = subprocess.run([self.node, str(CROSS)], input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def read(self, name: str) -> str:
        return (self.exchange.folder / name).read_text("utf-8")

    def messages(self) -> dict[str, dict[int, Any]]:
        paths = sorted(self.exchange.folder.glob("member-*.json"))
        found: dict[str, dict[int, Any]] = {}
        for path in paths:
            member, kind, _ = path.name.split(".")
            found.setdefault(kind, {})[int(member.removeprefix("member-"))] = json.loads(path.read_text("utf-8"))
        return found

    def join(self, index: int) -> None:
        path = self.files[index] = self.folder / f"{index}.trustee.key"
        if index in self.in_browser:
            answer = self.ask("join", index=index)
            self.keep(index, answer["file"])
            self.exchange.put(index, "certificate", answer["message"])
        else:
            exchange.join(self.exchange, TrusteeFile(path, PHRASE), index, cost=KdfCost(ops=1, mem=8192))

    def step(self, index: int, act: str) -> None:
        if index not in self.in_browser:
            exchange.proceed(self.exchange, TrusteeFile(self.files[index], PHRASE))
            return
        more = {"committee": self.read("committee.json"), "call": self.call()} if act == "opening" else {}
        answer = self.ask(act, file=self.files[index].read_bytes().hex(), messages=self.messages(), **more)
        self.keep(index, answer["file"])
        self.exchange.put(index, KINDS.get(act, act), answer["message"])
        self.words |= {tuple(answer["words"])} if "words" in answer else set()

    def call(self) -> Any:
        return json.loads(self.read("opening-call.json"))

    def keep(self, index: int, file: str) -> None:
        self.files[index].write_bytes(bytes.fromhex(file))
        self.files[index].chmod(0o600)


@pytest.fixture(scope="module", params=[(1, 2), (3, 4)], ids=["browser first", "browser last"])
def table(request: pytest.FixtureRequest, node: str, dist: Path, tmp_path_factory: Any) -> Iterator[Table]:
    folder = tmp_path_factory.mktemp("committee")
    (folder / "exchange").mkdir()
    made = Table(node, folder, request.param)
    raw = seal(new_hall(), committee_size=SIZE, threshold=THRESHOLD).raw
    made.exchange.put_file("manifest.json", raw)
    for index in range(1, SIZE + 1):
        made.join(index)
    for act in STEPS:
        if act == "nonce":
            exchange.finish(made.exchange, tuple(Member(f"Ủy viên {i}", "") for i in range(1, SIZE + 1)))
        if act == "opening":
            exchange.call_opening(made.exchange)
        for index in range(1, SIZE + 1):
            made.step(index, act)
    yield made


def committee_of(table: Table) -> Committee:
    committee = table.exchange.committee()
    committee.check_for(table.exchange.manifest())
    committee.check_ceremony()
    return committee


def memories(table: Table) -> dict[int, Memory]:
    return {index: TrusteeFile(path, PHRASE).load() for index, path in table.files.items()}


def test_any_three_files_of_either_kind_hold_the_key_and_python_opens_them_all(table: Table) -> None:
    found, public = memories(table), committee_of(table).trustees.public_key
    for chosen in combinations(found, THRESHOLD):
        secret = sum(found[k].require_share() * lagrange(list(chosen), k) for k in chosen) % Q
        assert g_pow(secret) == public, chosen


def test_both_kinds_remember_the_same_transcript_and_no_polynomial(table: Table) -> None:
    transcript = transcript_of(committee_of(table))
    for memory in memories(table).values():
        assert memory.transcript == transcript
        assert memory.polynomial.coefficients == ()


def test_everybody_passes_the_opening_test_and_python_checks_it(table: Table) -> None:
    nonces, committee = exchange.read_call(table.exchange), committee_of(table)
    for passed in exchange.passed_tests(table.exchange):
        passed.check(committee, nonces, f"member {passed.owner}")


def test_the_browser_checks_the_opening_tests_of_python_too(table: Table) -> None:
    opening = list(table.messages()["opening"].values())
    assert table.ask("tests", committee=table.read("committee.json"), call=table.call(), opening=opening) == SIZE


def test_the_browser_opens_a_file_that_python_wrote_and_takes_the_test_with_it(table: Table) -> None:
    index = next(i for i in table.files if i not in table.in_browser)
    asked = {"file": table.files[index].read_bytes().hex(), "committee": table.read("committee.json")}
    answer = table.ask("opening", call=table.call(), **asked)
    passed = Passed.parse(answer["message"], f"member {index}")
    passed.check(committee_of(table), exchange.read_call(table.exchange), f"member {index}")
    before = memories(table)[index]
    table.keep(index, answer["file"])  # sealed anew by the browser, and still Python's to read
    assert memories(table)[index] == before


def test_all_screens_show_the_six_words_that_follow_from_the_record(table: Table) -> None:
    committee = committee_of(table)
    item = committee.trustees.items[0]
    assert isinstance(item, Pedersen)
    assert table.words == {fingerprint(transcript_of(committee), item.coefexps)}


def test_the_messages_in_the_folder_are_in_their_one_spelling(table: Table) -> None:
    for path in table.exchange.folder.glob("member-*.json"):
        assert canonical(json.loads(path.read_bytes())) == path.read_bytes(), path.name
