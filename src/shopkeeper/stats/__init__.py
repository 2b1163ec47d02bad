"""Owns the figures a merchant reads: each defined once, over a window.

May touch storage, model, the facts and the meanings. Start reading in `figures.py`.
"""

from shopkeeper.stats.audit import Audited, Difference, Reconciliation, audit, reconcile
from shopkeeper.stats.behind import FIGURES, OBJECTS, BehindRow, behind
from shopkeeper.stats.clicks import ClickTotal, click_totals
from shopkeeper.stats.emails import EmailRow, emails
from shopkeeper.stats.figures import (
    DEFINITIONS,
    CampaignRow,
    CommunicationRow,
    Figures,
    SequenceRow,
    figures,
    rolling,
    whole_period,
)
from shopkeeper.stats.headline import Headline, Point, Series, headline, series
from shopkeeper.stats.panels import PanelRow, panel, panel_of_groups
from shopkeeper.stats.recommenders import RecommenderRow, recommender_roi
from shopkeeper.stats.report import report
from shopkeeper.stats.rollup import CLICKED_BY, Facts, next_unsummed, sum_up
from shopkeeper.stats.rules import Window
from shopkeeper.stats.store import MIGRATIONS, ROLLUPS
from shopkeeper.stats.variants import VariantRow, variants

__all__ = [
    "CLICKED_BY",
    "DEFINITIONS",
    "FIGURES",
    "MIGRATIONS",
    "OBJECTS",
    "ROLLUPS",
    "Audited",
    "BehindRow",
    "CampaignRow",
    "ClickTotal",
    "CommunicationRow",
    "Difference",
    "EmailRow",
    "Facts",
    "Figures",
    "Headline",
    "PanelRow",
    "Point",
    "RecommenderRow",
    "Reconciliation",
    "SequenceRow",
    "Series",
    "VariantRow",
    "Window",
    "audit",
    "behind",
    "click_totals",
    "emails",
    "figures",
    "headline",
    "next_unsummed",
    "panel",
    "panel_of_groups",
    "recommender_roi",
    "reconcile",
    "report",
    "rolling",
    "series",
    "sum_up",
    "variants",
    "whole_period",
]
