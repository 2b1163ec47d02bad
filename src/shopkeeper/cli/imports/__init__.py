"""The commands that bring in files of other systems, and what they tell.

Reading the files is the room `imports/`; nothing here writes to a table. Start reading in `commands.py`.
"""
