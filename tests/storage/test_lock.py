"""One process per data directory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shopkeeper.model.errors import Unavailable
from shopkeeper.storage.lock import hold
from tests.needs import missing

HOLDER = """
import sys; from pathlib import Path; from shopkeeper.storage.lock import hold
with hold(Path(sys.argv[1])): print("held", flush=True); sys.stdin.read()
"""


def test_the_folder_is_made_and_freed_again(tmp_path: Path) -> None:
    for _ in range(2):
        with hold(tmp_path / "shop"):
            assert (tmp_path / "shop").is_dir()


def test_a_second_holder_learns_who_the_first_is(tmp_path: Path) -> None:
    message = f"already in use by process {os.getpid()}"
    with hold(tmp_path), pytest.raises(Unavailable, match=message), hold(tmp_path):
        pass


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        with pytest.raises(Unavailable, match=f"process {holder.pid}"), hold(tmp_path):
            pass
        holder.kill()
    with hold(tmp_path):
        pass


def test_a_missing_parent_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="There is no folder"), hold(tmp_path / "missing" / "shop"):
        pass


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("")
    with pytest.raises(Unavailable, match="not a folder"), hold(tmp_path / "shop"):
        pass


def test_a_folder_that_cannot_be_written_is_named() -> None:
    if not Path("/proc/self").is_dir():
        missing("a folder that not even root may write to")
    with pytest.raises(Unavailable) as refused, hold(Path("/proc/self")):
        pass
    assert refused.value.hint
