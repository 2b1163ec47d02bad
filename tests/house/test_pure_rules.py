"""Rules are pure: values and `now` go in, values come out. (`lint-imports` checks what they import.)"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import SOURCE, source_files

IMPURE_MODULES = frozenset("importlib random secrets socket subprocess time urllib.request uuid".split())
IMPURE_CALLS = frozenset("breakpoint eval exec hash id input open print".split())
IMPURE_METHODS = frozenset("now utcnow today getenv environ read_text write_text read_bytes write_bytes".split())


def rule_files() -> list[Path]:
    """Every rules.py, and every file of a rules/ folder."""
    return [file for file in source_files() if "rules" in (file.stem, file.parent.name)]


def impurities(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and name of every thing in `tree` whose answer does not depend on its arguments alone."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name) for name in names if name.name in IMPURE_MODULES)
            case ast.ImportFrom(module=str(module)) if module in IMPURE_MODULES:
                yield node.lineno, module
            case ast.Call(func=ast.Name(id=name)) if name in IMPURE_CALLS:
                yield node.lineno, f"{name}()"
            case ast.Attribute(attr=name) if name in IMPURE_METHODS:
                yield node.lineno, f".{name}"
            case ast.Global() | ast.Nonlocal() | ast.AsyncFunctionDef():
                yield node.lineno, type(node).__name__


@pytest.mark.parametrize("file", rule_files(), ids=lambda file: str(file.relative_to(SOURCE)))
def test_a_rule_reads_no_clock_rolls_no_dice_and_touches_no_world(file: Path):
    found = [f"line {line}: {name}" for line, name in impurities(ast.parse(file.read_text()))]
    assert not found, f"{file.name} is not pure: {found}"


@pytest.mark.parametrize(
    "line",
    ["import random", "from time import time", "datetime.now(UTC)", "date.today()", "open('x')", "hash('visitor')"],
)
def test_the_check_sees_an_impurity(line: str):
    assert list(impurities(ast.parse(line)))
