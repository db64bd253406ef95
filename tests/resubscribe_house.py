"""What tests of a resubscribe have in common: how to ask, and what is so then."""

from __future__ import annotations

from sync.fields import EMAIL_OPT_OUT
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.logbook import read_audit
from sync.resubscribe.component import Sources
from sync.resubscribe.walk import Asked, Resubscribed, resubscribe


def ask(house, who: str = "ann", agree=lambda _: None) -> Resubscribed:
    """Resubscribe somebody, a minute after whatever was before."""
    house.clock.sleep(60)
    sources = Sources(house.ledger, house.people, house.open_org(), (EMAIL_OPT_OUT,))
    asked = Asked(who, "Ada", "asked in writing", agree)
    return resubscribe(sources, asked, f"word-{next(house.numbers)}")


def opt_out(house, person: str, record: str) -> None:
    """Somebody who holds this record is opted out on both sides, a minute ago."""
    house.person(person, record)
    house.accept(Selector.PERSON, person)
    house.drain()
    house.clock.sleep(60)


def late(house, person: str, at) -> int:
    """An unsubscribe that happened then, and is collected now."""
    event = NewEvent("test", "late", "", at, Selector.PERSON, person, (EMAIL_OPT_OUT,))
    return accept(house.ledger, [event])[0].id


def both(house, record: str, person: str = "ann") -> tuple[bool, bool]:
    """Whether the person and the record are opted out."""
    return house.out(person), house.ticked(record)


def actions(house) -> list[str]:
    """What the audit says was decided."""
    with house.ledger.engine.begin() as db:
        return [decision.action for decision in read_audit(db)]


def is_clear(asked) -> bool:
    """Whether the runner asks the org to clear a box."""
    return asked.method == "PATCH" and "/sobjects/Contact/" in asked.path
