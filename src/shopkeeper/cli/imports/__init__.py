"""Files of other systems: orders, products and events from CSV, Parquet and JSON lines, and Complete Journey.

A reader turns rows into what the shop takes anyway (calls in the wire shape, products); nothing here writes to a table.
Start reading in `sheet.py` (a file as columns), then `orders.py`; the commands are in `commands.py`.
"""
