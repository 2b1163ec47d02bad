"""shopkeeper: personalisation and campaign attribution for online shops, in one install."""

__version__ = "0.1.0"
