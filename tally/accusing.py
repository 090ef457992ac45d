"""What follows when a box says one thing here and another there: its own signature names it, or nothing does.

Here lives the comparison of a witness's copy with what the box shows, while voting is open and afterwards. Never here:
a key, a network, a clock, or a word against the box that its own signature does not prove.

SPEC 5.21; threats 5.12, G2, I13.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tally.protocol.checkpoint import CLOSING_WORD, Head, Note, ballots_of, replay
from tally.protocol.encoding import base64_compact, grouped
from tally.protocol.errors import Mismatch, NotSorted, TallyError, WrongShape
from tally.protocol.manifest import Manifest
from tally.witness_errors import BoxContradicts, BoxWentBack, ClosingContradicts, ClosingTooShort
from tally.witnessing import WitnessCopy, is_closing


@dataclass(frozen=True, slots=True)
class Watched:
    """A round as a witness knows it: its manifest, and the hash of its election in hex, where the chain begins."""

    manifest: Manifest
    election: str


# --- while voting is open -------------------------------------------------------------------------------------------


def news(copy: WitnessCopy, served: Sequence[Note], watched: Watched, where: str) -> tuple[Note, ...]:
    """Return the checkpoints that are new, once everything seen before stands unchanged before them.

    Raises BoxContradicts where the box signed two things of which one cannot be, BoxWentBack where it shows fewer than
    before, NotSorted where its true marks stand elsewhere, what `clash` and `replay` raise. Source: SPEC 5.21, step 2.
    """
    seen = copy.said()
    if found := clash(seen, served, watched, where):
        place, old, new = found
        raise contradiction(old, watched.manifest, where, batch=place + 1, kept=_ballots([new]))
    if any(old.lines != new.lines for old, new in zip(seen, served, strict=False)):
        raise NotSorted(where)
    if len(served) < len(seen):
        raise BoxWentBack(where, seen=len(seen), shown=len(served))
    replay(served, watched.manifest, watched.election, where)
    return tuple(served[len(seen) :])


def clash(seen: Sequence[Note], served: Sequence[Note], watched: Watched, where: str) -> tuple[int, Note, Note] | None:
    """Return the first two checkpoints of the box that no one chain can hold, after the place of the one that was seen.

    Whoever stands between can show what the box truly signed in another order, or later marks too early; that proves
    nothing against it. Raises BadSignature, WrongShape. Source: SPEC 5.21, step 2; threats 5.12.
    """
    for i, (expected, new) in enumerate(zip(seen, served, strict=False)):
        if expected.lines == new.lines:
            continue
        new.check(watched.manifest.origin, watched.manifest.box_key, f"{where}[{i}]")  # else it proves nothing
        for place, old in enumerate(seen):
            if _exclude_each_other(old, new, f"{where}[{i}]"):
                return place, old, new
    return None


def _exclude_each_other(old: Note, new: Note, where: str) -> bool:
    """Say whether two checkpoints speak differently of the same ballots. In one chain no two speak of the same."""
    if old.lines == new.lines:
        return False
    (begin, end), (new_begin, new_end) = _span(old, where), _span(new, where)
    return end == new_end or (begin < new_end and new_begin < end)


def _span(note: Note, where: str) -> tuple[int, int]:
    """Return from which number of ballots to which a checkpoint speaks. Raises WrongShape, as of a last word."""
    if len(note.lines) < 3 or not note.lines[1].isdecimal():
        raise WrongShape(where, expected="checkpoint")
    return int(note.lines[1]) - len(ballots_of(note, where)), int(note.lines[1])


def check_last_word(copy: WitnessCopy, closing: Note, watched: Watched, where: str) -> None:
    """Check that closing.txt ends this very chain, and that it was never anything else.

    Raises BoxContradicts, BadSignature, WrongShape, Mismatch. Source: SPEC 5.21, step 3.
    """
    closing.check(watched.manifest.origin, watched.manifest.box_key, where)
    if (old := unending(copy, closing, watched)) is not None:
        if is_closing(old):
            raise last_word_contradicts(old, watched.manifest, where)
        raise ClosingTooShort(where, seen=old.lines[1], size=closing.lines[1], **server(watched.manifest))
    head, _ballots_seen = replay(copy.said(), watched.manifest, watched.election)
    files = [f"manifest {watched.manifest.hash}", f"election {watched.election}"]
    for found, expected in zip(
        closing.lines, [*head.lines(watched.manifest.origin), CLOSING_WORD, *files], strict=False
    ):
        if found != expected:
            raise Mismatch(where, other=expected.partition(" ")[0])
    if len(closing.lines) != 11:
        raise WrongShape(where, expected=CLOSING_WORD)


def unending(copy: WitnessCopy, closing: Note, watched: Watched) -> Note | None:
    """Return the note of this copy with which a last word of the box cannot both be true, or nothing.

    That is another last word, or a mark beyond the last word's end or of another chain with the same end. A last word
    of something else, or one beyond the marks that were shown, proves nothing. Source: SPEC 5.21, step 3.
    """
    if copy.closing is not None and copy.closing.lines != closing.lines:
        return copy.closing
    files = (f"manifest {watched.manifest.hash}", f"election {watched.election}")
    if not is_closing(closing) or closing.lines[4:6] != files or not closing.lines[1].isdecimal():
        return None
    size = int(closing.lines[1])
    for note in copy.said():
        seen = int(note.lines[1])
        if seen > size or (seen == size and note.lines[2] != closing.lines[2]):
            return note
    return None


def head_of(copy: WitnessCopy, watched: Watched) -> Head:
    """Return the end of the chain that this copy knows. Raises what `replay` raises."""
    return replay(copy.said(), watched.manifest, watched.election)[0]


# --- afterwards -----------------------------------------------------------------------------------------------------


def compare(copy: WitnessCopy, checkpoints: Sequence[Note], closing: Note, manifest: Manifest, where: str) -> None:
    """Compare a copy with the notes of a verified record.

    A note that the record has, in another place, is the copy's own fault and proves nothing against anybody; one that
    it has not proves something wherever it stands, as the two notes of a witness's evidence do. Raises BoxContradicts
    naming the server and the batch, NotSorted. Source: SPEC 5.21, step 4; threats 5.12, G2.
    """
    places = {note.lines: i for i, note in enumerate(checkpoints)}
    kept = _ballots(checkpoints)
    for note in copy.checkpoints:
        if note.lines not in places:
            raise contradiction(note, manifest, where, batch=_number(note, checkpoints), kept=kept)
    if copy.closing is not None and copy.closing.lines != closing.lines:
        raise last_word_contradicts(copy.closing, manifest, where)
    for i, note in enumerate(copy.checkpoints):
        if places[note.lines] != i:
            raise NotSorted(f"{where}: {note.lines[1]}")


def _number(note: Note, checkpoints: Sequence[Note]) -> int:
    """Return which batch of the record's chain ends where this note does; a copy need not begin with the first."""
    return 1 + sum(_end(each) < _end(note) for each in checkpoints)


def _end(note: Note) -> int:
    return int(note.lines[1]) if re.fullmatch("[0-9]{1,9}", note.lines[1]) else 0


def contradiction(note: Note, manifest: Manifest, where: str, *, batch: int, kept: set[str]) -> BoxContradicts:
    """Return the error about a checkpoint that the box signed and that is not in its chain any more."""
    missing = sorted(_ballots([note]) - kept)
    shown = ", ".join(base64_compact(bytes.fromhex(each)) for each in missing[:3]) + (", …" if missing[3:] else "")
    return BoxContradicts(
        where, batch=batch, size=note.lines[1], head=_head(note), lost=len(missing), trackers=shown or "–",
        **server(manifest),
    )  # fmt: skip


def last_word_contradicts(note: Note, manifest: Manifest, where: str) -> BoxContradicts:
    """Return the error about a closing.txt that the box signed and that is not the one it shows."""
    root = note.lines[-1].partition(" ")[2]
    return ClosingContradicts(where, size=note.lines[1], root=grouped(root, 16), **server(manifest))


def server(manifest: Manifest) -> dict[str, Any]:
    """Return what names the box in a sentence: its origin, and the key that the sealed manifest gives it."""
    return {"server": manifest.origin, "key": grouped(manifest.box_key, 16)}


def _head(note: Note) -> str:
    try:
        return grouped(note.head.hex(), 16)
    except ValueError:
        return note.lines[2]


def _ballots(notes: Sequence[Note]) -> set[str]:
    """Return the hashes of ballots in notes, of which some may be no checkpoint that anybody should sign."""
    found: set[str] = set()
    for note in notes:
        try:
            found.update(ballots_of(note, "checkpoint"))
        except TallyError:
            continue
    return found
