"""A small tea shop with a life of its own: people, sessions, decisions and orders of two months, from one seed."""

from __future__ import annotations

import json
import random
from itertools import count
from pathlib import Path
from typing import Any

from shopkeeper import campaigns, catalogue
from shopkeeper.engine import decide
from shopkeeper.engine.intake import Intake, Request
from shopkeeper.engine.shop import Shop
from shopkeeper.engine.writer import Writer, write_parcels
from shopkeeper.model.time import DAY, MINUTE, SECOND, format_time

NOW = 1_772_366_400_000_000
"""2026-03-01 12:00 UTC, 13:00 in the shop."""
FILE = """
shop: {name: Fern & Fable, currency: EUR, time_zone: Europe/Amsterdam}
zones:
  home-hero: {kind: block, title: "Home page, top"}
  overlay: {kind: popup, title: Pop-ups}
  corner: {kind: notification, title: Corner}
campaigns:
  spring-tea:
    name: Spring tea
    status: published
    segment: returning-customers
    schedule: {from: 2025-12-01, until: 2026-06-01}
    communications:
      spring-hero:
        kind: block
        zone: home-hero
        content: {heading: First flush is here, text: Picked in March., button: See the teas, href: /c/tea}
        when: {page_types: [home]}
        elements:
          button: {href: /c/tea, join: tea-lovers, set: {favourite: tea}, products: [tea-1]}
      spring-corner:
        kind: notification
        zone: corner
        content: {heading: Free pot, text: With every order over 40 euros.}
  welcome:
    name: Welcome
    status: published
    communications:
      welcome-hero:
        kind: block
        zone: home-hero
        content: {html: '<p style="color: #12694b"><b>Welcome</b> to the shop</p>'}
      popular-now:
        kind: recommender
        zone: home-hero
        recommender: {title: Popular now, min: 2, max: 4}
  exit-offer:
    name: Before you go
    status: published
    communications:
      exit-pop:
        kind: popup
        zone: overlay
        content: {heading: Ten per cent off, text: Only today., button: Take it, href: /c/sale}
        cap: {times: 1, per: week}
        trigger: {on: exit_intent}
        elements: {button: {href: /c/sale}}
    sequences: {main: {steps: [exit-pop]}}
  autumn:
    name: Autumn leaves
    status: paused
    communications:
      autumn-hero:
        kind: block
        zone: home-hero
        content: {heading: Autumn}
        variants: {control: {}, gold: {content: {heading: Gold}}}
      autumn-letter: {kind: email}
"""
NAMES = "Ada Bo Cleo Dirk Emma Finn Greta Hugo Iris Jan Kim Lotte Max Nora Otto Pia Quinn Roos Sem Tess".split()


class Little:
    """The shop, and the means to make things happen in it at chosen times."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.now = NOW
        self.shop = Shop.open(folder, database, now=lambda: self.now)
        self.writer = Writer(self.shop)
        self.intake = Intake(self.shop, self.writer)
        self._ids = count()

    def close(self) -> None:
        self.writer.close()
        self.shop.close()

    def define(self) -> None:
        """Campaigns and products."""
        self.shop.apply(campaigns.parse_file(FILE))
        products = [
            {"id": f"tea-{n}", "name": f"Tea no. {n}", "price": f"{4 + n}.50", "category": "tea"} for n in range(1, 9)
        ]
        self.shop.put_products([catalogue.read_product(p, "EUR", NOW) for p in products])

    def send(self, *events: dict[str, Any]) -> None:
        """Take events in as the shop's server would send them."""
        body = json.dumps({"batch": list(events)}).encode()
        parcel, _, _ = self.intake.prepare(Request(body, single=False, key=self.shop.keys.secret))
        with self.shop.state.write() as conn:
            write_parcels(conn, self.shop, [parcel])

    def event(self, at: int, device: str, name: str = "", **more: Any) -> dict[str, Any]:
        kind = {"type": "track", "event": name} if name else {"type": "page"}
        stamp = {"messageId": f"m{next(self._ids)}", "anonymousId": device, "timestamp": format_time(at)}
        return kind | stamp | more

    def act(self, at: int, device: str, act: str, communication: str, **more: Any) -> dict[str, Any]:
        zone = self.shop.plan.served[communication][-1].communication.zone
        properties = {"communication_id": communication, "zone": zone, **more}
        return self.event(at, device, f"Communication {act}", properties=properties)

    def order(self, at: int, device: str, order_id: str, user: str, *products: tuple[str, float]) -> dict[str, Any]:
        lines = [{"product_id": id_, "price": price, "quantity": 1} for id_, price in products]
        properties = {"order_id": order_id, "total": round(sum(p for _, p in products), 2), "products": lines}
        return self.event(at, device, "Order Completed", userId=user, properties=properties)

    def decide(self, at: int, device: str) -> None:
        """Ask for decisions as the tag does."""
        held, self.now = self.now, at
        body = {"anonymousId": device, "zones": ["home-hero"], "overlays": True, "page": {"type": "home", "url": "/"}}
        decide.answer(self.shop, self.writer, decide.Caller(self.shop.keys.secret), json.dumps(body).encode())
        self.now = held
        self.writer.close()  # records of decisions wait for company; here they are looked at next
        self.writer = Writer(self.shop)

    def ada(self) -> None:
        """One life that can be checked by eye: she meets the welcome, clicks tea, logs in and buys."""
        at = NOW - 2 * DAY
        self.send(
            self.event(at, "ada-phone", properties={"title": "Home", "url": "/"}),
            self.act(at + SECOND, "ada-phone", "Shown", "welcome-hero"),
            self.act(at + MINUTE, "ada-phone", "Shown", "spring-hero"),
            self.act(at + 2 * MINUTE, "ada-phone", "Clicked", "spring-hero", element_id="button"),
        )
        self.decide(at + 3 * MINUTE, "ada-phone")
        self.send(
            self.event(at + 4 * MINUTE, "ada-phone", "Product Viewed", properties={"product_id": "tea-1"}),
            {
                "type": "identify",
                "userId": "ada",
                "anonymousId": "ada-phone",
                "messageId": "ada-known",
                "timestamp": format_time(at + 5 * MINUTE),
                "traits": {"name": "Ada <Lovelace>", "email": "ada@example.com"},
            },
            self.order(at + 10 * MINUTE, "ada-phone", "1001", "ada", ("tea-1", 5.5), ("tea-2", 6.5)),
        )

    def crowd(self, people: int, seed: int = 7) -> None:
        """People who come, look, click and buy for two months."""
        chance = random.Random(seed)
        orders = count(2000)
        for person in range(people):
            device, user = f"device-{person:05}", f"customer-{person}" if chance.random() < 0.5 else ""
            batch = []
            for _ in range(chance.randint(1, 5)):
                at = NOW - chance.randrange(60 * DAY)
                batch += self._visit(chance, at, device)
                if user and chance.random() < 0.5:
                    ids = chance.sample(range(1, 9), chance.randint(1, 3))
                    products = [(f"tea-{n}", 4.5 + n) for n in ids]
                    batch.append(self.order(at + 20 * MINUTE, device, str(next(orders)), user, *products))
            if user:
                name = f"{NAMES[person % len(NAMES)]} {person}"
                traits = {"name": name, "email": f"{name.replace(' ', '.').lower()}@example.com"}
                batch.append(
                    {"type": "identify", "userId": user, "anonymousId": device, "messageId": f"i{person}"}
                    | {"timestamp": format_time(NOW - DAY), "traits": traits}
                )
            if chance.random() < 0.3:
                at = NOW - chance.randrange(20 * DAY)
                batch.append(self.act(at, device, "Shown", "exit-pop"))
            self.send(*batch)
            if person % 5 == 0:
                self.decide(NOW - chance.randrange(5 * DAY), device)

    def _visit(self, chance: random.Random, at: int, device: str) -> list[dict[str, Any]]:
        hero = chance.choices(["spring-hero", "welcome-hero", "popular-now"], [3, 3, 1])[0]
        visit = [
            self.event(at, device, properties={"title": "Home", "url": "/"}),
            self.act(at + 2 * SECOND, device, "Shown", hero),
            self.act(at + 3 * SECOND, device, "Shown", "spring-corner"),
        ]
        for number in range(chance.randint(1, 4)):
            product = {"product_id": f"tea-{chance.randint(1, 8)}"}
            visit.append(self.event(at + (1 + number) * MINUTE, device, "Product Viewed", properties=product))
        if chance.random() < 0.3:
            element = {"element_id": "button"} if hero == "spring-hero" else {"product_id": "tea-2"}
            visit.append(self.act(at + 6 * MINUTE, device, "Clicked", hero, **element))
        if chance.random() < 0.2:
            visit.append(self.act(at + 7 * MINUTE, device, "Hovered", "spring-corner"))
        return visit
