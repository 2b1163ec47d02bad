"""Where the repository's own files are, for the tests that read them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "shopkeeper"
DOCS = ROOT / "docs"


@cache
def source_files() -> tuple[Path, ...]:
    """Every Python file of the package."""
    return tuple(sorted(SOURCE.rglob("*.py")))


def rooms() -> list[Path]:
    """The folders of src/shopkeeper that are rooms."""
    return sorted(file.parent for file in SOURCE.glob("*/__init__.py"))


@cache
def committed_files() -> tuple[Path, ...]:
    """Every file under version control, and those about to be; nothing when this is not a git checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())
