"""Builds the tag: the modules of tag/src, in the order they import each other, as one small classic script.

What few pages need is left out of it and built as modules of their own, which the tag fetches when they are used (see
`tag/src/extra.js`). An extra imports from the core as any module does; here the core hands it those names over.

Bundling is textual, so it refuses what it could get wrong: imports and exports are plain named ones at the start of
a line, and no two modules use the same name at top level. The minifier is tdewolff's, in the pinned version of the
test requirements; what the browser tests run is what it built.

    python tag/build.py            writes src/shopkeeper/api/static/*.js
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import minify  # type: ignore[import-untyped]

SOURCE = Path(__file__).parent / "src"
LOADER = Path(__file__).parent / "loader.js"
BUILT = Path(__file__).parent.parent / "src" / "shopkeeper" / "api" / "static"
HEAD = "// shopkeeper Apache-2.0"
EXTRAS = ("adapters", "debug", "kinds", "mirror", "moments", "product", "room")
"""Modules that are files of their own, by the name `extra()` fetches them."""
LOOK = "style.css"
"""The style sheet of what is shown; it comes beside the first decision."""

IMPORT = re.compile(r'import (?:\{ (?P<names>[\w, ]+) \}|(?P<css>\w+)) from "\./(?P<file>[\w.]+)";')
DECLARATION = re.compile(r"(?P<export>export )?(?:async )?(?:function|const|let|class) (?P<name>\w+)")
VERSION = 'VERSION = "dev"'
CORE = "const CORE = () => [];"


class BuildError(Exception):
    """The source uses something this builder does not understand; says where."""


class Builder:
    """Collects modules, each after those it imports. `core` are the exports that are there already, by file."""

    def __init__(self, source: Path, core: Mapping[str, set[str]] | None = None) -> None:
        self.source = source
        self.core = core or {}
        self.borrowed: set[str] = set()
        """The names used of the core."""
        self.lines: list[str] = []
        self.exports: dict[str, set[str]] = {}
        """The exported names of every module added so far, by file."""
        self.owners: dict[str, str] = {}
        """Which file declares each top-level name: all modules share one scope in the end."""

    def add(self, file: str, above: tuple[str, ...] = ()) -> None:
        """Adds a module and, before it, what it imports. `above` is the chain of modules that led here."""
        if file in above:
            raise BuildError(f"{file} imports itself by way of {' > '.join(above)}")
        if file in self.exports:
            return
        lines: list[str] = []
        exports: set[str] = set()
        for line in (self.source / file).read_text(encoding="utf-8").splitlines():
            if imported := IMPORT.fullmatch(line):
                lines += self._import(imported, file, above)
            elif declared := DECLARATION.match(line):
                self._own(declared["name"], file)
                if declared["export"]:
                    exports.add(declared["name"])
                lines.append(line.removeprefix("export "))
            elif line.startswith(("import ", "export ")):
                raise BuildError(f"{file}: only plain named imports and exports are understood, not {line!r}")
            else:
                lines.append(line)
        self.exports[file] = exports
        self.lines += lines

    def _import(self, imported: re.Match[str], file: str, above: tuple[str, ...]) -> list[str]:
        wanted = imported["file"]
        if css := imported["css"]:
            self._own(css, file)
            text = minify.string("text/css", (self.source / wanted).read_text(encoding="utf-8"))
            return [f"const {css} = {json.dumps(text, ensure_ascii=False)};"]
        names = set(imported["names"].split(", "))
        if wanted in self.core:
            self.borrowed |= names
            there = self.core[wanted]
        else:
            self.add(wanted, (*above, file))
            there = self.exports[wanted]
        if missing := names - there:
            raise BuildError(f"{file}: {wanted} does not export {', '.join(sorted(missing))}")
        return []

    def _own(self, name: str, file: str) -> None:
        if name in self.owners:
            raise BuildError(f"{file}: {name} is declared in {self.owners[name]} already")
        self.owners[name] = file


def build(source: Path = SOURCE, extras: tuple[str, ...] = ()) -> dict[str, str]:
    """File name -> text: the tag `t.js`, and each of the extras."""
    core = Builder(source)
    core.add("main.js")
    others = {name: Builder(source, core.exports) for name in extras}
    for name, extra in others.items():
        extra.add(f"{name}.js")
    borrowed = sorted(set().union(*(extra.borrowed for extra in others.values())))
    files = {f"{name}.js": _extra(name, extra, borrowed) for name, extra in others.items()}
    if (source / LOOK).exists():
        files["look.css"] = str(minify.string("text/css", (source / LOOK).read_text(encoding="utf-8"))) + "\n"
    text = "\n".join(core.lines).replace(CORE, f"const CORE = () => [{', '.join(borrowed)}];")
    whole = f"(() => {{\ntry {{\n{text}\n}} catch {{}}\n}})();"
    version = hashlib.sha256("\n".join([whole, *files.values()]).encode()).hexdigest()[:7]
    files["t.js"] = _minified(whole.replace(VERSION, f'VERSION = "{version}"'))
    files["version.txt"] = f"{version}\n"
    return files


def _extra(name: str, extra: Builder, borrowed: Sequence[str]) -> str:
    """The module of an extra: a function from what the core lends, in its order, to what the extra exports."""
    places = ", ".join(each if each in extra.borrowed else "" for each in borrowed)
    exports = ", ".join(sorted(extra.exports[f"{name}.js"]))
    return _minified("\n".join([f"export default ([{places}]) => {{", *extra.lines, f"return {{ {exports} }};", "};"]))


def loader() -> str:
    """The inline loader, in one line."""
    return str(minify.string("application/javascript", LOADER.read_text(encoding="utf-8"))).strip()


def _minified(text: str) -> str:
    return f"{HEAD}\n{minify.string('application/javascript', _lean(text))}\n"


def _lean(text: str) -> str:
    """The same program in words that pack better, a twentieth less: named numbers and texts where they are used, `let`
    for `const`, and functions at top level as arrows. The last one gives up hoisting: modules call downwards only.
    """
    for constant in re.findall(r'^const ([A-Z_]+) = (-?[\d.]+|"[^"]*");$', text, re.MULTILINE):
        name, value = constant
        text = re.sub(rf"^const {name} = .*$", "", text, flags=re.MULTILINE)
        text = re.sub(rf"\b{name}\b", value.replace("\\", r"\\"), text)
    text = re.sub(r"\bconst\b", "let", text)
    return re.sub(r"^(async )?function (\w+)\(([^\n]*)\) \{$", r"let \2 = \1(\3) => {", text, flags=re.MULTILINE)


def zipped_size(text: str) -> int:
    """Bytes on the wire, gzip at its usual best."""
    return len(gzip.compress(text.encode(), 9, mtime=0))


def everything() -> dict[str, str]:
    """All files of the shop tag."""
    return build(extras=EXTRAS) | {"loader.js": loader() + "\n"}


def main() -> int:
    try:
        files = everything()
    except (BuildError, OSError) as error:
        print(f"tag/build.py: {error}", file=sys.stderr)
        return 1
    BUILT.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (BUILT / name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text.encode())} bytes, {zipped_size(text)} gzip")
    return 0


if __name__ == "__main__":
    sys.exit(main())
