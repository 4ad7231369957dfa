"""Find the texts that code makes for people, and those put together in a way none can translate.

A text is looked up by its words, so the words must be constant: `_("%(n)s lembar", n=n)`. Text that
an f-string, `+`, `%` or `.format` builds is looked up with its values in it, and stays Indonesian.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from jinja2 import Environment, nodes

import feedback_app
from feedback_app.domain.faults import ReadableError

# call -> which argument is the text that the catalogue translates
TRANSLATED = {"_": 0, "gettext": 0, "Text": 0, "ValidationError": 0, "InputRequired": 0}
# call -> arguments that are shown as they come: `_(…)` must have been there before
SHOWN = {"flash": (0,), "error_page": (1, 2), "machine_error": (1,), "form_errors.append": (0,)}
TWO_WORDS = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")
LETTER = re.compile(r"[^\W\d_]")


_parsed = lru_cache(maxsize=4)(ast.parse)  # the same file is asked several things


@dataclass(frozen=True, slots=True)
class Use:
    """A text in a call that makes one for people, and whether the catalogue translates it there."""

    line: int
    node: ast.expr
    is_translated: bool


@cache
def readable_errors() -> dict[str, int]:
    """Classes of faults that people read -> which argument is the text."""
    prefix = feedback_app.__name__ + "."
    for module in pkgutil.walk_packages(feedback_app.__path__, prefix):
        # wsgi and server open an office when they are loaded.
        if ".migrations." not in module.name and not module.name.endswith((".wsgi", ".server")):
            importlib.import_module(module.name)
    found, waiting = {}, [ReadableError]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        names = list(inspect.signature(one).parameters)
        if "text" in names:
            found[one.__name__] = names.index("text")
    return found


def texts_of(source: str) -> set[str]:
    """Every constant text that must be in the catalogue."""
    return {
        node.value
        for use, meant in _uses(source)
        if use.is_translated
        for node in meant
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if LETTER.search(node.value)
    }


def built_texts(source: str) -> list[str]:
    """Texts for people that are put together, or shown without having been translated."""
    found = []
    for use, meant in _uses(source):
        for node in meant:
            if _is_built(node):
                found.append(f"line {use.line}: {ast.unparse(node)} is put together")
            elif not use.is_translated and isinstance(node, ast.Constant):
                found.append(f"line {use.line}: {ast.unparse(node)} is not translated")
    return found


def built_sentences(source: str) -> list[str]:
    """F-strings of two words or more, wherever they go; those of other errors and logs aside."""
    tree = _parsed(source)
    aside = {id(node) for call in _for_programs(tree) for node in ast.walk(call)}
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and id(node) not in aside
        and TWO_WORDS.search(_plain(node))
    ]


def built_in_template(source: str) -> list[str]:
    """The same in a template: `_('a' ~ x)`, `_('%s' % x)`, `_('a {}'.format(x))`."""
    tree = Environment(extensions=[]).parse(source)  # noqa: S701 (nothing is rendered)
    built = (nodes.Concat, nodes.Add, nodes.Mod, nodes.Call, nodes.Filter)
    return [
        f"line {call.lineno}"
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name == "_"
        and call.args
        and isinstance(call.args[0], built)
    ]


@cache  # a file is asked several things, some hundred files apart: the uses are few, the tree is not
def _uses(source: str) -> tuple[tuple[Use, list[ast.expr]], ...]:
    """Every use, and the expressions that it can stand for."""
    return tuple(_uses_in(_parsed(source)))


def _uses_in(tree: ast.Module) -> Iterator[tuple[Use, list[ast.expr]]]:
    for function, node in _with_function(tree, tree):
        if isinstance(node, ast.Call):
            found = list(_uses_of_call(node))
        elif isinstance(node, ast.Assign) and _name(node.targets[0]).endswith(".errors"):
            listed = node.value.elts if isinstance(node.value, ast.List) else []
            found = [Use(node.lineno, text, False) for text in listed]
        else:
            continue
        if found:
            assigned = _assigned(function)
            yield from ((use, _meant(use.node, assigned)) for use in found)


def _with_function(node: ast.AST, function: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Every node with the innermost function that it stands in (the file outside all)."""
    for child in ast.iter_child_nodes(node):
        yield function, child
        inner = child if isinstance(child, ast.FunctionDef) else function
        yield from _with_function(child, inner)


def _uses_of_call(node: ast.Call) -> Iterator[Use]:
    name = _name(node.func)
    last = name.rpartition(".")[2]
    at = TRANSLATED.get(last, readable_errors().get(last, 0 if last.endswith("Field") else None))
    if at is not None:
        yield from (Use(node.lineno, text, True) for text in node.args[at : at + 1])
    for ending, places in SHOWN.items():
        if name == ending or name.endswith("." + ending):
            given = [node.args[place] for place in places if place < len(node.args)]
            yield from (Use(node.lineno, text, False) for text in given)
    for keyword in node.keywords:
        if keyword.arg == "message":
            yield Use(node.lineno, keyword.value, True)
    if last == "filled":
        pair = node.args[0]
        parts = pair.elts if isinstance(pair, ast.Tuple) else []
        yield from (Use(node.lineno, part, False) for part in parts if _is_built(part))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _assigned(function: ast.AST) -> dict[str, list[ast.expr]]:
    """What each plain name is set to in the function."""
    found: dict[str, list[ast.expr]] = {}
    for _function, node in _with_function(function, function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _meant(node: ast.expr, assigned: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """The expressions that this one can stand for: both arms of a choice, a name's values."""
    values = assigned.get(node.id, []) if isinstance(node, ast.Name) else [node]
    return [arm for value in values for arm in _arms(value)]


def _arms(node: ast.expr) -> list[ast.expr]:
    return [*_arms(node.body), *_arms(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def _is_built(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return bool(LETTER.search(_plain(node)))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return any(
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and bool(LETTER.search(part.value))
            for part in ast.walk(node)
            if not _is_in_call(part, node)
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("format", "join", "replace")
    return False


def _is_in_call(part: ast.AST, within: ast.expr) -> bool:
    """Whether it is inside a call of this expression, whose text is looked at on its own."""
    calls = (node for node in ast.walk(within) if isinstance(node, ast.Call))
    return any(part is inner for call in calls for inner in ast.walk(call))


def _plain(node: ast.JoinedStr) -> str:
    """The constant parts, with a mark where values stand."""
    return "".join(
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "·"
        for part in node.values
    )


def _for_programs(tree: ast.Module) -> Iterator[ast.AST]:
    """What goes to a log, or into an error that nobody but a developer reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if _name(node.exc.func).rpartition(".")[2] not in readable_errors():
                yield node
        elif isinstance(node, ast.Call) and _name(node.func).startswith("log."):
            yield node
