"""The index on disk: a folder of its own, and one small file that says which it is and what it is an index of.

It is derived: whenever it does not fit (another format, shop or setting, a file that is missing or cut off), it is made
anew in a new folder, and the small file then names that one.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import Any

import msgspec

from shopkeeper.search.documents import FORMAT, TEXTS

_RAW = ("codes", "in_category", "brand_is", "tag_is")
_NAMES = ("brand_name", "category_path", "tag_name")
HEAP = 64_000_000
SMALL_HEAP = 15_000_000
"""Bytes a writer gathers before it writes; the least the library takes."""


class Stamp(msgspec.Struct, frozen=True):
    """What an index is of."""

    folder: str
    version: int
    """Of the catalogue."""
    settings: str
    """A digest of what documents depend on beside the catalogue."""
    files: dict[str, int]
    """File -> bytes, as they were left."""
    format: int = FORMAT


def read_stamp(home: Path) -> Stamp | None:
    """The index there is, if it is whole."""
    try:
        stamp = msgspec.json.decode((home / "current.json").read_bytes(), type=Stamp)
        whole = _sizes(home / stamp.folder)
    except (OSError, msgspec.MsgspecError, UnicodeError):
        return None
    fits = stamp.format == FORMAT and all(whole.get(name) == size for name, size in stamp.files.items())
    return stamp if fits and stamp.folder == Path(stamp.folder).name else None


def write_stamp(home: Path, folder: str, version: int, settings: str) -> Stamp:
    """Make a folder the index there is; what others have left lying is taken away."""
    stamp = Stamp(folder, version, settings, _sizes(home / folder))
    fresh = home / f"current.{os.getpid()}.tmp"
    fresh.write_bytes(msgspec.json.encode(stamp))
    fresh.replace(home / "current.json")
    for other in home.iterdir():
        if other.is_dir() and other.name != folder:
            shutil.rmtree(other, ignore_errors=True)
    return stamp


def new_index(home: Path) -> tuple[Any, str]:
    """An empty index in a folder of its own, and the folder's name."""
    # Deferred, here and below: a server that is not asked for a product does not load the library.
    from tantivy import Index  # noqa: PLC0415

    folder = f"index-{secrets.token_hex(4)}"
    (home / folder).mkdir(parents=True)
    return _with_words(Index(_schema(), path=str(home / folder))), folder


def open_index(home: Path, stamp: Stamp) -> Any:
    """The index a stamp speaks of. Raises ValueError or OSError where it is broken."""
    from tantivy import Index  # noqa: PLC0415

    return _with_words(Index.open(str(home / stamp.folder)))


def _with_words(index: Any) -> Any:
    from tantivy import TextAnalyzerBuilder, Tokenizer  # noqa: PLC0415

    index.register_tokenizer("words", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    return index


def _schema() -> Any:
    from tantivy import SchemaBuilder  # noqa: PLC0415

    builder = SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("ids", stored=True, tokenizer_name="raw", index_option="basic")
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="words", index_option="freq")
    builder.add_text_field("words", tokenizer_name="words", index_option="freq")
    for name in _RAW:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in _NAMES:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("price", "created_at"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("in_stock", "on_sale", "discovered"):
        builder.add_boolean_field(name, indexed=True, fast=True)
    return builder.build()


def _sizes(folder: Path) -> dict[str, int]:
    return {f.name: f.stat().st_size for f in folder.iterdir() if not f.name.startswith(".")}
