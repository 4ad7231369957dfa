"""Tables that a reader can put in order by a heading: plain links, so that the address keeps it.

`?urut=KEY.3` is the table KEY by its third column, `KEY.-3` the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, url_for
from markupsafe import Markup

from feedback_app.domain.table_columns import Column, columns_of
from feedback_app.web.language import language
from feedback_app.web.table_order import ordered

_CHOSEN = re.compile(r"([a-z]+)\.(-?)([1-9]\d?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sorting:
    """How one table of the page is ordered: by `place` (from 1), 0 as the page gives it."""

    key: str
    columns: Sequence[Column]
    place: int
    is_falling: bool

    def rows(self, rows: str) -> str:
        """The rows in this order."""
        if not self.place:
            return rows
        its = self.columns[self.place - 1]
        return Markup(  # noqa: S704 (markup of the template itself, only moved)
            ordered(
                str(rows),
                self.place - 1,
                is_falling=self.is_falling,
                decimal="." if language() == "en" else ",",
                is_figure="n" in its.css.split(),
            )
        )

    def can_sort(self, place: int) -> bool:
        """Whether this column, from 1, has a heading to press; a drawing has no order."""
        its = self.columns[place - 1]
        return its.is_seen and bool(its.heading) and not its.under and "chart" not in its.css

    def state(self, place: int) -> str:
        """aria-sort of a heading; '' where the table is not ordered by it."""
        if place != self.place:
            return ""
        return "descending" if self.is_falling else "ascending"

    def address(self, place: int) -> str:
        """This page ordered by a column; the other way round where it already is."""
        falls = "-" if place == self.place and not self.is_falling else ""
        kept = {name: request.args.getlist(name) for name in request.args if name != "urut"}
        where = kept | (request.view_args or {}) | {"urut": f"{self.key}.{falls}{place}"}
        return url_for(request.endpoint or "", _anchor=f"urut-{self.key}", **where)


def sorting(key: str, columns: Sequence[str | Column]) -> Sorting:
    """How the table of this key is ordered in this request."""
    own = columns_of(columns)
    chosen = _CHOSEN.fullmatch(request.args.get("urut", ""))
    if chosen is None or chosen[1] != key or int(chosen[3]) > len(own):
        return Sorting(key, own, 0, is_falling=False)
    found = Sorting(key, own, int(chosen[3]), is_falling=bool(chosen[2]))
    return found if found.can_sort(found.place) else Sorting(key, own, 0, is_falling=False)
