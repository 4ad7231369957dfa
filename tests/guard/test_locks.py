"""Locks name no host and pin every package by hash; every licence is listed."""

from __future__ import annotations

import hashlib
import json
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from feedback_app.config import ROOT

LOCKS = sorted(ROOT.glob("requirements*.txt"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_host_and_hashes_everything(lock: Path) -> None:
    text = lock.read_text()
    assert not re.search(r"(https?|file)://|--index|--find-links", text)
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    unpinned = [e.splitlines()[0] for e in entries if not (PIN.match(e) and "--hash=sha256:" in e)]
    assert unpinned == []


def test_every_installed_package_of_the_product_has_its_licence_listed() -> None:
    listed = (ROOT / "docs" / "licences.md").read_text()
    names = {name for name, _version in PIN.findall((ROOT / "requirements.txt").read_text())}
    missing = set()
    for name in names:
        try:
            distribution(name)
        except PackageNotFoundError:
            continue  # for another platform
        if f"| {name} |" not in listed:
            missing.add(name)
    assert missing == set()


def test_vendored_files_are_what_their_manifest_says() -> None:
    folder = ROOT / "tests" / "vendor" / "axe"
    manifest = json.loads((folder / "manifest.json").read_text())
    content = (folder / manifest["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == manifest["sha256"]
    fonts = ROOT / "feedback_app" / "files" / "fonts"
    told = (fonts / "OFL.txt").read_text()
    for font in fonts.glob("*.ttf"):
        assert f"{font.name} sha256 {hashlib.sha256(font.read_bytes()).hexdigest()}" in told
