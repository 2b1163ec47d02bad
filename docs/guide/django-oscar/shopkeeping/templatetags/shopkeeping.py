"""`{% product_data product %}`: what the page shows, as schema.org JSON-LD, which search engines read as well."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}
"""A name that holds `</script>` stays inside its text."""


@register.simple_tag(takes_context=True)
def product_data(context: Context, product: Any) -> SafeString:
    """The script element with the data of a product or, where it has variants, of all of them."""
    request = context["request"]
    if product.is_parent:
        variants = [_data(request, child) for child in product.get_public_children()]
        data = {
            "@type": "ProductGroup",
            "productGroupID": str(product.pk),
            "name": product.get_title(),
            "hasVariant": variants,
        }
    else:
        data = _data(request, product)
    text = json.dumps({"@context": "https://schema.org", **data}).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


def _data(request: Any, product: Any) -> dict[str, Any]:
    info = request.strategy.fetch_for_product(product)
    category = product.get_categories().first()
    data = {"@type": "Product", "name": product.get_title(), "category": category and category.name}
    if not info.price.exists:
        return data | {"sku": str(product.pk)}
    offer = {"@type": "Offer", "price": str(info.price.effective_price), "priceCurrency": info.price.currency}
    return data | {"sku": info.stockrecord.partner_sku, "offers": offer}
