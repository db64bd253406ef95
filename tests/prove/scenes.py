"""Scenes: what is there, what the runner does, and what it does again once it was killed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from prove.oracle import Sown
from prove.stages import Place
from resubscribe_house import ask
from serve_house import facts_of, make_desk, said
from sync_house import House

from deployer.errors import TryLater
from sync.database.views import reading
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.events import Selector
from sync.ledger.fences import ResubscribeState
from sync.pushing import Taken, take_lines, tell_push
from sync.webhooks.lines import read_lines

FIELDS = (EMAIL_OPT_OUT,)
STRANGER = "nobody-yet"


class Names(Enum):
    """Which of a scene's points the short tier kills at."""

    ALL = "all"
    NEW = "those that no scene before it has"
    SOME = "a third, as the seed chooses"


@dataclass(frozen=True, slots=True)
class Scene:
    """`act` is killed, then `recover`; both note whose opt-out was acknowledged in `place`.

    `without` are the files that are not there yet when it begins.
    """

    name: str
    sow: Callable[[House], Sown]
    act: Callable[[House, Place], None]
    recover: Callable[[House, Place], None]
    without: tuple[str, ...] = ()
    names: Names = Names.ALL


def somebody(house: House) -> Sown:
    """Persons in every relation to the org; nobody is opted out."""
    two, lead, winner, loser = (
        [house.contact(), house.contact()], house.lead(), house.contact(), house.contact(),
    )  # fmt: skip
    account, side = house.person_account()
    house.person("ann", *two, email="ann@example.com")
    house.person("bob", lead)
    house.person("cleo", email="cleo@example.com")
    house.person("dan", loser)
    house.person("eve", two[1])  # shares a record with ann
    house.person("flo", side)
    house.person("gus", house.contact())
    house.merge(winner, loser)
    records = {"ann": two, "bob": [lead], "cleo": [], "dan": [winner], "eve": [two[1]],
               "flo": [account], "gus": []}  # fmt: skip
    return Sown(records, [], [])


def asked_of(house: House) -> Sown:
    """Five ask while it runs, eve is reached by what she shares with ann; gus never asks."""
    sown = somebody(house)
    house.adopt()
    return Sown(sown.records, [], ["ann", "bob", "cleo", "dan", "eve", "flo"])


ASKED = (
    {"email": "ann@example.com"}, {"person_id": "bob"}, {"person_id": "cleo"},
    {"person_id": "dan"}, {"person_id": "flo"}, {"person_id": STRANGER},
)  # fmt: skip
WHO = ("ann", "bob", "cleo", "dan", "flo", STRANGER)


def accept_lines(house: House, place: Place) -> Taken:
    """What `optout sync push` does first with six lines; from then on they are acknowledged."""
    lines = "\n".join(json.dumps({"id": f"line-{n}", **each}) for n, each in enumerate(ASKED))
    taken = take_lines(
        house.ledger, read_lines(io.BytesIO(lines.encode()), house.clock.now), FIELDS
    )
    place.note("acked", WHO)
    return taken


def push(house: House, place: Place) -> None:
    """`optout sync push` with six lines."""
    taken = accept_lines(house, place)
    drained = house.drain()
    with reading(house.ledger.engine) as db:
        tell_push(db, taken, drained.problems)


def serve(house: House, place: Place) -> None:
    """Webhooks, alone and together, each acknowledged by its 202; the loop drains."""
    desk = make_desk(house.ledger, lambda: facts_of(house.ledger))
    number = 0
    for size in (1, 1, 4):
        some = range(number, number + size)
        bodies = [said(house.clock.now(), n, **ASKED[n]) for n in some]
        answers = desk.post(*bodies, number=number)
        place.note("acked", [WHO[n] for n, a in zip(some, answers, strict=True) if a.status == 202])
        number += size
    house.drain()


def drain(house: House, _place: Place) -> None:
    """What serve's loop does next."""
    house.drain()


def night_world(house: House) -> Sown:
    """Both sides have something to tell the other; one record is gone and one never asked."""
    sown = somebody(house)
    gone, lead, converted = house.contact(), house.lead(), house.lead()
    house.person("hal", gone, lead, out=True)
    house.person("ida", converted)
    house.tick(house.convert(converted))
    house.delete(gone)
    house.people.mark([house.mark_of(each) for each in ("ann", "dan")])
    house.tick(sown.records["bob"][0])
    house.tick(sown.records["flo"][0])
    records = {**sown.records, "hal": [lead], "ida": []}
    return Sown(records, ["ann", "bob", "dan", "eve", "flo", "hal", "ida"], [])


def adopted_world(house: House) -> Sown:
    """As `night_world`; the field has been adopted before there was anything to write."""
    house.adopt()
    return night_world(house)


def night(house: House, _place: Place) -> None:
    """One night; whether the clock owes it is another question."""
    house.night()


def adopt(house: House, _place: Place) -> None:
    """The first run, approved as it stands."""
    house.adopt()


MANY = 2_001


def many_world(house: House) -> Sown:
    """One person more than Collections are used for, by records."""
    house.adopt()
    ids = [house.contact() for _ in range(MANY)]
    house.person("ann", *ids, out=True)
    return Sown({"ann": ids}, ["ann"], [])


def approved_night(house: House, _place: Place) -> None:
    """A night whose writes somebody said yes to."""
    house.night(approve_all=True)


def push_then_drain(house: House, place: Place) -> None:
    """The same, with a call whose reply is lost and a record that is locked once."""
    house.fault("collections.update", "DROP_AFTER", times=1)
    house.fault("record.update", "UNABLE_TO_LOCK_ROW", times=1)
    with suppress(TryLater):
        push(house, place)


def opted_out_world(house: House) -> Sown:
    """Ann and eve, who share a record, are opted out on both sides."""
    sown = somebody(house)
    house.adopt()
    house.people.mark([house.mark_of(each) for each in ("ann", "eve")])
    for record in sown.records["ann"]:
        house.tick(record)
    return Sown(sown.records, [], ["ann", "eve"], ["ann", "eve"])


def resubscribe(house: House, place: Place) -> None:
    """Ann asked to be mailed again; eve is covered with her."""
    if ask(house, "ann").state is ResubscribeState.CLEARED:
        place.note("resubscribed", ["ann", "eve"])


def resubscribe_and_push(house: House, place: Place) -> None:
    """She thinks better of it."""
    resubscribe(house, place)
    house.clock.sleep(1)
    place.note("asking", ["ann", "eve"])
    house.accept(Selector.EMAIL, "ann@example.com")
    place.note("acked", ["ann", "eve"])
    house.drain()


def drain_and_night(house: House, _place: Place) -> None:
    """What serve's loops do next."""
    house.drain()
    house.night()


SCENES = (
    Scene("a new ledger", asked_of, accept_lines, drain, without=("ledger.sqlite",)),
    Scene("push", asked_of, push, drain),
    Scene("serve", asked_of, serve, drain),
    Scene("push with faults", asked_of, push_then_drain, drain, names=Names.SOME),
    Scene("nightly", adopted_world, night, night),
    Scene("adopt", night_world, adopt, adopt, names=Names.SOME),
    Scene("resubscribe", opted_out_world, resubscribe, drain_and_night),
    Scene("resubscribe and push", opted_out_world, resubscribe_and_push, drain, names=Names.SOME),
    Scene("bulk nightly", many_world, approved_night, approved_night, names=Names.NEW),
)
