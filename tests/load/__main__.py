"""`python -m tests.load`: measures the box under load and prints one table; nothing in it is a mock.

Here live arguments only. Never here: a figure.

A ballot that is told to come again comes again, as from a terminal; its latency counts from its first planned time to
its receipt, and an answer without a receipt is an error, each kind of which is named.

    python -m tests.load                                    500 voters in two minutes, 20 officials
    python -m tests.load --minutes 120 --rate 8.4           twice that peak for two hours (making its 60,480 ballots
                                                            beforehand takes about 80 ms of a core each)
    --stock FOLDER keeps what was made; `--only-make` makes it and ends.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.load.measuring import measure
from tests.load.stock import FILE, Stock, make


def main() -> int:
    """Make or take a stock, run, print; the exit code says whether a ballot had no receipt."""
    asked = _arguments()
    count = round(asked.minutes * 60 * asked.rate)
    with tempfile.TemporaryDirectory(prefix="ptn-load-") as own:
        folder = asked.stock or Path(own) / "stock"
        if (folder / FILE).exists():
            stock = Stock.read(folder)
        else:
            stock = make(folder, ballots=count, officials=asked.officials)
        if asked.only_make:
            return 0
        found = measure(stock, Path(own) / "server.log", count=min(count, stock.ballots), rate=asked.rate)
    sys.stdout.write(f"{found.table()}\n{'machine':<30} {os.cpu_count()} cores, generator on the same machine\n")
    return 1 if found.errors else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--rate", type=float, default=500 / 120, help="arrivals a second")
    parser.add_argument("--officials", type=int, default=20)
    parser.add_argument("--stock", type=Path)
    parser.add_argument("--only-make", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
