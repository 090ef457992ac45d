"""Step 3: blocks and forms of the ballot and the order on it, by numbers that are typed.

Here live its page and form. Never here: who is rated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ballot.planning import ordering
from ballot.planning.content import Content
from ballot.planning.ordering import Block
from ballot.planning.steps.look import Form, Look, number, refuse, words
from tally.i18n import marked as _

MOST = 999


def shown(look: Look) -> dict[str, Any]:
    """Return the blocks in order, and the lines with their block's index and their number in it."""
    rated = look.content.rated
    blocks, numbers = ordering.blocks_of(rated), ordering.numbers_of(rated)
    home = {(block.form, block.title): index for index, block in enumerate(blocks)}
    lines = [(line, home[line.form, line.block], numbers[line.key]) for line in rated]
    return {"blocks": blocks, "lines": lines}


def changed(look: Look, form: Form) -> Content:
    """Return the draft with the ballot in another order. Raises StepRefused, FieldMissing, FieldTooLong, BadText."""
    officials = look.content.officials
    if officials is None:
        raise refuse(_("Người được lấy phiếu"), _("xin chọn người được lấy phiếu trước"))
    rated = look.content.rated
    old = ordering.blocks_of(rated)
    blocks = [_block(form, index, empty=not block.title) for index, block in enumerate(old)]
    if form.get(f"block-title-{len(old)}", "").strip():
        blocks.append(_block(form, len(old), empty=False))
    chosen, numbers = {}, {}
    for line in rated:
        if f"line-block-{line.key}" in form:
            chosen[line.key] = number(form, f"line-block-{line.key}", line.name, 0, len(blocks) - 1)
            numbers[line.key] = number(form, f"line-number-{line.key}", line.name, 0, MOST)
    others = [line for line in officials.lines if line not in rated]
    lines = ordering.arrange((*rated, *others), blocks, chosen=chosen, numbers=numbers)
    return replace(look.content, officials=replace(officials, lines=lines))


def _block(form: Form, index: int, *, empty: bool) -> Block:
    title = words(form, f"block-title-{index}", _("Tên khối"), empty=empty)
    of_form = words(form, f"block-form-{index}", _("Loại phiếu"), empty=True)
    return Block(of_form, title, number(form, f"block-number-{index}", _("Thứ tự khối"), 0, MOST))
