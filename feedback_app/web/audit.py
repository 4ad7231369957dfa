"""The audit log's page: for the admin and the inspectorate; nobody can change a line."""

from __future__ import annotations

import re
from datetime import date

from flask import Blueprint, Response, abort, render_template, request

from feedback_app.domain.act_words import SUBJECTS
from feedback_app.domain.acts import ACTS
from feedback_app.services.access import audit_log
from feedback_app.services.access.audit_log import AuditLine, Choice
from feedback_app.services.imports.office import title_of_kind
from feedback_app.web.access import site, viewer
from feedback_app.web.act_facts import days_written_out, facts_in_words
from feedback_app.web.addresses import page_number
from feedback_app.web.downloads import sheets
from feedback_app.web.language import gettext as _
from feedback_app.web.language import say

audit = Blueprint("audit", __name__, url_prefix="/staf/catatan")

FILTERS = ("dari", "sampai", "tindakan", "akun")
LAST_DAY = date(2200, 1, 1)
ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b", re.ASCII)


@audit.get("/")
def log() -> str:
    """One page of the audit log."""
    choice = _choice()
    return render_template(
        "audit/log.html",
        found=audit_log.audit_page(site(), viewer(), choice, page=page_number()),
        choice=choice,
        acts=ACTS,
        subject_words=_subject_words,
        fact_words=lambda line: facts_in_words(line.facts),
        kept={name: request.args[name] for name in FILTERS if request.args.get(name)},
    )


@audit.get("/unduh.<ending>")
def file(ending: str) -> Response:
    """The chosen lines of the audit log as CSV or XLSX; that is logged too."""
    if ending not in ("csv", "xlsx"):
        abort(404)
    choice = _choice()
    table = audit_log.audit_sheet(site(), viewer(), choice)
    return sheets(
        [table],
        name=f"catatan-{site().today().isoformat()}",
        ending=ending,
        about=[("Isi", "Catatan tindakan"), ("Dari", choice.first), ("Sampai", choice.last)],
    )


def _subject_words(line: AuditLine) -> str:
    """What an act was about, with a noun before a bare number."""
    kind = title_of_kind(line.subject) if line.action == "import" else None
    if kind:
        return _(kind)
    noun = SUBJECTS.get(line.action)
    text = f"{say(noun)} {line.subject.replace(' ', ': ', 1)}" if noun else line.subject
    return days_written_out(text)


def _choice() -> Choice:
    action = request.args.get("tindakan", "")
    return Choice(
        first=_day("dari"),
        last=_day("sampai"),
        action=action if action in ACTS else "",
        username=request.args.get("akun", "").strip()[:80],
    )


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if day < LAST_DAY else None
