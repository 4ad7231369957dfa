"""Forms about people: an officer, and an account's role."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from feedback_app.domain.roles import Role
from feedback_app.services.people.person import EMPLOYMENTS, PersonPage, Wanted
from feedback_app.web.forms import NEEDED, TOO_LONG, labelled
from feedback_app.web.language import gettext as _
from feedback_app.web.roles import ROLE_NAMES

INVITED_ROLES = (Role.SUPERVISOR, Role.ADMIN, Role.HR, Role.INSPECTORATE, Role.OFFICER)


class OfficerForm(FlaskForm):  # type: ignore[misc]
    """An officer as the office knows one."""

    name = StringField("Nama lengkap", [InputRequired(NEEDED), Length(max=200, message=TOO_LONG)])
    nip = StringField(
        "NIP",
        [InputRequired(NEEDED), Length(max=40, message=TOO_LONG)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
    employment = SelectField("Status ASN")
    unit = SelectField("Unit", coerce=int)
    greeting = StringField("Sapaan", [Length(max=80, message=TOO_LONG)])
    sex = SelectField("Bila sapaan dikosongkan")
    is_wish = BooleanField("Ini keinginan orangnya sendiri: impor tidak mengubahnya")
    seen = HiddenField()

    def wanted(self) -> Wanted:
        """What was typed."""
        return Wanted(
            name=self.name.data or "",
            nip=self.nip.data or "",
            employment=self.employment.data or "",
            unit_id=self.unit.data,
            greeting=self.greeting.data or "",
            sex=self.sex.data or "",
            is_wish=bool(self.is_wish.data),
        )

    def show(self, page: PersonPage) -> None:
        """Fill in what stands."""
        one = page.officer
        self.name.data, self.nip.data = one.name, one.nip
        self.employment.data, self.unit.data = one.employment, one.unit_id
        self.greeting.data = one.display_name
        self.is_wish.data = one.greeting_from == "wish"
        self.seen.data = page.seen


class RoleOfAccountForm(FlaskForm):  # type: ignore[misc]
    """What an account may see."""

    role = SelectField("Peran")
    units = SelectMultipleField(
        "Unit yang boleh dilihat", coerce=int, option_widget=CheckboxInput()
    )
    officer = SelectField("Petugas yang memiliki akun ini", coerce=int, default=0)
    seen = HiddenField()


def officer_form(units: Sequence[tuple[int, str]]) -> OfficerForm:
    """The form with its choices."""
    form: OfficerForm = labelled(OfficerForm())
    form.employment.choices = [(one, one) for one in EMPLOYMENTS]
    form.unit.choices = list(units)
    form.sex.choices = [
        ("", _("menurut NIP atau gelar; bila tidak diketahui, nama saja")),
        ("2", "Ibu"),
        ("1", "Bapak"),
    ]
    return form


def role_of_account_form(
    units: Sequence[tuple[int, str]], officers: Sequence[tuple[int, str]]
) -> RoleOfAccountForm:
    """The form with its choices."""
    form: RoleOfAccountForm = labelled(RoleOfAccountForm())
    form.role.choices = [(role.value, _(ROLE_NAMES[role])) for role in INVITED_ROLES]
    form.units.choices = list(units)
    form.officer.choices = [(0, "–"), *officers]
    return form
