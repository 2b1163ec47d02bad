"""Owns what the marketer defines: shop, zones, campaigns and their versions, schedules and the order in each zone.

May touch storage and model. Start reading in `plan.py` (the compiled definitions every decision and credit uses).
"""

from shopkeeper.campaigns.definitions import Applied, apply_file, campaign_history, export_file, load_plan, rule_sets
from shopkeeper.campaigns.parse import (
    parse_file,
    parse_rules,
    parse_yaml,
    read_file,
    rules_said,
    to_yaml,
    to_yaml_text,
)
from shopkeeper.campaigns.plan import Placed, Plan, Served, meant_anew
from shopkeeper.campaigns.rules import page_fits, schedule_state
from shopkeeper.campaigns.store import MIGRATIONS

__all__ = [
    "MIGRATIONS",
    "Applied",
    "Placed",
    "Plan",
    "Served",
    "apply_file",
    "campaign_history",
    "export_file",
    "load_plan",
    "meant_anew",
    "page_fits",
    "parse_file",
    "parse_rules",
    "parse_yaml",
    "read_file",
    "rule_sets",
    "rules_said",
    "schedule_state",
    "to_yaml",
    "to_yaml_text",
]
