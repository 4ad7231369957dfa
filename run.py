"""Set up and serve Suara Loket, or set up and test it. Needs Python 3.11 or newer, nothing else.

    python3 run.py               set up everything, then serve at http://127.0.0.1:8000:
                                 the office in instance/ where there is one, else the demo
    python3 run.py --office      serve the office; its first start asks four questions
    python3 run.py --demo        serve the made-up office in instance-demo/
    python3 run.py install       set up everything, and serve nothing
    python3 run.py dev           for developers: a change of a file shows at once
    python3 run.py test [ARGS]   set up everything, then lint, types and tests (ARGS go to pytest)
    python3 run.py test --quick  the same on SQLite only, without browsers, simulations, fuzz

--port 8001 listens there; --loopback-ok lets cards and links carry an address of this machine.
On Windows: py run.py. docs/runbook.md names every setting.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOOPBACK = "127.0.0.1"
OPTIONS = {
    "--office": ("DEMO", "0"),
    "--demo": ("DEMO", "1"),
    "--loopback-ok": ("LOOPBACK_OK", "1"),
}
COMPILED = ("feedback_app", "scripts", "run.py")
SYSTEM_PACKAGES = (
    "chromium",
    "fonts-noto-core",
    "libatomic1",
    "libreoffice-calc",
    "postgresql",
    "w3m",
)
# One worker more than there are cores, as browsers and servers are waited for; who has nothing left
# takes over tests from another.
PYTEST = ("-m", "pytest", "-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal")
ALL = ("-m", "not long")  # `make long-tests` runs those
QUICK = ("-m", "not long and not proof and not second_engine")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class SetUpError(Exception):
    """Something the machine must have is missing; the message says what to do."""


def main(arguments: list[str]) -> int:
    """Do what the command line asks."""
    if sys.version_info < (3, 11):  # noqa: UP036 (a newcomer's Python may be older)
        print("Suara Loket needs Python 3.11 or newer.", file=sys.stderr)
        return 1
    try:
        arguments = _take_options(arguments)
        if not arguments:
            return serve()
        if arguments == ["install"]:
            install("requirements.txt")
            return 0
        if arguments == ["dev"]:
            return develop()
        if arguments[0] == "test":
            return test(arguments[1:])
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    print(__doc__)
    return 0 if arguments[0] in ("-h", "--help") else 2


def _take_options(arguments: list[str]) -> list[str]:
    """Set what options stand for, as no shell sets a variable in the way of another; the rest."""
    rest, given = [], iter(arguments)
    for word in given:
        if arguments[0] == "test":  # pytest's own
            rest.append(word)
        elif word in OPTIONS:
            name, value = OPTIONS[word]
            if os.environ.get(name, value) not in ("", value):
                raise SetUpError(f"{word} contradicts {name}={os.environ[name]}")
            os.environ[name] = value
        elif word == "--port":
            os.environ["PORT"] = next(given, "nothing")
        elif word.startswith("--port="):
            os.environ["PORT"] = word.partition("=")[2] or "nothing"
        else:
            rest.append(word)
    return rest


def serve() -> int:
    """Install; then one process migrates, loads the demo once, and serves until stopped."""
    address()
    python = install("requirements.txt")
    environment = _with_bytecode(os.environ)
    command = [str(python), str(ROOT / "scripts" / "serve.py"), "--set-up"]
    return _run_until_stopped(command, environment)


def develop() -> int:
    """The same with a database of its own, on this machine's own address, reloading itself."""
    port = _port()
    _port_must_be_free(LOOPBACK, port)
    python = install("requirements.txt")
    own = {"INSTANCE_DIR": str(ROOT / "instance-demo" / "dev"), "DEMO": "1"}
    environment = own | _with_bytecode(os.environ)
    environment |= {"PORT": str(port), "BASE_URL": f"http://{LOOPBACK}:{port}"}
    set_up = [str(python), str(ROOT / "scripts" / "set_up.py")]
    if code := subprocess.run(set_up, cwd=ROOT, env=environment, check=False).returncode:
        return code
    print(f"\nSuara Loket (dev): http://{LOOPBACK}:{port}  (Ctrl+C stops)\n", flush=True)
    return _run_until_stopped([str(python), str(ROOT / "scripts" / "dev_server.py")], environment)


def _with_bytecode(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, where what Python has compiled once is kept: compiling takes 1.3 s."""
    return {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def test(pytest_arguments: list[str]) -> int:
    """Install what tests need, then lint, types, tests; the first failure's exit code."""
    python = str(install("requirements-test.txt"))
    _install_system_packages()
    arguments = [word for word in pytest_arguments if word != "--quick"]
    chosen = QUICK if len(arguments) < len(pytest_arguments) else ALL
    for name, command in (
        ("lint", ["-m", "ruff", "check", "."]),
        ("format", ["-m", "ruff", "format", "--check", "."]),
    ):
        print(f"== {name}", flush=True)
        if code := subprocess.run([python, *command], cwd=ROOT, check=False).returncode:
            return _failed(name, code)
    print("== types, tests", flush=True)
    environment = _with_bytecode(os.environ)
    with (
        tempfile.TemporaryFile() as told,
        subprocess.Popen([python, "-m", "mypy"], cwd=ROOT, stdout=told, stderr=told) as types,
    ):
        tests = [python, *PYTEST, *chosen, *arguments]
        code = subprocess.run(tests, cwd=ROOT, env=environment, check=False).returncode
        if types.wait():
            told.seek(0)
            print(told.read().decode(), file=sys.stderr)
            return _failed("types", types.returncode)
    return _failed("tests", code) if code else 0


def _failed(name: str, code: int) -> int:
    print(f"{name} failed", file=sys.stderr)
    return code


def install(lock_name: str) -> Path:
    """Make .venv hold what the lock says; does nothing, without a network, when it does already."""
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    lock = ROOT / lock_name
    stamp = VENV / f"{lock_name}.stamp"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    if not _is_whole(python):
        _make_venv()
    print(f"Installing {lock_name} (once) …", flush=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "-r", str(lock)]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SetUpError("Installing failed; see above. Check the network and run it again.")
    _compile(python)
    stamp.write_text(wanted)
    if lock_name == "requirements-test.txt":  # the tests' lock holds the product's as well
        product = hashlib.sha256((ROOT / "requirements.txt").read_bytes() + sys.version.encode())
        (VENV / "requirements.txt.stamp").write_text(product.hexdigest())
    return python


def _compile(python: Path) -> None:
    """Once, here: later the folder may be read-only for the account that serves."""
    # Some packages carry files for other Pythons, which do not compile; that is no fault of ours.
    command = [str(python), "-m", "compileall", "-q", "-j", "0", str(VENV), *COMPILED]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)


def _is_whole(python: Path) -> bool:
    """Whether a venv left by an earlier, perhaps interrupted, start can be used."""
    if not python.exists():
        return False
    check = "import sys, pip; print(sys.version)"
    done = subprocess.run([str(python), "-c", check], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == sys.version.strip()


def _make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetUpError(
            "Python cannot make a virtual environment here. On Debian or Ubuntu: "
            "sudo apt install python3-venv"
        )


def _install_system_packages() -> None:
    """What the tests run for real, from the system's packages when it may."""
    missing = _missing_programs()
    if not missing:
        return
    advice = (
        f"The tests need {', '.join(missing)}; install them first: "
        f"sudo apt-get install -y --no-install-recommends {' '.join(SYSTEM_PACKAGES)}"
    )
    prefix = _root_prefix()
    if prefix is None or shutil.which("apt-get") is None:
        raise SetUpError(advice)
    print(f"Installing {', '.join(missing)} (once) …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *SYSTEM_PACKAGES]):
        done = subprocess.run(
            [*prefix, "apt-get", "-q", *words],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            raise SetUpError(advice)
    if _missing_programs():
        raise SetUpError(advice)


def _missing_programs() -> list[str]:
    found = {
        "chromium": any(shutil.which(name) for name in CHROMIUM_NAMES),
        "postgresql": bool(shutil.which("initdb"))
        or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        "libreoffice": bool(shutil.which("soffice") or shutil.which("libreoffice")),
        "w3m": bool(shutil.which("w3m")),
    }
    return [name for name, is_there in found.items() if not is_there]


def _root_prefix() -> list[str] | None:
    """How to run a command as root: as it is, through sudo without a password, or not at all."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode:
        return None
    return [sudo, "-n"] if sudo else None


def address() -> tuple[str, int]:
    """HOST and PORT to listen on, where nobody does yet; by the instance's settings too."""
    from feedback_app import instance  # noqa: PLC0415 (an older Python cannot read it)

    try:
        found = instance.in_effect(os.environ)
    except instance.SettingsFileError as error:
        raise SetUpError(str(error)) from None
    host, port = found.get("HOST", "") or LOOPBACK, _port(found.get("PORT", ""))
    _port_must_be_free(host, port)
    return host, port


def _port(told: str = "") -> int:
    text = told or os.environ.get("PORT", "") or "8000"
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise SetUpError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _port_must_be_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetUpError(
                f"Port {port} is taken ({error.strerror}). "
                "Choose another: python3 run.py --port 8001"
            ) from None


def _run_until_stopped(command: list[str], environment: dict[str, str]) -> int:
    with subprocess.Popen(command, cwd=ROOT, env=environment) as server:
        is_stopped = False

        def stop(_number: int, _frame: object) -> None:
            nonlocal is_stopped
            is_stopped = True
            server.terminate()

        signal.signal(signal.SIGTERM, stop)
        try:
            code = server.wait()
        except KeyboardInterrupt:
            server.terminate()
            server.wait()
            return 0
        # A server killed from outside is a failure, which a unit or a task then starts again.
        return 0 if is_stopped else abs(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
