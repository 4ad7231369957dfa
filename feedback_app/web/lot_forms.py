"""Forms of a draw: the list, the dice, and what comes after."""

from __future__ import annotations

from datetime import date

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from feedback_app.services.lots.choice import Choice
from feedback_app.services.lots.drawing import Thrown
from feedback_app.services.lots.lists import Wish
from feedback_app.web.formats import long_date
from feedback_app.web.forms import NEEDED, TOO_LONG, WholeNumberField, labelled

MOST_SEATS = 1000


class ListForm(FlaskForm):  # type: ignore[misc]
    """Dates, seats and everybody who is eligible."""

    days = SelectMultipleField("Tanggal pelatihan", choices=[])
    seats = WholeNumberField(
        "Jumlah kursi, semua tanggal bersama",
        [
            InputRequired(NEEDED),
            NumberRange(1, MOST_SEATS, message="Harus bilangan bulat mulai dari 1."),
        ],
    )
    officers = SelectMultipleField("Yang memenuhi syarat", choices=[], coerce=int)

    def wish(self, training: str) -> Wish:
        """What the checked form asks for."""
        days = tuple(date.fromisoformat(day) for day in self.days.data)
        return Wish(training, days, self.seats.data or 0, frozenset(self.officers.data))


class DiceForm(FlaskForm):  # type: ignore[misc]
    """The dice as thrown, and who saw it."""

    dice = StringField(
        "Mata dadu, berurutan tanpa spasi", [InputRequired(NEEDED), Length(max=1000)]
    )
    first_witness = StringField(
        "Saksi pertama", [InputRequired(NEEDED), Length(max=120, message=TOO_LONG)]
    )
    second_witness = StringField(
        "Saksi kedua", [InputRequired(NEEDED), Length(max=120, message=TOO_LONG)]
    )

    def thrown(self) -> Thrown:
        """What the form says."""
        return Thrown(self.dice.data, self.first_witness.data, self.second_witness.data)


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why a list is called off, or somebody cannot go."""

    reason = StringField("Alasan", [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)])


class SeatsForm(ReasonForm):
    """How many seats a date keeps, and why."""

    seats = WholeNumberField("Kursi yang tersisa", [InputRequired(NEEDED)])


class CameForm(FlaskForm):  # type: ignore[misc]
    """Who of those with a seat came."""

    came = SelectMultipleField("Yang hadir", choices=[], coerce=int)


def list_form(choice: Choice) -> ListForm:
    """The form of a new list, with what may be chosen."""
    form = ListForm()
    form.days.choices = [
        (run.starts_on.isoformat(), long_date(run.starts_on)) for run in choice.runs
    ]
    form.officers.choices = [(one.officer_id, one.name) for one in choice.candidates]
    return labelled(form)
