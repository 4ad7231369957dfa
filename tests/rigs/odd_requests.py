"""One request to a route, by chance: good forms spoilt a little, odd ones, and plain rubbish."""

from __future__ import annotations

import io
import random
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

from werkzeug.routing import Rule

from tests.rigs.vocabulary import Form, Vocabulary

ODD = (
    "", " ", "\x00", "a\x00b", "\x07", "\r\n", "\n", "\t", "²", "①", "٣", "１２", "-1", "-0", "0", "1", "2",
    "5", "9999", "2147483647", "2147483648", "9223372036854775808", "99999999999999999999", "9" * 400,
    "1e9", "1e400", "nan", "inf", "-inf", "1_0", "0x10", "1,5", "1.5", "1.234", "0.0000001", "true", "None",
    "null", "[]", "{}", '{"a": 1}', "[object Object]", "🙂", "\u202eabc", "\u2028", "\u200b", "\ufeff", "\ufffe",
    "\ud800", "e\u0301" * 40, "İ", "ß", "ŉ", "%00", "%", "%zz", "+", "&", ";", "=", "=1+1", "@SUM(1)", "' OR 1=1 --",
    '"', "\\", "`", "<script>alert(1)</script>", "</textarea>", "{{ 7*7 }}", "{% raw %}", "%(a)s", "{0}", "%s",
    "../../etc/passwd", "..", ".", "/", "//evil.example", "http://evil.example/", "javascript:alert(1)",
    "A" * 41, "A" * 201, "A" * 3000, "é" * 300, "A" * 70_000, "2026-02-30", "2026-11-24", "24-11-2026",
    "0001-01-01", "9999-12-31", "0000-00-00", "10000-01-01", "1969-12-31", "2026-13", "2026-t3", "2026-t9",
    "99999-t1", "2026-s2", "25:00", "08.00", "24.00", "A1", "L1", "o1", "o0", "o-1", "o99999999999", "on", "off",
    "id", "en", "xx", "csv", "xlsx", "a long enough password",
)  # fmt: skip
ODD_METHODS = (
    *("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"),
    *("get", "", "A" * 300, "G\x00T"),
)
ODD_HEADERS = {
    "HTTP_HOST": ("localhost", "127.0.0.1", "evil.example", "", "localhost:99999", "[::1", "a\x00", "é"),
    "HTTP_X_FORWARDED_FOR": ("1.2.3.4", "a, b, c", "", "x" * 5000),
    "HTTP_X_FORWARDED_PROTO": ("https", "gopher", ""),
    "HTTP_ACCEPT": ("application/json", "*/*;q=x", "", "text/html;q=1e9"),
    "HTTP_ACCEPT_LANGUAGE": ("en", "id;q=0.1,en;q=nan", "x" * 3000, "*", ";;;", "en-\x00"),
    "HTTP_ACCEPT_ENCODING": ("gzip", "br;q=0", "identity;q=0, *;q=0", "gzip;q=x", "\xff"),
    "HTTP_COOKIE": ("sl=", "sl=a.b.c", "sl=" + "x" * 5000, "\x00", "a=1; a=2; sl=é", "=;=;="),
    "HTTP_RANGE": ("bytes=0-0", "bytes=-1", "bytes=9-1", "bytes=x", "lines=1-2", "bytes=0-0,1-1"),
    "HTTP_IF_MODIFIED_SINCE": ("Tue, 24 Nov 2026 06:00:00 GMT", "yesterday", "Tue, 99 Nov 99999"),
    "HTTP_IF_NONE_MATCH": ('"x"', "*", 'W/"', "x" * 3000),
    "HTTP_IF_RANGE": ('"x"', "Tue, 24 Nov 2026 06:00:00 GMT", ";"),
    "HTTP_USER_AGENT": ("", "\xe9\xff", "x" * 5000, "Mozilla/5.0"),
    "HTTP_REFERER": ("http://evil.example/", "\xff", "http://localhost/"),
    "HTTP_ORIGIN": ("null", "http://evil.example"),
    "HTTP_AUTHORIZATION": ("Basic !!!", "Basic é", "Bearer x", "Digest a=b"),
    "HTTP_CONTENT_ENCODING": ("gzip", "x"),
    "HTTP_TRANSFER_ENCODING": ("chunked",),
    "HTTP_EXPECT": ("100-continue", "x"),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE",),
    "REMOTE_ADDR": ("", "::1", "not an address", "999.1.1.1"),
    "CONTENT_LENGTH": ("-1", "x", "", "99999999999", "1"),
    "CONTENT_TYPE": (
        "", "text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary=",
        "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=x",
        "multipart/form-data; boundary=\xff", "a" * 3000, ";;;",
    ),
}  # fmt: skip
MOST_PARTS = 210  # more than MAX_FORM_PARTS


@dataclass(frozen=True)
class Sent:
    """A request ready to go, and how to tell a reader what it was."""

    endpoint: str
    environ: dict[str, Any]
    body: bytes
    is_csrf_checked: bool

    def __str__(self) -> str:
        told = {
            name: value
            for name, value in sorted(self.environ.items())
            if isinstance(value, str) and name != "HTTP_COOKIE"
        }
        return f"{self.endpoint} {told} {self.body[:600]!r}"


@dataclass
class Maker:
    """Makes requests of one role to one site's routes."""

    rng: random.Random
    words: Vocabulary

    def request(self, rule: Rule, *, fresh: dict[str, str] | None = None) -> Sent:
        """A request to this route."""
        rng = self.rng
        is_sent = "POST" in (rule.methods or ())
        method = "POST" if is_sent else "GET"
        if rng.random() < 0.04:
            method = rng.choice(ODD_METHODS)
        forms = self.words.forms.get(rule.endpoint)
        form = rng.choice(forms) if forms and is_sent and rng.random() < 0.85 else None
        kind, body = self._body(form, fresh or {}) if is_sent or rng.random() < 0.03 else ("", b"")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": self._path(rule, form),
            "QUERY_STRING": self._query(),
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": "localhost",
            "HTTP_USER_AGENT": "fuzz",
            "REMOTE_ADDR": f"10.0.0.{rng.randrange(9)}",
        }
        if self.words.cookie and rng.random() < 0.97:
            environ["HTTP_COOKIE"] = self.words.cookie
        if rng.random() < 0.25:
            for name in rng.sample(sorted(ODD_HEADERS), rng.randint(1, 3)):
                environ[name] = rng.choice(ODD_HEADERS[name])
        return Sent(rule.endpoint, environ, body, rng.random() < 0.5)

    def _path(self, rule: Rule, form: Form | None) -> str:
        rng = self.rng
        args: dict[str, Any] = dict.fromkeys(rule.arguments, "1")
        known = self.words.args.get(rule.endpoint)
        if form is not None:
            args |= form.args
        elif known:
            args |= rng.choice(known)
        for name in rule.arguments:
            chance = rng.random() * (4 if form else 1)
            if chance < 0.12:
                args[name] = rng.choice(ODD)
            elif chance < (0.3 if known else 0.7):
                args[name] = rng.choice(self.words.values.get(name) or ODD)
        path = rule.rule
        for name, value in args.items():
            path = "".join(
                str(value) if re.fullmatch(rf"<([^<>:]+:)?{name}>", part) else part
                for part in re.split(r"(<[^<>]*>)", path)
            )
        if rng.random() < 0.01:
            path += rng.choice(("/", "//", "\xff", "\x00", "/.."))
        return path.encode("utf-8", "surrogatepass").decode("latin-1")

    def _query(self) -> str:
        rng = self.rng
        if rng.random() < 0.35:
            return ""
        pairs = []
        for _ in range(rng.choice((1, 1, 2, 3, 8))):
            name = rng.choice(sorted(self.words.queries) or ["lang"])
            name = rng.choice(ODD) if rng.random() < 0.04 else name
            real = self.words.queries.get(name)
            pairs.append((name, rng.choice(real if real and rng.random() < 0.4 else ODD)))
        text = _encoded(pairs)
        return text + rng.choice(("&", "&&=", "%", "\xff")) if rng.random() < 0.04 else text

    def _body(self, form: Form | None, fresh: dict[str, str]) -> tuple[str, bytes]:
        rng = self.rng
        pairs = self._pairs(form, fresh)
        chance = rng.random()
        if (form and form.files and chance < 0.9) or chance < 0.15:
            return self._multipart(pairs, form)
        if chance < 0.9:
            text = _encoded(pairs)
            return "application/x-www-form-urlencoded", text.encode("latin-1")
        if chance < 0.94:
            return "application/json", rng.choice(
                (b"{}", b"[1", b"\xff", b'{"name": [1]}', b"null")
            )
        return "application/x-www-form-urlencoded", rng.randbytes(rng.choice((0, 1, 30, 3000)))

    def _pairs(self, form: Form | None, fresh: dict[str, str]) -> list[tuple[str, str]]:
        rng = self.rng
        pairs: list[tuple[str, str]] = []
        for name, values in form.fields if form else ():
            pairs.append((name, fresh.get(name) or rng.choice(values)))
        if not form:
            names = rng.sample(sorted(self.words.fields), min(12, len(self.words.fields)))
            pairs = [(name, self._value(name)) for name in names]
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 4))):
            if pairs:
                place = rng.randrange(len(pairs))
                name = pairs[place][0]
                change = rng.choice(
                    ("spoil", "spoil", "spoil", "real", "real", "drop", "double", "array")
                )
                if change in ("spoil", "real"):
                    pairs[place] = (
                        name,
                        self._value(name) if change == "real" else rng.choice(ODD),
                    )
                elif change == "drop":
                    pairs.pop(place)
                else:
                    pairs.append((name + "[]" if change == "array" else name, rng.choice(ODD)))
        if rng.random() < 0.9:
            pairs = [(n, v) for n, v in pairs if n != "csrf_token"]
            pairs.append(("csrf_token", self.words.csrf))
        if rng.random() < 0.004:
            pairs += [("x", "1")] * MOST_PARTS
        return pairs

    def _value(self, name: str) -> str:
        known = self.words.fields.get(name)
        return self.rng.choice(known if known and self.rng.random() < 0.6 else ODD)

    def _multipart(self, pairs: list[tuple[str, str]], form: Form | None) -> tuple[str, bytes]:
        rng = self.rng
        mark = b"----mark"
        parts = [
            b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (_raw(name), _raw(value))
            for name, value in pairs
        ]
        for name in form.files if form else ("file",):
            content = rng.choice(FILES)
            if rng.random() < 0.5 and content:
                place = rng.randrange(len(content))
                content = content[:place] + rng.randbytes(2) + content[place + rng.randrange(9) :]
            file_name = rng.choice(("a.csv", "a.xlsx", "../../a", "\x00", "", "é" * 400, 'a"b'))
            head = b'Content-Disposition: form-data; name="%s"; filename="%s"\r\n' % (
                _raw(name),
                _raw(file_name),
            )
            parts.append(head + b"Content-Type: text/csv\r\n\r\n" + content)
        body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
        body += b"--" + mark + b"--\r\n"
        if rng.random() < 0.08:
            body = body[: rng.randrange(len(body))]
        return "multipart/form-data; boundary=----mark", body


FILES = (
    b"", b"\x00", b"PK\x03\x04", b"PK\x05\x06" + b"\x00" * 18, b"\xff\xfe\x00\xd8", b"\xd0\xcf\x11\xe0",
    b"kode;nama;gratis;unit\nkia;KIA;ya;A\n", b"kode;nama;unit;layanan\nA9;Loket A9;A;ktp|kk@08.00-12.00\n",
    b"nip;nama;status_asn;unit\n198609102010032001;Siti;PNS;A\n",
    b"tanggal;nip;loket;mulai;selesai\n24-11-2030;198001012010012000;A1;08.00;12.00\n",
    b"tanggal;loket;layanan;jumlah\n24-11-2026;A1;ktp;85\n",
    b"kode;judul;jenis;unsur;jp;biaya\nprima;Prima;kursus;perilaku;20;6.000.000\n",
    b"nip;pelatihan;tanggal_mulai\n198001012010012000;sopan;24-11-2026\n",
    b"nip;namakursus;tanggalkursus;jumlahjam\n198001012010012000;Etika;24-11-2026;10\n",
    b"unit;mulai;selesai;responden;persyaratan;prosedur;waktu;biaya;produk;kompetensi;perilaku;sarana;pengaduan\n"
    b"A;01-01-2023;30-06-2023;214;3,2;3,2;3,2;3,2;3,2;3,2;3,2;3,2;3,2\n",
)  # fmt: skip


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _encoded(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{quote_from_bytes(_raw(n))}={quote_from_bytes(_raw(v))}" for n, v in pairs)


def environ_of(sent: Sent) -> dict[str, Any]:
    """The request as a server hands it over."""
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(sent.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **sent.environ,
    }
