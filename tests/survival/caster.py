"""One process among several at the same box: `python -m tests.survival.caster FILE UUID` casts the ballots of a file.

Here lives this one process; settings come from BALLOT_*. Never here: a second attempt, or an expectation.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from ballot.box import casting
from ballot.config import Config
from ballot.house import House
from ballot.storage import failure
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.errors import CodedError


def main(file: str, uuid: str) -> None:
    """Print, for every line of hexadecimal, what came of it and how many seconds it took."""
    house = House.open(Config.from_environ(os.environ))
    house.keyring.box(uuid)  # its passphrase is stretched at a price
    print("ready", flush=True)
    sys.stdin.readline()
    for line in Path(file).read_text().split():
        before = time.monotonic()
        try:
            said = sha256_hex(canonical(casting.cast(house, uuid, bytes.fromhex(line)).as_json()))
        except (CodedError, DBAPIError) as error:
            said = (error if isinstance(error, CodedError) else failure(error) or error).__class__.__name__
        print(said, f"{time.monotonic() - before:.3f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
