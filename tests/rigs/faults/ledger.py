"""The books: what was sent and which receipts were given, kept outside what is cut."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.site import Site
from feedback_app.storage import ratings
from feedback_app.storage.models import Comment, Rating, Screening


@dataclass
class Sent:
    """One answer: what it says, the form that carries it, and its receipt once it came."""

    mark: str  # its comment, by which it is found again
    answers: dict[str, str]
    path: str
    body: str = ""
    receipt: str = ""
    received_at: float = 0.0  # when the receipt came, by time.monotonic
    presses: int = 0
    statuses: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Account:
    """What the database holds of what was acknowledged; all but the first is 0 where it is right."""

    acknowledged: int
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    differences: int = 0  # tally rows that differ from a recount

    def faults(self) -> int:
        """0 is the promise."""
        return self.lost + self.doubled + self.changed + self.differences


class Ledger:
    """Every answer of a rig's run, by its mark; written by many citizens at once."""

    def __init__(self) -> None:
        """Nothing sent yet."""
        self._lock = threading.Lock()
        self._sent: dict[str, Sent] = {}

    def add(self, sent: Sent) -> None:
        """Before it is sent for the first time."""
        with self._lock:
            self._sent[sent.mark] = sent

    def all(self) -> list[Sent]:
        """Everything sent so far."""
        with self._lock:
            return list(self._sent.values())

    def take_back(self, *, after: float) -> int:
        """Receipts that came after the power had gone count as none; how many there were.

        A machine without power sends nothing. Here it runs on for some ms, and the kernel tells
        some of the syncs that the cut broke that all was written.
        """
        late = [sent for sent in self.all() if sent.receipt and sent.received_at >= after]
        for sent in late:
            sent.receipt = ""
        return len(late)

    def unanswered(self) -> list[Sent]:
        """Sent at least once and no receipt seen: kept or not, nobody knows."""
        return [sent for sent in self.all() if sent.body and not sent.receipt]

    def settle(self, site: Site, only: Iterable[Sent] | None = None) -> Account:
        """Compare with the database."""
        sent = {one.mark: one for one in (self.all() if only is None else only)}
        # Before the database is read: what is told while it is read need not be in it.
        told = [mark for mark, one in sent.items() if one.receipt]
        rows, differences = _kept(site)
        rows = [row for row in rows if row[0] in sent]
        found = Counter(mark for mark, _answers in rows)
        changed = sum(answers != list(sent[mark].answers.values()) for mark, answers in rows)
        return Account(
            acknowledged=len(told),
            lost=sum(found[mark] == 0 for mark in told),
            doubled=sum(count > 1 for count in found.values()),
            changed=changed,
            differences=differences,
        )


def _kept(site: Site) -> tuple[list[tuple[str, list[str]]], int]:
    """(mark, answers) of each kept answer; and the tally's differences, of the same instant."""
    columns = [getattr(Rating, key) for key in ALL_KEYS]
    query = (
        select(Comment.text, *columns)
        .join(Screening, Screening.comment_id == Comment.id)
        .join(Rating, Rating.id == Screening.rating_id)
    )
    with site.db.read() as session:
        if not site.db.is_sqlite:  # there each statement would else see an instant of its own
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        rows = [(mark, [str(a) for a in answers]) for mark, *answers in session.execute(query)]
        return rows, ratings.differences_from_recount(session)
