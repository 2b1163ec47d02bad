"""The data doctor: what is wrong with the data that comes in, as a registered list of small checks.

Each check answers how often it found something, with an example and what to do. `CHECKS` is the list.
"""

from shopkeeper.reports.doctor.case import Case
from shopkeeper.reports.doctor.examine import CHECKS, Finding, examine, findings

__all__ = ["CHECKS", "Case", "Finding", "examine", "findings"]
