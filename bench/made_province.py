"""A province's tables, filled by PostgreSQL itself: units, counters, shifts, visits, answers.

Every working day of five years each counter has one officer on duty; answers are spread evenly.
What is made is made by chance of the server's, with a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text

from feedback_app.domain.elements import ALL_KEYS, INSTRUMENT_VERSION
from feedback_app.services.site import Site
from feedback_app.storage import anew, ratings
from feedback_app.storage.db import Session

COUNTERS_A_UNIT = 8
UNITS_AN_AGENCY = 10
YEARS = 5
LARGE = ("shift", "visit_count", "rating", "comment", "tally")
# A superuser's: no triggers, no look at references; what is emptied here is written to no log
# (wal_level=minimal); compiling what runs once takes seconds.
FAST = (
    "SELECT setseed(0.18)",
    "SET LOCAL session_replication_role = replica",
    "SET LOCAL jit = off",
    "SET LOCAL work_mem = '512MB'",
    "SET LOCAL maintenance_work_mem = '512MB'",
    f"TRUNCATE {', '.join(LARGE)} CASCADE",
)
# Values 1 to 4 of weights 5, 10, 40, 45.
ANSWER = "(ARRAY[1,2,2,3,3,3,3,3,3,3,3,4,4,4,4,4,4,4,4,4])[1 + floor(random() * 20)::int]"
COMMENTS = (
    "Petugas ramah dan cepat.",
    "Antrean terlalu lama pada Senin pagi.",
    "Terima kasih, syaratnya dijelaskan dengan sabar.",
    "Ruang tunggu panas dan kursinya kurang.",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large it is."""

    units: int
    ratings: int

    @property
    def counters(self) -> int:
        """Of all units."""
        return self.units * COUNTERS_A_UNIT


def build(site: Site, size: Size, *, told: Callable[[str], None]) -> None:
    """Fill an empty, migrated database."""
    last = site.today() - timedelta(days=1)
    steps = _steps(size, last.replace(year=last.year - YEARS), last)
    with site.db.transaction() as tx:
        for setting in FAST:
            tx.execute(text(setting))
        indexes = _dropped_indexes(tx)
        for name, statement in steps:
            told(name)
            tx.execute(text(statement))
        told("tallies")
        ratings.rebuild_tally(tx)
        told("indexes")
        for index in indexes:
            tx.execute(text(index))
        _set_sequences(tx)
        anew.note_written(tx, last)  # made in no order of arrival
    told("vacuum")
    with site.db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _dropped_indexes(tx: Session) -> list[str]:
    """Drop the large tables' indexes that no constraint needs; return how to make them again."""
    found = tx.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(:tables) "
            "AND indexdef NOT LIKE 'CREATE UNIQUE%'"
        ),
        {"tables": list(LARGE)},
    ).all()
    for name, _made in found:
        tx.execute(text(f"DROP INDEX {name}"))
    return [made for _name, made in found]


def _set_sequences(tx: Session) -> None:
    for table in ("agency", "unit", "service", "counter", "officer"):
        tx.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
                f"(SELECT max(id) FROM {table}))"
            )
        )


def _steps(size: Size, first: date, last: date) -> list[tuple[str, str]]:
    return [*_places(size), *_books(first, last), *_answers(size)]


def _places(size: Size) -> list[tuple[str, str]]:
    """One service a unit, two officers a counter."""
    agencies = -(-size.units // UNITS_AN_AGENCY)
    agency_of_unit = f"1 + (u - 1) / {UNITS_AN_AGENCY}"
    unit = f"1 + (n - 1) / {COUNTERS_A_UNIT}"
    agency = f"1 + (n - 1) / {COUNTERS_A_UNIT * UNITS_AN_AGENCY}"
    officer_unit = f"1 + (n - 1) / {2 * COUNTERS_A_UNIT}"
    officer_agency = f"1 + (n - 1) / {2 * COUNTERS_A_UNIT * UNITS_AN_AGENCY}"
    return [
        (
            "agencies",
            "INSERT INTO agency (id, code, name, is_demo) "
            f"SELECT n, 'd' || n, 'Dinas ' || n, false FROM generate_series(1, {agencies}) n",
        ),
        (
            "units",
            "INSERT INTO unit (id, agency_id, code, name) SELECT u, "
            f"{agency_of_unit}, 'u' || u, 'Unit ' || u FROM generate_series(1, {size.units}) u",
        ),
        (
            "services",
            "INSERT INTO service (id, agency_id, unit_id, code, name, name_en, is_free, minutes) "
            f"SELECT u, {agency_of_unit}, u, 's' || u, 'Layanan ' || u, 'Service ' || u, true, 5 "
            f"FROM generate_series(1, {size.units}) u",
        ),
        (
            "counters",
            "INSERT INTO counter (id, agency_id, unit_id, code, name, number, card_serial) "
            f"SELECT n, {agency}, {unit}, 'L' || n, 'Loket ' || n, n, 1 "
            f"FROM generate_series(1, {size.counters}) n",
        ),
        (
            "services of counters",
            "INSERT INTO counter_service (counter_id, service_id, agency_id) "
            "SELECT id, unit_id, agency_id FROM counter",
        ),
        (
            "officers",
            "INSERT INTO officer (id, agency_id, unit_id, nip, name, display_name, employment) "
            f"SELECT n, {officer_agency}, {officer_unit}, lpad(n::text, 18, '0'), "
            f"'Petugas ' || n, 'Ibu ' || n, 'PNS' FROM generate_series(1, {2 * size.counters}) n",
        ),
    ]


def _books(first: date, last: date) -> list[tuple[str, str]]:
    """Roster and visits of each working day; officers take turns by week."""
    days = (
        f"SELECT d::date AS day FROM generate_series('{first}'::date, '{last}'::date, '1 day') d "
        "WHERE extract(isodow FROM d) < 6"
    )
    officer = "2 * c.id - (extract(week FROM day)::int + c.id) % 2"
    return [
        (
            "shifts",
            "INSERT INTO shift (agency_id, officer_id, counter_id, starts_at, ends_at, recorded_at)"
            f" SELECT c.agency_id, {officer}, c.id, day + time '01:00', day + time '08:00', "
            f"day - interval '14 days' FROM ({days}) d CROSS JOIN counter c ORDER BY day",
        ),
        (
            "visits",
            "INSERT INTO visit_count (counter_id, service_id, day, agency_id, visits) "
            "SELECT c.id, c.unit_id, day, c.agency_id, 8 + floor(random() * 20)::int "
            f"FROM ({days}) d CROSS JOIN counter c",
        ),
    ]


def _answers(size: Size) -> list[tuple[str, str]]:
    """Four in five name the officer on duty, 8% say something."""
    keys = ", ".join(ALL_KEYS)
    values = ", ".join(f"{ANSWER} AS {key}" for key in ALL_KEYS)
    texts = "ARRAY['" + "','".join(COMMENTS) + "']"
    per_shift = size.ratings / max(size.counters * YEARS * 261, 1)
    return [
        (
            "answers",
            "INSERT INTO rating (id, agency_id, counter_id, service_id, officer_id, attribution, "
            f"served_by, tier, day, visit_day, {keys}, extra, instrument_version, language, state, "
            "for_officer) "
            "SELECT md5(random()::text || n || id), agency_id, counter_id, unit_id, "
            "CASE WHEN named THEN officer_id END, CASE WHEN named THEN 'confirmed' ELSE 'unknown' "
            "END, CASE WHEN named THEN 'officer' ELSE 'not_sure' END, 'poster', day, day, "
            f"{keys}, '{{}}'::json, '{INSTRUMENT_VERSION}', 'id', 'counted', named "
            "FROM (SELECT s.id, n, s.agency_id, s.counter_id, c.unit_id, s.officer_id, "
            f"s.starts_at::date AS day, random() < .8 AS named, {values} FROM shift s "
            "JOIN counter c ON c.id = s.counter_id CROSS JOIN LATERAL generate_series(1, "
            f"floor({per_shift} + random() + 0 * s.id)::int) n) answered",
        ),
        (
            "comments",
            "INSERT INTO comment (id, agency_id, counter_id, officer_id, month, state, text) "
            "SELECT md5(id), agency_id, counter_id, officer_id, date_trunc('month', day)::date, "
            f"'counted', ({texts})[1 + floor(random() * 4)::int] FROM rating WHERE random() < .08",
        ),
    ]
