"""What one page asks for more than once, asked once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from feedback_app.storage.db import Session

Value = TypeVar("Value")


def once(session: Session, question: Hashable, ask: Callable[[], Value]) -> Value:
    """The answer that this session had before, or has now; one that writes asks each time."""
    if session.get_bind().get_execution_options().get("begin_immediate"):
        return ask()
    if question not in session.info:
        session.info[question] = ask()
    found: Value = session.info[question]
    return found
