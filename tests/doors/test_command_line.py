"""The command line says what is wrong in one line, with an exit code that means something."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.serving import SHOP_YAML, run


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["sreve"], 2, "No such command 'sreve'"),
        (["keys", "--colour"], 2, "No such option"),
        (["apply"], 2, "Missing argument"),
        (["serve", "--port", "many"], 2, "--port"),
        (["serve", "--port", "99999"], 2, "or equal to 65535. Put --help"),
        (["apply", "missing.yaml"], 2, "missing.yaml cannot be read: No such file"),
        (["--database", "mysql://host/shop", "keys"], 2, "postgresql://user:password@host"),
        (["--database", "postgresql://me:secret@127.0.0.1:1/shop", "keys"], 3, "shop on 127.0.0.1"),
        (["--data", "{file}", "keys"], 3, "Name one you may write to"),
        (["--data", "{file}", "serve"], 3, "is not a folder"),
        (["--data", "{file}/shop", "keys"], 3, "Not a directory"),
        (["--data", "{new}", "intent", "follow", "tea", "--ids", "p1"], 2, "--top, --share and --over"),
        (["--data", "{new}", "serve", "--host", "203.0.113.1", "--port", "0"], 3, "--host"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, arguments: list[str], code: int, said: str):
    (tmp_path / "file").touch()
    places = {"file": str(tmp_path / "file"), "new": str(tmp_path / "new")}
    done = run(*(argument.format(**places) for argument in arguments))
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr and "secret" not in done.stderr
    assert re.fullmatch(r"shopkeeper: .+\n", done.stderr)


def test_a_wrong_password(postgres_url: str):
    done = run("--database", postgres_url.replace("postgres:", "nobody:wrong", 1), "keys")
    assert done.returncode in (0, 3) and "Traceback" not in done.stderr


def test_a_file_that_is_no_text(tmp_path: Path):
    (tmp_path / "shop.yaml").write_bytes(b"\xff\xfe")
    done = run("--data", tmp_path / "shop", "apply", tmp_path / "shop.yaml")
    assert done.returncode == 2 and "not UTF-8" in done.stderr


def test_a_file_with_a_mistake_changes_nothing(tmp_path: Path):
    data, file = tmp_path / "shop", tmp_path / "shop.yaml"
    file.write_text(SHOP_YAML)
    assert "created  campaign spring-tea" in run("--data", data, "apply", file).stdout
    before = run("--data", data, "export").stdout
    file.write_text(SHOP_YAML.replace("kind: block\n        zone", "kind: blok\n        zone"))
    refused = run("--data", data, "apply", file)
    assert refused.returncode == 2
    assert "at $.campaigns.spring-tea.communications.spring-hero.kind" in refused.stderr
    assert "docs/guide/shop-yaml.md" in refused.stderr
    assert run("--data", data, "export").stdout == before


def test_programs_get_json(tmp_path: Path):
    data = tmp_path / "shop"
    keys = json.loads(run("--data", data, "keys", "--json").stdout)
    assert keys["write_key"].startswith("wk_") and keys["secret_key"].startswith("sk_")
    assert json.loads(run("--data", data, "rejects", "list", "--json").stdout) == {"counts": {}, "rejects": []}


def test_the_version_is_told():
    assert re.fullmatch(r"\d+\.\d+\S*\n", run("--version").stdout)
