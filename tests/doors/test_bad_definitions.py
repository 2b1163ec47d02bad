"""shop.yaml: a mistake is named with its place and what would be right; nothing is applied."""

from __future__ import annotations

import pytest

from shopkeeper.campaigns import parse_file
from shopkeeper.model.errors import BadInput
from shopkeeper.recommenders import check_file

ZONES = "zones: {hero: {}, box: {kind: popup}}\n"

POPUP = "zones: {{box: {{kind: popup}}}}\ncampaigns: {{c: {{communications: {{x: {{kind: popup, zone: box, trigger: {}}}}}}}}}"
"""A pop-up with a trigger."""

VARIANTS = (
    "zones: {{hero: {{}}}}\ncampaigns: {{c: {{communications: {{x: {{kind: block, zone: hero, variants: {}}}}}}}}}"
)
"""A block with variants."""

MISTAKES = {
    "a trigger that is none": (POPUP.format("{on: magic}"), "$.campaigns.c.communications.x.trigger.on", "'magic'"),
    "a delay of nothing": (POPUP.format("{on: delay}"), "x.trigger", "delay needs `seconds`"),
    "a selector of nothing": (POPUP.format("{on: click, selector: ''}"), "x.trigger", "click needs `selector`"),
    "a field of another trigger": (POPUP.format("{on: scroll, touch: true}"), "x.trigger.touch", "means nothing here"),
    "a trigger that is two": (POPUP.format("{on: load, any: [{on: load}]}"), "x.trigger", "exclude each other"),
    "a mistake deep in a trigger": (
        POPUP.format("{any: [{on: load}, {all: [{on: event}]}]}"),
        "$.campaigns.c.communications.x.trigger.any[1].all[0]",
        "event needs `name`",
    ),
    "a wrong type deep in a trigger": (
        POPUP.format("{any: [{on: load}, {on: delay, seconds: soon}]}"),
        "$.campaigns.c.communications.x.trigger.any[1].seconds",
        "a number, not text",
    ),
    "triggers too deep": (
        POPUP.format("{any: [{any: [{any: [{any: [{any: [{on: load}]}]}]}]}]}"),
        "trigger.any",
        "4 deep",
    ),
    "a block that waits": (
        ZONES + "campaigns: {c: {communications: {x: {kind: block, zone: hero, trigger: {on: scroll}}}}}",
        "x.trigger",
        "waits for no trigger",
    ),
    "an attention budget beyond 50": (
        "settings: {attention: [{times: 1}, {times: 60}]}",
        "settings.attention[1].times",
        "50",
    ),
    "a campaign's cap beyond 50": ("campaigns: {c: {caps: [{times: 51}]}}", "$.campaigns.c.caps[0].times", "50"),
    "a prefix of the server": ("settings: {tag_prefix: /v1}", "$.settings.tag_prefix", "taken"),
    "a prefix that blockers know": ("settings: {tag_prefix: /my-analytics}", "$.settings.tag_prefix", "'analytics'"),
    "a prefix that is none": ("settings: {tag_prefix: sk}", "$.settings.tag_prefix", "matches"),
    "variants without a control": (VARIANTS.format("{a: {}, b: {}}"), "x.variants", "control"),
    "one variant": (VARIANTS.format("{control: {}}"), "x.variants", "nothing to compare"),
    "variants nobody meets": (VARIANTS.format("{control: {weight: 0}, b: {weight: 0}}"), "x.variants", "nobody"),
    "a weight below nothing": (VARIANTS.format("{control: {}, b: {weight: -1}}"), "variants.b.weight", "at least 0"),
    "a variant of another kind": (VARIANTS.format("{control: {}, b: {kind: popup}}"), "variants.b", "'kind'"),
    "a variant's broken template": (
        VARIANTS.format("{control: {}, b: {content: {heading: '{{ visitor'}}}"),
        "x.variants.b.content.heading",
        "template",
    ),
    "a variant's recommender": (
        VARIANTS.format("{control: {}, b: {recommender: {strategies: [magic]}}}"),
        "x.variants.b.recommender.strategies[0]",
        "'magic'",
    ),
    "variants of an email": (
        "campaigns: {c: {communications: {x: {kind: email, variants: {control: {}, b: {}}}}}}",
        "x.variants",
        "cannot be tested yet",
    ),
    "more than everybody held out": ("campaigns: {c: {holdout: 1.5}}", "$.campaigns.c.holdout", "at most 1"),
    "held out for something else": ("campaigns: {c: {held_out: maybe}}", "$.campaigns.c.held_out", "'maybe'"),
    "a shop that holds out too many": ("settings: {holdout: 10}", "$.settings.holdout", "at most 1"),
    "a bracket left open": ("zones: [1,\n  2", "line 2", "',' or ']'"),
    "a tab": ("shop:\n\tname: x", "line 2", "not YAML"),
    "the same key twice": ("zones: {a: {}}\nzones: {b: {}}", "line 2", "'zones' stands here twice"),
    "an object of Python": ("!!python/object:os.system {}", "line 1", "constructor"),
    "half a surrogate pair": ('shop: {name: "\\ud800"}', "", "surrogate"),
    "a NUL": ('shop: {name: "\\0"}', "", "NUL"),
    "a list": ("- 1", "", "has to be a mapping, not a list"),
    "nothing": ("", "", "says nothing"),
    "a comment alone": ("# later", "", "says nothing"),
    "an unknown field": ("zoness: {}", "", "no field 'zoness'"),
    "an unknown field deep inside": (
        "zones: {a: {}, b: {knd: block}}",
        "$.zones.b",
        "no field 'knd'",
    ),
    "a wrong type": (
        "attribution: {credit_products_in_cart: yes}",
        "$.attribution.credit_products_in_cart",
        "true or false",
    ),
    "a number out of range": ("rates: [{currency: USD, rate: 0}]", "$.rates[0].rate", "more than 0"),
    "a lookback of nothing": ("attribution: {order_lookback: 0h}", "$.attribution.order_lookback", "matches"),
    "a lookback in minutes": ("attribution: {order_lookback: 90m}", "$.attribution.order_lookback", "matches"),
    "a lookback of a season": ("attribution: {order_lookback: 91d}", "$.attribution.order_lookback", "90d"),
    "a lookback of too many hours": ("attribution: {product_lookback: 2161h}", "attribution.product_lookback", "90d"),
    "a session for products": ("attribution: {product_lookback: session}", "attribution.product_lookback", "matches"),
    "a model that is none": ("attribution: {model: magic}", "$.attribution.model", "'magic'"),
    "a model for comparison only": ("attribution: {model: markov}", "$.attribution.model", "'markov'"),
    "a kind that is none to count": ("attribution: {kinds: [banner]}", "attribution.kinds", "'banner'"),
    "a rate of the shop's own currency": ("rates: [{currency: EUR, rate: 1}]", "$.rates[0].currency", "own currency"),
    "a rate from no time": ("rates: [{currency: USD, rate: 1, from: soon}]", "$.rates[0].from", "'soon'"),
    "two rates from one day": (
        "rates: [{currency: USD, rate: 1, from: 2026-01-01}, {currency: USD, rate: 2, from: 2026-01-01}]",
        "$.rates[1]",
        "two rates",
    ),
    "an empty zone": ("zones: {a: {}, b: }", "$.zones.b", "a mapping, not nothing"),
    "a kind that is none": ("zones: {a: {kind: blok}}", "$.zones.a.kind", "'blok'"),
    "a name with capitals": ("zones: {Hero: {}}", "$.zones", "begins with a lower-case letter"),
    "a kind deep inside": (
        ZONES
        + "campaigns: {a: {}, c: {communications: {ok: {kind: email}, x: {kind: block, zone: hero, cap: {per: year}}}}}",
        "$.campaigns.c.communications.x.cap.per",
        "'year'",
    ),
    "an unknown zone": (
        "campaigns: {c: {communications: {x: {kind: block, zone: hero}}}}",
        "communications.x.zone",
        "no zone 'hero'",
    ),
    "the wrong kind of zone": (
        ZONES + "campaigns: {c: {communications: {x: {kind: block, zone: box}}}}",
        "x.zone",
        "cannot stand",
    ),
    "a cap beyond 50": (
        ZONES + "campaigns: {c: {communications: {x: {kind: block, zone: hero, cap: {times: 51}}}}}",
        "x.cap.times",
        "50",
    ),
    "an end before the beginning": (
        "campaigns: {c: {schedule: {from: 2026-03-02, until: 2026-03-01}}}",
        "$.campaigns.c.schedule",
        "not after",
    ),
    "a word for a date": ("campaigns: {c: {schedule: {from: soon}}}", "$.campaigns.c.schedule", "soon"),
    "the end of all calendars": ("campaigns: {c: {schedule: {from: '9999-12-31T23:00-14:00'}}}", "schedule", "9999"),
    "a time of day that is none": ("campaigns: {c: {schedule: {day_parts: [{from: '25:00'}]}}}", "schedule", "25:00"),
    "an unknown time zone": ("shop: {time_zone: Mars/Olympus}", "$.shop.time_zone", "not a time zone"),
    "a currency that is none": ("shop: {currency: euro}", "$.shop.currency", "three capital letters"),
    "an address that is none": ("settings: {staff_ips: [office]}", "$.settings.staff_ips", "'office'"),
    "a priority of nobody": ("zones: {a: {priority: [x]}}", "$.zones.a.priority", "no communication 'x'"),
    "a step of nobody": ("campaigns: {c: {sequences: {main: {steps: [x]}}}}", "sequences.main.steps", "'x'"),
    "a step twice": (
        "campaigns: {c: {communications: {x: {kind: email}}, sequences: {main: {steps: [x, x]}}}}",
        "sequences.main.steps",
        "more than once",
    ),
}


@pytest.mark.parametrize(("text", "where", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_place(text: str, where: str, message: str):
    with pytest.raises(BadInput) as refused:
        check_file(parse_file(text))
    assert where in refused.value.where and message in refused.value.message
    assert refused.value.code in ("bad_yaml", "bad_definition")
