"""Plays one round from the sealed manifest to the signed-off numbers, station by station, in the order of a real day.

Here lives the order of acts. Never here: cryptography, or a number that the tools did not produce.

    seal → issue → freeze → ceremony → opening test → cast → close → decrypt → count → verify → report → compare
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ballot.demo import tools
from ballot.demo.box import MemoryBox
from ballot.demo.marks import draw
from ballot.demo.scenario import Scenario
from ballot.demo.stage import Stage
from ballot.demo.station import Slip, make_slip
from keys.signers import (
    BoxSigner,
    Issuer,
    MemoryLedger,
    Reason,
    StatementSigner,
    create_box_key,
    create_issuer_key,
    create_statement_key,
    destroy_key,
    open_box_signer,
    open_issuer_signer,
    open_statement_signer,
)
from tally import rules
from tally.protocol.archive import Archive
from tally.protocol.booth import cast, encrypt
from tally.protocol.checkpoint import Closing, Head, encode_notes, sign_note
from tally.protocol.committee import Committee
from tally.protocol.credential import Credential
from tally.protocol.credential_list import CredentialList, Issuance, ListedCredential
from tally.protocol.election import Election
from tally.protocol.encoding import decode, grouped, sha256_hex
from tally.protocol.group import Point
from tally.protocol.manifest import Block, Manifest, Official, Roll, roll_digest
from tally.protocol.manifest import Issuer as IssuerEntry
from tally.protocol.opening import Opening, Passed, zero_report_bytes
from tally.protocol.spoiled import Spoiled
from tally.record import ARCHIVE, Record

ISSUERS = ("ban-to-chuc", "ban-kiem-phieu")
MEMBERS = ("Trưởng ban kiểm phiếu; Trưởng ban", "Thành viên thứ hai; Thành viên", "Thành viên thứ ba; Thành viên")
THRESHOLD = 2
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@dataclass
class Play:
    """One demonstration round; fields fill up as the day goes on."""

    scenario: Scenario
    folder: Path
    stage: Stage
    timestamp: int
    passphrase: str = field(default_factory=lambda: "-".join(secrets.token_hex(3) for _ in range(4)), repr=False)
    uuid: str = field(default_factory=lambda: "".join(secrets.choice(BASE58) for _ in range(14)))

    manifest: Manifest = field(init=False)
    issuers: list[Issuer] = field(init=False)
    statements: list[StatementSigner] = field(init=False)
    box_signer: BoxSigner = field(init=False)
    slips: list[Slip] = field(init=False)
    listed: list[ListedCredential] = field(init=False)
    void: dict[Point, str] = field(init=False, default_factory=dict)
    credentials: CredentialList = field(init=False)
    committee: Committee = field(init=False)
    election: Election = field(init=False)
    opening: bytes = field(init=False)
    box: MemoryBox = field(init=False)

    @property
    def keys(self) -> Path:
        """Where the passphrase-encrypted key files lie."""
        return self.folder / "keys"

    @property
    def exchange(self) -> Path:
        """The folder that travels between the committee's members."""
        return self.folder / "exchange"

    @property
    def record(self) -> Path:
        """The record of the round."""
        return self.folder / "record"

    # --- before voting --------------------------------------------------------------------------------------------

    def seal(self) -> None:
        """Make the keys of issuers and box, and seal the manifest; its hash goes onto paper."""
        for part in (self.keys, self.exchange, self.record):
            part.mkdir(parents=True)
        common = {"round_id": self.uuid, "passphrase": self.passphrase}
        entries = []
        for name in self.stage.each(ISSUERS, "Tạo khóa của các bên cấp phiếu"):
            key = create_issuer_key(self.keys / f"{name}.issuer.key", name=name, **common)
            statement = create_statement_key(self.keys / f"{name}.statement.key", name=name, **common)
            entries.append(IssuerEntry(name, key, statement))
        box_key = create_box_key(self.keys / "hom-phieu.box.key", name="hom-phieu", **common)
        self.manifest = self._manifest(tuple(entries), box_key)
        (self.exchange / "manifest.json").write_bytes(self.manifest.raw)
        self.stage.paper("Bản niêm phong", self.manifest.hash)

    def _manifest(self, issuers: tuple[IssuerEntry, ...], box_key: str) -> Manifest:
        s = self.scenario
        blocks: dict[str, list[Official]] = {}
        for number, row in enumerate(s.rows, start=1):
            blocks.setdefault(row.block, []).append(Official(f"{s.slug}-{number:02d}", row.name, row.position))
        digest = roll_digest(secrets.token_bytes(32), self.voters())
        return Manifest.make(
            uuid=self.uuid,
            title=s.title,
            body=s.body,
            session=s.session,
            date=s.date,
            rehearsal=True,
            rules=rules.load(s.rule_set),
            blocks=tuple(Block(title, tuple(officials)) for title, officials in blocks.items()),
            roll=Roll(s.delegates, s.delegates, s.delegates, digest),
            issuers=issuers,
            box_key=box_key,
            committee_size=len(MEMBERS),
            threshold=THRESHOLD,
        )

    def voters(self) -> list[str]:
        """Return the roll: numbers, since no names are in the data."""
        return [f"cử tri {number:03d}" for number in range(1, self.scenario.delegates + 1)]

    def issue(self) -> None:
        """Give every voter who is present a slip that the issuers signed blindly; replace spoiled ones."""
        self._open_signers()
        self.slips, self.listed = [], []
        present = self.voters()[: self.scenario.issued]
        for voter in self.stage.each(present, "Cấp thẻ (ký mù, hai bên cấp)"):
            self._keep(*make_slip(self.manifest, self.issuers, lambda issuer, b, v=voter: issuer.issue(v, b)))
        for voter in present[: self.scenario.spoiled]:
            self.void[self.listed[present.index(voter)].credential] = "spoiled"
            ask = lambda issuer, b, v=voter: issuer.reissue(v, b, Reason.SPOILED)  # noqa: E731
            slip, credential = make_slip(self.manifest, self.issuers, ask)
            self.slips[present.index(voter)] = slip
            self.listed.append(credential)
        for _ in range(self.scenario.envelopes):
            _, credential = make_slip(self.manifest, self.issuers, lambda issuer, b: issuer.issue_envelope(b))
            self.listed.append(credential)
            self.void[credential.credential] = "unused_envelope"

    def _keep(self, slip: Slip, credential: ListedCredential) -> None:
        self.slips.append(slip)
        self.listed.append(credential)

    def _open_signers(self) -> None:
        common = {"round_id": self.uuid, "passphrase": self.passphrase}
        self.box_signer = open_box_signer(self.keys / "hom-phieu.box.key", **common)
        self.statements = [open_statement_signer(self.keys / f"{name}.statement.key", **common) for name in ISSUERS]
        self.issuers = [
            Issuer(
                open_issuer_signer(self.keys / f"{name}.issuer.key", **common),
                voters=self.voters(),
                ledger=MemoryLedger(issuer=name, manifest=self.manifest.hash),
            )
            for name in ISSUERS
        ]

    def freeze(self) -> None:
        """End issuing: destroy the issuers' keys, list the credentials in an order that tells nothing."""
        for name, issuer in zip(ISSUERS, self.issuers, strict=True):
            issuer.freeze()
            destroy_key(self.keys / f"{name}.issuer.key")
        self.credentials = CredentialList.make(self.manifest, self.listed, self.void)
        secrets.SystemRandom().shuffle(self.slips)
        self.stage.note(f"Danh sách đã chốt: {len(self.listed)} thẻ, hủy {len(self.void)}; khóa cấp phiếu đã hủy")

    def make_committee_key(self) -> None:
        """Let the members' tools make the key by file exchange, and pass the opening test."""
        seats = range(1, len(MEMBERS) + 1)
        steps = self.stage.each(range(8), "Ban kiểm phiếu tạo khóa 2 trên 3 và thử khóa")
        next(steps)
        self._members(("trustee", "join"), [("--member", n) for n in seats])
        for _ in range(3):
            next(steps)
            self._members(("trustee", "next"), [() for _ in seats])
        next(steps)
        names = [word for member in MEMBERS for word in ("--member", member)]
        tools.run("keys", "committee", "finish", self.exchange, *names)
        next(steps)
        self._members(("trustee", "next"), [() for _ in seats])
        next(steps)
        tools.run("keys", "committee", "call", self.exchange)
        next(steps)
        self._members(("trustee", "next"), [() for _ in seats])
        next(steps, None)
        self._open_election()

    def _members(self, command: Sequence[str], extra: Sequence[Sequence[object]]) -> None:
        commands = [
            ("keys", *command, self.exchange, self.keys / f"thanh-vien-{n}.trustee.key", *more)
            for n, more in enumerate(extra, start=1)
        ]
        tools.run_all(commands, passphrases=[self.passphrase] * len(commands))

    def _open_election(self) -> None:
        self.committee = Committee.parse((self.exchange / "committee.json").read_bytes())
        self.election = Election.make(
            name=self.manifest.title,
            description=self.manifest.description(self.committee.hash),
            public_key=self.committee.trustees.public_key,
            questions=self.manifest.questions(),
            uuid=self.uuid,
        )
        passed = []
        for n in range(1, len(MEMBERS) + 1):
            name = f"member-{n}.opening.json"
            passed.append(Passed.parse(decode((self.exchange / name).read_bytes(), name, limit=65536), name))
        zero = self.box_signer.sign(zero_report_bytes(self.manifest.hash, self.committee.hash)).hex()
        self.opening = Opening(self.manifest.hash, self.committee.hash, tuple(passed), zero).encode()
        self.stage.paper("Ban kiểm phiếu", self.committee.hash)

    # --- voting ---------------------------------------------------------------------------------------------------

    def vote(self) -> None:
        """Let every voter mark, encrypt, and present the slip; some drafts are opened to test the terminal."""
        self.box = MemoryBox(self.manifest, self.election, self.credentials, self.box_signer)
        ballots = draw(self.scenario)
        for choices in ballots[: self.scenario.tests]:
            self.box.open_for_test(encrypt(self.election, choices))
        pairs = list(zip(self.slips, ballots, strict=False))
        for slip, choices in self.stage.each(pairs, "Bỏ phiếu (mã hóa, chứng minh, ký, kiểm, nhận)"):
            draft = encrypt(self.election, choices)
            ballot = cast(self.election, draft, Credential.derive(slip.code, self.uuid))
            self.box.cast(ballot.encode())

    def close(self) -> None:
        """Write the record of the closed round; the root goes onto paper before anybody decrypts."""
        ballots, head = self.box.close()
        archive = Archive.begin(
            self.timestamp,
            election=self.election.raw,
            trustees=self.committee.trustees.raw,
            credentials=self.credentials.public(),
        ).extended(*(("Ballot", (raw,)) for raw in ballots))
        path = self.record / f"{self.uuid}.bel"
        path.write_bytes(archive.encode())
        tools.run("tally", "close", path)
        closed = path.read_bytes()
        root = Archive.parse(closed).root
        Record(self._files(closed, head, root), path.name).write(self.record)
        self.stage.paper("Mã gốc", root)
        self.root = root

    def _files(self, archive: bytes, head: Head, root: str) -> dict[str, bytes]:
        spoiled = Spoiled.make(self.election, self.box.spoiled).encode()
        statements = tuple(
            issuer.statement(voided=len(self.void), credentials=self.credentials.hash, sign=signer.sign)
            for issuer, signer in zip(self.issuers, self.statements, strict=True)
        )
        closing = Closing(
            head=head,
            manifest=self.manifest.hash,
            election=self.election.hash,
            opening=sha256_hex(self.opening),
            spoiled=sha256_hex(spoiled),
            root=root,
        )
        key = bytes.fromhex(self.manifest.box_key)
        note = sign_note(closing.lines(self.manifest.origin), self.manifest.origin, key, self.box_signer.sign)
        return {
            "manifest.json": self.manifest.raw,
            "committee.json": self.committee.encode(),
            "opening.json": self.opening,
            "credentials.json": self.credentials.encode(),
            "issuance.json": Issuance(statements).encode(),
            ARCHIVE: archive,
            "checkpoints.txt": encode_notes(self.box.notes),
            "spoiled.json": spoiled,
            "closing.txt": note.encode(),
        }

    # --- after voting: other people's tools -----------------------------------------------------------------------

    def decrypt(self, members: Iterable[int] = (1, 3)) -> list[Path]:
        """Let members decrypt the sums, each verifying the whole record first; two of three suffice."""
        parts = self.folder / "parts"
        for n in members:
            self.stage.note(f"Thành viên {n} kiểm chứng hồ sơ và giải mã")
            key = self.keys / f"thanh-vien-{n}.trustee.key"
            root = grouped(self.root, 8)
            command = ("keys", "trustee", "decrypt", self.record, key, "--root", root, "--out", parts)
            tools.run(*command, passphrase=self.passphrase)
        return sorted(parts.iterdir())

    def count(self, parts: Sequence[Path]) -> None:
        """Count, verify and report, each as its own process."""
        self.stage.note("Kiểm phiếu: tally count")
        tools.run("tally", "count", self.record, *parts)
        self.stage.note("Kiểm chứng với mã trên giấy: tally verify")
        tools.run("tally", "verify", self.record, "--manifest", self.manifest.hash, show=True)
        self.stage.note("Lập báo cáo: tally report")
        tools.run("tally", "report", self.record, "--manifest", self.manifest.hash)


def play(scenario: Scenario, folder: Path, stage: Stage, timestamp: int) -> Path:
    """Play a whole round below `folder` and return the folder of its record. Raises ToolFailed and refusals."""
    round_ = Play(scenario, folder, stage, timestamp)
    stage.title(f"{scenario.body}: {scenario.title}")
    round_.seal()
    round_.issue()
    round_.freeze()
    round_.make_committee_key()
    round_.vote()
    round_.close()
    round_.count(round_.decrypt())
    stage.compare(scenario, round_.record)
    stage.note(f"Mật khẩu của các tệp khóa trình diễn: {round_.passphrase}")
    return round_.record


def fresh(folder: Path) -> Path:
    """Return an empty folder at this path, keeping an earlier one beside it under a number."""
    number = 1
    while folder.exists():
        number += 1
        folder = folder.with_name(f"{folder.name.split('.')[0]}.{number}")
    return folder
