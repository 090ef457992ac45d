"""The catalogue's pages for organisers, under /danh-muc/: one module for each kind of entry, one blueprint for all.

Here lives the putting together. Never here: a view, or a rule.
"""

from ballot.views.catalogue import groups, index, organs, people, posts, texts
from ballot.views.catalogue.base import blueprint

__all__ = ["blueprint", "groups", "index", "organs", "people", "posts", "texts"]
