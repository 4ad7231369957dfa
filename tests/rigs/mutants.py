"""Small faults in Python code: where one can be planted, and the code with one planted."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Add, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A module's code with one fault: which line, what was done."""

    line: int
    what: str
    source: str


@dataclass(frozen=True)
class _Place:
    line: int
    what: str
    plant: Callable[[], Callable[[], None]]  # plants, and gives back how to mend


def has_places(source: str) -> bool:
    """Whether any fault can be planted."""
    return next(_places(ast.parse(source)), None) is not None


def mutants_of(source: str) -> list[Mutant]:
    """Every fault that can be planted, one at a time."""
    tree = ast.parse(source)
    found = []
    for place in _places(tree):
        mend = place.plant()
        found.append(Mutant(place.line, place.what, ast.unparse(ast.fix_missing_locations(tree))))
        mend()
    return found


def _places(tree: ast.Module) -> Iterator[_Place]:
    left_alone = _left_alone(tree)
    for node in ast.walk(tree):
        if id(node) in left_alone:
            continue
        if isinstance(node, ast.Compare):
            for place, operator in enumerate(node.ops):
                yield _swap(node, node.ops, place, _COMPARED[type(operator)]())
        elif isinstance(node, ast.BoolOp):
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield _set(node, "op", other)
        elif isinstance(node, ast.BinOp) and type(node.op) in _COMPUTED:
            yield _set(node, "op", _COMPUTED[type(node.op)]())
        elif isinstance(node, ast.If | ast.IfExp | ast.While):
            yield _set(node, "test", ast.UnaryOp(ast.Not(), node.test))
        elif isinstance(node, ast.Constant) and isinstance(node.value, int):
            yield _set(node, "value", _changed(node.value))
        elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
            yield _set(node, "value", ast.Constant(None))
        yield from _removals(node, left_alone)


def _changed(value: int) -> int:
    return not value if isinstance(value, bool) else value + 1


def _removals(node: ast.AST, left_alone: set[int]) -> Iterator[_Place]:
    """Statements that do something by themselves, each left out."""
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if not isinstance(body, list):
            continue
        for place, statement in enumerate(body):
            acts = isinstance(statement, ast.Raise | ast.AugAssign | ast.Delete) or (
                isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            )
            if acts and id(statement) not in left_alone:
                yield _swap(statement, body, place, ast.copy_location(ast.Pass(), statement))


def _left_alone(tree: ast.Module) -> set[int]:
    """Annotations, decorators and type aliases say nothing at run time that a test could see.

    Nor does a zip's `strict`: it is an assertion, which right sums never meet.
    """
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            roots += [*node.decorator_list, *([node.returns] if node.returns else [])]
        elif isinstance(node, ast.ClassDef):
            roots += node.decorator_list
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            roots.append(node.annotation)
        elif isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Literal":
            roots.append(node)
        roots += [word for word in getattr(node, "keywords", ()) if word.arg == "strict"]
    return {id(inner) for root in roots for inner in ast.walk(root)}


def _set(node: ast.AST, name: str, value: object) -> _Place:
    def plant() -> Callable[[], None]:
        old = getattr(node, name)
        setattr(node, name, value)
        return lambda: setattr(node, name, old)

    return _Place(_line(node), f"{type(node).__name__}.{name}: {_told(node)}", plant)


def _swap(node: ast.AST, values: list[Any], place: int, value: object) -> _Place:
    def plant() -> Callable[[], None]:
        old = values[place]
        values[place] = value

        def mend() -> None:
            values[place] = old

        return mend

    return _Place(_line(node), f"{type(value).__name__} in: {_told(node)}", plant)


def _told(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0][:80]


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
