"""Owns what pages are made of: tables with their twins, charts, and how figures, times and money are worded.

May touch definitions, figures and storage. Start reading in `table.py`.
"""
