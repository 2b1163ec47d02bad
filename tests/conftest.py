"""What every test runs under."""

from __future__ import annotations

from hypothesis import settings

# A machine shared by several workers is slow now and then; that is no failure of the property.
settings.register_profile("shopkeeper", deadline=None)
settings.load_profile("shopkeeper")
