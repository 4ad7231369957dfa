"""How far people come with a counter's form, over a quarter that is over: opened, sent, stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from feedback_app.domain.disclosure import MIN_GROUP
from feedback_app.domain.survey import quarter_from
from feedback_app.storage.db import Session
from feedback_app.storage.queries import openings as queries


@dataclass(frozen=True, slots=True)
class FormUse:
    """Rounded down to tens, so that no single person moves a figure; 0 is fewer than ten.

    `opened` also counts a page that was loaded again; None where nothing was counted yet.
    """

    opened: int | None
    sent: int
    stopped: int  # of those sent: only the four questions about the officer are answered


def form_use(session: Session, counter_id: int, starts: date) -> FormUse:
    """One counter's quarter, by its first day; only forms on people's own phones."""
    span = quarter_from(starts)
    opened = queries.opened_in(session, [counter_id], span.first).get(counter_id)
    found = queries.sent_between(session, [counter_id], span.first, span.last)
    sent, stopped = found.get(counter_id, (0, 0))
    return FormUse(None if opened is None else tens(opened), tens(sent), tens(stopped))


def tens(n: int) -> int:
    """Rounded down to tens."""
    return n - n % MIN_GROUP
