"""Lists of officers: greetings by rule, what is asked, and what an import leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from feedback_app.files.kinds import KINDS
from feedback_app.files.records import Choices
from feedback_app.services.access.people import Viewer
from feedback_app.services.imports.office import Imported, check_records, import_records
from feedback_app.services.people.joining import join_officers, joining_of
from feedback_app.services.site import Site
from feedback_app.storage.models import Attendance, Officer, Unit
from tests.ground.office import Office
from tests.services.people.test_joining import admin  # noqa: F401 (a fixture)

CASES = Path(__file__).resolve().parents[2] / "files" / "cases"
HEAD = "nip;nama;nama_tampilan;status_asn;unit;jenis_kelamin\n"


def take(site: Site, office: Office, text: str, **choices: object) -> Imported:
    return import_records(
        site,
        KINDS["officers"],
        text.encode(),
        agency_id=office.agency_id,
        by=None,
        choices=Choices(**choices),  # type: ignore[arg-type]
    )


def greeting(site: Site, nip: str) -> tuple[str, str]:
    with site.db.read() as session:
        row = session.scalars(select(Officer).where(Officer.nip == nip)).one()
    return row.display_name, row.greeting_from


@pytest.fixture
def kantor(site: Site, office: Office) -> str:
    """The unit that the made-up files name."""
    with site.db.transaction() as tx:
        tx.get_one(Unit, office.unit["A"]).code = "kantor"
    return "kantor"


def test_titles_are_no_greeting_and_only_pppk_are_asked(
    site: Site, office: Office, kantor: str
) -> None:
    content = (CASES / "01_officers_titles.xlsx").read_bytes()
    kind = KINDS["officers"]
    found = check_records(site, kind, content, agency_id=office.agency_id)
    assert not found.errors
    shown = {str(c.cells[0].new): c.cells[1].new for c in found.changes if c.what == "added"}
    assert shown == {
        "Dra. Hj. Nurlaila Hasan, M.Si.": "Ibu Nurlaila",
        "H. Muhammad Yusuf, S.Sos.": "Bapak Yusuf",
        "dr. Ratih Kusuma": "Ibu Ratih",
        "M. Ridwan Effendi": "Bapak Ridwan",
        "Ir. Sutrisno": "Bapak Sutrisno",
        "Suharni": "Suharni",
        "R.A. Kartika": "Kartika",
    }
    asked = {question.known: question.key for question in found.questions}
    assert set(asked) == {"Suharni", "Kartika"}
    import_records(
        site,
        kind,
        content,
        agency_id=office.agency_id,
        by=None,
        choices=Choices(greetings={asked["Suharni"]: "2", asked["Kartika"]: ""}),
    )
    assert greeting(site, asked["Suharni"]) == ("Ibu Suharni", "rule")
    assert greeting(site, asked["Kartika"]) == ("Kartika", "rule")


def test_two_of_one_first_name_are_told_in_the_trial(
    site: Site, office: Office, kantor: str
) -> None:
    content = (CASES / "42_officers_same_first_name.csv").read_bytes()
    found = check_records(site, KINDS["officers"], content, agency_id=office.agency_id)
    told = [str(cell.reason) for cell in found.warnings]
    assert any("Ibu Siti Aminah" in text for text in told)
    assert any("Ibu Siti Rahmawati" in text for text in told)


def test_the_file_may_tell_the_sex_and_a_wrong_word_is_named(site: Site, office: Office) -> None:
    row = "199002032015012016;Suharni;;PPPK;A;"
    assert take(site, office, HEAD + row + "P").is_saved
    assert greeting(site, "199002032015012016") == ("Ibu Suharni", "rule")
    wrong = take(site, office, HEAD + row + "wati?")
    assert [cell.column for cell in wrong.errors] == ["jenis_kelamin"]


def test_a_corrected_name_takes_its_greeting_along_and_a_written_one_stays(
    site: Site, office: Office
) -> None:
    nip = "198503022010012024"
    take(site, office, HEAD + f"{nip};Stii Aminah;;PNS;A;")
    assert greeting(site, nip) == ("Ibu Stii", "rule")
    take(site, office, f"nip;nama\n{nip};Siti Aminah\n")
    assert greeting(site, nip) == ("Ibu Siti", "rule")
    take(site, office, f"nip;nama_tampilan\n{nip};Mbak Siti\n")
    assert greeting(site, nip) == ("Mbak Siti", "office")
    take(site, office, f"nip;nama\n{nip};Siti Aminah, S.E.\n")
    assert greeting(site, nip) == ("Mbak Siti", "office")
    take(site, office, f"nip;nama_tampilan\n{nip};\n", empty_clears=True)
    assert greeting(site, nip) == ("Ibu Siti", "rule")


def test_what_a_person_wished_for_is_overwritten_by_no_import(site: Site, office: Office) -> None:
    nip = "198001012010012000"
    with site.db.transaction() as tx:
        row = tx.get_one(Officer, office.officer["Sari"])
        row.display_name, row.greeting_from = "Kak Sari", "wish"
    done = take(site, office, f"nip;nama;nama_tampilan\n{nip};Sari Lain;Ibu S.\n")
    assert any("keinginan" in str(cell.reason) for cell in done.warnings)
    take(site, office, f"nip;nama_tampilan\n{nip};\n", empty_clears=True)
    assert greeting(site, nip) == ("Kak Sari", "wish")


def test_files_that_name_a_joined_number_mean_the_person(
    site: Site,
    office: Office,
    admin: Viewer,  # noqa: F811
) -> None:
    sari, andi = office.officer["Sari"], office.officer["Andi"]
    seen = joining_of(site, admin, sari, andi).seen
    join_officers(site, admin, sari, andi, seen=seen)
    done = take(site, office, "nip;nama\n198001012010012000;Sari Baru\n")
    assert done.is_saved
    assert any("sudah digabung" in str(cell.reason) for cell in done.warnings)
    with site.db.read() as session:
        row = session.get_one(Officer, sari)
    assert (row.name, row.retired_on is None) == ("Sari Contoh", False)
    for kind, text in (
        ("trainings", "kode;judul;jenis;jp\nprima;Prima;teknis;10\n"),
        ("attendance", "nip;pelatihan;tanggal_mulai\n198001012010012000;prima;02-11-2026\n"),
    ):
        saved = import_records(
            site, KINDS[kind], text.encode(), agency_id=office.agency_id, by=None
        )
        assert saved.is_saved, [str(cell) for cell in saved.errors]
    with site.db.read() as session:
        assert session.scalars(select(Attendance.officer_id)).all() == [andi]
