"""The whole path in real Chromium: a printed QR, the form, the receipt, the supervisor's number."""

from __future__ import annotations

import re
import subprocess

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import delete, select

from feedback_app.demo.office import DEMO_PASSWORD
from feedback_app.domain.elements import FORM_ORDER, element
from feedback_app.domain.survey import Span, title
from feedback_app.services.office.cards import card_lines, cards_pdf
from feedback_app.services.upkeep.schema import tally_differences
from feedback_app.storage.models import FollowUp, Survey, SurveyRevision, Unit
from tests.browser.conftest import LiveSite
from tests.ground.browser import answer, to_the_end, violations

pytestmark = [pytest.mark.proof, pytest.mark.engine_alike]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def url_on_card(live: LiveSite, counter: str) -> str:
    """What a phone's camera reads from the printed card."""
    content = cards_pdf(live.site, counter_code=counter)
    picture = pypdfium2.PdfDocument(content)[0].render(scale=2).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def log_in(page: Page, live: LiveSite, username: str) -> None:
    page.goto(f"{live.address}/masuk")
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Masuk").click()


def shown_count(page: Page, live: LiveSite, counter: str) -> int:
    page.goto(f"{live.address}/staf/loket/{counter}?periode=today")
    return int(page.locator(f"[data-n={counter}]").first.inner_text())


def test_from_the_printed_card_to_the_supervisors_number(live: LiveSite, chromium: Browser) -> None:
    desk = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]
    supervisor = desk.new_page()
    log_in(supervisor, live, "atasan")
    before = shown_count(supervisor, live, "L2")

    phone = chromium.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = phone.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.resource_type))
    page.goto(url_on_card(live, "L2"))
    assert requests.count("document") == 1
    assert "stylesheet" not in requests  # one blocking response is the whole page
    expect(page.get_by_text("Loket 2 — KTP-el dan KIA")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    page.get_by_label("KTP-el", exact=True).check()
    page.get_by_role("radio", name=re.compile("^(Ya$|Ibu|Bapak)")).first.check()
    for key in FORM_ORDER[:-1]:
        page.locator(f"input[name={key}][value='4']").check()
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("alert")).to_contain_text("Pertanyaan 12: pilih satu jawaban.")
    assert page.locator("input:checked").count() == len(FORM_ORDER) + 1  # nothing was lost
    page.locator("input[name=kepercayaan][value='3']").check()
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")
    receipt = page.content()

    assert shown_count(supervisor, live, "L2") == before + 1
    assert tally_differences(live.site) == 0

    try:
        page.go_back()
    except PlaywrightError as error:  # Chromium does not show a sent form again without asking
        assert "ERR_CACHE_MISS" in str(error)  # noqa: PT017 (either way is right)
    assert page.locator("input:checked").count() == 0  # the back button holds no answer
    assert "Sangat" not in receipt
    phone.close()
    desk.close()


def test_the_page_stays_live_while_it_is_open(live: LiveSite, chromium: Browser) -> None:
    desk = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = desk.new_page()
    page.clock.install()
    log_in(page, live, "atasan")
    before = shown_count(page, live, "L3")
    visitor = chromium.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    visitor.goto(url_on_card(live, "L3"))
    answer(visitor, dict.fromkeys(FORM_ORDER, "3"))
    expect(visitor.locator(".foot")).to_contain_text("12 dari 12")
    visitor.get_by_role("button", name="Kirim penilaian").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")
    page.clock.fast_forward(16_000)
    expect(page.locator("[data-n=L3]").first).to_have_text(str(before + 1))
    desk.close()


def test_the_form_can_be_finished_with_the_keyboard_alone(
    live: LiveSite, chromium: Browser
) -> None:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url_on_card(live, "L1"))
    chosen: set[str] = set()
    for _ in range(140):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || ''")
        if page.evaluate("document.activeElement.type === 'radio'") and name not in chosen:
            page.keyboard.press("Space")
            chosen.add(name)
        words = page.evaluate("document.activeElement.textContent")
        if words in ("Lanjut", "Kirim penilaian"):
            page.keyboard.press("Enter")
        if words == "Kirim penilaian":
            break
    assert chosen >= set(FORM_ORDER)
    expect(page.get_by_role("heading", level=1)).to_have_text("Diterima. Terima kasih.")
    context.close()


def test_a_text_browser_shows_the_whole_form(live: LiveSite) -> None:
    url = next(line.url for line in card_lines(live.site) if line.code == "L2")
    done = subprocess.run(
        ["w3m", "-dump", "-cols", "80", "-o", "use_proxy=0", url],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    for needed in ("Loket 2", "Sangat sopan dan ramah", "Kirim penilaian", "Saran"):
        assert needed in done.stdout
    options = element("perilaku").labels
    shown = [line for line in done.stdout.splitlines() if any(o in line for o in options)]
    assert [line.strip() for line in shown] == [f"( ){option}" for option in options]


@pytest.mark.long
def test_hr_opens_the_matrix_a_training_the_calculator_and_measures_again(
    live: LiveSite, chromium: Browser
) -> None:
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    log_in(page, live, "kepegawaian")
    page.get_by_role("link", name="Dampak", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dampak pelatihan")
    expect(page.locator(".matrix tbody tr")).to_have_count(6)
    assert page.get_by_text("Belum dapat disimpulkan").count() > 4
    page.get_by_role("link", name="Komunikasi dengan pengunjung").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Komunikasi dengan pengunjung")
    expect(page.locator("svg.events").first).to_be_visible()
    expect(page.get_by_text("Cara pemilihan: undian (6)")).to_be_visible()
    page.get_by_text("Tabel Kejelasan Informasi").click()  # every picture has its table
    expect(page.get_by_role("row", name=re.compile(r"^\+1 ")).first).to_be_visible()

    page.get_by_role("link", name="Rencana", exact=True).first.click()
    page.get_by_role("link", name="Yang dapat diukur").click()
    page.get_by_label("Berapa petugas akan dikirim?").fill("5")
    page.get_by_role("button", name="Hitung").click()
    expect(page.get_by_text("Dengan 5 dari 24 petugas")).to_be_visible()
    assert "petugas=5" in page.url  # the question can be kept and sent on

    page.get_by_role("link", name="Dampak", exact=True).first.click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Unduh laporan").click()
    report = waiting.value.path().read_text(encoding="utf-8")
    assert "Yang tidak dapat diketahui" in report
    page.get_by_role("button", name="Ukur sekarang").click()
    expect(page.get_by_text("Pengukuran dimulai.")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=60_000)  # it refreshes itself
    page.get_by_text("Pengukuran terdahulu").click()
    expect(page.get_by_role("cell", name="selesai")).to_have_count(2)
    context.close()


def forget_newest_survey(live: LiveSite, unit: str) -> Span:
    """As if nobody had surveyed the last quarter yet; return it."""
    with live.site.db.transaction() as tx:
        survey = tx.scalars(
            select(Survey)
            .join(Unit, Unit.id == Survey.unit_id)
            .where(Unit.code == unit, Survey.closed_at.is_not(None))
            .order_by(Survey.last_day.desc())
        ).first()
        assert survey is not None
        for table in (FollowUp, SurveyRevision):
            tx.execute(delete(table).where(table.survey_id == survey.id))
        span = Span(survey.first_day, survey.last_day)
        tx.delete(survey)
    return span


@pytest.mark.long
def test_the_yearly_duty_is_a_few_clicks_and_the_public_sees_it(
    live: LiveSite, chromium: Browser
) -> None:
    quarter = title(forget_newest_survey(live, "rimbo"))[0]
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    log_in(page, live, "atasan.rimbo")
    page.get_by_role("link", name="Survei & tindak lanjut").first.click()
    page.get_by_role("link", name="Buka periode survei").click()
    page.get_by_label("Periode survei", exact=True).select_option(label=quarter)
    page.get_by_label("kunjungan selama periode survei").check()
    page.get_by_role("button", name="Buka periode survei").click()
    expect(page.get_by_text("dari sampel minimum")).to_be_visible()
    page.get_by_role("link", name="Tutup periode survei").click()
    page.get_by_role("button", name=re.compile("^Tutup survei ")).click()
    expect(page.get_by_text("Periode survei ditutup.")).to_be_visible()
    ikm = page.locator(".big").first.inner_text()
    for name, ending in (
        ("Laporan DOCX (dapat disunting)", ".docx"),
        ("Laporan PDF", ".pdf"),
        ("Olah data XLSX", ".xlsx"),
        ("A3 PDF", ".pdf"),
    ):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name).click()
        assert waiting.value.suggested_filename.endswith(ending)
        assert waiting.value.path().stat().st_size > 5_000
    page.get_by_role("link", name="rencanakan").first.click()
    page.get_by_label("Faktor yang memengaruhi").fill("Antrean pagi")
    page.get_by_label("Rencana tindak lanjut").fill("Membuka loket kedua pada Senin pagi")
    page.get_by_label("Selesai paling lambat").fill("2030-12-01")
    page.get_by_label("Penanggung jawab").fill("Kepala UPT")
    page.get_by_role("button", name="Simpan").click()
    expect(
        page.get_by_role("cell", name="Membuka loket kedua pada Senin pagi", exact=True)
    ).to_be_visible()

    phone = chromium.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    visitor = phone.new_page()
    visitor.goto(f"{live.address}/hasil/disdukcapil-contoh/rimbo")
    expect(visitor.locator(".score")).to_have_text(ikm)
    expect(visitor.get_by_text("Membuka loket kedua pada Senin pagi")).to_be_visible()
    assert visitor.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    visitor.goto(f"{live.address}/layar/disdukcapil-contoh/rimbo")
    expect(visitor.locator(".score")).to_have_text(ikm)
    phone.close()
    context.close()


@pytest.mark.long
def test_the_waiting_halls_screen_fits_and_refreshes_itself(
    live: LiveSite, chromium: Browser
) -> None:
    for width, height in ((1920, 1080), (1280, 720)):
        context = chromium.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.goto(f"{live.address}/layar/disdukcapil-contoh/kantor")
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        assert (
            page.evaluate("parseFloat(getComputedStyle(document.querySelector('.score')).fontSize)")
            > height / 8
        )
        context.close()
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    page.clock.install()
    page.goto(f"{live.address}/layar/disdukcapil-contoh/kantor")
    page.evaluate("document.querySelector('.score').textContent = 'lama'")
    page.clock.fast_forward(16_000)
    expect(page.locator(".score")).not_to_have_text("lama")
    context.close()


CITIZEN_PAGES = (
    "/",
    "/privasi",
    "/masuk",
    "/q/tampered",
    "/r/ZZZZZZZZ",
    "/hasil/",
    "/hasil/disdukcapil-contoh/kantor",
    "/hasil/disdukcapil-contoh/rimbo?lang=en",
    "/hasil/kamus",
    "/layar/disdukcapil-contoh/kantor",
)
STAFF_PAGES = (
    ("atasan", "/staf/loket/"),
    ("atasan", "/staf/loket/L1?periode=semester"),
    ("atasan", "/staf/loket/L6?periode=today"),
    ("atasan", "/staf/skm/"),
    ("atasan", "/staf/skm/baru"),
    ("atasan", "/staf/skm/7"),
    ("atasan", "/staf/skm/8"),
    ("atasan", "/staf/skm/8/tutup"),
    ("atasan", "/staf/skm/8/batal"),
    ("atasan", "/staf/skm/8/ubah"),
    ("atasan", "/staf/skm/7/penanda-tangan"),
    ("atasan", "/staf/skm/7/tindak-lanjut?unsur=waktu"),
    ("atasan", "/staf/skm/tindak-lanjut/1"),
    ("atasan", "/staf/skm/tindak-lanjut/1/hapus"),
    ("admin", "/staf/admin/"),
    ("admin", "/staf/admin/tempat/unit/baru"),
    ("admin", "/staf/impor/officers"),
    ("admin", "/staf/admin/kartu"),
    ("admin", "/staf/admin/kartu/L1/ganti"),
    ("admin", "/staf/admin/orang/akun/baru"),
    ("admin", "/staf/catatan/"),
    ("kepegawaian", "/staf/kebutuhan/"),
    ("atasan", "/staf/kebutuhan-unit/"),
    ("kepegawaian", "/staf/dampak/"),
    ("kepegawaian", "/staf/dampak/pelatihan/komunikasi"),
    ("kepegawaian", "/staf/dampak/hitung"),
    ("kepegawaian", "/staf/dampak/hitung?loket=L1&loket=L2"),
    ("kepegawaian", "/staf/dampak/hitung?petugas=0"),
    ("kepegawaian", "/staf/pelatihan/"),
    ("kepegawaian", "/staf/pelatihan/baru"),
    ("kepegawaian", "/staf/pelatihan/prima"),
    ("kepegawaian", "/staf/pelatihan/prima/ubah"),
    ("kepegawaian", "/staf/pelatihan/peserta/1"),
    ("kepegawaian", "/staf/pelatihan/jp"),
    ("kepegawaian", "/staf/pelatihan/petugas/1"),
    ("kepegawaian", "/staf/impor/attendance"),
)


# A page does not look different on the other engine. One of eighteen at a phone's width, then all.
@pytest.mark.parametrize(
    ("live", "viewport", "each"),
    [
        ("sqlite", PHONE, 18),
        pytest.param("sqlite", PHONE, 1, marks=pytest.mark.long),
        pytest.param("sqlite", DESK, 1, marks=pytest.mark.long),
    ],
    ids=["some-360", "all-360", "all-1280"],
    indirect=["live"],
)
def test_axe_finds_nothing_and_no_page_is_wider_than_the_screen(
    live: LiveSite, chromium: Browser, viewport: dict[str, int], each: int
) -> None:
    context = chromium.new_context(viewport=viewport)  # type: ignore[arg-type]
    page = context.new_page()
    form = url_on_card(live, "L2")
    for url in (form, f"{form}?lang=en", *(live.address + path for path in CITIZEN_PAGES[::each])):
        page.goto(url)
        assert not violations(page), url
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], url
    page.goto(form)
    to_the_end(page)
    assert not violations(page), "the last question"
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert not violations(page), "the form with errors"
    user = ""
    for username, path in STAFF_PAGES[::each]:
        if username != user:
            context.clear_cookies()
            log_in(page, live, username)
            user = username
        page.goto(live.address + path)
        assert not violations(page), path
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
    context.close()


def test_axe_finds_a_planted_fault(live: LiveSite, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(live.address)
    page.evaluate("document.querySelector('label').remove()")
    assert any(fault.startswith("label") for fault in violations(page))
    page.close()


def test_staff_tables_print_whole_with_their_headings_on_each_sheet(
    live_sqlite: LiveSite, chromium: Browser
) -> None:
    page = chromium.new_page(viewport=DESK)
    log_in(page, live_sqlite, "admin")
    for path, headings, is_wide in (("/staf/admin/orang/", ("Nama", "Sapaan", "Akun"), False),):
        page.goto(live_sqlite.address + path)
        every = page.locator("tbody th[scope=row]").all_inner_texts()
        rows = [text.strip().split("\n")[0] for text in every]
        sheets = list(pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True)))
        told = [" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in sheets]
        first = next(n for n, text in enumerate(told) if all(word in text for word in headings))
        last = next(n for n in range(first, len(told)) if rows[-1] in told[n])
        assert all(word in text for text in told[first : last + 1] for word in headings), path
        assert all(row in " ".join(told) for row in rows), path
        assert "Keluar" not in " ".join(told)
        assert (sheets[0].get_width() > sheets[0].get_height()) == is_wide, path
        page.emulate_media(media="print")
        heads = page.locator("thead th:visible").count()
        assert heads == page.locator("tbody tr:first-child > :visible").count(), path
        page.emulate_media(media="screen")
