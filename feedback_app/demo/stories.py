"""What happened at the demo's counters that screening holds, and what two inspectors held of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

INSPECTORS = ("inspektorat", "inspektorat2")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one inspector held, days after the answers came in."""

    username: str
    outcome: str
    reason: str
    days_later: int


@dataclass(frozen=True, slots=True)
class Story:
    """Some forms at one counter (place in COUNTERS) on one open day, `held` of them by a rule.

    `ago` counts open days back from the last day of data, or whole months for an old story.
    An old story without opinions is one that nobody decided in time.
    """

    rule: str
    counter: int
    ago: int
    starts: time
    forms: int
    held: int
    every: timedelta
    takes: timedelta
    is_praise: bool = False  # every answer is the best one
    one_device: bool = False
    from_staff_browser: bool = False
    comment: str = ""
    opinions: tuple[Opinion, ...] = ()


def agreed(outcome: str, first: str, second: str, *, days: tuple[int, int]) -> tuple[Opinion, ...]:
    """Both inspectors hold the same, each with a reason of their own."""
    return tuple(
        Opinion(name, outcome, reason, later)
        for name, reason, later in zip(INSPECTORS, (first, second), days, strict=True)
    )


SECONDS, MINUTES = timedelta(seconds=1), timedelta(minutes=1)
RECENT = (
    Story(
        rule="same_device",
        counter=2,
        ago=5,
        starts=time(10, 12),
        forms=9,
        held=8,
        every=75 * SECONDS,
        takes=40 * SECONDS,
        is_praise=True,
        one_device=True,
        opinions=(
            Opinion(
                "inspektorat",
                "aside",
                "Delapan formulir berurutan dari satu perangkat dalam sebelas menit.",
                2,
            ),
        ),
    ),
    Story(
        rule="burst",
        counter=2,
        ago=2,
        starts=time(13, 5),
        forms=11,
        held=8,
        every=100 * SECONDS,
        takes=65 * SECONDS,
    ),
    Story(
        rule="same_text",
        counter=4,
        ago=3,
        starts=time(9, 20),
        forms=4,
        held=3,
        every=25 * MINUTES,
        takes=80 * SECONDS,
        comment="Pelayanan di loket ini sangat buruk dan petugasnya harus segera diganti semua.",
    ),
    Story(
        rule="staff_device",
        counter=4,
        ago=6,
        starts=time(14, 10),
        forms=3,
        held=3,
        every=22 * MINUTES,
        takes=50 * SECONDS,
        is_praise=True,
        from_staff_browser=True,
        opinions=agreed(
            "aside",
            "Peramban pernah dipakai masuk oleh petugas; pengunjung tidak memakai peramban itu.",
            "Jumlahnya tidak sesuai dengan antrean sore itu.",
            days=(1, 3),
        ),
    ),
    Story(
        rule="outside_hours",
        counter=2,
        ago=7,
        starts=time(6, 10),
        forms=2,
        held=2,
        every=25 * MINUTES,
        takes=90 * SECONDS,
        opinions=agreed(
            "counted",
            "Loket buka sejak subuh untuk perekaman susulan; jadwal belum memuatnya.",
            "Surat tugas lembur hari itu sudah diperiksa.",
            days=(1, 2),
        ),
    ),
)
OLD = (
    Story(
        rule="same_device",
        counter=1,
        ago=10,
        starts=time(8, 40),
        forms=9,
        held=8,
        every=75 * SECONDS,
        takes=35 * SECONDS,
        is_praise=True,
        one_device=True,
        opinions=agreed(
            "aside",
            "Delapan formulir dari satu perangkat, semuanya bernilai tertinggi.",
            "Tidak ada delapan pelayanan dalam sebelas menit.",
            days=(3, 6),
        ),
    ),
    Story(
        rule="burst",
        counter=3,
        ago=8,
        starts=time(13, 30),
        forms=11,
        held=8,
        every=90 * SECONDS,
        takes=70 * SECONDS,
        opinions=agreed(
            "counted",
            "Rombongan satu desa dilayani bersama; daftar hadirnya ada.",
            "Perangkatnya berbeda-beda dan jumlahnya sesuai dengan antrean.",
            days=(2, 5),
        ),
    ),
    Story(
        rule="fast_straight",
        counter=6,
        ago=6,
        starts=time(10, 30),
        forms=7,
        held=5,
        every=4 * MINUTES,
        takes=9 * SECONDS,
        is_praise=True,
        opinions=agreed(
            "unit_only",
            "Diisi terlalu cepat untuk dibaca, tetapi perangkatnya berbeda-beda.",
            "Tidak cukup tanda untuk mengesampingkan; jangan dihitung untuk petugas.",
            days=(4, 9),
        ),
    ),
    Story(
        rule="staff_device",
        counter=5,
        ago=4,
        starts=time(9, 15),
        forms=5,
        held=5,
        every=25 * MINUTES,
        takes=55 * SECONDS,
        from_staff_browser=True,
    ),
    Story(
        rule="same_text",
        counter=0,
        ago=2,
        starts=time(8, 50),
        forms=6,
        held=5,
        every=30 * MINUTES,
        takes=75 * SECONDS,
        is_praise=True,
        comment="Petugas loket satu paling hebat, semua orang harus tahu betapa hebatnya beliau.",
        opinions=agreed(
            "aside",
            "Lima saran yang sama persis dengan satu sebelumnya, hurufnya pun sama.",
            "Saran serupa tidak pernah muncul di hari lain.",
            days=(2, 7),
        ),
    ),
)
# counter, open days ago, local time, whether somebody pressed (else: a charge was told)
SIGNS = (
    (3, 4, time(9, 40), True),
    (3, 4, time(11, 25), True),
    (1, 3, time(10, 5), False),
    (1, 3, time(14, 20), False),
)
