"""What is installed is what was locked, its licence is known, no secret is in the history (P15)."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

import run
from feedback_app.config import ROOT
from tests.ground.history import SECRETS, is_repository, secrets_in, secrets_in_history
from tests.guard.test_locks import PIN


def pins(lock: str) -> dict[str, set[str]]:
    """Versions by name: some have another for another Python."""
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall((ROOT / lock).read_text()):
        found.setdefault(name, set()).add(version)
    return found


PRODUCT, EVERYTHING = pins("requirements.txt"), pins("requirements-test.txt")
ELSEWHERE = "(other platforms)"
NEWEST = (
    30  # commits; what was committed before was looked through then, and is again by `make supply`
)


def installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None  # for another platform


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_installed_version_is_the_locked_one(name: str) -> None:
    found = installed(name)
    assert found is None or found.version in EVERYTHING[name]


def test_the_tests_run_with_the_product_s_own_versions() -> None:
    assert PRODUCT.items() <= EVERYTHING.items()


@pytest.mark.parametrize("name", PRODUCT)
def test_the_licence_of_each_package_of_the_product_is_the_one_it_names(name: str) -> None:
    found = installed(name)
    row = re.search(
        rf"^\| {re.escape(name)} \| ([^|]+) \| ([^|]+) \|$",
        (ROOT / "docs" / "licences.md").read_text(),
        re.MULTILINE,
    )
    assert row, "no line in docs/licences.md"
    if found is not None and row[1] != ELSEWHERE:
        assert row[1] == found.version
        assert row[2] in licences(found)


# A package may name no licence and carry its text only: known by words that no other has.
LICENCE_TEXTS = {"Zlib": "The origin of this software must not be misrepresented"}


def licences(found: Distribution) -> set[str]:
    """What the package's own metadata says, in any of the four ways it may."""
    data = found.metadata
    words = {data.get("License-Expression", ""), (data.get("License") or "").partition("\n")[0]}
    classes = data.get_all("Classifier") or []
    words |= {word.rsplit(" :: ", 1)[-1] for word in classes if word.startswith("License")}
    for name in data.get_all("License-File") or []:
        text = found.read_text(f"licenses/{name}") or ""
        words |= {licence for licence, known in LICENCE_TEXTS.items() if known in text}
    return words


def wheel_in(folder: Path) -> Path:
    """A small package, as a real wheel."""
    files = {"sample_pkg.py": b"ANSWER = 42\n"}
    info = "sample_pkg-1.0.dist-info"
    files[f"{info}/METADATA"] = b"Metadata-Version: 2.1\nName: sample-pkg\nVersion: 1.0\n"
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,"]).encode()
    place = folder / "sample_pkg-1.0-py3-none-any.whl"
    with zipfile.ZipFile(place, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return place


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


@pytest.mark.long
@pytest.mark.proof
def test_one_changed_byte_stops_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The product's own set-up, with real pip and a folder in place of the network."""
    wheel = wheel_in(tmp_path)
    content = wheel.read_bytes()
    locked = hashlib.sha256(content).hexdigest()
    (tmp_path / "requirements.txt").write_text(f"sample-pkg==1.0 \\\n    --hash=sha256:{locked}\n")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    place = content.index(b"42")
    wheel.write_bytes(content[:place] + b"43" + content[place + 2 :])
    with pytest.raises(run.SetUpError):
        run.install("requirements.txt")
    assert "DO NOT MATCH THE HASHES" in capfd.readouterr().err
    assert not list((tmp_path / ".venv").rglob("sample_pkg*"))
    assert not list((tmp_path / ".venv").glob("*.stamp"))
    wheel.write_bytes(content)  # the control: as it was locked, it goes in
    python = run.install("requirements.txt")
    asked = [python, "-c", "import sample_pkg; print(sample_pkg.ANSWER)"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "42\n"


@pytest.mark.skipif(not is_repository(ROOT), reason="an unpacked archive has no history")
def test_no_file_of_the_newest_commits_holds_a_secret() -> None:
    assert secrets_in_history(ROOT, newest=NEWEST) == []


@pytest.mark.long
@pytest.mark.proof
@pytest.mark.skipif(not is_repository(ROOT), reason="an unpacked archive has no history")
def test_no_version_of_any_file_holds_a_secret() -> None:
    assert secrets_in_history(ROOT) == []


# Put together here, so that this file itself holds none.
PLANTED = {
    "private key": "-----BEGIN PRIVATE " + "KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n",
    "age or SSH key": "AGE-SECRET-" + "KEY-1" + "Q" * 50,
    "cloud key": "AKIA" + "ABCDEFGHIJKLMNOP",
    "forge token": "ghp_" + "a1" * 18,
    "chat or payment token": "xoxb-" + "1" * 24,
    "package token": "npm_" + "a1" * 18,
    "signed token": "eyJ" + "a" * 12 + ".eyJ" + "b" * 12 + "." + "c" * 24,
    "password in an address": "postgresql://suara:" + "rahasia-sekali@db.example.go.id/suara",
    "key of 32 bytes": "0123456789abcdef" * 4,
    "assigned secret": "SECRET_" + 'KEY = "' + "Zx9" * 12 + '"',
}


@pytest.mark.parametrize("name", SECRETS)
def test_the_search_knows_each_kind_of_secret(name: str) -> None:
    assert [told.partition(":")[0] for told in secrets_in(PLANTED[name].encode())][:1] == [name]


def test_a_secret_that_was_taken_out_again_is_found_in_the_history(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", "-C", tmp_path, *who, *words], check=True, capture_output=True)

    git("init", "-q")
    for text in (PLANTED["forge token"], "nothing"):
        (tmp_path / "settings.py").write_text(text)
        git("add", ".")
        git("commit", "-q", "-m", "change")
    (told,) = secrets_in_history(tmp_path)
    assert told.startswith("settings.py: forge token")
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "secret").write_text("x")
    git("add", ".")
    git("commit", "-q", "-m", "worse")
    assert any("must never be kept" in told for told in secrets_in_history(tmp_path))
