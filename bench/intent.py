"""Purchase intent on Complete Journey, by the protocol of its floors: a temporal split, fixed seeds, means over sets.

Everything is known until day T, 28 days before the end; who bought of a set in the 28 days after T is to be found.
Training cutoffs lie at T - 28 and earlier, and no label reaches beyond T. Sets are drawn in equal parts: single products,
categories, lists of 3 to 20, and launch lists (never sold before T). `all` and `repeat` are over sets that were sold before,
launch lists stand apart, `never bought` is over all sets; `all four kinds` is `all` with the launch lists.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bench import journey_purchases, recommend
from bench.figure import Figure, table
from shopkeeper.forecasts import learn
from shopkeeper.forecasts.draw import draw
from shopkeeper.forecasts.features import DENSE, OWN, Features, features
from shopkeeper.forecasts.judge import (
    Line,
    Scorer,
    Trial,
    activity,
    anchored_model,
    calibration,
    counted,
    expected_error,
    model,
)
from shopkeeper.forecasts.logistic import Rows, gather
from shopkeeper.forecasts.purchases import Doubles
from shopkeeper.forecasts.space import Space, space

HORIZON = 28
SETS = 400
SEED = 2017
SHOWN = ("all", "repeat", "never bought", "launch", "all four kinds", "single", "category", "mixed")
FLOORS = (
    ("all", "auc", 0.82),
    ("all", "lift_5", 7.8),
    ("repeat", "auc", 0.74),
    ("never bought", "auc", 0.71),
    ("never bought", "lift_10", 3.0),
    ("launch", "auc", 0.74),
    ("all four kinds", "auc", 0.82),
    ("all four kinds", "lift_5", 7.8),
)


def measure(_folder: Path, _seconds: float, boosting: bool = False) -> list[Figure]:
    """Train, judge, and put the figures beside their floors."""
    started = time.process_time()
    purchases, products, customers, end = journey_purchases.read()
    day = end - HORIZON
    days = day - int(purchases.day.min())
    examples = []
    for number, cutoff in enumerate(learn.cutoffs(day, days)):
        known = space(purchases, products, customers, cutoff)
        examples += learn.examples_at(known, purchases, day, 1 + number)
    assert all(example.end <= day for example in examples), "a label lies after the day everything is known until"
    weights = learn.fit_all(examples)
    trained = time.process_time() - started
    known = space(purchases, products, customers, day)
    methods: dict[str, Scorer] = {
        "shop activity": activity,
        "times bought, 90-day decay": counted,
        "overdue ratio": _overdue,
        "item-item cosine": _one("goes_90"),
        "ALS (implicit)": _one("taste_mean"),
        "own decay + neighbours": _nearby,
    }
    if boosting:
        methods["LightGBM, 250 x 63"] = _boosted(examples)
    methods["ours, unanchored"] = model(weights)
    methods["ours"] = anchored_model(weights)
    trial = Trial(known, methods)
    for drawn in draw(known, purchases.between(day, day + HORIZON), SETS, SEED):
        trial.add(drawn, features(known, drawn.members, HORIZON))
    lines = trial.lines()
    Console(width=150).print(_table(lines, methods))
    return [*_floors(lines, trial), *_costs(len(examples), trained)]


def _one(feature: str) -> Scorer:
    def score(_known: Space, found: Features) -> Doubles:
        return np.asarray(found.dense[:, DENSE.index(feature)], np.float64)

    return score


def _overdue(known: Space, found: Features) -> Doubles:
    """How long ago the set was bought, in the customer's usual intervals."""
    score = np.zeros(known.past.customers)
    score[found.buyers] = found.own[:, OWN.index("due_ratio")]
    return score


def _nearby(known: Space, found: Features) -> Doubles:
    """What was bought of the set, as much as its buyers' nearest products were, each scaled to its largest."""
    own, near = np.zeros(known.past.customers), np.exp(found.dense[:, DENSE.index("goes_90")].astype(np.float64))
    own[found.buyers] = np.expm1(found.own[:, OWN.index("bought_90")].astype(np.float64))
    return np.asarray(0.7 * own / max(own.max(), 1e-9) + 0.3 * near / max(near.max(), 1e-9))


def _boosted(examples: list[learn.Example]) -> Scorer:
    import lightgbm  # noqa: PLC0415 - only where it is asked for

    rows = Rows(*(np.concatenate(column) for column in zip(*(e.rows for e in examples), strict=True)))
    said = {"objective": "binary", "num_leaves": 63, "learning_rate": 0.05, "num_threads": 1, "seed": 1, "verbose": -1}
    trees = lightgbm.train(said, lightgbm.Dataset(rows.x, rows.bought, weight=rows.weight), 250)

    def score(known: Space, found: Features) -> Doubles:
        x, _ = gather(known.about, found, np.arange(known.past.customers, dtype=np.int32))
        return np.asarray(trees.predict(x, num_threads=1))

    return score


def _of(lines: list[Line], method: str, part: str) -> Line:
    return next(line for line in lines if (line.method, line.part) == (method, part))


def _floors(lines: list[Line], trial: Trial) -> Iterator[Figure]:
    ours = {part: _of(lines, "ours", part) for part in SHOWN}
    for part, name, floor in FLOORS:
        yield Figure(f"intent, {part}: {name}", "", getattr(ours[part], name), floor, at_least=True)
    ahead = ours["never bought"].auc - _of(lines, "shop activity", "never bought").auc
    yield Figure("intent, never bought: AUC above activity", "", ahead, 0.05, at_least=True)
    for method in ("ours", "ours, unanchored"):
        chance, bought = trial.chances(method)
        error = expected_error(calibration(chance, bought))
        yield Figure(f"ECE, {method}", "", error, 0.005 if method == "ours" else None)
        yield Figure(f"Brier, {method}", "", float(((chance - bought) ** 2).mean()))
        yield Figure(f"median error of audience sizes, {method}", "", trial.size_error(method))
    yield Figure(
        "sets judged",
        "",
        sum(ours[kind].sets for kind in ("single", "category", "mixed", "launch")),
        300,
        at_least=True,
    )


def _costs(sets: int, seconds: float) -> Iterator[Figure]:
    yield Figure("sets learned from", "", sets, 600, at_least=True)
    yield Figure("training, processor time", "s", seconds)
    yield Figure("memory at most", "MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _table(lines: list[Line], methods: dict[str, Scorer]) -> Table:
    shown = Table(
        "method", *SHOWN, title="Purchase intent on Complete Journey, 28 days: AUC / PR-AUC / lift at 5 % / at 10 %"
    )
    for method in methods:
        cells = []
        for part in SHOWN:
            line = _of(lines, method, part)
            cells.append(f"{line.auc:.3f} / {line.pr_auc:.3f}\n{line.lift_5:.1f} / {line.lift_10:.1f}")
        shown.add_row(method, *cells)
    return shown


def main() -> None:
    """`python -m bench.intent`: the tables of methods, boosting too, of purchase intent and of recommenders, and the floors."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--no-boosting", action="store_true")
    asked = parser.parse_args()
    Console().print(table([*measure(Path(), 0, not asked.no_boosting), *recommend.quality()]))


if __name__ == "__main__":
    main()
