"""How long things are kept, and the daily job that keeps to it (docs/privacy.md)."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from feedback_app.domain.local_time import local_instant
from feedback_app.domain.paper import DAYS_TO_CHECK
from feedback_app.services.cases import decisions
from feedback_app.services.citizen import daily_key
from feedback_app.services.paper.checks import count_overdue
from feedback_app.services.people.leaving import end_those_who_left
from feedback_app.services.places.ending import end_places
from feedback_app.services.site import Site
from feedback_app.services.upkeep import clock
from feedback_app.services.upkeep.anew import drop_deleted_rows, write_closed_days
from feedback_app.storage.db import Session
from feedback_app.storage.queries import cases, visit_codes
from feedback_app.storage.queries import retention as queries

log = logging.getLogger(__name__)

SESSION_DAYS = 30  # an ended session stays to be looked up


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of a table go this long after the instant in a column."""

    table: str
    column: str
    kept: timedelta
    whole_days: bool  # from the end of the day on, so that all of one day go together


RULES = (
    Rule("screening", "received_at", clock.SCREENING_DAYS, whole_days=True),
    Rule("note", "received_at", clock.SCREENING_DAYS, whole_days=True),
    Rule("staff_session", "expires_at", timedelta(days=SESSION_DAYS), whole_days=False),
    Rule("access_link", "expires_at", timedelta(days=SESSION_DAYS), whole_days=False),
    Rule("login_throttle", "window_ends_at", timedelta(days=1), whole_days=False),
    Rule("held_upload", "expires_at", timedelta(0), whole_days=False),  # unreadable by then
    Rule("code_guess", "minute", timedelta(hours=1), whole_days=False),
)
# What was keyed from paper goes with the end of its check, which the job ends where nobody does.
WATCHED = (*RULES, Rule("paper_batch", "waits_since", DAYS_TO_CHECK, whole_days=False))
GRACE = timedelta(days=1)  # the job runs once a day: rows may wait for its next turn


def overdue(site: Site) -> dict[str, int]:
    """Rows that the daily job should have deleted, by table; only those that are there."""
    with site.db.read() as session:
        found = {
            rule.table: queries.rows_before(
                session, rule.table, rule.column, before=site.now() - rule.kept - GRACE
            )
            for rule in WATCHED
        }
    return {table: count for table, count in found.items() if count}


def waiting(site: Site) -> dict[str, int]:
    """What would be deleted or decided at once if upkeep went on, by name; only what is there."""
    with site.db.read() as session:
        found = {
            rule.table: queries.rows_before(
                session, rule.table, rule.column, before=_kept_from(site, rule)
            )
            for rule in RULES
        }
        found["visit_code"] = queries.rows_before(
            session, "visit_code", "expires_at", before=site.now()
        )
        found["paper_batch"] = queries.rows_before(
            session, "paper_batch", "waits_since", before=site.now() - DAYS_TO_CHECK
        )
        found["cases"] = len(cases.overdue(session, kind="held", today=site.today()))
    return {name: count for name, count in found.items() if count}


def run_daily(site: Site) -> dict[str, int]:
    """Do the work of the day; UpkeepStoppedError, and nothing done, where the clock is in doubt."""
    site = site.at_one_instant()
    if found := clock.doubt(site):
        raise clock.UpkeepStoppedError(found)
    return do_daily_work(site)


def do_daily_work(site: Site) -> dict[str, int]:
    """Delete what is past its time, decide what is overdue; what was done, by name.

    The clock is right: `run_daily` has asked, or an admin has said so. What was deleted is then
    nowhere in the file either (secure_delete) nor in SQLite's WAL.
    """
    site = site.at_one_instant()  # midnight must not pass within it
    with site.db.transaction() as tx:
        done = {"redated": clock.mend_strays(tx, site)}
    with site.db.transaction() as tx:
        done["left"] = end_those_who_left(tx, site)
        done["ended"] = end_places(tx, site)
    # Decided first: a comment goes the way of its answer as long as screening keeps their link.
    done |= {"cases": decisions.decide_overdue(site), "paper": count_overdue(site)}
    with site.db.transaction() as tx:
        for rule in RULES:
            done[rule.table] = queries.delete_before(
                tx, rule.table, rule.column, before=_kept_from(site, rule)
            )
        done["visit_code"] = _expire_codes(tx, site)
    done["written_anew"] = write_closed_days(site)
    if any(done.values()):
        drop_deleted_rows(site)
    done["daily_key"] = daily_key.destroy_old(site.settings.instance_dir, today=site.today())
    with site.db.transaction() as tx:
        clock.note_upkeep(tx, site)
    if not site.db.empty_wal():
        log.warning("deleted rows wait in the WAL for the next upkeep: a long reader holds it")
    return done


def screening_kept_from(site: Site) -> datetime:
    """Fine times and device marks from before this instant are nowhere, in copies neither."""
    return _kept_from(site, RULES[0])


def _kept_from(site: Site, rule: Rule) -> datetime:
    """What is older goes."""
    if rule.whole_days:
        return local_instant(site.today() - rule.kept, time.min)
    return site.now() - rule.kept


def _expire_codes(tx: Session, site: Site) -> int:
    """Unspent codes go when their time is over, and are counted under the day they were for."""
    gone = visit_codes.expire(tx, now=site.now())
    for (agency_id, unit_id, service_id, day), count in Counter(gone).items():
        visit_codes.count(
            tx,
            agency_id=agency_id,
            unit_id=unit_id,
            service_id=service_id,
            day=day,
            added={"expired": count},
        )
    return len(gone)
