"""Errors a person may see: each says what was wrong, where, and what to do about it."""

from __future__ import annotations


class ShopkeeperError(Exception):
    """Base of every error that is meant to be read by a shop owner or developer.

    `code` is stable and machine readable, `message` says what is wrong, `where` points at the place
    (a path in a document, a line of a file), `hint` says what to do. `status` is the HTTP status the
    API answers with and `exit_code` the one the command line ends with.
    """

    status = 400
    exit_code = 1

    def __init__(self, code: str, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        place = f" (at {self.where})" if self.where else ""
        advice = f" {self.hint}" if self.hint else ""
        return f"{self.message}{place}{'' if self.message.endswith('.') else '.'}{advice}"


class BadInput(ShopkeeperError):
    """Data sent or written by a person or program cannot be used."""

    exit_code = 2


class BadEvent(BadInput):
    """One event of a request cannot be accepted; it is kept among the rejects."""


class NotAllowed(ShopkeeperError):
    """The key or sign-in does not permit this."""

    status = 401


class NotFound(ShopkeeperError):
    """The thing named does not exist."""

    status = 404


class Conflict(BadInput):
    """It would undo what something else relies on."""

    status = 409


class Unavailable(ShopkeeperError):
    """Something outside the program (a port, a folder, a database) cannot be used now."""

    status = 503
    exit_code = 3
