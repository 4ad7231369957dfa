"""What an office must not miss: upkeep, backup, second steps, roster, silent counters, devices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from feedback_app.domain.backups import Level as BackupLevel
from feedback_app.domain.health import Check, Level, Said
from feedback_app.domain.second_factor import NEEDS_SECOND_FACTOR
from feedback_app.services.access.secrets import is_sealed_by_newest
from feedback_app.services.counters.dashboard import silent_counters
from feedback_app.services.roster.ahead import ends_of
from feedback_app.services.roster.scope import scope_of_agency
from feedback_app.services.site import Site
from feedback_app.services.upkeep import clock, retention
from feedback_app.services.upkeep.backup_state import backup_state
from feedback_app.services.upkeep.machine_checks import CLOCK_SLACK
from feedback_app.storage.db import Session
from feedback_app.storage.models import Device
from feedback_app.storage.queries import (
    agencies,
    audit,
    devices,
    office_marks,
    places,
    roster,
    second_factors,
)

UPKEEP_LATE = timedelta(days=3)  # a weekend without anybody is none
UNSEEN_LONG = timedelta(days=3)  # nor is a tablet that is off over one


def upkeep(site: Site) -> Iterator[Check]:
    """Whether what must go is gone, and whether the daily work runs by a clock to be believed."""
    if gone := retention.overdue(site):
        rows = ", ".join(f"{n} {name}" for name, n in gone.items())
        yield Check(
            "bad",
            "retention",
            Said(
                ("Sudah lewat waktunya: %(rows)s.", "past their time: rows of %(rows)s"), rows=rows
            ),
            Said(
                (
                    "Jalankan scripts/daily_upkeep.py setiap hari.",
                    "run scripts/daily_upkeep.py daily",
                )
            ),
        )
    else:
        kept = ("Tidak ada yang disimpan melewati waktunya.", "nothing is kept past its time")
        yield Check("ok", "retention", Said(kept))
    yield _last_upkeep(site)
    with site.db.read() as session:
        newest = audit.newest_instant(session)
    if newest is not None and newest > site.now() + CLOCK_SLACK:
        said = (
            "Tindakan terakhir dicatat pada %(at)s, sesudah sekarang.",
            "the last act was written at %(at)s, later than now",
        )
        right = ("Betulkan jam komputer; pakai NTP.", "set the clock right, by NTP")
        yield Check("bad", "clock", Said(said, at=newest), Said(right))
    else:
        yield Check(
            "ok", "clock", Said(("Masuk akal: %(at)s.", "plausible: %(at)s"), at=site.now())
        )


def _last_upkeep(site: Site) -> Check:
    if found := clock.doubt(site):
        return Check(
            "bad",
            "upkeep",
            Said(
                (
                    "Berhenti: jam menunjukkan %(now)s, yang pasti %(known)s.",
                    "it is stopped: %(now)s is doubted, known is %(known)s",
                ),
                now=found.now,
                known=found.known,
            ),
            Said(
                (
                    "Betulkan jam, atau benarkan tanggalnya di halaman Kesehatan.",
                    "set the clock, or confirm the date on the admin's page Kesehatan",
                )
            ),
        )
    with site.db.read() as session:
        last = office_marks.instant(session, office_marks.UPKEEP)
    if last is None:
        said = Said(("Belum pernah berjalan.", "has not run yet"))
        daily = (
            "Berjalan sendiri saat petugas pertama masuk.",
            "it runs by itself with the first log-in of a day",
        )
        return Check("ok", "upkeep", said, Said(daily))
    level: Level = "warn" if site.now() - last > UPKEEP_LATE else "ok"
    said = Said(("Terakhir %(at)s.", "last at %(at)s"), at=last)
    late = (
        "Jadwalkan scripts/daily_upkeep.py setiap hari.",
        "schedule scripts/daily_upkeep.py daily",
    )
    return Check(level, "upkeep", said, Said(late) if level == "warn" else Said(("", "")))


def second_steps(site: Site) -> Iterator[Check]:
    """Whether those who decide about others log in with two steps, under the newest key."""
    with site.db.read() as session:
        names = second_factors.names_without_factor(session, sorted(NEEDS_SECOND_FACTOR))
        sealed = [row.sealed_secret for row in second_factors.all_factors(session)]
    if names:
        yield Check(
            "warn",
            "second step",
            Said(
                (
                    "%(n)s akun kepegawaian, inspektorat, atau admin belum memasangnya: %(names)s",
                    "%(n)s HR, inspectorate or admin accounts have none: %(names)s",
                ),
                n=len(names),
                names=", ".join(names[:3]) + (" …" if len(names) > 3 else ""),
            ),
            Said(
                (
                    "Mereka memasangnya saat masuk berikutnya.",
                    "they set it up at their next log-in",
                )
            ),
        )
    else:
        everybody = ("Semua yang wajib memilikinya.", "everybody who needs one has one")
        yield Check("ok", "second step", Said(everybody))
    if stale := sum(not is_sealed_by_newest(site, text) for text in sealed):
        said = (
            "%(n)s langkah kedua masih di bawah kunci lama.",
            "%(n)s second steps are not under the newest key",
        )
        reseal = (
            "Jalankan scripts/reseal.py sebelum kunci lama dibuang.",
            "scripts/reseal.py, before the old key goes",
        )
        yield Check("warn", "old keys", Said(said, n=stale), Said(reseal))


def demo(site: Site) -> Iterator[Check]:
    """Whether made-up data with public log-ins is in this office."""
    with site.db.read() as session:
        if not agencies.any_is_demo(session):
            return
    if site.settings.is_this_machine_only:
        said = (
            "Data contoh dengan kata sandi yang diketahui umum, berlaku hanya di komputer ini.",
            "made-up data with public log-ins, which work on this machine only",
        )
        start = (
            "Kantor mempunyai folder sendiri: run.py --office",
            "an office has a folder of its own: run.py --office",
        )
        yield Check("warn", "demo", Said(said), Said(start))
        return
    said = (
        "Data contoh di server yang dapat dibuka orang lain; kata sandinya dimatikan.",
        "made-up data on a server that others can reach; its log-ins are off",
    )
    start = (
        "Ganti nama folder ini, lalu jalankan python3 run.py --office",
        "rename this folder, then python3 run.py --office",
    )
    yield Check("bad", "demo", Said(said), Said(start))


def backup(site: Site) -> Iterator[Check]:
    """Whether the office could be restored."""
    state = backup_state(site)
    if state.proven is None:
        said = (
            ("Belum pernah terbukti dapat dipulihkan.", "never proven")
            if state.is_set_up
            else ("Belum pernah dibuat.", "none was ever made")
        )
        why = (
            state.trouble.words
            if state.trouble
            else ("Isi BACKUP_TO dengan folder di diska lain.", "set BACKUP_TO, on another disk")
        )
        yield Check("warn", "backup", Said(said), Said((why[0], f"{why[1]} (runbook)")))
        return
    said = (
        "Yang terakhir terbukti: %(at)s, pulih dalam %(seconds)s detik.",
        "of %(at)s, proven in %(seconds)s s",
    )
    found = Said(said, at=state.proven.taken_at, seconds=f"{state.proven.seconds:.0f}")
    if state.trouble is not None:
        yield Check(_level(state.level), "backup", found, Said(state.trouble.words))
    elif state.level != "ok":
        again = (
            "Periksa diska cadangan; buat dan coba cadangan hari ini.",
            "scripts/backup.py, then scripts/restore.py --drill",
        )
        yield Check(_level(state.level), "backup", found, Said(again))
    elif state.same_disk:
        other = (
            "Folder cadangan ada di diska yang sama; pakai diska lain.",
            "it is on the office's own disk: use another disk",
        )
        yield Check("warn", "backup", found, Said(other))
    else:
        yield Check("ok", "backup", found)


def _level(level: BackupLevel) -> Level:
    return "bad" if level == "bad" else "warn"


def roster_ahead(site: Site, session: Session, agency_id: int) -> Iterator[Check]:
    """Units whose roster ends within two weeks: without it nobody is on the citizen's form."""
    if not roster.has_shifts(session, agency_id):
        return
    ends = ends_of(session, site, scope_of_agency(session, agency_id))
    for end in ends:
        is_out = end.empty_from <= site.today()
        said = (
            ("%(unit)s: kosong sejak %(day)s.", "%(unit)s: empty since %(day)s")
            if is_out
            else (
                "%(unit)s: kosong mulai %(day)s, %(left)s hari lagi.",
                "%(unit)s: empty from %(day)s, in %(left)s days",
            )
        )
        yield Check(
            "bad" if is_out else "warn",
            "roster",
            Said(said, unit=end.name, day=end.empty_from, left=end.days_left),
            Said(
                (
                    "Salin minggu lalu atau impor tabel bulan depan.",
                    "copy last week, or import next month's table",
                )
            ),
        )
    if not ends:
        said = (
            "Terisi untuk 14 hari kerja dan libur ke depan.",
            "filled for the coming 14 days, holidays known",
        )
        yield Check("ok", "roster", Said(said))


def silent(site: Site, session: Session, agency_id: int) -> Iterator[Check]:
    """Counters that served many and got no answer in a week: a card may be gone."""
    counters = [line.counter for line in places.counters_on_cards(session, agency_id=agency_id)]
    found = silent_counters(session, [one.id for one in counters], site.today())
    names = [one.name for one in counters if one.id in found]
    if names:
        said = (
            "%(names)s: melayani banyak orang, tetapi seminggu tanpa penilaian.",
            "%(names)s: many were served, and nobody rated in a week",
        )
        card = (
            "Periksa apakah kartu QR masih terpasang.",
            "see whether the QR card is still there",
        )
        yield Check("warn", "counters", Said(said, names=", ".join(names)), Said(card))
    elif counters:
        yield Check("ok", "counters", Said(("Tidak ada.", "none")))


def unpaired(site: Site, session: Session, agency_id: int) -> Iterator[Check]:
    """Displays and kiosks that were never paired, or were not seen for days."""
    now = site.now()
    found = devices.not_revoked(session, agency_id)
    waits = [one.name for one in found if one.paired_at is None and not _code_holds(one, now)]
    dark = [
        one.name
        for one in found
        if one.paired_at is not None and now - (one.seen_at or one.paired_at) > UNSEEN_LONG
    ]
    if waits:
        said = ("Belum dipasang: %(names)s.", "never paired: %(names)s")
        pair = (
            "Buat kode pasang baru, atau cabut bila tidak dipakai.",
            "give a new pairing code, or revoke what is not used",
        )
        yield Check("warn", "devices", Said(said, names=", ".join(waits)), Said(pair))
    if dark:
        said = (
            "Tidak terlihat lebih dari tiga hari: %(names)s.",
            "not seen for more than three days: %(names)s",
        )
        on = (
            "Periksa apakah menyala dan tersambung.",
            "see whether they are on and connected",
        )
        yield Check("warn", "devices", Said(said, names=", ".join(dark)), Said(on))
    if found and not waits and not dark:
        well = ("Semua terpasang dan terlihat.", "all are paired and seen")
        yield Check("ok", "devices", Said(well))


def _code_holds(device: Device, now: datetime) -> bool:
    return device.pairing_ends_at is not None and device.pairing_ends_at > now
