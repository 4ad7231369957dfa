"""What developers start: a drafted migration is right, a change shows without a new start."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect

from feedback_app.config import ROOT
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.drafting import draft_migration
from feedback_app.services.upkeep.schema import upgrade_schema
from feedback_app.services.upkeep.wrong_files import settings_to_migrate
from feedback_app.storage import upgrade
from feedback_app.web import static_files
from scripts import dev_server, new_migration
from tests.ground.office import Office
from tests.ground.source_copy import copy_source, replace_in, run_script

VISIT = "feedback_app/storage/models/visit.py"
VERSIONS = "feedback_app/storage/migrations/versions"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return copy_source(tmp_path)


def add_column(source: Path) -> None:
    """A time of the project's own type, at the end of a table."""
    path = source / VISIT
    path.write_text(path.read_text().rstrip() + "\n    seen_at: Mapped[datetime | None]\n")
    replace_in(path, "from datetime import date\n", "from datetime import date, datetime\n")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_migration_is_drafted_numbered_and_runs(
    site: Site, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name for path in (source / VERSIONS).glob("*.py")}
    add_column(source)
    drafted = run_script(source, "new_migration.py", "visit_seen")
    assert drafted.returncode == 0, drafted.stderr
    (name,) = {path.name for path in (source / VERSIONS).glob("*.py")} - before
    newest = max(before)  # numbered, so the newest is the last by its name
    assert name == f"{int(newest[:4]) + 1:04}_visit_seen.py"
    text = (source / VERSIONS / name).read_text()
    assert "from feedback_app.storage.db import UtcDateTime" in text
    assert "sa.Column('seen_at', UtcDateTime(), nullable=True)" in text
    assert "batch_alter_table" not in text  # whose copy of a table on SQLite has no triggers
    monkeypatch.setattr(upgrade, "MIGRATIONS", source / VERSIONS.removesuffix("/versions"))
    assert upgrade.upgrade(site.db) == name.removesuffix(".py")
    with site.db.engine.connect() as connection:
        columns = inspect(connection).get_columns("visit_count")
    assert "seen_at" in {column["name"] for column in columns}


def test_nothing_is_drafted_where_models_and_migrations_agree() -> None:
    assert draft_migration(name="nothing_new") is None


def test_a_migration_has_a_plain_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["new_migration.py", "Foto petugas"])
    with pytest.raises(SystemExit, match="2"):
        new_migration.main()
    assert "small letters" in capsys.readouterr().err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_changes_of_files_show_without_a_new_start(
    app: Flask, office: Office, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.template_folder = shutil.copytree(ROOT / "templates", tmp_path / "templates")
    dev_server.show_changes_at_once(app)
    reader = app.test_client()

    def page(address: str) -> str:
        return reader.get(address).get_data(as_text=True)

    assert "Suara Lain" not in page("/") + page(f"/q/{place}")
    replace_in(tmp_path / "templates" / "base.html", "</title>", " Suara Lain</title>")
    with (tmp_path / "templates" / "citizen" / "form.html").open("a") as form:
        form.write("Suara Lain")
    assert "Suara Lain</title>" in page("/")
    assert page(f"/q/{place}").endswith("Suara Lain")
    styles = re.search(r"/static/site\.css\?v=\w{8}", page("/"))
    assert styles
    monkeypatch.setattr(static_files, "FOLDER", tmp_path)
    (tmp_path / "site.css").write_text("p { color: red }")
    assert styles[0] not in page("/")  # another edition has another address


def test_the_developers_server_serves_this_machine_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("BASE_URL", "https://suara.example.go.id")
    upgrade_schema(open_site(settings_to_migrate()))
    monkeypatch.setattr(sys, "argv", ["dev_server.py"])
    assert dev_server.main() == 2
    assert "no address of this machine" in capsys.readouterr().err
