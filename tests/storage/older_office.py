"""An office as a database of revision 0011 holds it: rows written without today's models."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from alembic import command
from sqlalchemy import Connection, Engine, MetaData, Table, insert

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.domain.form_sets import COMPLETE
from feedback_app.domain.local_time import local_instant
from feedback_app.storage import upgrade
from feedback_app.storage.db import Database
from feedback_app.storage.ratings import tally_row

DAY = date(2026, 11, 10)
LATE = date(2026, 12, 2)  # when a held answer of November came to count
NOW = datetime(2026, 11, 10, 2, 17, 33, 123456, tzinfo=UTC)  # 9.17 in Jambi
DECIDED_AT = datetime(2026, 12, 2, 3, 4, 5, tzinfo=UTC)
# name -> (received as, for the officer, verdicts as (state, for the officer, counted on))
ANSWERS: dict[str, tuple[str, bool, list[tuple[str, bool, date]]]] = {
    "counted": ("counted", True, []),
    "unit": ("counted", False, []),
    "held": ("held", True, []),
    "late": ("held", True, [("counted", False, LATE)]),
    "aside": ("counted", True, [("held", True, DAY), ("aside", True, DAY)]),
    "sheet": ("held", True, []),
    "silent": ("counted", True, []),
    "early": ("counted", True, []),
    "early, late": ("held", True, [("counted", False, LATE)]),
    "few": ("counted", True, []),
}
# What these left open, or did not: the others leave out one question about the officer.
OPEN: dict[str, dict[str, int | None]] = {
    "early": {"waktu": None, "sarana": None, "kecepatan": 2},
    "early, late": {"waktu": None, "kecepatan": 4},
    "few": {"waktu": None},
}
REASONS = {
    "aside": ["penyaringan: same_device", "Alasan dua orang, seperti ditulis."],
    "late": ["lembar kertas AB-007-K dibetulkan"],
    "early, late": ["Alasan dua orang."],
}


def id_of(name: str) -> str:
    """The id of an answer: none of them in the order of arrival."""
    return f"{sum(map(ord, name)) * 7919:032x}"


def upgrade_to(db: Database, revision: str) -> None:
    """Bring the schema to a revision that is not the newest."""
    config = upgrade._config()
    with db.engine.execution_options(begin_immediate=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def fill(engine: Engine) -> None:
    """One counter with an answer of each kind, a case of each kind, a sheet being checked."""
    known = MetaData()
    known.reflect(engine)
    with engine.begin() as connection:
        Writer(connection, known).fill()


class Writer:
    """Writes rows into the tables as they are in the database."""

    def __init__(self, connection: Connection, known: MetaData) -> None:
        self.connection, self.known = connection, known

    def add(self, table: str, *rows: dict[str, Any]) -> None:
        """Add rows; columns that are not told are empty."""
        found: Table = self.known.tables[table]
        self.connection.execute(insert(found), list(rows))

    def fill(self) -> None:
        """Everything, in an order that references allow."""
        self._office()
        for name in ANSWERS:
            self._answer(name)
        self._cases()
        for name, (_state, _officer, verdicts) in ANSWERS.items():
            self._verdicts(name, verdicts)
        self._sheet()

    def _office(self) -> None:
        own = {"agency_id": 1, "unit_id": 1, "retired_on": None}
        self.add("agency", {"id": 1, "code": "a", "name": "Dinas", "is_demo": False})
        self.add("unit", {"id": 1, "agency_id": 1, "code": "u", "name": "Unit"})
        service = {"id": 1, "code": "ktp", "name": "KTP", "name_en": "ID", "is_free": True}
        self.add("service", own | service | {"minutes": 5})
        counter = {"id": 1, "code": "A1", "name": "Loket", "number": 11, "card_serial": 1}
        self.add("counter", own | counter)
        officer = {"id": 1, "nip": "1" * 18, "name": "Sari", "display_name": "Ibu Sari"}
        self.add("officer", own | officer | {"employment": "PNS"})

    def _answer(self, name: str) -> None:
        state, for_officer, verdicts = ANSWERS[name]
        row: dict[str, Any] = {"id": id_of(name), "agency_id": 1, "counter_id": 1}
        row |= {"service_id": 1, "officer_id": 1, "attribution": "chosen", "served_by": "officer"}
        row |= {"tier": "poster", "day": DAY, "visit_day": DAY, "extra": {"a": [1, None]}}
        row |= dict.fromkeys(ALL_KEYS, 3) | {"kecepatan": None, "age_band": "25_39"}
        row |= OPEN.get(name, {})
        row |= {"instrument_version": "skm-2017.1", "language": "id"}
        row |= {"state": state, "for_officer": for_officer}
        self.add("rating", row)
        now = (state, for_officer, DAY) if not verdicts else verdicts[-1]
        stands = row | {"state": now[0], "for_officer": now[1], "day": now[2]}
        counted = tally_row(stands)
        self._count(counted | {"is_complete": int(counted.pop("form_set") == COMPLETE)})
        if name not in ("silent", *OPEN):
            comment = {"rating_id": row["id"], "agency_id": 1, "counter_id": 1, "day": DAY}
            self.add("comment", comment | {"text": f"Saran {name}"})
        if name != "sheet":
            arrival = {"rating_id": row["id"], "agency_id": 1, "opened_at": NOW}
            arrival |= {"received_at": NOW, "body_digest": "d" * 64, "receipt": name[:8]}
            arrival |= {"device_key": "k", "network_key": "n", "counter_id": 1, "tier": "poster"}
            self.add("screening", arrival | {"text_key": None, "is_hasty": False, "rules": ""})

    def _count(self, row: dict[str, Any]) -> None:
        table = self.known.tables["tally"]
        keys = [column.name for column in table.primary_key]
        same = [table.c[key] == row[key] for key in keys]
        added = {
            name: table.c[name] + row[name] for name in row if name not in (*keys, "agency_id")
        }
        if not self.connection.execute(table.update().where(*same).values(added)).rowcount:
            self.add("tally", row)

    def _cases(self) -> None:
        own: dict[str, Any] = {"agency_id": 1, "unit_id": 1, "counter_id": 1, "officer_id": None}
        own |= {"size": 2, "first_day": DAY, "last_day": DAY + timedelta(days=3), "detail": {}}
        own |= {"due_on": DAY + timedelta(days=14), "opened_at": NOW, "closed_at": None}
        own |= {"outcome": None}
        for number, kind in enumerate(("held", "pressed", "fee", "appeal", "text"), start=1):
            rules = "same_device" if kind == "held" else ""
            self.add("case_file", own | {"id": number, "kind": kind, "rules": rules})
        link = {"agency_id": 1}
        for number, name in ((1, "held"), (1, "aside"), (5, "unit")):
            self.add("case_rating", link | {"case_id": number, "rating_id": id_of(name)})

    def _verdicts(self, name: str, verdicts: list[tuple[str, bool, date]]) -> None:
        for place, (state, for_officer, counted_on) in enumerate(verdicts):
            row = {"agency_id": 1, "rating_id": id_of(name), "case_id": 1, "state": state}
            row |= {"for_officer": for_officer, "counted_on": counted_on}
            row |= {"made_at": DECIDED_AT, "reason": REASONS[name][place]}
            self.add("verdict", row)

    def _sheet(self) -> None:
        batch: dict[str, Any] = {"id": 1, "agency_id": 1, "unit_id": 1, "counter_id": 1}
        batch |= {"service_id": 1, "number": 1, "size": 2, "made_at": NOW, "waits_since": NOW}
        self.add("paper_batch", batch | {"made_by": None, "drawn_at": None})
        sheet = {"agency_id": 1, "batch_id": 1, "state": "keyed", "void_reason": "", "note": ""}
        sheet |= {"is_corrected": False, "checking": "waiting", "compared": 0, "wrong": []}
        self.add("paper_sheet", sheet | {"id": 1, "number": 1, "rating_id": id_of("sheet")})
        self.add("paper_sheet", sheet | {"id": 2, "number": 2, "rating_id": None})


def midnight(day: date) -> datetime:
    """When a local day begins."""
    return local_instant(day, time.min)
