"""Booleans and times in whatever column an existing table keeps them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, DateTime, Dialect, Integer, Numeric, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from deployer.errors import BadInput
from sync.people.moments import in_utc, read_moment, to_text


class Flag(TypeDecorator[bool]):
    """True or false, in a boolean column or as 1 and 0 in a number's; NULL is false."""

    impl = Boolean
    cache_ok = True

    def __init__(self, kept: TypeEngine[Any]) -> None:
        super().__init__()
        self.numeric = isinstance(kept, Numeric | Integer)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # SQLite keeps any text in a boolean's column, and its own type reads each as true.
        plain = self.numeric or dialect.name == "sqlite"
        return dialect.type_descriptor(Integer() if plain else Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:  # noqa: FBT001 - SQLAlchemy's signature
        del dialect
        return int(bool(value)) if self.numeric else bool(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool:
        del dialect
        if isinstance(value, str | bytes):
            raise BadInput(
                "the column for unsubscribed holds a text, which is neither yes nor no",
                where="[people.columns]",
                hint="store true and false there, or name another column",
            )
        return bool(value)


class Moment(TypeDecorator[datetime]):
    """An aware time, in a column for times or as ISO 8601 in a text; other texts are no time."""

    impl = Text
    cache_ok = True

    def __init__(self, kept: TypeEngine[Any]) -> None:
        super().__init__()
        self.native = isinstance(kept, DateTime)
        self.zoned = isinstance(kept, DateTime) and kept.timezone

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kept = DateTime(timezone=self.zoned) if self.native else Text()
        return dialect.type_descriptor(kept)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        del dialect
        if value is None:
            return None
        if not self.native:
            return to_text(value)
        return in_utc(value) if self.zoned else in_utc(value).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        del dialect
        return in_utc(value) if isinstance(value, datetime) else read_moment(value or "")


# What a column must be to keep what we keep in it, and how that is called.
FITTING: dict[str, tuple[tuple[type[TypeEngine[Any]], ...], str]] = {
    "unsubscribed": ((Boolean, Integer, Numeric), "a boolean or a number"),
    "unsubscribed_at": ((DateTime, String), "a time or a text"),
}
