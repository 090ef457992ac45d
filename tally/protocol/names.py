"""When two names are the same person's, as far as letters can tell.

Here lives the comparison that the conflict of interest goes by. Never here: a person, a list of people, or a decision.
"""

from __future__ import annotations

from tally.protocol.composing import composed


def same_person_key(name: str) -> str:
    """Return what two spellings of one name have in common: composed letters, no capitals, single blanks.

    Raises BadText. Source: SPEC 4.9.
    """
    folded = composed(composed(name, "name").casefold(), "name")
    return " ".join(folded.split())
