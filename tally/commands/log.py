"""`tally log`: an exported log of organisers' acts, checked alone or against the manifests of its rounds.

Here lives this command and what `tally verify --log` says. Never here: a check of its own (protocol/acts_log*.py).

    tally log nhat-ky.jsonl --manifest HO-SO/manifest.json
"""

from __future__ import annotations

from pathlib import Path

import click

from tally.file_bytes import read_at_most
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.acts_log import LIMIT, Log, in_vietnam
from tally.protocol.acts_log_life import WORDS, Life, check_round
from tally.protocol.encoding import grouped
from tally.protocol.errors import one_line
from tally.protocol.manifest import LIMIT as MANIFEST_LIMIT
from tally.protocol.manifest import Manifest
from tally.screen import Screen

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
CHAIN = _("Nhật ký của {name}: {count} mục, chuỗi mã băm liền mạch từ mục đầu tới mục cuối.")
HEAD = _("Mã băm của mục cuối (mục {height}): {hash}")
UNSIGNED = _("Chưa đối chiếu chữ ký nào: hãy chạy lại với --manifest và bản niêm phong của đợt.")
ROUND = _("Đợt {title}: các việc đúng trình tự, hai người ở những việc cần hai người.")
MOVE = _("mục {height} · {time} · {words} · {actor}")
PROPOSED = _("đề nghị: {actor}")
NO_TIME = _("không ghi giờ")
SIGNED = _("{count} chữ ký đầu nhật ký đúng khóa trong bản niêm phong; chữ ký sau cùng ở mục {height} trên {of}.")
SCOPE = _("Nhật ký chỉ cho thấy không ai sửa hay rút mục nào về sau; nó không chứng minh điều ghi trong mục là đúng.")


@click.command("log", help=_("Kiểm tra nhật ký thao tác đã xuất: chuỗi mã băm, chữ ký, trình tự các việc của đợt."))
@click.argument("file", type=FILE)
@click.option("--manifest", "manifests", multiple=True, type=FILE, help=_("Tệp manifest.json của một đợt."))
def log(file: Path, manifests: tuple[Path, ...]) -> None:
    """Check a log, and in it the round of every manifest."""
    screen, where = Screen(), one_line(file.name)
    found = Log.parse(read_at_most(file, LIMIT, where), where)
    found.check_chain(where)
    _say_chain(screen, found)
    for path in manifests:
        name = one_line(path.name)
        manifest = Manifest.parse(read_at_most(path, MANIFEST_LIMIT, name), name)
        _say_round(screen, found, manifest, check_round(found, manifest, where))
    screen.say(translate(SCOPE if manifests else UNSIGNED))


def check_with_record(screen: Screen, file: Path, manifest: Manifest) -> None:
    """Check a log against the record of a closed round and say what was found. Raises what `check_round` raises."""
    where = one_line(file.name)
    found = Log.parse(read_at_most(file, LIMIT, where), where)
    life = check_round(found, manifest, where, closed=True)
    _say_chain(screen, found)
    _say_round(screen, found, manifest, life)
    screen.say(translate(SCOPE))


def _say_chain(screen: Screen, found: Log) -> None:
    screen.say(translate(CHAIN).format(name=one_line(found.name), count=len(found.entries)))
    if found.entries:
        screen.say("  " + translate(HEAD).format(height=len(found.entries), hash=grouped(found.entries[-1].hash, 16)))


def _say_round(screen: Screen, found: Log, manifest: Manifest, life: Life) -> None:
    screen.say(translate(ROUND).format(title=one_line(manifest.title)))
    for moved in life.moves:
        entry = moved.entry
        line = translate(MOVE).format(
            height=entry.height,
            time=in_vietnam(entry.time) or translate(NO_TIME),
            words=translate(WORDS[entry.act]),
            actor=one_line(entry.actor),
        )
        second = translate(PROPOSED).format(actor=one_line(moved.proposed_by)) if moved.proposed_by else ""
        screen.say(f"  {line} ({second})" if second else f"  {line}")
    signed = translate(SIGNED).format(
        count=len(life.heads), height=max(head.height for head in life.heads), of=len(found.entries)
    )
    screen.say(f"  {signed}")
