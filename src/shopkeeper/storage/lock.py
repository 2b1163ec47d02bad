"""One server per data directory, and where it is reached: locks that the operating system drops when their process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shopkeeper.model.errors import Unavailable

LOCK_FILE = "lock"
"""Holds the number of the process that has the directory; left in place, as only the lock on it means anything."""


ADDRESS_FILE = "address"
"""Holds where the server of the directory is reached; untrue unless somebody has a lock on it."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep `folder` (made when missing; its parent must exist) to this process while the block runs.

    A folder that was made for a block that failed before it wrote anything is taken away again. Raises Unavailable when
    another process holds it, or when it cannot be made or written.
    """
    descriptor, made = _open(folder)
    try:
        _take(descriptor, folder)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    except BaseException:
        if made and [file.name for file in folder.iterdir()] == [LOCK_FILE]:
            with suppress(OSError):
                (folder / LOCK_FILE).unlink()
                folder.rmdir()
        raise
    finally:
        os.close(descriptor)


def refuse_if_held(folder: Path) -> None:
    """Raise Unavailable when another process holds `folder`; nothing is made where there is none."""
    with suppress(OSError):  # who may not even look is told by `hold`
        if (folder / LOCK_FILE).exists():
            with hold(folder):
                pass


@contextmanager
def reached_at(folder: Path, address: str) -> Iterator[None]:
    """Let other processes find the address of the server of `folder`, while the block runs and this process lives."""
    descriptor = os.open(folder / ADDRESS_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # whoever looks has its lock for a moment only
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, address.encode(), 0)
        yield
    finally:
        os.close(descriptor)


def server_of(folder: Path) -> str | None:
    """The address of the server that runs on `folder` now, or None; what a dead one left behind is not believed."""
    try:
        with (folder / ADDRESS_FILE).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().decode("utf-8", "replace") or None
    except OSError:
        return None
    return None


def _open(folder: Path) -> tuple[int, bool]:
    """The lock file's descriptor, and whether the folder had to be made."""
    try:
        made = not folder.exists()
        folder.mkdir(exist_ok=True)
        return os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644), made
    except FileNotFoundError as error:
        raise Unavailable(
            "no_data_folder",
            f"There is no folder {folder.parent} to hold the data directory {folder.name}",
            hint="Create it, or name another data directory.",
        ) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise Unavailable(
            "data_not_a_folder", f"The data directory {folder} is not a folder", hint="Name another data directory."
        ) from error
    except OSError as error:
        raise Unavailable(
            "data_not_writable",
            f"The data directory {folder} cannot be written ({error.strerror})",
            hint="Give this user the right to write there, or name another data directory.",
        ) from error


def _take(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
        raise Unavailable(
            "data_in_use",
            f"The data directory {folder} is already in use by process {holder}",
            hint="Stop that process first, or name another data directory.",
        ) from error
    except OSError as error:
        raise Unavailable(
            "data_not_lockable",
            f"The data directory {folder} cannot be locked ({error.strerror})",
            hint="Put it on a local disk.",
        ) from error
