"""`shopkeeper confirmations`: who waits, with a link to send to each."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run

FILE = """
zones: {letter: {kind: block}}
campaigns:
  news:
    status: published
    communications: {sign-up: {kind: block, zone: letter, content: {capture: {}}}}
"""


def test_addresses_that_wait_are_listed_with_links(run: Run, tmp_path: Path):
    (tmp_path / "shop.yaml").write_text(FILE)
    assert run("apply", tmp_path / "shop.yaml").exit_code == 0
    assert run("confirmations").stdout == "no address waits\n"
    given = {"communication_id": "sign-up", "element_id": "capture", "email": "ada@example.com"}
    call = {
        "type": "track",
        "event": "Communication Clicked",
        "anonymousId": "ann",
        "timestamp": "2026-03-01T10:00:00Z",
    }
    (tmp_path / "events.jsonl").write_text(json.dumps(call | {"messageId": "m1", "properties": given}))
    assert run("import", "events", tmp_path / "events.jsonl").exit_code == 0
    line = run("confirmations", "--base", "https://shop.example/").stdout
    assert line.startswith("ada@example.com  https://shop.example/v1/confirm?token=")
    (row,) = json.loads(run("confirmations", "--json").stdout)
    assert (row["person"], row["communication"], row["at"]) == ("a:ann", "sign-up", "2026-03-01T10:00:00.000Z")
