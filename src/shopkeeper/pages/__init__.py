"""Owns how pages look and go out: templates and styles, tables with their twins, charts, the wording of figures.

May touch the engine and what lies below it. Start reading in `page.py`, then `table.py`.
"""
