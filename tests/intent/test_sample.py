"""Of a large shop some customers are learned from: with all of what they did, and under numbers of their own."""

from __future__ import annotations

import numpy as np
import pytest

from shopkeeper.forecasts import sample as drawing
from shopkeeper.forecasts.purchases import Looks, Site, no_site
from shopkeeper.forecasts.sample import sample
from tests.intent.planted import PEOPLE, Planted

CUSTOMERS = PEOPLE + 3


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "LINES", 4_000)


def test_all_are_learned_from_where_there_are_few(planted: Planted):
    assert sample(planted.purchases, CUSTOMERS) == (planted.purchases, CUSTOMERS, None, 1.0)


@pytest.mark.usefixtures("few")
def test_who_is_drawn_keeps_everything_they_bought(planted: Planted):
    some = sample(planted.purchases, CUSTOMERS)
    assert 3_900 < some.purchases.rows <= 4_000
    assert some.share == some.customers / CUSTOMERS
    assert set(some.purchases.customer.tolist()) == set(range(some.customers))
    every = np.bincount(planted.purchases.customer).tolist()
    assert all(every.count(n) for n in np.bincount(some.purchases.customer).tolist())


@pytest.mark.usefixtures("few")
def test_what_the_site_saw_stays_with_who_did_it(planted: Planted):
    """Everybody looked at the product with the number of their purchases."""
    bought = np.bincount(planted.purchases.customer, minlength=CUSTOMERS).astype(np.int32)
    everybody = np.arange(CUSTOMERS, dtype=np.int32)
    looks = Looks(everybody, bought, np.full(CUSTOMERS, 7, np.int32), np.zeros(CUSTOMERS, bool))
    some = sample(planted.purchases, CUSTOMERS, Site(looks, no_site().searches))
    assert some.site is not None
    own = np.bincount(some.purchases.customer, minlength=some.customers)
    assert np.array_equal(some.site.looks.product, own[some.site.looks.customer])
