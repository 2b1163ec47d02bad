"""`shopkeeper segments` answers as the API does, in tables for people and files for programs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from tests.admin.seed import Little
from tests.serving import run


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tea shop with a small crowd, closed."""
    folder = tmp_path_factory.mktemp("shop")
    shop = Little(folder)
    shop.define()
    shop.ada()
    shop.crowd(20)
    shop.close()
    return folder


def said(data: Path, *arguments: Any) -> str:
    done = run("--data", data, "segments", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_question_is_answered_in_both_forms(data: Path, tmp_path: Path):
    rule = tmp_path / "rule.yaml"
    rule.write_text("all: [{orders: {at_least: 1}}, {not: {did: Danced}}]")
    both = ("loyalty-one-time", "returning-customers")
    for words, part in (
        (["list"], "returning-customers"),
        (["show", "high-value-customers"], "top: 0.1"),
        (["preview", "--rule", rule], "did Danced"),
        (["members", "returning-customers"], "ada@example.com"),
        (["why", "returning-customers", "ada"], "u:ada is in returning-customers"),
        (["changes", "everyone"], "`shopkeeper serve` follows"),
        (["insights", "returning-customers", "--days", "3650"], "Average order"),
        (["report", "--days", "3650"], "Order credit"),
        (["overlap", *both], "Jaccard"),
        (["sets", *both], "(none of these)"),
        (["journeys", *both, "--days", "2"], "ends of days in shop time"),
    ):
        assert part in said(data, *words), words
        assert isinstance(json.loads(said(data, *words, "--json")), dict), words


def test_members_are_written_to_files(data: Path, tmp_path: Path):
    size = json.loads(said(data, "members", "returning-customers", "--json"))["size"]
    for name in ("people.csv", "people.parquet"):
        assert f"wrote {size} people" in said(data, "members", "returning-customers", "--out", tmp_path / name)
    rows = list(csv.DictReader((tmp_path / "people.csv").open()))
    table = parquet.read_table(tmp_path / "people.parquet").to_pylist()
    assert [row["person"] for row in rows] == [row["person"] for row in table] and len(rows) == size
    ada = next(row for row in rows if row["user_id"] == "ada")
    assert (ada["email"], ada["orders"], ada["spent"]) == ("ada@example.com", "1", "12.00")


def test_a_list_is_frozen_and_told(data: Path):
    assert "froze" in said(data, "freeze", "returning-customers", "--as", "letter")
    assert "have at least 1 order" in said(data, "lists")


def test_the_people_of_a_list_are_told_written_and_let_go(data: Path, tmp_path: Path):
    said(data, "freeze", "returning-customers", "--as", "gone")
    assert "from returning-customers" in said(data, "lists", "gone", "--limit", "1")
    assert "wrote" in said(data, "lists", "gone", "--out", tmp_path / "list.csv")
    rows = list(csv.DictReader((tmp_path / "list.csv").open()))
    assert "ada" in {row["user_id"] for row in rows}
    assert f"deleted gone, a list of {len(rows)} people" in said(data, "lists", "gone", "--delete")
    assert "gone" not in said(data, "lists")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["show", "nobody"], "There is no segment 'nobody'. There are everyone"),
        (["why", "everyone", "nobody"], "Nothing is on record for 'nobody'"),
        (["overlap", "everyone"], "Choose 2 to 30 different segments"),
        (["lists", "nothing"], "There is no list 'nothing'"),
        (["lists", "--delete"], "No list is named"),
        (["members", "everyone", "--at", "soon"], "'soon' is not a time"),
        (["members", "everyone", "--out", "people.xls"], "neither .csv nor .parquet"),
        (["members", "everyone", "--out", "/nowhere/people.csv"], "cannot be written"),
        (["preview", "--rule", "missing.yaml"], "cannot be read"),
        (["freeze", "everyone", "--as", "A List"], "cannot be the name of a list"),
    ],
)
def test_a_mistake_is_one_line(data: Path, arguments: list[str], part: str):
    done = run("--data", data, "segments", *arguments)
    assert done.returncode in (1, 2) and part in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("all: []", "$.all"),
        ("all: [{dud: page}]", "$.all[0]"),
        ("did: page\nwithin: soon", "not a length of time"),
        ("did: page\ndid: page", "line 2"),
        ("segment: nobody", "no segment 'nobody'"),
        ("", "a mapping"),
    ],
)
def test_a_bad_rule_is_told_with_its_place(data: Path, tmp_path: Path, rule: str, part: str):
    (tmp_path / "rule.yaml").write_text(rule)
    done = run("--data", data, "segments", "preview", "--rule", tmp_path / "rule.yaml")
    assert done.returncode == 2 and part in done.stderr
