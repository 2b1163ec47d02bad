"""Everything that is checked: what ought to hold, why it may not, and what to do then. A closed list. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

Result = Literal["passed", "failed", "warning", "not checked"]
SIGNS: dict[Result, str] = {"passed": "✓", "failed": "✗", "warning": "!", "not checked": "–"}
"""What stands before a check, on pages and in terminals."""


class Check(NamedTuple):
    """One check in words for the shop's owner."""

    title: str
    """What ought to hold."""
    cause: str
    """Why it does not."""
    fix: str
    serious: bool = True
    """Whether it breaks something; what does not is a warning."""
    link: str = ""
    """The page of the admin where it goes on."""
    step: str = ""
    """What that page shows."""


class Verdict(msgspec.Struct, frozen=True):
    """What a check came to."""

    check: str
    """A name of `CHECKS`."""
    title: str
    result: Result
    about: str = ""
    """The page it is about; empty for the shop as a whole."""
    cause: str = ""
    fix: str = ""
    evidence: str = ""
    """What was found, or why nothing could be looked at."""
    link: str = ""
    step: str = ""


CHECKS: dict[str, Check] = {
    "page-unreachable": Check(
        "The page can be opened",
        "The page could not be fetched, so nothing of it was checked.",
        "Open the address in a browser. Behind a password or a firewall, let this server in, or check a page it can reach.",
    ),
    "snippet-missing": Check(
        "The tag is in the page",
        "The page has no script of shopkeeper: its visitors are not seen and its zones stay as they are.",
        "Paste the two lines that `shopkeeper tag` prints into every page, before `</head>`. Put in by a tag manager it does "
        "not stand in the page's text; then page views of this address show that it works.",
    ),
    "two-copies": Check(
        "The tag is there once",
        "The page loads the tag more than once: under two names it reports every visit twice.",
        "Keep one copy. Look into the theme, the tag manager and apps for the other one.",
    ),
    "wrong-key": Check(
        "The tag has this shop's write key",
        "The key in the page is not this shop's write key: what visitors do is refused or goes to another shop.",
        "Put the write key of this shop into data-key; `shopkeeper keys` prints it.",
        link="/settings#keys",
        step="See the keys",
    ),
    "secret-key": Check(
        "The secret key is in no page",
        "The secret key stands in the page, where anybody can read it: whoever has it reads every figure and sends orders.",
        "Take it out of the page at once. The page needs the write key only.",
        link="/settings#keys",
        step="See the keys",
    ),
    "another-host": Check(
        "The tag comes from this shop's server",
        "The server the tag comes from does not know this shop's key: it is another installation.",
        "Use the address of this server in src, as `shopkeeper tag --url` writes it.",
    ),
    "tag-not-served": Check(
        "The tag's address answers",
        "Browsers that ask for the script do not get it.",
        "Let the shop's web server pass everything under the tag's path on to shopkeeper, or use shopkeeper's own address.",
    ),
    "stale-version": Check(
        "The tag's version is the one served now",
        "The page names another version of the tag than the one served now, or another hash: browsers get nothing or refuse it.",
        "Paste the lines of `shopkeeper tag --pinned` anew and empty the page cache; without --pinned the address is always current.",
    ),
    "csp-script": Check(
        "The page's policy lets the tag run",
        "The page's Content-Security-Policy forbids the tag or its inline loader.",
        "Put the page's nonce on both lines, or add the tag's server to script-src.",
    ),
    "csp-connect": Check(
        "The page's policy lets the tag speak to its server",
        "The page's Content-Security-Policy forbids what the tag sends and asks for.",
        "Add the tag's server to connect-src.",
    ),
    "csp-content": Check(
        "The page's policy lets content be shown",
        "The page's Content-Security-Policy forbids what the tag shows: zones keep their default content.",
        "Add shopkeeper to trusted-types. Where the page links to look.css itself, add its server to style-src.",
    ),
    "cached-page": Check(
        "The page is not cached for longer than the tag's version lives",
        "The page names one version of the tag and is cached for long: after an update visitors go on asking for a version "
        "that is gone.",
        "Install the tag without --pinned, or empty the page cache after every update.",
        serious=False,
    ),
    "cached-answer": Check(
        "What was chosen for one visitor is not cached for others",
        "The page holds content that was chosen for one visitor, and shared caches may keep it: others see the same, and "
        "it counts as shown to them.",
        "Send such pages with Cache-Control: private, or let the tag fill the zones.",
    ),
    "consent-not-asked": Check(
        "Visitors are asked before they are measured",
        "The shop measures nobody who has not agreed (consent_default: denied), and the page asks nobody.",
        'Put `data-consent="pending"` on the tag and call `shopkeeper.consent(...)`, or name your consent tool in data-consent.',
    ),
    "consent-tool": Check(
        "The consent tools are known",
        "data-consent names a tool that the tag does not know: it waits for a choice that never comes.",
        "Use google, tcf, shopify, several with spaces between; or pending, and call shopkeeper.consent(...).",
    ),
    "consent-holds-tag": Check(
        "The tag is loaded before the visitor chooses",
        "A consent tool holds the script itself back: until the visitor agrees, zones stay empty as well.",
        "Load the tag always, and let it wait: data-consent keeps it silent until there is a choice.",
        serious=False,
    ),
    "no-json-ld": Check(
        "The product page says what its product is",
        "The page has no product data in JSON-LD that can be read: name, price and currency of what is viewed are unknown.",
        "Add schema.org Product data as JSON-LD, with sku, name and offers; most shop systems have a setting for it.",
        serious=False,
    ),
    "unknown-products": Check(
        "The page's product is in the catalogue",
        "The page names its product by an id the catalogue does not have: views cannot lead to recommendations.",
        "Use one id in the page, the catalogue and the orders; or send the products that are missing.",
        link="/products",
        step="See the catalogue",
    ),
    "unknown-zones": Check(
        "The page's zones are defined",
        "The page has zones that shop.yaml does not define for content in the page: they stay as they are.",
        "Define the zone under zones: in shop.yaml, or correct its name in the page.",
        serious=False,
        link="/settings#install",
        step="See the zones",
    ),
    "zones-not-found": Check(
        "Every zone that campaigns use is somewhere in the shop",
        "Live campaigns have content for zones that no page asked for.",
        'Put `<div data-sk-zone="name"></div>` where the content belongs, or correct the name.',
        link="/campaigns",
        step="See the campaigns",
    ),
    "no-page-views": Check(
        "Page views arrive",
        "No page view has arrived in the last 7 days.",
        "Open the page in a browser without an ad blocker and look here again. If nothing comes, the checks of the page say why.",
    ),
    "silence": Check(
        "Events arrive now",
        "Nothing has arrived for more than a day.",
        "See whether the tag is still in the shop's theme, and whether the shop's server still reaches this one.",
    ),
    "consent-withheld": Check(
        "Visitors agree to be measured",
        "Nobody agrees, or nobody's choice arrives: without one nothing is measured.",
        "Open the shop in a private window, agree, and see whether the tag is told: shopkeeper.consent(...), or data-consent.",
    ),
    "orders-missing": Check(
        "Orders arrive",
        "Visitors come, but no order has arrived in the last 7 days.",
        "Send Order Completed from the shop's server with the secret key, or track it on the page that thanks for the order.",
        link="/settings#keys",
        step="See the keys",
    ),
    "orders-unconfirmed": Check(
        "Claimed orders are confirmed",
        "Browsers claimed orders that the shop's server never confirmed: they do not count.",
        "",
        link="/doctor?days=7",
        step="See the data doctor",
    ),
    "clock-skew": Check(
        "Clocks are right",
        "Events come from clocks that are wrong: what happened when is guessed.",
        "",
        link="/doctor?days=7",
        step="See the data doctor",
    ),
    "two-installations": Check(
        "Every page is reported once",
        "Pages are reported twice at the same moment: two installations, or one that is called twice.",
        "",
        link="/doctor?days=7",
        step="See the data doctor",
    ),
    "unknown-orders": Check(
        "What is ordered is in the catalogue",
        "Orders name products that the catalogue does not have.",
        "",
        serious=False,
        link="/doctor?days=7",
        step="See the data doctor",
    ),
    "refused-events": Check(
        "Every event is accepted",
        "Some events were not accepted; nothing of them is lost.",
        "Look at why, mend the sender, and replay them.",
        serious=False,
        link="/rejects",
        step="See the rejects",
    ),
}


def passed(name: str, evidence: str = "", about: str = "") -> Verdict:
    """It holds."""
    return Verdict(name, CHECKS[name].title, "passed", about, evidence=evidence)


def failed(name: str, evidence: str, about: str = "", *, fix: str = "", serious: bool | None = None) -> Verdict:
    """It does not hold. `fix` is better advice than that of the list, `serious` another weight."""
    check = CHECKS[name]
    weight = check.serious if serious is None else serious
    result: Result = "failed" if weight else "warning"
    return Verdict(
        name, check.title, result, about, check.cause, fix or check.fix, evidence, check.link, check.step
    )  # fmt: skip


def unknown(name: str, why: str, about: str = "") -> Verdict:
    """Nothing could be looked at."""
    return Verdict(name, CHECKS[name].title, "not checked", about, evidence=why)


def worst(verdicts: Iterable[Verdict]) -> Result:
    """The weight of the whole."""
    results = {verdict.result for verdict in verdicts}
    return next((result for result in ("failed", "warning", "passed") if result in results), "not checked")
