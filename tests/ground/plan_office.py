"""Made-up offices to plan for: small ones to try every choice, large ones to time."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from feedback_app.domain.training_plan import Office, Officer, Prices, Run

FIRST_DAY = date(2027, 1, 4)  # a Monday
ITEMS = ("kompetensi", "perilaku", "informasi", "kecepatan")


def working_days(count: int) -> list[date]:
    """So many days from FIRST_DAY on, Saturdays and Sundays left out."""
    days = (FIRST_DAY + timedelta(days=n) for n in range(2 * count + 7))
    return [day for day in days if day.weekday() < 5][:count]


def office_of_a_year(
    seed: int, *, officers: int = 24, runs: int = 40, days: int = 250, prices: Prices | None = None
) -> Office:
    """Three officers a counter who change counters each week; money for about half of what helps."""
    rng = np.random.default_rng(seed)
    names = [f"P{n:03d}" for n in range(officers)]
    counters = [f"L{n}" for n in range(max(officers // 3, 1))]
    open_days = working_days(days)
    roster = tuple(
        (name, counters[(n + (day - FIRST_DAY).days // 7) % len(counters)], day)
        for day in open_days
        for n, name in enumerate(names)
        if rng.random() > 0.04
    )
    found = tuple(_run(rng, n, open_days) for n in range(runs))
    standing: dict[tuple[str, date], int] = {}
    for _name, counter, day in roster:
        standing[counter, day] = standing.get((counter, day), 0) + 1
    return Office(
        officers=tuple(
            Officer(name, "PPPK" if rng.random() < 0.4 else "PNS", float(rng.integers(0, 13)),
                    int(rng.integers(0, 3)))
            for name in names
        ),
        runs=found,
        needs={
            (name, item): float(rng.integers(1, 40)) / 10
            for name in names for item in ITEMS if rng.random() < 0.5
        },
        roster=roster,
        floors={
            counter: min(2 if n % 2 else 1, *(v for (c, _d), v in standing.items() if c == counter))
            for n, counter in enumerate(counters)
        },
        limits={"fee": 60_000_000 * officers // 24, "travel": 25_000_000 * officers // 24,
                "daily": 15_000_000 * officers // 24},
        prices=prices or Prices(fairness=0.05, jp=0.005),
    )  # fmt: skip


def _run(rng: np.random.Generator, number: int, open_days: list[date]) -> Run:
    start = int(rng.integers(0, len(open_days) - 6))
    length = int(rng.integers(1, 6))
    is_free = rng.random() < 0.2
    return Run(
        code=f"R{number:03d}",
        training=f"T{number % 15:02d}",
        kind=f"kind{number % 12}",
        start=open_days[start],
        end=open_days[start + length - 1],
        seats=int(rng.integers(2, 9)),
        prices=dict.fromkeys(("fee", "travel", "daily"), 0) if is_free else {
            "fee": 250_000 * int(rng.integers(2, 25)),
            "travel": 100_000 * int(rng.integers(0, 30)),
            "daily": 150_000 * length,
        },
        jp=float(4 * length),
        gains={
            item: float(rng.integers(2, 25)) / 100
            for item in rng.choice(ITEMS, size=int(rng.integers(1, 3)), replace=False)
        },
    )  # fmt: skip
