"""Which pages `flatness.py` opens, as whom: every one without a part to fill in, and these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlalchemy import text

from bench.made_records import LOGINS
from feedback_app.domain.disclosure import months_later
from feedback_app.domain.disclosure.blocks import quarter_start
from feedback_app.domain.roles import Role
from feedback_app.domain.survey import quarter_from, slug
from feedback_app.services.site import Site
from feedback_app.web.route_lines import EVERYBODY, STAFF, Roles
from feedback_app.web.route_table import ROUTES

LIMIT = "SELECT 1"  # a page that asks only this: what the machine needs at least
# No page of a made office: a form's answer, a device's face, what is looked at elsewhere.
LEFT_OUT = ("/masuk", "/perangkat", "/sso", "/static", "/v/", "/kios", "/layar", "/staf/masuk")
FILLED = {
    "": (
        "/hasil/d1/u1",
        "/hasil/data.csv",
        "/hasil/data.json",
        "/hasil/d1/u1/data.csv",
        "/layar/d1/u1",
    ),
    "atasan": (
        "/staf/loket/?periode=365",
        "/staf/loket/unduh.csv",
        "/staf/loket/L2",
        "/staf/loket/L2?periode=365",
        "/staf/loket/L2/unduh.csv",
        "/staf/loket/L2/unduh.xlsx",
        "/staf/loket/petugas/unduh.csv",
        "/staf/skm/1",
        "/staf/skm/20",
        "/staf/jadwal/unduh.csv",
    ),
    "petugas": ("/staf/saya/masa/{quarter}",),
    "sdm": (
        "/staf/pelatihan/K2",
        "/staf/pelatihan/jp/unduh.csv",
        "/staf/pelatihan/petugas/2",
        "/staf/impor/trainings",
    ),
    "admin": (
        "/staf/admin/orang/unduh.csv",
        "/staf/admin/orang/2",
        "/staf/admin/tempat/loket/2",
        "/staf/impor/roster",
    ),
    "inspektorat": ("/staf/catatan/unduh.csv", "/staf/perkara/?tutup=1"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """An address, and who opens it ('': nobody is logged in)."""

    username: str
    path: str

    @property
    def name(self) -> str:
        """Its line's."""
        return f"{self.username or 'everybody'} {self.path}"


def pages(app: Flask, *, today: date) -> list[Page]:
    """The limit, the frame, then every page by who opens it."""
    quarter = slug(quarter_from(months_later(quarter_start(today), -3)))
    found = [Page("", LIMIT), Page("atasan", "/staf/akun/sesi")]
    for username, role in {"": None, **LOGINS}.items():
        plain = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if not rule.arguments
            and "GET" in (rule.methods or ())
            and not rule.rule.startswith(LEFT_OUT)
            and _is_for(ROUTES[rule.endpoint], role)
        ]
        more = [path.format(quarter=quarter) for path in FILLED[username]]
        found += [Page(username, path) for path in (*sorted(plain), *more)]
    return found


def _is_for(roles: Roles, role: Role | None) -> bool:
    """STAFF's pages are the same for all: the frame stands for them."""
    if role is None:
        return roles is EVERYBODY
    return roles is not None and roles is not STAFF and role in roles


def limit_app(site: Site) -> Flask:
    """Flask and the database, and nothing of ours between them."""
    app = Flask("limit")

    @app.get("/")
    def limit() -> str:
        with site.db.read() as session:
            return str(session.scalar(text("SELECT 1")))

    return app
