"""Why an office does not open: which file is wrong and which one to bring back, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from feedback_app.domain.texts import Words, filled

Kind = Literal[
    "missing_place",
    "missing_secret",
    "wrong_key_file",
    "unreadable_key",
    "other_cards",
    "other_secret",
    "no_folder",
    "missing_database",
    "empty_database",
    "no_such_database",
    "folder_database",
    "unreadable_database",
    "unwritable",
    "damaged_database",
    "half_database",
    "foreign_database",
    "newer_schema",
    "older_schema",
    "demo_in_office",
    "not_set_up",
    "away",
    "busy",
]

# kind -> (Indonesian, English); {file} is a path, or how the database is called
REASONS: dict[Kind, Words] = {
    "missing_place": (
        "Kunci %(file)s tidak ada, padahal basis datanya ada. Kembalikan berkas itu dari cadangan "
        "kunci. Dengan kunci lain semua kartu QR yang tercetak tidak berlaku lagi.",
        "The key %(file)s is missing, but its database is there. Bring that file back from the "
        "backup of the keys. With another key every printed QR card would stop working.",
    ),
    "missing_secret": (
        "Kunci %(file)s tidak ada, padahal basis datanya ada. Kembalikan berkas itu dari cadangan "
        "kunci. Dengan kunci lain langkah kedua semua akun dan kode kunjungan tidak berlaku lagi.",
        "The key %(file)s is missing, but its database is there. Bring that file back from the "
        "backup of the keys. With another key no account's second step and no visit code would "
        "work any more.",
    ),
    "wrong_key_file": (
        "%(file)s bukan berkas kunci yang utuh. Kembalikan berkas itu dari cadangan kunci.",
        "%(file)s is no whole file of keys. Bring that file back from the backup of the keys.",
    ),
    "unreadable_key": (
        "Kunci %(file)s tidak dapat dibaca oleh akun yang menjalankan program. Perbaiki pemilik "
        "dan izinnya (chmod 600).",
        "The key %(file)s cannot be read by the account that runs the program. Mend its owner and "
        "permissions (chmod 600).",
    ),
    "other_cards": (
        "Kunci %(file)s milik kantor lain: tidak cocok dengan %(database)s. Kembalikan kunci "
        "kantor ini, atau basis data kantor pemilik kunci itu.",
        "The key %(file)s is another office's: it does not fit %(database)s. Bring back this "
        "office's keys, or the database of the office whose keys these are.",
    ),
    "other_secret": (
        "Kunci %(file)s tidak cocok dengan %(database)s. Kembalikan kunci kantor ini. Bila kunci "
        "sedang diganti, kembalikan baris lama di bawah baris baru sampai program pernah berjalan.",
        "The key %(file)s does not fit %(database)s. Bring back this office's key. If you are "
        "changing it, put the old line back below the new one until the program has run once.",
    ),
    "no_folder": (
        "%(file)s bukan folder. Pindahkan berkas itu, lalu kembalikan foldernya.",
        "%(file)s is no folder. Move that file away and bring the folder back.",
    ),
    "missing_database": (
        "Basis data %(file)s tidak ada, padahal kuncinya ada. Kembalikan berkas itu dari cadangan. "
        "Untuk memulai kantor baru, pindahkan dulu folder %(keys)s.",
        "The database %(file)s is missing, but its keys are there. Bring that file back from a "
        "backup. To begin a new office, move the folder %(keys)s away first.",
    ),
    "empty_database": (
        "Basis data %(file)s kosong, padahal kuncinya ada. Kembalikan basis data dari cadangan. "
        "Untuk memulai kantor baru, pindahkan dulu folder %(keys)s.",
        "The database %(file)s is empty, but its keys are there. Bring the database back from a "
        "backup. To begin a new office, move the folder %(keys)s away first.",
    ),
    "no_such_database": (
        "%(file)s tidak ada di server (%(told)s). Periksa DATABASE_URL, atau buat basis data itu.",
        "%(file)s is not on the server (%(told)s). Check DATABASE_URL, or create that database.",
    ),
    "folder_database": (
        "%(file)s adalah folder, bukan basis data. Pindahkan folder itu, lalu kembalikan berkas "
        "basis data dari cadangan.",
        "%(file)s is a folder, no database. Move that folder away and bring the database file back "
        "from a backup.",
    ),
    "unreadable_database": (
        "%(file)s tidak dapat dibaca oleh akun yang menjalankan program (%(told)s). Perbaiki "
        "pemilik dan izinnya.",
        "%(file)s cannot be read by the account that runs the program (%(told)s). Mend its owner "
        "and permissions.",
    ),
    "unwritable": (
        "%(file)s atau foldernya tidak dapat ditulisi, jadi tidak ada penilaian yang dapat "
        "disimpan. Perbaiki pemilik dan izinnya, atau periksa disk.",
        "%(file)s or its folder cannot be written to, so no answer could be saved. Mend owner and "
        "permissions, or look at the disk.",
    ),
    "damaged_database": (
        "%(file)s rusak atau bukan basis data. Pindahkan berkas itu, lalu kembalikan basis data "
        "dari cadangan.",
        "%(file)s is damaged or no database. Move that file away and bring the database back from "
        "a backup.",
    ),
    "half_database": (
        "%(file)s terpotong: sebagian isinya hilang. Pindahkan berkas itu, lalu kembalikan basis "
        "data dari cadangan.",
        "%(file)s is cut off: a part of it is gone. Move that file away and bring the database "
        "back from a backup.",
    ),
    "foreign_database": (
        "%(file)s berisi data program lain. Periksa DATABASE_URL, atau kembalikan basis data Suara "
        "Loket.",
        "%(file)s holds another program's data. Check DATABASE_URL, or bring Suara Loket's "
        "database back.",
    ),
    "newer_schema": (
        "%(file)s dibuat oleh versi program yang lebih baru (skema %(revision)s). Kembalikan "
        "program yang lebih baru itu, atau basis data dari sebelum pembaruan.",
        "%(file)s was made by a newer version of the program (schema %(revision)s). Bring back "
        "that newer program, or the database from before the upgrade.",
    ),
    "older_schema": (
        "%(file)s masih memakai skema lama (%(revision)s). Jalankan scripts/migrate.py lebih dulu.",
        "%(file)s still has an older schema (%(revision)s). Run scripts/migrate.py first.",
    ),
    "demo_in_office": (
        "%(file)s berisi data contoh, yang kata sandinya diketahui umum; kantor tidak boleh "
        "memakainya. Ganti nama folder %(folder)s, misalnya menjadi instance-demo (di PostgreSQL: "
        "pakai juga basis data lain), lalu jalankan lagi. Tidak ada yang dihapus.",
        "%(file)s holds the made-up data, whose passwords everybody knows; no office may use it. "
        "Rename the folder %(folder)s, for example to instance-demo (on PostgreSQL: take another "
        "database too), then start again. Nothing is deleted.",
    ),
    "not_set_up": (
        "Belum ada kantor di %(file)s. Jalankan python3 run.py lebih dulu.",
        "There is no office in %(file)s yet. Run python3 run.py first.",
    ),
    "away": (
        "%(file)s tidak menjawab (%(told)s). Hidupkan servernya, atau periksa DATABASE_URL.",
        "%(file)s does not answer (%(told)s). Start its server, or check DATABASE_URL.",
    ),
    "busy": (
        "%(file)s sedang dikunci program lain (%(told)s). Tutup program itu, lalu coba lagi.",
        "%(file)s is locked by another program (%(told)s). Close that one, then try again.",
    ),
}


@dataclass(frozen=True, slots=True)
class WrongFile:
    """One thing that is wrong, and the values of its words."""

    kind: Kind
    file: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """What is wrong and what to do, in Indonesian and English."""
        return filled(REASONS[self.kind], file=self.file, **self.values)
