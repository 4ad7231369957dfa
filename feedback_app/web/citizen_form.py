"""Read and check what a citizen sent, without losing any of it."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import Any, ClassVar

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from feedback_app.domain.causes import CAUSES, VISIT_FACTS, under_low_answers
from feedback_app.domain.elements import ALL_KEYS, FORM_ORDER
from feedback_app.domain.rating import Served, VisitedOn
from feedback_app.domain.respondent import BANDS, VISIT_PURPOSE
from feedback_app.services.citizen.arriving import Submission
from feedback_app.services.citizen.visit_codes import NONE_GIVEN, Given, is_visit_code
from feedback_app.web.addresses import small_number
from feedback_app.web.device_cookie import DEVICE_COOKIE
from feedback_app.web.language import gettext as _
from feedback_app.web.language import language
from feedback_app.web.staff_browser import is_staff_browser

COMMENT_LIMIT = 1000  # characters
VALUES = ("1", "2", "3", "4")
LISTED_ONE_BY_ONE = 3  # open questions; more of them are one line of the summary
LONGEST_AFTER_VISIT = timedelta(days=3)  # a code lives two days and may be made the day before
CAUSE_FIELDS = tuple(cause.field for cause in CAUSES)
NOT_TOLD = Served("not_sure", None, None)
_KEPT_CONTROLS = "\n\t"


class OneAnswer:
    """Exactly one of the four values, sent once."""

    def __call__(self, form: CitizenForm, field: Field) -> None:
        """Ask for an answer by the question's number on the page, unless it may stay open."""
        if len(field.raw_data or ()) == 1 and field.data in VALUES:
            return
        if not form.is_as_it_is() and not form.is_note():
            raise ValidationError(
                _("Pertanyaan %(number)s: pilih satu jawaban.", number=number_of(field.name))
            )


class CitizenForm(FlaskForm):  # type: ignore[misc]
    """Every field a rating has. Unknown optional values count as not given."""

    class Meta:
        """The form's own signed token stands in for a cookie-bound one."""

        csrf = False

    token = StringField()
    service = StringField()
    served_by = StringField()
    ticket_day = StringField()
    visit_purpose = StringField()
    comment = StringField()
    as_is = StringField()
    visit = StringField()
    without_code = StringField()
    pressed = StringField()
    charged = StringField()
    language = StringField()
    elsewhere = StringField()
    move = StringField()

    elements: ClassVar[tuple[str, ...]] = ALL_KEYS

    def __init__(self, *, place_code: str) -> None:
        """Read the running request."""
        super().__init__(formdata=request.form)
        self.place_code = place_code
        self.notices: list[str] = []

    def is_for_another_language(self) -> bool:
        """Whether the page is only wanted in the other language, with everything still in it."""
        return bool(self.language.data)

    def is_for_another_counter(self) -> bool:
        """Whether the visitor stood elsewhere and wants to choose the counter by name."""
        return bool(self.elsewhere.data)

    def is_moved(self) -> bool:
        """Whether the answers come over from another counter's form, to be looked at here."""
        return bool(self.move.data)

    def take_over(self) -> None:
        """Answers stay; what belongs to the other counter goes: officers, services, its opening."""
        self.token.data = self.served_by.data = self.service.data = ""
        self.say(_("Loketnya diganti, jawaban Anda tetap. Pilih lagi siapa yang melayani."))

    def is_as_it_is(self) -> bool:
        """Whether the citizen chose to send with answers left out."""
        return bool(self.as_is.data)

    def is_note(self) -> bool:
        """Whether nothing is rated, but something said: a comment or a tick alone is taken too."""
        said = (clean_text(self.comment.data or ""), self.pressed.data, self.charged.data)
        return any(said) and not any(self[key].data for key in ALL_KEYS)

    def say(self, text: str) -> None:
        """Put a sentence above the form."""
        self.notices.append(text)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape; also refuses a form without a single answer."""
        is_valid = bool(super().validate(extra_validators))
        if is_valid and not any(self.answers().values()) and not self.is_note():
            self.say(_("Belum ada jawaban. Pilih sedikitnya satu jawaban."))
            return False
        return is_valid

    def validate_comment(self, field: Field) -> None:
        """A comment may be long, not endless; what was typed stays in the form."""
        if len(field.data or "") > COMMENT_LIMIT:
            raise ValidationError(_("Saran paling banyak 1.000 huruf. Persingkat saran Anda."))

    def validate_visit(self, field: Field) -> None:
        """A mistyped code can be mended or left out; any other is judged when it is spent."""
        given = self.visit_given()
        is_mistyped = bool(given.text) and not is_visit_code(field.data or "")
        if is_mistyped and not given.is_odd:
            raise ValidationError(_("Kode kunjungan salah ketik. Periksa, atau kosongkan."))

    def visit_given(self) -> Given:
        """The visit code as it came; a field sent twice is none of our forms'."""
        if self.without_code.data:
            return NONE_GIVEN
        return Given((self.visit.data or "").strip(), is_odd=len(self.visit.raw_data or ()) > 1)

    def answers(self) -> dict[str, int | None]:
        """Value 1 to 4 by element key; None where none was given."""
        return {
            key: int(self[key].data)
            if len(self[key].raw_data or ()) == 1 and self[key].data in VALUES
            else None
            for key in ALL_KEYS
        }

    def faults(self) -> list[tuple[str, str]]:
        """(anchor, sentence) for the summary, in the order of the page."""
        found = [("", text) for text in self.notices]
        left_open = self.left_open()
        if len(left_open) == len(ALL_KEYS):
            text = _(
                "Belum ada pertanyaan yang dijawab. Mulai dari pertanyaan %(first)s.",
                first=number_of(left_open[0]),
            )
            found.append((left_open[0], text))
            left_open = []
        elif len(left_open) > LISTED_ONE_BY_ONE:
            text = _(
                "Masih ada %(n)s pertanyaan. Lanjutkan dari pertanyaan %(first)s, "
                "atau kirim yang sudah dijawab.",
                n=len(left_open),
                first=number_of(left_open[0]),
            )
            found.append((left_open[0], text))
            left_open = []
        for name in (*left_open, "visit", "comment"):
            found += [(name, str(text)) for text in self[name].errors]
        return found

    def wrong(self) -> set[str]:
        """The fields to mend, each marked where it stands."""
        return {field.name for field in self if field.errors}

    def left_open(self) -> list[str]:
        """The questions to be answered, in the order of the page."""
        return [key for key in FORM_ORDER if self[key].errors]

    def may_go_as_it_is(self) -> bool:
        """Whether something is answered and something is not: the rest need not be."""
        return bool(self.left_open()) and any(self.answers().values())

    def submission(self) -> Submission:
        """The checked answer, ready to be saved."""
        return Submission(
            place_code=self.place_code,
            token=self.token.data or "",
            service_id=small_number(self.service.data or ""),
            served=served_by(self.served_by.data or "", self.ticket_day.data or ""),
            visit_purpose=one_of(VISIT_PURPOSE, self.visit_purpose.data),
            answers=self.answers(),
            causes=under_low_answers(
                {name for name in CAUSE_FIELDS if self[name].data}, self.answers()
            ),
            visit_facts={
                fact.key: one_of(fact.choices, self[fact.key].data) for fact in VISIT_FACTS
            },
            bands={band.key: one_of(band.choices, self[band.key].data) for band in BANDS},
            comment=clean_text(self.comment.data or ""),
            visit=self.visit_given(),
            is_pressed=bool(self.pressed.data),
            is_charged=bool(self.charged.data),
            language=language(),
            device=device_text(
                request.headers.get("User-Agent", ""), request.headers.get("Accept-Language", "")
            ),
            network=request.remote_addr or "",
            device_secret=request.cookies.get(DEVICE_COOKIE, ""),
            from_staff_browser=is_staff_browser(),
        )

    def carried(self) -> list[tuple[str, str]]:
        """Every field as it was sent, to go along through a page in between."""
        steps = ("language", "elsewhere", "move")
        return [
            (field.name, clean_text(value))
            for field in self
            if field.name not in steps
            for value in field.raw_data or ()
            if value
        ]

    def day_of_ticket(self, today: date) -> date | None:
        """The day that a ticket's form was drawn for; only such as a code may still be spent on."""
        try:
            day = date.fromisoformat(self.ticket_day.data or "")
        except ValueError:
            return None
        return day if today - LONGEST_AFTER_VISIT <= day <= today else None


def served_by(text: str, ticket_day: str) -> Served:
    """Who served and on which day, in one choice: 'o7' today, 'y7' the day before."""
    on: VisitedOn = "day_before" if text.startswith("y") else "today"
    if ticket_day:
        on = "ticket_day"
    officer_id = small_number(text[1:]) if text[:1] in ("o", "y") else None
    if officer_id is not None:
        return Served("officer", officer_id, on)
    return Served("another", None, on) if text == "another" else NOT_TOLD


def device_text(user_agent: str, languages: str) -> str:
    """What one browser tells of itself; kept as a keyed mark of the day only."""
    return f"{user_agent}\n{languages}"


def number_of(key: str) -> int:
    """The number a question has on the page."""
    return FORM_ORDER.index(key) + 1


def _add_fields() -> None:
    for key in ALL_KEYS:
        setattr(CitizenForm, key, StringField(validators=[OneAnswer()]))
    for choice in (*BANDS, *VISIT_FACTS):
        setattr(CitizenForm, choice.key, StringField())
    for name in CAUSE_FIELDS:
        setattr(CitizenForm, name, StringField())


_add_fields()


def clean_text(text: str) -> str:
    """What can be stored and shown: no control, bidi-override or lone surrogate characters."""
    if not text:
        return ""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        letter
        for letter in unified
        if letter in _KEPT_CONTROLS or unicodedata.category(letter) not in ("Cc", "Cs")
    )
    without_overrides = (letter for letter in kept if not "\u202a" <= letter <= "\u202e")
    return "".join(
        letter for letter in without_overrides if not "\u2066" <= letter <= "\u2069"
    ).strip()


def one_of(choices: tuple[tuple[str, str, str], ...], value: str | None) -> str | None:
    """The value, if it is one of the choices' keys."""
    return value if value in {choice[0] for choice in choices} else None
