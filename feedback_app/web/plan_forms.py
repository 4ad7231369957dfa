"""HR's forms of a plan: its money, candidate runs, floors, who fixes it."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import TextInput

from feedback_app.domain.plan_runs import ToldRun
from feedback_app.services.plan.plans import STRENGTHS, Told
from feedback_app.web.forms import NEEDED, TOO_LONG, WholeNumberField, labelled
from feedback_app.web.language import gettext as _

NO_MONEY = "Isi anggarannya; tulis 0 bila tidak ada uangnya."
FROM_0 = "Harus bilangan bulat mulai dari 0."
MOST_FLOOR = 1_000


class RupiahField(WholeNumberField):
    """Rupiah: 60000000, 60.000.000, Rp 60.000.000."""

    widget = TextInput()  # browsers show 60.000.000 as nothing in a field of numbers

    def _value(self) -> str:
        """As it was typed, or with dots between groups of three."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:,}".replace(",", ".")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take dots between groups of three away before the number is read."""
        if valuelist:
            plain = valuelist[0].strip().removeprefix("Rp").strip()
            groups = plain.split(".")
            if len(groups) > 1 and all(len(part) == 3 for part in groups[1:]):
                plain = "".join(groups)
            valuelist = [plain]
        super().process_formdata(valuelist)


def _rupiah(label: str, missing: str = NEEDED) -> RupiahField:
    rules = [InputRequired(missing), NumberRange(0, message=FROM_0)]
    return RupiahField(label, rules, render_kw={"inputmode": "numeric"})


class BudgetForm(FlaskForm):  # type: ignore[misc]
    """The money of a year, in three kinds that may not be mixed, and what else holds."""

    year = WholeNumberField("Tahun", [InputRequired(NEEDED)])
    fee = _rupiah("Biaya kontribusi (Rp)", NO_MONEY)
    travel = _rupiah("Biaya perjalanan (Rp)", NO_MONEY)
    daily = _rupiah("Uang harian (Rp)", NO_MONEY)
    funding = StringField("Sumber dana", [Length(max=100, message=TOO_LONG)])
    floor = WholeNumberField(
        "Petugas yang harus tinggal di setiap loket",
        [InputRequired(NEEDED), NumberRange(0, MOST_FLOOR, message=FROM_0)],
        default=1,
    )
    turns = SelectField("Giliran yang merata")
    jp = SelectField("20 JP untuk PNS")

    def told(self) -> Told:
        """What the form says."""
        return Told(
            self.fee.data or 0,
            self.travel.data or 0,
            self.daily.data or 0,
            self.floor.data or 0,
            self.turns.data,
            self.jp.data,
            self.funding.data or "",
        )


class PlanRunForm(FlaskForm):  # type: ignore[misc]
    """A candidate run; prices are for one participant, for the whole run."""

    training = SelectField("Pelatihan", choices=[])
    starts_on = DateField("Tanggal mulai", [InputRequired(NEEDED)])
    ends_on = DateField("Tanggal selesai", [Optional()])
    seats = WholeNumberField("Jumlah kursi", [InputRequired(NEEDED)])
    fee = _rupiah("Biaya kontribusi per peserta (Rp)")
    travel = _rupiah("Biaya perjalanan per peserta (Rp)")
    daily = _rupiah("Uang harian per peserta (Rp)")
    jp = WholeNumberField("JP", [InputRequired(NEEDED)])

    def told(self) -> ToldRun:
        """What the form says."""
        return ToldRun(
            training=self.training.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data or self.starts_on.data,
            seats=self.seats.data or 0,
            fee=self.fee.data or 0,
            travel=self.travel.data or 0,
            daily=self.daily.data or 0,
            jp=self.jp.data or 0,
        )


class FloorForm(FlaskForm):  # type: ignore[misc]
    """How many stay at one counter, all year or on some days."""

    counter = SelectField("Loket", choices=[])
    floor = WholeNumberField(
        "Petugas yang harus tinggal",
        [InputRequired(NEEDED), NumberRange(0, MOST_FLOOR, message=FROM_0)],
    )
    first = DateField("Hari pertama (kosong bila sepanjang tahun)", [Optional()])
    last = DateField("Hari terakhir", [Optional()])


class FixForm(FlaskForm):  # type: ignore[misc]
    """Who decides."""

    name = StringField("Nama yang menetapkan", [InputRequired(NEEDED)])
    position = StringField("Jabatan", [InputRequired(NEEDED)])
    seen = WholeNumberField("", [InputRequired(NEEDED)])


def budget_form(told: Told | None = None, *, year: int | None = None) -> BudgetForm:
    """The form of a year's money."""
    form = BudgetForm(obj=told, data={"year": year} if year is not None else None)
    words = {"none": _("tidak dihitung"), "usual": _("biasa"), "strong": _("kuat")}
    for field in (form.turns, form.jp):
        field.choices = [(key, words[key]) for key in STRENGTHS]
        field.data = field.data or "usual"
    return labelled(form)


def run_form(trainings: list[tuple[str, str]], told: ToldRun | None = None) -> PlanRunForm:
    """The form of a candidate run."""
    form = PlanRunForm(obj=told)
    form.training.choices = trainings
    return labelled(form)


def floor_form(counters: list[tuple[str, str]]) -> FloorForm:
    """The form of a floor."""
    form = FloorForm()
    form.counter.choices = counters
    return labelled(form)


def fix_form(*, seen: int) -> FixForm:
    """The form with which a version is fixed."""
    form = labelled(FixForm())
    if form.seen.data is None:
        form.seen.data = seen
    return form
