"""The forms of a survey period: its settings, and who signs."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional, Regexp

from feedback_app.domain.skm import WEIGHTS
from feedback_app.domain.survey import (
    PERIOD_KINDS,
    POPULATION_MEANINGS,
    Span,
    slug,
    title,
    usual_spans,
)
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.survey import periods as service
from feedback_app.services.survey.periods import LARGEST_POPULATION, Settings
from feedback_app.web.access import site, viewer
from feedback_app.web.forms import WholeNumberField, labelled, tell
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say

ORDER_NAMES = {
    "sarana_8": ("8 Sarana, 9 Pengaduan", "8 Premises, 9 Complaints"),
    "pengaduan_8": ("8 Pengaduan, 9 Sarana", "8 Complaints, 9 Premises"),
}


class SurveyForm(FlaskForm):  # type: ignore[misc]
    """What a survey period needs."""

    unit = SelectField("Unit pelayanan", coerce=int)
    period = SelectField("Periode survei")
    meaning = RadioField("Arti populasi")
    population = WholeNumberField(
        "Jumlah populasi",
        [
            Optional(),
            NumberRange(1, LARGEST_POPULATION, message="Harus bilangan bulat mulai dari 1."),
        ],
    )
    weight = SelectField("Bobot setiap unsur")
    order = SelectField("Urutan unsur")


class SignerForm(FlaskForm):  # type: ignore[misc]
    """Who signs report and poster."""

    _TEXT = (Length(max=200, message="Paling banyak 200 huruf."),)
    place = StringField("Tempat", [*_TEXT])
    position = StringField("Jabatan", [*_TEXT])
    name = StringField("Nama dan gelar", [*_TEXT])
    rank = StringField("Pangkat", [*_TEXT])
    nip = StringField("NIP", [Optional(), Regexp(r"^[0-9 ]{18,24}$", message="NIP harus 18 angka")])


def survey_form(own: Span | None = None) -> SurveyForm:
    """The form with the viewer's units and the usual periods, and the one that the survey has."""
    form = SurveyForm()
    form.unit.choices = [
        (choice.unit.id, choice.unit.name)
        for choice in service.unit_choices(site(), viewer(), this_quarter())
    ]
    form.period.choices = {
        say(PERIOD_KINDS[kind]): [(slug(span), say(title(span))) for span in spans]
        for kind, spans in usual_spans(site().today()).items()
    }
    if own is not None and slug(own) not in [value for value, _name in flat(form.period.choices)]:
        form.period.choices |= {_("Lainnya"): [(slug(own), say(title(own)))]}
    form.meaning.choices = [(key, say(words)) for key, words in POPULATION_MEANINGS.items()]
    form.weight.choices = [(name, name) for name in WEIGHTS]
    form.order.choices = [(key, say(words)) for key, words in ORDER_NAMES.items()]
    return labelled(form)


def this_quarter() -> Span:
    """The running quarter."""
    return usual_spans(site().today())["quarter"][0]


def flat(choices: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Choices without their groups."""
    return [choice for group in choices.values() for choice in group]


def chosen_settings(form: SurveyForm, own: Span | None = None) -> Settings | None:
    """The settings, or None with the faults on the form."""
    if not form.validate_on_submit():
        return None
    spans = {slug(s): s for group in usual_spans(site().today()).values() for s in group}
    span = spans.get(form.period.data, own)
    if span is None:
        return None
    return Settings(
        unit_id=form.unit.data,
        span=span,
        weight=form.weight.data,
        order=form.order.data,
        meaning=form.meaning.data,
        population=form.population.data,
    )


def tell_fault(form: SurveyForm, fault: FieldFaultError) -> None:
    """Put a fault on the field that the person sees."""
    field = "period" if fault.field in ("kind", "first") else fault.field
    tell(form, FieldFaultError(field, fault.text))
