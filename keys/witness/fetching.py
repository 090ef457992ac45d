"""What a witness fetches of a round before it watches: the sealed files, checked from the paper down.

Here live these files and their checks. Never here: a file that is believed because the box sent it.
"""

from __future__ import annotations

from pathlib import Path

from keys import disk
from keys.witness.errors import BoxDeclines
from keys.witness.line import Line
from tally.accusing import Watched
from tally.protocol.committee import Committee
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Incomplete, Mismatch, OriginUnproven
from tally.protocol.manifest import Manifest

LEAST_DIGITS = 32
LIMIT = 8 * 1024 * 1024
NOT_YET = ("INCOMPLETE", "ROUND_NOT_PUBLISHED")


def fetch(folder: Path, line: Line, *, uuid: str, typed: str) -> Watched:
    """Fetch manifest and committee, check them against the hash from paper, keep them in `folder`.

    Raises Incomplete before the committee has its key, OriginUnproven, Mismatch for other files than those kept, and
    what their readers and the line refuse. Source: SPEC 5.21, step 1.
    """
    sealed = line.get(f"/dot/{uuid}/manifest.json", LIMIT)
    digits = "".join(typed.split()).lower()
    if len(digits) < LEAST_DIGITS or not sha256_hex(sealed).startswith(digits):
        raise OriginUnproven("manifest.json")
    manifest = Manifest.parse(sealed)
    if manifest.uuid != uuid:
        raise Mismatch("manifest.json.uuid", other=uuid)
    members = _committee(line, uuid)
    watched = Watched(manifest, _election(manifest, Committee.parse(members)))
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in (("manifest.json", sealed), ("committee.json", members)):
        _keep_once(folder / name, raw)
    return watched


def _committee(line: Line, uuid: str) -> bytes:
    try:
        return line.get(f"/dot/{uuid}/committee.json", LIMIT)
    except BoxDeclines as error:
        if error.details["reason"] not in NOT_YET:
            raise
        raise Incomplete("committee.json", missing="committee.json") from None


def _election(manifest: Manifest, committee: Committee) -> str:
    """Return the hash of the one election that this manifest and this committee make. SPEC 4.5."""
    committee.check_for(manifest)
    committee.check_ceremony()
    return committee.election(manifest).hash


def _keep_once(path: Path, raw: bytes) -> None:
    """Keep a file that never changes: another one under this name is another round, or two truths. Raises Mismatch."""
    if not path.is_file():
        disk.replace(path, raw)
    elif path.read_bytes() != raw:
        raise Mismatch(path.name, other=sha256_hex(path.read_bytes()))
