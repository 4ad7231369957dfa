"""What a newcomer opens first is true: the make targets, the version, the changelog."""

from __future__ import annotations

import re

from feedback_app.config import ROOT
from feedback_app.version import VERSION
from tests.guard.test_layers import SERVICE_ROOMS

CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
RELEASE = re.compile(r"^## \[(\d+\.\d+\.\d+)\] — (\d{4}-\d{2}-\d{2})$", re.MULTILINE)
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}  # keepachangelog.com


def targets_of(makefile: str) -> set[str]:
    """'quick:\n\tpython3 …' -> {'quick'}."""
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def unexplained(makefile: str) -> set[str]:
    """Targets without a comment on the line above."""
    lines = makefile.splitlines()
    return {
        target
        for target in targets_of(makefile)
        if not lines[lines.index(f"{target}:") - 1].startswith("# ")
    }


def test_every_make_target_is_explained_and_phony() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert set(phony.split()) == targets_of(MAKEFILE)
    assert unexplained(MAKEFILE) == set()


def test_the_guard_finds_a_target_without_its_line() -> None:
    assert unexplained("# Serves.\nserve:\n\trun\nquick:\n\trun\n") == {"quick"}


def test_the_newest_release_of_the_changelog_is_this_version() -> None:
    releases = RELEASE.findall(CHANGELOG)
    assert releases[0][0] == VERSION
    assert [day for _version, day in releases] == sorted(
        (day for _version, day in releases), reverse=True
    )


def test_the_changelog_has_the_common_kinds_of_change_only() -> None:
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= KINDS


def test_the_version_stands_in_one_place() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    assert 'attr = "feedback_app.version.VERSION"' in project
    assert not re.search(r"^version = \"", project, re.MULTILINE)


def test_the_rooms_of_services_are_listed_in_their_order() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    section = text.partition("## The rooms of services")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\| `([a-z]+)/` \|", section, re.MULTILINE)) == SERVICE_ROOMS


def test_every_decision_has_its_line_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text()
    assert [p.name for p in folder.glob("0*.md") if f"({p.name})" not in index] == []
