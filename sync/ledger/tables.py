"""The ledger's tables. Times are ISO 8601 in UTC with microseconds, so that they sort as text.

An event is one opt-out that was accepted. Its targets are the people and records it must reach,
each with a state of its own; it is settled when all of them are. A row is never deleted while it
is not settled.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy import Text as AnyText

FORMAT = 1
METADATA = MetaData()


class _ServersText(TypeDecorator[str]):
    """Sorts and compares by its bytes, whatever a server's language is: so do times then.

    PostgreSQL keeps no NUL, which an org's or a people side's sentence may have in it.
    """

    impl = AnyText
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(collation="C")

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return value if value is None else value.replace("\0", "\ufffd")


Text = AnyText().with_variant(_ServersText(), "postgresql")
# SQLite numbers rows by itself in a column of exactly this name.
Number = BigInteger().with_variant(Integer(), "sqlite")

META = Table("meta", METADATA, Column("name", Text, primary_key=True), Column("value", Text))

EVENTS = Table(
    "events",
    METADATA,
    Column("id", Number, primary_key=True),
    # Who vouched for it (a secret's name, or "stdin"), their id for it, and what exactly it said:
    # the same id with another body is another event.
    Column("sender", Text, nullable=False),
    Column("event_key", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("occurred_at", Text, nullable=False),
    Column("selector", Text, nullable=False),  # person, email or salesforce
    Column("selected", Text, nullable=False),  # emptied once the event is settled for long enough
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # The fields to set, by API name, with commas: decided when the event was accepted.
    Column("fields", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled_at", Text),
    UniqueConstraint("sender", "event_key", "body_hash"),
    Index("events_state", "state"),
)

TARGETS = Table(
    "targets",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("side", Text, nullable=False),  # people or org
    Column("key", Text, nullable=False),  # person_id, or an 18-character record id
    Column("person_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", Text, nullable=False),
    Column("code", Text, nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    Column("claim", Text),
    Column("claimed_until", Text),
    UniqueConstraint("event_id", "side", "key"),
    Index("targets_due", "state", "next_at"),
    Index("targets_person", "person_id"),
)

ALIASES = Table(
    "aliases",
    METADATA,
    Column("old_id", Text, primary_key=True),
    Column("live_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # merge, conversion or person-account
    Column("seen_at", Text, nullable=False),
    Index("aliases_live", "live_id"),
)

# Ids that the org showed as deleted for good, with nothing in their place: read again every night.
GONE = Table(
    "gone",
    METADATA,
    Column("record_id", Text, primary_key=True),
    Column("since", Text, nullable=False),
    Column("read_at", Text, nullable=False),
)

# Whom a night has handed over to a people side that has yet to show them.
HANDED_OVER = Table(
    "handed_over",
    METADATA,
    Column("person_id", Text, primary_key=True),
    Column("since", Text, nullable=False),
)

# What needs a person: one row for each target that was refused, event or night alike.
QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("side", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("tried_at", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("acknowledged_until", Text),
    Column("acknowledged_by", Text),
    UniqueConstraint("side", "key"),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("run_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # adopt or nightly
    Column("fields", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("finished_at", Text),
    Column("phase", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("facts", Text, nullable=False),  # JSON: counts, held, seconds of each phase
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("job_id", Text, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # query or ingest
    Column("purpose", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("ended_at", Text),
)

LEASES = Table(
    "leases",
    METADATA,
    Column("org_id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("expires_at", Text, nullable=False),
)

# A person asked in writing to be mailed again. `at` is T by our clock: what was received before it
# is closed. `owner` and `epoch` are the lease under which it is carried out.
RESUBSCRIBES = Table(
    "resubscribes",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("at", Text, nullable=False),
    Column("org_at", Text, nullable=False),  # T by the org's clock
    Column("person_id", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("org_id", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("ended_at", Text),
    Column("detail", Text, nullable=False, default=""),
    Index("resubscribes_state", "state"),
)

# Everybody and everything a resubscribe covers, as it was read when it began.
RESUBSCRIBE_MEMBERS = Table(
    "resubscribe_members",
    METADATA,
    Column("resubscribe_id", ForeignKey("resubscribes.id"), primary_key=True),
    Column("side", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("standing", Text, nullable=False),  # live, dead or unseen
    Column("opted_out", Integer, nullable=False),
    Column("stamp", Text, nullable=False),  # when its side last changed it, as that side says
    Column("cleared_at", Text),
    Index("resubscribe_members_key", "key"),
)

# Who drains and runs nights on PostgreSQL, so that status can say whom it has heard from.
WORKERS = Table(
    "workers",
    METADATA,
    Column("name", Text, primary_key=True),  # the machine's name and the process's number
    Column("started_at", Text, nullable=False),
    Column("heard_at", Text, nullable=False),
    Column("rounds", Number, nullable=False),
    Column("people", Number, nullable=False),  # targets told on each side since it started
    Column("org", Number, nullable=False),
)

# What people decided: the nightly's switch, adoptions, approvals, acknowledgements, rebindings.
AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Number, primary_key=True),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
