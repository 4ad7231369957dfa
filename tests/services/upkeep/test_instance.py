"""Which folder is read, and its file of settings: whole or not there, the environment above it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feedback_app import instance
from feedback_app.config import Settings, SettingsError, locations, office_folder
from feedback_app.services.upkeep.wrong_files import say_what_is_read


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone."""
    monkeypatch.setattr(instance, "OFFICE", tmp_path / "instance")
    monkeypatch.setattr(instance, "DEMO", tmp_path / "instance-demo")
    return tmp_path


def chosen(**environ: str) -> tuple[str, bool]:
    found = instance.chosen(environ)
    return found.folder.name, found.is_office


def test_a_fresh_clone_reads_the_demo_and_an_office_that_is_there_comes_first(root: Path) -> None:
    assert chosen() == ("instance-demo", False)
    (root / "instance-demo" / "keys").mkdir(parents=True)
    (root / "instance" / "dev").mkdir(parents=True)  # nothing of an office's own
    assert chosen() == ("instance-demo", False)
    (root / "instance" / "keys").mkdir()
    assert chosen() == ("instance", True)
    assert chosen(DEMO="1") == ("instance-demo", False)


def test_the_office_is_chosen_before_it_is_there(root: Path) -> None:
    assert chosen(DEMO="0") == ("instance", True)
    assert office_folder({}) == root / "instance"
    assert office_folder({"DEMO": "1", "INSTANCE_DIR": str(root / "x")}) == root / "x"


def test_a_folder_that_may_not_be_looked_into_is_not_passed_over(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "instance").mkdir()
    assert chosen() == ("instance-demo", False)
    monkeypatch.setattr(os, "access", lambda *_arguments: False)  # root may look into everything
    assert chosen() == ("instance", True)


def test_a_named_folder_is_an_offices_by_its_settings_or_because_somebody_says_so(
    root: Path,
) -> None:
    named = root / "elsewhere"
    assert chosen(INSTANCE_DIR=str(named)) == ("elsewhere", False)
    assert chosen(INSTANCE_DIR=str(named), DEMO="0") == ("elsewhere", True)
    instance.write(named / "settings.toml", {"OFFICE_NAME": "Dinas"})
    assert chosen(INSTANCE_DIR=str(named)) == ("elsewhere", True)
    assert locations({"INSTANCE_DIR": str(named)}).is_office


def test_what_is_written_is_read_again_whatever_it_holds(tmp_path: Path) -> None:
    odd = 'Dinas "A\\B" \x7f é 李 # = [x]'
    file = tmp_path / "deep" / "settings.toml"
    instance.write(file, {"OFFICE_NAME": odd, "PORT": "8001", "HOST": ""})
    assert instance.read(file) == {"OFFICE_NAME": odd, "PORT": "8001"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    instance.write(file, {"PORT": "8001"})

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        instance.write(file, {"PORT": "8002"})
    assert instance.read(file) == {"PORT": "8001"}
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]


def test_numbers_and_truths_written_by_hand_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("port = 8001\nallow_plain_http = true\nloopback_ok = false\n")
    found = {"PORT": "8001", "ALLOW_PLAIN_HTTP": "1", "LOOPBACK_OK": "0"}
    assert instance.read(file) == found


@pytest.mark.parametrize(
    "text",
    ["port = ", "prot = 8001", "PORT = 8001", "port = [1]", "instance_dir = '/x'", "demo = 0"],
)
def test_a_file_that_cannot_be_read_is_named_with_its_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        Settings.from_environment({"INSTANCE_DIR": str(tmp_path)})


def test_the_environment_comes_first_and_the_difference_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = {"INSTANCE_DIR": str(tmp_path)}
    file = {"PORT": "8001", "BASE_URL": "https://a.example", "TIME_ZONE": "WITA", "HOST": "0.0.0.0"}  # noqa: S104 (no socket is bound)
    instance.write(tmp_path / "settings.toml", file)
    found = Settings.from_environment(here | {"BASE_URL": "https://b.example", "HOST": ""})
    assert (found.base_url, found.time_zone, found.host) == (
        "https://b.example",
        "Asia/Makassar",
        "0.0.0.0",  # noqa: S104 (no socket is bound)
    )
    say_what_is_read(here | {"BASE_URL": "https://b.example", "PORT": "8001", "HOST": ""})
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"Suara Loket: {tmp_path} (kantor / office)"
    assert [line.partition(":")[0] for line in said[1:]] == ["BASE_URL"]


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("localhost", True),
        ("[::1]", True),
        ("0.0.0.0", False),  # noqa: S104 (no socket is bound)
        ("192.168.1.2", False),
        ("suara.go.id", False),
        ("", False),
    ],
)
def test_an_address_of_this_machine_is_known(host: str, is_one: bool) -> None:
    assert instance.is_loopback(host) is is_one
