"""The office after a year: ratings, comments, surveys, plans, trainings, visits, a study."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import update

from feedback_app.domain.codes import place_code
from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.domain.form_sets import EARLY
from feedback_app.domain.survey import Span
from feedback_app.files.kinds import KINDS
from feedback_app.services.access.log_in import log_in
from feedback_app.services.access.people import Viewer
from feedback_app.services.access.sessions import viewer_of_session
from feedback_app.services.impact.study import run_first_study
from feedback_app.services.imports import office as imports
from feedback_app.services.lots import lists
from feedback_app.services.needs import own, unit
from feedback_app.services.needs.decisions import Told, decide
from feedback_app.services.plan import plans, runs
from feedback_app.services.plan.fixing import fix_version
from feedback_app.services.roster.day import Wanted, change_day, day_view
from feedback_app.services.roster.own_days import add_days
from feedback_app.services.site import Site
from feedback_app.services.survey import closing, follow_up, periods
from feedback_app.services.trainings.partners import Told as Partner
from feedback_app.services.trainings.partners import save_partner
from feedback_app.storage import bulk, comments
from feedback_app.storage.models import Tally
from tests.ground.lots import DAYS, add_attendance, add_course, drawn_lot, hana, make_list
from tests.ground.need_rows import add_need
from tests.ground.office import PASSWORD, TODAY, Office, add_ratings, rating_row
from tests.ground.plans import YEAR, begin_plan, hr_of, solved, told_run
from tests.ground.scores import add_scores

SPRING = Span(date(2026, 4, 1), date(2026, 6, 30))  # over, and still open
SUMMER = Span(date(2026, 7, 1), date(2026, 9, 30))
AUTUMN = Span(date(2026, 10, 1), date(2026, 12, 31))


def fill_office(site: Site, office: Office) -> None:
    """Something on every page, so that a walk over them meets real rows."""
    add_ratings(site, office, 30, day=date(2026, 7, 2), waktu=2)
    add_ratings(site, office, 12, day=date(2026, 8, 3), prosedur=4, sex="female")
    add_ratings(site, office, 14, day=TODAY, biaya=4)
    add_ratings(site, office, 3, day=TODAY, state="held")
    _add_comments(site, office)
    add_scores(site, office)
    with site.db.transaction() as tx:  # those scores are about officers only: no complete forms
        tx.execute(update(Tally).where(Tally.c.skm_n == 0).values(form_set=EARLY))
    _import(site, office, "visits", "tanggal;loket;layanan;jumlah\n1-7-2026;A1;ktp;400\n")
    names = ";".join(OFFICIAL_KEYS)
    past = f"unit;mulai;selesai;responden;{names}\nA;01-01-2025;30-06-2025;214" + ";3,21" * 9
    _import(site, office, "past-results", past)
    _run_surveys(site, office)
    fill_rooms(site, office)


def fill_rooms(site: Site, office: Office) -> None:
    """What needs no rating: happenings, roster, plan, study, lots, needs, posts, a partner."""
    machine = "loket;jenis;mulai;selesai;keterangan\nA1;mesin;1-11-2026;;Mesin baru\n"
    _import(site, office, "happenings", machine)
    _change_roster(site, office)
    _plan(site, office)
    run_first_study(site, office.agency_id)
    _draw_lots(site, office)
    _add_needs(site, office)


def _add_needs(site: Site, office: Office) -> None:
    """A place handed over, a question, two proposals, what posts ask for, a partner."""
    place = add_need(site, office, nature="process")
    add_need(site, office, level="officer", ref_id=office.officer["Sari"], nature="ask")
    hana, alice = hr_of(site, office), _viewer(site, "alice")
    decide(site, hana, place, Told("mend", "Ganti printer", 0))
    told = {"item": "informasi", "nature": "training", "words": "Bahasa sederhana"}
    unit.propose(site, alice, place=f"counter:{office.counter['A1']}", training="", **told)
    own.propose(site, _viewer(site, "oki"), item="perilaku", words="Bahasa isyarat", training="")
    nip = "19800101201001200"
    posts = f"nip;untuk;jabatan;kompetensi;diperlukan;dimiliki\n{nip}0;sekarang;Pengelola;Komunikasi;3;1\n"
    _import(site, office, "competences", posts)
    partner = Partner("Universitas Uji", "PKS 1/2026", date(2026, 1, 1), date(2026, 12, 31))
    save_partner(site, hana, partner, partner_id=None)


def place_codes(office: Office, *, key: bytes) -> list[str]:
    """What is printed on the cards."""
    return [place_code(number, 1, key=key) for number in office.number.values()]


def _add_comments(site: Site, office: Office) -> None:
    for place in range(7):
        rating_id, day = f"{place:032x}", date(2026, 7, 2 + place)
        add_ratings(site, office, 1, id=rating_id, day=day, perilaku=2)
        row = rating_row(office) | {"day": day, "for_officer": True}
        words = f"Saran {place}: tambah kursi"
        comment = comments.comment_row(row, words, day=day, comment_id=f"{place + 100:032x}")
        with site.db.transaction() as tx:
            bulk.add_rows(tx, "comment", [comment])


def _import(site: Site, office: Office, kind: str, text: str) -> None:
    done = imports.import_records(
        site, KINDS[kind], text.encode(), agency_id=office.agency_id, by=None
    )
    assert done.is_saved, done.errors


def _run_surveys(site: Site, office: Office) -> None:
    alice = _viewer(site, "alice")
    for span in (SUMMER, AUTUMN, SPRING):
        chosen = periods.Settings(office.unit["A"], span, "1/9", "sarana_8", "period", 100)
        survey_id = periods.open_survey(site, alice, chosen)
        if span is SUMMER:
            signer = {"place": "Muara", "position": "Kepala", "name": "Nama, S.Sos."}
            periods.sign_survey(site, alice, survey_id, signer)
            closing.close_survey(site, alice, survey_id)
            plan = {"element": "waktu", "cause": "Antrean", "action": "Loket kedua"}
            plan |= {"responsible": "Kepala Seksi", "status": "planned", "note": ""}
            follow_up.add_plan(site, alice, survey_id, plan | {"due": date(2026, 12, 1)})


def _change_roster(site: Site, office: Office) -> None:
    """A change that can be taken back, one of an older day that waits, and a closed day."""
    alice, officer_id = _viewer(site, "alice"), office.officer["Sari"]
    for days in (1, -7):
        on = TODAY + timedelta(days=days)
        seen = day_view(site, alice, "A1", on).seen
        wanted = Wanted(seen, None, None, officer_id, time(8), time(12), "lupa dicatat")
        change_day(site, alice, "A1", on, "add", wanted)
    ahead, unit_id = TODAY + timedelta(days=30), office.unit["A"]
    add_days(
        site, alice, kind="closed", first=ahead, last=ahead, unit_id=unit_id, name="Rapat kerja"
    )


def _plan(site: Site, office: Office) -> None:
    """A plan with a version that holds and a draft, a floor, and a run that was withdrawn."""
    hana = hr_of(site, office)
    begin_plan(site, office, hana)
    plans.set_floor(site, hana, YEAR, counter="A1", floor=1, first=None, last=None)
    gone = told_run(starts_on=date(YEAR, 5, 4), ends_on=date(YEAR, 5, 4))
    runs.add_run(site, hana, YEAR, gone)
    runs.withdraw_run(site, hana, YEAR, runs.candidates(site, hana, YEAR).lines[-1].run.id)
    solved(site, hana)
    solved(site, hana)
    fix_version(site, hana, YEAR, 1, name="Kepala Dinas", position="Kepala", seen=0)


def _draw_lots(site: Site, office: Office) -> None:
    """A draft, a frozen list and a draw; a course that Sari came back from."""
    add_course(site, office, people=len(office.officer), seats=1)
    make_list(site, office, seats=3)
    frozen = make_list(site, office, seats=1, days=DAYS[2:])  # a date is drawn once
    lists.freeze_list(site, hana(site), frozen)
    drawn_lot(site, office, seats=2, days=DAYS[:2])
    add_attendance(site, office, "Sari", TODAY - timedelta(days=20))


def _viewer(site: Site, username: str) -> Viewer:
    secret = log_in(site, username=username, password=PASSWORD)
    found = viewer_of_session(site, secret)
    assert found is not None
    return found
