"""What /privasi and docs/privacy.md say is so: each sentence that can be checked has its check.

The sentences stand here word for word. A sentence that is changed or added on the page, and not
here, fails; so does one whose check is gone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import Date, inspect, select, text

from feedback_app.config import ROOT
from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.citizen.daily_key import KEPT_DAYS
from feedback_app.services.counters import page as counter_page
from feedback_app.services.site import Site
from feedback_app.services.upkeep import retention
from feedback_app.storage.db import Base, UtcDateTime
from feedback_app.storage.models import Case, Comment, Rating, Screening
from tests.conftest import Browser, SteppedClock
from tests.ground.office import TODAY, Office, add_comment, rating_row
from tests.web.test_citizen import opened

DAY = timedelta(days=1)
AGENT, ADDRESS, LANGUAGES = "Kenari/7.31 (peramban-kenari)", "203.0.113.177", "id,en;q=0.5"
OF_STAFF = ("audit_entry", "staff_session", "account", "second_factor", "shift", "alembic_version")
OF_STAFF += ("office_mark",)  # when the office was set up, and its last upkeep

# Sentence of the page -> its check: a test of this file, or another file's.
PROMISES = {
    "Jawaban Anda, loket, layanan, petugas yang Anda sebut, dan tanggalnya; tanpa nama, NIK, atau "
    "nomor telepon. Jam penerimaan disimpan terpisah dan dihapus setelah 14 hari.": (
        "test_no_hour_of_an_arrival_is_left_after_fourteen_days"
    ),
    "Jawaban dari hari yang sudah lewat ditulis ulang tanpa urutan kedatangannya.": (
        "tests/storage/test_disk_owner.py"
    ),
    "Bila Anda isi: kelompok usia, jenis kelamin, pendidikan, pekerjaan, dan kebutuhan bantuan, "
    "dalam kelompok umum.": "test_an_answers_row_holds_what_was_answered_and_no_more",
    "Bila Anda isi: sebab jawaban yang rendah, berapa kali Anda datang, dan apakah selesai pada "
    "waktunya.": "tests/web/test_causes.py",
    "Kantor hanya melihat berapa bagian pengunjung yang menyebut suatu sebab, dibulatkan, dari "
    "sedikitnya sepuluh jawaban rendah; tidak pernah menurut petugas.": (
        "tests/domain/test_causes.py"
    ),
    "Saran Anda, dengan nomor acaknya sendiri: loket, bulan, dan petugas yang Anda sebut, tanpa "
    "tanggal.": "test_a_comments_row_holds_its_place_and_month_and_no_more",
    "Dari jawaban mana saran itu berasal tercatat selama 14 hari, lalu dihapus.": (
        "test_what_links_a_comment_to_its_answer_is_gone_after_fourteen_days"
    ),
    "Bila Anda menandai bahwa Anda diminta memberi nilai tertentu: hanya jumlahnya untuk setiap "
    "loket dan bulan. Jawaban Anda disimpan persis seperti jawaban “Tidak tahu” tentang siapa yang "
    "melayani.": ("test_pressure_is_a_number_a_counter_and_month"),
    "Bila Anda hanya mengirim saran atau tanda, tanpa penilaian: saran itu dengan bulannya, tanda "
    "sebagai jumlah. Jam pengirimannya, kode tanda terima, dan jejak acak dihapus setelah 14 hari.": (
        "tests/web/test_notes.py"
    ),
    "Supaya tidak hilang bila halaman dimuat ulang, isian Anda tinggal tersandi di tab itu sampai "
    "terkirim, paling lama sepuluh menit sejak sentuhan terakhir; tidak pernah di kios.": (
        "tests/browser/test_draft.py"
    ),
    "Bila telepon ini dipakai bersama dan Anda batal menilai, tutup tabnya.": (
        "tests/browser/test_draft.py"
    ),
    "Untuk mengenali penilaian palsu, jam membuka dan mengirim formulir serta satu jejak acak "
    "disimpan selama 14 hari sesudah hari pengiriman.": (
        "test_screening_keeps_two_times_and_one_mark_for_fourteen_days"
    ),
    "Tanda itu dihitung dari alamat internet serta nama dan bahasa peramban dengan kunci hari itu. "
    "Kuncinya dimusnahkan setelah dua hari, sehingga tanda tidak dapat lagi dilacak ke alamat "
    "Anda.": ("test_the_mark_is_found_with_the_key_of_the_day_and_with_nothing_else"),
    "Bila jam komputer kantor diragukan, penghapusan menunggu sampai admin memastikan tanggalnya.": (
        "tests/services/upkeep/test_clock.py"
    ),
    "Di folder cadangan hanya salinan terbaru yang memuat jam dan tanda itu, juga paling lama 14 "
    "hari; kunci hari itu tidak pernah disalin.": "tests/services/upkeep/test_backup.py",
    "Hanya rata-rata dari sedikitnya 10 penilaian, tidak pernah satu jawaban.": (
        "tests/domain/test_promised_numbers.py"
    ),
    "Saran ditampilkan dalam kumpulan sedikitnya lima, diacak, paling cepat tujuh hari setelah "
    "bulan berakhir.": "tests/domain/test_promised_numbers.py",
    "NIK, NIP, nomor telepon, alamat surel, dan nama petugas loket itu (mulai empat huruf) "
    "disamarkan; nama orang lain tidak dikenali, jadi jangan menulisnya.": (
        "test_numbers_and_names_of_the_counters_officers_are_masked_and_other_names_are_not"
    ),
    "Hasil setiap unit sesudah periode survei ditutup dan ada sedikitnya 10 formulir lengkap. Petugas "
    "tidak pernah ditampilkan.": "tests/domain/test_published.py",
    "Halaman penilaian tidak memakai kuki, tidak memuat apa pun dari pihak lain, dan tidak disimpan "
    "oleh peramban.": "test_the_form_sets_no_cookie_and_loads_nothing",
    "Berapa formulir dibuka dihitung per loket dan triwulan: hanya jumlahnya, tanpa hari dan tanpa "
    "siapa.": "tests/web/test_ways_in.py",
    "Bila jaringan terputus saat mengirim, penilaian menunggu di telepon Anda sampai terkirim atau "
    "Anda hapus; setelah 48 jam tidak dikirim lagi dan dihapus saat formulir dibuka.": (
        "tests/browser/test_network.py"
    ),
}
KEPT = {
    "Jawaban dan kelompok tentang Anda, tanpa jam dan tanpa nama": (
        "tanpa batas waktu, agar hasil antartahun dapat dibandingkan"
    ),
    "Saran dengan bulannya, tanpa tanggal, jam, dan nama": "tanpa batas waktu",
    "Jam penerimaan, jejak acak, hubungan saran dengan jawabannya": "14 hari",
    "Kunci jejak acak itu": "2 hari",
    "Kode tanda terima": "14 hari",
    "Alamat internet dan nama peramban": "tidak pernah disimpan",
}
# Of docs/privacy.md -> its check.
IN_DOCS = {
    "The mark of the device is an HMAC of address, browser and its languages under a random key of "
    "the day": ("test_the_mark_is_found_with_the_key_of_the_day_and_with_nothing_else"),
    "The digest of what was sent is an HMAC under a key of the site": (
        "test_the_digest_of_an_answer_cannot_be_tried_out"
    ),
    "No mark of the network alone is kept": (
        "test_screening_keeps_two_times_and_one_mark_for_fourteen_days"
    ),
    "signs of pressure and of a charge tell counter and month, not the day": (
        "test_pressure_is_a_number_a_counter_and_month"
    ),
    "no key of the day, no log-ins and links, and no fine times past their 14 days": (
        "tests/services/upkeep/test_backup.py"
    ),
    "A clock in doubt takes nothing out of copies": "tests/services/upkeep/test_backup_clock.py",
    "what lies on disk cannot be read": "tests/browser/test_draft.py",
    "no row names both a comment and its answer": (
        "test_what_links_a_comment_to_its_answer_is_gone_after_fourteen_days"
    ),
}


def flat(words: str) -> str:
    return " ".join(words.split())


def test_every_sentence_of_the_page_is_promised_here_and_checked(citizen: Browser) -> None:
    page = html.document_fromstring(citizen.get("/privasi").get_data(as_text=True))
    (main,) = page.xpath("//main")
    for link in main.xpath(".//p/a"):
        link.text = ""
    said = {flat(one.text_content()) for one in main.xpath(".//li | .//h2/following-sibling::p")}
    said.discard("")
    left = " ".join(sorted(said))
    for sentence in PROMISES:
        assert sentence in left, sentence
        left = left.replace(sentence, "", 1)
    assert not left.strip(), f"said on the page, checked nowhere: {left.strip()}"
    rows = main.xpath(".//tr[th[@scope='row']]")
    kept = {flat(row.xpath("string(th)")): flat(row.xpath("string(td)")) for row in rows}
    assert kept == KEPT


def test_every_check_is_there() -> None:
    own = {name for name in globals() if name.startswith("test_")}
    for check in {*PROMISES.values(), *IN_DOCS.values()}:
        assert check in own or (ROOT / check).exists(), check
    said = flat((ROOT / "docs" / "privacy.md").read_text())
    for sentence in IN_DOCS:
        assert sentence in said, sentence


def test_the_table_says_what_the_job_does() -> None:
    days = {rule.table: rule.kept.days for rule in retention.RULES}
    assert f"{days['screening']} hari" == KEPT["Kode tanda terima"] == "14 hari"
    assert f"{KEPT_DAYS} hari" == KEPT["Kunci jejak acak itu"]


@pytest.fixture
def sent(citizen: Browser, place: str) -> Callable[..., None]:
    """Somebody rates from an address and a browser that can be found again."""

    def send(**fields: str) -> None:
        data = opened(citizen, place) | fields
        environ = {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT}
        environ |= {"HTTP_ACCEPT_LANGUAGE": LANGUAGES}
        assert citizen.post(f"/q/{place}", data=data, environ_base=environ).status_code == 303

    return send


def cells(site: Site) -> list[tuple[str, dict[str, Any]]]:
    """Every row of every table that is not about staff's own log-ins."""
    found = []
    with site.db.engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            if name not in OF_STAFF:
                table = Base.metadata.tables[name]
                found += [(name, dict(row)) for row in connection.execute(select(table)).mappings()]
    return found


def instants_near(site: Site, at: datetime) -> set[tuple[str, str]]:
    return {
        (table, column)
        for table, row in cells(site)
        for column, value in row.items()
        if isinstance(value, datetime) and abs(value - at) < timedelta(hours=2)
    }


def test_no_hour_of_an_arrival_is_left_after_fourteen_days(
    site: Site, clock: SteppedClock, sent: Callable[..., None]
) -> None:
    came = clock.at
    for _ in range(4):  # a row from one phone: held, with a case and verdicts
        sent(comment="Kursi kurang")
        clock.at += timedelta(seconds=20)
    near = instants_near(site, came)
    assert near == {("screening", "opened_at"), ("screening", "received_at")}
    clock.at += 15 * DAY
    retention.do_daily_work(site)
    assert instants_near(site, came) == set()


def test_an_answers_row_holds_what_was_answered_and_no_more() -> None:
    names = {column.name for column in Rating.__table__.columns}
    bands = {"age_band", "sex", "education", "occupation", "needs_help"}
    details = {"causes", "visits_needed", "ready_on_time"}
    answered = {
        *ALL_KEYS,
        *bands,
        *details,
        "visit_purpose",
        "served_by",
        "visit_day",
        "extra",
        "language",
    }
    kept = {"id", "agency_id", "counter_id", "service_id", "officer_id", "attribution", "tier"}
    assert names == answered | kept | {"day", "instrument_version", "state", "for_officer"}
    assert not [c.name for c in Rating.__table__.columns if isinstance(c.type, UtcDateTime)]


def test_a_comments_row_holds_its_place_and_month_and_no_more(
    site: Site, office: Office, sent: Callable[..., None]
) -> None:
    sent(comment="Kursi kurang", served_by=f"o{office.officer['Sari']}")
    columns = Comment.__table__.columns
    own = {"id", "agency_id", "counter_id", "officer_id", "month", "state", "text"}
    assert {column.name for column in columns} == own
    assert [c.name for c in columns if isinstance(c.type, Date | UtcDateTime)] == ["month"]
    with site.db.read() as session:
        row = session.scalars(select(Comment)).one()
        rating = session.scalars(select(Rating)).one()
    assert (row.month, row.officer_id) == (date(2026, 11, 1), office.officer["Sari"])
    assert row.id != rating.id
    assert hashlib.sha256(rating.id.encode()).hexdigest()[:32] != row.id


def test_what_links_a_comment_to_its_answer_is_gone_after_fourteen_days(
    site: Site, clock: SteppedClock, sent: Callable[..., None]
) -> None:
    for _ in range(4):
        sent(comment="Kursi kurang")
        clock.at += timedelta(seconds=20)
    with site.db.read() as session:
        numbers = {*session.scalars(select(Comment.id)), *session.scalars(select(Rating.id))}
        comments = set(session.scalars(select(Comment.id)))

    def linking() -> set[str]:
        both = [(t, {v for v in row.values() if isinstance(v, str)}) for t, row in cells(site)]
        return {t for t, values in both if values & comments and values & (numbers - comments)}

    clock.at += 14 * DAY
    retention.do_daily_work(site)
    assert linking() == {"screening"}
    clock.at += DAY
    retention.do_daily_work(site)
    assert linking() == set()
    with site.db.read() as session:  # decided in the same job, and the comments with the answers
        assert set(session.scalars(select(Comment.state))) == {"counted"}
        assert set(session.scalars(select(Comment.officer_id))) == {None}


def test_pressure_is_a_number_a_counter_and_month(
    site: Site, office: Office, sent: Callable[..., None]
) -> None:
    named = f"o{office.officer['Sari']}"
    sent(served_by=named, pressed="1", biaya="2", service=str(office.service["ktp"]))
    sent(served_by="not_sure", biaya="2", service=str(office.service["ktp"]))
    with site.db.read() as session:
        rows = [dict(row) for row in session.execute(select(Rating.__table__)).mappings()]
        signs = session.scalars(select(Case).order_by(Case.kind)).all()
    assert [row.pop("id") for row in rows]
    assert rows[0] == rows[1]
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    assert [(case.kind, case.size) for case in signs] == [("fee", 2), ("pressed", 1)]
    for case in signs:
        days = (case.first_day, case.last_day, case.due_on)
        assert days == (first, last, date(2026, 12, 14))
        assert case.opened_at == datetime(2026, 10, 31, 17, tzinfo=UTC)  # midnight in Jambi
    linked = [table for table, _row in cells(site) if table == "case_rating"]
    assert linked == []


def test_screening_keeps_two_times_and_one_mark_for_fourteen_days(
    site: Site, clock: SteppedClock, sent: Callable[..., None]
) -> None:
    sent(comment="Kursi kurang")
    columns = Screening.__table__.columns
    times = [column.name for column in columns if isinstance(column.type, UtcDateTime)]
    assert times == ["opened_at", "received_at"]
    marks = {column.name for column in columns if column.name.endswith("_key")}
    assert marks == {"device_key", "text_key"}  # of a long comment's words, under the site's key
    clock.at += 14 * DAY
    assert retention.do_daily_work(site)["screening"] == 0
    clock.at += DAY
    assert retention.do_daily_work(site)["screening"] == 1


def test_the_mark_is_found_with_the_key_of_the_day_and_with_nothing_else(
    site: Site, clock: SteppedClock, sent: Callable[..., None]
) -> None:
    sent()
    folder = Path(site.settings.instance_dir) / "keys" / "daily"
    key = (folder / TODAY.isoformat()).read_bytes()
    with site.db.read() as session:
        mark = session.scalars(select(Screening.device_key)).one()
    kept_as = {word for _t, row in cells(site) for word in map(str, row.values())}
    assert not any(ADDRESS in word or "kenari" in word.lower() for word in kept_as)
    tried = [f"{AGENT}\n{LANGUAGES}\n{ADDRESS}", ADDRESS, AGENT, f"{AGENT}\n{ADDRESS}"]

    def found_with(*keys: bytes) -> bool:
        marks = {
            hmac.new(one, word.encode(), hashlib.sha256).hexdigest()[:32]
            for one in keys
            for word in tried
        }
        return mark in marks

    assert found_with(key)  # the control: a copy that holds this key tells the address
    assert not found_with(b"", *site.settings.secret_keys, site.settings.place_key)
    assert mark not in {hashlib.sha256(word.encode()).hexdigest()[:32] for word in tried}
    clock.at += KEPT_DAYS * DAY
    retention.do_daily_work(site)
    assert [path for path in folder.iterdir() if path.read_bytes() == key] == []


def test_the_digest_of_an_answer_cannot_be_tried_out(
    site: Site, office: Office, sent: Callable[..., None]
) -> None:
    """The answers lie beside it: a bare hash would tell whether "pressed" was ticked."""
    sent(served_by=f"o{office.officer['Sari']}", pressed="1")
    with site.db.read() as session:
        digest = session.scalars(select(Screening.body_digest)).one()
        row = session.scalars(select(Rating)).one()
    bodies = [
        json.dumps(
            {
                "service": row.service_id,
                "by": ["officer", officer_id, "today"],
                "purpose": row.visit_purpose,
                "answers": {name: getattr(row, name) for name in ALL_KEYS},
                "bands": {name: getattr(row, name) for name in BANDS_IN_ORDER},
                "comment": "",
                "visit": "",
                "pressed": pressed,
            },
            sort_keys=True,
        ).encode()
        for pressed in (True, False)
        for officer_id in office.officer.values()
    ]
    bare = {hashlib.sha256(body).hexdigest() for body in bodies}
    key = site.keys_for("body digest")[0]
    keyed = {hmac.new(key, body, hashlib.sha256).hexdigest() for body in bodies}
    assert digest in keyed  # the control: these are the bodies
    assert digest not in bare


BANDS_IN_ORDER = ("age_band", "sex", "education", "occupation", "needs_help")


def test_numbers_and_names_of_the_counters_officers_are_masked_and_other_names_are_not(
    site: Site, office: Office, clock: SteppedClock
) -> None:
    told = (
        "Sari dan ibu sari, NIK 1571012345678901, NIP 198001012010012001, telepon 0812-3456-7890, "
        "surel ani@contoh.id; Wahyuni yang antre tahu."
    )
    with site.db.transaction() as tx:
        row = rating_row(office) | {"day": date(2026, 10, 5), "for_officer": True}
        for _ in range(5):
            add_comment(tx, row, told)
    with site.db.read() as session:
        (batch,) = counter_page.batches_of(site, session, office.counter["A1"])
    assert set(batch.texts) == {
        "[disamarkan] dan ibu [disamarkan], NIK [disamarkan], NIP [disamarkan], telepon "
        "[disamarkan], surel [disamarkan]; Wahyuni yang antre tahu."
    }


def test_the_form_sets_no_cookie_and_loads_nothing(citizen: Browser, place: str) -> None:
    answer = citizen.get(f"/q/{place}")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    page = html.document_fromstring(answer.get_data(as_text=True))
    loaded = page.xpath(
        "//script/@src | //link[@rel='stylesheet']/@href | //img/@src | //iframe/@src"
    )
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)


def test_a_planted_hour_is_found(
    site: Site, clock: SteppedClock, sent: Callable[..., None]
) -> None:
    """The control: the search sees a case that was opened at its answer's minute."""
    for _ in range(4):
        sent()
        clock.at += timedelta(seconds=20)
    with site.db.engine.begin() as connection:
        connection.execute(
            text("UPDATE case_file SET opened_at = (SELECT min(received_at) FROM screening)")
        )
    assert ("case_file", "opened_at") in instants_near(site, clock.at)
