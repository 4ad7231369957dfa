"""A small office. Alice and Bob supervise unit A, Charlie unit B; Dina is the admin."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pyotp
from sqlalchemy import select, update

from feedback_app.domain.elements import ALL_KEYS, INSTRUMENT_VERSION
from feedback_app.domain.local_time import local_instant
from feedback_app.domain.roles import Role
from feedback_app.domain.roster import COUNTS_FOR_OFFICER
from feedback_app.services.access.accounts import create_account
from feedback_app.services.access.secrets import seal
from feedback_app.services.site import Site
from feedback_app.storage import bulk, comments, ratings
from feedback_app.storage.db import Session
from feedback_app.storage.models import Account, Agency, Counter, Officer, SecondFactor
from feedback_app.storage.queries.records import ids_by_code

PASSWORD = "a long enough password"
TODAY = date(2026, 11, 24)
# What the phones of those who need a second step hold.
TOTP_SECRETS = {
    "dina": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "hana": "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU",
    "ina": "ONSWG4TFOQQG633GONSWG4TFOQQG633G",
    # people whom some tests add to the cast
    **dict.fromkeys(("ilham", "irma", "indra", "lia"), "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"),
}


@dataclass
class Office:
    """Identifiers by code."""

    agency_id: int
    unit: dict[str, int] = field(default_factory=dict)
    service: dict[str, int] = field(default_factory=dict)
    counter: dict[str, int] = field(default_factory=dict)
    number: dict[str, int] = field(default_factory=dict)
    officer: dict[str, int] = field(default_factory=dict)


def build_office(site: Site) -> Office:
    """Counters A1 (KTP, KK), A2 (KTP) in unit A, B1 in unit B; Sari until 13:00, then Andi."""
    with site.db.transaction() as tx:
        agency = {"code": "dukcapil", "name": "Dinas <Uji> & Coba", "is_demo": False}
        office = Office(bulk.add_rows(tx, "agency", [agency])[0])
        own: dict[str, Any] = {"agency_id": office.agency_id}
        for code in ("A", "B"):
            office.unit[code] = bulk.add_rows(
                tx, "unit", [own | {"code": code, "name": f"Unit {code}"}]
            )[0]
        for code, name in (("ktp", "KTP-el"), ("kk", "Kartu Keluarga")):
            row = own | {
                "unit_id": office.unit["A"],
                "code": code,
                "name": name,
                "name_en": code.upper(),
            }
            office.service[code] = bulk.add_rows(
                tx, "service", [row | {"is_free": True, "minutes": 5, "retired_on": None}]
            )[0]
        for number, (code, unit, services) in enumerate(
            (("A1", "A", ("ktp", "kk")), ("A2", "A", ("ktp",)), ("B1", "B", ("ktp",))), start=11
        ):
            row = own | {"unit_id": office.unit[unit], "code": code, "name": f"Loket {code}"}
            row |= {"number": number, "card_serial": 1, "retired_on": None}
            office.counter[code] = bulk.add_rows(tx, "counter", [row])[0]
            office.number[code] = number
            links = [
                own
                | {
                    "counter_id": office.counter[code],
                    "service_id": office.service[name],
                    "opens_at": None,
                    "closes_at": None,
                }
                for name in services
            ]
            bulk.add_rows(tx, "counter_service", links)
        for place, name in enumerate(("Sari", "Andi", "Dewi")):
            row = own | {"unit_id": office.unit["A"], "nip": f"19800101201001200{place}"}
            row |= {
                "name": f"{name} Contoh",
                "display_name": f"Ibu {name}",
                "employment": "PNS",
                "retired_on": None,
            }
            office.officer[name] = bulk.add_rows(tx, "officer", [row])[0]
        shifts = (("Sari", "A1", 8, 13), ("Andi", "A1", 13, 16), ("Dewi", "A2", 8, 16))
        bulk.add_rows(tx, "shift", [_shift(office, *shift) for shift in shifts])
    for name, role, units in (
        ("alice", Role.SUPERVISOR, "A"),
        ("bob", Role.SUPERVISOR, "A"),
        ("charlie", Role.SUPERVISOR, "B"),
        ("dina", Role.ADMIN, ""),
        ("hana", Role.HR, ""),
        ("ina", Role.INSPECTORATE, ""),
        ("oki", Role.OFFICER, ""),
    ):
        account_id = create_account(
            site,
            agency_id=office.agency_id,
            username=name,
            name=name.title(),
            role=role,
            unit_ids=frozenset(office.unit[code] for code in units),
            password=PASSWORD,
            officer_id=office.officer["Sari"] if role is Role.OFFICER else None,
        )
        if name in TOTP_SECRETS:
            add_second_step(site, office.agency_id, account_id, name)
    return office


def add_second_step(site: Site, agency_id: int, account_id: int, username: str) -> None:
    """What an app on this person's phone was set up with."""
    factor: dict[str, Any] = {"account_id": account_id, "agency_id": agency_id, "last_step": 0}
    factor |= {"sealed_secret": seal(site, TOTP_SECRETS[username]), "created_at": site.now()}
    with site.db.transaction() as tx:
        bulk.add_rows(tx, "second_factor", [factor])


def app_code(site: Site, username: str) -> str:
    """What the phone of this person shows at the site's time."""
    return pyotp.TOTP(TOTP_SECRETS[username]).at(site.now())


def as_if_unused(site: Site, username: str) -> None:
    """Let the present code count as new: a test's clock stands still between two log-ins."""
    with site.db.transaction() as tx:
        account_id = select(Account.id).where(Account.username == username).scalar_subquery()
        tx.execute(
            update(SecondFactor).where(SecondFactor.account_id == account_id).values(last_step=0)
        )


def known_office(site: Site) -> Office:
    """The office as it was built into the database that tests copy."""
    with site.db.read() as session:
        agency_id = session.scalars(select(Agency.id)).one()
        numbers = session.execute(select(Counter.code, Counter.id, Counter.number)).all()
        officers = session.execute(select(Officer.name, Officer.id)).all()
        units = ids_by_code(session, "unit", "code", agency_id=agency_id)
        services = ids_by_code(session, "service", "code", agency_id=agency_id)
    return Office(
        agency_id,
        unit=units,
        service=services,
        counter={code: counter_id for code, counter_id, _number in numbers},
        number={code: number for code, _counter_id, number in numbers},
        officer={name.split()[0]: officer_id for name, officer_id in officers},
    )


def _shift(office: Office, officer: str, counter: str, start: int, end: int) -> dict[str, Any]:
    return {
        "agency_id": office.agency_id,
        "officer_id": office.officer[officer],
        "counter_id": office.counter[counter],
        "starts_at": local_instant(TODAY, time(start)),
        "ends_at": local_instant(TODAY, time(end)),
        "recorded_at": local_instant(TODAY - timedelta(days=7), time(8)),
        "withdrawn_at": None,
    }


def add_ratings(
    site: Site, office: Office, count: int, *, counter: str = "A1", **changes: Any
) -> None:
    """Ratings with all answers 3, unless changed."""
    with site.db.transaction() as tx:
        for _ in range(count):
            row = rating_row(office, counter=counter) | changes
            row.setdefault("for_officer", row["attribution"] in COUNTS_FOR_OFFICER)
            bulk.add_rows(tx, "rating", [row])
            ratings.count(tx, row)


def screening_row(rating: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """What screening keeps of this rating's arrival."""
    return {
        "rating_id": rating["id"],
        "comment_id": None,
        "agency_id": rating["agency_id"],
        "opened_at": at,
        "received_at": at,
        "body_digest": "d",
        "receipt": "r",
        "device_key": "k",
        "counter_id": rating["counter_id"],
        "tier": rating["tier"],
        "text_key": None,
        "is_hasty": False,
        "rules": "",
    }


def add_comment(tx: Session, rating: dict[str, Any], words: str) -> str:
    """A comment as it came with this rating, the link between them gone already; its number."""
    comment_id = comments.add_comment(tx, rating, words, day=rating["day"])
    assert comment_id is not None
    return comment_id


def rating_row(office: Office, *, counter: str = "A1") -> dict[str, Any]:
    """One rating as stored."""
    return {
        "id": secrets.token_hex(16),
        "agency_id": office.agency_id,
        "counter_id": office.counter[counter],
        "service_id": office.service["ktp"],
        "officer_id": office.officer["Sari"],
        "attribution": "chosen",
        "served_by": "officer",
        "visit_day": TODAY,
        "tier": "poster",
        "day": TODAY,
        **dict.fromkeys(ALL_KEYS, 3),
        "causes": None,
        "visits_needed": None,
        "ready_on_time": None,
        "extra": {},
        "visit_purpose": None,
        "age_band": None,
        "sex": None,
        "education": None,
        "occupation": None,
        "needs_help": None,
        "instrument_version": INSTRUMENT_VERSION,
        "language": "id",
        "state": "counted",
    }
