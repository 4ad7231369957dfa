"""The pages Orang: one table, one page each, invitations at once, joining, greetings."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from feedback_app.domain.roles import Role
from feedback_app.services.access.people import Viewer
from feedback_app.services.people import invitations
from feedback_app.services.people.invitations import username_for
from feedback_app.services.site import Site
from feedback_app.storage.models import AccessLink, Account, AuditEntry, Officer, OfficerJoin
from tests.conftest import Browser, SteppedClock
from tests.ground.office import TODAY, Office

ORANG = "/staf/admin/orang/"


@pytest.fixture
def dina(browse: Callable[[], Browser]) -> Browser:
    """The admin."""
    return browse().log_in("dina")


def text_of(answer: object) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


def send(browser: Browser, path: str, **fields: object) -> object:
    return browser.post(path, data=fields | {"csrf_token": browser.csrf(ORANG)})


def test_one_table_holds_officers_and_accounts(dina: Browser, office: Office) -> None:
    page = text_of(dina.get(ORANG))
    for name in ("Sari Contoh", "Dewi Contoh", "Alice", "Ina"):
        assert name in page
    assert "Oki" not in page  # Sari's account stands on Sari's line
    assert "198001012010012000" not in page  # no NIP anywhere
    only = text_of(dina.get(ORANG + "?cari=sar"))
    assert "Sari Contoh" in only
    assert "Dewi Contoh" not in only
    supervisors = text_of(dina.get(ORANG + "?peran=supervisor&unit=B"))
    assert "Charlie" in supervisors
    assert "Alice" not in supervisors
    none = text_of(dina.get(ORANG + "?cari=tidakada"))
    assert "Tampilkan semua" in none


def test_the_address_may_hold_anything(dina: Browser) -> None:
    for query in ("hal=99", "hal=x", "status=x", "urut=x&akun=y&unit=<b>", "cari=" + "x" * 500):
        assert dina.get(ORANG + "?" + query).status_code == 200
    assert dina.get(ORANG + "999999").status_code == 404
    assert dina.get(ORANG + "999999/gabung").status_code == 404
    assert dina.get(ORANG + "unduh.pdf").status_code == 404


def test_the_file_holds_what_the_table_shows_and_no_nip(dina: Browser, office: Office) -> None:
    csv = dina.get(ORANG + "unduh.csv?cari=sari").get_data().decode("utf-8-sig")
    assert "Sari Contoh" in csv
    assert "Dewi" not in csv
    assert "19800101" not in csv


def test_many_are_invited_with_one_pdf(
    dina: Browser, browse: Callable[[], Browser], site: Site, office: Office, clock: SteppedClock
) -> None:
    both = [f"o{office.officer[name]}" for name in ("Andi", "Dewi")]
    asked = text_of(send(dina, ORANG + "undang", who=both))
    assert "Undang 2 orang" in asked
    answer = send(dina, ORANG + "undang/cetak", who=both, seen=field(asked, "seen"))
    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(io.BytesIO(answer.get_data()))
    printed = document[0].get_textpage().get_text_range()
    assert "andi.contoh" in printed
    assert "8 Desember 2026" in re.sub(r"\s+", " ", printed)
    # The reader of PDFs tells a hyphen at a line's end as U+FFFE; the slip itself never hyphenates.
    one_line = re.sub(r"[\r\n]+", "", printed.replace("\ufffe", "-"))
    token = re.search(r"/tautan/([A-Za-z0-9_-]{43})", one_line)
    assert token
    with site.db.read() as session:
        links = session.scalars(select(AccessLink)).all()
        acts = session.scalars(select(AuditEntry.action)).all()
        account = session.scalars(select(Account).where(Account.username == "dewi.contoh")).one()
    assert {link.expires_at - link.created_at for link in links} == {timedelta(days=14)}
    assert (len(links), acts.count("issue_link"), acts.count("print_invitations")) == (2, 2, 1)
    assert (account.officer_id, account.role) == (office.officer["Dewi"], "officer")
    clock.at += timedelta(days=13)
    assert browse().get("/tautan/" + token[1]).status_code == 200
    clock.at += timedelta(days=1)
    assert browse().get("/tautan/" + token[1]).status_code != 200


def test_a_second_press_does_not_kill_the_links_just_printed(
    dina: Browser, site: Site, office: Office
) -> None:
    who = [f"o{office.officer['Andi']}"]
    seen = field(text_of(send(dina, ORANG + "undang", who=who)), "seen")
    send(dina, ORANG + "undang/cetak", who=who, seen=seen)
    again = send(dina, ORANG + "undang/cetak", who=who, seen=seen)
    assert again.status_code == 409
    with site.db.read() as session:
        assert [link.revoked_at for link in session.scalars(select(AccessLink))] == [None]


def test_invitations_are_whole_or_not_at_all(
    dina: Browser, site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_slips: object) -> bytes:
        raise RuntimeError("no paper")

    who = [f"o{office.officer[name]}" for name in ("Andi", "Dewi")]
    seen = field(text_of(send(dina, ORANG + "undang", who=who)), "seen")
    with site.db.read() as session:
        before = session.scalars(select(Account.id)).all()
    monkeypatch.setattr(invitations, "_pdf", fails)
    with pytest.raises(RuntimeError):
        invitations.make_invitations(site, _dina(site, office), who, everybody=None, seen=seen)
    with site.db.read() as session:
        assert session.scalars(select(Account.id)).all() == before
        assert session.scalars(select(AccessLink)).all() == []


def _dina(site: Site, office: Office) -> Viewer:
    with site.db.read() as session:
        row = session.scalars(select(Account).where(Account.username == "dina")).one()
    return Viewer(row.id, office.agency_id, "dina", "Dina", Role.ADMIN, frozenset(), None)


def test_nobody_chosen_and_nobody_to_invite_are_said(dina: Browser, office: Office) -> None:
    assert "Pilih paling sedikit satu orang" in text_of(send(dina, ORANG + "undang"))
    page = text_of(send(dina, ORANG + "undang", who=[f"o{office.officer['Sari']}", "a1", "zz"]))
    assert "semuanya sudah punya akun" in page
    whole = text_of(send(dina, ORANG + "undang?unit=A", all="semua"))
    assert "Undang 2 orang" in whole


def test_user_names_come_from_names_and_are_never_short() -> None:
    assert username_for("Dra. Hj. Nurlaila Hasan, M.Si.") == "nurlaila.hasan"
    assert username_for("Ma'ruf Amin") == "maruf.amin"
    assert username_for("A. I") == "ai" or len(username_for("A. I")) >= 3
    assert len(username_for("Li")) >= 3


def test_an_officer_is_entered_and_changed_and_the_second_of_two_sees_it(
    dina: Browser, site: Site, office: Office
) -> None:
    fields = {
        "name": "Hj. Siti  Aminah, S.Sos.",
        "nip": "19850302 201001 2 024",
        "employment": "PNS",
        "unit": office.unit["A"],
        "greeting": "",
        "sex": "",
        "seen": "",
    }
    answer = send(dina, ORANG + "baru", **fields)
    path = answer.location
    page = text_of(dina.get(path))
    assert "Ibu Siti" in page
    seen = field(text_of(dina.get(path + "/ubah")), "seen")
    wish = fields | {"greeting": "Bu Haji", "is_wish": "y", "seen": seen}
    assert send(dina, path + "/ubah", **wish).status_code == 302
    late = send(dina, path + "/ubah", **(wish | {"greeting": "Bu Siti"}))
    assert late.status_code == 409
    assert 'value="Bu Siti"' in text_of(late)  # what was typed is kept
    with site.db.read() as session:
        row = session.scalars(select(Officer).where(Officer.name.startswith("Hj."))).one()
    assert (row.display_name, row.greeting_from, row.nip) == (
        "Bu Haji",
        "wish",
        "198503022010012024",
    )


def test_what_cannot_be_is_said_at_its_field(dina: Browser, office: Office) -> None:
    good = {
        "name": "Siti",
        "nip": "198503022010012024",
        "employment": "PNS",
        "unit": office.unit["A"],
        "greeting": "",
        "sex": "",
        "seen": "",
    }
    for wrong, told in (
        ({"nip": "198001012010012000"}, "NIP ini milik Sari Contoh"),
        ({"nip": "12345"}, "18 angka"),
        ({"name": " "}, "Isi nama lengkap"),
        ({"unit": 999_999}, "Pilih salah satu"),
        ({"is_wish": "y"}, "Tulis sapaan"),
        ({"greeting": "x" * 81}, "Terlalu panjang"),
        ({"employment": "TNI"}, "Pilih salah satu"),
    ):
        answer = send(dina, ORANG + "baru", **(good | wrong))
        assert answer.status_code == 422, wrong
        assert told in text_of(answer)


def test_two_entries_are_joined_and_parted_on_screen(
    dina: Browser, site: Site, office: Office
) -> None:
    sari, andi = office.officer["Sari"], office.officer["Andi"]
    path = f"{ORANG}{sari}/gabung"
    seen = field(text_of(dina.get(f"{path}?into={andi}")), "seen")
    assert send(dina, path, into=andi, seen=seen).status_code == 302
    assert "Data yang digabung" in text_of(dina.get(f"{ORANG}{andi}"))
    assert "sudah digabung dengan" in text_of(dina.get(f"{ORANG}{sari}"))
    assert "Sari Contoh" not in text_of(dina.get(ORANG))
    edit = {"name": "Sari", "nip": "1" * 18, "employment": "PNS", "greeting": "", "sex": ""}
    late = send(dina, f"{ORANG}{sari}/ubah", unit=office.unit["A"], seen="", **edit)
    assert late.status_code == 422
    with site.db.read() as session:
        join_id = session.scalars(select(OfficerJoin.id)).one()
    assert "Pisahkan Sari Contoh?" in text_of(dina.get(f"{ORANG}gabungan/{join_id}"))
    send(dina, f"{ORANG}gabungan/{join_id}")
    assert "Sari Contoh" in text_of(dina.get(ORANG))
    refused = dina.get(f"{path}?into={office.officer['Dewi']}")
    assert (refused.status_code, "ini dua orang" in text_of(refused)) == (422, True)


def test_a_leaving_is_recorded_on_screen(dina: Browser, office: Office) -> None:
    path = f"{ORANG}{office.officer['Dewi']}"
    last = TODAY + timedelta(days=3)
    seen = field(text_of(dina.get(f"{path}/berhenti?last_day={last}")), "seen")
    answer = send(dina, f"{path}/berhenti", last_day=str(last), seen=seen)
    assert answer.status_code == 302
    page = text_of(dina.get(path))
    assert "bertugas sampai 27 November 2026" in page
    assert "Batal berhenti" in page
    assert dina.get(f"{path}/berhenti?last_day={date(1900, 1, 1)}").status_code == 200
    send(dina, path + "/kembali", seen=field(page, "seen"))
    assert "Berhenti…" in text_of(dina.get(path))


def test_an_officer_chooses_the_own_greeting(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    oki = browse().log_in("oki")
    page = text_of(oki.get("/staf/akun/"))
    assert 'value="Ibu Sari"' in page
    token = oki.csrf("/staf/akun/")
    oki.post("/staf/akun/sapaan", data={"greeting": "Kak Sari", "csrf_token": token})
    with site.db.read() as session:
        row = session.get_one(Officer, office.officer["Sari"])
    assert (row.display_name, row.greeting_from) == ("Kak Sari", "wish")
    oki.post("/staf/akun/sapaan", data={"greeting": "", "csrf_token": token})
    with site.db.read() as session:
        row = session.get_one(Officer, office.officer["Sari"])
    assert (row.display_name, row.greeting_from) == ("Ibu Sari", "rule")


def test_citizens_never_read_two_alike(
    browse: Callable[[], Browser], site: Site, office: Office, place: str
) -> None:
    with site.db.transaction() as tx:
        for name in ("Sari", "Andi"):
            row = tx.get_one(Officer, office.officer[name])
            row.name, row.display_name = f"Siti {name}", "Ibu Siti"
    page = text_of(browse().get(f"/q/{place}"))
    assert "Ibu Siti Sari" in page
    assert "Ibu Siti Andi" in page
