"""What the reaction table says of a cell, and what that looks like from outside.

The table is asked by what the catalogue says the org will say, not by what the product made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prove.fault_cells import Act, Cell, Lasts

from deployer.errors import Exit, OptoutError
from deployer.errors import Reaction as CallerMay
from deployer.salesforce.faults import Effect, Refusal, fault_for
from practice_org.faults.codes import Act as Shows
from practice_org.faults.sorts import Sort
from sync.reactions import Level, Reaction, reaction_to

REPEATS = 2  # how often a read is asked at most, in a test
# A login that is answered with 200 and no token was not answered by Salesforce's login.
_UNREADABLE = {"HTML_200", "HTML_200_AFTER", "TRUNCATED", "EMPTY_BODY"}
_LATER = {Exit.TRY_LATER, Exit.STILL_RUNNING}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen while the fault was on.

    `fired` is how often it befell something, `asked` every call by its places, `cases` codes in
    quarantine by key, `states` outcomes of a bulk job's rows, `unknown` what a night told.
    """

    error: OptoutError | None
    fired: int
    asked: list[frozenset[str]]
    cases: Mapping[str, str]
    states: frozenset[str] = frozenset()
    unknown: int = 0

    @property
    def exit(self) -> Exit:
        """How a command would end."""
        return self.error.exit if self.error else Exit.DONE


def reaction_of(cell: Cell) -> Reaction:
    """What the table says is done about it."""
    code, effect = cell.code, cell.site.effect
    if code.act is Shows.REDIRECT:
        return _row("said-no")
    if Sort.LOGIN in code.sorts:
        # Of all refusals of a login only this one passes by itself.
        return _row(code.name if code.name == "LOGIN_RATE_EXCEEDED" else "login-refused")
    if not cell.of_a_call:
        level = Level.BULK_ROW if cell.site.act is Act.BULK else Level.ROW
        return reaction_to(code.salesforce_code, code.sentence, level).reaction
    said_no_code = Sort.TRANSPORT in code.sorts
    if effect is Effect.WRITE and _may_have_landed(cell):
        return _row("outcome-unknown")
    if said_no_code and cell.site.name == "login" and code.name in _UNREADABLE:
        return _row("login-refused")
    if said_no_code:
        edge = "edge does not know" if code.status == 420 else ""
        return _row("org-unreachable", edge)
    return reaction_to(code.salesforce_code, code.sentence, Level.CALL).reaction


def _row(code: str, message: str = "") -> Reaction:
    return reaction_to(code, message, Level.CALL).reaction


def _may_have_landed(cell: Cell) -> bool:
    """Whether a write answered so was perhaps carried out."""
    if Sort.TRANSPORT in cell.code.sorts:
        return cell.code.status != 420
    return cell.code.salesforce_code == "UNKNOWN_EXCEPTION"


def is_repeated(cell: Cell) -> bool:
    """Whether the client asks a refused read again by itself, before anybody judges."""
    if cell.site.effect is Effect.WRITE or cell.site.name == "login":
        return False
    if Sort.TRANSPORT in cell.code.sorts:
        return True
    known = fault_for(Refusal(cell.code.status, cell.code.salesforce_code, cell.code.sentence))
    return known is not None and known.error.reaction is CallerMay.RETRY


def broken_laws(cell: Cell, seen: Seen) -> Iterator[str]:
    """What is not as the table says."""
    if cell.is_waived:
        yield from _is(seen.fired, 0, "was to be waived, and fired")
        return
    if not seen.fired:
        yield "never fired"
        return
    if not cell.of_a_call:
        yield from _of_records(cell, seen)
        return
    yield from _is(dict(seen.cases), {}, "a call's fault became somebody's case")
    reaction = reaction_of(cell)
    if reaction is Reaction.VERIFY and cell.site.effect is Effect.READ:
        reaction = Reaction.RETRY  # it changes nothing: asking again is looking
    yield from _CALLS[reaction](cell, seen)


def _is(found: object, wanted: object, what: str) -> Iterator[str]:
    if found != wanted:
        yield f"{what}: {found}, not {wanted}"


def _stop(_cell: Cell, seen: Seen) -> Iterator[str]:
    yield from _is(seen.exit, Exit.SAID_NO, "STOP: ends")
    yield from _is(seen.fired, 1, "STOP: asked again")


def _relogin(cell: Cell, seen: Seen) -> Iterator[str]:
    once = cell.lasts is Lasts.ONCE
    yield from _is(seen.exit, Exit.DONE if once else Exit.SAID_NO, "RELOGIN: ends")
    yield from _is(seen.fired, 1 if once else 2, "RELOGIN: asked with")


def _later(cell: Cell, seen: Seen) -> Iterator[str]:
    """RETRY and THROTTLE: asked again by the client where that may help, else later."""
    polls, rounds = cell.site.place.endswith("poll"), cell.site.name == "tick"
    repeated = is_repeated(cell)
    if cell.site.place == "bulk.results" and cell.code.name == "EMPTY_BODY":
        # A result set without any row may have no header either: then nothing is known of a row.
        yield from _is((seen.exit, "unknown" in seen.states), (Exit.DONE, True), "ends")
    elif polls or rounds:
        yield from _goes_on(cell, seen)
    elif repeated and cell.lasts is Lasts.ONCE:
        yield from _is(seen.exit, Exit.DONE, "a repeated read ends")
    else:
        yield from _is(seen.exit, Exit.TRY_LATER, "ends")
        yield from _is(seen.fired, REPEATS if repeated else 1, "asked")


def _goes_on(cell: Cell, seen: Seen) -> Iterator[str]:
    """A poll, and a round of a night, are tried again within the run, for a while."""
    if seen.fired > 200:
        yield f"asked without end: {seen.fired} times"
    if seen.exit not in {Exit.DONE, *_LATER}:
        yield f"ends: {seen.exit.name}"
    is_told = seen.exit in _LATER or seen.unknown
    if cell.lasts is Lasts.STAYS and not is_told:
        yield "never got through, and nobody is told"


def _verify(cell: Cell, seen: Seen) -> Iterator[str]:
    """Looked at before anything is sent again."""
    if cell.site.place in {"bulk.create", "bulk.query.create"}:
        # Nothing can be looked up by an id that was lost: an empty job writes nothing.
        yield from _is(seen.exit, Exit.TRY_LATER, "VERIFY: ends")
        yield from _is(seen.fired, 1, "VERIFY: created")
    elif cell.site.act is Act.BULK:
        yield from _verify_job(cell, seen)
    else:
        yield from _looked_at_first(seen)


def _verify_job(cell: Cell, seen: Seen) -> Iterator[str]:
    if cell.site.place == "bulk.close" and seen.exit in _LATER:
        return  # it was looked at, and still open
    yield from _is(seen.exit, Exit.DONE, "VERIFY: ends")
    if not seen.states <= {"done", "unknown"}:
        yield f"VERIFY: rows are {sorted(seen.states)}"


def _looked_at_first(seen: Seen) -> Iterator[str]:
    sent = False
    for places in seen.asked:
        if sent and "collections.update" in places:
            yield "VERIFY: sent again before it was looked at"
        sent = "collections.update" in places or (sent and "query" not in places)
    if seen.exit is not Exit.DONE and seen.exit not in _LATER:
        yield f"VERIFY: ends {seen.exit.name}"


def _quarantine(_cell: Cell, seen: Seen) -> Iterator[str]:
    yield from _is(seen.exit, Exit.SAID_NO, "ends")


_CALLS: Mapping[Reaction, Callable[[Cell, Seen], Iterator[str]]] = {
    Reaction.STOP: _stop,
    Reaction.RELOGIN: _relogin,
    Reaction.RETRY: _later,
    Reaction.THROTTLE: _later,
    Reaction.VERIFY: _verify,
    # Nothing is known to be wrong with a record: the run stops, the rows stay open.
    Reaction.QUARANTINE: _quarantine,
    Reaction.RESOLVE: _quarantine,
}


def _of_records(cell: Cell, seen: Seen) -> Iterator[str]:
    sorts = cell.code.sorts
    if cell.site.act is Act.BULK:
        yield from _of_bulk_rows(cell, seen)
    elif Sort.ROW not in sorts:
        # A row that the results leave out is looked at; one that is not seen yet is seen later.
        yield from _is((seen.exit, dict(seen.cases)), (Exit.DONE, {}), "ends")
    else:
        yield from _of_rows(cell, seen)


def _of_bulk_rows(cell: Cell, seen: Seen) -> Iterator[str]:
    if cell.code.name == "STUCK" and cell.lasts is Lasts.STAYS:
        yield from _is(seen.exit, Exit.STILL_RUNNING, "a job that is stuck ends")
        return
    yield from _is(seen.exit, Exit.DONE, "ends")
    wanted = "refused" if Sort.ROW in cell.code.sorts else "unknown"
    if cell.code.name != "STUCK" and wanted not in seen.states:
        yield f"no row is {wanted}, but {sorted(seen.states)}"


def _code_in(cell: Cell) -> str:
    """The code as a row of a collection tells it: there is no 404 of a row."""
    known = {"NOT_FOUND": "INVALID_CROSS_REFERENCE_KEY"}
    return known.get(cell.code.salesforce_code, cell.code.salesforce_code)


def _of_rows(cell: Cell, seen: Seen) -> Iterator[str]:
    reaction = reaction_of(cell)
    row = reaction_to(cell.code.salesforce_code, cell.code.sentence, Level.ROW)
    if reaction is Reaction.STOP:
        yield from _is((seen.exit, dict(seen.cases)), (Exit.SAID_NO, {}), "STOP ends")
        return
    yield from _is(seen.exit, Exit.DONE, "ends")
    kept = reaction in {Reaction.QUARANTINE, Reaction.RESOLVE}
    # A night tries again within the run, as far as the table and its own patience go.
    given_up = cell.site.act is Act.NIGHT and (cell.lasts is Lasts.STAYS or row.pace.first_s > 600)
    if kept and set(seen.cases.values()) != {_code_in(cell)}:
        yield f"{reaction.name}: in quarantine are {sorted(seen.cases.values())}"
    if not kept and not given_up and seen.cases:
        yield f"{reaction.name}: somebody's case already"
    if not kept and given_up and not (seen.cases or seen.unknown):
        yield f"{reaction.name}: never got through, and nobody is told"
    looked = any("query" in places for places in seen.asked)
    if not looked:
        yield "a refused record was not looked at"
