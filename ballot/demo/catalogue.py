"""The catalogue of the demonstration: one organiser takes over the sample of a province, so that a plan can be begun.

Here lives that one upload. Never here: a name that is somebody's.
"""

from __future__ import annotations

import re

from ballot.demo.hall import FIRST, Hall
from tally.i18n import marked as _

_DIGEST = re.compile(r'name="digest" value="([^"]+)"')
_ADMIT = re.compile(r'action="(/danh-sach/nhap/[^"/]+)/ghi"')
SAMPLE = "/danh-sach/mau/tinh-mau.xlsx"


def fill(hall: Hall) -> None:
    """Download the sample workbook, send it in, look at the preview, say yes."""
    person = hall.person(FIRST)
    workbook = person.get(SAMPLE)
    preview = person.submit("/danh-sach/", "/danh-sach/nhap", files=(("list", "tinh-mau.xlsx", workbook),))
    place, digest = _ADMIT.search(preview), _DIGEST.search(preview)
    if place and digest:
        person.submit(place[1], f"{place[1]}/ghi", {"digest": digest[1]})
    hall.stage.note(_("Danh mục một tỉnh mẫu đã nhập: lập kế hoạch đợt mới từ mục Kế hoạch"))
