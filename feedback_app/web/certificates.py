"""Certificates of service: the officer's page, HR's criteria, and the check for everybody."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Regexp

from feedback_app.domain.certificates import MOST_UNVERIFIED
from feedback_app.services.faults import FieldFaultError
from feedback_app.services.officer import certificates as service
from feedback_app.web.access import site, viewer
from feedback_app.web.downloads import PDF, download
from feedback_app.web.forms import NEEDED, labelled, tell, translate_errors
from feedback_app.web.language import gettext as _

certificates = Blueprint("certificates", __name__)


class RuleForm(FlaskForm):  # type: ignore[misc]
    """The level from which on a certificate is earned."""

    level = StringField(
        "Rata-rata paling sedikit (3,00 sampai 4,00)",
        [
            InputRequired(NEEDED),
            Regexp(r"^\s*[34]([.,][0-9]{1,2})?\s*$", message="Isi batas antara 3,00 dan 4,00."),
        ],
    )

    def value(self) -> float:
        """The level of a checked form."""
        return float(self.level.data.replace(",", "."))


@certificates.get("/staf/saya/sertifikat")
def own() -> str:
    """Criteria, whether they are met, and own certificates."""
    return render_template(
        "officer/certificates.html",
        page=service.certificate_page(site(), viewer()),
        most=MOST_UNVERIFIED,
    )


@certificates.post("/staf/saya/sertifikat")
def issue() -> AnyResponse:
    """Issue the certificate of the newest half-year."""
    try:
        number = service.issue(site(), viewer())
    except FieldFaultError as fault:
        flash(_(fault.text))
    else:
        flash(_("Sertifikat %(number)s terbit.", number=number))
    return redirect(url_for("certificates.own"))


@certificates.get("/staf/saya/sertifikat/<int:certificate_id>.pdf")
def file(certificate_id: int) -> Response:
    """An own certificate as PDF."""
    content = service.certificate_file(site(), viewer(), certificate_id)
    return download(content, PDF, f"sertifikat-{certificate_id}.pdf")


@certificates.get("/sertifikat/<check_code>")
def check(check_code: str) -> str:
    """Genuine or withdrawn, and nothing else."""
    return render_template(
        "officer/certificate_check.html", stands=service.check(site(), check_code)
    )


@certificates.get("/staf/sertifikat/")
def criteria() -> str:
    """Criteria of certificates, and a form for new ones."""
    return _criteria(labelled(RuleForm()))


@certificates.post("/staf/sertifikat/")
def publish() -> str | AnyResponse | tuple[str, int]:
    """Publish criteria for half-years that begin later."""
    form = labelled(RuleForm())
    if form.validate_on_submit():
        try:
            service.publish_rule(site(), viewer(), level=form.value())
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Kriteria diumumkan; berlaku untuk semester yang mulai sesudah hari ini."))
            return redirect(url_for("certificates.criteria"))
    return _criteria(form), 422


def _criteria(form: RuleForm) -> str:
    translate_errors(form)
    return render_template(
        "officer/certificate_criteria.html", form=form, rules=service.rules_page(site(), viewer())
    )
