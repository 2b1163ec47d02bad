"""The proof that history SQL, written once for DuckDB, can also be run by Spark."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from shopkeeper.model.errors import BadInput


def portable(sql: str) -> str:
    """The same query for Spark, with `{history}` as a table of the name `history`.

    Raises BadInput when it is not one statement, or uses what Spark does not have.
    """
    try:
        statements = sqlglot.parse(sql.replace("{history}", "history"), read="duckdb")
        if len(statements) != 1 or statements[0] is None:
            raise _not_portable("it is not exactly one statement")
        # sqlglot passes ASOF through, but Spark cannot parse it.
        if any((join.method or "").upper() == "ASOF" for join in statements[0].find_all(exp.Join)):
            raise _not_portable("Spark has no ASOF JOIN; use last_value(x ignore nulls) over (...)")
        return statements[0].sql(dialect="spark", unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        raise _not_portable(str(error).splitlines()[0]) from error


def _not_portable(reason: str) -> BadInput:
    return BadInput(
        "not_portable", f"This query cannot run on Spark: {reason}", hint="Write it in SQL that both engines know."
    )
