"""Forms of needs that supervisors and officers fill in: a proposal, five answers, words against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField

from feedback_app.domain.effect_words import item_name
from feedback_app.domain.elements import OFFICER_KEYS
from feedback_app.domain.need_words import ANSWERS
from feedback_app.domain.texts import Words
from feedback_app.web.forms import labelled
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say


def _storable(text: str | None) -> str | None:
    """Typed text without NUL, which no database of ours keeps and no page can show."""
    return text.replace("\x00", "") if text else text


class ProposalForm(FlaskForm):  # type: ignore[misc]
    """Who or where, which element, what, why."""

    place = SelectField("Untuk siapa atau di mana", choices=[], validate_choice=False)
    item = SelectField("Unsur", choices=[], validate_choice=False)
    nature = RadioField(
        "Yang diperlukan",
        choices=[],
        validate_choice=False,
    )
    training = SelectField("Pelatihan dari katalog", choices=[], validate_choice=False)
    words = TextAreaField("Apa yang diperlukan, dan mengapa", filters=[_storable])


class AnswersForm(FlaskForm):  # type: ignore[misc]
    """The five questions, and room for words."""

    could = RadioField(validate_choice=False)
    did = RadioField(validate_choice=False)
    often = RadioField(validate_choice=False)
    hindered = RadioField(validate_choice=False)
    worth = RadioField(validate_choice=False)
    words = TextAreaField("Keterangan (boleh kosong)", filters=[_storable])


class ContradictionForm(FlaskForm):  # type: ignore[misc]
    """An officer's words against a need."""

    text = TextAreaField("Mengapa Anda tidak setuju", filters=[_storable])


def proposal_form(
    trainings: Sequence[tuple[str, str]], places: Sequence[tuple[str, str]] = ()
) -> ProposalForm:
    """The form with what may be chosen."""
    form = labelled(ProposalForm())
    form.place.choices = list(places)
    form.item.choices = [(key, say(item_name(key))) for key in OFFICER_KEYS]
    form.nature.choices = [
        ("training", _("Pelatihan atau bimbingan")),
        ("process", _("Cara kerja atau tempat diperbaiki")),
    ]
    form.nature.data = form.nature.data or "training"
    form.training.choices = [("", _("belum tahu")), *trainings]
    return form


def answers_form(questions: Mapping[str, Words], kept: Mapping[str, str] | None) -> AnswersForm:
    """The form of these questions, filled with what was answered before."""
    form = AnswersForm()
    for key, words in questions.items():
        field = form[key]
        field.label.text = say(words)
        field.choices = [(value, say(text)) for value, text in ANSWERS.items()]
        if not form.is_submitted() and kept:
            field.data = kept[key]
    form.words.label.text = _(form.words.label.text)
    return form


def answers_in(form: AnswersForm) -> dict[str, str]:
    """What was chosen, by question."""
    return {name: form[name].data or "" for name in ("could", "did", "often", "hindered", "worth")}
