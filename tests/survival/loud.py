"""`python -m tests.survival.loud HOST:PORT…`: the real application behind waitress, every logger as loud as it goes.

Here lives being such a server. Never here: an expectation; what the loggers wrote is looked at from outside.
"""

from __future__ import annotations

import logging
import sys

import waitress
from waitress import wasyncore

from ballot.app import create_app


def main() -> None:
    """Serve until killed."""
    logging.basicConfig(level=1)
    logging.captureWarnings(True)
    wasyncore.socket_map.clear()
    waitress.serve(create_app(), listen=" ".join(sys.argv[1:]), expose_tracebacks=True)


if __name__ == "__main__":
    main()
