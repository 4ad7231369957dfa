"""What a person typed cannot be used: where, and why."""

from __future__ import annotations


class FieldFaultError(ValueError):
    """`field` names where; the message says why and what to do."""

    def __init__(self, field: str, message: str) -> None:
        """Name the field and the reason."""
        super().__init__(message)
        self.field = field
