"""A page's table tells its headings once; each cell takes label and classes from its column.

Pages and the impact study's report both print tables, so this stands below web and files.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

# Templates escape < and > in every value, so that a tag ends at its first >.
_TAG = re.compile(r"<(tr|td|th)\b([^>]*)>")
_ANY_TAG = re.compile(r"<[^>]*>")
_CLASS = re.compile(r'\s*\bclass="([^"]*)"')
# On a phone some cells stand side by side (pages.css: .brief, .ticks); a space would part them.
_BETWEEN_CELLS = re.compile(r"(?<=</t[dh]>)\s+(?=<t[dh]\b)")
_COLSPAN = re.compile(r'\bcolspan="(\d+)"')


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what stands at its head and what its cells take from it.

    `label` stands before the cell where a phone shows a row as a card; '' for none. `css` are the
    classes of the heading and of every cell. `under` is markup below the heading, such as a scale.
    """

    heading: str
    label: str
    css: str = ""
    under: str = ""
    is_seen: bool = True


def column(heading: str, css: str = "", label: str | None = None, under: str = "") -> Column:
    """A column of words; its cells are labelled with the heading unless `label` differs."""
    return Column(heading, _plain(heading) if label is None else label, css, under)


def figure(heading: str, css: str = "", label: str | None = None, under: str = "") -> Column:
    """A column of figures: to the right, on one line."""
    return column(heading, f"n {css}".strip(), label, under)


def unseen(heading: str, css: str = "") -> Column:
    """A column whose heading is for screen readers only, such as one of links."""
    return Column(heading, "", css, is_seen=False)


def columns_of(headings: Sequence[str | Column]) -> list[Column]:
    """The columns of a table; a plain text is a column of words."""
    return [item if isinstance(item, Column) else column(item) for item in headings]


def in_columns(rows: str, headings: Sequence[str | Column]) -> str:
    """Give each cell of the rows' markup the classes and the label of its column.

    A cell across several columns takes nothing; one with a data-label of its own keeps it; a row's
    heading takes classes only. White space between cells goes. Raises ValueError for a row wider
    than the headings.
    """
    columns = columns_of(headings)
    place = 0

    def fitted(tag: re.Match[str]) -> str:
        nonlocal place
        if tag[1] == "tr":
            place = 0
            return tag[0]
        span = _COLSPAN.search(tag[2])
        width = int(span[1]) if span else 1
        place += width
        if place > len(columns):
            raise ValueError(f"a row of {place} cells under {len(columns)} headings")
        return tag[0] if width > 1 else _cell(tag[1], tag[2], columns[place - 1])

    return _TAG.sub(fitted, _BETWEEN_CELLS.sub("", str(rows)))


def _cell(name: str, attributes: str, its: Column) -> str:
    own = _CLASS.search(attributes)
    css = " ".join(filter(None, (its.css, own[1] if own else "")))
    kept = _CLASS.sub("", attributes, count=1)
    if css:
        kept = f' class="{css}"{kept}'
    if name == "td" and its.label and "data-label=" not in kept:
        kept += f' data-label="{html.escape(its.label)}"'
    return f"<{name}{kept}>"


def _plain(heading: str) -> str:
    """The words of a heading, whether a text or a template's markup."""
    if not hasattr(heading, "__html__"):
        return heading
    return " ".join(html.unescape(_ANY_TAG.sub("", str(heading))).split())


FILTERS = {
    "column": column,
    "figure": figure,
    "unseen": unseen,
    "columns": columns_of,
    "in_columns": in_columns,
}
