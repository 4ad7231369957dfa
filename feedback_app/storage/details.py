"""The tally of details: causes ticked under low answers, and facts of the visit.

Written with the rating by `storage/ratings.py`; a recount of all ratings gives the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import BigInteger, bindparam, case, func, literal, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import Select, Subquery

from feedback_app.domain.causes import CAUSES, VISIT_FACTS, unpacked
from feedback_app.domain.elements import OFFICIAL_KEYS
from feedback_app.storage.db import Session
from feedback_app.storage.models import DETAIL_KEY, DetailTally
from feedback_app.storage.models.tally import NOBODY
from feedback_app.storage.prepared import Prepared, Statements
from feedback_app.storage.standing import RATING, with_standing


def add_details(session: Session, rating: Mapping[str, Any], *, sign: Literal[1, -1]) -> None:
    """Add what one rating says beside its answers, or take it out; most ratings say nothing."""
    rows = _rows_of(rating, sign)
    if rows:
        session.execute(_UPSERT[session.get_bind().dialect.name], rows)


def add_row_details(statements: Statements, rating: Mapping[str, Any]) -> None:
    """Add what a new rating says beside its answers."""
    for row in _rows_of(rating, 1):
        statements.run(ADD_DETAIL, row)


def _rows_of(rating: Mapping[str, Any], sign: int) -> list[dict[str, Any]]:
    said = [(cause.element, cause.key) for cause in unpacked(rating["causes"])]
    said += [(fact.key, rating[fact.key]) for fact in VISIT_FACTS if rating[fact.key]]
    key = {
        "day": rating["day"],
        "counter_id": rating["counter_id"],
        "service_id": rating["service_id"] or NOBODY,
        "officer_id": rating["officer_id"] or NOBODY,
        "tier": rating["tier"],
        "state": rating["state"],
        "for_officer": int(rating["for_officer"]),
        "is_complete": int(None not in [rating[name] for name in OFFICIAL_KEYS]),
        "agency_id": rating["agency_id"],
    }
    return [key | {"item": item, "choice": choice, "n": sign} for item, choice in said]


def _upsert(insert_of: Any) -> Any:
    statement = insert_of(DetailTally)
    return statement.on_conflict_do_update(
        index_elements=list(DETAIL_KEY),
        set_={"n": DetailTally.c.n + statement.excluded["n"]},
    )


_UPSERT = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}
_EACH: dict[str, Any] = {name: bindparam(name) for name in DetailTally.c.keys()}  # noqa: SIM118 (no mapping)
ADD_DETAIL = Prepared(*(one.values(_EACH) for one in _UPSERT.values()))


def recount_of_details() -> Select[Any]:
    """The tally of details as one grouped question over the rating rows, written apart."""
    joined, standing = with_standing()
    official = [RATING.c[key] for key in OFFICIAL_KEYS]
    total = sum(official[1:], start=official[0] + 0)  # NULL as soon as one answer is missing
    said = _everything_said()
    key: dict[str, Any] = {
        "day": standing["counted_on"],
        "counter_id": RATING.c.counter_id,
        "service_id": func.coalesce(RATING.c.service_id, NOBODY),
        "officer_id": func.coalesce(RATING.c.officer_id, NOBODY),
        "tier": RATING.c.tier,
        "state": standing["state"],
        "for_officer": case((standing["for_officer"], 1), else_=0),
        "is_complete": case((total.is_(None), 0), else_=1),
        "item": said.c.item,
        "choice": said.c.choice,
        "agency_id": RATING.c.agency_id,
    }
    columns = [value.label(name) for name, value in key.items()]
    joined = joined.join(said, said.c.rating_id == RATING.c.id)
    question = select(*columns, func.count().label("n")).select_from(joined)
    return question.group_by(*key.values())


def _everything_said() -> Subquery:
    """A row a detail: (rating, item, choice)."""
    known = union_all(
        *(
            select(
                literal(cause.bit, BigInteger).label("bit"),
                literal(cause.element).label("item"),
                literal(cause.key).label("choice"),
            )
            for cause in CAUSES
        )
    ).subquery("known_cause")
    is_ticked = RATING.c.causes.bitwise_and(known.c.bit) != 0
    ticked = select(RATING.c.id.label("rating_id"), known.c.item, known.c.choice).join(
        known, is_ticked
    )
    facts = [
        select(RATING.c.id, literal(fact.key), RATING.c[fact.key]).where(
            RATING.c[fact.key].is_not(None)
        )
        for fact in VISIT_FACTS
    ]
    return union_all(ticked.where(RATING.c.causes.is_not(None)), *facts).subquery("said")
