"""What Flask-WTF forms of staff pages share: labels and errors in the reader's language."""

from __future__ import annotations

import re
from typing import TypeVar

from flask_wtf import FlaskForm
from wtforms import IntegerField

from feedback_app.services.faults import FieldFaultError
from feedback_app.web.language import gettext as _

Form = TypeVar("Form", bound=FlaskForm)

NEEDED = "Wajib diisi."
TOO_LONG = "Terlalu panjang."
# WTForms has no Indonesian of its own.
LIBRARY_MESSAGES = {
    "Not a valid integer value.": "Harus bilangan bulat.",
    "Not a valid date value.": "Bukan tanggal yang ada.",
    "Not a valid time value.": "Bukan jam yang ada; tulis seperti 08.00.",
    "Not a valid choice.": "Pilih salah satu dari daftar.",
    "Not a valid choice": "Pilih salah satu dari daftar.",
    "Invalid Choice: could not coerce.": "Pilih salah satu dari daftar.",
    "'%(value)s' is not a valid choice for this field.": "Pilih salah satu dari daftar.",
}


class WholeNumberField(IntegerField):  # type: ignore[misc]
    """A number in plain figures: one too long to be compared is a fault like any other word."""

    data: int | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Refuse more than 15 figures; NumberRange would overflow on 400."""
        if valuelist and not re.fullmatch(r"\s*[+-]?[0-9]{1,15}\s*", valuelist[0]):
            self.data: int | None = None
            raise ValueError("Not a valid integer value.")
        super().process_formdata(valuelist)


def labelled(form: Form) -> Form:
    """The form with its labels in the reader's language."""
    for field in form:
        if field.id != "csrf_token":
            field.label.text = _(field.label.text)
    return form


def tell(form: FlaskForm, fault: FieldFaultError) -> None:
    """Put a fault that a service found on its field, or on the form as a whole."""
    if fault.field not in form:
        form.form_errors.append(_(fault.text))
        return
    field = form[fault.field]
    field.errors = [*field.errors, _(fault.text)]


def translate_errors(form: FlaskForm) -> None:
    """Errors in the reader's language, one thing to mend at a time."""
    for field in form:
        first = [str(text) for text in field.errors][:1]
        field.errors = [_(LIBRARY_MESSAGES.get(text, text)) for text in first]


def wrong_code_words() -> str:
    """What to do when a code of the second step does not fit."""
    return _(
        "Kode tidak cocok atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi. "
        "Bila tetap tidak cocok, setel jam ponsel Anda ke otomatis."
    )
