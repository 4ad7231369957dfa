"""Faults that any layer may raise: one a person reads, and what the database could not keep."""

from __future__ import annotations

from feedback_app.domain.texts import Text


class ReadableError(ValueError):
    """A fault that a person reads, in the reader's language: `text` holds words and values."""

    def __init__(self, text: str | Text, **values: object) -> None:
        """Keep words and values apart; as a string it is Indonesian."""
        self.text = text if isinstance(text, Text) else Text(text, **values)
        super().__init__(str(self.text))


class NotSavedError(Exception):
    """The database cannot answer now (disk full, busy, gone); nothing was written."""


class NotMadeError(Exception):
    """A file or a figure could not be made now: its process was busy, too slow, or killed."""


class ConflictError(NotSavedError):
    """Two transactions waited for each other and this one gave way; it may be tried again."""
