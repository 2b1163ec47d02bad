"""The tag's files: under names that hold their version for ever; `t.js`, and the style sheet for shops that render on
their servers, also under their own names for a few minutes.
"""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from typing import NamedTuple

from shopkeeper.model.integrity import integrity_of

CROSS_ORIGIN = [(b"access-control-allow-origin", b"*"), (b"cross-origin-resource-policy", b"cross-origin")]
_FOR_EVER = b"public, max-age=31536000, immutable"
_SHORT = b"public, max-age=300"
_TYPES = {"js": b"text/javascript; charset=utf-8", "css": b"text/css; charset=utf-8"}
ALIAS = "t.js"
_ALIASES = (ALIAS, "look.css")

Headers = list[tuple[bytes, bytes]]


class File(NamedTuple):
    """One file as it goes over the wire."""

    plain: bytes
    packed: bytes
    kind: bytes
    cached: bytes


class TagFiles:
    """What `tag/build.py` built, read once."""

    def __init__(self) -> None:
        folder = files("shopkeeper.api").joinpath("static")
        self.version = folder.joinpath("version.txt").read_text(encoding="utf-8").strip()
        self.loader = folder.joinpath("loader.js").read_text(encoding="utf-8").strip()
        self._files: dict[str, File] = {}
        self._hashes: dict[str, str] = {}
        """Of every script by its name with version, as `integrity` wants it."""
        for each in folder.iterdir():
            stem, _, ending = each.name.rpartition(".")
            if ending not in _TYPES or stem == "loader":
                continue
            plain = each.read_bytes()
            packed, kind = gzip.compress(plain, 9, mtime=0), _TYPES[ending]
            self._files[f"{stem}.{self.version}.{ending}"] = File(plain, packed, kind, _FOR_EVER)
            if each.name in _ALIASES:
                self._files[each.name] = File(plain, packed, kind, _SHORT)
            if ending == "js":
                self._hashes[f"{stem}.{self.version}.js"] = integrity_of(plain)
        self.integrity = self._hashes[f"t.{self.version}.js"]
        """The hash of the core."""

    @property
    def names(self) -> set[str]:
        """The files without their version."""
        return {name.replace(f".{self.version}.", ".") for name in self._files}

    def packed_size(self, name: str) -> int:
        """Bytes of a file on the wire."""
        stem, _, ending = name.rpartition(".")
        return len(self._files[f"{stem}.{self.version}.{ending}"].packed)

    def find(self, name: str, accepted: bytes) -> tuple[bytes, Headers] | None:
        """Body and headers of a file, packed where the browser takes gzip; None for what is not there (any more)."""
        found = self._files.get(name)
        if found is None:
            return None
        packed = b"gzip" in accepted
        headers = [(b"content-type", found.kind), (b"cache-control", found.cached), (b"vary", b"accept-encoding")]
        encoding = [(b"content-encoding", b"gzip")] if packed else []
        return found.packed if packed else found.plain, [*headers, *encoding, *CROSS_ORIGIN]

    def snippet(self, base: str, prefix: str, write_key: str, *, pinned: bool, ask_first: bool) -> str:
        """The lines for the shop's pages. `pinned` names this version with its hash: another one is refused.

        What the script loads by `import()` is held to its hash as well, by an import map ahead of it.
        """
        consent = ' data-consent="pending"' if ask_first else ""
        loader = f"<script>{self.loader}</script>"
        rest = f'data-key="{write_key}"{consent}></script>'
        if not pinned:
            return f'{loader}\n<script async src="{base}{prefix}/{ALIAS}" {rest}'
        own = f"t.{self.version}.js"
        extras = {f"{base}{prefix}/{name}": known for name, known in sorted(self._hashes.items()) if name != own}
        map_ = f'<script type="importmap">{json.dumps({"integrity": extras}, separators=(",", ":"))}</script>'
        script = f'<script async src="{base}{prefix}/{own}" integrity="{self.integrity}" crossorigin {rest}'
        return f"{map_}\n{loader}\n{script}"
