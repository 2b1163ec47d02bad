"""A model as files: columns that are mapped into memory when they are needed, shared by all processes that ask."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from shopkeeper.forecasts.index import Index
from shopkeeper.forecasts.logistic import Weights
from shopkeeper.forecasts.purchases import Products
from shopkeeper.forecasts.space import Level, Space
from shopkeeper.forecasts.web import Looked, Searched
from shopkeeper.model.errors import Unavailable
from shopkeeper.outlook.customers import Foretold
from shopkeeper.recommenders.marks import Marks

PRODUCTS, PEOPLE = "products.msgpack", "people.msgpack"


class Model(NamedTuple):
    """One version, ready to be asked."""

    version: int
    space: Space
    weights: Weights | None
    """None where there was too little to learn from."""
    people: list[str]
    """Each customer's person."""
    places: dict[str, int]
    """Person -> their place among the customers."""
    numbers: dict[str, int]
    """Product id -> its number."""
    foretold: Foretold | None
    """What is foretold of each customer; None where the past is too short."""


class _Said(msgspec.Struct):
    """What is not a column."""

    day: int
    customers: int
    ids: list[str]
    names: list[str]
    labels: list[list[str]]
    levels: list[int]
    """How many codes each level has."""
    learnt: bool
    foretold: bool
    marks: bool
    """Whether it is known what products say."""


def save(
    folder: Path, space: Space, weights: Weights | None, people: list[str], foretold: Foretold | None = None
) -> None:
    """Write a model; the folder appears whole or not at all. Raises Unavailable where it cannot be written."""
    unfinished = folder.with_name(f"{folder.name}-unfinished")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for name, column in _columns("", space):
            _write(unfinished / f"{name}.npy", column)
        for kind, more in (("weights", weights), ("foretold", foretold)):
            for name, column in _columns(kind, more):
                _write(unfinished / f"{name}.npy", column)
        index, products = space.past, space.past.products
        said = _Said(
            index.day,
            index.customers,
            products.ids,
            products.names,
            list(products.labels),
            [level.codes for level in space.levels],
            weights is not None,
            foretold is not None,
            products.marks is not None,
        )
        (unfinished / PEOPLE).write_bytes(msgspec.msgpack.encode(people))
        (unfinished / PRODUCTS).write_bytes(msgspec.msgpack.encode(said))
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    except OSError as error:
        raise Unavailable(
            "model_not_writable",
            f"The model in {folder} cannot be written ({error.strerror or error})",
            hint="Check that this user may write there and that the disk is not full.",
        ) from error


def _columns(name: str, value: Any) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Every array of nested tuples, by its path."""
    if isinstance(value, np.ndarray):
        yield name, value
    elif isinstance(value, tuple):
        fields = getattr(value, "_fields", range(len(value)))
        for field, inner in zip(fields, value, strict=True):
            yield from _columns(f"{name}.{field}" if name else str(field), inner)


def _write(path: Path, column: npt.NDArray[Any]) -> None:
    with path.open("wb") as file:
        np.save(file, column)
        file.flush()
        os.fsync(file.fileno())


def load(folder: Path, version: int) -> Model:
    """Open a model. Raises Unavailable where its files are missing or broken."""
    try:
        said = msgspec.msgpack.decode((folder / PRODUCTS).read_bytes(), type=_Said)
        return _built(folder, version, said)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise Unavailable(
            "model_unreadable", f"The model in {folder} cannot be read: {error}", hint="Run `shopkeeper intent train`."
        ) from error


def _built(folder: Path, version: int, said: _Said) -> Model:
    def column(name: str) -> Any:
        found = np.load(folder / f"{name}.npy", mmap_mode="r") if (folder / f"{name}.npy").stat().st_size else None
        return np.asarray(found)

    def of(kind: Any, name: str, **known: Any) -> Any:
        return kind(**{field: known[field] if field in known else column(f"{name}.{field}") for field in kind._fields})

    count = range(len(said.levels))
    levels = tuple(column(f"past.products.levels.{n}") for n in count)
    marks = of(Marks, "past.products.marks") if said.marks else None
    products = Products(said.ids, said.names, levels, tuple(said.labels), marks)
    index = of(Index, "past", day=said.day, customers=said.customers, products=products, share=1.0)
    space = Space(
        past=index,
        about=column("about"),
        items=column("items"),
        people=column("people"),
        levels=tuple(of(Level, f"levels.{n}", codes=said.levels[n]) for n in count),
        leading=tuple((column(f"leading.{n}.0"), column(f"leading.{n}.1")) for n in count),
        looks=of(Looked, "looks"),
        searches=of(Searched, "searches"),
        known=column("known"),
        missing=column("missing"),
    )
    weights = of(Weights, "weights") if said.learnt else None
    numbers = {id: number for number, id in enumerate(said.ids)}
    foretold = of(Foretold, "foretold") if said.foretold else None
    people = msgspec.msgpack.decode((folder / PEOPLE).read_bytes(), type=list[str])
    places = {person: place for place, person in enumerate(people)}
    return Model(version, space, weights, people, places, numbers, foretold)
