"""Whether upkeep may believe the clock, and what a wrong one has written down meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from feedback_app.domain.cases import DAYS_TO_DECIDE
from feedback_app.domain.local_time import local_day
from feedback_app.domain.paper import DAYS_TO_CHECK
from feedback_app.domain.upkeep_clock import LONGEST_SILENCE, SLACK, Doubt, doubt_of
from feedback_app.services.access.guessing import GUESS_WINDOW
from feedback_app.services.access.links import LIFE
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import PaperBatch, Screening
from feedback_app.storage.queries import office_marks
from feedback_app.storage.queries import upkeep_clock as queries

SCREENING_DAYS = timedelta(days=14)  # fine times and device marks live no longer
# Upkeep works by whole days and may come a day late: only what is older was never there then.
CERTAIN = timedelta(days=2)
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


class UpkeepStoppedError(Exception):
    """Nothing is deleted or decided until an admin confirms the date on the home page."""

    def __init__(self, doubt: Doubt) -> None:
        """Say it in both languages, for a log and a script."""
        self.doubt = doubt
        today, known = local_day(doubt.now), local_day(doubt.known)
        super().__init__(
            f"Pemeliharaan berhenti: jam komputer menunjukkan {today}, yang terakhir diketahui "
            f"{known}. Betulkan jam, atau benarkan tanggalnya sebagai admin di halaman Kesehatan.\n"
            f"Upkeep stopped: the computer's clock says {today}, the last known day is {known}. "
            "Set the clock right, or confirm the date as an admin on the page Health."
        )


def doubt(site: Site) -> Doubt | None:
    """Why the clock cannot be believed; None when it can."""
    now = site.now()
    with site.db.read() as session:
        upkeep = office_marks.instant(session, office_marks.UPKEEP)
        if upkeep is None:
            newest = queries.latest(session, until=now)
        else:
            newest = queries.reached(session, upkeep, now=now, step=LONGEST_SILENCE)
        return doubt_of(now, upkeep=upkeep, newest=newest, latest=queries.latest(session))


def mend_strays(tx: Session, site: Site) -> int:
    """Date anew what a wrong clock has written, by a clock that is right now; how many rows.

    What came from the future would stay for years. What came from long ago would go at once, held
    answers undecided: both begin their time now. Before `past` lies only what the last upkeep would
    have taken; where that one was done by a clock ahead of now, nobody can tell.
    """
    now = site.now()
    upkeep = office_marks.instant(tx, office_marks.UPKEEP)
    past = upkeep if upkeep is not None and upkeep <= now else None
    mended = 0
    for column, kept in (
        (Screening.received_at, SCREENING_DAYS),
        (PaperBatch.waits_since, DAYS_TO_CHECK),
    ):
        before = past - kept - CERTAIN if past else LONG_AGO
        mended += queries.bring_to_now(tx, column, before=before, after=now + SLACK, now=now)
    mended += queries.set_due(
        tx,
        before=local_day(past - CERTAIN) if past else LONG_AGO.date(),
        after=site.today() + DAYS_TO_DECIDE,
        due_on=site.today() + DAYS_TO_DECIDE,
    )
    mended += queries.bring_restores_to_now(tx, after=now + SLACK, now=now)
    return mended + _mend_staff(tx, site)


def _mend_staff(tx: Session, site: Site) -> int:
    now = site.now()
    ends_at = now + timedelta(hours=site.settings.session_hours)
    return (
        queries.shorten_sessions(tx, ends_at=ends_at, now=now)
        + queries.shorten_links(tx, ends_at=now + max(LIFE.values()))
        + queries.end_long_waits(tx, ends_at=now + GUESS_WINDOW, now=now)
    )


def note_upkeep(tx: Session, site: Site) -> None:
    """From here the next one counts."""
    office_marks.put(tx, office_marks.UPKEEP, text="", at=site.now())
