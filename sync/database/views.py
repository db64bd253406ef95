"""Transactions that only read: one consistent view, and no writer has to wait for it."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

_READING = "optout_reading"


def reading(engine: Engine) -> Connection:
    """A connection that only reads: one consistent view, and no other writer has to wait."""
    return engine.connect().execution_options(**{_READING: True})


def is_reading(connection: Connection) -> bool:
    """Whether `reading` gave this connection: what begins now is to read only."""
    return bool(connection.get_execution_options().get(_READING))
