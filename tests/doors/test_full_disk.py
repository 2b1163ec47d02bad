"""A full or failing disk: senders are told to come again, the log says why in words, and nothing that was accepted is lost."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from shopkeeper.engine.shop import Shop
from tests.doors.conftest import Door


def allow(shop: Shop, pages: int) -> None:
    """Let the database have so many pages; what it has already stays."""
    with shop.state.write() as conn:
        conn.rows(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_told_in_words_and_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    door = Door(Shop.open(tmp_path / "shop"))
    allow(door.shop, 1)
    caplog.set_level(logging.ERROR)
    text, sent, accepted = "x" * 20_000, 0, 0
    while sent < 500:
        event = {"event": "Looked", "anonymousId": "ann", "messageId": str(sent), "properties": {"text": text}}
        answer = door.post("/v1/track", event)
        if answer.status_code != 200:
            break
        sent, accepted = sent + 1, accepted + answer.json()["accepted"]
    assert (answer.status_code, answer.json()["code"]) == (503, "disk_full")
    assert "There is no room left" in caplog.text and "Traceback" not in caplog.text
    assert len(door.events()) == accepted == sent
    allow(door.shop, 1_000_000)
    assert door.post("/v1/track", event).status_code == 200
    assert len(door.events()) == accepted + 1
    door.writer.close()
    door.shop.close()


def test_who_sends_while_no_write_can_begin_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    door = Door(Shop.open(tmp_path / "shop"))

    def failing() -> None:
        raise OSError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(door.shop.state, "write_at_once", failing)
        assert door.post("/v1/track", {"event": "Looked", "anonymousId": "ann"}).status_code == 200
        broken.setattr(door.shop.state, "write", failing)
        assert door.post("/v1/track", {"event": "Looked", "anonymousId": "ann"}).status_code == 500
    assert len(door.events()) == 1
    door.writer.close()
    door.shop.close()
