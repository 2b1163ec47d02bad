"""One server per data directory: an exclusive lock that the operating system drops when its process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shopkeeper.model.errors import Unavailable

LOCK_FILE = "lock"
"""Holds the number of the process that has the directory; left in place, as only the lock on it means anything."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep `folder` (made when missing; its parent must exist) to this process while the block runs.

    Raises Unavailable when another process holds it, or when it cannot be made or written.
    """
    descriptor = _open(folder)
    try:
        _take(descriptor, folder)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _open(folder: Path) -> int:
    try:
        folder.mkdir(exist_ok=True)
        return os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
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
