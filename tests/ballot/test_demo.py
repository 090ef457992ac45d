"""The demonstration, played once as a separate process: what it must leave behind, and what it must not."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from ballot.demo.scenario import Scenario, published, rare_cases
from tally.protocol.credential import ALPHABET, SlipCode
from tally.protocol.errors import BadCode
from tally.record import Record
from tally.verify import VerifiedRecord, verify_record
from tests.commands import DONE, Done, run, tally

STRICT = Path(__file__).parent.parent / "tools" / "belenios-strict"
UNAVAILABLE = 75
GROUPED = re.compile(rf"[{ALPHABET}]{{4}}(?:-[{ALPHABET}]{{4}}){{6}}".encode())
PLAIN = re.compile(rf"(?<![0-9A-Za-z])[{ALPHABET}]{{28}}(?![0-9A-Za-z])".encode())


@dataclass(frozen=True)
class Demo:
    """The ended command and the folder it wrote."""

    done: Done
    folder: Path

    def record(self, scenario: Scenario) -> Path:
        return self.folder / "trinh-dien" / scenario.slug / "record"

    @property
    def server(self) -> Path:
        return self.folder / "trinh-dien" / "may-chu"

    def database(self, name: str) -> bytes:
        """The database's file with its log, as somebody would carry them away."""
        return b"".join(path.read_bytes() for path in sorted(self.server.glob(f"{name}.db*")))

    def files(self) -> Iterator[tuple[Path, bytes]]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                yield path, path.read_bytes()


ROUNDS = pytest.mark.parametrize("scenario", [published(), rare_cases()], ids=lambda s: s.slug)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("trình diễn")
    return Demo(run("ballot", "demo", "--no-serve", "--dir", folder, timeout=900), folder)


@pytest.fixture(scope="module")
def verified(demo: Demo) -> dict[str, VerifiedRecord]:
    records = {s.slug: Record.read(demo.record(s)) for s in (published(), rare_cases())}
    return {slug: verify_record(record) for slug, record in records.items()}


def officials(demo: Demo, scenario: Scenario) -> list[dict[str, Any]]:
    return json.loads((demo.record(scenario) / "result.json").read_bytes())["officials"]


def test_it_ends_well(demo: Demo) -> None:
    assert demo.done.code == DONE, demo.done.output


def test_the_published_round_is_the_one_of_eighteen_officials(demo: Demo) -> None:
    assert len(officials(demo, published())) == 18


@ROUNDS
def test_every_number_is_the_one_it_was_played_from(demo: Demo, scenario: Scenario) -> None:
    found = [(row["position"], tuple(row["counts"]), row["void"]) for row in officials(demo, scenario)]
    assert found == [(row.position, row.counts, scenario.voids(row)) for row in scenario.rows]


@ROUNDS
def test_every_record_verifies(verified: dict[str, VerifiedRecord], scenario: Scenario) -> None:
    evidence = verified[scenario.slug].evidence
    assert (evidence.credentials.issued, len(evidence.ballots)) == (scenario.issued, scenario.returned)
    assert evidence.manifest.rehearsal


@ROUNDS
def test_every_round_has_its_report(demo: Demo, scenario: Scenario) -> None:
    assert (demo.record(scenario) / "report" / "ket-qua.pdf").read_bytes().startswith(b"%PDF-")


def test_the_rare_cases_are_flagged_as_they_must_be(demo: Demo) -> None:
    rows = {row["position"]: row for row in officials(demo, rare_cases())}
    flags = {position: (row["thresholds"], row["void"]) for position, row in rows.items()}
    assert flags["Bí thư"] == ([], 0)  # unanimous
    assert flags["Phó Bí thư"] == (["two_thirds", "over_half"], 0)  # exactly two thirds low
    assert flags["Trưởng Ban Tổ chức"] == (["over_half"], 0)  # one below
    assert flags["Chủ nhiệm Ủy ban Kiểm tra"] == ([], 0)  # exactly one half
    assert flags["Trưởng Ban Tuyên giáo và Dân vận"] == (["over_half"], 0)  # one above
    assert flags["Chủ tịch UBND"] == ([], 1)
    assert [row["void"] for row in rows.values() if sum(row["counts"]) == 0] == [30]
    assert rows["Phó Bí thư"]["percent"][2] == "66,67%"


def test_the_rare_round_has_tested_terminals(verified: dict[str, VerifiedRecord]) -> None:
    assert len(verified[rare_cases().slug].evidence.spoiled.ballots) == rare_cases().tests


# --- what must not be there ---------------------------------------------------------------------------------------


def test_no_issuer_key_is_left(demo: Demo) -> None:
    names = [path.name for path, _ in demo.files()]
    assert [name for name in names if name.endswith(".issuer.key")] == []
    assert len([name for name in names if name.endswith(".trustee.key")]) == 6


def is_slip(candidate: bytes) -> bool:
    try:
        SlipCode.read(candidate.decode("ascii"))
    except BadCode:
        return False
    return True


def slips_in(raw: bytes) -> list[bytes]:
    return [found for found in (*GROUPED.findall(raw), *PLAIN.findall(raw)) if is_slip(found)]


def test_a_slip_would_be_found() -> None:
    shown = SlipCode.random().shown().encode()
    assert slips_in(b'{"code":"' + shown + b'"}') == [shown]
    assert slips_in(b"x " + shown.replace(b"-", b"") + b"\n") == [shown.replace(b"-", b"")]


def test_no_slip_is_left_in_any_file_nor_on_the_screen(demo: Demo) -> None:
    assert {path.name: found for path, raw in demo.files() if (found := slips_in(raw))} == {}
    assert slips_in(demo.done.output.encode()) == []


def test_only_the_registry_knows_the_voters(demo: Demo) -> None:
    knowing = [path.name for path, raw in demo.files() if "Đại biểu 001".encode() in raw]
    assert knowing
    assert {name.split("-")[0] for name in knowing} == {"registry.db"}
    assert "Đại biểu".encode() in demo.database("registry")


def public_texts(demo: Demo) -> bytes:
    """The manifests: the one thing both databases hold."""
    return b"".join(path.read_bytes() for path in demo.folder.rglob("exchange/manifest.json"))


def test_no_voter_stands_in_the_box(demo: Demo) -> None:
    box, allowed = demo.database("box"), public_texts(demo)
    names = [f"Đại biểu {n:03d}".encode() for n in range(1, published().delegates + 1)]
    assert [name for name in names if name in box and name not in allowed] == []


def spellings(digest: bytes) -> tuple[bytes, ...]:
    return digest, digest.hex().encode(), base64.b64encode(digest).rstrip(b"=")


def test_no_credential_and_no_tracker_stands_in_the_registry(demo: Demo, verified: dict[str, VerifiedRecord]) -> None:
    registry, box = demo.database("registry"), demo.database("box")
    for record in verified.values():
        ballots = record.evidence.ballots
        secrets = [b.credential.raw for b in ballots] + [bytes.fromhex(b.hash) for b in ballots]
        assert all(secret in box for secret in secrets)  # where they may be, the search does find them
        assert [secret.hex() for secret in secrets for text in spellings(secret) if text in registry] == []


def test_no_key_file_is_readable_without_its_passphrase(demo: Demo) -> None:
    passphrases = re.findall(r"(?:[0-9a-f]{6}-){3}[0-9a-f]{6}", demo.done.output)
    assert len(passphrases) == 2
    assert [path.name for path, raw in demo.files() if any(words.encode() in raw for words in passphrases)] == []


# --- somebody else's verifier -------------------------------------------------------------------------------------


@ROUNDS
def test_belenios_accepts_the_archive_and_its_ballots_one_by_one(demo: Demo, scenario: Scenario) -> None:
    if not STRICT.is_file():
        pytest.skip("tests/tools/belenios-strict is not there")
    archive = next(demo.record(scenario).glob("*.bel"))
    sample = ["--sample", "5"] if scenario.returned > 40 else []
    command = [sys.executable, str(STRICT), str(archive), *sample]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode == UNAVAILABLE:
        pytest.skip("belenios-tool cannot be had here")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_documents_of_the_second_round_are_signed_and_say_that_it_was_a_rehearsal(demo: Demo) -> None:
    (kit,) = (demo.folder / "trinh-dien" / rare_cases().slug / "bo-ky").iterdir()
    code, output = tally("signed", kit)
    assert code == DONE, output
    assert output.count("2 chữ ký đúng") == 2
    for name in ("bien-ban-kiem-phieu", "bao-cao-ket-qua"):
        pages = PdfReader(kit / "report" / "signed" / f"{name}.pdf").pages
        assert all("DIỄN TẬP – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in page.extract_text() for page in pages)
