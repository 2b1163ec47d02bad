"""The committed script is what its sources build to, and it stays small."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tag"))

from build import BUILT, BuildError, build, everything, zipped_size  # noqa: E402

BUDGET_BYTES = 5 * 1024


def test_the_committed_script_is_built_from_the_sources() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in BUILT.iterdir()}
    assert committed == everything(), "run: python tag/build.py"


def test_the_script_fits_its_budget() -> None:
    assert zipped_size((BUILT / "t.js").read_text(encoding="utf-8")) <= BUDGET_BYTES


@pytest.mark.parametrize(
    ("modules", "complaint"),
    [
        ({"main.js": 'import x from "./a.js"'}, "plain named imports"),
        ({"main.js": 'import { x } from "./a.js";', "a.js": "const x = 1;"}, "a.js does not export x"),
        ({"main.js": 'import { x } from "./a.js";\nconst x = 2;', "a.js": "export const x = 1;"}, "declared in a.js"),
        ({"main.js": 'import { x } from "./a.js";', "a.js": 'import { y } from "./main.js";'}, "imports itself"),
    ],
)
def test_what_the_builder_does_not_understand_it_refuses(
    tmp_path: Path, modules: dict[str, str], complaint: str
) -> None:
    for name, text in modules.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(BuildError, match=complaint):
        build(tmp_path)
