"""Forms of the roster's pages: one act on a counter's day, and days of the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional

from feedback_app.domain.local_time import local_zone
from feedback_app.domain.roster import Shift
from feedback_app.domain.roster_plans import hours_text
from feedback_app.services.roster.day import DayView, Wanted
from feedback_app.web.addresses import small_number
from feedback_app.web.forms import NEEDED, TOO_LONG, labelled
from feedback_app.web.language import gettext as _

# word of the address -> act
ACTS = {
    "tambah": "add",
    "ganti": "substitute",
    "tukar": "swap",
    "selesai": "end_early",
    "hapus": "remove",
}
# act -> the fields that it asks for; `reason` comes where two people are needed
FIELDS = {
    "add": ("officer", "starts", "ends"),
    "substitute": ("shift", "officer", "starts"),
    "swap": ("shift", "other", "starts"),
    "end_early": ("shift", "ends"),
    "remove": ("shift",),
}
LONGEST_REASON = Length(max=300, message="Paling banyak 300 huruf.")


def _chosen(value: object) -> int | None:
    return small_number(str(value))


class ActForm(FlaskForm):  # type: ignore[misc]
    """What an act needs; the fields that it does not need are taken out."""

    shift = SelectField("Jam tugas yang diubah", coerce=_chosen)
    other = SelectField("Ditukar dengan", coerce=_chosen)
    officer = SelectField("Petugas", coerce=_chosen)
    starts = TimeField("Mulai pukul", [Optional()])
    ends = TimeField("Selesai pukul", [Optional()])
    reason = TextAreaField("Sebab perubahan", [LONGEST_REASON])
    seen = HiddenField()


class OfficeDaysForm(FlaskForm):  # type: ignore[misc]
    """Days on which the office is closed, or open against the rule."""

    kind = SelectField("Kantor", choices=[])
    unit = SelectField("Unit", coerce=_chosen)
    first = DateField("Dari", [InputRequired(NEEDED)])
    last = DateField("Sampai", [InputRequired(NEEDED)])
    name = StringField("Keterangan", [InputRequired(NEEDED), Length(max=100, message=TOO_LONG)])


def act_form(act: str, view: DayView, *, now: datetime, shift_id: int | None) -> ActForm:
    """The form of an act on this counter's day, filled with what is most likely meant."""
    shift = next((s for s in view.shifts if s.shift_id == shift_id), None)
    form = ActForm(data={"seen": view.seen, **_likely(act, shift, now)})
    if shift_id is not None and form.shift.data is None:
        form.shift.data = shift_id
    needed = (*FIELDS[act], "reason") if view.needs_two else FIELDS[act]
    for name in ("shift", "other", "officer", "starts", "ends", "reason"):
        if name not in needed:
            delattr(form, name)
    show_choices(form, view)
    return labelled(form)


def show_choices(form: ActForm, view: DayView) -> None:
    """What can be chosen as the day stands now."""
    first = ("", _("pilih"))
    if form.shift is not None:
        form.shift.choices = [first, *_named(view, view.shifts, is_place_told=False)]
    if form.other is not None:
        others = [*view.shifts, *view.others]
        form.other.choices = [first, *_named(view, others, is_place_told=True)]
    if form.officer is not None:
        form.officer.choices = [first, *((str(one), name) for one, name in view.officers)]


def after_conflict(form: ActForm, view: DayView) -> None:
    """Keep what was typed over the day as somebody else has left it."""
    show_choices(form, view)
    form.seen.data = view.seen
    if form.shift is not None and form.shift.data not in {s.shift_id for s in view.shifts}:
        form.shift.data = None


def wanted_of(form: ActForm) -> Wanted:
    """What was filled in; fields that the act has not are None."""

    def value(name: str) -> Any:
        field = getattr(form, name, None)
        return None if field is None else field.data

    return Wanted(
        seen=form.seen.data or "",
        shift_id=value("shift"),
        other_id=value("other"),
        officer_id=value("officer"),
        starts=value("starts"),
        ends=value("ends"),
        reason=value("reason") or "",
    )


def _named(view: DayView, shifts: Sequence[Shift], *, is_place_told: bool) -> list[tuple[str, str]]:
    found = []
    for shift in shifts:
        name = view.called[shift.officer_id]
        text = f"{name} {hours_text(shift)}"
        if is_place_told:
            text = f"{view.counters[shift.counter_id]}: {text}"
        found.append((str(shift.shift_id), text))
    return found


def _likely(act: str, shift: Shift | None, now: datetime) -> dict[str, Any]:
    """A shift that runs changes from now on; one that has not begun changes whole."""
    if shift is None:
        return {}
    runs = shift.starts_at <= now < shift.ends_at
    starts = now if runs else shift.starts_at
    ends = now if runs else shift.ends_at
    found: dict[str, Any] = {"shift": shift.shift_id, "starts": _clock(starts)}
    return found | ({"ends": _clock(ends)} if act == "end_early" and runs else {})


def _clock(at: datetime) -> time:
    return at.astimezone(local_zone()).time().replace(second=0, microsecond=0)
