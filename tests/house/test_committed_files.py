"""A clone must work anywhere: no package index and no folder of one machine is written into it."""

from __future__ import annotations

import re

from tests.house.tree import ROOT, committed_files

# Put together so that this file does not hold what it looks for.
INDEX = re.compile(r"(?:py" + r"pi|python" + r"hosted|npm" + r"js|yarn" + r"pkg)\.(?:org|com|io)", re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w./-])/(?:wo" + r"rk|ho" + r"me|Us" + r"ers|ro" + r"ot|opt)/\w")
LOCKS = [*ROOT.glob("requirements*.lock"), ROOT / "tests" / "clients" / "package-lock.json"]


def found(pattern: re.Pattern[str]) -> list[str]:
    """Where `pattern` stands in the text files of the repository."""
    hits = []
    for file in committed_files():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        hits += [f"{file.relative_to(ROOT)}: {match.group()}" for match in pattern.finditer(text)]
    return hits


def test_no_file_names_a_package_index():
    assert not found(INDEX)


def test_no_file_names_a_folder_of_one_machine():
    assert not found(MACHINE)


def test_locks_pin_versions_and_hashes_but_no_place():
    for lock in LOCKS:
        text = lock.read_text()
        assert "sha512-" in text or "--hash=sha256:" in text
        assert not re.search(r'"resolved"|--index|--find-links|file:', text), lock.name


def test_what_runs_the_demo_is_what_was_tested():
    run, everything = (
        set((ROOT / name).read_text().splitlines()) for name in ("requirements-run.lock", "requirements.lock")
    )
    pins = {line for line in run if "==" in line}
    assert pins <= everything
