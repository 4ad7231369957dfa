"""An officer's account from the command line belongs to one officer of the agency."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feedback_app.services.site import Site
from tests.conftest import keep_keys
from tests.ground.office import Office
from tests.ground.scripts import Done, run_script

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_officer_is_named_by_nip_and_taken_once(
    site: Site, office: Office, tmp_path: Path
) -> None:
    keep_keys(site.settings)

    def run(name: str, *arguments: str) -> Done:
        command = [name, "--name", "Andi", "--role", "officer", "--loopback-ok", *arguments]
        environment = os.environ | {
            "INSTANCE_DIR": str(tmp_path),
            "DATABASE_URL": site.settings.database_url,
        }
        return run_script("create_account.py", *command, environment=environment)

    assert "Pilih petugas" in run("andi").stderr
    assert "Tidak ada petugas" in run("andi", "--officer", "1").stderr
    assert "Pilih petugas" in run("andi", "--officer", "198001012010012000").stderr  # Sari's
    made = run("andi", "--officer", "198001012010012001")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("andi: ")
    assert run("andi2", "--officer", "198001012010012001").returncode == 2
