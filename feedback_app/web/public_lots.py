"""The public record of draws: lists and hashes before the dice, results after them; codes only."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from feedback_app.services.lots import pages
from feedback_app.web.access import site
from feedback_app.web.downloads import JSON, download
from feedback_app.web.lots import STATES

public_lots = Blueprint("public_lots", __name__, url_prefix="/undian")

TEXT = "text/plain; charset=utf-8"


@public_lots.get("/")
def overview() -> str:
    """Every draw whose list was frozen, newest first."""
    return render_template("lots/public_list.html", found=pages.public_lots(site()), states=STATES)


@public_lots.get("/<int:lot_id>")
def show(lot_id: int) -> str:
    """One draw: hash, list, dice and who sits, by codes."""
    return render_template(
        "lots/public.html", page=pages.public_page(site(), lot_id), states=STATES
    )


@public_lots.get("/<int:lot_id>/daftar.txt")
def list_file(lot_id: int) -> Response:
    """The frozen list, byte for byte as it is hashed."""
    return download(pages.list_file(site(), lot_id), TEXT, f"daftar-undian-{lot_id}.txt")


@public_lots.get("/<int:lot_id>/undian.json")
def record_file(lot_id: int) -> Response:
    """The record that scripts/verify_lot.py repeats."""
    return download(pages.record_file(site(), lot_id), JSON, f"undian-{lot_id}.json")
