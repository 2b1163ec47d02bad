"""Who visits: devices, tastes, habits. The same people for the same seed, in the history as in live traffic."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from uuid import UUID

from shopkeeper.simulator.catalogue import Catalogue

DESKTOPS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
)
_APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
PHONES = (
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {_APPLE}",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
)
TABLETS = (f"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) {_APPLE}",)
BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
)
_FIRST = (
    "Anna Bram Cato Daan Elif Femke Gijs Hugo Iris Jana Kees Lotte Mats Nina Olaf Pien Quinn Ruben Sara Tess".split()
)
_LAST = "Bakker Visser Smit Meyer Jansen Mulder Bos Vos Peters Hendriks Dekker Brouwer Kok Jacobs Vermeer Prins".split()
BOT_SHARE = 0.015
GUEST_SHARE = 0.15
REPLENISHER_SHARE = 0.08


@dataclass(slots=True)
class Device:
    """A browser: its user agent and the first-party id the tag gave it."""

    anonymous_id: str
    user_agent: str


@dataclass(slots=True)
class Person:
    """One of the crowd, and what has become of them so far."""

    number: int
    name: str
    devices: tuple[Device, ...]
    tastes: dict[str, float]
    """Weight of each category; they sum to 1."""
    activity: float
    """How often they come, against the others."""
    odds: float
    """Chance that a visit ends in an order, when nothing is shown to them."""
    bot: bool = False
    guest: bool = False
    """Orders without an account."""
    replenisher: bool = False
    """Takes vitamins: buys the same jar again every 60 days."""
    visits: int = 0
    orders: int = 0
    registered: bool = False
    audiences: set[str] = field(default_factory=set)
    met: dict[str, int] = field(default_factory=dict)
    """When each communication was last shown to them."""

    @property
    def user_id(self) -> str:
        return f"customer-{self.number:05d}"

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}.{self.number}@example.com"

    @property
    def traits(self) -> dict[str, str]:
        return {"name": self.name, "email": self.email}


def population(seed: int, count: int, catalogue: Catalogue) -> list[Person]:
    """`count` people with their devices and tastes, none of whom has visited yet."""
    rng = random.Random(f"people:{seed}")
    return [_person(rng, number, catalogue) for number in range(count)]


def _person(rng: random.Random, number: int, catalogue: Catalogue) -> Person:
    bot = rng.random() < BOT_SHARE
    raw = {shelf.slug: rng.paretovariate(0.9) for shelf in catalogue.ranges}
    whole = sum(raw.values())
    return Person(
        number=number,
        name=f"{rng.choice(_FIRST)} {rng.choice(_LAST)}",
        devices=tuple(_device(rng, bot) for _ in range(2 if not bot and rng.random() < 0.2 else 1)),
        tastes={slug: weight / whole for slug, weight in raw.items()},
        activity=3.0 if bot else min(rng.paretovariate(1.4), 12),
        odds=min(0.2, rng.gammavariate(2, 0.022)),
        bot=bot,
        guest=rng.random() < GUEST_SHARE,
        replenisher=not bot and rng.random() < REPLENISHER_SHARE,
    )


def _device(rng: random.Random, bot: bool) -> Device:
    kind = rng.choices((DESKTOPS, PHONES, TABLETS), (0.42, 0.5, 0.08))[0]
    return Device(str(UUID(int=rng.getrandbits(128), version=4)), rng.choice(BOTS if bot else kind))
