"""Start-up checks: what must hold on a machine before it may serve in earnest (`BALLOT_PRODUCTION=1`).

Here live the list of checks and what follows from it. Never here: what one of them looks at.

Nothing is migrated and nothing written before all of them passed. `ballot check` prints the same list at any time, and
another one on a machine without databases at which people stand.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from ballot.config import Config
from ballot.startup import databases, kept_keys, machine, presence, releases, terminals
from ballot.startup.errors import DatabaseAway, Doubtful, NotFitToServe
from ballot.startup.place import Place
from ballot.startup.terminals import Post
from tally.i18n import marked as _
from tally.protocol.errors import CodedError

Check = Callable[[Place], None]
WAIVABLE = frozenset({"DISK_NOT_LOCAL"})
"""What BALLOT_WAIVE may name: a container's own volume can look like a layer, and only its operator knows."""


class State(Enum):
    """What came of a check."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what it is about, what came of it, and the refusal if there is one."""

    about: str
    state: State
    error: CodedError | None = None

    @property
    def code(self) -> str:
        """The stable code of a refusal or a doubt."""
        return self.error.code if self.error else ""


CHECKS: tuple[tuple[str, Check], ...] = (
    (_("Không gỡ lỗi"), machine.check_no_debugger),
    (_("Các trang dùng https"), machine.check_https),
    (_("Các thư mục có sẵn"), presence.check_folders),
    (_("Bí mật và khóa kín"), machine.check_secrets),
    (_("Ổ đĩa còn chỗ"), machine.check_room),
    (_("Ổ đĩa của chính máy này"), machine.check_own_disk),
    (_("Không ghi ảnh bộ nhớ"), machine.check_no_core_dumps),
    (_("Không có nhật ký truy cập"), machine.check_no_access_log),
    (_("Giao diện đã dựng"), databases.check_front_end),
    (_("Thiết lập bắt buộc của cơ sở dữ liệu"), databases.check_laws),
    (_("Hòm phiếu không giữ thứ tự"), databases.check_no_order),
    (_("Sổ cử tri và hòm phiếu tách nhau"), databases.check_apart),
    (_("Bản thứ hai trả lời và ở nơi khác"), presence.check_copy),
    (_("Mỗi khóa một việc"), databases.check_key_uses),
    (_("Có đủ khóa của đợt đang mở"), kept_keys.check_keys_there),
    (_("Đúng bản phần mềm của đợt đang mở"), releases.check_release),
    (_("Không có đợt nào đang mở"), releases.check_nothing_open),
    (_("Không có hai đợt cùng mở"), releases.check_one_round),
    (_("Không có bản cập nhật chờ khởi động lại"), releases.check_no_upgrade_waits),
    (_("Người chứng kiến"), releases.check_witnesses),
    (_("Hai tiến trình"), machine.check_two_processes),
    (_("Không có vùng tráo đổi"), machine.check_no_swap),
    (_("Đồng hồ"), machine.check_clock),
)
"""Each check with what it is about, in the order of reading. Source: threats 6."""
CHECKS_OF_POSTS: tuple[tuple[str, Callable[[Post], None]], ...] = (
    (_("Không có vùng tráo đổi"), terminals.check_no_swap),
    (_("Không ghi ảnh bộ nhớ"), terminals.check_no_core_dumps),
    (_("Máy in không giữ việc đã in"), terminals.check_no_print_jobs),
    (_("Chính sách trình duyệt"), terminals.check_policy),
)
"""The same for a terminal of the booth and for a station. Source: threats 6, B17, H7."""


def findings(place: Place) -> list[Finding]:
    """Return what came of every check; one that is waived stays in the list as a doubt."""
    waived = WAIVABLE & set(place.environ.get("BALLOT_WAIVE", "").split(","))
    return [_finding(about, partial(check, place), waived) for about, check in CHECKS]


def findings_at(post: Post) -> list[Finding]:
    """Return what came of every check of a terminal or station. Raises BadLayout for what is no address."""
    post.kiosk.check()
    return [_finding(about, partial(check, post)) for about, check in CHECKS_OF_POSTS]


def _finding(about: str, look: Callable[[], None], waived: frozenset[str] = frozenset()) -> Finding:
    try:
        look()
    except Doubtful as error:
        return Finding(about, State.DOUBTFUL, error)
    except CodedError as error:
        return Finding(about, State.DOUBTFUL if error.code in waived else State.REFUSED, error)
    except DBAPIError:
        return Finding(about, State.REFUSED, DatabaseAway())
    return Finding(about, State.GOOD)


def require(config: Config) -> None:
    """Let a process go on to serve in earnest, and note its release. Raises NotFitToServe naming every refusal."""
    place = here(config, os.environ)
    refused = dict.fromkeys(found.code for found in findings(place) if found.state is State.REFUSED)
    if refused:
        raise NotFitToServe(codes=", ".join(refused))
    releases.note(place)


def here(config: Config, environ: Mapping[str, str], *, proxy: tuple[Path, ...] = ()) -> Place:
    """Return this process as a place to look at."""
    return Place(config, environ, datetime.now(UTC).date(), proxy, command=tuple(sys.argv[1:]))
