"""Who does the work changes nothing: one verdict and one first error, whatever the executor and whatever dies."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from keys.committee.ceremony import publish_key
from tally import cluster, executors
from tally.checks import one_pass
from tally.executors import MOST_DEATHS, Processes, Workers, WorkersDied, in_order, pool
from tally.protocol.ballot import LIMIT, Ballot
from tally.protocol.group import random_scalar
from tally.protocol.trustees import Single, Trustees
from tally.verify import CheckFailed, verify_archive
from tests.commands import REFUSED, run
from tests.tally.belenios_files import FOLDER, TAMPERED
from tests.tally.dying import always_dies, kills_itself_once, slow_first
from tests.tally.small import cheat, make_archive, make_election, new_credential, vote

ROOT = Path(__file__).parents[2]
VERDICTS = json.loads((FOLDER / "verdicts.json").read_text("utf-8"))
MEGABYTE = os.urandom(64 * 1024) + bytes(960 * 1024)
WHOLE = next((FOLDER / "pedersen").glob("*.bel")).read_bytes()


@pytest.fixture(autouse=True)
def every_ballot_a_piece_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small archives would not be shared out at all."""
    for name in ("LITTLE", "SMALLEST", "LARGEST"):
        monkeypatch.setattr(one_pass, name, 0)


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    with Processes(2) as found:
        yield started(found)


@contextmanager
def scheduler() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a scheduler as a process of its own, on a port that it chooses."""
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen([*command, "--no-dashboard"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield next(line.split()[-1] for line in process.stderr if "Scheduler at:" in line), process
        finally:
            process.kill()


@contextmanager
def worker(address: str, folder: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """Run one worker with the program in `folder`, without a nanny that would start it again."""
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    with subprocess.Popen([*command, "--no-dashboard"], stderr=subprocess.DEVNULL, cwd=folder) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def dask() -> Iterator[tuple[str, list[subprocess.Popen[Any]]]]:
    """Lend the address of a cluster, and its scheduler and two workers, for a test to kill; the last one takes all."""
    with scheduler() as (address, itself), worker(address) as one, worker(address) as two:
        yield address, [itself, one, two]


def started(executor: Executor) -> Executor:
    """Wait until a worker has answered, so that what is tested is done by workers."""
    executor.submit(executors._ready).result()
    return executor


def verdict(raw: bytes, executor: Executor | None, progress: Callable[[int, int], None] = lambda *_: None) -> Any:
    try:
        verified = verify_archive(raw, executor=executor, progress=progress)
    except CheckFailed as failed:
        return failed.check.number, failed.code, str(failed.error)
    return verified.evidence.result.rows


# --- one verdict ----------------------------------------------------------------------------------------------------


def test_processes_give_the_verdict_and_the_first_error_that_this_process_gives(processes: Processes) -> None:
    for case in VERDICTS:
        raw = (TAMPERED / case["file"]).read_bytes()
        assert verdict(raw, processes) == verdict(raw, None), case["file"]


def test_a_cluster_gives_them_too(dask: tuple[str, Any]) -> None:
    with pool(Workers(cluster=dask[0])) as executor:
        assert executor is not None
        for case in VERDICTS[::5]:
            raw = (TAMPERED / case["file"]).read_bytes()
            assert verdict(raw, started(executor)) == verdict(raw, None), case["file"]


def test_of_many_wrong_ballots_the_first_is_named_whoever_works(processes: Processes) -> None:
    secret = random_scalar()
    election = make_election(secret=secret)
    honest = [vote(election, (0, 1, 0)) for _ in range(3)]
    wrong = [cheat(election, (2, 0, 0), new_credential()) for _ in range(3)]
    trustees = Trustees.make((Single(publish_key(secret, None)),))
    archive = make_archive(election, trustees, [*honest, *wrong], {1: secret})[0]
    first = min(number for number, raw in enumerate(archive.ballots) if Ballot.parse(raw) in wrong)
    number, code, said = verdict(archive.encode(), None)
    assert (number, code) == (19, "BAD_PROOF")
    assert f"ballot {first + 1}." in said
    assert verdict(archive.encode(), processes) == (number, code, said)


def test_answers_come_in_the_order_of_the_tasks_whoever_is_first(processes: Processes) -> None:
    assert list(in_order(processes, slow_first, range(30))) == list(range(30))


def test_no_more_is_read_than_the_workers_need() -> None:
    """Backpressure: of a source without end, only what is under way."""
    taken: list[int] = []

    class Waiting(Executor):
        number = 2

        def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_result(fn(*args))
            return future

    answers = in_order(Waiting(), str, (taken.append(n) or n for n in range(10**9)))
    assert [next(answers) for _ in range(5)] == ["0", "1", "2", "3", "4"]
    assert len(taken) <= 5 + executors.AHEAD * Waiting.number


def test_one_worker_is_this_process() -> None:
    with pool(Workers(1)) as executor:
        assert executor is None


def test_an_interrupt_is_left_to_the_process_that_a_person_sees(processes: Processes) -> None:
    assert processes.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN


# --- what dies ------------------------------------------------------------------------------------------------------


def test_what_a_killed_process_was_doing_is_done_again(tmp_path: Path) -> None:
    with Processes(2) as mine:
        started(mine)
        assert list(in_order(mine, partial(kills_itself_once, tmp_path, os.getpid()), range(20))) == list(range(20))
    assert len(list(tmp_path.iterdir())) >= 1


def test_a_process_killed_in_the_middle_of_a_verification_changes_no_verdict() -> None:
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if done >= total // 2 and not killed:
            killed.extend(mine._pool._processes)  # type: ignore[union-attr]
            for number in killed:
                os.kill(number, signal.SIGKILL)

    with Processes(2) as mine:
        started(mine)
        assert verdict(WHOLE, mine, kill) == verdict(WHOLE, None)
    assert len(killed) == 2


def test_work_that_kills_its_worker_again_and_again_ends_in_a_refusal() -> None:
    with Processes(1) as mine:
        started(mine)
        with pytest.raises(WorkersDied) as died:
            list(in_order(mine, partial(always_dies, os.getpid()), range(10**6)))
    assert (died.value.code, died.value.details) == ("WORKERS_DIED", {"times": MOST_DEATHS})


def test_a_worker_of_a_cluster_killed_in_the_middle_changes_no_verdict(dask: tuple[str, Any]) -> None:
    address, (_, first, _) = dask
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if done >= total // 2 and not killed:
            first.kill()
            killed.append(first.wait())

    with pool(Workers(cluster=address)) as executor:
        assert executor is not None
        assert executor.number == 2  # type: ignore[attr-defined]
        assert verdict(WHOLE, started(executor), kill) == verdict(WHOLE, None)
    assert killed == [-signal.SIGKILL]


def test_a_cluster_that_goes_away_in_the_middle_ends_in_a_refusal_and_no_verdict(dask: tuple[str, Any]) -> None:
    address, (itself, *_) = dask
    with pool(Workers(cluster=address)) as executor:
        assert executor is not None
        with pytest.raises(WorkersDied):
            verdict(WHOLE, started(executor), lambda done, total: itself.kill() if done >= total // 2 else None)


# --- no cluster -----------------------------------------------------------------------------------------------------


def test_without_dask_a_cluster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(cluster.ClusterMissing), pool(Workers(cluster="tcp://127.0.0.1:1")):
        pass


@pytest.mark.parametrize("address", ["", "127.0.0.1:8786", "tcp://127.0.0.1", "inproc://1:2", "tcp://127.0.0.1:1"])
def test_an_address_where_no_cluster_answers_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", "200ms")
    with pytest.raises(cluster.ClusterUnreachable), pool(Workers(cluster=address)):
        pass


def test_the_command_says_so_in_a_sentence_and_leaves_the_record_undecided() -> None:
    done = run("tally", "archive", TAMPERED / "00_untouched.bel", "--dask", "tcp://127.0.0.1")
    assert (done.code, done.output.startswith("CLUSTER_UNREACHABLE: tcp://127.0.0.1: ")) == (REFUSED, True)


def test_a_cluster_without_workers_or_with_another_version_of_the_program_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "tally", tmp_path / "tally", ignore=shutil.ignore_patterns("fonts", "__pycache__"))
    with (tmp_path / "tally" / "protocol" / "proofs" / "one_of.py").open("a", encoding="utf-8") as file:
        file.write("# another version\n")
    with scheduler() as (address, _):
        with monkeypatch.context() as hasty:
            hasty.setattr(cluster, "PATIENCE", "500ms")
            with pytest.raises(cluster.ClusterUnreachable), pool(Workers(cluster=address)):
                pass
        with worker(address, tmp_path), pytest.raises(cluster.ClusterDiffers), pool(Workers(cluster=address)):
            pass


def test_a_worker_of_another_version_that_comes_later_does_no_work() -> None:
    assert cluster._as_here(cluster.program(), sum, (1, 2)) == 3
    with pytest.raises(cluster.ClusterDiffers):
        cluster._as_here("another program", sum, (1, 2))


class Sizes(tuple[bytes, ...]):
    """Bodies, as far as batches ask."""

    def size(self, index: int) -> int:
        return len(self[index])


def test_nothing_is_read_and_handed_out_after_a_body_that_is_no_ballot() -> None:
    bodies = Sizes((b"a", b"b" * (LIMIT + 1), b"c"))
    handed = [body for batch in one_pass._batches(bodies, 4 * LIMIT, 1) for body in batch.ballots]  # type: ignore[arg-type]
    assert handed == [bodies[0], bodies[1]]


def test_an_archive_from_a_pipe_is_verified_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=lambda: pipe.write_bytes(WHOLE))
    writing.start()
    done = run("tally", "archive", pipe, "--workers", "1")
    writing.join()
    assert done.code == 0, done


def test_a_command_that_is_ended_leaves_no_copy_of_a_packed_archive(tmp_path: Path) -> None:
    """What a zip holds packed is unpacked beside it, into a file that only this process knows."""
    record, own = tmp_path / "record.zip", tmp_path / "own"
    own.mkdir()
    packed = zipfile.ZipFile(record, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with packed, packed.open("round.bel", "w") as long:
        for _ in range(512):  # megabytes: it is ended long before it is through
            long.write(MEGABYTE)
    ended = subprocess.Popen(
        [sys.executable, "-m", "tally", "verify", str(record)], env=os.environ | {"TMPDIR": str(own)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not any(each.stat().st_size for each in own.glob("tally-*")):  # its first file is Python's own trial
        assert ended.poll() is None
    ended.terminate()
    assert ended.wait(60) == 128 + signal.SIGTERM
    assert list(own.iterdir()) == []
