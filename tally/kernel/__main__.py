"""Say what does the work of verifying on this machine: `python -m tally.kernel`.

Here lives one line of output. Never here: a computation, or a failure; without the library the same answers come from
libsodium.
"""

from __future__ import annotations

from tally.kernel import what_works

if __name__ == "__main__":
    print(what_works())
