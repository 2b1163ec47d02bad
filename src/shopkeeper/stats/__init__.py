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
    Window,
    click_totals,
    figures,
    rolling,
    whole_period,
)
from shopkeeper.stats.headline import Headline, Point, Series, headline, series
from shopkeeper.stats.report import report

__all__ = [
    "DEFINITIONS",
    "CampaignRow",
    "ClickTotal",
    "CommunicationRow",
    "Figures",
    "Headline",
    "Point",
    "SequenceRow",
    "Series",
    "Window",
    "click_totals",
    "figures",
    "headline",
    "report",
    "rolling",
    "series",
    "whole_period",
]
