"""A site that is killed at one named place in its work, as by a power cut; the real application otherwise.

Here live the places (DIES_AT). Never here: anything that tidies up before the end.

    DIES_AT=stored      a ballot is on the disk, its answer is not on its way yet
    DIES_AT=answered    the box has answered, nothing is noted yet
    DIES_AT=noted       one answer is noted, the next ballot is not sent yet
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from ballot.site import casting, forwarding


def _die(*_arguments: Any, **_more: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _after(act: Callable[..., Any]) -> Callable[..., Any]:
    def acted(*arguments: Any, **more: Any) -> None:
        act(*arguments, **more)
        _die()

    return acted


def arm(place: str) -> None:
    if place == "stored":
        casting.answer_for = _die  # type: ignore[assignment]
    elif place == "answered":
        forwarding._note_final = _die
    elif place == "noted":
        forwarding._note_final = _after(forwarding._note_final)


arm(os.environ.get("DIES_AT", ""))

if __name__ == "__main__":
    from ballot.cli import main

    main()
else:
    from ballot.app import create_app

    app = create_app()
