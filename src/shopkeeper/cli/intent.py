"""`shopkeeper intent`: who wants to buy these products, why, and how far that can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from shopkeeper.cli.products import Either, Ids, SetFile, Where, Words, set_said
from shopkeeper.model.errors import BadInput
from shopkeeper.terminal.context import complain, open_shop, place, say

if TYPE_CHECKING:
    from rich.table import Table


intent = typer.Typer()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs, as the API answers.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
SHOWN = 50
"""Products in a table."""


@intent.callback(invoke_without_command=True)
def ranked(  # noqa: PLR0913, PLR0917 - one option each
    context: typer.Context,
    text: Words = "",
    where: Where = None,
    ids: Ids = "",
    file: SetFile = None,
    either: Either = False,
    horizon: Annotated[int, typer.Option(help="Days within which they buy, 7 to 90.")] = 28,
    top: Annotated[int, typer.Option(help="So many people.", min=1)] = 500,
    explain: Annotated[bool, typer.Option("--explain", help="Say why, for each of them.")] = False,
    segment: Annotated[str, typer.Option(help="Only people in this segment.")] = "",
    keep: Annotated[str, typer.Option("--as", help="Keep them as a list of this name.")] = "",
    as_csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Rank people by the chance that they buy some of a set of products.

    Example: shopkeeper intent --search "running shoes" --horizon 28 --top 500 --explain
    """
    if context.invoked_subcommand is not None:
        return
    # Deferred: see `open_shop`.
    from shopkeeper.asking import intent as verbs
    from shopkeeper.terminal import intent_tables as tables

    products = set_said(text, where, ids, file, either=either)
    if not products:
        hint = 'Say which: --search "running shoes", --where "price > 100" or --ids "tea-1, tea-2".'
        raise BadInput("empty_set", "No product was named", hint=hint)
    question = verbs.Question(set=products, horizon=horizon, top=top, explain=explain, segment=segment)
    with open_shop(place(context)) as shop, _waiting("Ranking"):
        if keep:
            frozen = verbs.freeze(shop, question, keep)
            say(f"kept {frozen.size:,} people as {frozen.id}")
            return
        found = verbs.ask(shop, question)
    if as_json:
        _json(found)
    elif as_csv:
        tables.print_csv(found)
    else:
        tables.print_people(found)


@intent.command("purchased")
def purchased(  # noqa: PLR0913, PLR0917 - one option each
    context: typer.Context,
    text: Words = "",
    where: Where = None,
    ids: Ids = "",
    file: SetFile = None,
    either: Either = False,
    have_not: Annotated[bool, typer.Option("--not", help="Those who have not.")] = False,
    on: Annotated[str, typer.Option(help="On this day of shop time, such as 2026-03-31.")] = "",
    last_days: Annotated[int | None, typer.Option(help="In the last so many days, today included.")] = None,
    days_ago: Annotated[int | None, typer.Option(help="On the day so many days ago.")] = None,
    before: Annotated[str, typer.Option(help="Up to this day, itself included.")] = "",
    after: Annotated[str, typer.Option(help="From this day on, itself included.")] = "",
    since: Annotated[str, typer.Option("--from", help="With --until: between two days, both included.")] = "",
    until: Annotated[str, typer.Option(help="See --from.")] = "",
    with_orders: Annotated[bool, typer.Option("--with-orders", help="Of customers with an order only.")] = False,
    keep: Annotated[str, typer.Option("--as", help="Keep them as a list of this name.")] = "",
    as_json: Json = False,
) -> None:
    """List the identified customers who have purchased of a set of products, or have not.

    Example: shopkeeper intent purchased --ids tea-1 --last-days 90
    """
    # Deferred: see `open_shop`.
    from shopkeeper.asking import intent as verbs

    said = {"on": on, "last_days": last_days, "days_ago": days_ago, "before": before, "after": after}
    when = {name: value for name, value in {**said, "from": since, "until": until}.items() if value not in ("", None)}
    products = set_said(text, where, ids, file, either=either)
    asked = verbs.PurchasedQuestion(
        set=products or None, when=when, universe="with orders" if with_orders else "identified"
    )
    with open_shop(place(context)) as shop:
        if keep:
            frozen = verbs.freeze_purchased(shop, asked, keep, have=not have_not)
            say(f"kept {frozen.size:,} people as {frozen.id}")
            return
        people = verbs.purchased(shop, asked, have=not have_not)
        strange = verbs.strange(shop, asked)
    if strange:
        complain(f"neither in the catalogue nor in any order: {', '.join(strange[:20])}")
    if as_json:
        _json({"size": len(people), "people": people})
    else:
        say("\n".join(people) if people else "nobody")


@intent.command("train")
def train(
    context: typer.Context,
    gently: Annotated[bool, typer.Option("--gently", help="Leave the processor to others.")] = False,
    as_json: Json = False,
) -> None:
    """Learn from everything before today, judge it on the last 28 days, and serve it from now on.

    Example: shopkeeper intent train
    """
    # Deferred: see `open_shop`.
    import os

    from shopkeeper.asking import intent as verbs
    from shopkeeper.terminal import intent_tables as tables

    if gently:
        os.nice(15)
    with open_shop(place(context)) as shop, _waiting("Training") as tell:
        found = verbs.train(shop, tell)
    if as_json:
        _json(found)
    else:
        tables.print_model(found)


@intent.command("renew")
def renew(
    context: typer.Context,
    gently: Annotated[bool, typer.Option("--gently", help="Leave the processor to others.")] = False,
) -> None:
    """Take in what people did since the training, and find who is interested in what is followed; nothing is learned.

    A server does it every few hours. Example: shopkeeper intent renew
    """
    # Deferred: see `open_shop`.
    import os

    from shopkeeper.asking import intent as verbs
    from shopkeeper.asking.interests import followed

    if gently:
        os.nice(15)
    with open_shop(place(context)) as shop, _waiting("Renewing") as tell:
        found = verbs.renew(shop, tell)
        interests = followed(shop)
    say(
        f"model {found.version}: {found.rows:,} purchases of {found.customers:,} customers, in {found.laid_seconds:.0f} s"
    )
    for each in interests:
        say(f"  {each.name}: {each.people:,} people")


@intent.command("backtest")
def backtest(context: typer.Context, as_json: Json = False) -> None:
    """Show how well the held-out days were foretold by a model that never saw them.

    Example: shopkeeper intent backtest
    """
    # Deferred: see `open_shop`.
    from shopkeeper.intent import trained
    from shopkeeper.terminal import intent_tables as tables

    with open_shop(place(context)) as shop, shop.state.read() as conn:
        found = trained(conn)
    if as_json:
        _json(found)
        return
    tables.print_model(found)
    report = found.report
    if report is None:
        say("There was nothing to hold out: the past is too short.")
        return
    told = found.foretold
    console = _console()
    lines = _table("method", "of whom", "AUC", "PR-AUC", "lift at 5 %", "lift at 10 %", "found in 10 %", "sets")
    for line in report.lines:
        figures = (f"{line.auc:.3f}", f"{line.pr_auc:.3f}", f"{line.lift_5:.1f}", f"{line.lift_10:.1f}")
        lines.add_row(line.method, line.part, *figures, f"{line.recall_10:.0%}", str(line.sets))
    console.print(lines)
    curve = _table("contacted", "buyers reached", "by activity", "by past count")
    for point in report.curve:
        curve.add_row(*(f"{v:.0%}" for v in (point.contacted, point.reached, point.by_activity, point.by_count)))
    console.print(curve)
    say(f"Chances are off by {report.calibration_error:.2%} points on average; the number of buyers foretold is off by")
    say(f"{report.size_error:.0%} for half of the sets.")
    if told is not None:
        say(
            f"Of {told.people:,} customers {told.churned:.1%} did not order within {told.span} days, {told.churn_foretold:.1%}"
        )
        say(
            f"were foretold (AUC {told.churn_auc:.2f}); spending lay in its interval for {told.value_inside:.0%} (80 % is aimed"
        )
        say(f"at), and of those due to be back by then {told.next_inside:.0%} were by the middle of theirs (50 %).")


@intent.command("follow")
def follow(  # noqa: PLR0913, PLR0917 - one option each
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What segments call it: `predicted: interest-<name>`.")],
    text: Words = "",
    where: Where = None,
    ids: Ids = "",
    file: SetFile = None,
    either: Either = False,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Keep the products meant now; else words and tests are looked up anew.")
    ] = False,
    horizon: Annotated[int, typer.Option(help="Days within which they buy, 7 to 90.")] = 28,
    by: Annotated[
        str, typer.Option(help="set, or instead churn, value or next-order: no products are named then.")
    ] = "set",
    top: Annotated[int | None, typer.Option(help="The first so many people.")] = None,
    share: Annotated[float | None, typer.Option(help="The first share of all customers, such as 0.05.")] = None,
    over: Annotated[
        float | None, typer.Option(help="All with at least that chance, value, or within so many days.")
    ] = None,
) -> None:
    """Keep who is interested in a set of products as something segments ask about, renewed every few hours.

    Example: shopkeeper intent follow tea --where "brand is Leaf" --top 500
    """
    # Deferred: see `open_shop`.
    from shopkeeper.asking import interests as verbs

    if by not in verbs.SUBJECTS:
        raise BadInput("bad_subject", f"People are not ranked by {by!r}", hint=f"Use {', '.join(verbs.SUBJECTS)}.")
    if sum(cut is not None for cut in (top, share, over)) != 1:
        raise BadInput("bad_cut", "Say who is meant by one of --top, --share and --over", hint="Such as --top 500.")
    products = set_said(text, where, ids, file, either=either) or None
    asked = verbs.InterestAsked(
        set=products,
        frozen=frozen,
        by=by,
        horizon=horizon,
        top=top,
        share=share,
        over=over,
    )
    with open_shop(place(context)) as shop:
        found = verbs.follow(shop, name, asked)
    if found.unknown:
        complain(f"of no product the model knows: {', '.join(found.unknown)}")
    if found.said:
        say(f"{'live' if found.live else 'frozen'}: {found.said}")
    say(
        f"following {found.name}: {found.people:,} people now; segments ask for it with predicted: interest-{found.name}"
    )


@intent.command("customer")
def customer(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="A user id, or u:<user id>.")],
    as_json: Json = False,
) -> None:
    """Say what is foretold of one customer: churn, spending, the next order, and which products are due again.

    Example: shopkeeper intent customer ada
    """
    # Deferred: see `open_shop`.
    from shopkeeper.asking import intent as verbs
    from shopkeeper.asking.outlook import why_not
    from shopkeeper.model.money import decimal_text

    with open_shop(place(context)) as shop:
        found, currency = verbs.customer(shop, person), shop.plan.shop.currency
    if as_json:
        _json(found)
        return
    if words := why_not(found):
        say(words)
    elif found.churn is not None and found.value is not None:
        low, value, high = (decimal_text(v or 0, currency) for v in (found.value_low, found.value, found.value_high))
        say(f"no order within {found.span} days: {found.churn:.0%}")
        say(f"spending within {found.span} days: {value} {currency}, eight of ten like them {low} to {high}")
        later = "not within two years" if found.next_order is None else f"in {found.next_order} days"
        between = (
            "" if found.next_high is None else f", eight of ten like them in {found.next_low} to {found.next_high}"
        )
        say(f"next order: {later}{between}")
    shown = _table("buys again", "times", "last, days ago", "usually every", "due in")
    for due in found.due[:SHOWN]:
        shown.add_row(due.name, str(due.times), str(due.last), f"{due.every:g}", str(due.due))
    _console().print(shown)


@intent.command("unfollow")
def unfollow(context: typer.Context, name: Annotated[str, typer.Argument(help="The interest's name.")]) -> None:
    """Follow an interest no more; refused while a segment asks about it.

    Example: shopkeeper intent unfollow tea
    """
    # Deferred: see `open_shop`.
    from shopkeeper.asking.interests import unfollow as stop

    with open_shop(place(context)) as shop:
        stop(shop, name)
    say(f"{name} is followed no more")


@intent.command("interests")
def interests(context: typer.Context, as_json: Json = False) -> None:
    """List the interests that are followed, live or frozen, with their sizes.

    Example: shopkeeper intent interests
    """
    # Deferred: see `open_shop`.
    from shopkeeper.asking.interests import followed
    from shopkeeper.model.time import format_time as when

    with open_shop(place(context)) as shop:
        found, zone = followed(shop), shop.plan.zone
    if as_json:
        _json(found)
        return
    shown = _table("interest", "ranked by", "products", "who", "people", "renewed")
    for each in found:
        by = each.by if each.by != "set" else "live set" if each.live else "frozen set"
        renewed = when(each.renewed_at, zone)[:16].replace("T", " ")
        shown.add_row(each.name, by, each.said, f"{each.cut} {each.amount:g}", f"{each.people:,}", renewed)
    _console().print(shown)


def _json(found: Any) -> None:
    # Deferred: see `open_shop`.
    import msgspec

    say(msgspec.json.encode(found).decode())


def _console() -> Any:
    # Deferred: rich is not needed for JSON.
    from rich.console import Console

    return Console()


def _table(*columns: str) -> Table:
    # Deferred: rich is not needed for JSON.
    from rich.table import Table as RichTable

    return RichTable(*columns)


def _waiting(what: str) -> Any:
    # Deferred: rich is not needed for JSON.
    from contextlib import contextmanager

    from rich.console import Console

    @contextmanager
    def shown() -> Any:
        with Console(stderr=True).status(f"{what} ...") as status:
            yield lambda text: status.update(f"{what}: {text}")

    return shown()
