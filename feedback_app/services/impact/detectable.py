"""Before buying: what a study of a planned course could show, by the study's own rules."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from feedback_app.config import Settings
from feedback_app.domain.faults import NotMadeError
from feedback_app.services.access.people import Viewer
from feedback_app.services.impact.events import NoDataError
from feedback_app.services.site import Site, own_site
from feedback_app.storage.queries import panel as queries

__all__ = ["Detectable", "NoDataError", "counters_with_scores", "detectable"]

OFFICER_ROWS = (3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 40)
MOST_DATES = 4
MONTHS_APART = 4  # between dates; plan_truth simulates power with these
ALL_COUNTS = 500  # up to here one piece of work answers every number of people
WAIT_S = 0.1  # longer nobody's page waits: it is told that it is being worked out
# agency, day, months after, whole counters, dates, how many (0: any up to ALL_COUNTS)
Question = tuple[int, date, int, bool, int, int]

_running: set[Question] = set()
_faults: dict[Question, Exception] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Detectable:
    """What a planned course could show: points by item, and by how many are sent.

    `refused` is the code with which the study would refuse, "" when it would not: TOO_FEW_TRAINED,
    NO_COMPARISON, CLUSTERED (too few counters for any interval), SHORT_WINDOW (too few months).
    `in_one`: the mean over items if the same people went on one date; None where that shows none.
    """

    sent: int
    others: int
    by_item: Mapping[str, float | None]
    rows: tuple[tuple[int, float | None], ...]  # (how many sent, mean over items)
    refused: str
    dates: int
    in_one: float | None


@dataclass(frozen=True, slots=True)
class _Answers:
    """By how many are sent: points by item, and the refusal; `in_one` the same in one date."""

    everybody: int
    by_count: Mapping[int, Mapping[str, float | None]]
    in_one: Mapping[int, Mapping[str, float | None]]
    refused: Mapping[int, str]


def detectable(
    site: Site,
    viewer: Viewer,
    *,
    officers: int,
    counters: Sequence[str],
    horizon: int,
    dates: int = 1,
) -> Detectable | None:
    """The smallest effect a planned course could show, from the scores there are.

    With `counters` named, whole counters are sent and compared with the other counters, on one
    date. None while it is worked out; the next request has it. NoDataError without scores.
    """
    wanted = len(set(counters)) if counters else officers
    dates = 1 if counters else dates
    question = (
        viewer.agency_id,
        site.today(),
        horizon,
        bool(counters),
        dates,
        wanted if wanted > ALL_COUNTS else 0,
    )
    found = _kept(site, question)
    if found is None:
        return None
    return _told(found, wanted=wanted, is_of_counters=bool(counters), dates=dates)


def _kept(site: Site, question: Question) -> _Answers | None:
    """What is in memory; else it is begun, once, and waited for a moment."""
    done: _Answers | None = site.closed.peek(question)
    if done is None:
        with _lock:
            is_mine = question not in _running
            _running.add(question)
        if is_mine:
            work = threading.Thread(target=_work_out, args=(site, question), daemon=True)
            work.start()
            work.join(WAIT_S)
        done = site.closed.peek(question)
    fault = _faults.pop(question, None)
    if fault is not None:  # told once: tomorrow's scores may be there in an hour
        raise fault
    return done


def _work_out(site: Site, question: Question) -> None:
    try:
        site.closed.get(
            question,
            lambda: site.documents.run(_answers_in_own_site, site.settings, site.now(), question),
        )
    except (NoDataError, NotMadeError) as fault:
        _faults[question] = fault
    finally:
        with _lock:
            _running.discard(question)


def _told(found: _Answers, *, wanted: int, is_of_counters: bool, dates: int) -> Detectable:
    sent = min(max(wanted, 1), found.everybody)
    counts = sorted(found.by_count)
    shown = counts if is_of_counters else [n for n in counts if n in {*OFFICER_ROWS, sent}]
    rows = [(count, _mean(found.by_count[count])) for count in shown]
    return Detectable(
        sent=sent,
        others=found.everybody - sent,
        by_item=found.by_count[sent],
        rows=tuple(row for row in rows if row[1] is not None or row[0] == sent),
        refused=found.refused[sent],
        dates=dates,
        in_one=_mean(found.in_one[sent]),
    )


def _mean(values: Mapping[str, float | None]) -> float | None:
    known = [value for value in values.values() if value is not None]
    return sum(known) / len(known) if known else None


def _answers_in_own_site(settings: Settings, now: datetime, question: Question) -> _Answers:
    # Here, not above: see study.run_study.
    from feedback_app.impact import detect
    from feedback_app.impact.plan import lot_power
    from feedback_app.services.impact import panel as score_panel

    agency_id, _day, horizon, is_of_counters, dates, wanted = question
    with own_site(settings, now) as site:
        panel = score_panel.link(site, agency_id=agency_id).panel
    everybody = len(panel.units) if is_of_counters else len(panel.officers)
    smallest = detect.Smallest(panel, horizon=horizon, is_of_counters=is_of_counters)
    counts = {*range(1, min(everybody, ALL_COUNTS) + 1), *([min(wanted, everybody)] * bool(wanted))}
    over = {
        count: lot_power.by_item_over_dates(smallest, count, dates=dates, gap=MONTHS_APART)
        for count in sorted(counts)
    }
    return _Answers(
        everybody=everybody,
        by_count={count: values for count, (values, _refused) in over.items()},
        in_one={count: smallest.by_item(count) for count in over},
        refused={count: refused for count, (_values, refused) in over.items()},
    )


def counters_with_scores(site: Site, viewer: Viewer) -> list[str]:
    """Codes of counters that can be chosen in the calculator."""
    with site.db.read() as session:
        return sorted(queries.counter_codes(session, agency_id=viewer.agency_id).values())
