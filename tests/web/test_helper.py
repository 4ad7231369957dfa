"""Documents and studies come from a helper process; citizens do not wait for it."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from feedback_app.services.site import Site
from feedback_app.wiring import DOCUMENTS, STUDIES
from tests.conftest import Browser
from tests.ground.office import Office
from tests.helper import jobs


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_when_too_many_wait_the_page_says_so_and_citizens_are_served(
    app: Flask, browse: Callable[[], Browser], office: Office, place: str, tmp_path: Path
) -> None:
    admin, citizen = browse().log_in("dina"), browse()
    names = ("a", "b", "c", "d")
    waiting = [
        threading.Thread(target=DOCUMENTS.run, args=(jobs.write_pid_and_sleep, tmp_path / name, 2))
        for name in names
    ]
    for thread in waiting:
        thread.start()
    while DOCUMENTS._places._value:
        time.sleep(0.01)
    busy = admin.get("/staf/admin/kartu.pdf")
    assert busy.status_code == 503
    assert busy.headers["Retry-After"] == "30"
    assert "Berkas belum dapat dibuat" in busy.get_data(as_text=True)
    english = admin.get("/staf/admin/kartu.pdf?lang=en").get_data(as_text=True)
    assert "The file cannot be made yet" in english
    assert citizen.get(f"/q/{place}").status_code == 200
    for thread in waiting:
        thread.join()


def test_a_site_of_the_web_has_helpers_and_one_of_a_script_has_none(app: Flask, site: Site) -> None:
    web: Site = app.extensions["site"]
    assert (web.documents, web.studies) == (DOCUMENTS, STUDIES)
    assert site.documents.run(jobs.pid_and_modules, "flask")[1] == ["flask"]  # this process


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_pdf_comes_from_the_process_that_is_there_already(
    app: Flask, browse: Callable[[], Browser], office: Office, tmp_path: Path
) -> None:
    admin = browse().log_in("dina")
    before, _ = DOCUMENTS.run(jobs.pid_and_modules)
    assert admin.get("/staf/admin/kartu.pdf").data.startswith(b"%PDF")
    after, loaded = DOCUMENTS.run(jobs.pid_and_modules, "typst", "qrcode", "flask")
    assert (before, loaded) == (after, ["typst", "qrcode"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_workbook_that_is_uploaded_is_read_there(
    browse: Callable[[], Browser], office: Office
) -> None:
    reader = "feedback_app.files.reading.xlsx"
    admin, path = browse().log_in("dina"), "/staf/impor/officers"
    example = admin.get(f"{path}/contoh.xlsx").data
    DOCUMENTS.stop()
    assert DOCUMENTS.run(jobs.pid_and_modules, reader)[1] == []
    sent = {"csrf_token": admin.csrf(path), "file": (io.BytesIO(example), "petugas.xlsx")}
    assert "kode ini tidak dikenal" in admin.post(path, data=sent).get_data(as_text=True)
    assert DOCUMENTS.run(jobs.pid_and_modules, reader)[1] == [reader]
