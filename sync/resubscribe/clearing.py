"""Clear what a resubscribe covers, one by one, each conditional on what was read of it.

People first: that side is undone without a trace outside. The org's box comes last, since other
systems act on it within minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime

from deployer.errors import OptoutError, OrgSaidNo, OutcomeUnknown
from sync.fields import object_of
from sync.ledger.fences import Standing
from sync.ledger.lease import Lease, renew
from sync.ledger.ledger import from_text
from sync.ledger.resubscribes import Member, Resubscribe, clearing, note_cleared
from sync.ledger.targets import Side
from sync.people.model import Marked
from sync.resubscribe.component import Component, Sources, find_component, read_member
from sync.resubscribe.deciding import Verdict, asserts, decide_all

# A lost reply is looked up, and what was not carried out is sent again this often.
SENDS = 3
_REFUSED = {
    Marked.NOT_THERE: ("the people side has no such person any more", "optout people list"),
    Marked.HANDED_OVER: (
        "the people side takes changes by file, and has yet to confirm this one",
        "take the unsubscription back there first; once its export shows that, run this again",
    ),
}


@dataclass(frozen=True, slots=True)
class Clearing:
    """One resubscribe at work: where it reads and writes, and the lease it works under."""

    sources: Sources
    lease: Lease
    one: Resubscribe


def clear(work: Clearing, before: Component) -> str:
    """Clear every member that asserts; "" when both sides have confirmed, else what was changed.

    Errors: Busy when another runner has taken over; whatever a side refuses.
    """
    now = find_component(work.sources, work.one.person_id)
    verdicts = decide_all(before.members, now.members)
    if changed := verdicts[Verdict.CHANGED]:
        return _changed(changed)
    members = [now.members[key] for key in verdicts[Verdict.CLEAR]]
    for member in sorted(members, key=lambda each: each.side is Side.ORG):
        if not _clear_member(work, member):
            return _changed([member.key])
    after = find_component(work.sources, work.one.person_id)
    again = [member.key for member in after.members.values() if asserts(member)]
    return _changed(again) if again else ""


def _changed(keys: list[str]) -> str:
    return f"changed while it was cleared, so opted out: {', '.join(keys)}"


def _clear_member(work: Clearing, member: Member) -> bool:
    """Clear one member; whether it was what had been read, and stayed cleared."""
    ledger = work.sources.ledger
    problem: OptoutError = OrgSaidNo(
        "its side says that it is done, and shows the opt-out all the same",
        where=member.key,
        hint="see what sets it again there; the person stays opted out",
    )
    for _ in range(SENDS):
        renew(ledger, work.lease)
        now, boxes = read_member(work.sources, member)
        if now != member:
            return False
        try:
            _send_clear(work, member, boxes)
        except OutcomeUnknown as lost:
            problem = lost
        after, _boxes = read_member(work.sources, member)
        if after is None or after.standing is not Standing.LIVE:
            return False
        if not after.opted_out:
            note_cleared(ledger, work.lease, work.one, member)
            return True
        if after != member:
            return False
    raise problem


def _send_clear(work: Clearing, member: Member, boxes: tuple[str, ...]) -> None:
    if member.side is Side.ORG:
        with clearing(work.sources.ledger, work.lease, work.one):
            pass
        _send_untick(work, member, boxes)
        return
    one = work.one
    # In the ledger's transaction: of a person without a record no other member would say that
    # they had opted out, if this came late.
    with clearing(work.sources.ledger, work.lease, one):
        marked = work.sources.people.clear(member.key, from_text(one.at), one.reason, one.by)
    if marked in _REFUSED:
        what, hint = _REFUSED[marked]
        raise OrgSaidNo(what, where=member.key, hint=hint)


def _send_untick(work: Clearing, member: Member, boxes: tuple[str, ...]) -> None:
    sobject = object_of(member.key)
    # Salesforce documents the header for sObject rows as for others; whether every org honours it
    # there is unverified, so the record is read again before and after. A time on the wire has
    # seconds: what has parts of one is rounded up, or the org would find itself changed since.
    until = from_text(member.stamp) + timedelta(microseconds=999_999)
    work.sources.door.writer.send_json(
        "PATCH",
        f"sobjects/{sobject}/{member.key}",
        dict.fromkeys(boxes, False),
        purpose="clear opt-out",
        headers={
            "If-Unmodified-Since": format_datetime(until.replace(microsecond=0), usegmt=True),
            "Sforce-Duplicate-Rule-Header": "allowSave=true",
        },
    )
