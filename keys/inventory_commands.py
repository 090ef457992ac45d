"""The command `keys inventory`: what key files lie where, as rows for a reader or as JSON.

Here live its arguments and the spelling of a row. Never here: how files are found and judged (inventory.py), or a
secret.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from keys import inventory
from keys.errors import KeysError
from keys.inventory import STATES, Found
from keys.prompt import passphrase
from keys.roles import ROLES, TRUSTEE
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import grouped
from tally.protocol.errors import one_line
from tally.screen import Screen

PLACE = click.Path(exists=True, path_type=Path)
CLAIMED = _("Loại, tên và đợt là lời của tệp; chỉ khi mở tệp bằng mật khẩu mới tin được.")


@click.command("inventory", help=_("Liệt kê các tệp khóa trong thư mục: loại, đợt, ai mở, khi nào hủy, tình trạng."))
@click.argument("folders", nargs=-1, required=True, type=PLACE)
@click.option("--json", "as_json", is_flag=True, help=_("Kết quả ở dạng JSON."))
@click.option("--open", "opening", is_flag=True, help=_("Hỏi mật khẩu từng tệp của ủy viên và mở ra xem tình trạng."))
def take_inventory(folders: tuple[Path, ...], as_json: bool, opening: bool) -> None:
    """Show public facts of every key file; with --open also what members' files remember."""
    rows = [_facts(found, opening) for found in inventory.take(folders)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    screen = Screen()
    for row in rows:
        for line in _lines(row):
            screen.say(line)
    screen.say(translate(_("{count} tệp khóa.")).format(count=len(rows)))
    if rows:
        screen.say(translate(CLAIMED))


def _facts(found: Found, opening: bool) -> dict[str, Any]:
    """Return a row of the inventory, fit for JSON; `opened` is there only where it was asked for."""
    header = found.header
    role = ROLES[header.kind] if header else None
    row: dict[str, Any] = {
        "path": str(found.path), "state": found.state.value, "mode": found.mode, "sha256": found.digest,
        "kind": header.kind if header else "", "name": header.name if header else "",
        "round": header.round_id if header else "", "kdf": asdict(header.cost) if header else {},
        "purpose": translate(role.purpose) if role else "", "opened_by": translate(role.opened_by) if role else "",
        "destroyed": translate(role.destroyed) if role else "",
    }  # fmt: skip
    if opening and header and header.kind == TRUSTEE:
        row["opened"] = _opened(found.path)
    return row


def _opened(path: Path) -> dict[str, Any]:
    try:
        return asdict(inventory.unlocked(path, passphrase(of=one_line(path.name))))
    except KeysError as error:
        return {"code": error.code}


def _lines(row: dict[str, Any]) -> list[str]:
    state, role = translate(STATES[inventory.State(row["state"])]), ROLES.get(row["kind"])
    lines = [f"{one_line(row['path'])}: {state}"]
    labelled = {
        _("loại"): translate(role.name) if role else "",
        _("tên"): one_line(row["name"]),
        _("đợt"): one_line(row["round"]),
        _("người mở"): row["opened_by"],
        _("để"): row["purpose"],
        _("hủy"): row["destroyed"],
        _("quyền của tệp"): row["mode"],
        _("thử một mật khẩu"): "{ops} × {mem} byte".format(**row["kdf"]) if row["kdf"] else "",
        "SHA-256": row["sha256"],
    }
    lines += [f"   {translate(label)}: {value}" for label, value in labelled.items() if value]
    return lines + ([f"   {_remembered(row['opened'])}"] if "opened" in row else [])


def _remembered(opened: dict[str, Any]) -> str:
    if "code" in opened:
        return translate(_("không mở được: {code}")).format(code=opened["code"])
    parts = [translate(_("có phần khóa")) if opened["share"] else translate(_("chưa có phần khóa"))]
    if opened["transcript"]:
        parts.append(translate(_("buổi tạo khóa {code}")).format(code=grouped(opened["transcript"])))
    root = opened["decrypted_root"]
    parts.append(
        translate(_("đã giải mã mã gốc {root}")).format(root=grouped(root)) if root else translate(_("chưa giải mã"))
    )
    return "; ".join(parts)
