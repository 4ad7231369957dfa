"""What stands above a table's titles, and whether somebody might miss it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from feedback_app.domain.texts import Text
from feedback_app.files.reading.book import Row
from feedback_app.files.reading.headings import Heading, is_numbering, titles_of

AS_FULL_AS_DATA = 0.4  # of the titled columns: a letterhead fills one or two


def divided(all_rows: Iterator[Row], last: int) -> tuple[list[Row], Iterator[Row]]:
    """Rows up to this number, and those below."""
    above: list[Row] = []
    for row in all_rows:
        if row[0] > last:
            return above, chain([row], all_rows)
        above.append(row)
    return above, iter(())


def above_notes(above: Sequence[Row], heading: Heading) -> Iterator[Text]:
    """Rows over the titles that are as full as data: an office's title or letterhead is not."""
    full = AS_FULL_AS_DATA * sum(1 for title in heading.titles if title)
    own = set(titles_of(above[-1][1])) if above else set()
    for number, values in above[:-1]:
        told = [title for title in titles_of(values) if title]
        shared = set(told) & set(heading.titles)
        is_twice = 2 * len(set(told) & own) > len(
            told
        )  # the titles once more; else they may be the upper half of two
        is_heading = bool(shared) and number >= heading.last_row - 1 and not is_twice
        is_heading = is_heading or is_numbering(values, len(heading.titles))
        if len(told) >= max(2, full) and not is_heading:
            yield Text("Baris %(row)s di atas judul kolom tidak dibaca.", row=number)
