"""shop.yaml: reading it strictly, with errors that point at the place, and writing it back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import yaml

from shopkeeper.campaigns.earlier import renewed
from shopkeeper.campaigns.misfit import misfit
from shopkeeper.campaigns.rules import hours
from shopkeeper.campaigns.variants import variant_problems
from shopkeeper.content import clean, is_template, names, problems, string_problems
from shopkeeper.model.content import Content
from shopkeeper.model.definitions import Attribution, Campaign, Cap, Communication, ShopFile
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import DAY, parse_local, span_of
from shopkeeper.model.triggers import Trigger

LONGEST_LOOKBACK = 90 * DAY
_ZONE_KINDS = {
    "block": ("block",),
    "recommender": ("block",),
    "popup": ("popup",),
    "notification": ("notification",),
    "quiz": ("block", "popup"),
}
"""Kind -> the kinds of zones it may stand in."""
RECENT = 50
"""Appearances of a communication that a profile remembers: a cap beyond them could not be kept."""
_TAKEN = ("v1", "admin", "healthz", "shop", "demo")
_BLOCKED = (
    "track",
    "analytic",
    "pixel",
    "collect",
    "beacon",
    "stats",
    "metric",
    "tag",
    "event",
    "advert",
    "banner",
    "popup",
)
"""How words begin that the lists of ad blockers match in addresses."""


def parse_file(text: str) -> ShopFile:
    """The definitions a file holds, cleaned and checked; BadInput says what is wrong, where, and what to do."""
    data = parse_yaml(text)
    if data is None:
        # A file that was cut off or never written would otherwise delete everything.
        hint = "It would delete every zone, campaign and segment; write `shop: {}` if that is meant."
        raise BadInput("bad_definition", "The file says nothing", hint=hint)
    return read_file(renewed(data) if isinstance(data, dict) else data)


def parse_yaml(text: str) -> Any:
    """What YAML says, read as strictly as shop.yaml is; BadInput names the line."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader without dates
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise BadInput("bad_yaml", f"The file is not YAML: {problem}", where=where, hint="Check indents.") from None


def read_file(data: Any) -> ShopFile:
    """The same for definitions that are read already, as dictionaries and lists."""
    try:
        file = msgspec.convert(data, ShopFile)
    except msgspec.ValidationError as error:
        raise misfit(data, error) from None
    _check_text(file)
    for message, where, hint in _problems(file):
        raise BadInput("bad_definition", message, where=where, hint=hint)
    return _cleaned(file)


def parse_rules(data: dict[str, Any]) -> Attribution:
    """One set of attribution rules; BadInput as for a file."""
    whole = {"attribution": data}
    try:
        file = msgspec.convert(whole, ShopFile)
    except msgspec.ValidationError as error:
        raise misfit(whole, error) from None
    for message, where, hint in _attribution_problems(file, ZoneInfo(file.shop.time_zone)):
        raise BadInput("bad_definition", message, where=where, hint=hint)
    return file.attribution


def rules_said(now: Attribution, said: Mapping[str, str]) -> Attribution:
    """The rules in force with what is said to be otherwise, as texts: of an address or a form.

    BadInput for a name that is no rule, and as for a file.
    """
    asked: dict[str, Any] = {}
    for name, text in said.items():
        if name not in now.__struct_fields__:
            known = ", ".join(now.__struct_fields__)
            raise BadInput("bad_parameter", f"{name[:100]!r} is not a rule.", hint=f"Use {known}.")
        if name == "kinds":
            asked[name] = [kind for kind in text.split(",") if kind]
        else:
            asked[name] = _YES.get(text, text) if isinstance(getattr(now, name), bool) else text
    return parse_rules(msgspec.to_builtins(now) | asked)


_YES = {"true": True, "1": True, "false": False, "0": False}


def _check_text(file: ShopFile) -> None:
    """Refuse characters that no database keeps."""
    try:
        encoded = msgspec.json.encode(file)
    except UnicodeEncodeError:
        hint = "Was an emoji cut in two?"
        raise BadInput("bad_yaml", "A text holds half of a surrogate pair.", hint=hint) from None
    if re.search(rb"(?<!\\)(?:\\\\)*\\u0000", encoded):
        raise BadInput("bad_yaml", "A text holds the NUL character.", hint="Take \\0 out of it.")


def to_yaml(file: ShopFile) -> str:
    """The file that, applied, gives these definitions again."""
    return to_yaml_text(msgspec.to_builtins(file))


def to_yaml_text(data: Any) -> str:
    """Data as YAML that is read as the same data."""
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
    return text


_SURPRISES = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML in which dates stay text (they are shop time, not UTC) and a repeated key is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool) or key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands here twice", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[object, object] = super().construct_mapping(node, deep)
        return mapping


# YAML 1.1 would turn times into UTC and words such as `on` and `no` into booleans.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _SURPRISES]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def _problems(file: ShopFile) -> Iterator[tuple[str, str, str]]:
    """(message, where, hint) of whatever the types alone cannot refuse."""
    try:
        zone = ZoneInfo(file.shop.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"{file.shop.time_zone!r} is not a time zone", "$.shop.time_zone", "Use a name such as Europe/Amsterdam."
        return
    yield from _address_problems(file)
    yield from _prefix_problems(file.settings.tag_prefix)
    yield from _cap_problems(file.settings.attention, "$.settings.attention")
    yield from _attribution_problems(file, zone)
    yield from string_problems(file, names())
    owners: dict[str, str] = {}
    for campaign_id, campaign in file.campaigns.items():
        path = f"$.campaigns.{campaign_id}"
        try:
            hours(campaign.schedule, zone)
        except ValueError as error:
            yield str(error), f"{path}.schedule", "Times are shop time, such as 2026-03-01 or 2026-03-01T09:30."
        yield from _cap_problems(campaign.caps, f"{path}.caps")
        for id, communication in campaign.communications.items():
            where = f"{path}.communications.{id}"
            if id in owners:
                yield f"{id!r} is also a communication of {owners[id]!r}", where, "Give it a name of its own."
            owners[id] = campaign_id
            yield from _communication_problems(file, communication, where)
            for message, field, hint in problems(communication, zone, code_permitted=file.settings.custom_code):
                yield message, f"{where}.{field}".rstrip("."), hint
            yield from variant_problems(file, communication, where, zone)
        yield from _sequence_problems(campaign, path)
    for name, zone_ in file.zones.items():
        for id in zone_.priority:
            if id not in owners:
                yield f"there is no communication {id!r}", f"$.zones.{name}.priority", "Name one that exists."
        if len(set(zone_.priority)) < len(zone_.priority):
            yield "a communication is listed twice", f"$.zones.{name}.priority", "The order must be strict."


def _address_problems(file: ShopFile) -> Iterator[tuple[str, str, str]]:
    for address in file.settings.staff_ips:
        try:
            ip_network(address, strict=False)
        except ValueError:
            hint = "Use one such as 203.0.113.7 or 203.0.113.0/24."
            yield f"{address!r} is not an address or network", "$.settings.staff_ips", hint


def _attribution_problems(file: ShopFile, zone: ZoneInfo) -> Iterator[tuple[str, str, str]]:
    rules = file.attribution
    for name in ("order_lookback", "product_lookback", "half_life"):
        said = getattr(rules, name)
        if said != "session" and span_of(said) > LONGEST_LOOKBACK:
            yield f"{said} is longer than 90d", f"$.attribution.{name}", "Use at most 90d (2160h)."
    seen: set[tuple[str, int]] = set()
    for number, rate in enumerate(file.rates):
        where = f"$.rates[{number}]"
        try:
            since = parse_local(rate.from_, zone)
        except (ValueError, OverflowError):
            yield f"{rate.from_!r} is not a time", f"{where}.from", "Use shop time, such as 2026-03-01."
            continue
        if rate.currency == file.shop.currency:
            yield f"{rate.currency} is the shop's own currency", f"{where}.currency", "It needs no rate."
        if (rate.currency, since) in seen:
            yield f"{rate.currency} has two rates from {rate.from_} on", where, "Give one."
        seen.add((rate.currency, since))


def _communication_problems(file: ShopFile, c: Communication, where: str) -> Iterator[tuple[str, str, str]]:
    if c.kind == "email":
        if c.zone:
            yield "an email has no zone", f"{where}.zone", "Leave it out."
    elif c.zone not in file.zones:
        known = ", ".join(file.zones) or "none yet"
        yield f"there is no zone {c.zone!r}", f"{where}.zone", f"Zones of this file: {known}."
    elif file.zones[c.zone].kind not in _ZONE_KINDS[c.kind]:
        yield f"a {c.kind} cannot stand in a zone of kind {file.zones[c.zone].kind}", f"{where}.zone", ""
    if c.kind == "recommender" and c.recommender is None:
        yield "a recommender needs `recommender:`", where, "Give at least {strategies: [best_sellers]}."
    if c.cap:
        yield from _cap_problems((c.cap,), f"{where}.cap")
    yield from c.trigger.problems(f"{where}.trigger")
    if c.trigger != Trigger() and c.kind not in ("popup", "notification"):
        yield f"a {c.kind} waits for no trigger", f"{where}.trigger", "Pop-ups and notifications do."


def _cap_problems(caps: Sequence[Cap], where: str) -> Iterator[tuple[str, str, str]]:
    for number, cap in enumerate(caps):
        place = where if where.endswith(".cap") else f"{where}[{number}]"
        if cap.times > RECENT:
            yield f"a cap may allow {RECENT} times at most", f"{place}.times", "Leave the cap out for no limit."


def _prefix_problems(prefix: str) -> Iterator[tuple[str, str, str]]:
    where = "$.settings.tag_prefix"
    if prefix.split("/")[1] in _TAKEN:
        yield f"{prefix} is taken by the server itself", where, "Use one such as /sk or /assets/shop."
    for word in re.split("[/-]", prefix)[1:]:
        if word.startswith(_BLOCKED):
            yield (
                f"ad blockers look for words such as {word!r} in addresses",
                where,
                "Use one such as /sk or /assets/shop.",
            )


def _sequence_problems(campaign: Campaign, path: str) -> Iterator[tuple[str, str, str]]:
    for name, sequence in campaign.sequences.items():
        where = f"{path}.sequences.{name}.steps"
        if len(set(sequence.steps)) < len(sequence.steps):
            # Its figures would be summed as often.
            yield "a communication stands here more than once", where, "Name each once."
        for step in sequence.steps:
            if step not in campaign.communications:
                yield f"there is no communication {step!r} in this campaign", where, "Name one that exists."


def _cleaned(file: ShopFile) -> ShopFile:
    """The same definitions with merchant HTML reduced to what is safe to put into a page."""
    campaigns = {}
    for campaign_id, campaign in file.campaigns.items():
        communications = {id: _clean(communication) for id, communication in campaign.communications.items()}
        campaigns[campaign_id] = msgspec.structs.replace(campaign, communications=communications)
    return msgspec.structs.replace(file, campaigns=campaigns)


def _clean(communication: Communication) -> Communication:
    if communication.custom_code:
        return communication
    variants = {
        name: msgspec.structs.replace(variant, content=_cleaned_content(variant.content))
        if variant.content
        else variant
        for name, variant in communication.variants.items()
    }
    return msgspec.structs.replace(communication, content=_cleaned_content(communication.content), variants=variants)


def _cleaned_content(content: Content) -> Content:
    if not content.html or is_template(content.html):
        return content  # a template is cleaned when it has become markup
    return msgspec.structs.replace(content, html=clean(content.html))
