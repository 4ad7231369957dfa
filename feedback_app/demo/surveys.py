"""The demo's surveys: closed quarters, the running one, plans, and older results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from feedback_app.demo import office
from feedback_app.demo.people import at_nine, viewer_named
from feedback_app.demo.places import Places
from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.roles import Role
from feedback_app.domain.survey import Span, span_of
from feedback_app.services.access.people import Viewer
from feedback_app.services.site import Site
from feedback_app.services.survey import follow_up
from feedback_app.services.survey import periods as surveys
from feedback_app.services.survey.closing import close_survey
from feedback_app.storage.queries import surveys as queries

OLDER_QUARTERS = 4
# Means of the older results, in the order of OFFICIAL_KEYS: made up, a little worse than today.
OLDER_MEANS = (3.12, 2.98, 2.81, 3.86, 3.14, 3.09, 3.11, 2.94, 3.27)
SIGNER = {
    "place": "Muara Contoh",
    "position": "Kepala Dinas Dukcapil Kabupaten Contoh",
    "name": "Contoh Kepala Dinas, S.Sos., M.Si.",
    "rank": "Pembina Utama Muda",
    "nip": "",
}
# element, cause, action, days after the survey's end, who, status, note
Plan = tuple[str, str, str, int, str, str, str]
# Of the last three closed quarters, oldest first: nothing is both done and under way.
PLANS: tuple[tuple[Plan, ...], ...] = (
    (
        (
            "waktu",
            "Antrean menumpuk pada hari Senin dan sesudah hari libur.",
            "Membuka loket tambahan pada Senin pagi dan mengumumkan jam sepi.",
            75,
            "Kepala Seksi Identitas Penduduk",
            "done",
            "Loket tambahan dibuka setiap Senin pukul 08.00–11.00.",
        ),
        (
            "sarana",
            "Ruang tunggu panas pada siang hari.",
            "Memasang empat kipas angin di ruang tunggu.",
            120,
            "Kepala Subbagian Umum",
            "done",
            "Kipas angin sudah dipasang.",
        ),
    ),
    (
        (
            "persyaratan",
            "Daftar syarat di papan dan di loket tidak sama.",
            "Menyamakan daftar syarat di papan, brosur, dan loket.",
            60,
            "Kepala Seksi Pelayanan",
            "done",
            "Daftar baru berlaku di semua loket.",
        ),
        (
            "pengaduan",
            "Kotak saran jarang dibuka.",
            "Membuka kotak saran setiap Jumat dan menempelkan jawabannya.",
            90,
            "Kepala Subbagian Umum",
            "done",
            "Jawaban ditempel di papan pengumuman.",
        ),
    ),
    (
        (
            "sarana",
            "Kursi tunggu kurang pada jam ramai.",
            "Menambah 24 kursi tunggu.",
            120,
            "Kepala Subbagian Umum",
            "running",
            "Kursi sudah dipesan.",
        ),
        (
            "prosedur",
            "Alur dan syarat hanya dijelaskan di loket.",
            "Memasang papan alur dan syarat setiap layanan di pintu masuk.",
            90,
            "Kepala Seksi Pelayanan",
            "planned",
            "",
        ),
    ),
)


def add_surveys(site: Site, places: Places, *, first: date, last: date) -> int:
    """Add everything as the supervisors would have; return how many surveys are closed."""
    quarters = _quarters(first, last)
    closed = 0
    supervised = {
        username: places.units[code]
        for username, _name, role, units in office.LOGINS
        for code in units
        if role == Role.SUPERVISOR
    }
    for username, unit_id in supervised.items():
        viewer = viewer_named(site, username, unit_ids=frozenset({unit_id}))
        _add_older(site, viewer, unit_id, before=quarters[0])
        ended = [quarter for quarter in quarters if quarter.last <= last]
        plans = dict(zip(reversed(ended), reversed(PLANS), strict=False))
        for quarter in quarters:
            opened = _open(site, viewer, unit_id, quarter)
            if quarter not in ended:
                continue
            later = at_nine(site, quarter.last + timedelta(days=4))
            close_survey(later, viewer, opened)
            closed += 1
            _add_plans(later, viewer, opened, quarter, plans.get(quarter, ()))
    return closed


def _quarters(first: date, last: date) -> list[Span]:
    """Quarters that begin within the data; the last one is still running."""
    quarters = []
    for year in range(first.year, last.year + 1):
        for part in (1, 2, 3, 4):
            quarter = span_of("quarter", year=year, part=part)
            if first <= quarter.first <= last:
                quarters.append(quarter)
    return quarters


def _open(site: Site, viewer: Viewer, unit_id: int, quarter: Span) -> int:
    chosen = surveys.Settings(
        unit_id=unit_id,
        span=quarter,
        weight="1/9",
        order="sarana_8",
        meaning="period",
        population=None,
    )
    at = at_nine(site, quarter.first)
    survey_id = surveys.open_survey(at, viewer, chosen)
    surveys.sign_survey(at, viewer, survey_id, SIGNER)
    return survey_id


def _add_plans(
    site: Site, viewer: Viewer, survey_id: int, quarter: Span, plans: Sequence[Plan]
) -> None:
    for element, cause, action, days, who, status, note in plans:
        values = {
            "element": element,
            "cause": cause,
            "action": action,
            "due": quarter.last + timedelta(days=days),
            "responsible": who,
            "status": status,
            "note": note,
        }
        follow_up.add_plan(site, viewer, survey_id, values)


def _add_older(site: Site, viewer: Viewer, unit_id: int, *, before: Span) -> None:
    spans: list[Span] = []
    end = before.first - timedelta(days=1)
    for _ in range(OLDER_QUARTERS):
        part = (end.month - 1) // 3 + 1
        spans.insert(0, span_of("quarter", year=end.year, part=part))
        end = spans[0].first - timedelta(days=1)
    with site.db.transaction() as tx:
        queries.save_past_results(tx, [_older(viewer, unit_id, s, i) for i, s in enumerate(spans)])


def _older(viewer: Viewer, unit_id: int, span: Span, place: int) -> dict[str, object]:
    means: Sequence[float] = [mean + 0.02 * place for mean in OLDER_MEANS]
    return {
        "agency_id": viewer.agency_id,
        "unit_id": unit_id,
        "first_day": span.first,
        "last_day": span.last,
        "respondents": 180 + 17 * place,
        "nrr": {key: f"{min(mean, 4):.2f}" for key, mean in zip(OFFICIAL_KEYS, means, strict=True)},
        "weight": "1/9",
    }
