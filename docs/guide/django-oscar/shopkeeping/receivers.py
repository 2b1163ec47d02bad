"""What the shop's server knows best: what went into a basket, and what was ordered."""

from __future__ import annotations

from typing import Any

import segment.analytics as shopkeeper
from django.dispatch import receiver
from django.http import HttpRequest
from oscar.apps.basket.signals import basket_addition
from oscar.apps.checkout.signals import post_checkout


@receiver(basket_addition)
def tell_of_addition(product: Any, request: HttpRequest, **_: Any) -> None:
    who = visitor(request)
    info = request.strategy.fetch_for_product(product)
    if who and info.price.exists:
        said = {
            "product_id": info.stockrecord.partner_sku,
            "name": product.get_title(),
            "price": info.price.effective_price,
            "currency": info.price.currency,
            "quantity": int(request.POST.get("quantity", 1)),
        }
        shopkeeper.track(event="Product Added", properties=said, **who)


@receiver(post_checkout)
def tell_of_order(order: Any, request: HttpRequest, **_: Any) -> None:
    lines = [
        {
            "product_id": line.partner_sku,
            "name": line.title,
            "price": line.unit_price_incl_tax,
            "quantity": line.quantity,
            "discount": line.line_price_before_discounts_incl_tax - line.line_price_incl_tax,
        }
        for line in order.lines.all()
    ]
    said = {
        "order_id": order.number,
        "total": order.total_incl_tax,
        "tax": order.total_tax,
        "shipping": order.shipping_incl_tax,
        "currency": order.currency,
        "products": lines,
    }
    # Whoever may not be known still bought something: the order then belongs to nobody else.
    who = visitor(request) or {"anonymous_id": f"order-{order.number}"}
    shopkeeper.track(event="Order Completed", properties=said, message_id=f"order-{order.number}", **who)


def visitor(request: HttpRequest) -> dict[str, Any]:
    """Who it is: the id the tag keeps in a cookie, which is not there without consent, and the account if there is one."""
    device, user = request.COOKIES.get("sk_id"), request.user
    ids = {"anonymous_id": device, "user_id": str(user.pk) if user.is_authenticated else None}
    return {name: value for name, value in ids.items() if value}
