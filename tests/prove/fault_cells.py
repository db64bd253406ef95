"""The cells of the matrix: a fault of the practice org's catalogue at a call of the sync's.

A cell is valid when the code can befall the place. Codes that no call of the sync can meet (SOAP,
deployments, records that are created) have no cell; a query of the sync has no next page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from random import Random

from deployer.salesforce.faults import Effect
from practice_org.faults.catalogue import CODES
from practice_org.faults.codes import Code, Number
from practice_org.faults.places import PLACES
from practice_org.faults.sorts import Sort


class Act(Enum):
    """What the runner does while the fault is on."""

    DRAIN = "drain"
    NIGHT = "night"
    BULK = "bulk"


class Lasts(Enum):
    """For how long the fault is on."""

    ONCE = "once"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Site:
    """One call of the sync: the `after` first occurrences of its place are other calls."""

    name: str
    place: str
    act: Act
    effect: Effect = Effect.READ
    after: int = 0


_R, _W = Effect.READ, Effect.WRITE
SITES = (
    Site("login", "token", Act.DRAIN),
    Site("versions", "versions", Act.DRAIN),
    Site("who am I", "identity", Act.DRAIN),
    Site("which org", "query", Act.DRAIN),
    Site("shape", "describe", Act.DRAIN),
    Site("push", "collections.update", Act.DRAIN, _W),
    Site("fates", "query", Act.DRAIN, after=1),
    Site("gate: fields", "describe", Act.NIGHT, after=1),
    Site("ask in bulk", "bulk.query.create", Act.NIGHT, _W),
    Site("poll a question", "bulk.query.poll", Act.NIGHT),
    Site("fetch its pages", "bulk.query.results", Act.NIGHT),
    Site("tick", "collections.update", Act.NIGHT, _W),
    Site("what is seen", "query.row", Act.NIGHT),
    Site("open a job", "bulk.create", Act.BULK, _W),
    Site("upload", "bulk.upload", Act.BULK, _W),
    Site("close", "bulk.close", Act.BULK, _W),
    Site("poll a job", "bulk.poll", Act.BULK),
    Site("fetch its results", "bulk.results", Act.BULK),
    Site("the job itself", "bulk.job", Act.BULK, _W),
    Site("its rows", "bulk.row", Act.BULK, _W),
)
_OF_RECORDS = {Sort.ROW, Sort.BULK_ROW, Sort.RESULT, Sort.JOB, Sort.VIEW}


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault at one site, once or as long as the runner works."""

    site: Site
    code: Code
    lasts: Lasts

    @property
    def name(self) -> str:
        """As it is told."""
        return f"{self.code.name} at {self.site.name} ({self.site.act.value}), {self.lasts.value}"

    @property
    def of_a_call(self) -> bool:
        """Whether the call is befallen whole; else it is a record, or what the org does inside."""
        return not self.code.sorts & PLACES[self.site.place].takes <= _OF_RECORDS

    @property
    def is_waived(self) -> bool:
        """Whether it befalls nobody: the header that waives what only warns goes with each call."""
        return bool(self.code.waived_by) and self.site.place == "collections.update"

    @property
    def typed(self) -> str:
        """The code as it is switched on: late is later than anybody waits."""
        return f"{self.code.name}:600" if self.code.number is Number.SECONDS else self.code.name


def every_cell() -> list[Cell]:
    """Every valid cell, in one order."""
    return [
        Cell(site, code, lasts)
        for site in SITES
        for code in CODES.values()
        if code.sorts & PLACES[site.place].takes - _elsewhere(site)
        if (site.place, code.name) not in _TOLD_BY_NO_SENTENCE
        for lasts in Lasts
        # A job that is stuck for good is waited for a day long, minute by minute.
        if (code.name, lasts) != ("STUCK", Lasts.STAYS)
    ]


# Whatever is wrong with a session, the user info says "Bad_OAuth_Token", as of one that expired.
_TOLD_BY_NO_SENTENCE = {("identity", "APP_NOT_ATTACHED"), ("identity", "SESSION_NOT_FOR_REST")}


def _elsewhere(site: Site) -> set[Sort]:
    # Pages of a bulk query are asked for by where the org says they are, never by a locator.
    return {Sort.LOCATOR} if site.place == "bulk.query.results" else set()


def sample(cells: Iterable[Cell], draw: Random) -> list[Cell]:
    """A cell for every code and for every site, drawn; more would take too long for each day."""
    shuffled = list(cells)
    draw.shuffle(shuffled)
    # What is quick first: a code that can befall a push is shown there.
    shuffled.sort(key=lambda cell: cell.site.act is not Act.DRAIN)
    chosen = dict(_first_by(shuffled, lambda cell: cell.code.name))
    seen = {cell.site.name for cell in chosen.values()}
    missing = _first_by(shuffled, lambda cell: cell.site.name)
    return [*chosen.values(), *(cell for site, cell in missing if site not in seen)]


def _first_by(cells: Iterable[Cell], key) -> Iterator[tuple[str, Cell]]:
    seen: set[str] = set()
    for cell in cells:
        if key(cell) not in seen:
            seen.add(key(cell))
            yield key(cell), cell
