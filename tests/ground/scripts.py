"""The office's scripts as a person calls them: exit code, what was printed, what was told."""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from feedback_app.config import ROOT

Done = subprocess.CompletedProcess[str]


@cache
def _server(_pid: int) -> subprocess.Popen[str]:
    """One for each process that runs tests, started when first needed."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.ground.script_server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_stop, server)
    return server


def _stop(server: subprocess.Popen[str]) -> None:
    server.kill()
    server.wait()


def run_script(
    script: str,
    *arguments: str | Path,
    environment: Mapping[str, str] | None = None,
    typed: str = "",
    within_s: float = 120,
) -> Done:
    """Run scripts/`script` in an environment (by default this process's own)."""
    server = _server(os.getpid())
    path = ROOT / "scripts" / script
    words = [str(word) for word in arguments]
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder, name)) for name in ("typed", "printed", "told")]
        Path(files[0]).write_text(typed)
        job = {
            "path": str(path),
            "arguments": words,
            "environment": dict(os.environ if environment is None else environment),
            "folder": str(ROOT),
            "files": files,
        }
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(job) + "\n")
        server.stdin.flush()
        if not select.select([server.stdout], [], [], within_s)[0]:
            _server.cache_clear()
            _stop(server)
            raise subprocess.TimeoutExpired([str(path), *words], within_s)
        code = int(server.stdout.readline())
        printed, told = (Path(name).read_text() for name in files[1:])
    return Done([str(path), *words], code, printed, told)
