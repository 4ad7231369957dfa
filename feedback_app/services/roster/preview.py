"""Plans over many days: shown whole before they are kept, and compared when they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_plans import (
    Line,
    Plan,
    day_of,
    first_day_alone,
    lines,
    parted,
    without_clashes,
)
from feedback_app.domain.texts import Text
from feedback_app.services.roster.scope import Scope
from feedback_app.services.roster.writing import (
    clash_text,
    ended,
    seen_mark,
    standing_around,
)
from feedback_app.services.site import Site
from feedback_app.storage.db import Session


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change, what is left out and why, and a mark of all that."""

    plan: Plan
    lines: Sequence[Line]
    skipped: Sequence[Text]
    old_days: Sequence[date]  # left out: older days need two people, one by one
    called: Mapping[int, str]
    counters: Mapping[int, str]
    seen: str

    @property
    def added(self) -> int:
        """How many lines only add."""
        return sum(1 for line in self.lines if line.old is None)

    @property
    def withdrawn(self) -> int:
        """How many lines only withdraw."""
        return sum(1 for line in self.lines if line.new is None)

    @property
    def changed(self) -> int:
        """How many lines change hours or officer."""
        return len(self.lines) - self.added - self.withdrawn


def preview_of(
    session: Session, site: Site, scope: Scope, plan: Plan, *, skipped: Sequence[Text] = ()
) -> Preview:
    """The plan without clashes and older days, with what was left out."""
    recent, old = parted(plan, first_alone=first_day_alone(site.today()))
    gone = ended(session, recent.added)
    recent = Plan(recent.withdrawn, tuple(one for one in recent.added if one not in gone))
    kept, refused = without_clashes(recent, standing_around(session, recent))
    names, counters = scope.called, scope.counter_names
    told = [clash_text(new, other, called=names, counters=counters) for new, other in refused]
    return Preview(
        plan=kept,
        lines=lines(kept),
        skipped=[*skipped, *_gone_texts(gone.values()), *told],
        old_days=sorted({day_of(shift) for shift in (*old.withdrawn, *old.added)}),
        called=names,
        counters=counters,
        seen=mark_of(kept),
    )


def _gone_texts(gone: Iterable[tuple[str, date]]) -> list[Text]:
    """Once for each who is there no more, with how many shifts that leaves out."""
    return [
        Text(
            "%(name)s hanya sampai %(last)s; %(n)s jam tugas sesudahnya tidak diisi.",
            name=name,
            last=f"{last:%d-%m-%Y}",
            n=count,
        )
        for (name, last), count in sorted(Counter(gone).items())
    ]


def mark_of(plan: Plan) -> str:
    """A mark of what a plan takes and brings."""
    return seen_mark([*plan.withdrawn, *plan.added])


def away_text(scope: Scope, shift: Shift) -> Text:
    """Why a shift of a pattern is not repeated."""
    return Text(
        "%(name)s berhalangan pada %(day)s; tidak ditulis ke jadwal.",
        name=scope.called[shift.officer_id],
        day=f"{day_of(shift):%d-%m-%Y}",
    )
