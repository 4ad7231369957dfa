"""The officer's own room: only the own figures, nothing small, replies, appeals, who looked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.roles import Role
from feedback_app.services.access.accounts import create_account
from feedback_app.services.site import Site
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage import bulk, ratings
from feedback_app.storage.models import AuditEntry, Case, FigureView, OfficerReply, Tally
from tests.conftest import Browser, SteppedClock
from tests.ground.happened import add_told
from tests.ground.office import (
    PASSWORD,
    Office,
    add_comment,
    add_ratings,
    add_second_step,
    rating_row,
)

DAY = date(2026, 9, 10)
BATCH = "/staf/saya/masa/2026-t3"


@pytest.fixture
def oki(browse: Callable[[], Browser], clock: SteppedClock) -> Browser:
    """Logs in as the officer Sari, while the third quarter is open to appeals."""
    clock.at = datetime(2026, 10, 12, 3, tzinfo=UTC)
    return browse().log_in("oki")


def send(browser: Browser, path: str, **fields: Any) -> Any:
    """Post with the page's own token."""
    return browser.post(path, data={"csrf_token": browser.csrf("/staf/kata-sandi"), **fields})


def add_mixed(site: Site, office: Office, day: date, **changes: Any) -> None:
    """Twelve forms that may be told: six with nothing but 4, six with nothing but 2: 3,00."""
    for value in (4, 2):
        add_alike(site, office, 6, value, day=day, **changes)


def add_alike(site: Site, office: Office, count: int, value: int, **changes: Any) -> None:
    """Forms with nothing but one answer, of the day used here unless told otherwise."""
    add_ratings(site, office, count, **({"day": DAY} | dict.fromkeys(ALL_KEYS, value) | changes))


def add_comments(site: Site, office: Office, texts: list[str], **changes: Any) -> None:
    with site.db.transaction() as tx:
        for words in texts:
            row = rating_row(office) | {"day": DAY, "for_officer": True} | changes
            bulk.add_rows(tx, "rating", [row])
            add_comment(tx, row, words)
            ratings.count(tx, row)


def add_inspectors(site: Site, office: Office, *names: str) -> None:
    for name in names:
        account_id = create_account(
            site,
            agency_id=office.agency_id,
            username=name,
            name=name.title(),
            role=Role.INSPECTORATE,
            unit_ids=frozenset(),
            password=PASSWORD,
        )
        add_second_step(site, office.agency_id, account_id, name)


def test_an_officer_sees_the_own_figures_and_no_others(
    oki: Browser, site: Site, office: Office
) -> None:
    add_mixed(site, office, DAY)
    add_mixed(site, office, date(2026, 5, 5), officer_id=office.officer["Andi"])
    page = oki.get("/staf/saya/rincian").get_data(as_text=True)
    assert "Sari Contoh" in page
    assert "Andi" not in page
    assert "Triwulan III 2026" in page
    assert "Triwulan II " not in page
    assert "<strong>3,00</strong>" in page
    assert oki.get(BATCH).status_code == 200
    for month in ("2026-t2", "2026-t4", "x", "²"):
        assert oki.get(f"/staf/saya/masa/{month}").status_code == 404
        assert oki.get(f"/staf/saya/masa/{month}/keberatan").status_code == 404


def test_below_ten_and_before_its_day_no_number_is_shown(
    oki: Browser, site: Site, office: Office, clock: SteppedClock, browse: Callable[[], Browser]
) -> None:
    add_alike(site, office, 4, 2, day=date(2026, 8, 12))
    add_alike(site, office, 3, 4)
    add_alike(site, office, 2, 3)
    page = oki.get("/staf/saya/rincian").get_data(as_text=True)
    assert "Belum cukup penilaian (9 dari 10)" in page
    assert not re.search(r"\d,\d\d", page)
    add_alike(site, office, 1, 2)
    clock.at = datetime(2026, 10, 7, 3, tzinfo=UTC)
    early = browse().log_in("oki").get("/staf/saya/rincian").get_data(as_text=True)
    assert not re.search(r"\d,\d\d", early)
    clock.at = datetime(2026, 10, 8, 3, tzinfo=UTC)
    out = browse().log_in("oki").get("/staf/saya/rincian").get_data(as_text=True)
    assert "Triwulan III 2026" in out
    assert "<strong>2,80</strong>" in out  # (5 x 2 + 2 x 3 + 3 x 4) / 10


def test_answers_that_do_not_count_for_the_officer_stay_out(
    oki: Browser, site: Site, office: Office
) -> None:
    add_mixed(site, office, DAY)
    for value in (1, 2):
        add_alike(site, office, 15, value, attribution="roster")
        add_alike(site, office, 15, value, state="held")
        add_alike(site, office, 15, value, for_officer=False)
    page = oki.get("/staf/saya/rincian").get_data(as_text=True)
    assert "<strong>3,00</strong>" in page
    assert "· 12 penilaian" in page


def test_answers_all_alike_are_told_as_a_band(oki: Browser, site: Site, office: Office) -> None:
    for waktu in (2, 4):
        add_ratings(
            site,
            office,
            6,
            day=DAY,
            waktu=waktu,
            **dict.fromkeys(("kompetensi", "perilaku", "informasi", "kecepatan"), 4),
        )
    for path in ("/staf/saya/", BATCH):
        page = oki.get(path).get_data(as_text=True)
        assert "hampir semua jawaban sama" in page
        assert "4,00" not in page


def test_the_unit_is_told_in_words_and_nobody_is_named(
    oki: Browser, site: Site, office: Office
) -> None:
    add_mixed(site, office, DAY)
    assert "Belum dapat dibandingkan" in oki.get(BATCH).get_data(as_text=True)
    with site.db.transaction() as tx:
        row = {"agency_id": office.agency_id, "unit_id": office.unit["A"], "employment": "PPPK"}
        row |= {"nip": "198001012010012999", "name": "Tono Contoh", "display_name": "Bapak Tono"}
        third = bulk.add_rows(tx, "officer", [row | {"retired_on": None}])[0]
    for officer_id in (office.officer["Andi"], office.officer["Dewi"], third):
        add_mixed(site, office, DAY, officer_id=officer_id)
    page = oki.get(BATCH).get_data(as_text=True)
    assert "sejalan dengan petugas lain" in page
    assert "Rata-rata 3 petugas lain pada periode yang sama 3,0" in page
    for name in ("Andi", "Dewi", "Tono"):
        assert name not in page


def test_thanks_come_in_batches_of_five_without_names(
    oki: Browser, site: Site, office: Office
) -> None:
    add_mixed(site, office, DAY)
    add_comments(site, office, [f"Terima kasih, ramah {word}" for word in ("a", "b", "c", "d")])
    assert "Terima kasih, ramah" not in oki.get("/staf/saya/rincian").get_data(as_text=True)
    add_comments(site, office, ["Makasih, jelas, bukan Dewi", "Petugas kasar", "Antre lama"])
    add_comments(site, office, ["Ramah, lain petugas"], officer_id=office.officer["Andi"])
    add_comments(site, office, ["Ramah, tertahan"], state="held")
    assert "Terima kasih, ramah" not in oki.get("/staf/saya/rincian").get_data(as_text=True)
    add_comments(site, office, ["Cepat seperti Ibu Dewi, hubungi 081234567890"])
    page = oki.get("/staf/saya/rincian").get_data(as_text=True)
    assert page.count("Terima kasih, ramah") == 4
    assert "Cepat seperti Ibu [disamarkan], hubungi [disamarkan]" in page
    for other in ("kasar", "Antre lama", "lain petugas", "tertahan", "10 September"):
        assert other not in page


def test_who_looked_is_written_down_once_a_day_and_told(
    oki: Browser, browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    add_mixed(site, office, DAY)
    assert "Belum ada yang melihat" in oki.get("/staf/saya/rincian").get_data(as_text=True)
    alice, hana = browse().log_in("alice"), browse().log_in("hana")
    for _ in range(2):
        alice.get("/staf/loket/petugas")
    hana.get(f"/staf/pelatihan/petugas/{office.officer['Sari']}")
    browse().log_in("bob").get("/staf/loket/A1")  # shows no figure of Sari
    page = oki.get("/staf/saya/dilihat").get_data(as_text=True)
    assert page.count("12 Oktober 2026") == 2
    assert "Alice" in page
    assert "Atasan unit" in page
    assert "Hana" in page
    assert "Bob" not in page
    assert "Oki" not in page.split("<main")[1]  # the own looks are not counted
    with site.db.read() as session:
        rows = session.scalars(select(FigureView).order_by(FigureView.n)).all()
    assert [(row.officer_id, row.n) for row in rows] == [
        (office.officer["Sari"], 1),
        (office.officer["Sari"], 2),
    ]


def test_a_reply_is_appended_and_read_by_the_units_supervisor(
    oki: Browser, browse: Callable[[], Browser], site: Site, office: Office, clock: SteppedClock
) -> None:
    add_mixed(site, office, DAY)
    for words in ("", "   ", "x" * 1001):
        answer = send(oki, BATCH, text=words)
        assert answer.status_code == 422
        if words.startswith("x"):
            assert words in answer.get_data(as_text=True)  # what was typed is kept
    assert send(oki, BATCH, text="Jaringan putus.").status_code == 302
    assert send(oki, BATCH, text="Jaringan putus; telepon 081234567890.").status_code == 302
    own = oki.get(BATCH).get_data(as_text=True)
    assert "081234567890" in own  # kept as written
    page = browse().log_in("alice").get("/staf/loket/tanggapan").get_data(as_text=True)
    assert "Jaringan putus; telepon [disamarkan]." in page
    assert "Jaringan putus.<" not in page
    assert "Sari Contoh" in page
    other = browse().log_in("charlie").get("/staf/loket/tanggapan").get_data(as_text=True)
    assert "Belum ada tanggapan" in other
    with site.db.read() as session:
        assert len(session.scalars(select(OfficerReply)).all()) == 2
        acts = session.scalars(select(AuditEntry.action)).all()
    assert acts.count("reply_to_batch") == 2
    add_mixed(site, office, date(2026, 11, 10))
    clock.at = datetime(2027, 1, 8, 3, tzinfo=UTC)
    late = browse().log_in("oki")
    refused = send(late, BATCH, text="Terlambat")
    assert refused.status_code == 422
    assert "tidak dapat diubah lagi" in refused.get_data(as_text=True)


def test_the_database_refuses_to_change_a_reply(oki: Browser, site: Site, office: Office) -> None:
    add_mixed(site, office, DAY)
    send(oki, BATCH, text="Jaringan putus.")
    for statement in ("UPDATE officer_reply SET text = 'x'", "DELETE FROM officer_reply"):
        with pytest.raises(DBAPIError, match="append-only"), site.db.engine.begin() as connection:
            connection.execute(text(statement))


def appeal(browser: Browser, what: str, **changes: Any) -> Any:
    fields = {"what": what, "grounds": "circumstances", "text": "Listrik padam seharian."}
    return send(browser, f"{BATCH}/keberatan", **(fields | changes))


def decide(browse: Callable[[], Browser], case_id: int, outcome: str, *names: str) -> None:
    for name in names:
        browser = browse().log_in(name)
        fields = {"outcome": outcome, "reason": f"Sudah diperiksa oleh kami, {outcome}."}
        answer = send(browser, f"/staf/perkara/{case_id}", **fields)
        assert answer.status_code == 302, answer.get_data(as_text=True)


def test_an_appeal_is_opened_against_a_class_and_upheld(
    oki: Browser, browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    add_mixed(site, office, DAY)
    add_mixed(site, office, DAY, tier="visit")
    add_ratings(site, office, 3, day=DAY, tier="visit", counter="A2")
    unnamed: dict[str, Any] = {"officer_id": None, "attribution": "unknown", "counter": "A2"}
    add_alike(site, office, 7, 2, **unnamed)
    form = oki.get(f"{BATCH}/keberatan").get_data(as_text=True)
    assert "Seluruh periode (27 penilaian)" in form
    assert "Satu cara masuk: Poster (12 penilaian)" in form
    assert "Satu cara masuk: Kode kunjungan (15 penilaian)" in form
    assert "Satu loket" not in form  # of the unit's 27 one counter would leave three
    assert "22 Oktober 2026" in form
    for what, changes in (
        ("", {}),
        ("2026-t3:counter:9", {}),
        ("2026-t2:batch:", {}),
        ("2026-t3:tier:poster", {"grounds": "x"}),
        ("2026-t3:tier:poster", {"text": " "}),
        ("2026-t3:tier:poster", {"text": "x" * 1001}),
    ):
        assert appeal(oki, what, **changes).status_code == 422
    told = {"kind": "outage", "last": DAY}
    add_told(site, office, counter="", first=DAY, words="Listrik padam di gedung", **told)
    later = date(2026, 10, 1)
    add_told(site, office, counter="A1", kind="move", first=later, last=None, words="Pindah")
    answer = appeal(oki, "2026-t3:tier:poster")
    assert answer.status_code == 302
    assert appeal(oki, "2026-t3:tier:poster").status_code == 422  # one a class
    page = oki.get(answer.location).get_data(as_text=True)
    assert "Menunggu putusan paling lambat 26 Oktober 2026" in page
    assert "Listrik padam di gedung" in page
    assert "Pindah" not in page  # after the quarter
    with site.db.read() as session:
        (case,) = session.scalars(select(Case)).all()
    assert (case.kind, case.size, case.officer_id) == ("appeal", 12, office.officer["Sari"])
    add_inspectors(site, office, "ilham")
    shown = browse().log_in("ina").get(f"/staf/perkara/{case.id}").get_data(as_text=True)
    assert "Satu cara masuk: Poster" in shown
    assert "Listrik padam seharian." in shown
    assert "Listrik padam di gedung" in shown
    decide(browse, case.id, "upheld", "ina", "ilham")
    after = oki.get("/staf/saya/rincian").get_data(as_text=True)
    # Of the 15 left, A1's block would tell the three of A2.
    assert "Tidak ditampilkan, supaya jawaban orang lain tidak dapat ditebak." in after
    done = oki.get(answer.location).get_data(as_text=True)
    assert "tidak dihitung untuk petugas" in done
    assert "Sudah diperiksa oleh kami" in done
    assert "Ina" not in done.split("<main")[1].replace("Inspektorat", "")
    assert "Ilham" not in done
    assert tally_differences(site) == 0
    with site.db.read() as session:  # the unit loses nothing
        counted = select(func.sum(Tally.c.n)).where(Tally.c.state == "counted")
        assert session.scalar(counted) == 34
        of_sari = counted.where(
            Tally.c.officer_id == office.officer["Sari"], Tally.c.for_officer == 1
        )
        assert session.scalar(of_sari) == 15


def test_an_appeal_after_the_deadline_is_refused(
    oki: Browser, browse: Callable[[], Browser], site: Site, office: Office, clock: SteppedClock
) -> None:
    add_mixed(site, office, DAY)
    clock.at = datetime(2026, 10, 22, 16, 59, tzinfo=UTC)  # 23.59 of the last day, in Jambi
    assert "Ajukan keberatan</button>" in browse().log_in("oki").get(f"{BATCH}/keberatan").get_data(
        as_text=True
    )
    clock.at += timedelta(minutes=1)
    late = browse().log_in("oki")
    assert "sudah lewat" in late.get(f"{BATCH}/keberatan").get_data(as_text=True)
    assert appeal(late, "2026-t3:batch:").status_code == 422
    with site.db.read() as session:
        assert session.scalars(select(Case)).all() == []


def test_the_room_offers_an_appeal_in_time_only_and_says_when_an_answer_is_late(
    oki: Browser, browse: Callable[[], Browser], site: Site, office: Office, clock: SteppedClock
) -> None:
    add_mixed(site, office, DAY)
    assert f"{BATCH}/keberatan" in oki.get("/staf/saya/rincian").get_data(as_text=True)
    appeal(oki, "2026-t3:batch:")
    clock.at = datetime(2026, 10, 27, 3, tzinfo=UTC)
    late = browse().log_in("oki").get("/staf/saya/rincian").get_data(as_text=True)
    assert f"{BATCH}/keberatan" not in late
    assert "Terlambat: seharusnya diputus paling lambat 26 Oktober 2026" in late
    with site.db.read() as session:
        case_id = session.scalars(select(Case.id)).one()
    page = browse().log_in("oki").get(f"/staf/saya/keberatan/{case_id}").get_data(as_text=True)
    assert "Selama belum diputus, penilaian ini tetap dihitung untuk Anda." in page
    assert "Tanyakan kepada Inspektorat kapan diputus." in page
    assert "Halaman Penilaian saya hanya menghitung formulir lengkap" in page


@pytest.mark.parametrize(("day", "quarter"), [(7, "Triwulan III 2026"), (8, "Triwulan IV 2026")])
def test_the_room_names_the_quarter_whose_figures_come_next(
    browse: Callable[[], Browser],
    site: Site,
    office: Office,
    clock: SteppedClock,
    day: int,
    quarter: str,
) -> None:
    clock.at = datetime(2026, 10, day, 3, tzinfo=UTC)
    add_mixed(site, office, date(2026, 10, 1) if day == 8 else DAY)
    page = browse().log_in("oki").get("/staf/saya/rincian").get_data(as_text=True)
    assert f"{quarter}: sudah ada 12 penilaian. Nilainya tampil seminggu setelah" in page


def test_a_second_review_goes_to_two_other_people_and_only_once(
    oki: Browser, browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    add_mixed(site, office, DAY)
    add_inspectors(site, office, "ilham", "irma", "indra")
    first = appeal(oki, "2026-t3:batch:").location
    assert send(oki, first, text="Terlalu cepat").status_code == 422  # nothing is rejected yet
    first_id = int(first.rsplit("/", 1)[1])
    decide(browse, first_id, "rejected", "ina", "ilham")
    assert "Minta peninjauan kedua" in oki.get(first).get_data(as_text=True)
    assert send(oki, first, text="").status_code == 422
    second = send(oki, first, text="Bukti baru: surat PLN.").location
    assert send(oki, first, text="Sekali lagi").status_code == 422
    second_id = int(second.rsplit("/", 1)[1])
    barred = send(
        browse().log_in("ina"),
        f"/staf/perkara/{second_id}",
        outcome="upheld",
        reason="Sudah diperiksa kembali.",
    )
    assert barred.status_code == 422
    decide(browse, second_id, "rejected", "irma", "indra")
    page = oki.get(second).get_data(as_text=True)
    assert "Ditolak" in page
    assert "Minta peninjauan kedua" not in page
    assert send(oki, second, text="Lagi").status_code == 422


def test_a_day_of_absence_tells_no_size_and_hides_the_batch_afterwards(
    oki: Browser, browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    add_mixed(site, office, DAY)
    add_ratings(site, office, 2, day=date(2026, 9, 11), perilaku=1)
    with site.db.transaction() as tx:  # the roster has her on the 10th only
        shift = {"agency_id": office.agency_id, "officer_id": office.officer["Sari"]}
        shift |= {"counter_id": office.counter["A1"], "recorded_at": site.now()}
        shift |= {"starts_at": datetime(2026, 9, 10, 1, tzinfo=UTC)}
        shift |= {"ends_at": datetime(2026, 9, 10, 9, tzinfo=UTC), "withdrawn_at": None}
        bulk.add_rows(tx, "shift", [shift])
    form = oki.get(f"{BATCH}/keberatan").get_data(as_text=True)
    assert "Satu hari saya tidak bertugas: 11 September 2026<" in form
    assert "10 September 2026" not in form
    location = appeal(oki, "2026-t3:day:2026-09-11", grounds="absent").location
    assert not re.search(r"\b2 penilaian", oki.get(location).get_data(as_text=True))
    add_inspectors(site, office, "ilham")
    decide(browse, int(location.rsplit("/", 1)[1]), "upheld", "ina", "ilham")
    for path in ("/staf/saya/", BATCH, f"{BATCH}/keberatan"):
        page = oki.get(path).get_data(as_text=True).split("<main")[1]
        assert not re.search(r"\d,\d\d|\b1[24] penilaian|>1[24]<", page), path
    assert "dikoreksi" in oki.get(BATCH).get_data(as_text=True)


def test_another_officers_appeal_is_not_there(
    oki: Browser, browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    add_mixed(site, office, DAY)
    add_mixed(site, office, DAY, officer_id=office.officer["Andi"])
    create_account(
        site,
        agency_id=office.agency_id,
        username="andi",
        name="Andi",
        role=Role.OFFICER,
        unit_ids=frozenset(),
        password=PASSWORD,
        officer_id=office.officer["Andi"],
    )
    location = appeal(oki, "2026-t3:batch:").location
    andi = browse().log_in("andi")
    assert andi.get(location).status_code == 404
    assert send(andi, location, text="x").status_code == 404
    assert "Keberatan Anda" not in andi.get("/staf/saya/rincian").get_data(as_text=True)


def test_an_account_without_an_officer_is_told_so(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    create_account(
        site,
        agency_id=office.agency_id,
        username="nina",
        name="Nina",
        role=Role.OFFICER,
        unit_ids=frozenset(),
        password=PASSWORD,
    )
    nina = browse().log_in("nina")
    assert "belum dihubungkan" in nina.get("/staf/saya/").get_data(as_text=True)
    for path in ("/staf/saya/dilihat", BATCH, f"{BATCH}/keberatan", "/staf/saya/keberatan/1"):
        assert nina.get(path).status_code == 404


def test_an_admin_gives_an_account_to_one_officer_once(
    browse: Callable[[], Browser], office: Office
) -> None:
    dina = browse().log_in("dina")
    form = dina.get("/staf/admin/orang/akun/baru").get_data(as_text=True)
    assert "Andi Contoh" in form
    assert "Sari Contoh" not in form  # she has an account already
    fields = {"username": "andi", "name": "Andi", "role": "officer"}
    for officer_id in ("", "0", "999999", str(office.officer["Sari"])):
        answer = send(dina, "/staf/admin/orang/akun/baru", **fields, officer=officer_id)
        assert answer.status_code == 422, officer_id
    wrong = send(
        dina,
        "/staf/admin/orang/akun/baru",
        **(fields | {"role": "hr"}),
        officer=office.officer["Andi"],
    )
    assert wrong.status_code == 422
    made = send(dina, "/staf/admin/orang/akun/baru", **fields, officer=office.officer["Andi"])
    assert made.status_code == 200
    again = dina.get("/staf/admin/orang/akun/baru").get_data(as_text=True)
    assert "Andi Contoh</option>" not in again


def test_trust_is_published_in_totals(
    citizen: Browser, oki: Browser, browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    assert "Belum ada penilaian" in citizen.get("/hasil/kepercayaan").get_data(as_text=True)
    add_mixed(site, office, DAY)
    add_ratings(site, office, 7, day=DAY, state="held")
    add_ratings(site, office, 2, day=DAY, state="aside")
    add_ratings(site, office, 50, day=date(2026, 10, 3))  # the running month waits
    with site.db.transaction() as tx:
        for rules, size in (("burst,same_device", 7), ("same_device", 3), ("staff_device", 2)):
            row = {"agency_id": office.agency_id, "unit_id": office.unit["A"], "kind": "held"}
            row |= {"counter_id": office.counter["A1"], "officer_id": None, "rules": rules}
            row |= {"size": size, "first_day": DAY, "last_day": DAY, "due_on": DAY}
            row |= {"opened_at": datetime(2026, 9, 10, 3, tzinfo=UTC), "detail": {}}
            row |= {"closed_at": datetime(2026, 9, 10, 9, tzinfo=UTC), "outcome": "counted"}
            bulk.add_rows(tx, "case_file", [row])
    page = citizen.get("/hasil/kepercayaan").get_data(as_text=True)
    assert "3 dari 3 kasus" in page
    assert "kurang dari 5" in page
    document = citizen.client.get("/hasil/kepercayaan.json").json
    (agency,) = document["agencies"]
    assert [agency[name] for name in ("received", "counted", "held", "aside")] == [21, 12, 7, 2]
    assert agency["rules"] == [
        {"rule": "staff_device", "held": None},
        {"rule": "same_device", "held": 10},
        {"rule": "burst", "held": 7},
    ]
    for name in ("Sari", "Loket A1", "Unit A"):
        assert name not in page
