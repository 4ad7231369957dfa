"""A version of a plan as files: the law's table as XLSX or CSV, and as DOCX to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_app.domain.effect_words import item_name
from feedback_app.domain.local_time import local_day
from feedback_app.domain.plan_words import KIND_OF_MONEY
from feedback_app.domain.training import TRAINING_KINDS
from feedback_app.domain.training_plan import MONEY
from feedback_app.files.exports import Cell, Sheet
from feedback_app.files.indonesian import long_date, number
from feedback_app.files.plan_paper import plan_docx
from feedback_app.files.plan_table import PlanPaper, law_sheet
from feedback_app.services.access.acts import log_act
from feedback_app.services.access.people import Viewer
from feedback_app.services.exports.tables import Fact
from feedback_app.services.faults import NotThereError
from feedback_app.services.officer.views import note_views
from feedback_app.services.plan.plans import own_plan
from feedback_app.services.plan.versions import Bought, Seat, Version, read_version
from feedback_app.services.site import Site
from feedback_app.storage.db import Session
from feedback_app.storage.models import Agency, OfficerCompetence, Unit
from feedback_app.storage.queries import agencies, needs, plans, roster

ENDINGS = ("csv", "xlsx", "docx")
# SIASN's kinds of courses -> the law's kinds of competence (PP 11/2017, Pasal 203)
COMPETENCE_OF_KIND = {"manajerial": "manajerial", "struktural": "manajerial",
                      "sosial_kultural": "sosial kultural"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanFile:
    """One of them is filled: sheets, or the document."""

    sheets: Sequence[Sheet]
    about: Sequence[Fact]
    docx: bytes


def plan_file(site: Site, viewer: Viewer, year: int, version: int, *, ending: str) -> PlanFile:
    """A version with names and NIP; whoever takes it is written down."""
    with site.db.transaction() as tx:
        plan = own_plan(tx, viewer, year)
        row = plans.version_numbered(tx, plan.id, version)
        if row is None:
            raise NotThereError
        found = read_version(tx, plan, row)
        paper = _paper(tx, found)
        log_act(tx, site, viewer, "download_plan", f"{year} v{version}")
    note_views(site, viewer, found.officer_ids)
    if ending == "docx":
        return PlanFile((), (), site.documents.run(plan_docx, paper))
    about: list[Fact] = [
        ("Isi", f"Rencana pengembangan kompetensi {year}"),
        ("Versi", version),
        ("Status", "ditetapkan" if found.fixing else "rancangan, belum ditetapkan"),
    ]
    return PlanFile((law_sheet(paper.rows), _money_sheet(paper)), about, b"")


def _paper(session: Session, found: Version) -> PlanPaper:
    agency = session.get_one(Agency, found.plan.agency_id)
    units = {unit.id: unit for unit in roster.units_of_agency(session, found.plan.agency_id)}
    posts = _posts(session, found)
    lines = sorted(
        ((one, seat) for one in found.bought for seat in one.seats),
        key=lambda pair: (-pair[1].gain, pair[1].officer.name, pair[0].run.run.starts_on),
    )
    fixing = found.fixing
    return PlanPaper(
        year=found.plan.year,
        agency=agency.name,
        number=found.version.number,
        rows=tuple(
            _row(found, units, posts, place, *pair) for place, pair in enumerate(lines, start=1)
        ),
        money=tuple(
            (KIND_OF_MONEY[kind][0], found.money[kind], found.limits[kind]) for kind in MONEY
        ),
        fixed=(fixing.name, fixing.position, local_day(fixing.fixed_at)) if fixing else None,
        is_demo=agencies.any_is_demo(session),
    )


def _posts(session: Session, found: Version) -> Mapping[int, Sequence[OfficerCompetence]]:
    """What officers' posts ask for, by officer; the present post first."""
    posts: dict[int, list[OfficerCompetence]] = {}
    for row in needs.competences_of(
        session, agency_id=found.plan.agency_id, officer_ids=found.officer_ids
    ):
        posts.setdefault(row.officer_id, []).append(row)
    return posts


def _missing(rows: Sequence[OfficerCompetence]) -> str:
    """Competences below what a post asks for; what was never assessed is no gap."""
    return "; ".join(
        f"{row.competence}: tingkat {row.held} dari {row.needed}"
        + (f" (jabatan berikutnya: {row.title})" if row.post == "next" else "")
        for row in rows
        if row.held is not None and row.held < row.needed
    )


def _row(
    found: Version,
    units: Mapping[int, Unit],
    posts: Mapping[int, Sequence[OfficerCompetence]],
    place: int,
    one: Bought,
    seat: Seat,
) -> Mapping[str, Cell]:
    run, training = one.run.run, one.run.training
    asked = posts.get(seat.officer.id, ())
    gaps = [f"{item_name(item)[0]} −{number(gap, 1)}" for item, gap in seat.needs.items()]
    known = {row["training"]: row["known"] for row in found.facts["forecast"]["trainings"]}
    days = long_date(run.starts_on)
    if run.ends_on != run.starts_on:
        days += f" s.d. {long_date(run.ends_on)}"
    return {
        "no": place,
        "nip": seat.officer.nip,
        "nama": seat.officer.name,
        "jabatan": next((row.title for row in asked if row.post == "present"), ""),
        "unit": units[seat.officer.unit_id].name if seat.officer.unit_id in units else "",
        "jenis_kompetensi": COMPETENCE_OF_KIND.get(training.kind, "teknis"),
        "kompetensi": ", ".join(training.competences),
        "kesenjangan_kompetensi": _missing(asked),
        "kesenjangan_kinerja": "; ".join(gaps),
        "bukti": "penilaian masyarakat" if gaps else "JP tahun ini belum terpenuhi",
        "prioritas": place,
        "jalur": TRAINING_KINDS[training.kind][0],
        "nama_pelatihan": training.title
        if known.get(training.code)
        else f"{training.title} (pengaruhnya belum diketahui)",
        "penyelenggara": training.provider,
        "jadwal": days,
        "jp": run.jp,
        "biaya_kontribusi": run.fee,
        "biaya_perjalanan": run.travel,
        "uang_harian": run.daily,
        "sumber_dana": found.plan.funding if one.price else "tanpa biaya",
        "cara_pilih": f"undian: {len(one.seats)} memenuhi syarat, {run.bought} kursi"
        if run.is_by_lot
        else "semua yang memenuhi syarat",
    }


def _money_sheet(paper: PlanPaper) -> Sheet:
    return Sheet("Uang", ("Jenis", "Direncanakan", "Anggaran"), paper.money)
