"""Owns the mathematics of purchase intent: from columns of purchases to chances, reasons and a back-test.

May touch nothing but arrays: no store, no files, no clock. Start reading in `features.py` (what speaks for a purchase), then
`learn.py` (how it is weighed and judged), `rank.py` and `reasons.py`.
"""
