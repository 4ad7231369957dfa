"""Faults that any layer may raise: one a person reads, and what the database could not keep."""

from __future__ import annotations


class ReadableError(ValueError):
    """A fault whose text a person reads: a constant text to translate, and the values in it.

    `text` is Indonesian with places like %(name)s; `values` fills them in every language.
    """

    def __init__(self, text: str, **values: object) -> None:
        """Keep text and values apart; as a string it is Indonesian."""
        super().__init__(text % values if values else text)
        self.text, self.values = text, values


class NotSavedError(Exception):
    """The database cannot answer now (disk full, busy, gone); nothing was written."""


class ConflictError(NotSavedError):
    """Two transactions waited for each other and this one gave way; it may be tried again."""
