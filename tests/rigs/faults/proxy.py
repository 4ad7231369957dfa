"""nginx with the office's own configuration (deploy/nginx.conf), before several servers."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from feedback_app.config import ROOT

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
START_S = 30
MAIN = """{user}daemon off;
pid {folder}/pid;
error_log {folder}/log crit;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{office}
}}
"""
# What is another here: no certificate, a port of our own, and as many servers as there are.
CHANGES = (
    (r"server \{\n    listen 80;.*?\n\}\n", ""),
    (r"(?:    ssl_[^\n]*\n)+", ""),
    (r"listen 443 ssl http2;", "listen 127.0.0.1:{port};"),
    (r"    listen \[::\]:443 ssl http2;\n", ""),
    (r"error_log /var/log/nginx/suara-loket.log crit;", "error_log {folder}/log crit;"),
    (r"    server 127\.0\.0\.1:8000 ([^\n;]*);\n", "{servers}"),
)


def reason_not_to() -> str:
    """Why no proxy can be tried here; '' where it can."""
    return "" if shutil.which("nginx") else "nginx is missing: apt-get install nginx-light"


def configuration(folder: Path, *, port: int, ports: Sequence[int]) -> str:
    """The office's file, each changed place of which must be there."""
    text = CONFIGURATION.read_text()
    for pattern, new in CHANGES:
        words = re.search(pattern, text, re.DOTALL)
        if words is None:
            raise RuntimeError(f"{CONFIGURATION} has no {pattern}")
        options = words[1] if words.groups() else ""
        servers = "".join(f"    server 127.0.0.1:{one} {options};\n" for one in ports)
        filled = new.format(port=port, folder=folder, servers=servers) if new else ""
        text = text.replace(words[0], filled)
    user = "user root;\n" if os.geteuid() == 0 else ""
    return MAIN.format(user=user, folder=folder, office=text)


@contextmanager
def proxy_before(folder: Path, *, port: int, ports: Sequence[int]) -> Iterator[None]:
    """Run it until the end; RuntimeError with its own words where it does not start."""
    folder.mkdir()
    file = folder / "nginx.conf"
    file.write_text(configuration(folder, port=port, ports=ports))
    command = ["nginx", "-p", str(folder), "-c", str(file), "-e", str(folder / "log")]
    with (folder / "said").open("wb") as said:
        running = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
    try:
        _wait_until_it_listens(running, port, folder / "said")
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait()


def _wait_until_it_listens(running: subprocess.Popen[bytes], port: int, said: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and running.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nginx does not listen: {said.read_text()}")
