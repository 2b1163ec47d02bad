"""What a test does when the machine lacks something it needs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def missing(what: str) -> NoReturn:
    """Skip the test because the machine lacks `what`; in continuous integration that is a failure instead."""
    if IN_CI:
        pytest.fail(f"{what} is missing, and must not be in continuous integration")
    pytest.skip(f"{what} is missing")
