"""The record of a round: a folder, or a zip of it, that is complete by itself.

Here lives the reading and writing of its files, from a fixed list of names. Never here: what a file means.

    manifest.json committee.json opening.json credentials.json issuance.json
    UUID.bel checkpoints.txt spoiled.json closing.txt result.json
    witness-1.txt … witness-9.txt, report/                  (outside the record's hash)

Named members are read into memory with limits on number and size; the archive stays in its file, or is copied from a
packed member into a temporary one, and is read piece by piece. SPEC 4, 5.11; threats H18.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tally.file_bytes import PIECE, FileBytes, Stored, digest, pieces
from tally.i18n import marked as _
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Incomplete, Refused

MANIFEST = "manifest.json"
COMMITTEE = "committee.json"
OPENING = "opening.json"
CREDENTIALS = "credentials.json"
ISSUANCE = "issuance.json"
CHECKPOINTS = "checkpoints.txt"
SPOILED = "spoiled.json"
CLOSING = "closing.txt"
RESULT = "result.json"
ARCHIVE = "archive"  # stands for UUID.bel
NAMES = (MANIFEST, COMMITTEE, OPENING, CREDENTIALS, ISSUANCE, ARCHIVE, CHECKPOINTS, SPOILED, CLOSING, RESULT)
WITNESSES = tuple(f"witness-{number}.txt" for number in range(1, 10))
REPORT = "report"
SIGNED = "signed"  # in REPORT
FILE_LIMIT = 4 * 1024**3  # all of a zip that has to be unpacked
SMALL_LIMIT = 512 * 1024**2  # every file but the archive; their own readers are stricter still
IN_MEMORY = 64 * 1024**2  # of an archive that has to be unpacked; a longer one goes to a temporary file
MOST_PACKED = 100  # unpacked bytes to a packed one
_LABEL = b"phieu-tin-nhiem/v1/record\n"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile lets through from a damaged or hostile file, besides its own error.
_UNREADABLE = (
    OSError, zipfile.BadZipFile, zlib.error, EOFError, OverflowError, ValueError, NotImplementedError, RuntimeError,
)  # fmt: skip
_EPOCH = (1980, 1, 1, 0, 0, 0)


class UnknownFile(Refused):
    """A file that no record holds."""

    code = "UNKNOWN_FILE"
    text = _("Hồ sơ có tệp lạ; hồ sơ chỉ được gồm các tệp theo quy định.")


class UnreadableRecord(Refused):
    """Not a folder and not a zip file, or a file in it cannot be read."""

    code = "UNREADABLE_RECORD"
    text = _("Không đọc được hồ sơ: {reason}.")


@dataclass(frozen=True)
class Record:
    """The bytes of a record's files, by their names in NAMES; a missing file is absent, not empty.

    An archive that was read from a disk stays there: `stored` hands it out as it is, everything else as bytes.

    `witnesses` holds what lies beside them by names in WITNESSES: signed by others, and later than the record's hash.
    """

    files: Mapping[str, Stored]
    archive_name: str
    witnesses: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Record:
        """Read a folder or a zip file.

        Raises UnreadableRecord, UnknownFile. Source: SPEC 5.11, step 1.
        """
        try:
            return cls.of(dict(_zip_members(path) if path.is_file() else _folder_members(path)))
        except _UNREADABLE as error:
            raise UnreadableRecord(str(path), reason=error.__class__.__name__) from None

    @classmethod
    def of(cls, members: Mapping[str, Stored]) -> Record:
        """Build a record from file names and bytes. Raises UnknownFile."""
        archives = [name for name in members if name.endswith(".bel")]
        unknown = set(members) - set(NAMES) - set(WITNESSES) - set(archives[:1])
        if unknown or ARCHIVE in members:
            raise UnknownFile(repr(sorted(unknown or {ARCHIVE})[0]))
        witnesses = {name: bytes(members[name]) for name in WITNESSES if name in members}
        files = {ARCHIVE if name in archives else name: raw for name, raw in members.items() if name not in witnesses}
        return cls(files, archives[0] if archives else "", witnesses)

    def __getitem__(self, name: str) -> bytes:
        """Return the bytes of a file. Raises Incomplete."""
        return bytes(self.stored(name))

    def stored(self, name: str) -> Stored:
        """Return a file as it is kept, the archive perhaps on the disk. Raises Incomplete."""
        if name not in self.files:
            raise Incomplete("record", missing="UUID.bel" if name == ARCHIVE else name)
        return self.files[name]

    def with_files(self, changes: Mapping[str, Stored]) -> Record:
        """Return the record with some files replaced or added."""
        return Record({**self.files, **changes}, self.archive_name, self.witnesses)

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Yield (file name, bytes) in the order of NAMES."""
        yield from ((name, bytes(stored)) for name, stored in self._members())

    def _members(self) -> Iterator[tuple[str, Stored]]:
        for name in NAMES:
            if name in self.files:
                yield (self.archive_name if name == ARCHIVE else name), self.files[name]

    def everything(self) -> Iterator[tuple[str, Stored]]:
        """Yield the members, then what witnesses signed."""
        yield from self._members()
        yield from sorted(self.witnesses.items())

    @property
    def hash(self) -> str:
        """SHA-256 over the names and hashes of all files: what a signed report names. SPEC 4.12."""
        lines = sorted(f"{digest(stored)}  {name}\n" for name, stored in self._members())
        return sha256_hex(_LABEL + "".join(lines).encode("utf-8"))

    def write(self, folder: Path) -> None:
        """Write all files into `folder`, each whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, stored in self.everything():
            part = folder / f".{name}.part"
            with part.open("wb") as file:
                file.writelines(pieces(stored))
            os.replace(part, folder / name)

    def write_zip(self, target: Path | IO[bytes]) -> None:
        """Write the record as a zip whose bytes depend on its files alone."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, stored in self.everything():
                info = zipfile.ZipInfo(name, _EPOCH)
                info.external_attr, info.file_size = 0o644 << 16, len(stored)
                with archive.open(info, "w") as member:
                    for piece in pieces(stored):
                        member.write(piece)


def _is_archive(name: str) -> bool:
    return name.endswith(".bel")


def _folder_members(folder: Path) -> Iterator[tuple[str, Stored]]:
    for path in sorted(folder.iterdir()):
        if path.name == REPORT and path.is_dir():
            continue
        if path.is_symlink() or not path.is_file():
            raise UnknownFile(repr(path.name))
        if _is_draft(path.name):
            continue
        if _is_archive(path.name):
            yield path.name, FileBytes(path)
            continue
        if path.stat().st_size > SMALL_LIMIT:
            raise UnreadableRecord(path.name, reason="TooLarge")
        yield path.name, path.read_bytes()


def _is_draft(name: str) -> bool:
    """Say whether this is what `Record.write` leaves of a file when its process is killed. SPEC 5.11, step 1."""
    drafted = name.removeprefix(".").removesuffix(".part")
    return name == f".{drafted}.part" and (drafted in (*NAMES, *WITNESSES) or drafted.endswith(".bel"))


def _zip_members(path: Path) -> Iterator[tuple[str, Stored]]:
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if len(infos) > len(NAMES) + len(WITNESSES) or len({info.filename for info in infos}) != len(infos):
            raise UnknownFile(path.name)
        if sum(info.file_size for info in infos if not _stays(info)) > FILE_LIMIT:
            raise UnreadableRecord(path.name, reason="TooLarge")
        for info in infos:
            if "/" in info.filename or info.filename.startswith("."):
                raise UnknownFile(repr(info.filename))
            if info.compress_type not in _METHODS:
                raise NotImplementedError
            most = FILE_LIMIT if _is_archive(info.filename) else SMALL_LIMIT
            if not _stays(info) and info.file_size > min(most, MOST_PACKED * (info.compress_size + 1024)):
                raise UnreadableRecord(info.filename, reason="TooLarge")
            yield info.filename, _where_it_is(path, archive, info) if _stays(info) else _unpacked(archive, info)


def _stays(info: zipfile.ZipInfo) -> bool:
    """Say whether this is an archive that was not packed: it is read where it lies, whatever its size."""
    return _is_archive(info.filename) and info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1


def _where_it_is(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> FileBytes:
    """Return the part of the zip file that is this member, once its length and its checksum were found right."""
    with archive.open(info) as member:
        length = 0
        while piece := member.read(PIECE):
            length += len(piece)
    if length != info.file_size:
        raise zipfile.BadZipFile
    with path.open("rb") as file:
        file.seek(info.header_offset + 26)  # the lengths of name and extra field in the member's own header
        lengths = file.read(4)
    start = info.header_offset + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    return FileBytes(path, start, length)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Stored:
    if info.file_size > IN_MEMORY and _is_archive(info.filename):
        with archive.open(info) as member:
            kept: Stored = FileBytes.copied(member)
    else:
        kept = archive.read(info)
    if len(kept) != info.file_size:
        raise zipfile.BadZipFile
    return kept
