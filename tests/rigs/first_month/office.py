"""The office's computer: an empty folder, the server that run.py starts, and its clock."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from feedback_app import instance
from feedback_app.config import ROOT
from feedback_app.services.site import Site, open_site
from feedback_app.services.upkeep.wrong_files import settings_of_office
from tests.ground.browser import free_port
from tests.rigs.faults.server import command_of_run_py, wait_until_ready
from tests.rigs.first_month.clock import ClockInFile

STEPPED = Path(__file__).with_name("stepped.py")
NAME = "suara.kantor.test"  # the browser is told that it is this machine
WAIT_S = 300  # a busy machine starts slowly


@dataclass
class Computer:
    """One office PC. `begin` and `shut_down` are its switch."""

    folder: Path
    port: int
    clock: ClockInFile
    server: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """What citizens' phones and cards know."""
        return f"http://{NAME}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Nothing but the folder and the port: the rest is asked at the first start."""
        cleared = dict.fromkeys((*instance.NAMES, "DEMO"), "")
        own = {"INSTANCE_DIR": str(self.folder / "instance"), "DEMO": "0"}
        return os.environ | cleared | own | {"PORT": str(self.port)}

    def begin(self) -> None:
        """What `python3 run.py --office` starts, with its output in a file."""
        python, *words = command_of_run_py()
        command = [python, str(STEPPED), str(self.clock.file), *words]
        with self.log.open("wb") as log:
            self.server = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def log(self) -> Path:
        """What stands on the terminal."""
        return self.folder / "terminal"

    def code_of_set_up(self) -> str:
        """The code that the terminal shows once."""
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            if found := re.search(r"masukkan kode: ([0-9A-Z-]{14})", self.log.read_text()):
                return found[1]
            time.sleep(0.1)
        raise RuntimeError(f"no code on the terminal: {self.log.read_text()}")

    def wait(self) -> None:
        """Until it serves the office."""
        server = self.server
        assert server is not None
        wait_until_ready(self.port, lambda: server.poll() is None)

    def wait_for_site(self) -> None:
        """Until the set-up page has made way for the office itself."""
        until = time.monotonic() + WAIT_S
        while "Suara Loket: http" not in self.log.read_text():
            if time.monotonic() > until:
                raise RuntimeError(self.log.read_text())
            time.sleep(0.1)
        self.wait()

    def shut_down(self) -> None:
        """Switch it off."""
        if self.server is not None:
            self.server.terminate()
            self.server.wait(timeout=30)
            self.server = None

    def off_for(self, span: timedelta) -> None:
        """Off for so long, and on again."""
        self.shut_down()
        self.clock.go_on(span)
        self.begin()
        self.wait()

    def script(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the office's scripts under the office's clock."""
        path = str(ROOT / "scripts" / name)
        command = [sys.executable, str(STEPPED), str(self.clock.file), path, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )

    @contextmanager
    def site(self) -> Iterator[Site]:
        """The database beside the server, for looking at."""
        site = open_site(settings_of_office(self.environment), clock=self.clock)
        try:
            yield site
        finally:
            site.db.close()


@contextmanager
def new_computer(folder: Path) -> Iterator[Computer]:
    """An office without anything; it is switched off at the end."""
    clock = ClockInFile(folder / "clock")
    clock.file.write_text("0")
    computer = Computer(folder, free_port(), clock)
    try:
        yield computer
    finally:
        computer.shut_down()
