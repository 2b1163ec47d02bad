"""Confirming an e-mail address: the page a signed link opens, its button, and for servers the list of who waits.

Opening the link changes nothing, as programs that scan mail open links too; the button does.
"""

from __future__ import annotations

from html import escape

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shopkeeper import addresses
from shopkeeper.api.answers import answer, server_only
from shopkeeper.content import Words
from shopkeeper.engine.intake import Intake
from shopkeeper.engine.intake import Request as Call
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import format_time

POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class ConfirmRoutes:
    """The handlers, bound to one shop."""

    def __init__(self, intake: Intake) -> None:
        self.shop = intake.shop
        self.intake = intake

    async def waiting(self, request: Request) -> Response:
        """The addresses that wait for their owners, with the link to send to each."""
        server_only(self.shop, request)
        with self.shop.state.read() as conn:
            found = addresses.waiting(conn, self.shop.plan, self.shop.keys.secret)
        return answer({"rows": [{**msgspec.structs.asdict(each), "at": format_time(each.at)} for each in found]})

    async def ask(self, request: Request) -> Response:
        """A page that asks whether the address is the reader's."""
        words = self._words()
        token = request.query_params.get("token", "")
        try:
            confirmed = addresses.read_token(self.shop.keys.secret, token)
        except BadInput:
            return _page(words, words["confirm_failed"], status=400)
        action = (
            f'<form method="post" action="?token={escape(token)}"><button>{escape(words["confirm_button"])}</button>'
        )
        return _page(words, words.say("confirm_text", email=confirmed.email), f"{action}</form>")

    async def take(self, request: Request) -> Response:
        """The address is confirmed, durably."""
        words = self._words()
        token = request.query_params.get("token", "")
        try:
            confirmed = addresses.read_token(self.shop.keys.secret, token)
        except BadInput:
            return _page(words, words["confirm_failed"], status=400)
        said = {"batch": [addresses.confirmation(confirmed, token)]}
        await self.intake.receive(Call(msgspec.json.encode(said), single=False, key=self.shop.keys.secret))
        return _page(words, words["confirmed"])

    def _words(self) -> Words:
        plan = self.shop.plan
        return Words(plan.shop.language, plan.file.strings)


def _page(words: Words, text: str, more: str = "", status: int = 200) -> Response:
    title = escape(words["confirm_title"])
    direction = "rtl" if words.language.partition("-")[0] in ("ar", "he", "fa", "ur") else "ltr"
    html = (
        f'<!doctype html><html lang="{escape(words.language)}" dir="{direction}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><main><h1>{title}</h1><p>{escape(text)}</p>{more}</main></html>"
    )
    headers = {"content-security-policy": POLICY, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(html, status, headers, "text/html")
