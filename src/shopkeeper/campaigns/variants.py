"""What can be wrong with the variants of a communication, told before anybody meets one."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from shopkeeper.content import problems
from shopkeeper.model.definitions import CONTROL, Communication, ShopFile

MOST = 20
"""Variants of one communication: more could not be told apart in any shop's lifetime."""


def variant_problems(
    file: ShopFile, communication: Communication, where: str, zone: ZoneInfo
) -> Iterator[tuple[str, str, str]]:
    """(message, where, hint) of every fault; the content of each variant is held to what holds for any."""
    variants, place = communication.variants, f"{where}.variants"
    if not variants:
        return
    if not communication.zone:
        yield f"variants of a {communication.kind} cannot be tested yet", place, "Those of what stands in a zone can."
    if CONTROL not in variants:
        hint = f"Name the one that the others are compared with {CONTROL!r}; it may be empty: {{control: {{}}}}."
        yield f"one of the variants has to be the {CONTROL}", place, hint
    if len(variants) < 2:
        yield "there is nothing to compare the one variant with", place, "Give at least two."
    if len(variants) > MOST:
        yield f"a communication may have {MOST} variants", place, "Test fewer at once."
    if not any(variant.weight for variant in variants.values()):
        yield "nobody would meet any of the variants", place, "Give at least one a weight above 0."
    for name, face in communication.faces().items():
        for message, field, hint in problems(face, zone, code_permitted=file.settings.custom_code):
            yield message, f"{place}.{name}.{field}".rstrip("."), hint
