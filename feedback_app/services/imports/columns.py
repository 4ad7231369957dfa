"""Which column of a file is which, as a person at a terminal says it by titles."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_app.domain.folding import heading_key
from feedback_app.files.records import Kind
from feedback_app.files.tables import read_table

NOTHING = "-"


class NoSuchColumnError(ValueError):
    """The file has no column of this title, or the kind no such field."""


def decided(
    kind: Kind, content: bytes, pairs: Sequence[tuple[str, str]], *, sheet: str | None
) -> dict[str, int | None]:
    """Places by field from pairs of a file's title ('-': none) and a field's."""
    if not pairs:
        return {}
    titles = [heading_key(title) for title in read_table(content, kind.wanted, sheet=sheet).headers]
    found: dict[str, int | None] = {}
    for title, name in pairs:
        field = kind.wanted.names.get(heading_key(name))
        if field is None:
            raise NoSuchColumnError(f"there is no field {name!r} in {kind.key}")
        if title != NOTHING and heading_key(title) not in titles:
            raise NoSuchColumnError(f"the file has no column {title!r}")
        found[field] = None if title == NOTHING else titles.index(heading_key(title))
    return found
