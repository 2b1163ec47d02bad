"""The admin as one application, to be mounted at /admin: its routes, who may enter, and what stands in every answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from shopkeeper.admin import (
    attribution,
    audit,
    campaigns,
    home,
    installation,
    intent,
    orders,
    people,
    products,
    rejects,
    reports,
    segments,
    settings,
    sign_in,
)
from shopkeeper.engine.intake import Counts
from shopkeeper.engine.shop import Shop
from shopkeeper.insights.files import FORMS
from shopkeeper.model.errors import NotFound, ShopkeeperError
from shopkeeper.pages.page import FILES, Ask, Page, answer, html

View = Callable[[Ask], Page]
Handler = Callable[[Request], Response]
TWINS = ("json", "csv")


def admin(shop: Shop, counts: Counts | None = None, tag: installation.Tag | None = None) -> Starlette:
    """The admin of a shop. With the `counts` of a running intake its steps are shown under Settings; with the `tag` as
    it is served its version is known to the page that verifies the installation.
    """
    views: dict[str, View] = {
        "/campaigns": campaigns.listing,
        "/campaigns/{id:path}": campaigns.one,
        "/orders/{id:path}": orders.one,
        "/segments": segments.listing,
        "/segments/{id:path}": segments.one,
        "/intent": intent.show,
        "/lists/{id:path}": segments.one_list,
        "/why/{id:path}": segments.why,
        "/rule": segments.trying,
        "/products": products.listing,
        "/products/{id:path}": products.one,
        "/product-set": products.choosing,
        "/people": people.listing,
        "/people/{id:path}": people.one,
        "/reports": reports.listing,
        "/reports/{id:path}": reports.one,
        "/attribution": attribution.show,
        "/audit": audit.show,
        "/doctor": reports.doctor,
        "/rejects": rejects.listing,
        "/settings": lambda ask: settings.show(ask, counts),
    }
    routes = [
        route("/sign-in", sign_in.signed_out_page),
        route("/sign-in/{token}", lambda request: sign_in.open_link(shop, request)),
        route("/sign-out", _posted(lambda request: sign_in.sign_out(shop, request)), "POST"),
        route("/files/{name}", file),
        route("/preview/{id}", _guarded(shop, lambda request: campaigns.preview(shop, request))),
        *(route(f"/export/{{id:path}}.{form}", _guarded(shop, partial(segments.export, shop, form))) for form in FORMS),
        route("/freeze/{id:path}", _posted(_guarded(shop, lambda request: segments.freezing(shop, request))), "POST"),
        route("/attribution", _posted(_guarded(shop, lambda request: attribution.switch(shop, request))), "POST"),
        route("/follow-intent", _posted(_guarded(shop, lambda request: intent.follow(shop, request))), "POST"),
        route("/unfollow-intent", _posted(_guarded(shop, lambda request: intent.unfollow(shop, request))), "POST"),
        route("/renew-intent", _posted(_guarded(shop, lambda request: intent.renew(shop, request))), "POST"),
        route("/keep-intent", _posted(_guarded(shop, lambda request: intent.keeping(shop, request))), "POST"),
        *(
            route(f"/installation{end}", _guarded(shop, partial(installation.answered, shop, tag, form)))
            for end, form in (("", "html"), (".json", "json"), (".csv", "csv"))
        ),
        route("/", _guarded(shop, _shown(shop, home.show, "html"))),
        *(route(f"/home.{form}", _guarded(shop, _shown(shop, home.show, form))) for form in TWINS),
    ]
    for path, view in views.items():
        if "{" not in path:
            routes += [route(f"{path}.{form}", _guarded(shop, _shown(shop, view, form))) for form in TWINS]
        routes.append(route(path, _guarded(shop, _shown(shop, view, "html"))))
    routes.append(route("/{rest:path}", _guarded(shop, _nowhere)))
    return Starlette(routes=routes, exception_handlers={Exception: _broken})


def route(path: str, handler: Handler, method: str = "GET") -> Route:
    """A route whose answers carry the security headers. Handlers are synchronous: they run in worker threads."""

    def handle(request: Request) -> Response:
        request.state.nonce = secrets.token_urlsafe(16)
        response = handler(request)
        for name, value in _headers(request.state.nonce).items():
            response.headers.setdefault(name, value)
        return response

    return Route(path, handle, methods=[method])


def _headers(nonce: str) -> dict[str, str]:
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self' data:; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def _guarded(shop: Shop, handler: Handler) -> Handler:
    """Only with an open session; others are shown the way in. What goes wrong in words becomes a page."""

    def handle(request: Request) -> Response:
        if not sign_in.signed_in(shop, request):
            return RedirectResponse(request.scope.get("root_path", "") + "/sign-in", 303)
        try:
            return handler(request)
        except ShopkeeperError as error:
            return html(request, "error.html", {"error": error, "shop": shop.plan.shop}, error.status)

    return handle


def _posted(handler: Handler) -> Handler:
    """Only from our own pages."""

    def handle(request: Request) -> Response:
        if sign_in.from_elsewhere(request):
            return Response("Another site sent this request; nothing was changed.", 403, media_type="text/plain")
        return handler(request)

    return handle


def _shown(shop: Shop, view: View, form: str) -> Handler:
    """A view in a form. An id may itself end in .json, so the whole of it is tried first."""

    def handle(request: Request) -> Response:
        name = request.path_params.get("id", "")
        if "\0" in name:  # PostgreSQL cannot even be asked for it
            _nowhere(request)
        with shop.state.read() as conn:
            ask = Ask(request, shop, conn, shop.plan, shop.now(), name)
            try:
                return answer(ask, view(ask), form)
            except NotFound:
                stem, _, twin = name.rpartition(".")
                if twin not in TWINS or not stem:
                    raise
                shorter = ask._replace(id=stem)
                return answer(shorter, view(shorter), twin)

    return handle


async def _broken(_request: Request, _error: Exception) -> Response:
    """What nobody foresaw; the error itself goes on to the server's log."""
    return Response("Something went wrong here. The server's log says more.", 500, media_type="text/plain")


def file(request: Request) -> Response:
    """A file of the pages, under a name that changes with it."""
    found = FILES.get(request.path_params["name"])
    if found is None:
        return Response("There is no such file.", 404, media_type="text/plain")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.body, media_type=found.media_type, headers=headers)


def _nowhere(_request: Request) -> Response:
    raise NotFound("no_page", "There is no page at this address.", hint="Start from Home.")
