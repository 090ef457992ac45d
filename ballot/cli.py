"""The commands of `ballot`. Here live arguments only. Never here: an act of a round."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click

from keys.signers import KeysError
from tally.command import run
from tally.i18n import marked as _
from tally.i18n import translate

PORT = 8000


@click.group(help=_("Hệ thống lấy phiếu tín nhiệm."))
def commands() -> None:
    """Hold the commands together."""


def main() -> None:
    """Run a command and exit."""
    run(commands, KeysError)


@commands.command(help=_("Trình diễn trọn một đợt: từ niêm phong đến báo cáo, rồi đối chiếu với số liệu đã công bố."))
@click.option(
    "--dir", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("instance"), help=_("Nơi ghi.")
)
@click.option("--no-serve", is_flag=True, help=_("Chỉ chạy rồi thoát, không mở ứng dụng web."))
def demo(folder: Path, no_serve: bool) -> None:
    """Play the published round and the round of rare cases, then open the board of results."""
    from ballot.demo.hall import Hall
    from ballot.demo.play import fresh, play
    from ballot.demo.scenario import published, rare_cases
    from ballot.demo.stage import Stage

    stage, folder = Stage(), folder.resolve()
    halls = [Hall(s, fresh(folder / s.slug), stage) for s in (published(), rare_cases())]
    written = [play(hall) for hall in halls]
    stage.title("Xong")
    for record in written:
        stage.note(str(record))
        stage.note(str(record / "report" / "ket-qua.pdf"))
    if not no_serve:
        serve(folder, stage.note)


def serve(instance: Path, say: Callable[[str], None]) -> None:
    """Open the board on this machine only, until interrupted."""
    import waitress

    from ballot.app import create_app
    from ballot.config import Config

    server = waitress.create_server(
        create_app(Config.from_environ({**os.environ, "BALLOT_INSTANCE": str(instance)})), host="127.0.0.1", port=PORT
    )
    say(translate(_("Kết quả và hồ sơ: http://127.0.0.1:{port}/  (Ctrl-C để dừng)")).format(port=PORT))
    server.run()
