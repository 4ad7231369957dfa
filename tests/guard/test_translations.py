"""Every text for people has its English, and none is put together where no one can translate it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import CodeType

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from feedback_app.config import ROOT
from feedback_app.domain.skm import BANDS
from feedback_app.files.kinds import KINDS
from feedback_app.services.survey.closing import FIRST_REASON
from feedback_app.web.forms import LIBRARY_MESSAGES, NEEDED, TOO_LONG
from feedback_app.web.language import TRANSLATIONS, catalogue
from feedback_app.web.roles import ROLE_NAMES
from feedback_app.web.route_table import MENU
from tests.ground.text_check import (
    built_in_template,
    built_sentences,
    built_texts,
    readable_errors,
    texts_of,
)

PACKAGE = ROOT / "feedback_app"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.relative_to(PACKAGE).parts[0] not in ("demo", "impact", "storage")
]
# Faults of cells that an analyst reads at a terminal, as "Indonesian / English" or in English.
AT_A_TERMINAL = {
    "files/needs_files.py",
    "files/panel_files.py",
    "files/plan_cells.py",
    "files/skm_csv.py",
}
# Where sentences may be built with f-strings, and why nobody needs them in the other language.
BUILT = {
    "instance.py": "told an operator at a terminal, in both languages at once",
    "files/skm_report.py": "the law's report is Indonesian",
    "files/skm_report_results.py": "the law's report is Indonesian",
    "files/skm_workbook.py": "the law's workbook is Indonesian",
    "domain/plan_rules.py": "told an analyst at a terminal, English",
    "files/plan_cells.py": "told an analyst at a terminal, English",
    "files/plan_files.py": "told an analyst at a terminal, English",
    "files/plan_table.py": "the law's table is Indonesian",
    "services/plan/documents.py": "the law's table is Indonesian",
    "files/responses.py": "SQL",
    "services/impact/linked_table.py": "an analyst's codebook, English",
    "services/impact/measurement.py": "told an analyst at a terminal, English",
    "services/upkeep/clock.py": "told a log and an operator, in both languages at once",
    "services/upkeep/wrong_files.py": "told an operator at a terminal, in both languages at once",
    "terminal.py": "told an analyst at a terminal, English",
    "web/results.py": "XML",
}


@cache  # several guards ask, and a template takes 20 ms
def texts_in(path: Path) -> set[str]:
    """What a template gives to `_`."""
    with path.open("rb") as file:
        found = extract("jinja2.ext:babel_extract", file, keywords={"_": None})
        return {row[1] if isinstance(row[1], str) else row[1][0] for row in found if row[1]}


def texts_in_data() -> set[str]:
    columns = [column for kind in KINDS.values() for column in kind.columns]
    return {
        *(kind.title for kind in KINDS.values()),
        *(column.hint for column in columns),
        *(kinerja for _lowest, _mutu, kinerja in BANDS),
        *ROLE_NAMES.values(),
        *(
            text
            for places in MENU.values()
            for place in places
            for text in filter(None, (place.text, place.room))
        ),
        *LIBRARY_MESSAGES.values(),
        FIRST_REASON,
        NEEDED,
        TOO_LONG,
    }


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_has_its_english(path: Path) -> None:
    missing = texts_in(path) - catalogue("en").keys()
    assert not missing, missing
    assert built_in_template(path.read_text()) == []


def test_every_text_in_data_has_its_english() -> None:
    missing = texts_in_data() - catalogue("en").keys()
    assert not missing, missing


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_every_text_of_code_has_its_english(path: Path) -> None:
    """Faults, reasons of cells, labels and messages of forms, whatever is given to `_`."""
    missing = texts_of(path.read_text()) - catalogue("en").keys()
    assert name_of(path) in AT_A_TERMINAL or not missing, missing


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_text_for_people_is_put_together(path: Path) -> None:
    source = path.read_text()
    assert built_texts(source) == []
    assert name_of(path) in BUILT or built_sentences(source) == []


def test_no_exception_has_outlived_its_reason() -> None:
    assert {name for name in BUILT if not built_sentences((PACKAGE / name).read_text())} == set()
    terminal = {name: texts_of((PACKAGE / name).read_text()) for name in AT_A_TERMINAL}
    assert terminal["files/skm_csv.py"]


def test_no_english_has_outlived_its_text() -> None:
    used = set(texts_in_data()).union(*(texts_in(path) for path in TEMPLATES))
    for path in CODE:
        compiled: list[object] = [compile(path.read_text(), path.name, "exec")]
        while (
            compiled
        ):  # a file's constants hold its functions, theirs their own; tuples are folded
            one = compiled.pop()
            if isinstance(one, CodeType):
                compiled += one.co_consts
            elif isinstance(one, tuple | frozenset):
                compiled += one
            else:
                used.add(str(one))
    assert catalogue("en").keys() - used == set()


def test_no_text_has_two_english_ones() -> None:
    """The files are one catalogue: the second would win without a word."""
    seen: dict[str, str] = {}
    twice = []
    for path in sorted((TRANSLATIONS / "en").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                text, english = str(message.id), str(message.string)
                twice += [text] if message.id and seen.get(text, english) != english else []
                seen[text] = english
    assert twice == []


@pytest.mark.parametrize(
    "planted",
    [
        "_('Kalimat baru')",
        "flash(_('Kalimat baru'))",
        "raise FieldFaultError('name', 'Kalimat baru')",
        "raise AccountFaultError('Kalimat baru')",
        "raise CellFaultError('Kalimat baru')",
        "raise QueueFaultError(400, 'Kalimat baru')",
        "CellError(1, 'nip', '', Text('Kalimat baru'))",
        "name = StringField('Kalimat baru')",
        "name = SelectField('Kalimat baru', coerce=int)",
        "name = StringField('Nama', [Length(max=9, message='Kalimat baru')])",
        "name = StringField('Nama', [InputRequired('Kalimat baru')])",
        "def f():\n    text = 'Kalimat baru' if x else 'Nama'\n    raise FileFaultError(text)",
        "raise ValidationError('Kalimat baru')",
    ],
)
def test_the_guard_finds_a_text_without_english(planted: str) -> None:
    assert texts_of(planted) - catalogue("en").keys() == {"Kalimat baru"}


@pytest.mark.parametrize(
    "planted",
    [
        "_(f'Baris {n} salah')",
        "_('Baris {} salah'.format(n))",
        "_('Baris %s salah' % n)",
        "_('Baris ' + str(n))",
        "flash(f'{n} baris')",
        "flash('Tersimpan.')",
        "flash(_('Tersimpan.') + ' baris')",
        "form.form_errors.append(f'Baris {n}')",
        "form.name.errors = [f'Baris {n}']",
        "raise FieldFaultError('name', f'Baris {n} salah')",
        "raise AccountFaultError('Baris %s salah' % n)",
        "raise CellFaultError('pilih: ' + choices)",
        "CellError(1, 'nip', '', Text(f'baris {n}'))",
        "name = StringField(f'Baris {n}')",
        "name = StringField('Nama', [Length(max=9, message=f'Paling banyak {n}')])",
        "def f():\n    text = f'Baris {n}'\n    raise FileFaultError(text)",
        "filled((f'{n} baris', f'{n} rows'))",
        "error_page(404, f'Tidak ada {n}', _('Nama'))",
        "machine_error(404, 'Tidak ada')",
    ],
)
def test_the_guard_finds_a_text_that_is_put_together(planted: str) -> None:
    assert built_texts(planted)


def test_layout_and_values_are_no_texts() -> None:
    for plain in (
        "_('%(n)s baris', n=n)",
        "flash(_('Tersimpan.'))",
        "machine_error(400, f'{heading}. {advice}')",
        "form.name.errors = [_('Wajib diisi.')]",
        "raise FieldFaultError(f'c{counter_id}', 'Pilih sedikitnya satu cara masuk untuk tiap loket.')",
        "raise SettingsError(f'{path} cannot be read')",
    ):
        assert built_texts(plain) == []


def test_the_guard_finds_a_sentence_wherever_it_goes() -> None:
    assert built_sentences("title = f'{n} baris salah'")
    assert built_sentences("raise FieldFaultError('name', f'{n} baris salah')")
    assert not built_sentences("log.error(f'{n} rows are wrong')")
    assert not built_sentences("raise SettingsError(f'{path} can be read by others')")
    assert not built_sentences("name = f'jp-{year}.csv'")


@pytest.mark.parametrize(
    "planted", ["{{ _('Baris ' ~ n) }}", "{{ _('Baris %s' % n) }}", "{{ _('a'|format(n)) }}"]
)
def test_the_guard_finds_a_text_put_together_in_a_template(planted: str) -> None:
    assert built_in_template(planted)
    assert not built_in_template("{{ _('Baris %(n)s', n=n) }}{{ _(kind.title) }}")


def test_the_guard_finds_a_template_text_without_english(tmp_path: Path) -> None:
    planted = tmp_path / "x.html"
    planted.write_text("{{ _('Kalimat tanpa terjemahan') }}")
    assert texts_in(planted) - catalogue("en").keys() == {"Kalimat tanpa terjemahan"}


def test_every_kind_of_fault_that_people_read_is_known() -> None:
    assert {"FieldFaultError", "AccountFaultError", "CellFaultError", "FileFaultError"} < set(
        readable_errors()
    )
