"""What every page shows around its content: menu, demo note, language links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for

from feedback_app.domain.faults import NotSavedError
from feedback_app.services.office import agency
from feedback_app.web.access import MENU, ROUTES, site
from feedback_app.web.language import gettext as _


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu."""

    text: str
    url: str
    is_here: str  # 'page': this very page; 'true': one that it leads to; '' elsewhere


def add_to_pages(app: Flask) -> None:
    """Give templates the menu, the demo note and the language links."""
    app.jinja_env.globals.update(
        navigation=_navigation, site_is_demo=_site_is_demo, with_language=_with_language
    )


def _navigation() -> list[MenuItem]:
    if g.get("viewer") is None:
        return []
    shown = [endpoint for endpoint in MENU if g.viewer.role in (ROUTES[endpoint] or ())]
    here = _nearest(shown)
    mark = "page" if here == request.endpoint else "true"
    return [
        MenuItem(
            text=_(MENU[endpoint]),
            url=url_for(endpoint),
            is_here=mark if endpoint == here else "",
        )
        for endpoint in shown
    ]


def _nearest(shown: Sequence[str]) -> str | None:
    """The entry for this page: itself, else the first of the same room."""
    if request.endpoint in shown:
        return request.endpoint
    return next((one for one in shown if one.split(".")[0] == request.blueprint), None)


def _site_is_demo() -> bool:
    try:
        return agency.any_is_demo(site())
    except NotSavedError:  # an error page must still be shown when the database is gone
        return False


def _with_language(language: str) -> str:
    if request.endpoint is None or request.method != "GET":
        return url_for("public.home", lang=language)
    if request.endpoint == "tickets.scanned":  # a ticket's code is in no address of ours
        return url_for("tickets.ask", lang=language)
    kept = request.args.to_dict(flat=False)
    values: dict[str, Any] = {**kept, **(request.view_args or {}), "lang": language}
    return url_for(request.endpoint, **values)
