"""An office's clock in a file: what the machine shows, shifted by as many seconds as it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from feedback_app.domain.local_time import local_instant


@dataclass(frozen=True)
class ClockInFile:
    """Read anew each time, by every process of the office."""

    file: Path

    def __call__(self) -> datetime:
        """The office's present instant, aware UTC."""
        return datetime.now(UTC) + timedelta(seconds=float(self.file.read_text()))

    def set_to(self, day: date, hour: int, minute: int = 0) -> None:
        """Show this local time from now on."""
        self._shift(local_instant(day, time(hour, minute)) - datetime.now(UTC))

    def go_on(self, span: timedelta) -> None:
        """Let so much time pass."""
        self._shift(self() - datetime.now(UTC) + span)

    def _shift(self, by: timedelta) -> None:
        fresh = self.file.with_name(
            f"{self.file.name}.new"
        )  # in one piece: it is read all the time
        fresh.write_text(str(by.total_seconds()))
        fresh.replace(self.file)
