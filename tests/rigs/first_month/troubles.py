"""The same month with a computer as offices have them: its clock a day wrong, or off for two weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from feedback_app.storage.db import Base
from tests.rigs.first_month.steps import TROUBLE, Month

KEPT = ("rating", "screening", "comment", "shift", "roster_change", "account", "officer")
DAY = timedelta(days=1)


class _Troubled(Month):
    """What both look at: which rows there are, and what the admin is told."""

    def rows(self) -> dict[str, Any]:
        """How many rows there are of what must not get lost."""
        with self.computer.site() as site, site.db.read() as session:
            tables = (Base.metadata.tables[name] for name in KEPT)
            return {t.name: session.scalar(select(func.count()).select_from(t)) for t in tables}

    def expect(self, is_so: bool, words: str) -> None:
        """Note a fault where it is not so."""
        if not is_so:
            self.faults.append(words)

    def admin_sees(self, text: str) -> bool:
        """Whether the admin's first page says so, to somebody who logs in now."""
        self.admin.log_in()
        self.admin.menu("Kesehatan")
        return self.admin.page.locator("main").get_by_text(text).count() > 0


class ClockWrong(_Troubled):
    """A Monday on which the clock shows Tuesday, until somebody sets it right at noon."""

    def trouble(self) -> date:
        """Answers of the morning are kept under Tuesday; nothing else follows from it."""
        self.hall.day(TROUBLE + DAY, answers=4)  # the hall's Monday, by a clock that says Tuesday
        self.computer.clock.set_to(TROUBLE + DAY, 12)
        self.expect(not self.admin_sees("Apakah hari ini"), "a day ahead is no doubt yet")
        before = self.rows()
        self.computer.clock.set_to(TROUBLE, 12, 30)
        self.expect(self.admin_sees("Apakah hari ini 14 Desember 2026?"), "no word of the clock")
        self.admin.look("20-clock-back")
        self.expect(self.rows() == before, f"rows went: {before} {self.rows()}")
        self.hall.days(TROUBLE, TROUBLE, answers=8)
        self.computer.clock.set_to(TROUBLE + 2 * DAY, 8)
        self.expect(not self.admin_sees("Apakah hari ini"), "the doubt stays when all is right")
        return TROUBLE + 2 * DAY


class SwitchedOff(_Troubled):
    """Off from a Monday for two weeks: holidays, a broken power supply."""

    def trouble(self) -> date:
        """The admin is asked for the date first; nothing is deleted before, the roster stands."""
        self.leaves_on = date(2026, 12, 28)
        self.computer.clock.set_to(TROUBLE, 6)
        before = self.rows()
        self.computer.off_for(timedelta(days=14, hours=4))
        self.hall.rate(0, mark="back")  # citizens can rate before anybody has confirmed
        self.expect(
            self.admin_sees("Apakah hari ini 28 Desember 2026?"), "nobody is asked for the date"
        )
        self.admin.look("21-off")
        now = self.rows()
        self.expect(
            all(now[name] >= count for name, count in before.items()), f"rows went: {before} {now}"
        )
        self.admin.press("Hari ini 28 Desember 2026, benar")
        self.expect(not self.admin_sees("Apakah hari ini"), "asked again after the answer")
        self.expect(self.rows()["rating"] == before["rating"] + 1, "answers went")
        return self.leaves_on
