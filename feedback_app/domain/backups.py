"""Backups: how copies are named, what can become of them, when nobody should rely on them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Act = Literal["backup", "drill", "restore", "keys"]
Outcome = Literal["proven", "failed", "not sure"]
# What a copy still holds: all; no times, devices and unused codes; no sheet of paper either.
Stage = Literal["", "-arsip", "-lama"]
Level = Literal["ok", "warn", "bad", "none"]

EXIT_CODES: dict[Outcome, int] = {"proven": 0, "failed": 1, "not sure": 2}
WARN_AFTER, BAD_AFTER = timedelta(days=7), timedelta(days=30)
OLD_AFTER = timedelta(days=2)  # a daily copy that is older is not the newest there should be
CLOCK_SLACK = timedelta(days=1)

# reason -> (Indonesian, English): what was found and what to do
REASONS = {
    "started": (
        "Pencadangan dimulai tetapi tidak selesai. Jalankan lagi.",
        "A backup was started but not finished. Run it again.",
    ),
    "damaged": (
        "Salinan rusak: isinya tidak sama dengan yang ditulis. Pakai salinan sebelumnya dan ganti "
        "diska itu.",
        "The copy is damaged: it is not what was written. Use the copy before it and replace that "
        "disk.",
    ),
    "not_a_copy": (
        "Berkas ini bukan salinan Suara Loket.",
        "This file is no copy of Suara Loket.",
    ),
    "tally": (
        "Rekap dalam salinan tidak sama dengan hitungan ulang. Pakai salinan sebelumnya, atau "
        "pulihkan dengan --count-again.",
        "The tally in the copy differs from a recount. Use the copy before it, or restore it with "
        "--count-again.",
    ),
    "sentinel": (
        "Tanda yang ditulis sebelum pencadangan tidak ada dalam salinan: salinan tidak lengkap.",
        "The mark written before the backup is not in the copy: the copy is not complete.",
    ),
    "other_office": (
        "Salinan ini milik kantor lain: kuncinya tidak cocok.",
        "This copy is another office's: the keys do not fit it.",
    ),
    "old_keys": (
        "Kunci ini lebih lama dari salinannya. Bawa berkas kunci yang terbaru.",
        "These keys are older than the copy. Bring the newest file of keys.",
    ),
    "damaged_keys": (
        "Berkas kunci rusak. Pakai salinan kunci yang lain.",
        "The file of keys is damaged. Use another copy of it.",
    ),
    "no_keys": (
        "Berkas kunci belum pernah dibuat atau tidak ditemukan. Tanpa kunci, semua kartu QR harus "
        "dicetak ulang. Jalankan scripts/backup.py.",
        "The file of keys was never made or is not there. Without it every QR card must be printed "
        "again. Run scripts/backup.py.",
    ),
    "no_copy": (
        "Belum ada salinan di folder cadangan.",
        "There is no copy in the backup folder.",
    ),
    "unknown_copy": (
        "Salinan terbaru tidak tercatat di kantor ini, jadi kelengkapannya tidak dapat diperiksa.",
        "This office has no record of the newest copy, so nobody can tell whether it is complete.",
    ),
    "old": (
        "Salinan terbaru sudah lama. Periksa mengapa pencadangan harian berhenti.",
        "The newest copy is old. See why the daily backup has stopped.",
    ),
    "newer": (
        "Salinan dibuat oleh versi program yang lebih baru. Perbarui program, lalu ulangi.",
        "A newer version of the program made the copy. Update the program, then try again.",
    ),
    "no_folder": (
        "Folder cadangan tidak ada. Pasang diska cadangan, atau buat foldernya.",
        "The backup folder is not there. Plug the disk in, or make the folder.",
    ),
    "inside": (
        "Folder cadangan ada di dalam folder data: salinan hilang bersama aslinya. Pilih diska "
        "lain.",
        "The backup folder lies inside the data folder: a copy would be lost with the original. "
        "Choose another disk.",
    ),
    "unwritable": (
        "Folder cadangan tidak dapat ditulisi. Periksa izin dan kunci geser pada diska.",
        "The backup folder cannot be written to. Check its permissions and the disk's switch.",
    ),
    "source": (
        "Basis data kantor sendiri rusak, jadi tidak disalin. Pulihkan salinan terakhir yang "
        "terbukti.",
        "The office's own database is damaged, so it was not copied. Restore the last proven copy.",
    ),
    "full": (
        "Diska penuh. Kosongkan ruang atau pakai diska yang lebih besar; salinan lama tetap ada.",
        "The disk is full. Make room or use a larger one; the earlier copies are still there.",
    ),
    "no_permission": (
        "Basis data tidak mengizinkan ruang uji. Jalankan GRANT CREATE ON DATABASE untuk "
        "penggunanya.",
        "The database allows no scratch schema. Run GRANT CREATE ON DATABASE for its user.",
    ),
    "database": (
        "Basis data tidak menjawab atau belum diperbarui. Jalankan scripts/migrate.py.",
        "The database does not answer or is not up to date. Run scripts/migrate.py.",
    ),
    "not_empty": (
        "Tujuan tidak kosong: tidak ada yang ditimpa. Pilih folder atau basis data kosong.",
        "The target is not empty, and nothing is ever overwritten. Choose an empty folder or "
        "database.",
    ),
}
SURELY_FAILED = frozenset(
    (
        *("damaged", "not_a_copy", "tally", "sentinel", "other_office"),
        *("damaged_keys", "source", "full"),
    )
)


class BackupFaultError(Exception):
    """A backup, a drill or a restore that cannot be proven; `reason` is a key of REASONS."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """Say why; `detail` names the file or folder."""
        super().__init__(f"{REASONS[reason][1]} ({detail})" if detail else REASONS[reason][1])
        self.reason = reason

    @property
    def outcome(self) -> Outcome:
        """Failed where a copy is surely of no use, else not sure."""
        return "failed" if self.reason in SURELY_FAILED else "not sure"


@dataclass(frozen=True, slots=True)
class CopyName:
    """A copy by its file's name. `number` orders the copies: a clock may go back."""

    office: str  # the first figures of its fingerprint
    day: date
    number: int
    stage: Stage

    @property
    def file(self) -> str:
        """suara-loket-1a2b3c4d-2026-11-27-0001.db.gz"""
        return f"suara-loket-{self.office}-{self.day}-{self.number:04}{self.stage}.db.gz"


_NAME = re.compile(
    r"suara-loket-(?P<office>[0-9a-f]{8})-(?P<day>\d{4}-\d\d-\d\d)-(?P<number>\d{4,9})"
    r"(?P<stage>|-arsip|-lama)\.db\.gz",
    re.ASCII,
)


def read_name(file: str) -> CopyName | None:
    """What a file's name says; None for any other file."""
    found = _NAME.fullmatch(file)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:
        return None
    stages: tuple[Stage, ...] = ("", "-arsip", "-lama")
    stage = next(known for known in stages if known == found["stage"])
    return CopyName(found["office"], day, int(found["number"]), stage)


def newest_first(names: Iterable[CopyName], *, office: str) -> list[CopyName]:
    """This office's copies, by their numbers."""
    own = [name for name in names if office.startswith(name.office)]
    return sorted(own, key=lambda name: (name.number, name.stage), reverse=True)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a backup, a drill or a restore."""

    outcome: Outcome
    reason: str
    ratings: int | None
    seconds: float
    taken_at: datetime | None


def level_of(proven_at: datetime | None, *, now: datetime) -> Level:
    """How an admin should look at the last proven drill: amber after 7 days, red after 30."""
    if proven_at is None:
        return "none"
    age = now - proven_at
    if age > BAD_AFTER:
        return "bad"
    # one that lies ahead was made by a wrong clock: nobody knows how old it is
    return "warn" if age > WARN_AFTER or age < -CLOCK_SLACK else "ok"
