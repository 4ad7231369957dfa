"""How an answer shows that somebody was served: the ways an office may use, and which it does."""

from __future__ import annotations

from flask import Blueprint, render_template

from feedback_app.services.office import in_use
from feedback_app.web.access import site, viewer

proof = Blueprint("proof", __name__, url_prefix="/staf/admin/bukti")


@proof.get("/")
def overview() -> str:
    """Codes, displays and kiosks, paper, ways in: what each proves, and where to begin."""
    return render_template("proof/overview.html", used=in_use.found(site(), viewer()))
