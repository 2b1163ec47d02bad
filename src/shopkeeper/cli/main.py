"""`shopkeeper`: the verbs. Heavy imports wait until a verb needs them, so that help and mistakes answer at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from shopkeeper import __version__
from shopkeeper.cli import shopfile, upkeep
from shopkeeper.cli.attribution import attribution
from shopkeeper.cli.audit import audit
from shopkeeper.cli.check import check, debug_link
from shopkeeper.cli.confirmations import confirmations
from shopkeeper.cli.demo import demo
from shopkeeper.cli.doctor import doctor
from shopkeeper.cli.imports.commands import imports
from shopkeeper.cli.intent import intent
from shopkeeper.cli.products import products, search
from shopkeeper.cli.recommend import recommend
from shopkeeper.cli.report import report
from shopkeeper.cli.segments import segments
from shopkeeper.cli.serve import link, serve, tag
from shopkeeper.model.errors import ShopkeeperError
from shopkeeper.terminal.context import DEFAULT_DATA, Place, complain

app = typer.Typer(
    name="shopkeeper",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Personalisation and campaign attribution for online shops, in one install.",
)
app.command()(serve)
app.command()(link)
app.command()(tag)
app.command()(demo)
app.command("apply")(shopfile.apply)
app.command("export")(shopfile.export)
app.command()(search)
app.command()(recommend)
app.command()(report)
app.command()(audit)
app.command()(doctor)
app.command()(check)
app.command("debug-link")(debug_link)
app.command()(confirmations)
app.command()(upkeep.keys)
app.command()(upkeep.rebuild)
app.command()(upkeep.recredit)
app.command()(upkeep.move)
app.add_typer(attribution, name="attribution")
app.add_typer(upkeep.rejects, name="rejects")
app.add_typer(segments, name="segments")
app.add_typer(products, name="products")
app.add_typer(intent, name="intent")
app.add_typer(imports, name="import")


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def everywhere(
    context: typer.Context,
    data: Annotated[Path, typer.Option(help="The shop's folder.", envvar="SHOPKEEPER_DATA")] = DEFAULT_DATA,
    database: Annotated[
        str | None, typer.Option(help="postgresql://... for the state instead of a file.", envvar="SHOPKEEPER_DATABASE")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    """Options before the command say which shop is meant."""
    context.obj = Place(data, database)


def main() -> None:
    """Run a command; errors meant for people are told in words, with an exit code that means something."""
    try:
        code = app(prog_name="shopkeeper", standalone_mode=False)
    except ShopkeeperError as error:
        complain(f"shopkeeper: {error}")
        sys.exit(error.exit_code)
    except TyperException as error:
        if said := error.format_message():  # help was printed where there is none
            complain(
                f"shopkeeper: {said}{'' if said.endswith(('.', '?', '!')) else '.'} Put --help behind a command to see what it takes."
            )
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
