"""Owns the figures a merchant reads: each defined once, over a window.

May touch storage, model, the facts and the meanings. Start reading in `figures.py`.
"""

from shopkeeper.stats.figures import (
    DEFINITIONS,
    CampaignRow,
    ClickTotal,
    CommunicationRow,
    Figures,
    SequenceRow,
    click_totals,
    figures,
    rolling,
    whole_period,
)
from shopkeeper.stats.headline import Headline, Point, Series, headline, series
from shopkeeper.stats.report import report
from shopkeeper.stats.rollup import CLICKED_BY, Facts, next_unsummed, sum_up
from shopkeeper.stats.rules import Window
from shopkeeper.stats.store import MIGRATIONS, ROLLUPS

__all__ = [
    "CLICKED_BY",
    "DEFINITIONS",
    "MIGRATIONS",
    "ROLLUPS",
    "CampaignRow",
    "ClickTotal",
    "CommunicationRow",
    "Facts",
    "Figures",
    "Headline",
    "Point",
    "SequenceRow",
    "Series",
    "Window",
    "click_totals",
    "figures",
    "headline",
    "next_unsummed",
    "report",
    "rolling",
    "series",
    "sum_up",
    "whole_period",
]
