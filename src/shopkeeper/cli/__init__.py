"""Owns the command line: verbs a person would guess, words for people and JSON for programs.

May touch everything, and alone may start the simulator. Start reading in `main.py`.
"""
