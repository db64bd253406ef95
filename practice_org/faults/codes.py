"""What one code is: what it befalls, how it shows, in whose words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from practice_org.faults.sorts import Sort


class Act(Enum):
    """How a code shows; the first group falls upon a request that is not carried out."""

    REFUSE = "refused in Salesforce's own words; nothing is done"
    PAGE = "an HTML page; nothing is done"
    DROP = "the connection is closed without an answer; nothing is done"
    REDIRECT = "a redirect; nothing is done"
    END_SESSION = "refused, and the session is over for good"
    REFUSE_AFTER = "carried out, then refused all the same"
    PAGE_AFTER = "carried out, then answered with an HTML page"
    DROP_AFTER = "carried out, then the connection is closed without an answer"
    CUT = "carried out; the answer ends in the middle, its Content-Length is right"
    CUT_SHORT = "carried out; the connection is closed in the middle of the answer"
    EMPTY = "carried out; the answer has no body"
    SLOW = "carried out; the answer comes late"
    INSIDE = "what becomes of it is decided by the step it befalls"


class Number(Enum):
    """The number after the colon of a code."""

    NONE = ""
    SECONDS = "SECONDS"
    ROWS = "ROWS"


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the catalogue.

    `shown` is Salesforce's code where `name` is our own word for one of its sentences; `rows` says
    which rows of the failure catalogue it stands for; `waived_by` is a header, "name: value", with
    which the fault does not befall a request. `what` says what becomes of the step it befalls,
    where `act` does not.
    """

    name: str
    sorts: frozenset[Sort]
    rows: str
    act: Act
    sentence: str = ""
    status: int = 400
    shown: str = ""
    number: Number = Number.NONE
    waived_by: str = ""
    what: str = ""

    @property
    def salesforce_code(self) -> str:
        """The code as a client reads it."""
        return self.shown or self.name

    @property
    def spelled(self) -> str:
        """As typed after --code."""
        number = {Number.SECONDS: ":SECONDS", Number.ROWS: "[:ROWS]"}.get(self.number, "")
        return f"{self.name}{number}"

    @property
    def told(self) -> str:
        """What it does, for a person: what becomes of it, and the sentence if there is one."""
        done = self.what or ("" if self.act in {Act.REFUSE, Act.INSIDE} else self.act.value)
        sentence = self.sentence.replace("{subject}", "ID")
        return "; ".join(part for part in (done, sentence) if part)
