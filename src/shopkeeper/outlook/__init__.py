"""Owns what is foretold of each customer whatever they buy: whether they come back, what they spend, when they order next.

May touch nothing but arrays, and forecasts, whose index and mathematics it uses. Start reading in `customers.py`.
"""
