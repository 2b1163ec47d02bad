"""Plays golden cases: a real shop in a real directory, spoken to over its HTTP API, with a clock that stands still."""

from __future__ import annotations

import asyncio
import json
import random
import re
from pathlib import Path
from typing import Any

import httpx

from shopkeeper import attribution, stats, visitors
from shopkeeper.api import build_app
from shopkeeper.asking.intent import train
from shopkeeper.attribution import Cause
from shopkeeper.campaigns import parse_file
from shopkeeper.decisions import count_decisions
from shopkeeper.engine.intake import Intake
from shopkeeper.engine.jobs import sum_hours
from shopkeeper.engine.shop import Shop
from shopkeeper.engine.writer import Writer
from shopkeeper.model.time import DAY, HOUR, MINUTE, SECOND, format_time, parse_time

CASES = Path(__file__).parents[2] / "cases"
NOW = parse_time("2026-06-15T12:00:00Z")
_DEFINED = NOW - 90 * DAY
_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "us": 1}

Json = dict[str, Any]


def read_case(name: str) -> Json:
    """One case by the name of its file."""
    case: Json = json.loads((CASES / f"{name}.json").read_text())
    return case


def case_names() -> list[str]:
    """Every case there is."""
    return sorted(path.stem for path in CASES.glob("*.json"))


def moment(text: str) -> int:
    """`-24h-1us`: microseconds, relative to the case's now."""
    terms = re.findall(r"([+-])(\d+)(us|[dhms])", text)
    assert "".join(map("".join, terms)) == text, f"{text!r} is not a relative time"
    return NOW + sum((1 if sign == "+" else -1) * int(n) * _UNITS[unit] for sign, n, unit in terms)


def numbered(case: Json) -> Json:
    """The case with a message id on every event, so that a copy of it can be told."""
    steps = [
        step
        if "send" not in step
        else step | {"send": [{"messageId": f"{i}.{j}", **event} for j, event in enumerate(step["send"])]}
        for i, step in enumerate(case["steps"])
    ]
    return case | {"steps": steps}


def shaken(case: Json, seed: int) -> Json:
    """The same events shuffled, some twice, in other batches; definitions and decisions stay where they are."""
    chance = random.Random(seed)
    steps: list[Json] = []
    waiting: list[Json] = []

    def shake() -> None:
        waiting.extend(chance.choices(waiting, k=len(waiting)) if waiting else [])
        chance.shuffle(waiting)
        while waiting:
            head = waiting[0]
            alike = [one for one in waiting[: chance.randint(1, 4)] if _sender(one) == _sender(head)]
            for one in alike:
                waiting.remove(one)
            steps.append(head | {"send": [event for one in alike for event in one["send"]]})

    for step in case["steps"]:
        if "send" in step:
            waiting.extend(step | {"send": [event]} for event in step["send"])
        else:
            shake()
            steps.append(step)
    shake()
    return case | {"steps": steps}


def perform(case: Json, folder: Path, database: str | None, *, summed: bool = False) -> None:
    """Play a case and compare every figure it expects; with `summed` once more from rollups of every hour."""
    time = [_DEFINED]
    shop = Shop.open(folder, database, now=lambda: time[0])
    writer = Writer(shop)
    try:
        asyncio.run(_perform(case, shop, writer, time, summed=summed))
    finally:
        writer.close()
        shop.close()


async def _perform(case: Json, shop: Shop, writer: Writer, time: list[int], *, summed: bool) -> None:
    transport = httpx.ASGITransport(build_app(Intake(shop, writer)))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as http:
        stage = _Stage(shop, http, time)
        await stage.define(case["shop"], case)
        time[0] = NOW
        for step in case["steps"]:
            await stage.do(step)
        for kind, expected in case["expect"].items():
            await getattr(stage, f"check_{kind}")(expected)
        stage.check_audit()
        if summed:
            while sum_hours(shop, 1_000):
                pass
            for kind, expected in case["expect"].items():
                await getattr(stage, f"check_{kind}")(expected)
            stage.check_audit()
        stage.check_ledger()
        stage.check_again()


class _Stage:
    def __init__(self, shop: Shop, http: httpx.AsyncClient, time: list[int]) -> None:
        self.shop = shop
        self.http = http
        self.time = time

    async def define(self, name: str, chosen: Json) -> None:
        found = json.loads((CASES / "shops" / f"{name}.json").read_text())
        found["definitions"] |= {part: chosen[part] for part in ("attribution", "rates") if part in chosen}
        self.shop.apply(parse_file(json.dumps(found["definitions"])))
        if "products" in found:
            stored = await self.http.post("/v1/products", json=found["products"], auth=(self.shop.keys.secret, ""))
            assert stored.json()["rejected"] == []

    async def do(self, step: Json) -> None:
        if "send" in step:
            key = self.shop.keys.secret if step["key"] == "secret" else self.shop.keys.write
            headers = {"user-agent": step.get("agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")}
            body = {"batch": [_wire(event) for event in step["send"]]}
            answer = await self.http.post("/v1/batch", json=body, auth=(key, ""), headers=headers)
            assert answer.json()["rejected"] == [], answer.text
        elif "decide" in step:
            await self.decide(step)
        elif "apply" in step:
            await self.define(step["apply"], step)
        elif step == {"train": True}:
            train(self.shop)
        else:
            assert step == {"restock": True}, f"{step} is not a step"
            self.shop.restock()

    async def decide(self, step: Json) -> None:
        """Ask for decisions; where the step says when, wait until they are on record."""
        self.time[0] = moment(step.get("at", ""))
        with self.shop.state.read() as conn:
            made = count_decisions(conn)
        body = step["decide"] | {"writeKey": self.shop.keys.write}
        headers = {"user-agent": step.get("agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")}
        decided = (await self.http.post("/v1/decide", json=body, headers=headers)).json()["zones"]
        assert {zone: (one or {}).get("communication") for zone, one in decided.items()} == step["expect"]
        self.time[0] = NOW
        while "at" in step and "agent" not in step:
            with self.shop.state.read() as conn:
                if count_decisions(conn) > made:
                    return
            await asyncio.sleep(0.01)

    async def check_communications(self, expected: Json) -> None:
        rows = {row["communication"]: row for row in (await self._ask("/v1/stats/communications"))["rows"]}
        _compare({id: rows[id] for id in expected}, expected)

    async def check_summary(self, expected: Json) -> None:
        _compare(await self._ask("/v1/stats/summary"), expected)

    async def check_click_total(self, expected: Json) -> None:
        for by, values in expected.items():
            rows = (await self._ask(f"/v1/stats/click-total?by={by}"))["rows"]
            assert {row["key"]: row["value"] for row in rows} == values

    async def check_reports(self, expected: Json) -> None:
        for report, rows in expected.items():
            told = (await self._ask(f"/v1/stats/{report}"))["rows"]
            _compare({next(row[k] for k in _KEYS if k in row): row for row in told}, rows)

    async def check_answers(self, expected: list[Json]) -> None:
        """What servers are answered: only the fields a case names, errors too."""
        for asked in expected:
            answer = await self.http.post(asked["post"], json=asked["body"], auth=(self.shop.keys.secret, ""))
            _compare(answer.json(), asked["tells"])

    def check_audit(self) -> None:
        """Whatever the case is about: rollups are what the rows say, and both ledgers add up to the revenue."""
        with self.shop.state.read() as conn:
            found = stats.audit(conn, self.shop.plan)
        assert found.clean, found

    async def check_orders(self, expected: Json) -> None:
        for id, figures in expected.items():
            told = await self._ask(f"/v1/orders/{id}/explain")
            told["credit"] = (told["order_credit"] or {}).get("communication")
            told["whys"] = [touch["why"] for touch in told["considered"]]
            told["credited_lines"] = [line["line"] for line in told["lines"] if line["credited"]]
            told["shares"] = {}
            for touch in told["considered"]:
                if touch["order_credit"]:
                    name = touch["communication"]
                    told["shares"][name] = told["shares"].get(name, 0) + touch["value"]
            told["line_whys"] = [line["why"] for line in told["lines"]]
            _compare({id: told}, {id: figures})

    async def check_persons(self, expected: int) -> None:
        with self.shop.state.read() as conn:
            assert visitors.count_people(conn)[0] == expected

    async def check_people(self, expected: Json) -> None:
        with self.shop.state.read() as conn:
            found = visitors.load(conn, expected, create=False)
        told = {
            person: {
                "audiences": sorted(profile.audiences),
                "attributes": {name: held.value for name, held in profile.attributes.items()},
                "devices": profile.devices,
                "orders": profile.orders,
                "spent": profile.spent,
            }
            for person, profile in found.items()
        }
        _compare(told, expected)

    def check_ledger(self) -> None:
        """After every case the ledger's entries add up to the credit that holds."""
        with self.shop.state.read() as conn:
            assert attribution.ledger_differences(conn) == []

    def check_again(self) -> None:
        """Crediting everybody anew, in bulk where the rules allow, finds every entry as it is."""
        with self.shop.state.write() as conn:
            attribution.credit_everybody(
                conn, self.shop.history, self.shop.plan, self.shop.catalogue, Cause(NOW, "found otherwise")
            )
            assert conn.rows("SELECT * FROM attribution_ledger WHERE reason = 'found otherwise'") == []

    async def _ask(self, path: str) -> Json:
        answer = await self.http.get(path, auth=(self.shop.keys.secret, ""))
        assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        return told


_KEYS = ("key", "currency", "communication")
"""What names a row, the first a report has."""


def _compare(told: Json, expected: Json) -> None:
    """Every figure named is as expected; a case names only those it is about."""
    assert _only(told, expected) == expected


def _only(told: Any, expected: Any) -> Any:
    if isinstance(told, dict) and isinstance(expected, dict) and expected:
        return {name: _only(told.get(name, "(missing)"), value) for name, value in expected.items()}
    return told


def _sender(step: Json) -> tuple[Any, ...]:
    return (step["key"], step.get("agent"))


def _wire(event: Json) -> Json:
    """The event as a client would send it."""
    wire = {name: value for name, value in event.items() if name not in ("at", "sent")}
    wire["timestamp"] = format_time(moment(event["at"]))
    if "sent" in event:
        wire["sentAt"] = format_time(moment(event["sent"]))
    return wire
