"""The officer's own room, and the supervisor's page of officers' replies."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from feedback_app.domain.appeals import GROUNDS, KINDS, AppealClass, Offer
from feedback_app.domain.cases import ALL_OUTCOMES
from feedback_app.domain.elements import ELEMENTS
from feedback_app.domain.happenings import KINDS as HAPPENINGS
from feedback_app.domain.need_words import POSTS
from feedback_app.domain.officer_words import beside, change
from feedback_app.domain.survey import title
from feedback_app.domain.tiers import TIERS
from feedback_app.domain.training import RESULTS, TRAINING_KINDS
from feedback_app.services.faults import FieldFaultError, NotThereError
from feedback_app.services.needs.own import own_competences, own_needs
from feedback_app.services.officer import appeals, replies, room, views
from feedback_app.services.officer.appeals import Choice
from feedback_app.services.officer.signed_in import class_of
from feedback_app.web.access import site, viewer
from feedback_app.web.addresses import page_number
from feedback_app.web.formats import long_date, number
from feedback_app.web.forms import labelled, tell, translate_errors
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say
from feedback_app.web.needs import WORDS as NEED_WORDS
from feedback_app.web.roles import ROLE_NAMES

officer = Blueprint("officer", __name__)

ELEMENT_NAMES = {item.key: (item.unsur, item.unsur_en) for item in ELEMENTS}
WEEKDAYS = (
    ("Senin", "Monday"),
    ("Selasa", "Tuesday"),
    ("Rabu", "Wednesday"),
    ("Kamis", "Thursday"),
    ("Jumat", "Friday"),
    ("Sabtu", "Saturday"),
    ("Minggu", "Sunday"),
)
ROLES = {role.value: name for role, name in ROLE_NAMES.items()}


def _storable(text: str | None) -> str | None:
    """Typed text without NUL, which no database of ours keeps and no page can show."""
    return text.replace("\x00", "") if text else text


class ReplyForm(FlaskForm):  # type: ignore[misc]
    """The officer's words to a batch."""

    text = TextAreaField(
        "Isi tanggapan", [InputRequired("Tulis tanggapan Anda.")], filters=[_storable]
    )


class AppealForm(FlaskForm):  # type: ignore[misc]
    """Which class of ratings, and why."""

    what = RadioField("Kelompok penilaian", validate_choice=False)
    grounds = SelectField("Alasan")
    text = TextAreaField(
        "Penjelasan",
        [InputRequired("Jelaskan alasan Anda dengan singkat.")],
        filters=[_storable],
    )


class ReviewForm(FlaskForm):  # type: ignore[misc]
    """Why two other people should look again."""

    text = TextAreaField(
        "Penjelasan",
        [InputRequired("Jelaskan alasan Anda dengan singkat.")],
        filters=[_storable],
    )


@officer.get("/staf/saya/")
def home() -> str:
    """One sentence, thanks, what comes next: two screens of a phone."""
    try:
        found = room.own_start(site(), viewer())
    except NotThereError:  # an account that nobody has tied to an officer yet
        return render_template("officer/no_officer.html")
    return render_template(
        "officer/home.html",
        found=found,
        own=own_needs(site(), viewer()),
        weekdays=WEEKDAYS,
        element_names=ELEMENT_NAMES,
        **NEED_WORDS,
        **_words(),
    )


@officer.get("/staf/saya/rincian")
def details() -> str:
    """Own progress, thanks, what it rests on, trainings, who looked."""
    return render_template(
        "officer/details.html",
        found=room.own_room(site(), viewer()),
        competences=own_competences(site(), viewer()),
        posts=POSTS,
        weekdays=WEEKDAYS,
        training_kinds=TRAINING_KINDS,
        results=RESULTS,
        **_words(),
    )


@officer.get("/staf/saya/dilihat")
def seen() -> str:
    """Everybody who was shown the own figures."""
    page = views.who_saw(site(), viewer(), page=page_number())
    return render_template("officer/seen.html", page=page, **_words())


@officer.get("/staf/saya/masa/<key>")
def batch(key: str) -> str:
    """One closed batch of the own figures."""
    found = room.own_batch(site(), viewer(), key)
    form = labelled(ReplyForm())
    if found.view.reply is not None:
        form.text.data = found.view.reply.text
    return _batch_page(key, form)


@officer.post("/staf/saya/masa/<key>")
def reply(key: str) -> AnyResponse | tuple[str, int]:
    """Write or change the reply to a batch."""
    form = labelled(ReplyForm())
    if form.validate_on_submit():
        try:
            replies.write_reply(site(), viewer(), key, text=form.text.data)
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Tanggapan disimpan. Atasan unit Anda dapat membacanya."))
            return redirect(url_for("officer.batch", key=key, _anchor="tanggapan"))
    return _batch_page(key, form), 422


@officer.get("/staf/saya/masa/<key>/keberatan")
def appeal_form(key: str) -> str:
    """Choose a class of ratings and tell why."""
    choice = appeals.choice_of(site(), viewer(), key)
    return _appeal_page(choice, _appeal_form(choice))


@officer.post("/staf/saya/masa/<key>/keberatan")
def open_appeal(key: str) -> AnyResponse | tuple[str, int]:
    """Open the appeal."""
    choice = appeals.choice_of(site(), viewer(), key)
    form = _appeal_form(choice)
    if form.validate_on_submit():
        try:
            case_id = appeals.open_appeal(
                site(),
                viewer(),
                key,
                class_key=form.what.data or "",
                grounds=form.grounds.data,
                text=form.text.data,
            )
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Keberatan diajukan."))
            return redirect(url_for("officer.appeal", case_id=case_id))
    return _appeal_page(choice, form), 422


@officer.get("/staf/saya/keberatan/<int:case_id>")
def appeal(case_id: int) -> str:
    """How an appeal stands."""
    return _one_appeal(case_id, labelled(ReviewForm()))


@officer.post("/staf/saya/keberatan/<int:case_id>")
def ask_review(case_id: int) -> AnyResponse | tuple[str, int]:
    """Take a rejected appeal to two other people."""
    form = labelled(ReviewForm())
    if form.validate_on_submit():
        try:
            new_id = appeals.open_review(site(), viewer(), case_id, text=form.text.data)
        except FieldFaultError as fault:
            tell(form, fault)
        else:
            flash(_("Peninjauan kedua diminta."))
            return redirect(url_for("officer.appeal", case_id=new_id))
    return _one_appeal(case_id, form), 422


@officer.get("/staf/loket/tanggapan")
def unit_replies() -> str:
    """What the officers of the supervisor's units replied to their figures."""
    page = replies.unit_replies(site(), viewer(), page=page_number())
    return render_template("officer/replies.html", page=page)


def _batch_page(key: str, form: ReplyForm) -> str:
    found = room.own_batch(site(), viewer(), key)
    translate_errors(form)
    return render_template(
        "officer/batch.html", found=found, form=form, longest=replies.LONGEST_REPLY, **_words()
    )


def _appeal_form(choice: Choice) -> AppealForm:
    form = labelled(AppealForm())
    form.what.choices = [(one.what.key, _class_words(one, choice)) for one in choice.offers]
    form.grounds.choices = [("", "–"), *((key, say(words)) for key, words in GROUNDS.items())]
    return form


def _class_words(offer: Offer, choice: Choice) -> str:
    words = class_name(offer.what, choice.counters.get(offer.what.value, ""))
    if offer.n is None:
        return words
    return words + " (" + _("%(n)s penilaian", n=number(offer.n)) + ")"


def class_name(what: AppealClass, counter: str) -> str:
    """A class in words: what kind, and which one."""
    value = ""
    if what.kind == "tier":
        value = say(TIERS[what.value])
    elif what.kind == "counter":
        value = counter
    elif what.kind == "day":
        value = long_date(date.fromisoformat(what.value))
    return say(KINDS[what.kind]) + (f": {value}" if value else "")


def _appeal_page(choice: Choice, form: AppealForm) -> str:
    translate_errors(form)
    return render_template("officer/appeal_form.html", choice=choice, form=form, **_words())


def _one_appeal(case_id: int, form: ReviewForm) -> str:
    found = appeals.appeal_of(site(), viewer(), case_id)
    translate_errors(form)
    return render_template("officer/appeal.html", found=found, form=form, **_words())


def _words() -> dict[str, object]:
    return {
        "tiers": TIERS,
        "happening_kinds": HAPPENINGS,
        "grounds": GROUNDS,
        "outcomes": ALL_OUTCOMES,
        "role_names": ROLES,
        "class_name": class_name,
        "class_of": class_of,
        "change": change,
        "beside": beside,
        "title": title,
        "today": site().today(),
        "officer_items": [item for item in ELEMENTS if item.about == "officer"],
    }
