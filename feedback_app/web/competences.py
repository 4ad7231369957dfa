"""HR's page of competences that present and next posts ask for."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from feedback_app.domain.need_words import POSTS
from feedback_app.services.needs.competences import competences as competence_lines
from feedback_app.services.officer.views import note_views
from feedback_app.web.access import site, viewer

competences = Blueprint("competences", __name__, url_prefix="/staf/kompetensi")


@competences.get("/")
def overview() -> str:
    """Competences by officer, with what is missing; whoever is shown is written down."""
    post, text = request.args.get("jabatan", ""), request.args.get("cari", "")
    lines = competence_lines(site(), viewer(), post=post if post in POSTS else "", text=text)
    note_views(site(), viewer(), {line.officer_id for line in lines})
    return render_template("needs/competences.html", lines=lines, post=post, text=text, posts=POSTS)
