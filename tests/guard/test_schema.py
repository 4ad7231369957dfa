"""The migrations make the very tables that the models describe, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Column, Engine, Inspector, Integer, MetaData, inspect

from feedback_app.services.site import Site
from feedback_app.storage import revision
from feedback_app.storage.db import Base, Database, open_database
from feedback_app.storage.deadline import Waiting


@pytest.fixture
def blank(site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database on the engine of the migrated site."""
    if site.db.is_sqlite:
        db = open_database(f"sqlite:///{tmp_path / 'blank.db'}")
        yield db.engine
        db.close()
        return
    copy: Callable[[str], AbstractContextManager[str]] = request.getfixturevalue("postgres_copy")
    with copy("template1") as url:
        db = open_database(url)
        yield db.engine
        db.close()


def by_alembic(engine: Engine, metadata: MetaData) -> list[Any]:
    """What a new migration would have to do."""
    with engine.connect() as connection:
        options = {"compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))


def shape(engine: Engine) -> dict[str, list[str]]:
    """Columns, keys, indexes and checks by table, as the engine tells them.

    Not the server's defaults: a migration needs one to fill a new column of rows that are there.
    """
    asked = inspect(engine)
    found: dict[str, list[str]] = {}
    for many in (
        asked.get_multi_columns(),
        asked.get_multi_pk_constraint(),
        _references(asked),
        asked.get_multi_unique_constraints(),
        asked.get_multi_indexes(),
        asked.get_multi_check_constraints(),
    ):
        for (_schema, table), parts in many.items():
            told = parts if isinstance(parts, list) else [parts]
            found.setdefault(table, []).extend(sorted(map(_told, told)))
    found.pop("alembic_version", None)  # the migrations' own
    return found


def _references(asked: Inspector) -> Any:
    """SQLite tells no name of a reference that came with its column, as a later one must."""
    found = asked.get_multi_foreign_keys()
    if asked.engine.dialect.name == "sqlite":
        for parts in found.values():
            for part in parts:
                part["name"] = None
    return found


def _told(part: Any) -> str:
    return repr(sorted((key, str(value)) for key, value in part.items() if key != "default"))


def differences(migrated: Engine, blank: Engine, metadata: MetaData) -> list[str]:
    """Whatever the two ways to the newest schema do not have in common."""
    metadata.create_all(blank)
    one, other = shape(migrated), shape(blank)
    found = [
        f"{table}: {part}"
        for table in one.keys() | other.keys()
        for part in set(one.get(table, [])) ^ set(other.get(table, []))
    ]
    return sorted(found) + [str(step) for step in by_alembic(migrated, metadata)]


def test_models_and_migrations_describe_the_same_tables(site: Site, blank: Engine) -> None:
    assert differences(site.db.engine, blank, Base.metadata) == []


@pytest.mark.every_case
@pytest.mark.proof
@pytest.mark.parametrize("fault", ["a column", "a check", "an index"])
def test_a_planted_difference_is_found(site: Site, blank: Engine, fault: str) -> None:
    metadata = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.tables.values():
        table.to_metadata(metadata)
    officer = metadata.tables["officer"]
    if fault == "a column":
        officer.append_column(Column("planted", Integer))
    elif fault == "a check":
        officer.append_constraint(CheckConstraint("id > 0", name="planted"))
    else:
        officer.indexes.clear()
    found = differences(site.db.engine, blank, metadata)
    assert found
    assert all("officer" in step for step in found), found


def test_the_newest_revision_is_known_without_the_library_that_migrates(site: Site) -> None:
    """A start looks at names of files only, and at one row."""
    scripts = ScriptDirectory(str(revision.MIGRATIONS))
    assert revision.newest() == scripts.get_current_head()
    assert revision.known() == {script.revision for script in scripts.walk_revisions()}
    with site.db.engine.connect() as connection:
        reached = MigrationContext.configure(connection).get_current_revision()
    assert revision.current(site.db) == reached
    assert revision.is_current(site.db)


def test_a_database_without_tables_is_not_current(blank: Engine) -> None:
    db = Database(blank, Waiting())
    assert revision.current(db) is None
    assert not revision.is_current(db)
