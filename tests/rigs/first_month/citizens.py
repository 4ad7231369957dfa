"""Citizens of the month: each opens the printed card's address, reads two minutes, sends the form."""

from __future__ import annotations

import http.client
import random
import re
import urllib.parse
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from feedback_app.domain.elements import ALL_KEYS
from feedback_app.services.office.cards import card_lines
from tests.rigs.first_month import files
from tests.rigs.first_month.office import NAME, Computer

TOKEN = re.compile(r'name="token" value="([\w-]+)"')
OFFICERS = re.compile(r'name="served_by"[^>]*value="(o\d+)"')
SERVICES = re.compile(r'name="service"[^>]*value="(\d+)"')
READS = timedelta(minutes=2)


@dataclass
class Hall:
    """The waiting hall; `sent` notes each answer: when, at which counter, and who was named."""

    computer: Computer
    cards: list[str] = field(default_factory=list)
    sent: list[tuple[datetime, str, str]] = field(default_factory=list)

    def take_cards(self) -> None:
        """The addresses that stand on the cards, as paths."""
        with self.computer.site() as site:
            self.cards = [urllib.parse.urlsplit(line.url).path for line in card_lines(site)]

    def days(self, first: date, last: date, *, answers: int) -> None:
        """Each open day of these."""
        for number in range((last - first).days + 1):
            self.day(first + timedelta(days=number), answers=answers)

    def day(self, day: date, *, answers: int) -> None:
        """So many answers in the course of a day, at one counter after the other."""
        if day.weekday() > 4 or day in files.CLOSED:
            return
        for number in range(answers):
            place = number % len(self.cards)
            hour = 9 + number * 6 // answers
            self.computer.clock.set_to(day, hour, random.Random(f"{day}/{number}").randint(0, 50))
            self.rate(place, mark=f"{day}/{number}")

    def rate(self, place: int, *, mark: str) -> None:
        """One answer about the officer whom the form names first."""
        chance = random.Random(mark)
        page = self._ask("GET", self.cards[place], mark)[2]
        offered = OFFICERS.findall(page)
        fields = {key: str(chance.choice((2, 3, 3, 4, 4))) for key in ALL_KEYS}
        token = TOKEN.search(page)
        assert token, page
        fields |= {"token": token[1], "served_by": offered[0] if offered else "not_sure"}
        if services := SERVICES.findall(page):
            fields["service"] = chance.choice(services)
        self.computer.clock.go_on(READS)
        body = urllib.parse.urlencode(fields)
        status, location, told = self._ask("POST", self.cards[place], mark, body)
        assert (status, bool(location)) == (303, True), (status, told)
        self.sent.append((self.computer.clock(), files.COUNTERS[place], fields["served_by"]))

    def _ask(self, method: str, path: str, mark: str, body: str = "") -> tuple[int, str, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.computer.port, timeout=60)
        number = random.Random(mark).getrandbits(20)
        headers = {"Host": f"{NAME}:{self.computer.port}", "User-Agent": f"Telepon/{number}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, body or None, headers)
        answer = line.getresponse()
        found = answer.status, answer.getheader("Location", ""), answer.read().decode()
        line.close()
        return found
