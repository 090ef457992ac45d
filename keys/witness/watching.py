"""One look at the box: fetch, compare with everything seen before, sign what is new, keep it, leave the signature.

Here lives the order of these acts. Never here: a signature under anything that was not compared first, or one that
leaves this machine before the copy with it is on the disk.

    watch = Watch(folder, line, fetch(folder, line, uuid=uuid, typed=hash_from_paper), signer)
    look = watch.look()          # again and again until look.ended
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keys import disk
from keys.witness.errors import BoxDeclines, BoxNotReached, WitnessOfAnother
from keys.witness.fetching import NOT_YET
from keys.witness.key import WitnessSigner
from keys.witness.line import Line
from tally.accusing import Watched, check_last_word, clash, head_of, news, unending
from tally.protocol.checkpoint import LIMIT, Head, Note, encode_notes, parse_notes
from tally.protocol.cosignature import box_part, cosignature_of
from tally.protocol.encoding import decode
from tally.protocol.errors import Mismatch, WrongShape
from tally.protocol.phase import Phase
from tally.record import CLOSING, FILE_LIMIT, Record
from tally.verify import Listener, tell_nobody, verify_closed
from tally.witness_errors import BoxContradicts
from tally.witnessing import WitnessCopy

MOST_AT_ONCE = 200
"""Notes in one request, each about a kilobyte."""
ENDED = (Phase.CLOSED.value, Phase.TALLIED.value, Phase.CERTIFIED.value)
EVIDENCE = "bang-chung.txt"
SERVED = "moc.txt"


@dataclass(frozen=True, slots=True)
class Look:
    """What one look showed: the box's phase, the end of the chain, how many notes were new, why the box took none.

    `root` is empty until the last word was checked against the whole record.
    """

    phase: str
    head: Head
    new: int
    root: str = ""
    declined: str = ""

    @property
    def only_claimed(self) -> bool:
        """Whether the box says that the round was annulled: a word that nobody signed."""
        return self.phase == Phase.VOID.value

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to wait for."""
        late = self.phase in ENDED[1:]  # after the count the box takes nothing any more
        return self.only_claimed or (bool(self.root) and (late or not self.declined))


class Watch:
    """A witness of one round, with a folder that keeps everything seen."""

    def __init__(self, folder: Path, line: Line, watched: Watched, signer: WitnessSigner | None) -> None:
        """Open the copy in `folder`, or begin it. Raises WitnessOfAnother, and what reading a copy refuses."""
        self.folder, self.line, self.watched, self.signer = folder, line, watched, signer
        self.copy = self._kept()
        self._left = 0

    @property
    def path(self) -> Path:
        """Where the copy lies."""
        return self.folder / (f"witness-{self.signer.name}.txt" if self.signer else "witness.txt")

    def look(self, listener: Listener = tell_nobody) -> Look:
        """Look once.

        Raises BoxContradicts (both notes are then in EVIDENCE, and nothing is signed), BoxWentBack, CheckFailed where
        the record does not verify, and what the line refuses. Source: SPEC 5.21, steps 2, 3 and 5.
        """
        phase = self._phase()
        if phase == Phase.VOID.value:
            return Look(phase, head_of(self.copy, self.watched), 0)
        served = self._notes(SERVED)
        try:
            fresh = news(self.copy, served, self.watched, SERVED)
        except BoxContradicts:
            if found := clash(self.copy.said(), served, self.watched, SERVED):
                self._keep_evidence(*found[1:])
            raise
        if fresh:
            self._sign(fresh)
        root = self._last_word(listener) if phase in ENDED else ""
        return Look(phase, head_of(self.copy, self.watched), len(fresh), root, self._leave())

    # --- what the box says ---------------------------------------------------------------------------------------

    def _phase(self) -> str:
        value = decode(self.line.get(self._at("diem-cau.json")), "diem-cau.json", limit=4096, exact=False)
        if not isinstance(value, dict) or value.get("phase") not in [phase.value for phase in Phase]:
            raise WrongShape("diem-cau.json", expected="phase")
        return str(value["phase"])

    def _notes(self, name: str) -> tuple[Note, ...]:
        return parse_notes(self.line.get(self._at(name), LIMIT), name)

    def _at(self, name: str) -> str:
        return f"/dot/{self.watched.manifest.uuid}/{name}"

    def _last_word(self, listener: Listener) -> str:
        """Fetch closing.txt and the record, verify all of it, sign; return the root, or nothing if it is not there yet.

        SPEC 5.21, step 3: a root is signed by those who have computed it.
        """
        try:
            (closing,) = self._notes(CLOSING)
        except ValueError:
            raise WrongShape(CLOSING, expected="1") from None
        except BoxDeclines as error:
            if error.details["reason"] in NOT_YET:
                return ""
            raise
        try:
            check_last_word(self.copy, closing, self.watched, CLOSING)
        except BoxContradicts:
            if (old := unending(self.copy, closing, self.watched)) is not None:
                self._keep_evidence(old, closing)
            raise
        root = self._verified_root(closing, listener)
        if self.copy.closing is None:
            self._sign([closing])
        return root

    def _verified_root(self, closing: Note, listener: Listener) -> str:
        path = self.folder / "ho-so.zip"
        if self.copy.closing is None:
            disk.replace(path, self.line.get(self._at("ho-so.zip"), FILE_LIMIT))
            record = Record.read(path)
            verify_closed(record, expected_manifest=self.watched.manifest.hash, listener=listener)
            if record[CLOSING] != closing.encode():
                raise Mismatch(CLOSING, other=path.name)
        return closing.lines[-1].partition(" ")[2]

    # --- what is kept --------------------------------------------------------------------------------------------

    def _kept(self) -> WitnessCopy:
        manifest = self.watched.manifest
        fresh = WitnessCopy.nobody()
        if self.signer:
            fresh = WitnessCopy.introduced(
                manifest, witness=self.signer.name, key=self.signer.public, sign=self.signer.sign
            )
        if not self.path.is_file():
            return fresh
        kept = WitnessCopy.parse(self.path.read_bytes(), manifest, self.path.name)
        if (kept.witness, kept.key) != (fresh.witness, fresh.key):
            raise WitnessOfAnother(self.path.name)
        return kept

    def _sign(self, notes: Sequence[Note]) -> None:
        """Sign notes that were compared; on the disk before anybody is told."""
        sign = self.signer.sign if self.signer else None
        self.copy = self.copy.with_notes(notes, self.watched.manifest, sign)
        disk.replace(self.path, self.copy.encode())

    def _keep_evidence(self, old: Note, new: Note) -> None:
        """Keep two notes that cannot both be true, each with the box's own signature."""
        disk.replace(self.folder / EVIDENCE, encode_notes([box_part(old, EVIDENCE), box_part(new, EVIDENCE)]))

    # --- what is left with the box ---------------------------------------------------------------------------------

    def _leave(self) -> str:
        """Leave the signatures that the box does not have yet; return why it takes none, or nothing.

        A witness whom the organisers have not entered yet goes on watching, and is asked for again with every look.
        """
        if self.signer is None:
            return ""
        first = (self.copy.introduction,) if self.copy.introduction else ()
        notes = [*first, *(Note(note.lines, (cosignature_of(note),)) for note in self.copy.notes)]
        try:
            while self._left < len(notes):
                some = notes[self._left : self._left + MOST_AT_ONCE]
                self.line.post(self._at("chung-kien"), encode_notes(some))
                self._left += len(some)
        except (BoxNotReached, BoxDeclines) as error:
            return str(error)
        return ""
