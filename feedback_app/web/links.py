"""One-time links: an invited or forgetful person sets the own password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from feedback_app.services.access import links as service
from feedback_app.services.access.people import CrowdedError
from feedback_app.services.faults import FieldFaultError
from feedback_app.web.access import site
from feedback_app.web.errors import error_page
from feedback_app.web.forms import NEEDED, TOO_LONG, labelled, tell, translate_errors
from feedback_app.web.language import gettext as _

links = Blueprint("links", __name__)


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A password, typed twice."""

    new = PasswordField(
        "Kata sandi baru",
        [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "Ulangi kata sandi baru",
        [InputRequired(NEEDED), EqualTo("new", message="Kedua kata sandi tidak sama.")],
        render_kw={"autocomplete": "new-password"},
    )


class InvitationForm(NewPasswordForm):
    """The same, and one's own name as it should be written."""

    name = StringField(
        "Nama lengkap",
        [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)],
        render_kw={"autocomplete": "name"},
    )


@links.get("/tautan/<token>")
def show(token: str) -> Response | str:
    """Say whose link this is and ask for a password; looking uses nothing up."""
    try:
        opened = service.open_link(site(), token)
    except service.DeadLinkError:
        return _dead_link()
    form = _form_for(opened)
    if isinstance(form, InvitationForm):
        form.name.data = opened.name
    return render_template("staff/link.html", form=form, opened=opened, token=token)


@links.post("/tautan/<token>")
def use(token: str) -> Response | tuple[str, int]:
    """Set the password, once, and send the person to log in."""
    status = 422
    try:
        opened = service.open_link(site(), token)
        form = _form_for(opened)
        if form.validate_on_submit():
            name = form.name.data if isinstance(form, InvitationForm) else ""
            service.use_link(site(), token, name=name, password=form.new.data)
            flash(_("Kata sandi sudah dipasang. Masuk sebagai %(name)s.", name=opened.username))
            return redirect(url_for("staff.login"))
    except service.DeadLinkError:
        return _dead_link()
    except FieldFaultError as fault:
        tell(form, fault)
    except CrowdedError as fault:
        form.form_errors.append(_(fault.text))
        status = 429
    translate_errors(form)
    return render_template("staff/link.html", form=form, opened=opened, token=token), status


def _form_for(opened: service.OpenedLink) -> NewPasswordForm:
    return labelled(InvitationForm() if opened.kind == "invitation" else NewPasswordForm())


def _dead_link() -> Response:
    return error_page(
        404,
        _("Tautan ini tidak berlaku"),
        _(
            "Tautan hanya dapat dipakai satu kali dan dalam waktu terbatas. "
            "Mintalah tautan baru kepada admin kantor Anda."
        ),
    )
