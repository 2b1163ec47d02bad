"""The few words we write into a shop's pages, in the shop's language, and how amounts and moments are written in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

import msgspec

from shopkeeper.model.money import decimal_text

ENGLISH = "en"
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "PLN": "zł", "SEK": "kr", "DKK": "kr", "ILS": "₪"}


@cache
def languages() -> dict[str, dict[str, str]]:
    """Language -> name -> words; every language has every name."""
    return msgspec.json.decode(files(__package__).joinpath("strings.json").read_bytes(), type=dict[str, dict[str, str]])


def names() -> frozenset[str]:
    """The names a shop may give other words for."""
    return frozenset(languages()[ENGLISH])


class Words:
    """One shop's words: those of its language, English where it has none, and its own in place of either."""

    def __init__(self, language: str = ENGLISH, own: Mapping[str, str] | None = None) -> None:
        self.language = language
        known = languages()
        self._words = {**known[ENGLISH], **known.get(language.partition("-")[0], {}), **(own or {})}

    def __getitem__(self, name: str) -> str:
        return self._words[name]

    def say(self, name: str, **values: str) -> str:
        """Words with values put in their places; a place that does not exist stays as it is written."""
        said = self._words[name]
        for place, value in values.items():
            said = said.replace(f"{{{place}}}", value)
        return said

    def money(self, units: int, currency: str) -> str:
        """Minor units as people of this language write an amount."""
        whole, _, fraction = decimal_text(abs(units), currency).partition(".")
        groups = [whole[max(end - 3, 0) : end] for end in range(len(whole), 0, -3)][::-1]
        number = self["group"].join(groups) + (self["decimal"] + fraction if fraction else "")
        symbol = _SYMBOLS.get(currency, f"{currency} " if self["amount"].startswith("{symbol}{") else currency)
        # A sign and a unit never stand on another line than their number.
        amount = self.say("amount", symbol=symbol, number=number).replace(" ", "\u00a0")
        return f"-{amount}" if units < 0 else amount

    def moment(self, at: datetime) -> str:
        """A moment in shop time."""
        return at.strftime(self["date"])
