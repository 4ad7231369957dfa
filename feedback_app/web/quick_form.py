"""Read what nearly everybody sends, without building a form; any doubt is left to the form.

Ordinary is: every question answered once, no visit code, no cookie, nothing to say again. Then
there is nothing to check that `citizen_form.py` would draw a page for.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_plus

from feedback_app.domain.causes import VISIT_FACTS, Cause, under_low_answers
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.respondent import BANDS, VISIT_PURPOSE
from feedback_app.services.citizen.arriving import Submission
from feedback_app.services.citizen.visit_codes import NONE_GIVEN
from feedback_app.web.addresses import small_number
from feedback_app.web.citizen_form import (
    CAUSE_FIELDS,
    COMMENT_LIMIT,
    clean_text,
    one_of,
    served_by,
)

CAUSES = frozenset(CAUSE_FIELDS)
NOTHING = [""]
NUMBER_OF = {"1": 1, "2": 2, "3": 3, "4": 4}
# What needs a second look, or is no sending at all.
FOR_THE_FORM = ("language", "elsewhere", "move", "as_is", "visit", "without_code")


@dataclass(frozen=True, slots=True)
class Sent:
    """A form on its way in, from a browser without a cookie: what its address and headers tell."""

    place_code: str
    language: str
    device: str
    network: str


def ordinary_submission(sent: Sent, body: bytes) -> Submission | None:
    """What was sent, urlencoded; None for whatever is not ordinary."""
    fields = _fields(body)
    if fields is None or any(fields.get(name, NOTHING)[0] for name in FOR_THE_FORM):
        return None
    given = [fields.get(key, NOTHING) for key in ALL_KEYS]
    if any(len(values) != 1 or values[0] not in NUMBER_OF for values in given):
        return None
    form = {name: values[0] for name, values in fields.items()}
    comment = form.get("comment", "")
    if len(comment) > COMMENT_LIMIT:
        return None
    answers = {key: NUMBER_OF[values[0]] for key, values in zip(ALL_KEYS, given, strict=True)}
    return Submission(
        place_code=sent.place_code,
        token=form.get("token", ""),
        service_id=small_number(form.get("service", "")),
        served=served_by(form.get("served_by", ""), form.get("ticket_day", "")),
        visit_purpose=one_of(VISIT_PURPOSE, form.get("visit_purpose")),
        answers=answers,
        causes=_causes(form, answers),
        visit_facts={fact.key: one_of(fact.choices, form.get(fact.key)) for fact in VISIT_FACTS},
        bands={band.key: one_of(band.choices, form.get(band.key)) for band in BANDS},
        comment=clean_text(comment),
        visit=NONE_GIVEN,
        is_pressed=bool(form.get("pressed")),
        is_charged=bool(form.get("charged")),
        language=sent.language,
        device=sent.device,
        network=sent.network,
        device_secret="",
        from_staff_browser=False,
    )


def _causes(form: dict[str, str], answers: dict[str, int]) -> tuple[Cause, ...]:
    ticked = {name for name in CAUSES & form.keys() if form[name]}
    return under_low_answers(ticked, answers) if ticked else ()


def _fields(body: bytes) -> dict[str, list[str]] | None:
    """Each field's values; None for a body that no form of ours sends.

    As urllib's `parse_qs`, which takes apart the many plain ones too.
    """
    fields: dict[str, list[str]] = {}
    try:
        for pair in body.decode("ascii").split("&"):
            if pair:
                name, _equals, value = pair.partition("=")
                fields.setdefault(_plain(name), []).append(_plain(value))
    except ValueError:
        return None
    return fields


def _plain(text: str) -> str:
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text
