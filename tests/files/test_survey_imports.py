"""Results of earlier years: whole files or nothing, and the trend begins with them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.files.kinds import KINDS
from feedback_app.services.imports import office as imports
from feedback_app.services.imports.office import Imported
from feedback_app.services.public import results
from feedback_app.services.site import Site
from feedback_app.services.survey.trend import past_index
from feedback_app.storage.queries import surveys as queries
from tests.ground.office import Office

HEAD = "unit;mulai;selesai;responden;" + ";".join(OFFICIAL_KEYS) + ";bobot;ikm"
# GASPUL's means with two decimals
MEANS = "3,62;3,48;3,45;4,00;3,52;3,62;3,66;3,62;3,97"


def run(site: Site, office: Office, *lines: str, head: str = HEAD) -> Imported:
    content = "\n".join((head, *lines)).encode()
    return imports.import_records(
        site, KINDS["past-results"], content, agency_id=office.agency_id, by=None
    )


def test_the_trend_starts_before_the_product(site: Site, office: Office) -> None:
    good = (
        f"A;01-01-2023;30-06-2023;214;{MEANS};1/9;91,48",
        f"A;01-07-2023;31-12-2023;251;{MEANS};0,11;",
        f"B;01-01-2023;31-12-2023;9;{MEANS};;",
    )
    done = run(site, office, *good)
    assert (done.added, done.changed, done.errors, done.warnings) == (3, 0, (), ())
    again = run(site, office, *good)
    assert (again.added, again.changed, again.same) == (0, 0, 3)
    changed = run(site, office, f"A;01-01-2023;30-06-2023;215;{MEANS};1/9;")
    assert changed.changed == 1
    with site.db.read() as session:
        first, second = queries.past_results(session, [office.unit["A"]])
    assert past_index(first)[0] == Decimal("91.50")  # from rounded means, not the printed 91.48
    assert past_index(second)[0] == Decimal("90.59")
    trend = results.unit_results(site, "dukcapil", "A", "").trend
    assert [(p.title[0], p.n, p.is_past) for p in trend] == [
        ("Semester I 2023", 215, True),
        ("Semester II 2023", 251, True),
    ]
    assert results.unit_results(site, "dukcapil", "B", "").trend == ()  # nine respondents


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (f"Z;01-01-2023;30-06-2023;214;{MEANS};;", "unit", "tidak dikenal"),
        (f"A;01-01-2016;30-06-2016;214;{MEANS};;", "selesai", "sejak tahun 2017"),
        (f"A;01-07-2023;30-06-2023;214;{MEANS};;", "selesai", "sesudah hari pertama"),
        (f"A;01-01-2026;31-12-2026;214;{MEANS};;", "selesai", "belum berakhir"),
        (f"A;01-01-2022;30-06-2023;214;{MEANS};;", "selesai", "paling lama satu tahun"),
        (f"A;01-01-2023;30-06-2023;0;{MEANS};;", "responden", "mulai dari 1"),
        (
            f"A;01-01-2023;30-06-2023;214;{MEANS.replace('3,97', '4,10')};;",
            "pengaduan",
            "antara 1 dan 4",
        ),
        (f"A;01-01-2023;30-06-2023;214;{MEANS.replace('3,97', '')};;", "pengaduan", "wajib diisi"),
        (f"A;01-01-2023;30-06-2023;214;{MEANS.replace('3,97', 'baik')};;", "pengaduan", "bilangan"),
        (f"A;01-01-2023;30-06-2023;214;{MEANS};0,12;", "bobot", "1/9"),
        (f"A;01-01-2023;30-06-2023;214;{MEANS};;300", "ikm", "antara 25 dan 100"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_bad_cell_stops_the_whole_file(
    site: Site, office: Office, line: str, column: str, reason: str
) -> None:
    done = run(site, office, f"A;01-01-2024;30-06-2024;100;{MEANS};;", line)
    assert not done.is_saved
    assert [(cell.row, cell.column) for cell in done.errors] == [(3, column)]
    assert reason in str(done.errors[0].reason)
    with site.db.read() as session:
        assert queries.past_results(session, [office.unit["A"]]) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_days_that_cut_each_other_and_an_index_that_does_not_follow(
    site: Site, office: Office
) -> None:
    cut = run(
        site,
        office,
        f"A;01-01-2023;30-06-2023;214;{MEANS};;",
        f"A;01-06-2023;31-07-2023;214;{MEANS};;",
    )
    assert [(cell.row, cell.column) for cell in cut.errors] == [(3, "mulai")]
    odd = run(site, office, f"A;01-01-2023;30-06-2023;214;{MEANS};;85,00")
    assert odd.is_saved
    assert "91,50" in str(odd.warnings[0].reason)
