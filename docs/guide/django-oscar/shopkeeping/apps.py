"""The app: `shopkeeping` in INSTALLED_APPS, before oscar's apps."""

from __future__ import annotations

from importlib import import_module

import segment.analytics
from django.apps import AppConfig
from django.conf import settings


class Shopkeeping(AppConfig):
    """Points Segment's client at shopkeeper; it sends in the background and tries again."""

    name = "shopkeeping"

    def ready(self) -> None:
        segment.analytics.host = settings.SHOPKEEPER_URL
        segment.analytics.write_key = settings.SHOPKEEPER_SECRET_KEY
        import_module("shopkeeping.receivers")
