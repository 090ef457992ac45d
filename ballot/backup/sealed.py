"""The bytes of a backup: a header that everybody may read, and a stream that only its recipient can.

Here live writing and reading in constant memory, chunk by chunk. Never here: what the stream holds.

    {"format":"phieu-tin-nhiem/backup/v2","part":"box","recipient":"ptn-backup-…","rounds":[{"phase":"voting","uuid":"…"}]}
    sealed key     80 bytes   libsodium sealed box (X25519) over a key drawn for this file
    start          24 bytes   crypto_secretstream_xchacha20poly1305
    chunks         64 KiB and 17 bytes each, the last one marked FINAL; the header's hash in each

What is encrypted ends with an empty line and zeros up to a whole number of mebibytes: without a key the size of a file
tells how many ballots are in it in such steps alone (threats B15). Files of version 1 have neither, and are still read.

A changed byte, a chunk that is missing, moved or from another file, and an end that was cut off are all refused.
Whoever knows the recipient can make such a file: the SHA-256 that `ballot backup` prints tells ours from others.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from ballot.backup.entries import LAST_LINE
from ballot.backup.errors import BackupDamaged, BackupOfAnother, BackupUnknown
from keys.signers import SEALED_KEY, STREAM_KEY, BackupKey, BadSealedBackup, seal_stream_key
from tally.protocol.encoding import canonical, decode, fields, string
from tally.protocol.errors import TallyError

FORMAT = "phieu-tin-nhiem/backup/v2"
READ = (FORMAT, "phieu-tin-nhiem/backup/v1")
LABEL = b"phieu-tin-nhiem/v1/backup|"
CHUNK = 64 * 1024
STEP = 16 * CHUNK
"""What is encrypted has a multiple of so many bytes: nine ballots about fifty officials, or 120 about three."""
_SEALED_CHUNK = CHUNK + sodium.crypto_secretstream_xchacha20poly1305_ABYTES
_START = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_HEADER_LIMIT = 256 * 1024
REGISTRY, BOX, KEYS = PARTS = ("registry", "box", "keys")


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself in the clear; bound by every chunk. `rounds` are (uuid, phase)."""

    part: str
    recipient: str
    rounds: tuple[tuple[str, str], ...]
    format: str = FORMAT

    def encode(self) -> bytes:
        """Return the first line, with its newline."""
        rounds = [{"uuid": uuid, "phase": phase} for uuid, phase in self.rounds]
        said = {"format": self.format, "part": self.part, "recipient": self.recipient, "rounds": rounds}
        return canonical(said) + b"\n"

    @classmethod
    def read(cls, file: BinaryIO) -> Header:
        """Read the first line. Raises BackupUnknown."""
        line = file.readline(_HEADER_LIMIT)
        try:
            found = cls._parse(line)
        except TallyError:
            raise BackupUnknown("backup") from None
        if found.encode() != line or found.part not in PARTS:
            raise BackupUnknown("backup")
        return found

    @classmethod
    def _parse(cls, line: bytes) -> Header:
        m = fields(decode(line.removesuffix(b"\n"), "backup", limit=_HEADER_LIMIT), "backup",
                   "format", "part", "recipient", "rounds")  # fmt: skip
        if string(m["format"], "format") not in READ or not isinstance(m["rounds"], list):
            raise BackupUnknown("backup")
        rounds = [fields(one, "rounds", "uuid", "phase") for one in m["rounds"]]
        named = tuple((string(r["uuid"], "uuid"), string(r["phase"], "phase")) for r in rounds)
        return cls(string(m["part"], "part"), string(m["recipient"], "recipient"), named, m["format"])


class SealedWriter:
    """Writes one backup; `close` pads it, marks its end and puts it on the disk."""

    def __init__(self, file: BinaryIO, header: Header) -> None:
        """Begin the file. Raises BadRecipient."""
        key = secrets.token_bytes(STREAM_KEY)
        sealed_key = seal_stream_key(header.recipient, key)
        self._file, self._left, self._size, self._digest = file, bytearray(), 0, hashlib.sha256()
        self._bound = _bound(header)
        self._state: Any = sodium.crypto_secretstream_xchacha20poly1305_state()
        start = sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._put(header.encode() + sealed_key + start)

    def write(self, data: bytes | memoryview) -> None:
        """Take bytes; what fills a chunk is encrypted and written."""
        self._size += len(data)
        for at in range(0, len(data), CHUNK):
            self._left += data[at : at + CHUNK]
            while len(self._left) > CHUNK:  # never an empty last chunk while there was something to put into it
                self._push(bytes(self._left[:CHUNK]), _MESSAGE)
                del self._left[:CHUNK]

    def close(self) -> str:
        """Write the padding and the last chunk; return the SHA-256 of the whole file."""
        self.write(LAST_LINE)
        for left in range(-self._size % STEP, 0, -CHUNK):
            self.write(bytes(min(CHUNK, left)))
        self._push(bytes(self._left), _FINAL)
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._digest.hexdigest()

    def _push(self, chunk: bytes, tag: int) -> None:
        self._put(sodium.crypto_secretstream_xchacha20poly1305_push(self._state, chunk, self._bound, tag))

    def _put(self, raw: bytes) -> None:
        self._digest.update(raw)
        self._file.write(raw)


def opened(file: BinaryIO, key: BackupKey) -> Iterator[bytes]:
    """Yield the stream behind the header, piece by piece; believe it only once the last piece has come.

    Raises BackupUnknown, BackupOfAnother, BackupDamaged.
    """
    header = Header.read(file)
    if header.recipient != key.recipient:
        raise BackupOfAnother(key.name, recipient=header.recipient)
    bound = _bound(header)
    state: Any = sodium.crypto_secretstream_xchacha20poly1305_state()
    try:
        stream_key = key.open(file.read(SEALED_KEY))
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, file.read(_START), stream_key)
        tag = _MESSAGE
        while tag == _MESSAGE:
            chunk, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, file.read(_SEALED_CHUNK), bound)
            yield chunk
    except (BadSealedBackup, CryptoError, ValueError):
        raise BackupDamaged("backup") from None
    if tag != _FINAL or file.read(1):
        raise BackupDamaged("backup")


def _bound(header: Header) -> bytes:
    return LABEL + hashlib.sha256(header.encode()).digest()
