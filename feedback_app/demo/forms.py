"""Forms that visitors of the demo send in the citizen's own way, at a past instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from feedback_app.demo.people import Event, as_of
from feedback_app.domain.codes import new_form_token, place_code
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.rating import Served
from feedback_app.services.citizen.arriving import TOKEN_PURPOSE, Submission
from feedback_app.services.citizen.place import place_at
from feedback_app.services.citizen.rating import submit_rating
from feedback_app.services.citizen.visit_codes import NONE_GIVEN
from feedback_app.services.site import Site

FREE = 4  # the answer "Gratis": anything else at a free service is a sign of a charge


@dataclass(frozen=True, slots=True)
class DemoForm:
    """One form: where (place in COUNTERS), when, how long it took, what it said."""

    counter: int
    opened_at: datetime
    takes: timedelta
    answers: Mapping[str, int]
    device: str
    comment: str = ""
    officer_id: int | None = None  # None: whoever the roster names first
    from_staff_browser: bool = False
    is_pressed: bool = False

    def sent(self, rng: np.random.Generator) -> Event:
        """What happens once it is filled in."""
        return Event(self.opened_at + self.takes, lambda site: _send(site, self, rng))


def alike(value: int) -> dict[str, int]:
    """The same answer to every question."""
    return dict.fromkeys(ALL_KEYS, value)


def mixed(rng: np.random.Generator) -> dict[str, int]:
    """Answers as visitors usually give them: mostly 3 and 4."""
    drawn = rng.choice((2, 3, 4), size=len(ALL_KEYS), p=(0.1, 0.5, 0.4))
    return dict(zip(ALL_KEYS, drawn.tolist(), strict=True)) | {"biaya": FREE}


def _send(site: Site, form: DemoForm, rng: np.random.Generator) -> None:
    """Send the form at the site's time, opened at its own: screened like every other one."""
    code = place_code(form.counter + 1, 1, key=site.settings.place_key)
    place = place_at(as_of(site, form.opened_at), code, at=form.opened_at)
    named = form.officer_id or next((who for who, _name in place.officers), None)
    sent = Submission(
        place_code=code,
        token=new_form_token(
            code,
            key=site.keys_for(TOKEN_PURPOSE)[0],
            opened_at=form.opened_at,
            random_bytes=rng.bytes(16),
            device_id=0,
        ),
        service_id=place.services[0][0],
        served=Served("officer" if named else "not_sure", named, "today"),
        visit_purpose="apply",
        answers=form.answers,
        causes=(),
        visit_facts={},
        bands={},
        comment=form.comment,
        visit=NONE_GIVEN,
        is_pressed=form.is_pressed,
        is_charged=False,
        language="id",
        device=form.device,
        network="demo",
        device_secret="",
        from_staff_browser=form.from_staff_browser,
    )
    submit_rating(site, sent)
