"""Find the row of column titles: below a document's title, above the rows of data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from feedback_app.domain.folding import heading_key, read_once, tidy
from feedback_app.files.reading.book import Raw, Row, is_blank

SAMPLE_ROWS = 30  # titles, logos and letterheads take less


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which column titles are looked for: folded title -> field; fields no table goes without."""

    names: Mapping[str, str]
    needed: frozenset[str]

    def fields(self, titles: Sequence[str]) -> set[str]:
        """The fields that these titles name."""
        return {self.names[key] for key in map(heading_key, titles) if key in self.names}


@dataclass(frozen=True, slots=True)
class Heading:
    """The titles as written, one a column; rows up to `last_row` are no data."""

    titles: tuple[str, ...]
    last_row: int
    fields: frozenset[str]


def find_heading(sample: Sequence[Row], wanted: Wanted) -> Heading | None:
    """The titles of a sample of rows that are not blank; None in an empty sheet.

    The row that names most wanted fields; where none names any, the first that looks like titles.
    """
    if not sample:
        return None
    found = [_of_row(row, wanted) for row in sample]
    found += [_of_two(upper, lower, wanted) for upper, lower in pairwise(sample)]
    best = max(found, key=lambda heading: len(heading.fields))
    heading = best if best.fields else _of_row(_most_like_titles(sample), wanted)
    below = [row for row in sample if row[0] > heading.last_row]
    if len(below) > 1 and is_numbering(below[0][1], len(heading.titles)):
        return Heading(heading.titles, below[0][0], heading.fields)
    return heading


def _of_row(row: Row, wanted: Wanted) -> Heading:
    titles = titles_of(row[1])
    return Heading(titles, row[0], frozenset(wanted.fields(titles)))


def _of_two(upper: Row, lower: Row, wanted: Wanted) -> Heading:
    """Titles in two rows: under a merged one ("Unsur pelayanan") stand those of its columns."""
    above, below = titles_of(upper[1]), titles_of(lower[1])
    own = wanted.fields(below)
    width = max(len(above), len(below))
    above, below = (*above, *[""] * (width - len(above))), (*below, *[""] * (width - len(below)))
    titles = tuple(low or high for high, low in zip(above, below, strict=True))
    fields = wanted.fields(titles)
    if len(own) < 2 or len(fields) <= len(own):  # the lower row is data, or needs no help
        return Heading(titles, lower[0], frozenset())
    return Heading(titles, lower[0], frozenset(fields))


def titles_of(values: Sequence[Raw]) -> tuple[str, ...]:
    """What stands in a row, as titles; empty cells behind the last one are only formatting."""
    titles = [
        read_once(tidy(value)) if isinstance(value, str) else _plain(value) for value in values
    ]
    while titles and not titles[-1]:
        titles.pop()
    return tuple(titles)


def _plain(value: Raw) -> str:
    return "" if value is None else str(value)


def _most_like_titles(sample: Sequence[Row]) -> Row:
    """The first row with nearly as many texts as any other: a document's own title has fewer."""
    texts = [sum(1 for value in values if _is_word(value)) for _number, values in sample]
    return next(row for row, count in zip(sample, texts, strict=True) if count >= 0.6 * max(texts))


def _is_word(value: Raw) -> bool:
    return isinstance(value, str) and any(letter.isalpha() for letter in value)


def is_numbering(values: Sequence[Raw], width: int) -> bool:
    """Whether a row only numbers the columns: 1 2 3 4 …, or (1) (2) (3) …."""
    if is_blank(values):
        return False
    figures = [title.strip("()[]. ") for title in titles_of(values)]
    return 3 <= len(figures) == width and figures == [str(n) for n in range(1, width + 1)]
