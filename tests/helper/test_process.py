"""The helper process: its errors are ours, it is bounded, and nothing of it is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feedback_app.config import ROOT
from feedback_app.domain.faults import NotMadeError
from feedback_app.files.reading.book import FileFaultError
from feedback_app.helper.process import HelperProcess, Limits
from tests.helper import jobs

USUAL = Limits(job_s=30, turn_s=30, idle_s=30, waiting=2)


@pytest.fixture
def helpers() -> Iterator[Callable[[Limits], HelperProcess]]:
    made: list[HelperProcess] = []

    def make(limits: Limits = USUAL) -> HelperProcess:
        made.append(HelperProcess(limits))
        return made[-1]

    yield make
    for helper in made:
        helper.stop()


def state_of(pid: int) -> str:
    """'R', 'S', 'Z' for a zombie, '' when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_until_gone(pid: int, within_s: float = 20) -> str:
    until = time.monotonic() + within_s
    while (state := state_of(pid)) and time.monotonic() < until:
        time.sleep(0.02)
    return state


def pid_in(path: Path) -> int:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.01)
    raise AssertionError("the job did not begin")


def test_work_is_done_in_one_other_process_that_loads_no_page(
    helpers: Callable[..., HelperProcess],
) -> None:
    helper = helpers()
    first, loaded = helper.run(jobs.pid_and_modules, "flask", "sqlalchemy")
    second, _ = helper.run(jobs.pid_and_modules)
    assert first == second != os.getpid()
    assert loaded == []


def test_what_it_prints_is_no_result(helpers: Callable[..., HelperProcess]) -> None:
    assert helpers().run(jobs.print_and_return, "kata") == "KATA"


def test_a_readable_error_arrives_whole_and_the_process_goes_on(
    helpers: Callable[..., HelperProcess],
) -> None:
    helper = helpers()
    pid, _ = helper.run(jobs.pid_and_modules)
    with pytest.raises(FileFaultError, match=r"Baris 7 kosong\.") as raised:
        helper.run(jobs.fail_readably)
    assert raised.value.text.values == {"row": 7}  # so that it can be said in English
    assert "in fail_readably" in raised.value.__notes__[0]  # for the log
    assert helper.run(jobs.pid_and_modules)[0] == pid


@pytest.mark.parametrize("job", [jobs.fail_oddly, jobs.nothing_to_pickle])
def test_what_cannot_be_sent_is_told_and_the_process_goes_on(
    helpers: Callable[..., HelperProcess], job: Callable[[], object]
) -> None:
    helper = helpers()
    with pytest.raises((RuntimeError, AttributeError), match=r"OfTwoError|pickle"):
        helper.run(job)
    assert helper.run(jobs.print_and_return, "lagi") == "LAGI"


def test_a_killed_process_fails_its_job_and_the_next_job_has_a_new_one(
    helpers: Callable[..., HelperProcess],
) -> None:
    helper = helpers()
    pid, _ = helper.run(jobs.pid_and_modules)
    with pytest.raises(NotMadeError, match="die"):
        helper.run(jobs.die)
    assert wait_until_gone(pid) == ""
    assert helper.run(jobs.pid_and_modules)[0] != pid


def test_a_process_killed_between_two_jobs_leaves_no_zombie(
    helpers: Callable[..., HelperProcess],
) -> None:
    helper = helpers()
    pid, _ = helper.run(jobs.pid_and_modules)
    os.kill(pid, signal.SIGKILL)
    assert wait_until_gone(pid) == ""
    assert helper.run(jobs.print_and_return, "ya") == "YA"


def test_a_job_that_takes_too_long_is_ended(
    helpers: Callable[..., HelperProcess], tmp_path: Path
) -> None:
    helper = helpers(Limits(job_s=3, turn_s=30, idle_s=30, waiting=2))
    began = time.monotonic()
    with pytest.raises(NotMadeError, match="too long"):
        helper.run(jobs.write_pid_and_sleep, tmp_path / "pid", 60)
    assert time.monotonic() - began < 20
    assert wait_until_gone(pid_in(tmp_path / "pid")) == ""


def test_it_ends_when_idle_and_is_started_again(helpers: Callable[..., HelperProcess]) -> None:
    helper = helpers(Limits(job_s=30, turn_s=30, idle_s=0.2, waiting=2))
    pid, _ = helper.run(jobs.pid_and_modules)
    assert wait_until_gone(pid) == ""
    assert helper.run(jobs.pid_and_modules)[0] != pid


def test_a_second_job_waits_for_its_turn_and_one_too_many_is_told_at_once(
    helpers: Callable[..., HelperProcess], tmp_path: Path
) -> None:
    helper = helpers(Limits(job_s=30, turn_s=30, idle_s=30, waiting=1))
    done: list[str] = []

    def work(name: str) -> None:
        done.append(helper.run(jobs.write_pid_and_sleep, tmp_path / name, 1.5))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    threads[0].start()
    pid_in(tmp_path / "a")
    threads[1].start()
    time.sleep(0.3)
    with pytest.raises(NotMadeError, match="too many"):
        helper.run(jobs.pid_and_modules)
    for thread in threads:
        thread.join()
    assert done == ["slept", "slept"]
    assert pid_in(tmp_path / "a") == pid_in(tmp_path / "b")


def test_a_turn_is_not_awaited_for_ever(
    helpers: Callable[..., HelperProcess], tmp_path: Path
) -> None:
    helper = helpers(Limits(job_s=30, turn_s=0.3, idle_s=30, waiting=2))
    busy = threading.Thread(target=helper.run, args=(jobs.write_pid_and_sleep, tmp_path / "pid", 3))
    busy.start()
    pid_in(tmp_path / "pid")
    with pytest.raises(NotMadeError, match="busy"):
        helper.run(jobs.pid_and_modules)
    busy.join()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_parent_in_the_middle_of_a_job(tmp_path: Path, number: int) -> None:
    program = (
        "import sys; from pathlib import Path; from feedback_app.wiring import DOCUMENTS;"
        "from tests.helper import jobs;"
        "DOCUMENTS.run(jobs.write_pid_and_sleep, Path(sys.argv[1]), 300)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "pid")]
    with subprocess.Popen(command, cwd=ROOT) as parent:
        pid = pid_in(tmp_path / "pid")
        parent.send_signal(number)
        parent.wait()
    assert wait_until_gone(pid, within_s=5) == ""
