"""What stands beside an act, in the reader's words: in the audit log and in people's histories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from feedback_app.domain.act_words import LABELS, VALUES
from feedback_app.domain.roles import Role
from feedback_app.web import formats
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say
from feedback_app.web.roles import ROLE_NAMES

ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
CHANGED = " → "  # between what stood and what stands


def facts_in_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of what stands beside an act; empty values are left out."""
    return [
        (say(LABELS[key]) if key in LABELS else key, _value_words(key, value))
        for key, value in facts.items()
        if value not in ("", None, [])
    ]


def act_words(facts: Mapping[str, Any]) -> str:
    """The same as one line."""
    return " · ".join(f"{label}: {value}" for label, value in facts_in_words(facts))


def days_written_out(text: str) -> str:
    """2026-11-24 in a text as 24 November 2026."""
    return ISO_DAY.sub(_long_day, text)


def _value_words(key: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_value_words(key, one) for one in value)
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if isinstance(value, int | float):
        return formats.number(value)
    text = str(value)
    if CHANGED in text:
        return CHANGED.join(_value_words(key, one) for one in text.split(CHANGED))
    if key == "role":
        return _(ROLE_NAMES[Role(text)]) if text in set(Role) else text
    words = VALUES.get(key, {}).get(text)
    return say(words) if words else days_written_out(text)


def _long_day(found: re.Match[str]) -> str:
    try:
        return formats.long_date(date.fromisoformat(found[0]))
    except ValueError:  # looks like a day and is none
        return found[0]
