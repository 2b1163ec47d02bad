"""Write the pages that are made from the code: `python docs/build.py`. A test says when they are out of date."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

import msgspec
import typer

from shopkeeper.api.openapi import document, operations
from shopkeeper.api.operation import Operation
from shopkeeper.cli.main import app
from shopkeeper.model.definitions import ShopFile
from shopkeeper.reports.doctor import CHECKS as DOCTOR
from shopkeeper.verify import CHECKS
from shopkeeper.verify.rules.arrived import DOCTORED

HERE = Path(__file__).parent
EXAMPLE = HERE / "guide" / "shop.example.yaml"
SHOWN = re.compile(
    r"(?P<head>^(?P<margin> *)<!-- from (?P<file>\S+) -->\n *```\w+\n)(?:.*?\n)?? *```$", re.MULTILINE | re.DOTALL
)
MADE = "<!-- Made by docs/build.py from the code; change the code, not this page. -->"


def pages() -> dict[Path, str]:
    """Every page with its text."""
    return {
        HERE / "reference" / "api.md": api(),
        HERE / "reference" / "command-line.md": command_line(),
        HERE / "reference" / "checks.md": checks(),
        HERE / "guide" / "shop-yaml.md": shop_yaml(),
        HERE / "guide" / "django-oscar.md": with_files(HERE / "guide" / "django-oscar.md"),
    }


def with_files(page: Path) -> str:
    """A page by hand whose blocks below `<!-- from file -->` are those files, so that it shows what the tests run."""

    def shown(block: re.Match[str]) -> str:
        text = (page.parent / block["file"]).read_text(encoding="utf-8").rstrip()
        return block["head"] + indent(text, block["margin"]) + f"\n{block['margin']}```"

    return SHOWN.sub(shown, page.read_text(encoding="utf-8"))


def api() -> str:
    """Every route."""
    intro = [
        "# The HTTP API",
        MADE,
        document()["info"]["description"],
        "`/v1/openapi.json` serves the same in full, with every schema.",
        "A key goes into Basic authorisation as the user name with an empty password, or into the body as `writeKey`. "
        + document()["components"]["securitySchemes"]["key"]["description"],
        "Every error is JSON with `code` and `message`, and `where` and `hint` where there is something to say. Any route "
        "may answer 405 (wrong method) and 500. A body may be packed with gzip where events or decisions are sent.",
    ]
    return "\n\n".join([*intro, *(_route(operation) for operation in operations())]) + "\n"


def _route(operation: Operation) -> str:
    parts = [f"## `{operation.method.upper()} {operation.path}`", f"{operation.summary}.", f"Key: {operation.key}."]
    if operation.parameters:
        rows = [(f"`{p['name']}`", p["in"], p["description"]) for p in operation.parameters]
        parts.append(_table(("parameter", "in", "meaning"), rows))
    if operation.body:
        parts.append(f"Body: {_shape(operation.body)}.")
    parts.append(f"Answer: {_shape(operation.answer) if operation.answer else operation.media}.")
    if operation.errors:
        parts.append("Errors: " + ", ".join(str(status) for status in sorted(operation.errors)) + ".")
    return "\n\n".join(parts)


def _shape(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        fields = document()["components"]["schemas"][name]["properties"]
        return f"{name} with {_names(fields)}"
    if schema.get("type") == "array":
        return f"a list. {schema['description'].rstrip('.')}" if "description" in schema else "a list"
    fields = schema.get("properties")
    return f"an object with {_names(fields)}" if fields else "an object"


def _names(fields: dict[str, Any]) -> str:
    return ", ".join(f"`{name}`" for name in fields)


def command_line() -> str:
    """Every command."""
    group: Any = typer.main.get_command(app)
    intro = [
        "# The command line",
        MADE,
        "`shopkeeper [options] command ...`. Bad input ends with exit code 2, what cannot be used now (a port, a folder, a "
        "database) with 3; both say what to do in one line on standard error.",
        "Options before the command:",
        _options(group),
    ]
    return "\n\n".join([*intro, *_commands(group, "shopkeeper")]) + "\n"


def _commands(group: Any, before: str) -> Iterator[str]:
    for name, command in group.commands.items():
        title = f"{before} {name}"
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield _command(command, title)
            yield from _commands(command, title)
            continue
        yield _command(command, title)


def _command(command: Any, title: str) -> str:
    text = inspect.cleandoc(command.help or "")
    prose, _, example = text.partition("Example:")
    block = f"```sh\n{example.strip()}\n```" if example.strip() else ""
    return "\n\n".join(part for part in (f"## `{title}`", prose.strip(), _options(command), block) if part)


def _options(command: Any) -> str:
    rows = []
    for parameter in command.params:
        names = ", ".join(f"`{name}`" for name in parameter.opts) if parameter.param_type_name == "option" else ""
        default = parameter.default
        shown = "" if default is None or callable(default) or default in (False, "") else f"`{default}`"
        variable = f" (`{parameter.envvar}`)" if parameter.envvar else ""
        rows.append((names or f"`{parameter.name}`", shown, (parameter.help or "") + variable))
    rows = [row for row in rows if row[0] != "`--help`"]
    return _table(("option", "default", "meaning"), rows) if rows else ""


def checks() -> str:
    """Every check of an installation."""
    intro = [
        "# The checks of an installation",
        MADE,
        "What `shopkeeper check` and Settings, Installation look at, why it may not hold, and what to do then. "
        "[The guide](../guide/verify.md) tells how. A warning breaks nothing.",
    ]
    advice = {ours: DOCTOR[theirs].fix for theirs, ours in DOCTORED.items()}
    rows = [
        (f"`{name}`", check.title, check.cause, check.fix or advice[name], "fails" if check.serious else "warns")
        for name, check in CHECKS.items()
    ]
    head = ("check", "what ought to hold", "why it may not", "what to do", "else it")
    return "\n\n".join([*intro, _table(head, rows)]) + "\n"


def shop_yaml() -> str:
    """Every field of shop.yaml, and an example that uses them."""
    intro = [
        "# shop.yaml",
        MADE,
        "What the shop shows, to whom and when, as one file. `shopkeeper apply shop.yaml` makes it so, "
        "`shopkeeper export` writes it back. A file with a mistake changes nothing; the error names the place.",
        f"An [example]({EXAMPLE.name}) that uses every part:",
        f"```yaml\n{EXAMPLE.read_text(encoding='utf-8').strip()}\n```",
        "Ids are lower-case letters, digits, `.`, `_` and `-`, 64 at most. Dates and times are shop time. Words such as "
        "`on` and `no` are words; only `true` and `false` are yes and no.",
    ]
    return "\n\n".join([*intro, *(_struct(struct) for struct in _structs(ShopFile))]) + "\n"


def _structs(struct: type) -> list[type]:
    """A struct and all it is made of, each once, the outer before the inner."""
    found = [struct]
    for each in found:
        for field in msgspec.structs.fields(each):
            found += [inner for inner in _inner(field.type) if inner not in found]
    return found


def _inner(kind: Any) -> Iterator[type]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for argument in getattr(kind, "__args__", ()):
        yield from _inner(argument)


def _struct(struct: type) -> str:
    meanings = _meanings(struct)
    rows = []
    for field in msgspec.structs.fields(struct):
        default = "needed" if field.required else _default(field)
        rows.append((f"`{field.encode_name}`", _kind(field.type), default, meanings[field.name]))
    title = "The file" if struct is ShopFile else struct.__name__
    return "\n\n".join(
        [f"## {title}", inspect.getdoc(struct) or "", _table(("field", "type", "default", "meaning"), rows)]
    )


def _meanings(struct: type) -> dict[str, str]:
    """Field -> the text that stands under it in the source."""
    source = inspect.getsource(sys.modules[struct.__module__])
    (body,) = [n for n in ast.parse(source).body if getattr(n, "name", "") == struct.__name__]
    assert isinstance(body, ast.ClassDef), "structs are classes"
    found = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            found[field.target.id] = " ".join(ast.literal_eval(text.value).split())
    return found


def _default(field: Any) -> str:
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"`{value}`"
    return (
        f"`{value if isinstance(value, str) else ', '.join(value)}`" if value and isinstance(value, str | tuple) else ""
    )


_PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "array": "list"}


def _kind(kind: Any) -> str:
    """A type in words."""
    whole = msgspec.json.schema(kind)
    schema = next(part for part in whole.get("anyOf", [whole]) if part != {"type": "null"})
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if schema.get("type") == "object":
        (inner, *_) = [*_inner(kind), None]
        return f"ids with [{inner.__name__}](#{inner.__name__.lower()})" if inner else "names with values"
    if schema.get("type") == "array":
        (inner, *_) = [*_inner(kind), None]
        return f"list of [{inner.__name__}](#{inner.__name__.lower()})" if inner else "list"
    bounds = [f"{schema[key]}" for key in ("minimum", "maximum") if key in schema]
    return _PLAIN[schema["type"]] + (f", {' to '.join(bounds)}" if bounds else "")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def main() -> None:
    """Write every page."""
    for page, text in pages().items():
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {page.relative_to(HERE.parent)}\n")


if __name__ == "__main__":
    main()
