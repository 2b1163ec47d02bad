"""Sign-in by one-time link: the link, the session's cookie, and what may change anything."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shopkeeper.engine import sessions
from shopkeeper.engine.shop import Shop
from shopkeeper.model.time import SECOND
from shopkeeper.pages.page import html


def one_time_link(shop: Shop, base_url: str) -> str:
    """An address that signs its opener in to the admin, once, within a quarter of an hour.

    `base_url` is where the server is reached, such as `http://127.0.0.1:8000`.
    """
    return f"{base_url.rstrip('/')}/admin/sign-in/{sessions.new_link(shop.state, shop.now())}"


def signed_in(shop: Shop, request: Request) -> bool:
    """Whether the request carries a session that is open."""
    token = request.cookies.get(_cookie(request))
    if not token:
        return False
    with shop.state.read() as conn:
        return sessions.is_open(conn, token, shop.now())


def from_elsewhere(request: Request) -> bool:
    """Whether a browser says that another site sent this request (Fetch Metadata, else the Origin header)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def open_link(shop: Shop, request: Request) -> Response:
    """Use the link up and begin a session; a browser that only fetches ahead does not use it."""
    home = request.scope.get("root_path", "") + "/"
    if request.method == "HEAD" or "prefetch" in request.headers.get("sec-purpose", ""):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    if signed_in(shop, request):
        return RedirectResponse(home, 303)
    token = sessions.open_session(shop.state, request.path_params["token"], shop.now())
    if token is None:
        return signed_out_page(request, "This link was used before, or it is older than 15 minutes.", 403)
    response = RedirectResponse(home, 303)
    response.set_cookie(
        _cookie(request),
        token,
        max_age=sessions.SESSION_LIFE // SECOND,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response


def sign_out(shop: Shop, request: Request) -> Response:
    """Close the session, here and in the database."""
    name = _cookie(request)
    token = request.cookies.get(name)
    if token:
        sessions.close_session(shop.state, token)
    response = RedirectResponse(request.scope.get("root_path", "") + "/sign-in", 303)
    response.delete_cookie(name, path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax")
    return response


def signed_out_page(request: Request, problem: str = "", status: int = 200) -> Response:
    """How to get in."""
    return html(request, "sign-in.html", {"problem": problem}, status)


def _cookie(request: Request) -> str:
    """`__Host-` binds the cookie to this very host, and needs https. Shops on one machine differ by port."""
    if request.url.scheme == "https":
        return "__Host-shopkeeper"
    return f"shopkeeper-{request.url.port or 80}"
