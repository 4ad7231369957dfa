"""The tally tells forms that stopped early after the officer's questions from other partial ones.

Revision ID: 0024_form_sets
Revises: 0023_training_merge
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_form_sets"
down_revision = "0023_training_merge"
branch_labels = None
depends_on = None

OFFICIAL = (
    *("persyaratan", "prosedur", "waktu", "biaya", "produk"),
    *("kompetensi", "perilaku", "sarana", "pengaduan"),
)
OFFICER = ("kompetensi", "perilaku", "informasi", "kecepatan")
ELEMENTS = (*OFFICIAL, "informasi", "kecepatan", "kepercayaan")


def upgrade() -> None:
    """A column gets the name of what it holds now; incomplete forms are counted again by set."""
    op.execute("ALTER TABLE tally RENAME COLUMN is_complete TO form_set")
    op.execute("DELETE FROM tally WHERE form_set = 0")
    op.execute(_recount())


def _recount() -> sa.TextClause:
    """Incomplete forms as they stand now, counted into the tally: 2 stopped early, 0 the rest."""
    complete = " AND ".join(f"r.{key} IS NOT NULL" for key in OFFICIAL)
    early = " AND ".join(f"r.{key} IS NOT NULL" for key in OFFICER)
    total = " + ".join(f"r.{key}" for key in OFFICER)
    keys = {
        "day": "coalesce(v.counted_on, r.day)",
        "counter_id": "r.counter_id",
        "service_id": "coalesce(r.service_id, 0)",
        "officer_id": "coalesce(r.officer_id, 0)",
        "attribution": "r.attribution",
        "tier": "r.tier",
        "state": "coalesce(v.state, r.state)",
        "for_officer": "CASE WHEN coalesce(v.for_officer, r.for_officer) THEN 1 ELSE 0 END",
        "form_set": f"CASE WHEN {early} THEN 2 ELSE 0 END",
        "agency_id": "r.agency_id",
    }
    sums = {
        "n": "count(*)",
        "n_another": _sum_where("r.served_by = 'another'"),
        "skm_n": "0",
        "skm_total": "0",
        "skm_squares": "0",
        "officer_n": f"count({total})",
        "officer_total": f"coalesce(sum({total}), 0)",
        "officer_squares": f"coalesce(sum(({total}) * ({total})), 0)",
    }
    sums |= {
        f"{key}_{value}": _sum_where(f"r.{key} = {value}")
        for key in ELEMENTS
        for value in (1, 2, 3, 4)
    }
    columns = keys | sums
    newest = "SELECT rating_id, max(step) AS step FROM verdict GROUP BY rating_id"
    return sa.text(
        f"INSERT INTO tally ({', '.join(columns)}) "  # noqa: S608 (names of this file only)
        f"SELECT {', '.join(columns.values())} FROM rating r "
        f"LEFT JOIN ({newest}) w ON w.rating_id = r.id "
        "LEFT JOIN verdict v ON v.rating_id = w.rating_id AND v.step = w.step "
        f"WHERE NOT ({complete}) GROUP BY {', '.join(keys.values())}"
    )


def _sum_where(condition: str) -> str:
    return f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)"
