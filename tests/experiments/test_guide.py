"""The guide to variants and holdouts: its definitions can be applied, its segments mean something, its commands run."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

from shopkeeper.campaigns import parse_file
from shopkeeper.engine.shop import Shop
from tests.house.tree import DOCS
from tests.serving import COMMAND, ENVIRONMENT

TEXT = (DOCS / "guide" / "testing.md").read_text()
CAMPAIGN, SETTING, SEGMENTS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]


def test_what_it_defines_can_be_applied(tmp_path: Path):
    shop = Shop.open(tmp_path)
    shop.apply(parse_file(CAMPAIGN + SETTING + SEGMENTS))
    assert shop.plan.file.campaigns["spring-tea"].holdout == 0.1
    sentence = shop.book.segments["held-out-of-spring"].sentence
    assert sentence == "were held out of spring-tea"
    assert shop.book.segments["met-the-loud-one"].sentence == "saw spring-hero, variant loud"
    shop.close()


def test_its_commands_run(tmp_path: Path):
    (tmp_path / "shop.yaml").write_text(CAMPAIGN)
    assert len(COMMANDS) == 4
    for line in COMMANDS:
        said = subprocess.run(
            [*COMMAND, *shlex.split(line)[1:]],
            cwd=tmp_path,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.returncode == 0, said.stderr
    rows = (tmp_path / "variants.csv").read_text().splitlines()
    assert [row.split(",")[2:4] for row in rows] == [
        ["variant", "weight"],
        ["control", "0.6666666666666666"],
        ["loud", "0.3333333333333333"],
        ["held out", "0.1"],
    ]
