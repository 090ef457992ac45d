"""The power is cut at any write of casting and issuing: whoever had an answer finds it kept, and work goes on.

Here live the figures of the README: 200 cuts as a sample, 10,000 by the campaign. Never here: a disk that lies.

    PTN_CUTS=10000 python -m pytest -m campaign -s tests/survival/test_power_cut.py
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ballot.config import BOX, REGISTRY
from ballot.storage import PRAGMAS
from tests.ballot.prepared import Prepared
from tests.survival import found, promises
from tests.survival.cutting import Disk, cuts
from tests.survival.promises import Work, over_layer

CUTS = int(os.environ.get("PTN_CUTS", "10000"))
NORMAL = "ballots with a receipt, synchronous=NORMAL"
A_LOG = 250  # cuts in the log of one session of work, before another is worked
BALLOTS, VOTERS = 36, 5
Capsys = pytest.CaptureFixture[str]
Check = Callable[[Disk, Path], int]


@pytest.fixture(scope="module")
def bodies(prepared: Prepared) -> list[bytes]:
    hall = prepared.at("voting")
    made = [hall.body(number) for number in range(BALLOTS + 1)]
    found.leave(hall)
    return made


@pytest.fixture
def images(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


def casting_work(prepared: Prepared, bodies: list[bytes]) -> Work:
    work = over_layer(prepared.at("voting"))
    promises.cast(work, bodies[:BALLOTS], promises.drafts(work.hall, 4))
    return work.stop()


def cut_all(work: Work, count: int, images: Path, check: Check) -> int:
    """Cut that often and look each time; an image at which a check failed stays where it is."""
    unkept = 0
    for number, disk in enumerate(cuts(work.layer, count)):
        folder = images / f"{work.layer.name}-{number}"
        unkept += check(disk, folder)
        shutil.rmtree(folder)
    return unkept


def cut_casting(
    prepared: Prepared, bodies: list[bytes], images: Path, count: int, *, goes_on: int = 1
) -> tuple[int, int]:
    """Return how many ballots with a receipt there were at all these cuts, and how many were lost.

    After one cut in `goes_on` the work is taken up again as well.
    """
    work, receipted = casting_work(prepared, bodies), 0

    def check(disk: Disk, folder: Path) -> int:
        nonlocal receipted
        whole = secrets.randbelow(goes_on) == 0
        hall = found.restart(work, disk, folder, BOX, migrated=whole)
        receipted += len(work.kept("cast", disk.position))
        missing = found.lost(work, disk, hall)
        found.check_box(hall)
        if whole:
            found.check_casting_goes_on(work, disk, hall)
        found.leave(hall)
        return missing

    missing = cut_all(work, count, images, check)
    return receipted, missing


def cut_issuing(prepared: Prepared, images: Path, count: int) -> tuple[int, int]:
    """Return how many answers of issuers there were at all these cuts, and how many were not given again."""
    work, answered = over_layer(prepared.at("issuing")), 0
    promises.issue(work, VOTERS).stop()

    def check(disk: Disk, folder: Path) -> int:
        nonlocal answered
        hall = found.restart(work, disk, folder, f"{REGISTRY},{BOX}")
        answered += len(work.kept("sign", disk.position)) + len(work.kept("stage", disk.position))
        unkept = found.check_issuing_goes_on(work, disk, hall)
        found.leave(hall)
        return unkept

    unkept = cut_all(work, count, images, check)
    return answered, unkept


def cut_lone_issuer(prepared: Prepared, images: Path, count: int) -> tuple[int, int]:
    """Return the same for an issuer with a database of its own."""
    hall = prepared.at("issuing")
    work, issuer = promises.issue_alone(hall, promises.lone_issuer(hall, images / "issuer"), VOTERS)
    found.leave(hall)
    answered = 0

    def check(disk: Disk, folder: Path) -> int:
        nonlocal answered
        answered += len(work.kept("alone", disk.position))
        return found.check_alone(work, disk, issuer, folder)

    unkept = cut_all(work, count, images, check)
    shutil.rmtree(images / "issuer")
    return answered, unkept


# --- a sample -----------------------------------------------------------------------------------------------------


def test_no_ballot_with_a_receipt_is_lost_when_the_power_is_cut_while_casting(
    prepared: Prepared, bodies: list[bytes], images: Path
) -> None:
    """threats K2, I1, I2"""
    receipted, missing = cut_casting(prepared, bodies, images, 200, goes_on=8)
    assert receipted > 1000
    assert missing == 0


def test_no_blind_signature_is_forgotten_when_the_power_is_cut_while_issuing(prepared: Prepared, images: Path) -> None:
    """threats K2, I1: a voter whose slip was signed and forgotten could be signed a second one."""
    answered, unkept = cut_issuing(prepared, images, 20)
    assert answered > 10
    assert unkept == 0


def test_an_issuer_of_its_own_forgets_nothing_either(prepared: Prepared, images: Path) -> None:
    """threats K2, I1"""
    answered, unkept = cut_lone_issuer(prepared, images, 20)
    assert answered > 10
    assert unkept == 0


# threats I1
def test_the_same_cuts_lose_ballots_under_the_setting_that_is_usually_recommended(
    prepared: Prepared, bodies: list[bytes], images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The harness sees what it is there to see: with `synchronous=NORMAL` receipted ballots vanish. threats K2"""
    receipted, missing = cut_normal(prepared, bodies, images, 20, monkeypatch)
    assert missing > receipted // 10


def cut_normal(
    prepared: Prepared, bodies: list[bytes], images: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, int]:
    """Return receipted and lost ballots where the law of storage is broken on purpose."""
    with monkeypatch.context() as broken:
        broken.setitem(PRAGMAS, "synchronous", ("NORMAL", 1))
        work = casting_work(prepared, bodies)
    receipted = 0

    def check(disk: Disk, folder: Path) -> int:
        nonlocal receipted
        receipted += len(work.kept("cast", disk.position))
        hall = found.restart(work, disk, folder, BOX, migrated=False)
        missing = found.lost(work, disk, hall)
        found.check_box(hall)  # not one file is damaged: nothing would warn
        found.leave(hall)
        return missing

    missing = cut_all(work, count, images, check)
    return receipted, missing


# --- the campaign -------------------------------------------------------------------------------------------------


@pytest.mark.campaign
def test_nothing_answered_is_lost_in_ten_thousand_cuts(
    prepared: Prepared, bodies: list[bytes], images: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    """threats K2, I1, I2: prints the figures of the README."""
    totals: dict[str, list[int]] = {}
    for number in range(0, CUTS, A_LOG):
        count = min(A_LOG, CUTS - number)
        issuing = max(1, count // 20)
        _add(totals, "ballots with a receipt", count, cut_casting(prepared, bodies, images, count, goes_on=4))
        _add(totals, "answers while issuing", issuing, cut_issuing(prepared, images, issuing))
        _add(totals, "answers of an issuer of its own", issuing, cut_lone_issuer(prepared, images, issuing))
        with capsys.disabled():
            print(f"\r{number + count} of {CUTS} cuts", end="", flush=True)
    _add(totals, NORMAL, 200, cut_normal(prepared, bodies, images, 200, monkeypatch))
    with capsys.disabled():
        for what, (count, promised, unkept) in totals.items():
            bound = f", in fewer than {300 / count:.3f} % of cuts (95 %)" if not unkept else ""
            print(f"\npower cuts: {count:>6}  {what}: {promised}  lost: {unkept}{bound}", end="")
        print()
    assert {what for what, (_, _, unkept) in totals.items() if unkept} == {NORMAL}


def _add(totals: dict[str, list[int]], what: str, count: int, found: tuple[int, int]) -> None:
    before = totals.get(what, [0, 0, 0])
    totals[what] = [old + new for old, new in zip(before, (count, *found), strict=True)]
