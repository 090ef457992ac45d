"""What the people of tests/survival/test_hosts.py do, each at a host of their own; run there as `-m`.

Here live the desk with its organisers, the terminal, and the making of accounts. Never here: an expectation.

    python -m tests.survival.hosts_play people                   at the registry: accounts, their passwords as JSON
    python -m tests.survival.hosts_play desk FOLDER PASSWORDS    the whole day; waits for a line where others must act
    python -m tests.survival.hosts_play terminal FOLDER          casts with the slips that lie there
"""

from __future__ import annotations

import json
import os
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console

from ballot.config import Config
from ballot.demo import organiser, voting
from ballot.demo import play as demo
from ballot.demo.hall import Hall
from ballot.demo.scenario import Row, Scenario
from ballot.demo.server import Server, _create_people
from ballot.demo.stage import Stage
from tally.protocol.archive import ENCRYPTED_TALLY, Archive
from tally.protocol.committee import Committee
from tally.protocol.credential import SlipCode
from tally.protocol.decryption import Binding, decrypt_partially
from tally.protocol.election import Election
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.manifest import Manifest
from tally.protocol.opening import pass_test
from tally.protocol.sums import EncryptedTally
from tests.builders import Board, convene

ROWS = (Row("Khối A", "Cán bộ 1", "Chức vụ 1", (6, 0, 0)), Row("Khối A", "Cán bộ 2", "Chức vụ 2", (1, 2, 3)))
SCENARIO = Scenario(
    slug="may-rieng", title="Mỗi phần một máy", body="Hội đồng (số liệu thử)", session="Kỳ họp thử", date="2026-11-22",
    rule_set="QD96_2023", delegates=8, issued=7, returned=6, rows=ROWS, tests=1,
)  # fmt: skip


def hall(folder: Path, passwords: dict[str, str]) -> Hall:
    """Return a demonstration's hall whose servers are elsewhere."""
    server = Server(Config.from_environ(os.environ), passwords, ())
    return Hall(SCENARIO, folder, Stage(Console(file=StringIO())), server)


def say(word: str, value: object = "") -> None:
    sys.stdout.write(f"{word} {json.dumps(value)}\n")
    sys.stdout.flush()


def wait() -> None:
    """Wait until somebody else has acted."""
    sys.stdin.readline()


def people() -> None:
    say("people", _create_people(Config.from_environ(os.environ)))


def desk(folder: Path, passwords: dict[str, str]) -> None:
    """Seal, issue, open, close, count, and look the record over, each act over HTTP."""
    here = hall(folder, passwords)
    manifest = organiser.create_and_seal(here)
    say("sealed", [manifest.uuid, manifest.hash])
    wait()  # the issuers' operators accept the round
    slips = organiser.issue(here, manifest)
    board = convene(manifest)
    _hand_in_committee(here, board)
    organiser.admit_committee(here, manifest)
    organiser.open_voting(here, manifest)
    say("opened", [slip.shown() for slip in slips])
    wait()  # the terminals
    organiser.void_envelopes(here)
    organiser.close(here, manifest)
    record = demo.download(here, manifest)
    organiser.count(here, manifest, _parts(here, manifest, board, record))
    record = demo.download(here, manifest)
    here.stage.compare(SCENARIO, record)
    say("counted", str(record))


def _hand_in_committee(here: Hall, board: Board) -> None:
    """The committee's members are at one table here; ballot/committee/test_ceremony_server.py puts each at a page."""
    nonces = {owner: sha256_hex(f"nonce {owner}".encode()) for owner in board.shares}
    (here.exchange / "committee.json").write_bytes(board.committee.encode())
    for owner, share in board.shares.items():
        passed = pass_test(board.committee, nonces, owner=owner, secret=share)
        (here.exchange / f"member-{owner}.opening.json").write_bytes(canonical(passed.as_json()))


def _parts(here: Hall, manifest: Manifest, board: Board, record: Path) -> list[Path]:
    election = Election.parse(here.box().get(f"/dot/{manifest.uuid}/election.json"))
    archive = Archive.parse((record / f"{manifest.uuid}.bel").read_bytes())
    sums = archive.of_type(ENCRYPTED_TALLY)[0].data[0]
    tally, committee = EncryptedTally.parse(sums, election), Committee.parse((record / "committee.json").read_bytes())
    here.parts.mkdir()
    for owner in (1, 3):
        binding = Binding(manifest.hash, election.hash, sha256_hex(sums), owner)
        public = committee.trustees.owners[owner - 1]
        part = decrypt_partially(election, tally, binding, public=public, secret=board.shares[owner])
        (here.parts / f"partial-{owner}.json").write_bytes(part.encode())
    return sorted(here.parts.iterdir())


def terminal(folder: Path) -> None:
    """Cast with every slip, and test the machine, knowing the box alone."""
    uuid, codes = json.loads((folder / "slips.json").read_text())
    here = hall(folder, {})
    manifest = Manifest.parse(here.box().get(f"/dot/{uuid}/manifest.json"))
    receipts = voting.vote(here, manifest, [SlipCode.read(code) for code in codes])
    say("cast", [receipt.as_json() for receipt in receipts])


if __name__ == "__main__":
    act, *words = sys.argv[1:]
    if act == "people":
        people()
    elif act == "desk":
        desk(Path(words[0]), json.loads(words[1]))
    else:
        terminal(Path(words[0]))
