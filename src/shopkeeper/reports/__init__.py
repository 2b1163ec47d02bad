"""Owns the reports that every door offers alike (page, API, command line, CSV, Parquet) and the data doctor.

May touch the acts and what lies below them. Start reading in `listed.py`, the registered list of reports.
"""

from shopkeeper.reports.listed import LISTED
from shopkeeper.reports.report import Asked, Field, Report, asked, csv_of, parquet_of, records

__all__ = ["LISTED", "Asked", "Field", "Report", "asked", "csv_of", "parquet_of", "records"]
