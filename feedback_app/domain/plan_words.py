"""What a plan says: its kinds of money, its rules, why it is no longer up to date."""

from __future__ import annotations

from feedback_app.domain.texts import Words

KIND_OF_MONEY: dict[str, Words] = {
    "fee": ("Biaya kontribusi", "Course fees"),
    "travel": ("Biaya perjalanan", "Travel"),
    "daily": ("Uang harian", "Daily allowance"),
}

# A rule, as the reason why something cannot be (a capital and a full stop are the sentence's).
RULES: dict[str, Words] = {
    "money": ("anggaran tidak cukup", "there is not enough money"),
    "seats": ("kursinya tidak cukup", "there are not enough seats"),
    "kind": ("sudah mengikuti pelatihan yang sama", "the same training is taken already"),
    "had": (
        "sudah mengikuti pelatihan ini dalam dua tahun terakhir",
        "took this training within the last two years",
    ),
    "overlap": ("tanggalnya bertabrakan", "the dates clash"),
    "floor": ("loketnya akan kekurangan petugas", "the counter would be short of officers"),
    "jp": ("PPPK paling banyak 24 JP setahun", "a PPPK takes at most 24 JP a year"),
    "leave": ("sedang berhalangan pada tanggal itu", "is away on those days"),
    "fairness": ("giliran yang merata", "turns for everybody"),
}

OUTDATED: dict[str, Words] = {
    "cancelled": ("jadwal dicabut: %(about)s", "run withdrawn: %(about)s"),
    "changed": (
        "harga, tanggal, atau kursi berubah: %(about)s",
        "price, dates or seats changed: %(about)s",
    ),
    "left": ("%(about)s sudah tidak bertugas", "%(about)s has left"),
    "leaving": (
        "%(about)s berhenti sebelum pelatihannya selesai",
        "%(about)s leaves before the course is over",
    ),
    "money": ("anggaran berubah", "the money has changed"),
}
