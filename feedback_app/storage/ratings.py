"""Write ratings: the row, its comment, its screening marks and the tally, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import Select

from feedback_app.domain.causes import VISIT_FACTS, packed
from feedback_app.domain.elements import (
    ALL_KEYS,
    INSTRUMENT_VERSION,
    OFFICER_KEYS,
    OFFICIAL_KEYS,
)
from feedback_app.domain.form_sets import COMPLETE, EARLY, PARTIAL, form_set
from feedback_app.domain.rating import NewRating, ScreeningMarks
from feedback_app.domain.respondent import BANDS
from feedback_app.storage import details
from feedback_app.storage.comments import COMMENT, add_comment, comment_row, new_comment_id
from feedback_app.storage.db import Base, Session
from feedback_app.storage.models import TALLY_KEY, TALLY_SUMS, DetailTally, Tally
from feedback_app.storage.models.tally import NOBODY
from feedback_app.storage.prepared import Prepared, Statements, insertion, of_session
from feedback_app.storage.standing import RATING, with_standing

Row = Mapping[str, Any]

# The table itself: an insert into the mapped class would ask for its rows back.
SCREENING = Base.metadata.tables["screening"]
ADD_SCREENING = Prepared(insertion(SCREENING))
ADD_COMMENT = Prepared(insertion(COMMENT))


class AlreadyThereError(Exception):
    """A rating with this id was saved before."""


def add_rating(
    statements: Statements, rating: NewRating, marks: ScreeningMarks, *, comment: str
) -> None:
    """Add one rating with everything that hangs on it; AlreadyThereError when its id is taken."""
    row = _rating_row(rating)
    _add_row(statements, row)
    comment_id = new_comment_id() if comment else None
    if comment_id:
        added = comment_row(row, comment, day=rating.day, comment_id=comment_id)
        statements.run(ADD_COMMENT, added)
    statements.run(ADD_SCREENING, _screening_row(rating, marks) | {"comment_id": comment_id})


def add_paper_rating(
    session: Session, rating: NewRating, *, comment: str, comment_day: date
) -> str | None:
    """Add a rating that came on paper: no times, no device and no receipt hang on it.

    Its comment goes by the day it was keyed, so that no batch of comments grows afterwards; return
    the comment's number.
    """
    row = _rating_row(rating)
    _add_row(of_session(session), row)
    return add_comment(session, row, comment, day=comment_day)


def _rating_row(rating: NewRating) -> dict[str, Any]:
    return {
        "id": rating.id,
        "agency_id": rating.agency_id,
        "counter_id": rating.counter_id,
        "service_id": rating.service_id,
        "officer_id": rating.attribution.officer_id,
        "attribution": rating.attribution.kind,
        "served_by": rating.served_by,
        "visit_day": rating.visit_day,
        "tier": rating.tier,
        "day": rating.day,
        **{key: rating.answers.get(key) for key in ALL_KEYS},
        "causes": packed(rating.causes),
        **{fact.key: rating.visit_facts.get(fact.key) for fact in VISIT_FACTS},
        "extra": {},
        "visit_purpose": rating.visit_purpose,
        **{band.key: rating.bands.get(band.key) for band in BANDS},
        "instrument_version": INSTRUMENT_VERSION,
        "language": rating.language,
        "state": rating.state,
        "for_officer": rating.for_officer,
    }


def _screening_row(rating: NewRating, marks: ScreeningMarks) -> dict[str, Any]:
    arrival = marks.arrival
    return {
        "rating_id": rating.id,
        "agency_id": rating.agency_id,
        "opened_at": arrival.opened_at,
        "received_at": arrival.received_at,
        "body_digest": marks.body_digest,
        "receipt": marks.receipt,
        "device_key": arrival.device,
        "counter_id": rating.counter_id,
        "tier": rating.tier,
        "text_key": arrival.text,
        "is_hasty": arrival.is_hasty,
        "rules": ",".join(marks.rules),
    }


def _add_row(statements: Statements, rating: Row) -> None:
    if not statements.rows(ADD_RATING, rating):
        raise AlreadyThereError
    statements.run(ADD_TO_TALLY, tally_row(rating))
    details.add_row_details(statements, rating)


def count(session: Session, rating: Row) -> None:
    """Add a rating, as it stands, to the tallies."""
    add_to_tally(session, [tally_row(rating)])
    details.add_details(session, rating, sign=1)


def uncount(session: Session, rating: Row) -> None:
    """Take a rating that stood so out of the tallies; rows of nobody stay until `drop_empty`."""
    taken = tally_row(rating)
    add_to_tally(session, [taken | {name: -taken[name] for name in TALLY_SUMS}])
    details.add_details(session, rating, sign=-1)


def drop_empty(session: Session) -> None:
    """Take out the tallies' rows that count nobody."""
    for table in (Tally, DetailTally):
        session.execute(delete(table).where(table.c.n == 0))


def tally_row(rating: Row) -> dict[str, Any]:
    """What one rating adds to the tally."""
    official = [rating[key] for key in OFFICIAL_KEYS]
    officer_items = [rating[key] for key in OFFICER_KEYS]
    complete = None not in official
    skm = sum(official) if complete else 0
    officer_complete = None not in officer_items
    officer = sum(officer_items) if officer_complete else 0
    row = {
        "agency_id": rating["agency_id"],
        "day": rating["day"],
        "counter_id": rating["counter_id"],
        "service_id": rating["service_id"] or NOBODY,
        "officer_id": rating["officer_id"] or NOBODY,
        "attribution": rating["attribution"],
        "tier": rating["tier"],
        "state": rating["state"],
        "for_officer": int(rating["for_officer"]),
        "form_set": form_set(rating),
        "n": 1,
        "n_another": int(rating["served_by"] == "another"),
        "skm_n": int(complete),
        "skm_total": skm,
        "skm_squares": skm * skm,
        "officer_n": int(officer_complete),
        "officer_total": officer,
        "officer_squares": officer * officer,
    }
    for key in ALL_KEYS:
        for value in (1, 2, 3, 4):
            row[f"{key}_{value}"] = int(rating[key] == value)
    return row


def add_to_tally(session: Session, rows: Sequence[Row]) -> None:
    """Add counts to the tally's rows, making those that are missing."""
    statement = _UPSERT[session.get_bind().dialect.name]
    session.execute(statement, [dict(row) for row in rows])


def _new_rating(insert_of: Any) -> Any:
    statement = insert_of(RATING).values({name: bindparam(name) for name in RATING.c.keys()})  # noqa: SIM118 (no mapping)
    return statement.on_conflict_do_nothing(index_elements=["id"]).returning(RATING.c.id)


def _upsert(insert_of: Any) -> Any:
    statement = insert_of(Tally)
    return statement.on_conflict_do_update(
        index_elements=list(TALLY_KEY),
        set_={name: Tally.c[name] + statement.excluded[name] for name in TALLY_SUMS},
    )


# Built once: putting 56 sums together takes longer than running them.
_UPSERT = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}
_EACH_OF_TALLY: dict[str, Any] = {name: bindparam(name) for name in Tally.c.keys()}  # noqa: SIM118 (no mapping)
ADD_RATING = Prepared(_new_rating(sqlite.insert), _new_rating(postgresql.insert))
ADD_TO_TALLY = Prepared(*(one.values(_EACH_OF_TALLY) for one in _UPSERT.values()))


def rebuild_tally(session: Session) -> None:
    """Throw the tallies away and count every rating again."""
    for table, recount in _recounts():
        session.execute(delete(table))
        names = [column.name for column in recount.selected_columns]
        session.execute(insert(table).from_select(names, recount))


def differences_from_recount(session: Session) -> int:
    """How many rows of the tallies differ from a recount of the ratings (0 is the promise)."""
    return sum(_differences(session, table, recount) for table, recount in _recounts())


def _differences(session: Session, table: Table, recount: Select[Any]) -> int:
    """Rows that are on one side only.

    Each recounted row is looked up by its key: sets of 90 columns (EXCEPT) took longer,
    and this is most of a restore.
    """
    counted = recount.subquery("counted")
    keys = {column.name for column in table.primary_key}
    same_key = and_(*(counted.c[name] == table.c[name] for name in sorted(keys)))
    same = and_(*(one == table.c[one.name] for one in counted.c if one.name not in keys))
    matched = counted.outerjoin(table, same_key)
    kept = select(func.count()).select_from(table.alias()).scalar_subquery()
    asked = select(func.count(), kept, _count_where(same)).select_from(matched)
    there, told, equal = session.execute(asked).one()  # in one statement, as of one instant
    return int(there + told - 2 * (equal or 0))


def _recounts() -> tuple[tuple[Table, Select[Any]], ...]:
    return (Tally, recount_of_ratings()), (DetailTally, details.recount_of_details())


def recount_of_ratings() -> Select[Any]:
    """The tally as one grouped question over the rating rows: written apart from `tally_row`."""
    table = RATING
    joined, standing = with_standing()
    official = [table.c[key] for key in OFFICIAL_KEYS]
    officer = [table.c[key] for key in OFFICER_KEYS]
    skm = sum(official[1:], start=official[0] + 0)  # NULL as soon as one answer is missing
    officer_total = sum(officer[1:], start=officer[0] + 0)
    sets = case((skm.is_not(None), COMPLETE), (officer_total.is_not(None), EARLY), else_=PARTIAL)
    key_columns: dict[str, Any] = {
        "day": standing["counted_on"],
        "counter_id": table.c.counter_id,
        "service_id": func.coalesce(table.c.service_id, NOBODY),
        "officer_id": func.coalesce(table.c.officer_id, NOBODY),
        "attribution": table.c.attribution,
        "tier": table.c.tier,
        "state": standing["state"],
        "for_officer": case((standing["for_officer"], 1), else_=0),
        "form_set": sets,
        "agency_id": table.c.agency_id,
    }
    sums: dict[str, Any] = {
        "n": func.count(),
        "n_another": _count_where(table.c.served_by == "another"),
        "skm_n": func.count(skm),
        "skm_total": _total(skm),
        "skm_squares": _total(skm * skm),
        "officer_n": func.count(officer_total),
        "officer_total": _total(officer_total),
        "officer_squares": _total(officer_total * officer_total),
    }
    for name in ALL_KEYS:
        for value in (1, 2, 3, 4):
            sums[f"{name}_{value}"] = _count_where(table.c[name] == value)
    columns = [value.label(name) for name, value in (key_columns | sums).items()]
    return select(*columns).select_from(joined).group_by(*key_columns.values())


def _count_where(condition: Any) -> Any:
    return func.count(case((condition, 1)))


def _total(value: Column[int] | Any) -> Any:
    return func.coalesce(func.sum(value), literal(0, Integer))
