"""What the shop sells, made by oscar's own models."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from oscar.apps.catalogue.categories import create_from_breadcrumbs
from oscar.core.loading import get_model

GOODS = [
    ("tea-1", "Sencha", "12.50"),
    ("tea-2", "Oolong", "18.00"),
    ("cup-1", 'Cup "Hello" </script><script>document.title = "broken"</script>', "9.00"),
]


class Picture(NamedTuple):
    """Where a picture is."""

    url: str


class NoThumbnails:
    """Pictures as they are: making them smaller takes one more package."""

    def generate_thumbnail(self, source: Any, **_: Any) -> Picture:
        return Picture(f"/media/{source}")


def stock() -> None:
    """Three products with prices, and a country to send them to."""
    get_model("address", "Country").objects.create(
        iso_3166_1_a2="NL", printable_name="Netherlands", is_shipping_country=True
    )
    kind = get_model("catalogue", "ProductClass").objects.create(name="Goods", requires_shipping=True)
    partner = get_model("partner", "Partner").objects.create(name="Fern & Fable")
    shelf = create_from_breadcrumbs("Tea and cups")
    for sku, title, price in GOODS:
        product = get_model("catalogue", "Product").objects.create(product_class=kind, upc=f"upc-{sku}", title=title)
        product.categories.add(shelf)
        product.stockrecords.create(
            partner=partner, partner_sku=sku, price_currency="EUR", price=Decimal(price), num_in_stock=100
        )
