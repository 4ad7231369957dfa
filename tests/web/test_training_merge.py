"""A training that was entered twice becomes one: nothing recorded is lost, old codes stay known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from feedback_app.services.site import Site
from feedback_app.storage.models import Attendance, AuditEntry, Training, TrainingRun
from tests.conftest import Browser
from tests.web.test_trainings import HOME, SARI, add_training, attendance, send, upload

PAGE = "/staf/pelatihan/prima-2/gabung"


@pytest.fixture
def hana(browse: Callable[[], Browser]) -> Browser:
    """HR, with one course under two codes: one day in both, Sari in both on it."""
    hana = browse().log_in("hana")
    add_training(hana, cost="")
    add_training(hana, code="prima-2", title="Bimtek Pelayanan Prima", jp="", cost="5000000")
    add_training(hana, code="lain", title="Arsip digital")
    head = "nip;pelatihan;tanggal_mulai;tanggal_selesai;jp;alasan;sertifikat"
    rows = [
        f"{SARI};prima;02-03-2026;02-03-2026;20;;",
        f"{SARI};prima-2;02-03-2026;04-03-2026;24;undian;7/X",
        f"{SARI};prima-2;05-05-2026;05-05-2026;24;undian;8/X",
    ]
    assert upload(hana, "attendance", "\n".join([head, *rows]).encode())[0] == 200
    return hana


def test_the_similar_title_is_offered_first(hana: Browser) -> None:
    page = hana.get(PAGE).get_data(as_text=True)
    near, others = page.split('<select id="ke"')
    assert "Pelayanan prima</a>" in near
    assert "Arsip digital" in others
    assert "Pelayanan prima" not in others


def test_two_become_one_and_nothing_recorded_is_lost(hana: Browser, site: Site) -> None:
    page = hana.get(f"{PAGE}?ke=prima").get_data(as_text=True)
    assert "2 jadwal pindah" in page
    assert "1 peserta tercatat di keduanya" in page
    with site.db.read() as session:
        assert len(session.scalars(select(Attendance)).all()) == 3  # a look changes nothing
    status, page = send(hana, PAGE, f"{PAGE}?ke=prima", into="prima")
    assert status == 302
    assert "digabung ke" in page
    with site.db.read() as session:
        kept = session.scalars(select(Training).where(Training.code == "prima")).one()
        rows = session.execute(
            select(TrainingRun, Attendance)
            .join(Attendance, Attendance.run_id == TrainingRun.id)
            .order_by(TrainingRun.starts_on)
        ).all()
        runs = session.scalars(select(TrainingRun)).all()
        acts = session.scalars(select(AuditEntry.action)).all()
    assert (kept.jp, kept.cost) == (20, 5_000_000)  # own first, what was empty from the other
    assert {run.training_id for run in runs} == {kept.id}
    assert [(run.starts_on, run.ends_on) for run, _ in rows] == [
        (date(2026, 3, 2), date(2026, 3, 4)),
        (date(2026, 5, 5), date(2026, 5, 5)),
    ]
    assert [(a.jp, a.reason, a.certificate) for _, a in rows] == [
        (20, "lot", "7/X"),
        (24, "lot", "8/X"),
    ]
    assert "merge_trainings" in acts


def test_how_an_effect_was_to_be_judged_goes_along(hana: Browser, site: Site) -> None:
    """Both have a run on 2 March; only the one that goes had its judging written down."""
    with site.db.transaction() as tx:
        gone = tx.scalars(select(Training).where(Training.code == "prima-2")).one()
        runs = tx.scalars(select(TrainingRun).where(TrainingRun.starts_on == date(2026, 3, 2)))
        for run in runs:
            is_gone = run.training_id == gone.id
            run.planned_elements = ["perilaku"] if is_gone else None
            run.planned_horizon = 6 if is_gone else None
            run.planned_on = date(2026, 2, 1) if is_gone else None
    assert send(hana, PAGE, f"{PAGE}?ke=prima", into="prima")[0] == 302
    with site.db.read() as session:
        asked = select(TrainingRun).where(TrainingRun.starts_on == date(2026, 3, 2))
        run = session.scalars(asked).one()
    assert (run.planned_elements, run.planned_horizon) == (["perilaku"], 6)
    assert run.planned_on == date(2026, 2, 1)


def test_the_old_code_is_known_to_files_and_addresses_but_not_in_the_list(
    hana: Browser, site: Site
) -> None:
    send(hana, PAGE, f"{PAGE}?ke=prima", into="prima")
    assert "prima-2" not in hana.get(HOME).get_data(as_text=True)
    assert "Pelayanan prima" in hana.get("/staf/pelatihan/prima-2").get_data(as_text=True)
    status, page = upload(hana, "attendance", attendance(f"{SARI};prima-2;06-07-2026;8;"))
    assert (status, "1 baru" in page) == (200, True)
    with site.db.read() as session:
        gone = session.scalars(select(Training).where(Training.code == "prima-2")).one()
        own = select(TrainingRun).where(TrainingRun.training_id == gone.id)
        assert session.scalars(own).all() == []
    file = b"kode;judul;jenis\nprima-2;Baru lagi;kursus"
    status, page = upload(hana, "trainings", file)
    assert status == 422
    assert "sudah digabung ke prima; pakai kode itu" in page
    status, page = add_training(hana, code="prima-2", title="Baru lagi")
    assert (status, "Kode pelatihan ini sudah dipakai." in page) == (422, True)


def test_a_chain_of_merges_leads_to_the_last(hana: Browser) -> None:
    send(hana, PAGE, f"{PAGE}?ke=prima", into="prima")
    path = "/staf/pelatihan/prima/gabung"
    assert send(hana, path, f"{path}?ke=lain", into="lain")[0] == 302
    assert "Arsip digital" in hana.get("/staf/pelatihan/prima-2").get_data(as_text=True)
    status, page = upload(hana, "attendance", attendance(f"{SARI};prima-2;06-07-2026;8;"))
    assert (status, "1 baru" in page) == (200, True)


def test_what_cannot_be_merged_is_said(hana: Browser) -> None:
    for into, words in (("prima-2", "Pilih pelatihan yang lain."), ("x", "tidak ada")):
        status, page = send(hana, PAGE, f"{PAGE}?ke=prima", into=into)
        assert (status, words in page) == (422, True)
        assert hana.get(f"{PAGE}?ke={into}").status_code == 422
    send(hana, PAGE, f"{PAGE}?ke=prima", into="prima")
    assert hana.get(PAGE).status_code == 404  # somebody merged it meanwhile
    token = hana.csrf(HOME.replace("pelatihan/", "pelatihan/baru"))
    again = hana.post(PAGE, data={"csrf_token": token, "into": "prima"})
    assert again.status_code == 404
