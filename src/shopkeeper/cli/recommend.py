"""`shopkeeper recommend`: what would be recommended, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shopkeeper.terminal.context import complain, open_shop, place, say

if TYPE_CHECKING:
    from shopkeeper.goods.recommending import Recommended


def recommend(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    strategy: Annotated[
        list[str] | None, typer.Option(help="A strategy by name. Repeatable; automatic without.", show_default=False)
    ] = None,
    recommender: Annotated[str, typer.Option(help="A definition by name instead.", show_default=False)] = "",
    product: Annotated[str, typer.Option(help="The product of the page.", show_default=False)] = "",
    person: Annotated[
        str, typer.Option(help="A user id, or u:<user id> or a:<anonymous id>.", show_default=False)
    ] = "",
    cart: Annotated[str, typer.Option(help="Ids in the cart, with commas between them.", show_default=False)] = "",
    category: Annotated[str, typer.Option(help="Only of this category.", show_default=False)] = "",
    page: Annotated[str, typer.Option(help="The type of the page, such as cart.", show_default=False)] = "",
    most: Annotated[int, typer.Option("--max", help="At most so many.", min=1, max=48)] = 6,
    lists: Annotated[bool, typer.Option("--lists", help="Also what was bought before, and what never was.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs, as the API answers.")] = False,
) -> None:
    """Say which products would be recommended, each with its reason.

    Example: shopkeeper recommend --strategy similar --product tea-1
    """
    # Deferred: see `open_shop`.
    import msgspec

    from shopkeeper.goods.finding import keep_up
    from shopkeeper.goods.recommending import read_recommend, recommend_to
    from shopkeeper.product_sets import split_ids

    said = {
        "strategies": strategy or [],
        "recommender": recommender,
        "product": product,
        "category": category,
        "page": page,
        "max": most,
        "lists": lists,
        **({"cart": list(split_ids(cart))} if cart else {}),
    }
    asked = read_recommend(said)
    with open_shop(place(context)) as shop:
        keep_up(shop)
        shop.restock()
        found = recommend_to(shop, asked, person if person.startswith(("u:", "a:")) or not person else f"u:{person}")
    if as_json:
        say(msgspec.json.encode(found).decode())
        return
    if found.unknown_ids:
        complain(f"not in the catalogue: {', '.join(found.unknown_ids)}")
    for title, products in (("", found.products), ("Again", found.again), ("New", found.new)):
        if products is not None:
            _tell(title, products)


def _tell(title: str, products: list[Recommended]) -> None:
    # Deferred: only commands that draw load it.
    from shopkeeper.terminal.segment_tables import draw

    if title:
        say(f"{title}:")
    if not products:
        say("Nothing.")
        return
    rows = [(p.id, p.name, f"{p.price} {p.currency}" if p.price else "", p.strategy, p.reason) for p in products]
    draw(("Product", "Name", "Price", "Strategy", "Reason"), rows)
