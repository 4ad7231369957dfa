"""Everything that a rig and its servers import, loaded once: each server is a fork of this.

The rooms' views are imported by the first `create_app`: 1.5 of the 2.8 s of CPU that a start took.
"""

from __future__ import annotations

import tempfile

import granian.server

import scripts.serve
import scripts.set_up
from feedback_app import create_app
from feedback_app.config import Settings
from tests.rigs.faults import books, disk, office, server, warm, work

LOADED = (granian.server, scripts.serve, scripts.set_up, books, disk, office, server, warm, work)


def _load_an_office() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_environment({"INSTANCE_DIR": folder}))
        app.extensions["site"].db.close()


_load_an_office()
