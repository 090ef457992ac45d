"""A Dask cluster as an executor, by the address of its scheduler.

Here lives all that knows Dask, which is an optional part of the installation. Never here: a check.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tally.i18n import marked as _
from tally.protocol.errors import CodedError, one_line

PATIENCE = "10s"
_ADDRESS = re.compile(r"(?:tcp|tls)://\S+:[0-9]{1,5}")


class ClusterMissing(CodedError):
    """Dask is not installed here."""

    code = "CLUSTER_MISSING"
    text = _("Chưa cài Dask trên máy này. Xin chạy trong thư mục mã nguồn của phần mềm: pip install '.[cluster]'.")


class ClusterUnreachable(CodedError):
    """No scheduler answers at this address, or it has no workers."""

    code = "CLUSTER_UNREACHABLE"
    text = _("Không có cụm máy Dask nào trả lời ở địa chỉ này, hoặc cụm chưa có tiến trình làm việc (tcp://MÁY:CỔNG).")


class ClusterDiffers(CodedError):
    """A worker of the cluster has another version of this program, or none."""

    code = "CLUSTER_DIFFERS"
    text = _("Máy trong cụm chưa cài chương trình này, hoặc cài phiên bản khác; hãy cài cùng một phiên bản.")


class Cluster(Executor):
    """The workers of a cluster. Dask itself sends work again when a worker dies, up to its own limit."""

    def __init__(self, client: Any) -> None:
        from distributed import KilledWorker

        self._executor = client.get_executor(pure=False)
        self.number = sum(client.nthreads().values())
        self.deaths = (KilledWorker,)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """Hand out a piece of work."""
        future: Future[Any] = self._executor.submit(_as_here, program(), fn, *args, **named)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Forget what is still under way; the cluster goes on without us."""
        self._executor.shutdown(wait=False)


@contextmanager
def connect(address: str) -> Iterator[Executor]:
    """Lend the cluster at `address` (tcp://HOST:PORT).

    Raises ClusterMissing, ClusterUnreachable, ClusterDiffers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterMissing from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would say ends here as a refusal of ours
    try:
        if not _ADDRESS.fullmatch(address):
            raise ValueError
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError):
        raise ClusterUnreachable(one_line(address)) from None
    with client:
        _check_workers(client, address)
        with Cluster(client) as cluster:
            yield cluster


def _check_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise ClusterUnreachable(one_line(address)) from None
    try:
        answers = set(client.run(program).values())
    except Exception:  # whatever a stranger's process answers instead: ImportError, mostly
        raise ClusterDiffers(one_line(address)) from None
    if answers != {program()}:
        raise ClusterDiffers(one_line(address))


def _as_here(expected: str, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
    """Do a piece of work where the program is the one of whoever asks: workers come and go. Raises ClusterDiffers."""
    if program() != expected:
        raise ClusterDiffers
    return fn(*args, **named)


@cache
def program() -> str:
    """Return the SHA-256 of the sources by which ballots are examined: two workers of one hash give one answer."""
    folder, hashed = Path(__file__).parent, hashlib.sha256()
    sources = [folder / "examining.py", *folder.glob("protocol/**/*.py"), *folder.glob("kernel/*.py")]
    for path in sorted(sources):
        hashed.update(f"{path.relative_to(folder).as_posix()}\n".encode() + path.read_bytes())
    return hashed.hexdigest()
