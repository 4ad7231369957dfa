"""What staff wrote down over five years, beside a made province's answers, and its accounts.

Trainings, replies, looks, happenings, follow-ups, decided cases, the log, a closed survey a unit
and quarter. One unit's surveys are closed as people close them; the others get the same figures.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

from sqlalchemy import text

from bench.made_province import YEARS
from feedback_app.domain.disclosure import months_later
from feedback_app.domain.disclosure.blocks import quarter_start
from feedback_app.domain.elements import INSTRUMENT_VERSION, OFFICIAL_KEYS
from feedback_app.domain.roles import Role
from feedback_app.services.access import accounts
from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.services.survey.closing import close_survey

PASSWORD = "Bench-2026-loket"  # noqa: S105 (of made-up accounts)
LOGINS = {
    "atasan": Role.SUPERVISOR,
    "petugas": Role.OFFICER,
    "sdm": Role.HR,
    "admin": Role.ADMIN,
    "inspektorat": Role.INSPECTORATE,
}
QUARTERS = 4 * YEARS - 1  # closed ones
ORDER = json.dumps(OFFICIAL_KEYS)


def add_records(site: Site) -> None:
    """Add everything; accounts first, as records name them."""
    for username, role in LOGINS.items():
        accounts.create_account(
            site,
            agency_id=1,
            username=username,
            name=username,
            role=role,
            unit_ids=frozenset({1} if role is Role.SUPERVISOR else ()),
            password=PASSWORD,
            officer_id=1 if role is Role.OFFICER else None,
        )
    today = site.today()
    with site.db.transaction() as tx:
        for statement in (*_trainings(today), *_offices(today), *_looks(today), *_surveys(today)):
            tx.execute(text(statement))
    _close(site)


def _trainings(today: date) -> list[str]:
    """Twenty courses an agency, ten dates a year, a fifth of the officers in each."""
    start = today.replace(year=today.year - YEARS)
    return [
        "INSERT INTO training (agency_id, code, title, kind, elements, competences, provider, "
        "partner, jp, cost) SELECT a.id, 'K' || n, 'Kursus ' || n, 'teknis', "
        "'[\"perilaku\"]'::json, '[]'::json, 'BPSDM', '', 20, 1500000 "
        "FROM agency a CROSS JOIN generate_series(1, 20) n",
        "INSERT INTO training_run (agency_id, training_id, starts_on, ends_on) "
        f"SELECT t.agency_id, t.id, '{start}'::date + 36 * n, '{start}'::date + 36 * n + 2 "
        f"FROM generate_series(1, {10 * YEARS}) n JOIN training t ON t.code = 'K' || 1 + n % 20",
        "INSERT INTO attendance (agency_id, run_id, officer_id, jp, result, certificate, reason, "
        "sent, source_id, recorded_at) SELECT r.agency_id, r.id, o.id, 20, 'passed', '', "
        "'volunteer', 'officer', '', r.ends_on FROM training_run r "
        "JOIN officer o ON o.agency_id = r.agency_id AND (o.id + r.id) % 5 = 0",
    ]


def _offices(today: date) -> list[str]:
    """A happening, a follow-up and three decided cases a unit and quarter."""
    when = f"'{today}'::date - 90 * n"
    each = f"FROM unit u CROSS JOIN generate_series(1, {QUARTERS}) n"
    return [
        "INSERT INTO happening (agency_id, unit_id, kind, first_day, last_day, words, recorded_at) "
        f"SELECT u.agency_id, u.id, 'outage', {when}, {when} + 1, 'Listrik padam', {when} {each}",
        "INSERT INTO follow_up (agency_id, element, cause, action, due, responsible, status, note, "
        "changed_at, unit_id) SELECT u.agency_id, 'waktu', 'Antre', 'Tambah petugas', "
        f"{when} + 120, 'Kepala unit', CASE WHEN n < 3 THEN 'running' ELSE 'done' END, '', {when}, "
        f"u.id {each}",
        "INSERT INTO case_file (id, agency_id, unit_id, counter_id, kind, rules, size, first_day, "
        "last_day, due_on, opened_at, closed_at, outcome, detail) SELECT "
        f"100 * (u.id * {3 * QUARTERS} + 3 * n + m), u.agency_id, u.id, 8 * u.id, 'held', 'burst', "
        f"12, {when}, {when}, {when} + 10, {when}, "
        f"CASE WHEN n > 1 THEN {when} + 5 END, CASE WHEN n > 1 THEN 'counted' END, '{{}}'::json "
        f"{each} CROSS JOIN generate_series(1, 3) m",
    ]


def _looks(today: date) -> list[str]:
    """Two looks at each officer's figures a month, the log of five years, replies, openings."""
    months = 12 * YEARS
    return [
        "INSERT INTO figure_view (officer_id, account_id, day, agency_id, n) SELECT o.id, "
        f"(SELECT min(id) FROM account), '{today}'::date - 15 * n, o.agency_id, 1 "
        f"FROM officer o CROSS JOIN generate_series(1, {2 * months}) n",
        "INSERT INTO audit_entry (agency_id, at, account_id, action, subject, detail) SELECT "
        f"u.agency_id, '{today}'::timestamptz - interval '1 day' * n, (SELECT min(id) FROM "
        "account), 'log_in', 'atasan', '{\"proof\": \"password\"}'::json FROM unit u "
        f"CROSS JOIN generate_series({365 * YEARS}, 1, -1) n",
        "INSERT INTO form_opening (counter_id, quarter, opened) SELECT c.id, "
        f"(date_trunc('quarter', '{today}'::date) - interval '3 months' * n)::date, 2000 "
        f"FROM counter c CROSS JOIN generate_series(0, {QUARTERS}) n",
    ]


def _surveys(today: date) -> list[str]:
    newest = quarter_start(today)
    spans = [
        (months_later(newest, -3 * n), months_later(newest, 3 - 3 * n) - timedelta(days=1))
        for n in range(QUARTERS + 1)
    ]
    rows = ", ".join(f"('{first}'::date, '{last}'::date)" for first, last in spans)
    return [
        "INSERT INTO survey (agency_id, unit_id, first_day, last_day, weight, element_order, "
        "form_rule, instrument_version, population_meaning, population, target, targets, signer, "
        "opened_at) SELECT u.agency_id, u.id, first, last, '1/9', "
        f"'{ORDER}'::json, 'complete', '{INSTRUMENT_VERSION}', 'period', 5000, 357, '{{}}'::json, "
        f"'{{}}'::json, first FROM unit u CROSS JOIN (VALUES {rows}) AS spans (first, last)"
    ]


def _close(site: Site) -> None:
    with site.db.transaction() as tx:
        asked = "SELECT id FROM survey WHERE unit_id = 1 AND last_day < :today"
        ids = list(tx.scalars(text(asked), {"today": site.today()}))
        account = int(tx.scalar(text("SELECT id FROM account WHERE username = 'atasan'")) or 0)
    who = Viewer(account, 1, "atasan", "atasan", Role.SUPERVISOR, frozenset({1}), None)
    for survey_id in ids:
        close_survey(site, who, survey_id)
    same_days = "s.first_day = own.first_day AND own.unit_id = 1 AND s.unit_id > 1"
    with site.db.transaction() as tx:
        tx.execute(
            text(
                "UPDATE survey s SET closed_at = own.closed_at, closed_as = 'Unit ' || s.unit_id "
                f"FROM survey own WHERE {same_days}"
            )
        )
        tx.execute(
            text(
                "INSERT INTO survey_revision (agency_id, survey_id, number, made_at, reason, "
                "figures, answers, digest, changed) SELECT s.agency_id, s.id, 1, r.made_at, "
                "r.reason, r.figures, r.answers, r.digest, 0 FROM survey_revision r "
                f"JOIN survey own ON own.id = r.survey_id JOIN survey s ON {same_days}"
            )
        )
    with site.db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
