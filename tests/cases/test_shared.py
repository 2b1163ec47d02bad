"""What the tag and the server both reckon comes out the same: cases/shared, on the tag's modules and on ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shopkeeper.model.events import id_bytes
from shopkeeper.visitors.cookie import is_forged, signature_of
from shopkeeper.visitors.profile import Profile, Value
from tests.house.tree import ROOT
from tests.needs import missing

SHARED = ROOT / "cases" / "shared"
CONSENT: dict[str, Any] = json.loads((SHARED / "consent.json").read_text())
IDS: dict[str, Any] = json.loads((SHARED / "ids.json").read_text())


@pytest.fixture(scope="module")
def tag() -> dict[str, Any]:
    """What came out on the tag's side."""
    node = shutil.which("node")
    if node is None:
        missing("Node")
    script = Path(__file__).with_name("shared.mjs")
    command = [node, str(script), str(SHARED), str(ROOT / "tag" / "src")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    answers: dict[str, Any] = json.loads(told)
    return answers


@pytest.mark.parametrize("tool", ["google", "tcf"])
def test_the_words_of_other_tools_mean_our_purposes(tag: dict[str, Any], tool: str):
    assert tag[tool] == [case["purposes"] for case in CONSENT[tool]]


def test_both_sides_know_whom_they_may_know(tag: dict[str, Any]):
    expected = [case["measurement"] for case in CONSENT["permits"]]
    assert tag["permits"] == expected
    for case, permitted in zip(CONSENT["permits"], expected, strict=True):
        consent = {purpose: Value(choice, 0, b"") for purpose, choice in (case["choice"] or {}).items()}
        profile = Profile("a:x", consent=consent)
        assert profile.allows("measurement", default=case["default"]) is permitted


def test_ids_of_events_are_uuids_of_version_seven_in_their_order(tag: dict[str, Any]):
    for moment, minted in zip(IDS["moments"], tag["minted"], strict=True):
        ids = [UUID(text) for text in minted]
        assert {(id.version, id.variant, id.int >> 80) for id in ids} == {(7, "specified in RFC 4122", moment)}
        assert ids == sorted(ids) and len(set(ids)) == len(ids)
        assert id_bytes(minted[0]) == ids[0].bytes


def test_a_signed_cookie_holds_the_same_id_for_both(tag: dict[str, Any]):
    for case, remembered in zip(IDS["cookies"], tag["remembered"], strict=True):
        assert remembered == case["id"]
        assert signature_of(case["id"], case["secret"]) == case["signature"]
        header = f"other=1; sk_id={case['id']}; sk_is={case['signature']}"
        assert not is_forged(header, case["secret"])
        assert is_forged(header, "another") and is_forged(header + "x", case["secret"])
