"""The one place where a site is wired together: settings, database, rooms, guards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from feedback_app.config import ROOT, Settings
from feedback_app.domain.local_time import hours_ahead, zone_word
from feedback_app.helper.process import HelperProcess, Limits
from feedback_app.services.site import Clock, open_site, system_clock
from feedback_app.version import VERSION
from feedback_app.web import (
    access,
    act_facts,
    charts,
    daily,
    errors,
    formats,
    headers,
    language,
    light_path,
    limits,
    navigation,
    patience,
    sessions,
    static_files,
    table_sorting,
)
from feedback_app.web.accounts import accounts
from feedback_app.web.admin import admin
from feedback_app.web.after_course import after_course
from feedback_app.web.audit import audit
from feedback_app.web.certificates import certificates
from feedback_app.web.citizen import citizen
from feedback_app.web.code_use import code_use
from feedback_app.web.codes import codes
from feedback_app.web.competences import competences
from feedback_app.web.devices import devices
from feedback_app.web.display import display
from feedback_app.web.follow_ups import follow_ups
from feedback_app.web.happenings import happenings
from feedback_app.web.impact import impact
from feedback_app.web.inspectorate import inspectorate
from feedback_app.web.kiosk import kiosk
from feedback_app.web.links import links
from feedback_app.web.lots import lots
from feedback_app.web.masking import masking
from feedback_app.web.needs import needs
from feedback_app.web.officer import officer
from feedback_app.web.own_account import own
from feedback_app.web.own_needs import own_needs
from feedback_app.web.pairing import pairing
from feedback_app.web.paper import paper
from feedback_app.web.paper_checks import paper_checks
from feedback_app.web.partners import partners
from feedback_app.web.people import people
from feedback_app.web.people_acts import people_acts
from feedback_app.web.places import places
from feedback_app.web.plan import plan
from feedback_app.web.plan_runs import plan_runs
from feedback_app.web.proof import proof
from feedback_app.web.public import public
from feedback_app.web.public_lots import public_lots
from feedback_app.web.queue_api import queue_api
from feedback_app.web.results import results
from feedback_app.web.roster import roster
from feedback_app.web.roster_grid import roster_grid
from feedback_app.web.roster_plans import roster_plans
from feedback_app.web.run_reasons import run_reasons
from feedback_app.web.second_step import second_step
from feedback_app.web.sso import sso
from feedback_app.web.staff import staff
from feedback_app.web.supervisor import supervisor
from feedback_app.web.surveys import surveys
from feedback_app.web.tickets import tickets
from feedback_app.web.tiers import tiers
from feedback_app.web.training_merge import training_merge
from feedback_app.web.trainings import trainings
from feedback_app.web.unit_needs import unit_needs
from feedback_app.web.uploads import uploads

ROOMS = (
    needs,
    unit_needs,
    own_needs,
    competences,
    partners,
    run_reasons,
    public,
    people,
    people_acts,
    places,
    results,
    citizen,
    pairing,
    display,
    kiosk,
    tickets,
    queue_api,
    staff,
    second_step,
    sso,
    links,
    own,
    supervisor,
    masking,
    officer,
    surveys,
    follow_ups,
    paper,
    paper_checks,
    training_merge,
    trainings,
    plan,
    plan_runs,
    impact,
    lots,
    public_lots,
    certificates,
    after_course,
    admin,
    inspectorate,
    accounts,
    proof,
    devices,
    codes,
    code_use,
    tiers,
    audit,
    uploads,
    roster,
    happenings,
    roster_plans,
    roster_grid,
)

# What citizens and machines send: no cookie goes with it, so nobody can borrow one. The form has
# a token of its own, a machine its key.
NO_SESSION = (
    "feedback_app.web.citizen.submit",
    "feedback_app.web.tickets.choose",
    "feedback_app.web.tickets.typed",
    "feedback_app.web.queue_api.issue",
    "feedback_app.web.queue_api.call",
)

# Two helper processes for all sites of this process: a file need not wait for a study. Four of the
# eight threads may be with files, so that four are left for citizens (front/body_first.py).
DOCUMENTS = HelperProcess(Limits(job_s=60, turn_s=20, idle_s=60, waiting=3))
# An office's study takes seconds, 50,000 officers 77 s (docs/performance.md); no request waits.
STUDIES = HelperProcess(Limits(job_s=1800, turn_s=1800, idle_s=1, waiting=15))


def create_app(settings: Settings, *, clock: Clock = system_clock) -> Flask:
    """Wire one site together: settings, database, rooms, guards."""
    app = Flask(
        "feedback_app",
        template_folder=str(ROOT / "templates"),
        static_folder=None,  # web/static_files.py
    )
    app.session_interface = sessions.LightSessions()
    site = open_site(settings, clock=clock)
    app.extensions["site"] = replace(site, documents=DOCUMENTS, studies=STUDIES)
    _configure(app, settings)
    _fill_templates(app)
    static_files.serve_static_files(app)
    patience.limit_waits(app)
    limits.limit_bodies(app)  # first: it must come before anything reads a body
    csrf = CSRFProtect(app)
    for view in NO_SESSION:
        csrf.exempt(view)
    for room in ROOMS:
        app.register_blueprint(room)
    navigation.add_to_pages(app)
    headers.send_safe_headers(app)
    errors.show_errors_as_pages(app)
    access.protect(app)
    daily.do_daily_upkeep(app)
    app.before_request(language.remember_language)
    return app


def _fill_templates(app: Flask) -> None:
    """What every template may use. A line that holds only a block tag leaves nothing behind."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(formats.FILTERS | {"act_words": act_facts.act_words})
    app.jinja_env.globals.update(
        _=language.gettext,
        language=language.language,
        points=formats.points,
        say=language.say,
        sorting=table_sorting.sorting,
        version=VERSION,
        is_too_few=charts.is_too_few,
        is_band=charts.is_band,
        is_withheld=charts.is_withheld,
        days=charts.days,
        charts=charts.CHARTS,
        hours_ahead=hours_ahead,
        zone_word=zone_word,
    )


def _configure(app: Flask, settings: Settings) -> None:
    newest, *older = (key.hex() for key in settings.secret_keys)
    app.config.update(
        SECRET_KEY=newest,
        SECRET_KEY_FALLBACKS=older,
        SESSION_COOKIE_NAME="__Host-sl" if settings.is_https else "sl",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        MAX_FORM_PARTS=200,
        WTF_CSRF_TIME_LIMIT=settings.session_hours * 3600,
        WTF_CSRF_SSL_STRICT=False,  # no Referer is sent (Referrer-Policy), the token is enough
    )
    app.wsgi_app = light_path.LightPath(app.extensions["site"], app.wsgi_app)  # type: ignore[method-assign, assignment]
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
