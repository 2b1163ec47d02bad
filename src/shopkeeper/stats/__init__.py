"""Owns the figures a merchant reads: each defined once, over a window.

May touch storage, model, the facts and the meanings. Start reading in `figures.py`.
"""

from shopkeeper.stats.figures import (
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
from shopkeeper.stats.report import report

__all__ = [
    "CampaignRow",
    "ClickTotal",
    "CommunicationRow",
    "Figures",
    "SequenceRow",
    "Window",
    "click_totals",
    "figures",
    "report",
    "rolling",
    "whole_period",
]
