"""The roster's pages: a week, a counter's day, changes by one and by two, days off, patterns."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roster_plans import hours_text
from feedback_app.services.site import Site
from feedback_app.storage import bulk
from feedback_app.storage.models import AuditEntry, RosterProposal, Shift
from feedback_app.storage.queries.roster import duty_of
from tests.conftest import Browser, SteppedClock
from tests.ground.office import TODAY, Office
from tests.web.test_visit_day import choices

YESTERDAY, EARLIER = TODAY - timedelta(days=1), TODAY - timedelta(days=2)
TOMORROW = TODAY + timedelta(days=1)
WEEK = "/staf/jadwal/"


def day_path(counter: str = "A1", day: date = TODAY) -> str:
    return f"/staf/jadwal/loket/{counter}/{day}"


def on_duty(
    site: Site, office: Office, officer: str, day: date, counter: str = "A1", end: int = 16
) -> int:
    """A shift from 8, recorded a week ago; its number."""
    row = {
        "agency_id": office.agency_id,
        "officer_id": office.officer[officer],
        "counter_id": office.counter[counter],
        "starts_at": local_instant(day, time(8)),
        "ends_at": local_instant(day, time(end)),
        "recorded_at": site.now() - timedelta(days=7),
        "withdrawn_at": None,
    }
    with site.db.transaction() as tx:
        return bulk.add_rows(tx, "shift", [row])[0]


def standing(site: Site, office: Office, day: date, counter: str = "A1") -> list[str]:
    """Who stands there, as "Sari 08.00–13.00"."""
    names = {number: name for name, number in office.officer.items()}
    with site.db.read() as session:
        rows = session.scalars(
            select(Shift)
            .where(Shift.counter_id == office.counter[counter], Shift.withdrawn_at.is_(None))
            .order_by(Shift.starts_at, Shift.id)
        )
        shifts = [duty_of(row) for row in rows]
    since = local_instant(day, time(0))
    here = [s for s in shifts if since <= s.starts_at < since + timedelta(days=1)]
    return [f"{names[s.officer_id]} {hours_text(s)}" for s in here]


def number_of(site: Site, office: Office, officer: str, day: date = TODAY) -> int:
    """The standing shift of an officer on a day."""
    since = local_instant(day, time(0))
    with site.db.read() as session:
        rows = session.scalars(
            select(Shift.id).where(
                Shift.officer_id == office.officer[officer],
                Shift.withdrawn_at.is_(None),
                Shift.starts_at.between(since, since + timedelta(days=1)),
            )
        )
        return rows.one()


def send(browser: Browser, path: str, seen: str | None = None, **fields: object) -> int:
    """Fill the act's form as it is shown, and send it; the answer's status."""
    page = browser.get(path).get_data(as_text=True)
    mark = seen if seen is not None else re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    data = {"seen": mark if isinstance(mark, str) else mark[1] if mark else ""}
    data["csrf_token"] = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post(path, data=data | {k: str(v) for k, v in fields.items()})
    return answer.status_code


def undo_latest(browser: Browser, path: str) -> str:
    """Press the first "Batalkan" of a page; what the next page says."""
    page = browser.get(path).get_data(as_text=True)
    found = re.search(r'action="(/staf/jadwal/perubahan/\d+/batalkan)"', page)
    assert found
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post(found[1], data={"csrf_token": token, "hari": str(TODAY)})
    assert answer.status_code == 302
    return browser.get(answer.location).get_data(as_text=True)


def test_the_week_shows_counters_by_days_and_only_the_own_units(
    browse: Callable[[], Browser], office: Office
) -> None:
    alice = browse().log_in("alice").get(WEEK).get_data(as_text=True)
    assert "Ibu Sari" in alice
    assert "Loket A2" in alice
    assert "Loket B1" not in alice
    charlie = browse().log_in("charlie").get(WEEK).get_data(as_text=True)
    assert "Loket B1" in charlie
    assert "Loket A1" not in charlie
    assert browse().log_in("charlie").get(day_path()).status_code == 404
    dina = browse().log_in("dina").get(WEEK + "?unit=B").get_data(as_text=True)
    assert "Loket B1" in dina
    assert "Loket A1" not in dina


@pytest.mark.parametrize("bad", ["2026-13-40", "x", "0001-01-01", "9999-12-31"])
def test_an_odd_day_or_act_is_not_there(browse: Callable[[], Browser], bad: str) -> None:
    alice = browse().log_in("alice")
    assert alice.get(f"/staf/jadwal/loket/A1/{bad}").status_code == 404
    assert alice.get(f"{WEEK}?hari={bad}").status_code == 200
    assert alice.get(day_path() + "/terbang").status_code == 404
    assert alice.get("/staf/jadwal/unduh.pdf").status_code == 404


def test_an_officer_falls_ill_and_the_form_follows_from_that_moment(
    browse: Callable[[], Browser],
    site: Site,
    office: Office,
    clock: SteppedClock,
    place: str,
    citizen: Browser,
) -> None:
    """13:05: Andi has come at 13. At 13:10 he goes home ill and Sari comes back for him."""
    path = day_path() + "/ganti"
    andi = number_of(site, office, "Andi")
    alice = browse().log_in("alice")
    before = choices(citizen.get(f"/q/{place}").get_data(as_text=True))
    clock.at += timedelta(minutes=5)
    sari = office.officer["Sari"]
    assert send(alice, path, shift=andi, officer=sari, starts="13:10") == 302
    assert standing(site, office, TODAY) == [
        "Sari 08.00–13.00",
        "Andi 13.00–13.10",
        "Sari 13.10–16.00",
    ]
    clock.at += timedelta(minutes=1)
    after = choices(browse().get(f"/q/{place}").get_data(as_text=True))
    assert {value for value, _ in before} == {value for value, _ in after}
    clock.at += timedelta(hours=1)
    assert choices(browse().get(f"/q/{place}").get_data(as_text=True))[0] == (
        f"o{sari}",
        "Ibu Sari",
    )


def test_a_swap_an_early_end_and_a_removal(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    on_duty(site, office, "Sari", TOMORROW)
    on_duty(site, office, "Dewi", TOMORROW, "A2")
    alice, path = browse().log_in("alice"), day_path(day=TOMORROW)
    one, other = (number_of(site, office, name, TOMORROW) for name in ("Sari", "Dewi"))
    assert send(alice, path + "/tukar", shift=one, other=other, starts="08:00") == 302
    assert standing(site, office, TOMORROW) == ["Dewi 08.00–16.00"]
    assert standing(site, office, TOMORROW, "A2") == ["Sari 08.00–16.00"]
    dewi = number_of(site, office, "Dewi", TOMORROW)
    assert send(alice, path + "/selesai", shift=dewi, ends="10:00") == 302
    assert standing(site, office, TOMORROW) == ["Dewi 08.00–10.00"]
    dewi = number_of(site, office, "Dewi", TOMORROW)
    assert send(alice, path + "/hapus", shift=dewi) == 302
    assert standing(site, office, TOMORROW) == []
    andi = office.officer["Andi"]
    assert send(alice, path + "/tambah", officer=andi, starts="08:00", ends="12:00") == 302
    assert standing(site, office, TOMORROW) == ["Andi 08.00–12.00"]


@pytest.mark.parametrize(
    ("asked", "shown"), [("08:30", "08:30"), ("2147483647", ""), ("25:00", ""), ("pagi", "")]
)
def test_a_time_in_the_address_fills_the_form_only_if_it_is_one(
    browse: Callable[[], Browser], office: Office, asked: str, shown: str
) -> None:
    page = browse().log_in("alice").get(f"{day_path(day=TOMORROW)}/tambah?mulai={asked}")
    assert page.status_code == 200
    field = re.search(r'<input[^>]*name="starts"[^>]*>', page.get_data(as_text=True))
    assert field is not None
    value = re.search(r'value="([^"]*)"', field.group())
    assert (value.group(1) if value else "") == shown


def test_what_cannot_be_is_said_beside_its_field(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    alice, path = browse().log_in("alice"), day_path()
    sari, dewi = number_of(site, office, "Sari"), office.officer["Dewi"]
    assert send(alice, path + "/ganti", shift=sari, officer=dewi, starts="09:00") == 422  # at A2
    assert send(alice, path + "/ganti", shift=sari, officer="", starts="09:00") == 422
    assert send(alice, path + "/ganti", shift=sari, officer=dewi, starts="15:00") == 422
    assert send(alice, path + "/selesai", shift=sari, ends="08:00") == 422
    assert send(alice, path + "/tambah", officer=dewi, starts="17:00", ends="16:30") == 422
    assert send(alice, path + "/hapus", shift=999_999) == 422
    assert standing(site, office, TODAY) == ["Sari 08.00–13.00", "Andi 13.00–16.00"]


def test_two_who_edit_one_day_the_second_sees_it_and_loses_nothing(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    on_duty(site, office, "Sari", TOMORROW)
    first, second = browse().log_in("alice"), browse().log_in("bob")
    path, shift = day_path(day=TOMORROW), number_of(site, office, "Sari", TOMORROW)
    form = second.get(f"{path}/ganti?giliran={shift}").get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', form)
    assert seen
    assert send(first, path + "/selesai", shift=shift, ends="12:00") == 302
    andi = office.officer["Andi"]
    data = {"seen": seen[1], "shift": shift, "officer": andi, "starts": "09:30"}
    data["csrf_token"] = form.split('name="csrf_token" value="')[1].split('"')[0]
    answer = second.post(path + "/ganti", data=data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Alice" in page  # who it was
    assert "08.00–12.00" in page  # how it stands now
    assert f'<option selected value="{andi}">' in page
    assert 'value="09:30"' in page
    assert standing(site, office, TOMORROW) == ["Sari 08.00–12.00"]
    again = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert again
    data |= {"seen": again[1], "shift": number_of(site, office, "Sari", TOMORROW)}
    assert second.post(path + "/ganti", data=data).status_code == 302
    assert standing(site, office, TOMORROW) == ["Sari 08.00–09.30", "Andi 09.30–12.00"]


def test_a_change_is_logged_shown_and_taken_back_once(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    alice, path = browse().log_in("alice"), day_path()
    sari = number_of(site, office, "Sari")
    assert send(alice, path + "/selesai", shift=sari, ends="12:00") == 302
    page = alice.get(path).get_data(as_text=True)
    assert "mengakhiri lebih awal" in page
    assert "Alice" in page
    assert "Perubahan dibatalkan" in undo_latest(alice, path)
    assert standing(site, office, TODAY) == ["Sari 08.00–13.00", "Andi 13.00–16.00"]
    with site.db.read() as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "change_roster")).all()
    assert [entry.detail["change"] for entry in acts] == ["end_early", "undo"]
    assert "dibatalkan" in alice.get(path).get_data(as_text=True)


def test_an_older_day_needs_the_other_role(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    shift = on_duty(site, office, "Sari", EARLIER)
    alice, bob, dina = (browse().log_in(name) for name in ("alice", "bob", "dina"))
    path = day_path(day=EARLIER)
    assert send(alice, path + "/selesai", shift=shift, ends="12:00") == 422  # no reason given
    sent = send(alice, path + "/selesai", shift=shift, ends="12:00", reason="Pulang karena sakit")
    assert sent == 302
    assert standing(site, office, EARLIER) == ["Sari 08.00–16.00"]
    with site.db.read() as session:
        (number,) = session.scalars(select(RosterProposal.id))
    where = f"/staf/jadwal/usulan/{number}"

    def press(browser: Browser, do: str) -> int:
        token = browser.csrf("/staf/jadwal/libur")
        return browser.post(where, data={"csrf_token": token, "do": do}).status_code

    assert press(alice, "confirm") == 404
    assert press(bob, "confirm") == 404  # the same role
    assert browse().log_in("charlie").get(where).status_code == 404
    assert "menunggu persetujuan Anda" in dina.get(WEEK).get_data(as_text=True)
    assert "Pulang karena sakit" in dina.get(where).get_data(as_text=True)
    assert press(dina, "confirm") == 302
    assert standing(site, office, EARLIER) == ["Sari 08.00–12.00"]
    page = alice.get(path).get_data(as_text=True)
    assert "disetujui Dina" in page
    assert "batalkan" not in page  # no one person takes it back
    assert press(dina, "refuse") == 302  # it is decided: told, and nothing changes
    assert "tidak dapat dijalankan lagi" in dina.get(WEEK).get_data(as_text=True)
    assert standing(site, office, EARLIER) == ["Sari 08.00–12.00"]


def test_an_absence_finds_its_shifts_and_keeps_who_is_away_off_the_roster(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    shift = on_duty(site, office, "Sari", TOMORROW)
    old = on_duty(site, office, "Sari", EARLIER)
    alice, sari, andi = browse().log_in("alice"), office.officer["Sari"], office.officer["Andi"]
    path = f"/staf/jadwal/berhalangan?petugas={sari}&dari={EARLIER}&sampai={TOMORROW}"
    page = alice.get(path).get_data(as_text=True)
    assert page.count("tidak diganti") == 3
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    data = fields | {f"g{shift}": str(andi), "reason": "sakit"}
    assert alice.post("/staf/jadwal/berhalangan", data=data).status_code == 302
    assert standing(site, office, TOMORROW) == ["Andi 08.00–16.00"]
    assert standing(site, office, TODAY) == ["Andi 13.00–16.00"]
    assert standing(site, office, EARLIER) == ["Sari 08.00–16.00"]  # proposed only
    assert number_of(site, office, "Sari", EARLIER) == old
    adding = alice.get(day_path(day=TOMORROW) + "/tambah").get_data(as_text=True)
    assert "Ibu Sari" not in adding
    days = alice.get("/staf/jadwal/libur").get_data(as_text=True)
    assert "Ibu Sari berhalangan" in days
    ends = re.search(r'action="(/staf/jadwal/libur/\d+/akhiri)"', days)
    assert ends
    token = alice.csrf("/staf/jadwal/libur")
    assert alice.post(ends[1], data={"csrf_token": token}).status_code == 302
    assert "Ibu Sari" in alice.get(day_path(day=TOMORROW) + "/tambah").get_data(as_text=True)


def test_an_absence_goes_when_its_change_is_taken_back(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    on_duty(site, office, "Sari", TOMORROW)
    alice, sari = browse().log_in("alice"), office.officer["Sari"]
    path = f"/staf/jadwal/berhalangan?petugas={sari}&dari={TOMORROW}&sampai={TOMORROW}"
    page = alice.get(path).get_data(as_text=True)
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert alice.post("/staf/jadwal/berhalangan", data=fields).status_code == 302
    assert "Ibu Sari berhalangan" in alice.get("/staf/jadwal/libur").get_data(as_text=True)
    assert "Perubahan dibatalkan" in undo_latest(alice, day_path(day=TOMORROW))
    assert standing(site, office, TOMORROW) == ["Sari 08.00–16.00"]
    assert "Ibu Sari berhalangan" not in alice.get("/staf/jadwal/libur").get_data(as_text=True)


def test_a_pattern_is_filled_to_a_date_without_holidays_and_absences(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    """Christmas 2026 is a Friday, the 24th joint leave; Sari stands at A1 on the Tuesday only."""
    friday = TODAY + timedelta(days=3)
    on_duty(site, office, "Dewi", friday)
    alice = browse().log_in("alice")
    path = f"/staf/jadwal/salin?sumber={TODAY}&dari=2026-12-14&sampai=2026-12-27"
    page = alice.get(path).get_data(as_text=True)
    assert "Akan menambah 7, mengubah 0, menarik 0" in page  # 3 on two Tuesdays, one Friday
    assert "25-12-2026 libur (Hari Raya Natal); tidak diisi." in page
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    other = browse().log_in("bob")
    tuesday = day_path(day=date(2026, 12, 15)) + "/tambah"
    sent = send(other, tuesday, officer=office.officer["Sari"], starts="08:00", ends="09:00")
    assert sent == 302
    answer = alice.post("/staf/jadwal/salin", data=fields)
    assert answer.status_code == 409  # not as it was shown
    page = answer.get_data(as_text=True)
    assert "Akan menambah 6, mengubah 1, menarik 0" in page
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert alice.post("/staf/jadwal/salin", data=fields).status_code == 302
    assert standing(site, office, date(2026, 12, 15)) == ["Sari 08.00–13.00", "Andi 13.00–16.00"]
    assert standing(site, office, date(2026, 12, 18)) == ["Dewi 08.00–16.00"]
    assert standing(site, office, date(2026, 12, 25)) == []
    page = undo_latest(alice, f"{WEEK}?hari=2026-12-15")
    assert "Perubahan dibatalkan" in page
    assert standing(site, office, date(2026, 12, 15)) == ["Sari 08.00–09.00"]


def test_the_office_has_days_of_its_own(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    alice, dina = browse().log_in("alice"), browse().log_in("dina")
    path = "/staf/jadwal/libur"

    def add(browser: Browser, **changes: str) -> int:
        data = {"kind": "closed", "unit": "", "first": "2026-11-25", "last": "2026-11-26"}
        data |= {"name": "Pindah gedung", "csrf_token": browser.csrf(path)} | changes
        return browser.post(path, data=data).status_code

    assert add(alice) == 422  # every unit's days are the admin's
    assert add(alice, unit=str(office.unit["B"])) == 422
    assert add(alice, unit=str(office.unit["A"]), last="2026-11-24") == 422
    assert add(alice, unit=str(office.unit["A"])) == 302
    assert add(dina, first="2026-12-28", last="2026-12-28", kind="open", name="Buka") == 302
    assert "Pindah gedung" in alice.get(path).get_data(as_text=True)
    home = alice.get("/staf/loket/").get_data(as_text=True)
    assert "hari kerja berikutnya, 27 November 2026" in home
    assert browse().log_in("charlie").get(path).get_data(as_text=True).count("Pindah") == 0


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 27), "30 November 2026"),  # a Friday: not Saturday's empty counters
        (date(2026, 12, 23), "28 Desember 2026"),  # joint leave, Christmas, a weekend
    ],
)
def test_the_alert_knows_weekends_and_holidays(
    browse: Callable[[], Browser],
    clock: SteppedClock,
    office: Office,
    today: date,
    expected: str,
) -> None:
    clock.at = local_instant(today, time(9))
    page = browse().log_in("alice").get("/staf/loket/").get_data(as_text=True)
    assert set(re.findall(r"hari kerja berikutnya, ([^.]+)\.", page)) == {expected}


def test_the_admin_reads_fourteen_days_ahead_where_the_roster_ends(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    for days in range(1, 10):
        on_duty(site, office, "Sari", TODAY + timedelta(days=days))
    page = browse().log_in("dina").get("/staf/admin/").get_data(as_text=True)
    assert "kosong mulai 4 Desember 2026" in page  # the 3rd is the last of them
    for days in range(10, 30):
        on_duty(site, office, "Sari", TODAY + timedelta(days=days))
    page = browse().log_in("dina").get(WEEK).get_data(as_text=True)
    assert "Unit A:" not in page
    assert "Unit B:" in page  # nobody at all


def test_the_week_as_a_file_names_nobodys_nip(
    browse: Callable[[], Browser], office: Office
) -> None:
    alice = browse().log_in("alice")
    text = alice.get("/staf/jadwal/unduh.csv").get_data(as_text=True)
    assert "2026-11-24;Selasa;Unit A;A1;Loket A1;Ibu Sari;08.00;13.00" in text
    assert "1980" not in text
    assert alice.get("/staf/jadwal/unduh.xlsx").status_code == 200
