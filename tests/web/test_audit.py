"""The audit log: it grows, it can be read by two roles, and nobody can change it."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from feedback_app.config import ROOT
from feedback_app.domain.act_words import LABELS
from feedback_app.domain.acts import ACTS
from feedback_app.services.site import Site
from feedback_app.storage.queries import audit
from tests.conftest import Browser, SteppedClock
from tests.ground.office import Office


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'nothing'",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET at = at WHERE id = 1",
    ],
)
def test_the_database_itself_refuses_to_change_a_line(
    site: Site, office: Office, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="append-only"), site.db.engine.begin() as connection:
        connection.execute(text(statement))
    with site.db.read() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_entry")) > 0


def test_postgresql_refuses_to_empty_it_too(site: Site, office: Office) -> None:
    if site.db.is_sqlite:
        return  # SQLite has no TRUNCATE
    with pytest.raises(DBAPIError, match="append-only"), site.db.engine.begin() as connection:
        connection.execute(text("TRUNCATE audit_entry"))


def test_what_was_done_is_found_by_day_act_and_account(
    browse: Callable[[], Browser], site: Site, office: Office, clock: SteppedClock
) -> None:
    dina = browse().log_in("dina")
    page = dina.get("/staf/catatan/").get_data(as_text=True)
    assert "membuat akun" in page  # the office's seven accounts
    assert "skrip" in page  # made by no account
    assert "masuk" in page
    only = dina.get("/staf/catatan/?tindakan=log_in&akun=dina").get_data(as_text=True)
    assert "1 tindakan" in only
    assert "24 November 2026 13.05 WIB" in only
    assert "Tidak ada tindakan yang cocok." in dina.get(
        "/staf/catatan/?sampai=2026-11-23"
    ).get_data(as_text=True)
    for odd in ("dari=x", "sampai=9999-12-31", "hal=0", "hal=99", "tindakan=?", "akun=%25"):
        assert dina.get(f"/staf/catatan/?{odd}").status_code == 200
    clock.at += timedelta(days=1)
    browse().log_in("alice")
    today = browse().log_in("ina").get("/staf/catatan/?dari=2026-11-25").get_data(as_text=True)
    assert "2 tindakan" in today  # two people logged in since


def test_a_long_log_comes_in_pages_and_taking_it_away_is_written_down(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    with site.db.transaction() as tx:
        for number in range(120):
            audit.append(
                tx,
                agency_id=office.agency_id,
                at=site.now(),
                account_id=None,
                action="add_unit",
                subject=f"=UNIT{number}",
            )
    dina = browse().log_in("dina")
    assert "Halaman 1 dari 3" in dina.get("/staf/catatan/?tindakan=add_unit").get_data(as_text=True)
    last = dina.get("/staf/catatan/?tindakan=add_unit&hal=3").get_data(as_text=True)
    assert "=UNIT0<" in "".join(last.split())
    sheet = dina.client.get("/staf/catatan/unduh.csv?tindakan=add_unit").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet), delimiter=";"))
    assert len(rows) == 120
    assert all(row["Tentang"].startswith("'=UNIT") for row in rows)  # no formula
    assert "mengunduh catatan tindakan" in dina.get("/staf/catatan/").get_data(as_text=True)
    assert dina.client.get("/staf/catatan/unduh.exe").status_code == 404


def actions_in_code() -> set[str]:
    """Every action that some service writes down."""
    found: set[str] = set()
    for path in (ROOT / "feedback_app" / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name == "log_act":
                values: list[ast.expr] = node.args[3:4]
            elif name.endswith("audit.append"):
                values = [word.value for word in node.keywords if word.arg == "action"]
            else:
                continue
            for value in values:
                found |= {
                    c.value
                    for c in ast.walk(value)
                    if isinstance(c, ast.Constant) and isinstance(c.value, str)
                }
    return found


def test_the_page_speaks_in_words_and_the_file_keeps_the_raw_values(
    browse: Callable[[], Browser], site: Site, office: Office
) -> None:
    acts: list[tuple[str, str, dict[str, object]]] = [
        ("add_follow_up", "3", {"element": "prosedur", "due": "2026-12-29", "status": "planned"}),
        ("open_survey", "1 2026-01-01–2026-03-31", {"target": 1373}),
        ("check_sheet", "AA003W", {"same": True}),
        ("set_tiers", "A1", {"tiers": ["visit", "paper"]}),
        ("decide_case", "7", {"kind": "held", "outcome": "aside", "answers": 6}),
        ("import", "roster", {"added": 2, "unheard_of": "<b>2026-99-99"}),
        ("create_account", "eka", {"role": "hr"}),
    ]
    with site.db.transaction() as tx:
        for action, subject, detail in acts:
            audit.append(
                tx,
                agency_id=office.agency_id,
                at=site.now(),
                account_id=None,
                action=action,
                subject=subject,
                detail=detail,
            )
    dina = browse().log_in("dina")
    page = dina.get("/staf/catatan/").get_data(as_text=True)
    for words in (
        "bukti: kata sandi dan kode",
        "rencana 3",
        "unsur: Sistem, Mekanisme, dan Prosedur; tenggat: 29 Desember 2026; status: Direncanakan",
        "survei 1: 1 Januari 2026–31 Maret 2026",
        "sampel minimum: 1.373",
        "sama: ya",
        "cara masuk: Kode kunjungan, ",
        "kasus 7",
        "putusan: Dikesampingkan",
        "baru: 2; unheard_of: &lt;b&gt;2026-99-99",
        "peran: Kepegawaian",
    ):
        assert words in page, words
    assert "proof" not in page
    english = dina.get("/staf/catatan/?lang=en").get_data(as_text=True)
    assert "due: 29 December 2026; status: Planned" in english
    raw = dina.client.get("/staf/catatan/unduh.csv").data.decode()
    assert "proof: code" in raw
    assert "element: prosedur, due: 2026-12-29, status: planned" in raw


def test_every_detail_of_an_act_has_its_label() -> None:
    """What is written beside an act as a literal of the code; a label nobody writes is found too."""
    found = {
        key.value
        for path in (ROOT / "feedback_app" / "services").rglob("*.py")
        if "demo" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and (ast.unparse(node.func) == "log_act" or ast.unparse(node.func).endswith("audit.append"))
        for part in [*node.args, *(k.value for k in node.keywords)]
        if isinstance(part, ast.Dict)
        for key in part.keys
        if isinstance(key, ast.Constant)
    }
    assert {"proof", "kind", "added"} <= found
    assert found - LABELS.keys() == set()


def test_every_act_has_its_words() -> None:
    found = actions_in_code()
    assert {"close_survey", "log_in", "change_training", "issue_link"} <= found
    assert found - ACTS.keys() == set()
    assert ACTS.keys() - found == set()
