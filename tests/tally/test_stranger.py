"""A stranger's verifier on archives of ours: belenios-tool of two Debian releases, none of whose code is ours.

Here live archives made by the product and read by somebody else. Never here: a round's strong proofs, which it ignores.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.committee.ceremony import publish_key
from tally.protocol.archive import Archive
from tally.protocol.election import Election
from tally.protocol.group import random_scalar
from tally.protocol.trustees import Single, Trustees
from tally.verify import CheckFailed, verify_archive
from tests.stranger import SUITES, ask
from tests.tally.belenios_files import TAMPERED
from tests.tally.small import (
    RATING,
    UUID,
    WITH_BLANK,
    cheat,
    make_archive,
    make_committee,
    make_election,
    make_manifest,
    new_credential,
    vote,
)

CHOICES = [((1, 0, 0), (0, 0, 0, 1)), ((0, 0, 0), (1, 0, 0, 0)), ((1, 0, 0), (0, 1, 0, 0))]
COUNTS = ((2, 0, 0), (1, 1, 0, 1))
suites = pytest.mark.parametrize("suite", SUITES)


def written(folder: Path, archive: Archive) -> Path:
    path = folder / f"{UUID}.bel"
    path.write_bytes(archive.encode())
    return path


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    secret = random_scalar()
    election = make_election(RATING, WITH_BLANK, secret=secret)
    trustees = Trustees.make((Single(publish_key(secret, None)),))
    ballots = [vote(election, *choices) for choices in CHOICES]
    archive, counts = make_archive(election, trustees, ballots, {1: secret})
    assert counts == COUNTS
    return written(tmp_path_factory.mktemp("single"), archive)


@pytest.fixture(scope="module")
def pedersen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    committee, shares = make_committee(make_manifest())
    trustees = committee.trustees
    election = Election.make(
        name="Lấy phiếu", description="", public_key=trustees.public_key, questions=(RATING, WITH_BLANK), uuid=UUID
    )
    ballots = [vote(election, *choices) for choices in CHOICES]
    archive, counts = make_archive(election, trustees, ballots, {k: shares[k] for k in (1, 3)})
    assert counts == COUNTS
    return written(tmp_path_factory.mktemp("pedersen"), archive)


def test_our_own_verifier_accepts_both(single: Path, pedersen: Path) -> None:
    for path in (single, pedersen):
        assert verify_archive(path.read_bytes()).evidence.result.rows == COUNTS


@suites
def test_a_stranger_accepts_an_archive_of_one_trustee(single: Path, suite: str) -> None:
    done = ask(suite, single)
    assert done.returncode == 0, done.stderr
    assert "3 of 3 ballots" in done.stdout


@suites
def test_a_stranger_accepts_an_archive_of_two_of_three_trustees(pedersen: Path, suite: str) -> None:
    done = ask(suite, pedersen)
    assert done.returncode == 0, done.stderr
    assert "3 of 3 ballots" in done.stdout


@suites
def test_a_stranger_refuses_an_over_vote_that_we_refuse(tmp_path: Path, suite: str) -> None:
    """Everything is hashed, chained, decrypted and published as for an honest ballot; only the proof is false."""
    secret = random_scalar()
    election = make_election(RATING, secret=secret)
    trustees = Trustees.make((Single(publish_key(secret, None)),))
    ballots = [vote(election, (1, 0, 0)), vote(election, (0, 0, 1)), cheat(election, (2, 0, 0), new_credential())]
    archive, counts = make_archive(election, trustees, ballots, {1: secret})
    assert counts == ((3, 0, 1),)
    path = written(tmp_path, archive)
    with pytest.raises(CheckFailed) as failed:
        verify_archive(path.read_bytes())
    assert (failed.value.check.number, failed.value.code) == (19, "BAD_PROOF")
    assert ask(suite, path).returncode == 1


@suites
def test_a_stranger_and_we_agree_that_the_untouched_archive_is_good(suite: str) -> None:
    assert ask(suite, next(TAMPERED.glob("00_*"))).returncode == 0
