"""Both sides, brought into one work database and closed over what joins them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sync.batches import batches
from sync.database.views import reading
from sync.delivery import NOT_FOUND
from sync.ledger.aliases import Alias, AliasKind, all_aliases, forget_gone, gone_ids, learn, to_last
from sync.ledger.fences import cleared_keys, note_out_again, silent_versions
from sync.ledger.handed_over import handed_over
from sync.ledger.ledger import read_meta, to_text, write_meta
from sync.ledger.quarantine import cases
from sync.night.means import Night
from sync.night.reading import fetch_answers, queries
from sync.org_records import Fate, fetch_fates, living
from sync.people.model import Person
from sync.reconcile import Reached, Sides

_HARVESTED = "harvested_at"
_LOT = 2_000


def compare(night: Night) -> Sides:
    """Read both sides and follow every join; the result can be asked what is to be written.

    Only opted-out ids travel, and ids that died. Errors: as any read of either side.
    """
    sides = Sides(night.folder / "work.duckdb")
    try:
        _read_both(night, sides)
    except BaseException:
        sides.close()
        raise
    return sides


def _read_both(night: Night, sides: Sides) -> None:
    with reading(night.ledger.engine) as db:
        cleared = cleared_keys(db)
    _note_again(night, cleared, _read_org(night, sides, cleared))
    _leave_out_the_dead(night, sides)
    sides.add_aliases(to_last(_standing_aliases(night)))
    sides.add_people(map(_reached, night.people.opted_out()))
    _leave_out_handed_over(night, sides)
    close_over(night, sides)


def _note_again(night: Night, cleared: Collection[str], ticked: set[str]) -> None:
    """Who was resubscribed and is opted out again on either side, whoever did that."""
    marked = {person.person_id for person in night.people.find(cleared) if person.unsubscribed}
    if ticked | marked:
        with night.writing() as db:
            note_out_again(db, ticked | marked, night.ledger.now())


def close_over(night: Night, sides: Sides) -> None:
    """Follow shared ids and aliases, asking the people side who holds what."""

    def holders(ids: Collection[str]) -> Iterable[Reached]:
        return map(_reached, night.people.holders(ids))

    sides.close_over(holders)


def _reached(person: Person) -> Reached:
    return Reached(person.person_id, person.salesforce_ids, person.unsubscribed)


def _read_org(night: Night, sides: Sides, watched: Collection[str]) -> set[str]:
    """Ticked records into the work database, dead ids into the ledger's aliases.

    Returns those of the watched that are ticked.

    What is harvested next time begins at the org's clock, for it is compared with its times. A
    dead record that a resubscribe has seen, and nobody changed since, does not assert.
    """
    with reading(night.ledger.engine) as db:
        harvested_at = read_meta(db, _HARVESTED)
        silent = silent_versions(db)
    asked = queries(night.door, night.fields, harvested_at)
    asked_at = []
    seen: set[str] = set()
    for answer in fetch_answers(night, asked):
        asked_at.append(to_text(answer.asked_at) if answer.asked_at else harvested_at)
        for lot in batches(answer.found, _LOT):
            night.alive()
            ticked = [each for each in lot if each.ticked and each.version not in silent]
            seen.update(each.record_id for each in ticked if each.record_id in watched)
            sides.add_flagged((each.record_id, each.settled) for each in ticked)
            with night.writing() as db:
                learn(db, [each.alias for each in lot if each.alias], night.ledger.now())
    with night.writing() as db:
        write_meta(db, _HARVESTED, min(asked_at))
    return seen


def _leave_out_the_dead(night: Night, sides: Sides) -> None:
    """Look again at what was gone, and at what nobody could find: some of it may live now."""
    with reading(night.ledger.engine) as db:
        gone = gone_ids(db)
        lost = [case.key for case in cases(db) if case.side == "org" and case.code == NOT_FOUND]
    door = night.door
    fates = fetch_fates(door.writer, door.shape, dict.fromkeys((*gone, *lost), ()))
    # The org has shown these deleted; once they are out of the bin too they cannot come back.
    sides.add_gone(each for each in gone if fates[each].fate in (Fate.GONE, Fate.NOT_FOUND))
    sides.add_refused("org", (each for each in lost if fates[each].fate is Fate.NOT_FOUND))
    with night.writing() as db:
        forget_gone(db, (each for each in gone if fates[each].fate in (Fate.LIVE, Fate.MOVED)))


def _leave_out_handed_over(night: Night, sides: Sides) -> None:
    """What the people side was given and has yet to show is not written again."""
    with reading(night.ledger.engine) as db:
        sides.add_refused("people", [each.person_id for each in handed_over(db)])


def _standing_aliases(night: Night) -> list[Alias]:
    """The aliases that apply tonight: a merged record that was undeleted is its own again."""
    with reading(night.ledger.engine) as db:
        aliases = all_aliases(db)
    merged = {alias.old_id for alias in aliases if alias.kind is AliasKind.MERGE}
    held = {i for person in night.people.holders(merged) for i in person.salesforce_ids} & merged
    own = living(night.door, held)
    return [alias for alias in aliases if alias.old_id not in own]
