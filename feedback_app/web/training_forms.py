"""HR's forms of training records: a training, a run, an attendance."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from feedback_app.domain.elements import ELEMENTS
from feedback_app.domain.training import (
    HORIZON,
    HORIZONS,
    LARGEST_JP,
    REASONS,
    RESULTS,
    SENT,
    TRAINING_KINDS,
)
from feedback_app.web.forms import NEEDED, WholeNumberField, labelled
from feedback_app.web.language import say

LARGEST_COST = 2_000_000_000  # fits an INTEGER column; more is a typing error


class TrainingForm(FlaskForm):  # type: ignore[misc]
    """A training of the catalogue."""

    code = StringField(
        "Kode",
        [
            InputRequired(NEEDED),
            Regexp(
                r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$",
                message="Kode: huruf, angka, titik, dan tanda hubung, paling banyak 40.",
            ),
        ],
    )
    title = StringField(
        "Judul", [InputRequired(NEEDED), Length(max=200, message="Paling banyak 200 huruf.")]
    )
    kind = SelectField("Jenis")
    elements = SelectMultipleField(
        "Unsur sasaran", widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    competences = StringField(
        "Kompetensi sasaran", [Length(max=200, message="Paling banyak 200 huruf.")]
    )
    provider = StringField("Penyelenggara", [Length(max=200, message="Paling banyak 200 huruf.")])
    partner = StringField("Mitra", [Length(max=200, message="Paling banyak 200 huruf.")])
    jp = WholeNumberField(
        "JP",
        [Optional(), NumberRange(1, LARGEST_JP, message="JP harus bilangan bulat mulai dari 1.")],
    )
    cost = WholeNumberField(
        "Biaya per peserta (rupiah)",
        [Optional(), NumberRange(0, LARGEST_COST, message="Biaya harus bilangan bulat rupiah.")],
    )


class RunForm(FlaskForm):  # type: ignore[misc]
    """One run of a training."""

    starts_on = DateField("Tanggal mulai", [InputRequired(NEEDED)])
    ends_on = DateField("Tanggal selesai", [Optional()])
    seats = WholeNumberField(
        "Jumlah kursi",
        [Optional(), NumberRange(1, 100_000, message="Harus bilangan bulat mulai dari 1.")],
    )
    horizon = SelectField(
        "Bulan sesudahnya yang akan dilihat",
        choices=[str(n) for n in HORIZONS],
        default=str(HORIZON),
        filters=[lambda chosen: chosen or str(HORIZON)],
    )


class AttendanceForm(FlaskForm):  # type: ignore[misc]
    """What may be corrected of an attendance."""

    reason = SelectField("Cara pemilihan peserta")
    sent = SelectField("Yang dikirim")
    result = SelectField("Hasil")
    jp = WholeNumberField(
        "JP",
        [Optional(), NumberRange(1, LARGEST_JP, message="JP harus bilangan bulat mulai dari 1.")],
    )
    certificate = StringField(
        "Nomor sertifikat", [Length(max=200, message="Paling banyak 200 huruf.")]
    )


def training_form() -> TrainingForm:
    form = TrainingForm()
    form.kind.choices = [(key, say(words)) for key, words in TRAINING_KINDS.items()]
    form.elements.choices = [(e.key, say((e.unsur, e.unsur_en))) for e in ELEMENTS]
    return labelled(form)


def run_form() -> RunForm:
    return labelled(RunForm())


def attendance_form() -> AttendanceForm:
    form = AttendanceForm()
    for field, words in ((form.reason, REASONS), (form.sent, SENT), (form.result, RESULTS)):
        field.choices = [(key, say(both)) for key, both in words.items()]
    return labelled(form)
