"""The rule sets that ship with the project, one file of data each.

Here live the files and the way to find them. Never here: an `if` about a particular law.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from tally.i18n import marked as _
from tally.protocol.errors import Refused
from tally.protocol.ruleset import RuleSet

FOLDER = Path(__file__).parent


class UnknownRuleSet(Refused):
    """No file of that name."""

    code = "UNKNOWN_RULE_SET"
    text = _("Chưa có bộ quy tắc này; các bộ hiện có: {known}.")


class RuleSetUnreadable(Refused):
    """The file is not TOML."""

    code = "RULE_SET_UNREADABLE"
    text = _("Không đọc được tệp quy tắc: {reason}.")


def names(folder: Path = FOLDER) -> list[str]:
    """Return the ids of the rule sets in `folder`, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load(rule_set_id: str, folder: Path = FOLDER) -> RuleSet:
    """Read one rule set, e.g. `load("NQ96_2023")`.

    Raises UnknownRuleSet, RuleSetUnreadable, or what RuleSet.parse refuses.
    """
    return read_text(source(rule_set_id, folder), rule_set_id)


def source(rule_set_id: str, folder: Path = FOLDER) -> str:
    """Return the text of one rule set's file. Raises UnknownRuleSet, RuleSetUnreadable."""
    if rule_set_id not in names(folder):
        raise UnknownRuleSet(rule_set_id, known=", ".join(names(folder)))
    try:
        return (folder / f"{rule_set_id}.toml").read_text("utf-8")
    except UnicodeDecodeError as error:
        raise RuleSetUnreadable(rule_set_id, reason=error) from None


@lru_cache(maxsize=64)
def read_text(text: str, where: str) -> RuleSet:
    """Read a rule set that is TOML text; the same text is read once, for pages ask for it again and again.

    Raises RuleSetUnreadable, or what RuleSet.parse refuses.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # no TOML, or a number too long for int()
        raise RuleSetUnreadable(where, reason=error) from None
    return RuleSet.parse(data, where=where)
