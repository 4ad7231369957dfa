"""What every page shows around its content: menu, demo note, language links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, g, request, url_for

from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.roles import Role
from feedback_app.services.office import agency, in_use
from feedback_app.web.access import site
from feedback_app.web.language import gettext as _
from feedback_app.web.route_lines import InMenu
from feedback_app.web.route_table import MENU, ROUTES

# Rooms of pages that have no menu line of their blueprint above them in route_table.py.
_ROOM_OF = {
    "accounts": "people.overview",
    "masking": "supervisor.counters",
    "own_needs": "officer.home",
    "paper_checks": "paper.overview",
    "people_acts": "people.overview",
    "roster_grid": "roster.week",
    "roster_plans": "roster.week",
    "run_reasons": "trainings.catalogue",
    "training_merge": "trainings.catalogue",
}


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu, or one tab of its room."""

    text: str
    url: str
    is_here: str  # 'page': this very page; 'true': one that it leads to; '' elsewhere


@dataclass(frozen=True, slots=True)
class Navigation:
    """The menu of whoever is logged in, and the tabs of their room (none where it has one page)."""

    items: tuple[MenuItem, ...] = ()
    tabs: tuple[MenuItem, ...] = ()
    room: str = ""


def add_to_pages(app: Flask) -> None:
    """Give templates the menu, the demo note and the language links."""
    app.jinja_env.globals.update(
        navigation=_navigation, site_is_demo=_site_is_demo, with_language=_with_language
    )


def _navigation() -> Navigation:
    """The same for every call of one request: header and tabs both ask."""
    if g.get("viewer") is None:
        return Navigation()
    if "navigation" not in g:
        g.navigation = _built(g.viewer.role, here=_nearest(request.endpoint, g.viewer.role))
    return cast(Navigation, g.navigation)


def _built(role: Role, *, here: str | None) -> Navigation:
    rooms: dict[str, list[tuple[str, str]]] = {}  # room -> (endpoint, text)
    offered = _in_use()
    for endpoint in MENU:
        place = _place(endpoint, role)
        if place and (not place.needs or place.needs in offered or endpoint == here):
            rooms.setdefault(place.room or place.text, []).append((endpoint, place.text))
    own = next((room for room, pages in rooms.items() if here in dict(pages)), "")
    tabs = rooms.get(own, [])
    return Navigation(
        tuple(_item(pages[0][0], room, is_here=room == own) for room, pages in rooms.items()),
        tuple(_item(*page, is_here=page[0] == here) for page in tabs if len(tabs) > 1),
        own,
    )


def _item(endpoint: str, text: str, *, is_here: bool) -> MenuItem:
    mark = "page" if endpoint == request.endpoint else "true"
    return MenuItem(_(text), url_for(endpoint), mark if is_here else "")


def _place(endpoint: str, role: Role) -> InMenu | None:
    return next((place for place in MENU[endpoint] if role in place.roles), None)


def _nearest(endpoint: str | None, role: Role) -> str | None:
    """The entry for this page: itself, else the line above it of the same blueprint."""
    found = _ROOM_OF.get(request.blueprint or "")
    for one in ROUTES:
        if one in MENU and _place(one, role) and one.split(".")[0] == request.blueprint:
            found = one
        if one == endpoint:
            return found
    return None


def _in_use() -> frozenset[str]:
    try:
        return in_use.found(site(), g.viewer)
    except NotSavedError:  # an error page must still be shown when the database is gone
        return frozenset()


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
