"""Builds the tag: the modules of tag/src, in the order they import each other, as one small classic script.

Bundling is textual, so it refuses what it could get wrong: imports and exports are plain named ones at the start of
a line, and no two modules use the same name at top level. The minifier is tdewolff's, in the pinned version of the
test requirements; what the browser tests run is what it built.

    python tag/build.py            writes src/shopkeeper/api/static/t.js
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path

import minify  # type: ignore[import-untyped]

SOURCE = Path(__file__).parent / "src"
BUILT = Path(__file__).parent.parent / "src" / "shopkeeper" / "api" / "static" / "t.js"
EXTRAS = ("kinds",)
"""Modules that are files of their own."""
HEAD = "/* shopkeeper, Apache-2.0 */"

IMPORT = re.compile(r'import (?:\{ (?P<names>[\w, ]+) \}|(?P<css>\w+)) from "\./(?P<file>[\w.]+)";')
DECLARATION = re.compile(r"(?P<export>export )?(?:async )?(?:function|const|let|class) (?P<name>\w+)")


class BuildError(Exception):
    """The source uses something this builder does not understand; says where."""


class Builder:
    """Collects modules, each after those it imports."""

    def __init__(self, source: Path) -> None:
        self.source = source
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
        self.add(wanted, (*above, file))
        if missing := set(imported["names"].split(", ")) - self.exports[wanted]:
            raise BuildError(f"{file}: {wanted} does not export {', '.join(sorted(missing))}")
        return []

    def _own(self, name: str, file: str) -> None:
        if name in self.owners:
            raise BuildError(f"{file}: {name} is declared in {self.owners[name]} already")
        self.owners[name] = file


def build_extra(name: str, source: Path = SOURCE) -> str:
    """The text of a module that the tag fetches when it is used."""
    builder = Builder(source)
    builder.add(f"{name}.js")
    exports = ", ".join(sorted(builder.exports[f"{name}.js"]))
    bundle = "\n".join([*builder.lines, f"export {{ {exports} }};"])
    return f"{HEAD}\n{minify.string('application/javascript', bundle)}\n"


def build(source: Path = SOURCE) -> str:
    """The text of the built script."""
    builder = Builder(source)
    builder.add("main.js")
    bundle = "\n".join(["(() => {", '"use strict";', "try {", *builder.lines, "} catch {}", "})();"])
    return f"{HEAD}\n{minify.string('application/javascript', bundle)}\n"


def look(source: Path = SOURCE) -> str:
    """The style sheet of what is shown."""
    return str(minify.string("text/css", (source / "style.css").read_text(encoding="utf-8"))) + "\n"


def zipped_size(text: str) -> int:
    """Bytes on the wire, gzip at its usual best."""
    return len(gzip.compress(text.encode(), 9, mtime=0))


def main() -> int:
    try:
        text = build()
    except (BuildError, OSError) as error:
        print(f"tag/build.py: {error}", file=sys.stderr)
        return 1
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    BUILT.write_text(text, encoding="utf-8")
    print(f"{BUILT.name}: {len(text.encode())} bytes, {zipped_size(text)} gzip")
    for name in EXTRAS:
        built = BUILT.with_name(f"{name}.js")
        built.write_text(build_extra(name), encoding="utf-8")
        print(f"{built.name}: {zipped_size(built.read_text(encoding='utf-8'))} gzip")
    BUILT.with_name("look.css").write_text(look(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
