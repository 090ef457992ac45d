"""Texts of a deployment with places in them, and how one is filled. Never here: which values a layout gives them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template


def part(name: str, values: Mapping[str, object]) -> str:
    """Return a text with every place filled. Raises KeyError for a place without a value."""
    return Template((files("ballot.deployment.parts") / name).read_text("utf-8")).substitute(values)
