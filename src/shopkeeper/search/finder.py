"""The index kept current: opened when it is first wanted, brought up to the catalogue, made anew where it does not fit."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

from msgspec.structs import replace

from shopkeeper.catalogue import Catalogue, changed_ids, current_version, descriptions
from shopkeeper.model.definitions import SearchSettings
from shopkeeper.model.errors import Unavailable
from shopkeeper.search import files
from shopkeeper.search.ask import Asking, Reader
from shopkeeper.search.documents import Fields, document, face_of, keys_of
from shopkeeper.search.question import Found, Question
from shopkeeper.search.vocabulary import Vocabulary
from shopkeeper.storage import Connection
from shopkeeper.storage.lock import hold

ANEW = 0.2
"""Where more of the catalogue changed than this share, the index is made anew."""
CHUNK = 200
"""Documents made between two rests."""
PATIENCE_S = 20.0
"""How long a question waits for an index that is being made."""
KEPT_PATIENCE_S = 1.0
"""The same where others wait for their answers behind it."""
SMALL = 2_000
"""Products whose index is made while a question waits for it."""
log = logging.getLogger(__name__)
Value = TypeVar("Value")


class Finder:
    """Finds products. Many threads may ask; one at a time brings the index up to date."""

    def __init__(self, home: Path, shop: str) -> None:
        """`home` is a folder for the index, made when it is needed; `shop` tells one shop from another."""
        self._home = home
        self._shop = shop
        self._reader: Reader | None = None
        self._settings = ""
        self._updating = threading.Lock()
        self._late = False
        """Whether somebody waited for the index in vain: nobody else does."""
        self.kept = False
        """Whether somebody keeps the index up beside those who ask: a question then makes no large one itself."""

    @property
    def version(self) -> int:
        """Of the catalogue that is found; -1 before the index was opened."""
        return self._reader.version if self._reader else -1

    def ask(
        self,
        conn: Connection,
        catalogue: Catalogue,
        question: Question,
        settings: SearchSettings,
        currency: str,
        popular: Callable[[], Sequence[str]] = list,
        *,
        discovered: bool = True,
    ) -> Found:
        """The answer to a question. Unavailable while the index is made for the first time, and that takes long."""

        def ask(reader: Reader) -> Found:
            return Asking(reader, question, settings, currency, popular, discovered=discovered).answer()

        found = self._with_reader(conn, catalogue, settings, currency, ask)
        hits = [replace(hit, product=face.id) for hit in found.hits if (face := face_of(hit.id, catalogue))]
        return replace(found, hits=hits)

    def matching(
        self, conn: Connection, catalogue: Catalogue, text: str, settings: SearchSettings, currency: str
    ) -> list[str]:
        """Every product that has all the words of a text, with its variants; ids in their order."""

        def every(reader: Reader) -> list[str]:
            return Asking(reader, Question(q=text), settings, currency).every()

        keys = self._with_reader(conn, catalogue, settings, currency, every)
        return sorted({id for key in keys for id in catalogue.group(key) if not catalogue.products[id].retired_at})

    def catch_up(
        self,
        conn: Connection,
        catalogue: Catalogue,
        settings: SearchSettings,
        currency: str,
        rest: Callable[[], None] = lambda: None,
    ) -> bool:
        """Bring the index up to the catalogue; whether it is. False where another process is at it just now.

        `rest` is called now and then while an index is made anew.
        """
        wanted = _digest(self._shop, settings, currency)
        with self._updating:
            if self._reader is not None and self._settings == wanted and self._reader.version == catalogue.version:
                return True
            try:
                self._home.mkdir(parents=True, exist_ok=True)
                with hold(self._home):
                    self._update(conn, catalogue, settings, currency, wanted, rest)
            except Unavailable:
                # Another process holds it: what is there is taken as it is.
                stamp = files.read_stamp(self._home)
                if stamp is not None and stamp.settings == wanted:
                    self._take(files.open_index(self._home, stamp), stamp.version, wanted)
                return False
            return True

    def _update(
        self,
        conn: Connection,
        catalogue: Catalogue,
        settings: SearchSettings,
        currency: str,
        wanted: str,
        rest: Callable[[], None],
    ) -> None:
        stamp = files.read_stamp(self._home)
        # What is read and what is held may be of two versions: a change just being written, or one not taken up yet.
        upto = min(catalogue.version, current_version(conn))
        if stamp is not None and stamp.settings == wanted and stamp.version > upto and self._reader is not None:
            self._take(files.open_index(self._home, stamp), stamp.version, wanted)  # somebody who saw more was quicker
            return
        if stamp is not None and stamp.settings == wanted and stamp.version <= upto:
            changed = changed_ids(conn, stamp.version) if stamp.version < upto else []
            if len(changed) <= max(CHUNK, ANEW * len(catalogue.products)):
                try:
                    index = files.open_index(self._home, stamp)
                    added = self._renew(conn, index, changed, catalogue, settings, currency) if changed else []
                    if changed:
                        files.write_stamp(self._home, stamp.folder, upto, wanted)
                    self._take(index, upto, wanted, added if stamp.version == self.version else None)
                    return
                except BaseException as error:
                    if not _broken(error):
                        raise
                    log.warning("the search index was broken and is made anew: %s", error)
        index, folder = files.new_index(self._home)
        writer = index.writer(files.HEAP, 1)
        for fields in _documents(conn, keys_of(catalogue), catalogue, settings.language, currency, rest):
            _add(writer, fields)
        writer.commit()
        writer.wait_merging_threads()
        files.write_stamp(self._home, folder, upto, wanted)
        self._take(index, upto, wanted)

    def _renew(
        self,
        conn: Connection,
        index: Any,
        changed: Sequence[str],
        catalogue: Catalogue,
        settings: SearchSettings,
        currency: str,
    ) -> list[Fields]:
        """Write the documents anew that products with these ids belong to, and those they belonged to; the words of the
        new ones.
        """
        from tantivy import Query  # noqa: PLC0415 - see `files.py`

        searcher = index.searcher()
        before = searcher.search(
            Query.term_set_query(index.schema, "ids", list(changed)), limit=len(changed) + 1, count=False
        )
        keys = {searcher.doc(address)["key"][0] for _, address in before.hits}
        keys.update(catalogue.same(id) for id in changed)
        writer = index.writer(files.SMALL_HEAP, 1)
        for key in keys:
            writer.delete_documents_by_term("key", key)
        added = []
        for fields in _documents(conn, sorted(keys), catalogue, settings.language, currency):
            _add(writer, fields)
            if fields:
                added.append({name: fields[name] for name in ("words", "title")})
        writer.commit()
        writer.wait_merging_threads()
        return added

    def _take(self, index: Any, version: int, settings: str, added: Sequence[Fields] | None = None) -> None:
        """Answer from an index from now on; `added` are the documents it has more than the one before, if that is known."""
        index.reload()
        searcher, before = index.searcher(), self._reader
        if before is not None and added is not None:
            words = Vocabulary(_said(added, "words"), before.words)
            stems = Vocabulary(_said(added, "title"), before.stems)
        else:
            words, stems = (_vocabulary(searcher, name) for name in ("words", "title"))
        self._reader, self._settings = Reader(index, searcher, version, words, stems), settings

    def _with_reader(
        self,
        conn: Connection,
        catalogue: Catalogue,
        settings: SearchSettings,
        currency: str,
        ask: Callable[[Reader], Value],
    ) -> Value:
        """Ask the index as it stands; where it turns out to be broken it is made anew, and asked again."""
        reader = self._reader or self._first(conn, catalogue, settings, currency)
        try:
            return ask(reader)
        except BaseException as error:
            if not _broken(error):
                raise
            log.warning("the search index was broken and is made anew: %s", error)
        with self._updating, suppress(OSError):
            (self._home / "current.json").unlink()
        self._reader = None
        return ask(self._first(conn, catalogue, settings, currency))

    def _first(self, conn: Connection, catalogue: Catalogue, settings: SearchSettings, currency: str) -> Reader:
        waits = self.kept and len(catalogue.products) > SMALL
        until = monotonic() + (0 if waits and self._late else KEPT_PATIENCE_S if waits else PATIENCE_S)
        while self._reader is None and monotonic() < until:
            if not waits and self.catch_up(conn, catalogue, settings, currency):
                break
            sleep(0.05)
        self._late = self._reader is None
        if self._reader is None:
            raise Unavailable("search_not_ready", "The search index is being made", hint="Ask again in a few seconds.")
        return self._reader


def _documents(
    conn: Connection,
    keys: Iterable[str],
    catalogue: Catalogue,
    language: str,
    currency: str,
    rest: Callable[[], None] = lambda: None,
) -> Iterator[Fields | None]:
    """The documents of these keys; the long texts of some at a time are held."""
    left = iter(keys)
    while part := list(islice(left, CHUNK)):
        rest()
        texts = descriptions(conn, [id for key in part for id in catalogue.group(key)])
        yield from (document(key, catalogue, texts, language, currency) for key in part)


def _vocabulary(searcher: Any, field: str) -> Vocabulary:
    return Vocabulary(word for word, _ in searcher.terms_with_prefix(field, ""))


def _said(documents: Sequence[Fields], field: str) -> Iterator[str]:
    return (word for fields in documents for word in fields[field].split())


def _add(writer: Any, fields: Fields | None) -> None:
    if fields is None:
        return
    from tantivy import Document  # noqa: PLC0415 - see `files.py`

    added = Document()
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, bool):
                added.add_boolean(name, each)
            elif isinstance(each, int):
                added.add_integer(name, each)
            elif each:
                added.add_text(name, each)
    writer.add_document(added)


def _digest(shop: str, settings: SearchSettings, currency: str) -> str:
    """Of what documents depend on beside the catalogue."""
    return hashlib.blake2b(f"{shop} {settings.language} {currency}".encode(), digest_size=8).hexdigest()


def _broken(error: BaseException) -> bool:
    """Whether an error is the library's word for files that are not what they should be; its panics are no Exception."""
    return isinstance(error, ValueError | OSError) or type(error).__name__ == "PanicException"
