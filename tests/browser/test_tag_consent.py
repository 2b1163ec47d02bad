"""Consent: nothing on the device and nothing sent before there is one, and every tool that may know of it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.pages import tag, visit
from tests.browser.recorder import Recorder

PENDING = tag(consent="pending")
TRACES = "[document.cookie, ...Object.keys(localStorage).filter((name) => name !== 'sk_consent')].filter(Boolean)"


def test_while_pending_all_is_kept_in_memory(page: Page, shop: Recorder) -> None:
    visit(page, shop, head=PENDING)
    page.evaluate("shopkeeper.track('Early')")
    page.wait_for_timeout(600)
    assert shop.events() == []
    assert shop.questions[0]["consent"] == {"measurement": False}
    assert "anonymousId" not in shop.questions[0]
    assert page.evaluate(TRACES) == []


def test_what_was_held_is_sent_when_granted_as_it_happened(page: Page, shop: Recorder) -> None:
    visit(page, shop, head=PENDING)
    page.evaluate("shopkeeper.track('Early')")
    page.wait_for_timeout(500)
    page.evaluate("shopkeeper.consent('granted')")
    early, choice = shop.got("Early"), shop.got("Consent Changed")
    assert early["timestamp"] < choice["timestamp"]
    assert early["context"]["consent"] == {"measurement": True, "personalisation": True, "marketing": True}
    assert early["anonymousId"] == choice["anonymousId"] == shop.got("page")["anonymousId"]
    shop.until(lambda: len(shop.questions) == 2)
    assert shop.questions[1]["anonymousId"] == early["anonymousId"]


def test_what_was_held_is_forgotten_when_denied(page: Page, shop: Recorder) -> None:
    visit(page, shop, head=PENDING)
    page.evaluate("shopkeeper.consent('denied')")
    page.reload()
    page.wait_for_timeout(600)
    assert shop.events() == []
    assert page.evaluate(TRACES) == []


def test_global_privacy_control_refuses_marketing(page: Page, shop: Recorder) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    visit(page, shop)
    assert shop.got("page")["context"]["consent"] == {"marketing": False}
    page.evaluate("shopkeeper.consent({marketing: true})")
    assert shop.got("Consent Changed")["context"]["consent"] == {"marketing": True}


def test_google_consent_mode_is_followed(page: Page, shop: Recorder) -> None:
    gtag = "<script>dataLayer = []; function gtag() { dataLayer.push(arguments) }"
    default = "gtag('consent', 'default', {analytics_storage: 'denied', ad_storage: 'denied', ad_user_data: 'denied'})"
    visit(page, shop, head=f"{gtag}; {default}</script>{tag(consent='google')}")
    page.wait_for_timeout(600)
    assert shop.events() == []
    page.evaluate("gtag('consent', 'update', {analytics_storage: 'granted'})")
    choice = shop.got("Consent Changed")["properties"]
    assert choice == {"measurement": True, "personalisation": True, "marketing": False}


def test_the_iab_framework_is_followed(page: Page, shop: Recorder) -> None:
    tool = """<script>
      let heard;
      __tcfapi = (command, version, callback) => { heard = callback; callback({eventStatus: 'cmpuishown', gdprApplies: true}, true) };
      choose = (consents) => heard({eventStatus: 'useractioncomplete', gdprApplies: true, purpose: {consents}}, true);
    </script>"""
    visit(page, shop, head=tool + tag(consent="tcf"))
    page.wait_for_timeout(600)
    assert shop.events() == []
    page.evaluate("choose({1: true, 8: true, 5: true, 6: false})")
    choice = shop.got("Consent Changed")["properties"]
    assert choice == {"measurement": True, "personalisation": False, "marketing": False}


def test_shopify_is_followed(page: Page, shop: Recorder) -> None:
    tool = """<script>
      let allowed = false;
      const may = () => allowed;
      Shopify = {customerPrivacy: {analyticsProcessingAllowed: may, preferencesProcessingAllowed: may, marketingAllowed: () => false,
        currentVisitorConsent: () => ({analytics: allowed ? 'yes' : ''}), shouldShowBanner: () => !allowed}};
      accept = () => { allowed = true; document.dispatchEvent(new CustomEvent('visitorConsentCollected')) };
    </script>"""
    visit(page, shop, head=tool + tag(consent="shopify"))
    page.wait_for_timeout(600)
    assert shop.events() == []
    page.evaluate("accept()")
    choice = shop.got("Consent Changed")["properties"]
    assert choice == {"measurement": True, "personalisation": True, "marketing": False}
