"""Plays one round from the sealed manifest to the report, in the order of a real day.

Here lives that order. Never here: cryptography, or a number that the tools did not produce.
"""

from __future__ import annotations

from pathlib import Path

from ballot.demo import committee, registry, tools, voting
from ballot.demo.hall import Hall


def play(hall: Hall) -> Path:
    """Play a whole round and return the folder of its record. Raises ToolFailed, ResultDiffers and refusals."""
    hall.stage.title(f"{hall.scenario.body}: {hall.scenario.title}")
    sealed = registry.seal(hall)
    issued = registry.issue(hall, sealed)
    ready = committee.make_key(hall, sealed)
    box = voting.vote(hall, sealed, issued, ready)
    root = voting.close(hall, sealed, issued, ready, box)
    parts = committee.decrypt(hall, root, seats=(1, 3))
    count(hall, parts, sealed.manifest.hash)
    hall.stage.compare(hall.scenario, hall.record)
    hall.stage.note(f"Mật khẩu của các tệp khóa trình diễn trong {hall.keys}: {hall.passphrase}")
    return hall.record


def count(hall: Hall, parts: list[Path], manifest_hash: str) -> None:
    """Count, verify and report, each as its own process, so that the application never counts."""
    hall.stage.note("Kiểm phiếu: tally count")
    tools.run("tally", "count", hall.record, *parts)
    hall.stage.note(f"Kiểm chứng với mã trên giấy: tally verify {hall.record} --manifest …")
    tools.run("tally", "verify", hall.record, "--manifest", manifest_hash, show=True)
    hall.stage.note("Lập báo cáo: tally report")
    tools.run("tally", "report", hall.record, "--manifest", manifest_hash)


def fresh(folder: Path) -> Path:
    """Return a path at which nothing stands: `folder` itself, or with a number when earlier rounds are there."""
    candidate, number = folder, 1
    while candidate.exists():
        number += 1
        candidate = folder.with_name(f"{folder.name}-{number}")
    return candidate
