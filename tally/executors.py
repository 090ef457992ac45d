"""Who does the work on ballots: this process, processes of this machine, or a Dask cluster, behind one `Executor`.

Here live starting and lending workers, and asking them in order while some of them die. Never here: a check, or an
answer that depends on who gave it.

A worker is believed as this process is: whoever runs one can make it say that a proof holds. A cluster is therefore
part of the machine on which somebody verifies, on a network that nobody else uses (SPEC 7.1).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from tally.i18n import marked as _
from tally.protocol.errors import CodedError

MOST_DEATHS = 3
AHEAD = 3
"""Tasks that are under way for each worker: enough that none waits, and all there is in memory at once."""

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class WorkersDied(CodedError):
    """The same piece of work was lost with its worker again and again: no verdict, rather than an endless loop."""

    code = "WORKERS_DIED"
    text = _("Các tiến trình kiểm chứng bị dừng {times} lần ở cùng một phần việc; chưa có kết luận gì về hồ sơ.")


@dataclass(frozen=True, slots=True)
class Workers:
    """What a person asked for: a number of processes (None: all cores), or the address of a Dask cluster."""

    number: int | None = None
    cluster: str | None = None


def pool(workers: Workers) -> AbstractContextManager[Executor | None]:
    """Lend an executor, or nothing where this process does the work. Raises what `cluster.connect` raises."""
    if workers.cluster is not None:
        from tally.cluster import connect

        return connect(workers.cluster)
    number = workers.number or cores()
    return nullcontext() if number == 1 else Processes(number)


class Processes(Executor):
    """A pool of processes that is made anew when one of them is killed; none is started before there is work."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._context = _context()
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, fn: Callable[..., Answer], /, *args: Any, **named: Any) -> Future[Answer]:
        """Hand out a piece of work; of a pool that broke, the answers are lost and the next piece begins a new one."""
        if self._pool is not None:
            try:
                return self._pool.submit(fn, *args, **named)
            except BrokenExecutor:
                self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = ProcessPoolExecutor(self.number, mp_context=self._context, initializer=_leave_interrupts)
        return self._pool.submit(fn, *args, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the processes go; what nobody waits for any more is not begun."""
        if self._pool is not None:
            self._pool.shutdown(wait=wait, cancel_futures=True)


def _leave_interrupts() -> None:
    """Let the one process that a person interrupts say so; its workers end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _context() -> BaseContext:
    """Choose how processes start: never by a fork of this one, which would copy the locks of a progress bar."""
    if sys.platform == "darwin" or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tally.examining"])
    return context


# --- asking ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sent:
    task: Any
    future: Future[Any]
    deaths: int = 0


def in_order(executor: Executor | None, work: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[Answer]:
    """Yield the answer to each task in the order of the tasks, with a bounded number under way.

    What a worker took with it when it died is sent again. While the first worker is starting, this process works
    itself, so that little work is not slower for having had help. Raises WorkersDied.
    """
    if executor is None:
        yield from map(work, tasks)
        return
    under_way: deque[_Sent] = deque()
    first, most = executor.submit(_ready), AHEAD * number_of(executor)
    try:
        for task in tasks:
            if not under_way and not first.done():
                yield work(task)
                continue
            under_way.append(_Sent(task, executor.submit(work, task)))
            if len(under_way) >= most:
                yield _answer(executor, work, under_way)
        while under_way:
            yield _answer(executor, work, under_way)
    finally:
        for sent in under_way:
            sent.future.cancel()


def _answer(executor: Executor, work: Callable[[Any], Answer], under_way: deque[_Sent]) -> Answer:
    """Return the oldest answer; what died with a worker meanwhile is sent again, and counted."""
    while True:
        try:
            answer: Answer = under_way[0].future.result()
        except _deaths(executor):
            for sent in under_way:
                if _died(executor, sent.future):
                    _send_again(executor, work, sent)
        else:
            under_way.popleft()
            return answer


def _died(executor: Executor, future: Future[Any]) -> bool:
    return future.cancelled() or (future.done() and isinstance(future.exception(), _deaths(executor)))


def _send_again(executor: Executor, work: Callable[[Any], Any], sent: _Sent) -> None:
    sent.deaths += 1
    if sent.deaths >= MOST_DEATHS or sent.future.cancelled():  # cancelled: there is no scheduler any more
        raise WorkersDied(times=sent.deaths)
    sent.future = executor.submit(work, sent.task)


def number_of(executor: Executor | None) -> int:
    """Return how many workers an executor has, as far as it says."""
    return 1 if executor is None else getattr(executor, "number", None) or cores()


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _deaths(executor: Executor) -> tuple[type[BaseException], ...]:
    return (BrokenExecutor, CancelledError, *getattr(executor, "deaths", ()))


def _ready() -> None:
    """Answer, which a worker can as soon as it has started."""
