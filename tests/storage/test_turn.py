"""Writers come in the order of asking, and who waits too long is told so."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from feedback_app.domain.faults import NotSavedError
from feedback_app.services.site import Site
from feedback_app.storage import sqlite
from feedback_app.storage.turn import Turn


def test_the_turn_is_given_in_the_order_of_asking() -> None:
    turn, order = Turn(), []

    def ask(number: int) -> None:
        with turn.taken(within_s=30):
            order.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    with turn.taken(within_s=1):
        for number, thread in enumerate(threads):
            thread.start()
            while len(turn._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(20))
    assert not turn._is_taken


def test_who_waits_too_long_is_told_and_leaves_the_queue() -> None:
    turn = Turn()
    with turn.taken(within_s=1), pytest.raises(NotSavedError), turn.taken(within_s=0.01):
        pass
    assert not turn._waiting
    with turn.taken(within_s=0.01):  # it is free again
        pass


def test_the_turn_is_given_on_after_a_fault() -> None:
    turn = Turn()
    with pytest.raises(ValueError, match="x"), turn.taken(within_s=1):
        raise ValueError("x")
    with turn.taken(within_s=0.01):
        pass


def test_many_that_give_up_and_many_that_come_leave_nothing_behind() -> None:
    """The narrow place: a turn that is given while its taker stops waiting."""
    turn, held, most = Turn(), 0, 0

    def ask(number: int) -> None:
        nonlocal held, most
        try:
            with turn.taken(within_s=0.0005 * (number % 5)):
                held += 1
                most = max(most, held)
                time.sleep(0.0005)
                held -= 1
        except NotSavedError:
            pass

    with ThreadPoolExecutor(16) as seats:
        list(seats.map(ask, range(2000)))
    assert most == 1
    assert not turn._waiting
    assert not turn._is_taken


def test_a_writer_that_does_not_end_turns_the_next_away(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not site.db.is_sqlite:
        pytest.skip("PostgreSQL lets many write at once")
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    refused = pytest.raises(NotSavedError, match="no turn")
    with site.db.transaction(), refused, site.db.transaction():
        pass
