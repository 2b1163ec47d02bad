"""The golden cases of `cases/`, as they stand and with their events shuffled, repeated and batched otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.stage import case_names, numbered, perform, read_case, shaken


@pytest.mark.parametrize("name", case_names())
def test_case(name: str, tmp_path: Path):
    perform(read_case(name), tmp_path, None, summed=True)


@pytest.mark.parametrize("name", case_names())
def test_case_on_postgres(name: str, tmp_path: Path, postgres_url: str):
    perform(read_case(name), tmp_path, postgres_url)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", case_names())
def test_case_shaken(name: str, seed: int, tmp_path: Path):
    perform(shaken(numbered(read_case(name)), seed), tmp_path, None)
