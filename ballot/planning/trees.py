"""Bodies as a tree, however deep: each under the body above it.

Here lives the order. Never here: recursion, for a chain of bodies may be as long as a list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ballot.models.registry.catalogue import Body


def in_tree_order(bodies: Sequence[Body], above: Mapping[int, int | None], top: int | None) -> list[tuple[Body, int]]:
    """Return the bodies under `top` (None: those that have none above) with their depth from 0; each once."""
    children: defaultdict[int | None, list[Body]] = defaultdict(list)
    for body in bodies:
        children[above.get(body.id)].append(body)
    found: list[tuple[Body, int]] = []
    seen: set[int | None] = {top}
    waiting = [(body, 0) for body in reversed(children[top])]
    while waiting:
        body, depth = waiting.pop()
        if body.id not in seen:
            seen.add(body.id)
            found.append((body, depth))
            waiting += [(child, depth + 1) for child in reversed(children[body.id])]
    return found
