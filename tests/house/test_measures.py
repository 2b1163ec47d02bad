"""The house measures that a machine can take (files, rooms, first words)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.tree import SOURCE, rooms, source_files

LONGEST_FILE = 500
LONGEST_FUNCTION = 60
LARGEST_ROOM = 2500

each_file = pytest.mark.parametrize("file", source_files(), ids=lambda file: str(file.relative_to(SOURCE)))
each_room = pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)


def lines(file: Path) -> int:
    return len(file.read_text().splitlines())


@each_file
def test_no_file_is_long(file: Path):
    assert lines(file) <= LONGEST_FILE, "split it by what it is about"


@each_file
def test_no_function_is_long(file: Path):
    long = [
        f"{node.name} (line {node.lineno})"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long, f"split these functions into steps with names: {long}"


@each_room
def test_no_room_is_large(room: Path):
    assert sum(lines(file) for file in room.rglob("*.py")) <= LARGEST_ROOM, "a second room is hiding in it"


@each_room
def test_a_room_says_at_its_door_what_it_is(room: Path):
    assert ast.get_docstring(ast.parse((room / "__init__.py").read_text())), "what it owns, may touch, where to start"
