"""The desk where sheets are keyed: what its page shows, first entry, second, or correction."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from feedback_app.domain.elements import ALL_KEYS, element
from feedback_app.domain.paper import BAND_KEYS, grouped
from feedback_app.services.citizen.code_guesses import TooManyGuessesError
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.paper import checks, sheets
from feedback_app.services.paper.sheets import Desk
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import number_in_address
from feedback_app.web.forms import tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.paper_forms import KeyForm, chosen_day


def desk_of(batch_id: int) -> Desk:
    """The batch with the pile that the address names."""
    day = chosen_day(site().today())
    return sheets.desk(site(), viewer(), batch_id, day=day, counter_id=number_in_address("loket"))


def pile(desk: Desk) -> dict[str, Any]:
    """The pile as the address names it."""
    return {"hari": desk.day.isoformat(), "loket": desk.counter_id}


def is_complete(desk: Desk, form: KeyForm) -> bool:
    """Whether the sheet may be handed on; what is wrong stands on the form."""
    if not form.validate_on_submit():
        return False
    if desk.counter_id is None:
        form.form_errors.append(_("Pilih loket tumpukan ini lebih dahulu."))
    return desk.counter_id is not None


def tell_sheet(form: KeyForm, fault: FieldFaultError | TooManyGuessesError) -> None:
    """Put a fault on its field."""
    if isinstance(fault, TooManyGuessesError):
        fault = FieldFaultError(
            "visit", "Terlalu banyak kode salah. Tunggu satu menit, lalu simpan lagi."
        )
    tell(form, fault)


def key_page(desk: Desk, form: KeyForm, *, endpoint: str, sheet_id: int | None = None) -> str:
    """The page to key, key again or correct a sheet."""
    translate_errors(form)
    here: dict[str, Any] = {"batch_id": desk.row.batch.id}
    if sheet_id is not None:
        here["sheet_id"] = sheet_id
    mode = {"paper.key_one": "key", "paper_checks.check_one": "check", "paper.correct": "correct"}
    last = sheets.last_sheet(site(), viewer(), desk.row.batch.id, number_in_address("terakhir"))
    view = checks.batch_view(site(), viewer(), desk.row.batch.id)
    return render_template(
        "paper/key.html",
        desk=desk,
        form=form,
        mode=mode[endpoint],
        send_to=url_for(endpoint, **here, **pile(desk)),
        change_pile=url_for(endpoint, **here),
        questions=[(form[key], element(key)) for key in ALL_KEYS],
        bands=[form[key] for key in BAND_KEYS],
        last=last,
        view=view,
        grouped=grouped,
    )
