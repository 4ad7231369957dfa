"""Save an ordinary answer in one commit with all who wait (`storage/group.py`).

Ordinary is what nearly everybody sends: no visit code, no display or kiosk, on SQLite. Whatever
turns out otherwise goes the way of `rating.py`, which can do everything; both build the same rows
and ask the same rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from feedback_app.domain.rating import NewRating, ScreeningMarks
from feedback_app.domain.screening import Circumstances
from feedback_app.services.citizen import holding, screening
from feedback_app.services.citizen.answer import marks_of, rating_of, visit_day_of
from feedback_app.services.citizen.arriving import Arriving, FaultyError, device_text
from feedback_app.services.citizen.daily_key import mark_of_yesterday
from feedback_app.storage.arrivals import Arrivals
from feedback_app.storage.db import DatabaseError
from feedback_app.storage.group import Kept
from feedback_app.storage.prepared import Statements
from feedback_app.storage.queries.notes import came_alone
from feedback_app.storage.queries.place_material import UnitDuty
from feedback_app.storage.ratings import add_rating
from feedback_app.storage.verdicts import is_counted


class _UnusualError(Exception):
    """It is not ordinary after all; nothing was written."""


def is_ordinary(arriving: Arriving) -> bool:
    """Whether it may be tried this way."""
    sent, token = arriving.sent, arriving.token
    return arriving.site.db.is_sqlite and not sent.visit.is_there and not token.device_id


def is_saved(arriving: Arriving, roster: UnitDuty) -> bool:
    """Save it; False when it must go the other way. AlreadyThereError as there."""
    arriving = arriving.at_one_instant()
    named = arriving.place.named_on(visit_day_of(arriving, None))
    rating = rating_of(arriving, None, tier="poster", named=named)
    write = _Write(arriving, roster, rating, marks_of(arriving, rating), _circumstances(arriving))
    try:
        arriving.site.db.save(write)
    except _UnusualError:
        return False
    except DatabaseError as error:
        raise FaultyError from error
    return True


def _circumstances(arriving: Arriving) -> Circumstances:
    site, sent = arriving.site, arriving.sent
    return Circumstances(
        says_today=sent.served.on == "today",
        from_staff_browser=sent.from_staff_browser,
        bad_code=False,
        revoked_device=False,
        code_from=None,
        called_at=None,
        queue_calls=False,
        mark_of_yesterday=mark_of_yesterday(
            site.settings.instance_dir, today=site.today(), text=device_text(sent)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Write:
    """All of one answer, ready but for what other answers tell; runs in whose thread has the turn.

    Its clock was stopped before the turn came: what it is stored with is when it was received.
    """

    arriving: Arriving
    roster: UnitDuty
    rating: NewRating
    marks: ScreeningMarks
    circumstances: Circumstances

    def __call__(self, statements: Statements, kept: Kept) -> None:
        """Screen and write it, and remember its arrival once nothing of it can fail any more."""
        if self.arriving.is_of_another_day() or came_alone(statements, self.rating.id):
            raise _UnusualError
        place, site = self.arriving.place, self.arriving.site
        arrivals = Arrivals(statements, kept, unit_id=place.unit_id, now=site.now())
        screened = screening.screen_arrival(
            arrivals,
            place,
            self.marks.arrival,
            self.circumstances,
            roster=self.roster,
            service_id=self.rating.service_id,
        )
        if any(is_counted(statements, rating_id) for rating_id in screened.also):
            raise _UnusualError  # these must be held as well, by verdicts
        rating, marks = self.rating, self.marks
        if screened.rules:
            rating, marks = replace(rating, state="held"), replace(marks, rules=screened.rules)
        add_rating(statements, rating, marks, comment=self.arriving.sent.comment)
        if screened.rules:
            held = holding.Held(rating, screened)
            holding.put_into_case(statements, site, held, unit_id=place.unit_id, with_it={})
        self._count_signs(statements, rating)
        arrivals.unit().add(marks.arrival, is_held=bool(screened.rules))

    def _count_signs(self, statements: Statements, rating: NewRating) -> None:
        site, sent, place = self.arriving.site, self.arriving.sent, self.arriving.place
        if sent.is_pressed:
            holding.count_sign(statements, site, place, "pressed", unit_id=place.unit_id)
        if sent.is_charged or holding.tells_charge(rating, place.free_services):
            holding.count_sign(statements, site, place, "fee", unit_id=place.unit_id)
