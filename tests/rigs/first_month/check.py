"""The end state: what the database holds after the month, and what the pages say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from feedback_app.domain.local_time import local_day, local_instant
from feedback_app.domain.person_titles import TITLES
from feedback_app.services.site import Site
from feedback_app.storage.db import Base, Session
from feedback_app.storage.models import Counter, Officer, Rating, Shift, Survey
from tests.rigs.first_month import files, steps
from tests.rigs.first_month.citizens import READS

GRACE = timedelta(minutes=30) + 2 * READS  # opened in it, sent a little later
# account: admin, supervisor, HR, two of the inspectorate, 24 officers
FEWEST_IN_JANUARY = 220  # 16 a day on 19 working days, but for who left and a holiday
ROWS = {
    "agency": 1, "unit": 1, "counter": 8, "service": 8, "officer": 24, "account": 29,
    "training": 2, "attendance": 14, "survey": 1,
}  # fmt: skip


def faults_of(month: steps.Month) -> Iterator[str]:
    """What is not as it should be, in words."""
    with month.computer.site() as site, site.db.read() as session:
        for table, rows in ROWS.items():
            query = select(func.count()).select_from(Base.metadata.tables[table])
            if (found := session.scalar(query)) != rows:
                yield f"{found} rows in {table}, not {rows}"
        yield from _faults_of_greetings(session)
        yield from _faults_of_roster(session, month)
        yield from _faults_of_answers(site, session, month)
        survey = session.scalars(select(Survey)).one()
        if survey.closed_at is None:
            yield "the survey is not closed"
    with zipfile.ZipFile(io.BytesIO(month.report)) as book:
        text = book.read("word/document.xml").decode()
    for words in ("Dinas Kependudukan", "Triwulan IV", files.UNIT[1]):
        if words not in text:
            yield f"{words!r} is not in the report"


def _faults_of_greetings(session: Session) -> Iterator[str]:
    greetings = list(session.scalars(select(Officer.display_name)))
    for greeting in greetings:
        if not greeting.startswith(("Ibu ", "Bapak ")) or greeting.split()[1].lower() in TITLES:
            yield f"citizens read {greeting!r}"
    if len(set(greetings)) < len(greetings):
        yield f"two are called alike: {sorted(greetings)}"


def _faults_of_roster(session: Session, month: steps.Month) -> Iterator[str]:
    """Each counter is staffed all day on each open day of December, by whom it was changed to."""
    for day in open_days(date(2026, 12, 1), steps.LAST_DAY):
        for place, counter in enumerate(files.COUNTERS):
            for hour in (9, 13):
                names = names_at(session, counter, local_instant(day, time(hour)))
                if names != [expected(month, place, day, hour)]:
                    yield f"{counter} on {day} at {hour}: {names}"
    stands = select(func.count(Shift.id)).where(Shift.withdrawn_at.is_(None))
    january = stands.where(Shift.starts_at >= local_instant(date(2027, 1, 1), time(0)))
    if (session.scalar(january) or 0) < FEWEST_IN_JANUARY:
        yield "January is not filled"
    left = january.join(Officer, Officer.id == Shift.officer_id).where(Officer.name == "Gunawan")
    if session.scalar(left):
        yield "who has left stands in January's roster"


def open_days(first: date, last: date) -> list[date]:
    """Working days of the office in December."""
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in every if day.weekday() < 5 and day not in files.CLOSED]


def expected(month: steps.Month, place: int, day: date, hour: int) -> str:
    """Who should stand there: the table's officer, unless the month changed it."""
    is_morning = hour < 12
    if day == steps.SECOND and is_morning and place < 2:
        return files.NAMES[5] if place == 0 else files.NAMES[2]
    if steps.ILL <= day <= steps.ILL + timedelta(days=2) and is_morning and place == 0:
        return files.NAMES[0]
    told = files.on_duty(place, day, hour)
    assert told is not None
    if files.NAMES[told] == "Gunawan" and day > month.leaves_on:
        return "Edi Kurnia"
    return files.NAMES[told]


def names_at(session: Session, counter: str, at: datetime) -> list[str]:
    """Who the roster has at a counter at an instant."""
    return list(
        session.scalars(
            select(Officer.name)
            .join(Shift, Shift.officer_id == Officer.id)
            .join(Counter, Counter.id == Shift.counter_id)
            .where(Counter.code == counter, Shift.withdrawn_at.is_(None))
            .where(Shift.starts_at <= at, Shift.ends_at > at)
        )
    )


def _faults_of_answers(site: Site, session: Session, month: steps.Month) -> Iterator[str]:
    """Every receipt is an answer, none is held, and each names who stood there."""
    found = list(session.scalars(select(Rating)))
    if len(found) != len(month.hall.sent):
        yield f"{len(found)} answers of {len(month.hall.sent)} receipts"
    held = [rating.state for rating in found if rating.state != "counted"]
    if held:
        yield f"{len(held)} answers do not count: {sorted(set(held))}"
    for at, counter, named in month.hall.sent:
        officer = session.get(Officer, int(named.removeprefix("o")))
        # For half an hour after a turn a form that is opened names who was there before as well.
        names = [*names_at(session, counter, at), *names_at(session, counter, at - GRACE)]
        if officer is None or officer.name not in names:
            yield f"{counter} on {local_day(at)}: the form named {named}, there was {names}"
