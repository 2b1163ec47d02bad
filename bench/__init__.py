"""The budgets, measured: `python -m bench` runs the real program and prints one table.

Start reading in `__main__.py`; each benchmark is one file that answers with `Figure`s.
"""
