"""What the demo's people said and decided of needs, and what posts ask for."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback_app.demo.people import as_of, viewer_named
from feedback_app.demo.places import Places
from feedback_app.domain.local_time import local_day
from feedback_app.services.access.people import Viewer
from feedback_app.services.needs import own, unit
from feedback_app.services.needs.decisions import Told, decide
from feedback_app.services.needs.overview import overview
from feedback_app.services.needs.runs import run_first_needs
from feedback_app.services.needs.span import closed_span
from feedback_app.services.site import Site
from feedback_app.storage import bulk

CONTRADICTION = (
    "Saya sering melayani lansia yang didampingi keluarga. Penjelasan saya kepada pendamping "
    "tidak terdengar oleh yang menilai."
)
PROPOSED = (
    "Petugas perlu bahasa yang sederhana saat menjelaskan syarat. Seminar di universitas mitra "
    "tidak dipungut biaya."
)
OWN_WISH = (
    "Saya ingin belajar bahasa isyarat dasar; beberapa pengunjung tunarungu datang tiap bulan."
)
MENDED = (
    "Ganti printer Loket 4 yang lambat, dan pindahkan cetak KK ke pencetak cadangan pada jam ramai."
)
ANSWERS = {"could": "yes", "did": "yes", "often": "yes", "hindered": "yes", "worth": "yes"}
# officer (place in OFFICERS), post, its title, competence, needed, held
COMPETENCES = (
    (2, "present", "Pengelola Layanan Kependudukan", "Pelayanan Publik", 3, 3),
    (2, "present", "Pengelola Layanan Kependudukan", "Komunikasi", 3, 2),
    (2, "next", "Penata Layanan Kependudukan", "Manajemen proyek", 2, 0),
    (23, "present", "Pengelola Layanan Kependudukan", "Komunikasi", 3, 1),
    (23, "next", "Penata Layanan Kependudukan", "Penelitian kebijakan", 2, None),
)
FOUND = timedelta(days=9)  # ago: the officers had their week to read it


def add_needs(site: Site, places: Places) -> None:
    """Find them, and let people speak: a contradiction, answers, proposals, a decision."""
    _add_competences(site, places)
    run_first_needs(as_of(site, _found_at(site)), places.agency_id)
    officer = viewer_named(site, "petugas", unit_ids=frozenset())
    boss = viewer_named(site, "atasan", unit_ids=frozenset({places.units["kantor"]}))
    for line in own.own_needs(site, officer).needs:
        if line.nature == "training":
            own.contradict(site, officer, line.need_id, CONTRADICTION)
            break
    own.propose(site, officer, item="informasi", words=OWN_WISH, training="")
    unit.propose(
        site,
        boss,
        place=f"unit:{places.units['kantor']}",
        item="informasi",
        nature="training",
        words=PROPOSED,
        training="komunikasi",
    )
    for line in unit.unit_needs(site, boss).asked[:1]:
        words = "Sering dipanggil membantu loket lain, sehingga pengunjung menunggu."
        unit.answer(site, boss, line.need_id, ANSWERS, words)
    _decide(site, viewer_named(site, "kepegawaian", unit_ids=frozenset()), places)


def _found_at(site: Site) -> datetime:
    """Some days ago, unless a quarter has closed since: pages would begin a run of their own."""
    ago = site.now() - FOUND
    is_same = closed_span(local_day(ago)) == closed_span(site.today())
    return ago if is_same else site.now()


def _decide(site: Site, hr: Viewer, places: Places) -> None:
    """The slow counter is handed to its supervisor."""
    found = overview(site, hr, only="", item="kecepatan")
    for line in (line for group in found.groups for line in group.lines):
        if (line.level, line.ref_id) == ("counter", places.counters[3]):
            decide(site, hr, line.need_id, Told("mend", MENDED, 0))


def _add_competences(site: Site, places: Places) -> None:
    rows = [
        {
            "agency_id": places.agency_id,
            "officer_id": places.officers[officer],
            "post": post,
            "title": title,
            "competence": competence,
            "needed": needed,
            "held": held,
            "recorded_at": site.now(),
        }
        for officer, post, title, competence, needed, held in COMPETENCES
    ]
    partners = [
        ("Universitas Contoh", "PKS 012/2025", timedelta(days=-400), timedelta(days=60)),
        ("Politeknik Contoh", "PKS 031/2026", timedelta(days=-90), timedelta(days=1000)),
    ]
    today = site.today()
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "officer_competence", rows)
        bulk.add_rows(
            tx,
            "partner",
            [
                {"agency_id": places.agency_id, "name": name, "agreement": agreement}
                | {"first_day": today + begins, "last_day": today + ends}
                for name, agreement, begins, ends in partners
            ],
        )
