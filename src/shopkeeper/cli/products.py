"""`shopkeeper search` and `shopkeeper products`: find products, and see how one went."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shopkeeper.model.errors import NotFound
from shopkeeper.terminal.context import complain, open_shop, place, read_text, say

if TYPE_CHECKING:
    from shopkeeper.catalogue import Offer
    from shopkeeper.goods.finding import SearchTold
    from shopkeeper.goods.sets import SetTold
    from shopkeeper.product_sets import Part

products = typer.Typer(no_args_is_help=True, help="Products: which there are, how price and stock went.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs, as the API answers.")]
Words = Annotated[str, typer.Option("--search", help="Products with all of these words.", show_default=False)]
Where = Annotated[list[str] | None, typer.Option(help="A test such as 'price > 100 and brand is Acme'. Repeatable.")]
Ids = Annotated[str, typer.Option(help="Ids with commas, spaces or lines between them, or @FILE.", show_default=False)]
SetFile = Annotated[Path | None, typer.Option("--set", help="A file with a set as data, in YAML.")]
Either = Annotated[bool, typer.Option("--any", help="Products that are in any of these, not in all.")]
Several = Annotated[list[str] | None, typer.Option(help="Only these. Repeatable.", show_default=False)]


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Words, such as running shoes; every product without.")] = "",
    brand: Several = None,
    category: Several = None,
    tag: Several = None,
    in_stock: Annotated[bool, typer.Option("--in-stock", help="Only what can be bought now.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=100)] = 20,
    as_json: Json = False,
) -> None:
    """Find products by words, as the shop's visitors do.

    Example: shopkeeper search "running shoes" --category Women --in-stock
    """
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper.goods.finding import find, keep_up, told
    from shopkeeper.search import Question, read_question

    filters = {"brand": brand or [], "category": category or [], "tag": tag or []}
    asked = {"q": text, "limit": limit, "filters": {**filters, **({"in_stock": True} if in_stock else {})}}
    question = read_question(asked, Question)
    with open_shop(place(context)) as shop:
        if not keep_up(shop):
            complain("another process is writing the index; the newest changes may be missing")
        found = told(shop, find(shop, question))
    if as_json:
        say(msgspec.json.encode(found).decode())
    else:
        _tell(found)


def _tell(found: SearchTold) -> None:
    # Deferred: only commands that draw load it.
    from shopkeeper.terminal.segment_tables import draw

    if found.said:
        say(found.said)
    say(f"{found.total:,} products")
    rows = [
        (hit.id, hit.name, f"{hit.price} {hit.currency}" if hit.price else "", hit.brand, hit.category,
         "" if hit.in_stock else "sold out")
        for hit in found.hits
    ]  # fmt: skip
    draw(("Product", "Name", "Price", "Brand", "Category", ""), rows)
    for name in ("brand", "category", "tag"):
        values = found.facets.get(name, [])
        if values:
            say(f"{name}: " + ", ".join(f"{facet.value} ({facet.count:,})" for facet in values[:8]))


@products.command("matching")
def matching(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    text: Words = "",
    where: Where = None,
    ids: Ids = "",
    file: SetFile = None,
    either: Either = False,
    frozen: Annotated[bool, typer.Option("--freeze", help="Print the set as the ids of now, in YAML.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many are listed.", min=1, max=1000)] = 20,
    as_json: Json = False,
) -> None:
    """Say which products a set means: by words, tests and ids, all of which must hold.

    Example: shopkeeper products matching --search "running shoes" --where "price > 100 and in_stock"
    """
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper.campaigns import to_yaml_text
    from shopkeeper.goods.sets import freeze, preview

    data = set_said(text, where, ids, file, either=either)
    with open_shop(place(context)) as shop:
        if frozen:
            say(to_yaml_text(freeze(shop, data)).rstrip())
            return
        found = preview(shop, data, limit)
    if as_json:
        say(msgspec.json.encode(found).decode())
    else:
        _tell_set(found)


def set_said(text: str, where: list[str] | None, ids: str, file: Path | None, *, either: bool) -> dict[str, Any]:
    """The set of products that options say, as data; empty where they say none."""
    # Deferred: see `open_shop`.
    from shopkeeper.campaigns import parse_yaml

    said: list[Any] = [{"search": text}] if text else []
    said += [{"where": each} for each in where or ()]
    said += [{"ids": read_text(Path(ids[1:])) if ids.startswith("@") else ids}] if ids.strip() else []
    said += [parse_yaml(read_text(file))] if file else []
    if len(said) == 1 and isinstance(said[0], dict):
        return said[0]
    return {"any" if either else "all": said} if said else {}


def _tell_set(found: SetTold) -> None:
    # Deferred: only commands that draw load it.
    from shopkeeper.terminal.segment_tables import draw

    say(found.sentence)
    say(f"{found.total:,} products, {found.share:.1%} of what is sold")
    if found.tree.parts:
        draw(("Part", "Products"), list(_sizes(found.tree, 0)))
    rows = [
        (p.product, p.name, f"{p.price} {p.currency}" if p.price else "", p.brand, p.category) for p in found.products
    ]
    draw(("Product", "Name", "Price", "Brand", "Category"), rows)
    if found.unknown:
        complain(f"not in the catalogue: {', '.join(found.unknown_ids[:20])}{' ...' if found.unknown > 20 else ''}")


def _sizes(part: Part, depth: int) -> Iterator[tuple[str, int]]:
    yield "  " * depth + part.words, part.size
    for inner in part.parts:
        yield from _sizes(inner, depth + 1)


@products.command("show")
def show(context: typer.Context, id: Annotated[str, typer.Argument(help="The product's id.")]) -> None:
    """Show one product with its variants and the history of its price and stock.

    Example: shopkeeper products show tea-1
    """
    # Deferred: see `open_shop`.
    from shopkeeper.catalogue import offers_of
    from shopkeeper.model.money import decimal_text
    from shopkeeper.model.time import format_time
    from shopkeeper.terminal.segment_tables import draw

    with open_shop(place(context)) as shop, shop.state.read() as conn:
        product = shop.catalogue.products.get(id)
        if product is None:
            raise NotFound("unknown_product", f"There is no product {id!r}.", hint="shopkeeper search finds products.")
        history, group, zone = offers_of(conn, id), shop.catalogue.group(id), shop.plan.zone

    def paid(offer: Offer) -> str:
        return "" if offer.paid is None else f"{decimal_text(offer.paid, offer.currency)} {offer.currency}"

    say(f"{product.id}: {product.name}")
    states = ("retired", product.retired_at), ("discovered on a page", product.discovered)
    for label, value in (
        ("category", "; ".join(filter(None, (product.category, *product.categories)))),
        ("brand", product.brand),
        ("tags", ", ".join(product.tags)),
        ("variants", ", ".join(other for other in group if other != id)),
        ("state", ", ".join(word for word, holds in states if holds)),
    ):
        if value:
            say(f"  {label}: {value}")
    rows = [
        (format_time(o.at, zone), paid(o), "in stock" if o.in_stock else "sold out", "" if o.stock is None else o.stock)
        for o in history
    ]
    draw(("Since", "Price", "", "Units"), rows)
