"""Three appeals of one officer: open, rejected, and upheld after a mistake of the roster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from feedback_app.demo.forms import DemoForm, mixed
from feedback_app.demo.office import ROOM_OWNER
from feedback_app.demo.people import Event, viewer_named
from feedback_app.demo.places import Places
from feedback_app.demo.roster import EVENING, MORNING, is_open
from feedback_app.demo.stories import INSPECTORS
from feedback_app.domain.appeals import AppealClass, deadline, published_on
from feedback_app.domain.disclosure.blocks import months_later, quarter_start
from feedback_app.domain.local_time import local_day, local_instant
from feedback_app.domain.survey import Span, quarter_from, slug
from feedback_app.services.access.people import Viewer
from feedback_app.services.cases.decisions import give_opinion
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.officer.appeals import open_appeal
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import Shift
from feedback_app.storage.queries import officer_room

BACK_TO = 6  # published quarters that are looked through for two days off
DAYS_OFF = 2
FORMS_A_DAY = 6  # twelve answers hang on the mistake: a class of an appeal needs ten
FIRST_FORM, BETWEEN_FORMS, FILLED_IN = time(8, 50), timedelta(minutes=55), timedelta(seconds=85)


@dataclass(frozen=True, slots=True)
class DemoAppeal:
    """An appeal against a closed quarter; no `outcome`: nobody has decided it yet."""

    grounds: str
    text: str
    days_after: int  # it was published
    outcome: str | None
    reasons: tuple[str, ...]


OPEN = DemoAppeal(
    grounds="circumstances",
    text="Jaringan pusat sering terputus pada masa ini. Pemohon menunggu lama, padahal "
    "pelayanan di loket tidak berubah.",
    days_after=13,
    outcome=None,
    reasons=(),
)
REJECTED = DemoAppeal(
    grounds="other",
    text="Menurut saya nilai masa ini tidak menggambarkan cara kerja saya.",
    days_after=5,
    outcome="rejected",
    reasons=(
        "Tidak ada tanda penilaian keliru pada masa ini.",
        "Penilaian masuk merata sepanjang masa dan tidak ada gangguan yang tercatat.",
    ),
)
UPHELD = DemoAppeal(
    grounds="not_me",
    text="Dua hari itu saya mengikuti pelatihan. Jadwal memuat nama saya di loket lain.",
    days_after=4,
    outcome="upheld",
    reasons=(
        "Daftar hadir pelatihan menunjukkan petugas tidak berada di loket.",
        "Jadwal keliru; penilaian di loket itu bukan tentang petugas ini.",
    ),
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where the roster had the officer wrongly: a counter (place in COUNTERS) on two days."""

    quarter: Span
    counter: int
    days: tuple[date, ...]


def published_quarters(today: date) -> list[Span]:
    """The newest quarters whose figures may be seen by now, newest first."""
    quarters: list[Span] = []
    starts = quarter_start(today)
    while len(quarters) < BACK_TO:
        starts = months_later(starts, -3)
        if published_on(quarter_from(starts)) <= today:
            quarters.append(quarter_from(starts))
    return quarters


def appeal_events(
    site: Site, places: Places, viewer: Viewer, quarters: Sequence[Span], rng: np.random.Generator
) -> list[Event]:
    """Appeals and decisions, to be run in the order of time; adds the roster's mistake at once."""
    events = [
        *_of_appeal(viewer, OPEN, AppealClass(quarters[0], "batch", "")),
        *_of_appeal(viewer, REJECTED, AppealClass(quarters[1], "batch", "")),
    ]
    mistake = _add_mistake(site, places, quarters[2:])
    if mistake is not None:
        events += _wrong_forms(places, mistake, rng)
        wrong = AppealClass(mistake.quarter, "counter", str(places.counters[mistake.counter]))
        events += _of_appeal(viewer, UPHELD, wrong)
    return events


def _add_mistake(site: Site, places: Places, quarters: Sequence[Span]) -> Mistake | None:
    officer_id = places.officers[ROOM_OWNER]
    with site.db.transaction() as tx:
        for quarter in quarters:
            shifts = officer_room.shifts_of_officer(
                tx,
                officer_id,
                since=local_instant(quarter.first, time.min),
                until=local_instant(quarter.last, time.max),
            )
            mistake = _mistake(places, quarter, shifts)
            if mistake is not None:
                rows = [_wrong_shift(places, mistake, day) for day in mistake.days]
                bulk.add_rows(tx, "shift", rows)
                return mistake
    return None


def _mistake(places: Places, quarter: Span, shifts: Sequence[Shift]) -> Mistake | None:
    """On the quarter's first days off, at the first counter where the officer never stood."""
    on_duty = {local_day(shift.starts_at) for shift in shifts}
    days = (quarter.first + timedelta(days=number) for number in range(quarter.days))
    off = [day for day in days if is_open(day) and day not in on_duty][:DAYS_OFF]
    known = {shift.counter_id for shift in shifts}
    elsewhere = next(n for n, counter_id in enumerate(places.counters) if counter_id not in known)
    return Mistake(quarter, elsewhere, tuple(off)) if len(off) == DAYS_OFF and known else None


def _wrong_shift(places: Places, mistake: Mistake, day: date) -> dict[str, object]:
    return {
        "agency_id": places.agency_id,
        "officer_id": places.officers[ROOM_OWNER],
        "counter_id": places.counters[mistake.counter],
        "starts_at": local_instant(day, MORNING),
        "ends_at": local_instant(day, EVENING),
        "recorded_at": local_instant(mistake.quarter.first, MORNING),
        "withdrawn_at": None,
    }


def _wrong_forms(places: Places, mistake: Mistake, rng: np.random.Generator) -> Iterator[Event]:
    for day in mistake.days:
        for number in range(FORMS_A_DAY):
            form = DemoForm(
                counter=mistake.counter,
                opened_at=local_instant(day, FIRST_FORM) + number * BETWEEN_FORMS,
                takes=FILLED_IN,
                answers=mixed(rng),
                device=f"mistake {number}",
                officer_id=places.officers[ROOM_OWNER],
            )
            yield form.sent(rng)


def _of_appeal(viewer: Viewer, appeal: DemoAppeal, what: AppealClass) -> Iterator[Event]:
    published = published_on(what.span)
    day = min(published + timedelta(days=appeal.days_after), deadline(what.span))
    opened: list[int] = []  # its number, once it is there
    yield Event(_at(day, 10), lambda site: opened.extend(_open(site, viewer, appeal, what)))
    for place, reason in enumerate(appeal.reasons):
        at = _at(day + timedelta(days=3 + 2 * place), 11)
        yield Event(at, _deciding(INSPECTORS[place], opened, appeal, reason))


def _at(day: date, hour: int) -> datetime:
    return local_instant(day, time(hour, 40))


def _open(site: Site, viewer: Viewer, appeal: DemoAppeal, what: AppealClass) -> list[int]:
    """The appeal's number; none where a small office has too few answers for it."""
    asked = {"class_key": what.key, "grounds": appeal.grounds, "text": appeal.text}
    try:
        return [open_appeal(site, viewer, slug(what.span), **asked)]
    except (NotThereError, FieldFaultError):
        return []


def _deciding(
    username: str, opened: Sequence[int], appeal: DemoAppeal, reason: str
) -> Callable[[Site], None]:
    def decide(site: Site) -> None:
        viewer = viewer_named(site, username, unit_ids=frozenset())
        for case_id in opened:
            give_opinion(site, viewer, case_id, outcome=appeal.outcome or "", reason=reason)

    return decide
