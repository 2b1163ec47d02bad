"""The reports that every door offers alike, as a registered list: page, API, command line, CSV and Parquet.

`LISTED` is the list. A report's rows are structs; `sheet` makes flat records of them.
"""

from shopkeeper.engine.reports.listed import LISTED
from shopkeeper.engine.reports.report import Asked, Field, Report, asked, csv_of, parquet_of, records

__all__ = ["LISTED", "Asked", "Field", "Report", "asked", "csv_of", "parquet_of", "records"]
