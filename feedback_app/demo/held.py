"""The inspectorate's room: held answers, decisions, signs of pressure and of a charge."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np

from feedback_app.demo.forms import DemoForm, alike, mixed
from feedback_app.demo.office import COUNTERS
from feedback_app.demo.people import Event, viewer_named
from feedback_app.demo.roster import is_open
from feedback_app.demo.stories import OLD, RECENT, SIGNS, Opinion, Story
from feedback_app.domain.disclosure.blocks import months_later
from feedback_app.domain.local_time import local_instant
from feedback_app.services.cases.decisions import case_page, decide_overdue, give_opinion
from feedback_app.services.faults import NotThereError
from feedback_app.services.site import Site

DAY_OF_MONTH = 12  # of an old story, or the first open day after it
TIME_IS_UP = timedelta(days=15)  # the daily job of the day after the deadline
MOST_PRAISE, TOLD_CHARGE = 4, 2


def held_events(rng: np.random.Generator, *, last: date) -> list[Event]:
    """Everything of the last weeks and of the months before, to be run in the order of time."""
    events = [event for story in OLD for event in _old(story, rng, last)]
    for story in RECENT:
        events += _told(story, rng, open_day(last, story.ago))
    for place, (counter, ago, at, is_pressed) in enumerate(SIGNS):
        opened_at = local_instant(open_day(last, ago), at)
        form = DemoForm(
            counter=counter,
            opened_at=opened_at,
            takes=timedelta(seconds=80),
            answers=mixed(rng) | ({} if is_pressed else {"biaya": TOLD_CHARGE}),
            device=f"sign {place}",
            is_pressed=is_pressed,
        )
        events.append(form.sent(rng))
    return events


def open_day(last: date, ago: int) -> date:
    """So many open days before the last one; weekends and feasts are passed over."""
    day = last
    while ago:
        day -= timedelta(days=1)
        ago -= is_open(day)
    return day


def _old(story: Story, rng: np.random.Generator, last: date) -> list[Event]:
    day = months_later(last.replace(day=1), -story.ago).replace(day=DAY_OF_MONTH)
    while not is_open(day):
        day += timedelta(days=1)
    events = _told(story, rng, day)
    if not story.opinions:
        events.append(Event(local_instant(day + TIME_IS_UP, time(6)), decide_overdue))
    return events


def _told(story: Story, rng: np.random.Generator, day: date) -> list[Event]:
    starts = local_instant(day, story.starts)
    forms = [_form(story, rng, number, starts).sent(rng) for number in range(story.forms)]
    opinions = [
        Event(
            local_instant(day + timedelta(days=opinion.days_later), time(10 + place)),
            lambda site, opinion=opinion: _give(site, story, day, opinion),  # type: ignore[misc]
        )
        for place, opinion in enumerate(story.opinions)
    ]
    return forms + opinions


def _form(story: Story, rng: np.random.Generator, number: int, starts: datetime) -> DemoForm:
    return DemoForm(
        counter=story.counter,
        opened_at=starts + number * story.every,
        takes=story.takes,
        answers=alike(MOST_PRAISE) if story.is_praise else mixed(rng),
        device=story.rule if story.one_device else f"{story.rule} {number}",
        comment=story.comment,
        from_staff_browser=story.from_staff_browser,
    )


def _give(site: Site, story: Story, day: date, opinion: Opinion) -> None:
    viewer = viewer_named(site, opinion.username, unit_ids=frozenset())
    lines = case_page(site, viewer, kind="held", is_open=True, page=1).lines
    wanted = ((story.rule,), COUNTERS[story.counter].name, day)
    for line in lines:
        if (line.rules, line.counter, line.first_day) == wanted:
            give_opinion(site, viewer, line.case_id, outcome=opinion.outcome, reason=opinion.reason)
            return
    raise NotThereError(wanted)
