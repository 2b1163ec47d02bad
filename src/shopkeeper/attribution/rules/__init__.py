"""The rules of attribution, pure: values in, values out.

`words.py` says what touches, sales and credits are; `touches.py` which acts are touches; `paths.py` which of them an
order looks back at; `models.py` and `markov.py` how several share; `products.py` who earns a line; `reckon.py` puts it
together; `ledger.py` what a change of credit writes down.
"""
