"""Two regencies publish into databases of their own; the province reads both over postgres_fdw."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from sqlalchemy import update

from feedback_app.config import ROOT
from feedback_app.domain.faults import NotSavedError
from feedback_app.domain.survey import Span
from feedback_app.services.public.open_data import FIELDS
from feedback_app.services.public.province import MadeUpError, publish
from feedback_app.services.site import Site
from feedback_app.services.survey import closing, periods
from feedback_app.storage.models import Agency
from tests.conftest import Browser
from tests.ground.office import Office, add_ratings
from tests.ground.paper import viewer_of
from tests.ground.postgres import on_server

SPRING = Span(date(2026, 4, 1), date(2026, 6, 30))
SUMMER = Span(date(2026, 7, 1), date(2026, 9, 30))
REGENCIES = ("kab-muara", "kab-hulu")
PROVINCE = "province_of_tests"
FORBIDDEN = (
    "DELETE FROM published.result",
    "INSERT INTO published.result (regency) VALUES ('kab-muara')",
    "CREATE TABLE published.mine (id int)",
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMP TABLE mine (id int)",
    "SELECT * FROM pg_stat_database",
    "SELECT pg_stat_get_db_tuples_inserted(1)",
    "SELECT * FROM pg_stat_activity",
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
)


def database_of(regency: str) -> str:
    return f"published_{regency.replace('-', '_')}"


class Servers:
    """The regencies' and the province's databases on the tests' one server."""

    def __init__(self, url: str) -> None:
        self.url, self.folder = url, parse_qs(urlsplit(url).query)["host"][0]

    def at(self, database: str, *, user: str = "tests") -> str:
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def ask(self, database: str, question: str, *, user: str = "tests") -> list[Any]:
        with psycopg.connect(self.at(database, user=user).replace("+psycopg", "")) as connection:
            done = connection.execute(question.encode())
            return done.fetchall() if done.description else []

    def run(self, file: str, at: str, **words: str) -> None:
        said = [word for name, value in words.items() for word in ("-v", f"{name}={value}")]
        command = ["psql", "-X", "-q", "-h", self.folder, "-U", "tests", "-d", at, *said]
        done = subprocess.run(
            [*command, "-f", str(ROOT / "deploy" / file)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture
def servers(postgres_url: str) -> Iterator[Servers]:
    servers = Servers(postgres_url)
    extensions = servers.ask("postgres", "SELECT name FROM pg_available_extensions")
    if ("postgres_fdw",) not in extensions:
        pytest.skip("PostgreSQL has no postgres_fdw here: apt-get install postgresql-contrib")
    on_server(postgres_url, f"CREATE DATABASE {PROVINCE}")
    for regency in REGENCIES:
        servers.run("regency.sql", "postgres", regency=regency, database=database_of(regency))
    servers.run("province.sql", PROVINCE)
    for regency in REGENCIES:
        own = f"'{servers.folder}', 5432, '{database_of(regency)}', 'x', 'disable'"
        servers.ask(PROVINCE, f"CALL add_regency('{regency}', {own})")
    yield servers
    for name in (PROVINCE, *map(database_of, REGENCIES)):
        on_server(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")
    for role in ("suara_publisher", "suara_province"):
        on_server(postgres_url, f"DROP ROLE {role}")


def close(site: Site, office: Office, span: Span) -> None:
    alice = viewer_of(site, "alice")
    chosen = periods.Settings(office.unit["A"], span, "1/9", "sarana_8", "period", 100)
    survey_id = periods.open_survey(site, alice, chosen)
    closing.close_survey(site, alice, survey_id)


def shown(citizen: Browser) -> list[tuple[Any, ...]]:
    """The open data of the public page, by the table's columns."""
    answer = citizen.client.get("/hasil/data.json").json
    return sorted(tuple(row[name] for name in FIELDS) for row in answer["results"])


def read(servers: Servers, regency: str, *, user: str = "tests") -> list[tuple[Any, ...]]:
    """What the province reads of this regency, as JSON has it."""
    question = f"SELECT {', '.join(FIELDS)} FROM published_result"  # noqa: S608 (our own names)
    rows = servers.ask(PROVINCE, f"{question} WHERE regency = '{regency}'", user=user)
    return sorted(tuple(_as_json(value) for value in row) for row in rows)


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | None) else float(value)


# Which engine the office itself has makes no difference: the open data are the same.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_province_reads_what_the_public_pages_show_and_nothing_else(
    site: Site, office: Office, citizen: Browser, servers: Servers
) -> None:
    add_ratings(site, office, 24, day=date(2026, 5, 4), waktu=2)
    add_ratings(site, office, 12, day=date(2026, 8, 3), biaya=4, waktu=2)
    add_ratings(site, office, 9, day=date(2026, 11, 3))  # not closed: nobody's to see
    close(site, office, SPRING)
    to = {name: servers.at(database_of(name), user="suara_publisher") for name in REGENCIES}
    assert publish(site, to["kab-muara"]) == 1
    muara = shown(citizen)
    close(site, office, SUMMER)
    assert publish(site, to["kab-hulu"]) == 2
    hulu = shown(citizen)
    assert [read(servers, name) for name in REGENCIES] == [muara, hulu]
    assert publish(site, to["kab-muara"]) == 2  # the day after: the page's rows, not more of them
    assert read(servers, "kab-muara") == hulu
    quarters = "SELECT quarter, sum(n) FROM published_quarter GROUP BY 1 ORDER BY 1"
    assert servers.ask(PROVINCE, quarters) == [(SPRING.first, 48), (SUMMER.first, 24)]
    servers.ask(PROVINCE, "REFRESH MATERIALIZED VIEW kept_result")
    assert servers.ask(PROVINCE, "SELECT count(*) FROM kept_result") == [(4,)]


def test_the_provinces_role_may_do_nothing_but_read_that_table(
    postgres_url: str, servers: Servers
) -> None:
    """Also not ask the server how many rows come into other databases, or who is connected."""
    regency = database_of(REGENCIES[0])
    assert servers.ask(regency, "SELECT count(*) FROM published.result", user="suara_province")
    for forbidden in FORBIDDEN:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            servers.ask(regency, forbidden, user="suara_province")
    on_server(postgres_url, "CREATE DATABASE office_of_tests")
    servers.run(
        "regency.sql", "postgres", regency="kab-muara", database=regency, office="office_of_tests"
    )  # and it may be run again
    for other in ("office_of_tests", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            servers.ask(other, "SELECT 1", user="suara_province")
    on_server(postgres_url, "DROP DATABASE office_of_tests")


def test_a_row_of_another_regency_or_of_fewer_than_ten_forms_is_refused(servers: Servers) -> None:
    rows = "INSERT INTO published.result (regency, agency, unit, unit_name, period, first_day, last_day, revision, weight, n, note)"
    values = "'a', 'A', 'Unit', '2026', '2026-01-01', '2026-12-31', 1, '1/9'"
    for regency, n in (("kab-lain", 20), (REGENCIES[0], 9)):
        with pytest.raises(psycopg.errors.CheckViolation):
            servers.ask(
                database_of(REGENCIES[0]), f"{rows} VALUES ('{regency}', {values}, {n}, '')"
            )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_made_up_office_and_a_database_that_refuses_publish_nothing(
    site: Site, office: Office, servers: Servers
) -> None:
    with pytest.raises(NotSavedError, match="does not exist"):
        publish(site, servers.at("no_such_database"))
    with site.db.transaction() as tx:
        tx.execute(update(Agency).values(is_demo=True))
    with pytest.raises(MadeUpError):
        publish(site, servers.at(database_of(REGENCIES[0])))
