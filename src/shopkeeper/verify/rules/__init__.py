"""What is looked at and what it means; pure. Start reading in `words.py`."""
