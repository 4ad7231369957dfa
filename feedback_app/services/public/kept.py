"""What rests on published results alone: in memory, for all readers, until one of them changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from feedback_app.services.site import Site
from feedback_app.storage.queries.place_material import RESULT_STAMP

Value = TypeVar("Value")


def kept(site: Site, question: Hashable, work_out: Callable[[], Value]) -> Value:
    """The answer kept, or worked out now."""
    return site.results.get(question, stamp_now(site), work_out)


def stamp_now(site: Site) -> str:
    """What changes with results and the names beside them; read before what is kept by it."""
    with site.db.glance() as statements:
        rows = statements.rows(RESULT_STAMP, {})
    return str(rows[0][0]) if rows else ""
