"""The forms of paper sheets: a new batch, what is keyed from a sheet, what it really says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from feedback_app.domain.elements import ALL_KEYS, element
from feedback_app.domain.paper import (
    BAND_KEYS,
    CHOICES,
    LARGEST_BATCH,
    VOID_REASONS,
    Entry,
    cause_numbers,
)
from feedback_app.services.citizen.said_before import Ticks
from feedback_app.services.citizen.visit_codes import NONE_GIVEN, Given, is_visit_code
from feedback_app.services.paper.batches import UnitOffer, Wanted
from feedback_app.services.paper.checks import Difference
from feedback_app.services.paper.sheets import Desk, Keyed
from feedback_app.web.citizen_form import COMMENT_LIMIT, VALUES, clean_text
from feedback_app.web.formats import long_date
from feedback_app.web.forms import NEEDED, WholeNumberField, labelled
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say

UNANSWERED = ("", "0")
SIZE_MESSAGE = "Jumlah lembar: 1 sampai 500."


class BatchForm(FlaskForm):  # type: ignore[misc]
    """Which forms to print, and how many."""

    offer = SelectField("Layanan")
    counter = SelectField("Loket")
    size = WholeNumberField(
        "Jumlah lembar",
        [InputRequired(NEEDED), NumberRange(1, LARGEST_BATCH, message=SIZE_MESSAGE)],
    )


class VoidForm(FlaskForm):  # type: ignore[misc]
    """A sheet without an answer."""

    sheet = StringField("Nomor lembar", [InputRequired(NEEDED), Length(max=40)])
    reason = SelectField("Sebab")
    note = StringField(
        "Keterangan (boleh kosong)", [Length(max=200, message="Paling banyak 200 huruf.")]
    )


class KeyForm(FlaskForm):  # type: ignore[misc]
    """One sheet: its number, a figure for each question, the rest."""

    sheet = StringField("Nomor lembar", [InputRequired(NEEDED), Length(max=40)])
    officer = SelectField("Dilayani oleh")
    causes = StringField("Nomor sebab di balik lembar")
    visit = StringField("Kode kunjungan")
    comment = TextAreaField("Saran")
    pressed = BooleanField("Saya diminta memberi nilai tertentu")
    charged = BooleanField("Saya dimintai uang di luar biaya resmi")

    def validate_visit(self, field: StringField) -> None:
        """A mistyped code can be mended; any other is judged when it is spent."""
        text = (field.data or "").strip()
        if text and not is_visit_code(text):
            raise ValidationError("Kode kunjungan salah ketik. Periksa, atau kosongkan.")

    def validate_causes(self, field: StringField) -> None:
        """Only numbers that are printed; those under a 3 or 4 are kept out later."""
        if cause_numbers(field.data or "") is None:
            raise ValidationError("Nomor sebab: hanya yang tercetak, dengan spasi di antaranya.")

    def validate_comment(self, field: TextAreaField) -> None:
        """As long as a citizen may write."""
        if len(field.data or "") > COMMENT_LIMIT:
            raise ValidationError("Saran paling banyak 1.000 huruf.")

    def answers(self) -> dict[str, int | None]:
        """1 to 4 by element; None where nothing was ticked."""
        return {
            key: int(text) if (text := (self[key].data or "").strip()) in VALUES else None
            for key in ALL_KEYS
        }

    def entry(self, desk: Desk) -> Entry:
        """What was keyed, with the pile's day and counter."""
        return Entry(
            visited_on=desk.day,
            counter_id=desk.counter_id or 0,
            officer_id=int(self.officer.data) if self.officer.data else None,
            answers=self.answers(),
            bands={key: self[key].data or None for key in BAND_KEYS},
            causes=cause_numbers(self.causes.data or "") or (),
        )

    def keyed(self, desk: Desk) -> Keyed:
        """The whole sheet."""
        visit = (self.visit.data or "").strip()
        return Keyed(
            sheet=self.sheet.data or "",
            entry=self.entry(desk),
            visit=Given(visit, is_odd=False) if visit else NONE_GIVEN,
            comment=self.words(),
            ticks=Ticks(pressed=self.pressed.data, charged=self.charged.data),
        )

    def words(self) -> str:
        """The comment, ready to be kept."""
        return clean_text(self.comment.data or "")

    def fill(self, shown: str, entry: Entry, words: str) -> None:
        """Show what was keyed before."""
        self.sheet.data, self.comment.data = shown, words
        self.officer.data = str(entry.officer_id or "")
        self.causes.data = " ".join(map(str, entry.causes))
        for key, value in {**entry.answers, **entry.bands}.items():
            self[key].data = str(value or "")


def _check_figure(_form: KeyForm, field: StringField) -> None:
    text = (field.data or "").strip()
    if text not in UNANSWERED and text not in VALUES:
        name = field.label.text
        raise ValidationError(_("%(name)s: isi 1 sampai 4, atau 0 bila kosong.", name=name))


def _add_fields() -> None:
    for key in ALL_KEYS:
        setattr(KeyForm, key, StringField(validators=[_check_figure]))
    for band in CHOICES:
        setattr(KeyForm, band.key, SelectField())


_add_fields()


def batch_form(offers: list[UnitOffer]) -> BatchForm:
    """The form with what the viewer's units offer."""
    form = BatchForm()
    form.offer.choices = {
        unit.name: [(f"{unit.unit_id}-{service_id}", name) for service_id, name in unit.services]
        for unit in offers
    }
    nothing = {_("Semua loket"): [("", _("Ditulis pada lembar"))]}
    form.counter.choices = nothing | {
        unit.name: [(str(counter_id), name) for counter_id, name, _services in unit.counters]
        for unit in offers
    }
    return labelled(form)


def wanted_batch(form: BatchForm) -> Wanted:
    """The batch that a valid form asks for."""
    unit, service = form.offer.data.split("-")
    return Wanted(
        unit_id=int(unit),
        service_id=int(service),
        counter_id=int(form.counter.data) if form.counter.data else None,
        size=form.size.data or 0,  # a checked form has a number
    )


def void_form() -> VoidForm:
    """The form with the known reasons."""
    form = VoidForm()
    form.reason.choices = [(key, say(words)) for key, words in VOID_REASONS.items()]
    return labelled(form)


def key_form(desk: Desk) -> KeyForm:
    """The form of a sheet; every choice starts with the figure that selects it."""
    form = KeyForm()
    labelled_form = labelled(form)
    names = enumerate(desk.officers.items(), start=1)
    form.officer.choices = [("", _("0 tidak disebut"))] + [
        (str(officer_id), f"{place} {name}") for place, (officer_id, name) in names
    ]
    for key in ALL_KEYS:
        form[key].label.text = say((element(key).unsur, element(key).unsur_en))
    for band in CHOICES:
        form[band.key].label.text = say((band.question, band.question_en))
        form[band.key].choices = [("", _("0 tidak diisi"))] + [
            (value, f"{place} {say((words, english))}")
            for place, (value, words, english) in enumerate(band.choices, start=1)
        ]
    return labelled_form


def chosen_day(today: date) -> date:
    """The pile's day of the address; today for one that is no day."""
    try:
        return date.fromisoformat(request.args.get("hari", ""))
    except ValueError:
        return today


def choices_of(found: Difference, name: str) -> list[tuple[str, str]]:
    """What a differing field can really be, as (value, words)."""
    if name == "visited_on":
        days = sorted({found.first[name], found.second[name]})
        return [(day, long_date(date.fromisoformat(day))) for day in days]
    if name == "counter_id":
        return [(str(key), words) for key, words in found.counters.items()]
    if name == "officer_id":
        nobody = [("", _("tidak disebut"))]
        return nobody + [(str(key), words) for key, words in found.officers.items()]
    if name == "causes":
        keyed = {found.first.get(name) or "", found.second.get(name) or ""}
        return [("", _("tidak ada"))] + [(one, one) for one in sorted(keyed - {""})]
    if name in ALL_KEYS:
        item = element(name)
        labels = enumerate(zip(item.labels, item.labels_en, strict=True), start=1)
        figures = [(str(value), f"{value} {say(words)}") for value, words in labels]
        return [("", _("tidak dijawab")), *figures]
    band = next(band for band in CHOICES if band.key == name)
    return [("", _("tidak diisi"))] + [
        (value, say((words, english))) for value, words, english in band.choices
    ]


def label_of(name: str) -> str:
    """What a field is called."""
    known = {
        "visited_on": _("Hari kunjungan"),
        "counter_id": _("Loket"),
        "officer_id": _("Dilayani oleh"),
        "causes": _("Nomor sebab di balik lembar"),
    }
    if name in known:
        return known[name]
    if name in ALL_KEYS:
        return say((element(name).unsur, element(name).unsur_en))
    return next(say((b.question, b.question_en)) for b in CHOICES if b.key == name)


def settled(found: Difference, sent: Mapping[str, str]) -> dict[str, Any] | None:
    """The right value of every differing field; None as long as one is missing."""
    right: dict[str, Any] = {}
    for name in found.names:
        value = sent.get(name)
        if value is None or value not in {key for key, _words in choices_of(found, name)}:
            return None
        is_number = name in ALL_KEYS or name in ("counter_id", "officer_id")
        right[name] = (int(value) if is_number else value) if value else None
    return right
