"""Every blob that a repository ever held, searched for secrets."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from feedback_app.domain.codes import derive_key
from feedback_app.domain.visit_codes import GivenCode, mark_of

# Each stands for itself: none of these shapes has any business in a public history.
SECRETS = {
    "private key": rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----\s+[A-Za-z0-9+/=]{20}",
    "age or SSH key": rb"AGE-SECRET-KEY-1[0-9A-Z]{50}|PuTTY-User-Key-File-[23]:",
    "cloud key": rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b",
    "forge token": rb"\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{60}|glpat-[0-9A-Za-z_-]{20})",
    "chat or payment token": rb"\bxox[abprs]-[0-9A-Za-z-]{20}|\b[sr]k_live_[0-9A-Za-z]{20}",
    "package token": rb"\bpypi-AgE[0-9A-Za-z_-]{50}|\bnpm_[0-9A-Za-z]{36}\b",
    "signed token": rb"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{20,}",
    "password in an address": rb"\b(?:postgres(?:ql)?(?:\+psycopg)?|mysql|amqp|redis|smtps?|https?)://[^\s:/@{}<>\"']+:[^\s:/@{}<>\"'$]{3,}@[a-z0-9.-]+",
    "key of 32 bytes": rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])",
    "assigned secret": rb"(?i)\b(?:secret_?key|api_?key|password|passwd|token)['\"]?\s*[:=]\s*['\"][0-9A-Za-z+/_-]{24,}={0,2}['\"]",
}
# Digests of locks, licences and fixtures have the shape of a key; what names them tells them apart.
_DIGESTS = re.compile(rb"sha256|hash|digest|fingerprint|checksum", re.IGNORECASE)
# Told in tests/domain/test_codes.py and test_visit_codes.py: what a made-up key of 32 times "k" gives.
_MADE_UP_KEY = b"k" * 32
_MADE_UP = {
    derive_key(_MADE_UP_KEY, "receipt").hex().encode(),
    mark_of(GivenCode("typed", "AQMPCB4S"), key=_MADE_UP_KEY).encode(),
}
# A lot's worked example: digests that a reader makes again with sha256sum and openssl.
_WORKED_EXAMPLES = {"docs/lot.md", "tests/domain/test_lot.py", "tests/scripts/test_plan_scripts.py"}
_COMPILED = {name: re.compile(pattern) for name, pattern in SECRETS.items()}
KEPT_OUT = re.compile(
    r"(^|/)(instance/|\.env$|id_(rsa|ed25519)$)|\.(pem|p12|pfx|keystore)$|\.db$|\.sqlite3?$"
)


def secrets_in(content: bytes) -> list[str]:
    """What looks like a secret in a file, with the line it is in."""
    found = []
    for name, pattern in _COMPILED.items():
        for match in pattern.finditer(content):
            start = content.rfind(b"\n", 0, match.start()) + 1
            end = content.find(b"\n", match.end())
            line = content[start : end if end >= 0 else None]
            if match[0] in _MADE_UP:
                continue
            if name == "key of 32 bytes" and (_DIGESTS.search(line) or len(set(match[0])) < 8):
                continue
            found.append(f"{name}: {line[:160].decode('utf-8', 'replace')}")
    return found


def secrets_in_history(repository: Path, *, newest: int | None = None) -> list[str]:
    """Everything that looks like a secret in any version of any file, or in the newest commits'."""
    found = []
    for name, content in blobs(repository, newest=newest):
        if KEPT_OUT.search(name):
            found.append(f"{name}: a file that must never be kept")
        found += [
            f"{name}: {told}"
            for told in secrets_in(content)
            if not (name in _WORKED_EXAMPLES and told.startswith("key of 32 bytes"))
        ]
    return found


def blobs(repository: Path, *, newest: int | None = None) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every blob that any commit reaches, or that so many commits brought in."""
    words = ["--all"]
    if newest is not None:
        commits = _git(repository, "rev-list", f"--max-count={newest + 1}", "--all").split()
        # Without the one before them, a history that is shorter is looked through whole.
        words += [f"^{commits[-1].decode()}"] if len(commits) > newest else []
    listed = _git(repository, "rev-list", *words, "--objects").decode("utf-8", "replace")
    names = dict(line.split(" ", 1) for line in listed.splitlines() if " " in line)
    asked = "\n".join(names).encode() + b"\n"
    answer = _git(repository, "cat-file", "--batch", given=asked)
    place = 0
    while place < len(answer):
        end = answer.index(b"\n", place)
        key, kind, size = answer[place:end].decode().split()
        if kind == "blob":
            yield names[key], answer[end + 1 : end + 1 + int(size)]
        place = end + 1 + int(size) + 1


def is_repository(folder: Path) -> bool:
    """Whether the folder has a history; an unpacked archive has none."""
    return (folder / ".git").exists()


def _git(repository: Path, *words: str, given: bytes = b"") -> bytes:
    # A checkout that belongs to another user is read all the same: nothing in it is run.
    command = ["git", "-c", f"safe.directory={repository}", "-C", str(repository), *words]
    return subprocess.run(command, input=given, check=True, capture_output=True).stdout
