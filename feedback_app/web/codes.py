"""The admin's room of visit codes: make batches, revoke what is left, keys of queue machines."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from feedback_app.domain.reconciliation import SIGNS
from feedback_app.services.codes import batches as service
from feedback_app.services.codes import printing, queue, use
from feedback_app.services.codes.batches import LARGEST_BATCH, AlreadyMadeError, Order
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.office import setup
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import page_number, small_number
from feedback_app.web.citizen_form import clean_text
from feedback_app.web.downloads import CSV, PDF, download
from feedback_app.web.forms import NEEDED, WholeNumberField, labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say

codes = Blueprint("codes", __name__, url_prefix="/staf/admin/kode")

# way -> (Indonesian, English)
WAYS = {
    "sheet": ("Lembar A4 untuk dipotong (PDF)", "A4 sheets to cut (PDF)"),
    "csv": ("Untuk mesin antrean yang ada (CSV)", "For a queue machine you have (CSV)"),
    "queue": ("Mesin antrean", "Queue machine"),
}


class BatchForm(FlaskForm):  # type: ignore[misc]
    """A batch to be made. `after` is the newest batch alike that the maker has seen."""

    target = SelectField("Untuk")
    valid_on = DateField("Untuk hari", [InputRequired(message=NEEDED)])
    size = WholeNumberField(
        "Jumlah kode",
        [
            InputRequired(message=NEEDED),
            NumberRange(1, LARGEST_BATCH, message="Jumlah kode: 1 sampai 2.000."),
        ],
    )
    way = RadioField("Bentuk")
    after = StringField()

    def order(self) -> Order:
        """What the checked form asks for."""
        unit, service_id = (int(part) for part in self.target.data.split("-"))
        size = self.size.data or 0  # a checked form has a number
        return Order(unit, service_id or None, self.valid_on.data, size, self.way.data)


class KeyForm(FlaskForm):  # type: ignore[misc]
    """A new key of a queue machine."""

    unit = SelectField("Unit", coerce=int)
    name = StringField(
        "Nama mesin",
        [
            InputRequired(message=NEEDED),
            Length(max=queue.NAME_LIMIT, message="Isi nama mesin, paling banyak 80 huruf."),
        ],
        filters=[lambda text: clean_text(text or "")],
    )


@codes.get("/")
def batches() -> str:
    """Every batch of codes and what became of it."""
    unit_id = small_number(request.args.get("unit", ""))
    units = setup.unit_lines(site(), viewer())
    today = site().today()
    unit = next((one.code for one in units if one.unit_id == unit_id), "")
    lately = use.Choice(first=today - use.USUAL, last=today, unit=unit, service="")
    return render_template(
        "codes/batches.html",
        found=service.batch_page(site(), viewer(), unit_id=unit_id, page=page_number()),
        used=use.use_page(site(), viewer(), lately, page=1),
        sign_words=SIGNS,
        units=units,
        unit_id=unit_id,
        ways=WAYS,
    )


@codes.get("/baru")
def new() -> str:
    """An empty form for a batch of codes."""
    form = _batch_form()
    form.valid_on.data, form.way.data = site().today(), "sheet"
    return render_template("codes/new.html", form=form)


@codes.post("/baru")
def check() -> str | tuple[str, int]:
    """Say what making the batch will do, before it is done."""
    form = _batch_form()
    if form.validate_on_submit():
        try:
            found = service.preview(site(), viewer(), form.order())
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            return render_template("codes/confirm.html", form=form, found=found, ways=WAYS)
    return _wrong(form)


@codes.post("/buat")
def make() -> AnyResponse | tuple[str, int]:
    """Make the batch and answer with its file, the only time it can be read."""
    form = _batch_form()
    if form.validate_on_submit():
        try:
            made = service.make_batch(
                site(), viewer(), form.order(), after=small_number(form.after.data or "")
            )
        except FieldFaultError as fault:
            tell(form, fault)
        except AlreadyMadeError as alike:
            return _already(form, alike.batch_id)
        else:
            return _file(made)
    return _wrong(form)


@codes.get("/<int:batch_id>/cabut")
def confirm_revoking(batch_id: int) -> str:
    """Ask before what is left of a batch stops working."""
    line = service.batch_line(site(), viewer(), batch_id)
    return render_template("codes/revoke.html", line=line)


@codes.post("/<int:batch_id>/cabut")
def revoke(batch_id: int) -> AnyResponse:
    """Revoke what is left of a batch."""
    revoked = service.revoke_batch(site(), viewer(), batch_id)
    flash(_("%(n)s kode dicabut dan tidak berlaku lagi.", n=revoked))
    return redirect(url_for("codes.batches"))


@codes.get("/kunci")
def keys() -> str:
    """Keys of queue machines."""
    return _keys_page(_key_form())


@codes.post("/kunci")
def add_key() -> tuple[str, int]:
    """Make a key and show it once."""
    form = _key_form()
    if form.validate_on_submit():
        try:
            key = queue.make_key(site(), viewer(), unit_id=form.unit.data, name=form.name.data)
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            page = render_template(
                "codes/new_key.html", key=key, name=form.name.data, base=site().settings.base_url
            )
            return page, 200
    translate_errors(form)
    return _keys_page(form), 422


@codes.get("/kunci/<int:key_id>/cabut")
def confirm_revoking_key(key_id: int) -> str:
    """Ask before a machine loses its key."""
    return render_template("codes/revoke_key.html", line=queue.key_line(site(), viewer(), key_id))


@codes.post("/kunci/<int:key_id>/cabut")
def revoke_key(key_id: int) -> AnyResponse:
    """End the key of a queue machine."""
    queue.revoke_key(site(), viewer(), key_id)
    flash(_("Kunci dicabut. Mesin yang memakainya tidak mendapat kode lagi."))
    return redirect(url_for("codes.keys"))


def _batch_form() -> BatchForm:
    form = BatchForm()
    choices: dict[str, list[tuple[str, str]]] = {}
    for target in service.targets(site(), viewer()):
        name = target.service or _("Semua layanan")
        value = f"{target.unit_id}-{target.service_id or 0}"
        choices.setdefault(target.unit, []).append((value, name))
    form.target.choices = choices
    form.way.choices = [(way, say(WAYS[way])) for way in service.WAYS]
    return labelled(form)


def _key_form() -> KeyForm:
    form = KeyForm()
    form.unit.choices = [(line.unit_id, line.name) for line in setup.unit_lines(site(), viewer())]
    return labelled(form)


def _keys_page(form: KeyForm) -> str:
    return render_template("codes/keys.html", form=form, lines=queue.key_lines(site(), viewer()))


def _wrong(form: BatchForm) -> tuple[str, int]:
    translate_errors(form)
    return render_template("codes/new.html", form=form), 422


def _already(form: BatchForm, batch_id: int) -> tuple[str, int]:
    line = service.batch_line(site(), viewer(), batch_id)
    form.after.data = str(batch_id)
    return render_template("codes/already.html", form=form, line=line, ways=WAYS), 409


def _file(made: service.Made) -> Response:
    name = f"kode-{made.order.valid_on.isoformat()}-{made.batch_id}"
    writers: dict[str, Any] = {
        "sheet": (printing.batch_pdf, PDF, "pdf"),
        "csv": (printing.batch_csv, CSV, "csv"),
    }
    write, content_type, ending = writers[made.order.way]
    return download(write(site(), made), content_type, f"{name}.{ending}")
