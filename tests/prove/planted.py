"""Bugs that would lose an opt-out or hide one, as patches, and the tests that must see them.

A bug is a file of the product, a text that stands in it once, and what it becomes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug; `seen_by` are tests, each of which must fail by its own assertion."""

    name: str
    file: str
    old: str
    new: str
    seen_by: tuple[str, ...]


_PUSH = "tests/unit/test_push.py::test_"
_BULK = "tests/unit/test_night_bulk.py::test_a_row_"
_NIGHT = "tests/unit/test_nightly.py::test_"
_LEASE = "tests/unit/test_lease.py::test_"
_SEEN = (
    "tests/flows/test_visibility_law.py::test_who_has_the_field_is_what_a_naive_evaluation_finds"
)
_POWER = "tests/unit/test_prove_powercut.py::test_what_is_opened_as_it_ships_loses_nothing"

BUGS = (
    Bug(
        "synchronous=NORMAL",
        "sync/database/sqlite.py",
        '{Journal.WAL: "FULL", Journal.ROLLBACK: "EXTRA"}',
        '{Journal.WAL: "NORMAL", Journal.ROLLBACK: "NORMAL"}',
        (_POWER,),
    ),
    Bug(
        "the answer before the commit",
        "sync/serve/inbox.py",
        "        return await answer\n",
        "        return Accepted(0, new=True)\n",
        (_POWER,),
    ),
    Bug(
        "the intent given up before the effect: done before the org was asked",
        "sync/drain_org.py",
        "        targets = claim_due(ledger, Side.ORG, claim, LOT)\n",
        "        targets = claim_due(ledger, Side.ORG, claim, LOT)\n"
        "        from sync.ledger.targets import Outcome\n"
        "        tell(ledger, claim, [(t, Outcome(TargetState.DONE)) for t in targets])\n",
        (f"{_PUSH}the_people_side_is_served_while_the_org_is_away",),
    ),
    Bug(
        "events told apart by what they say alone",
        "sync/ledger/events.py",
        "    return (event.sender, event.key, event.body_hash)\n",
        '    return ("", "", event.body_hash)\n',
        ("tests/unit/test_events.py::test_another_sender_key_or_body_is_another_event",),
    ),
    Bug(
        "HTTP 200 of a collection read as success",
        "deployer/salesforce/records.py",
        '    if result.get("success") is True:\n',
        '    if "success" in result:\n',
        (f"{_PUSH}a_refused_row_holds_up_no_other_and_goes_through_once_it_can",),
    ),
    Bug(
        "a converted lead skipped",
        "sync/delivery.py",
        "        return Judged(Outcome(TargetState.MOVED), record.alias or known)\n",
        "        return Judged(Outcome(TargetState.DONE))\n",
        (f"{_PUSH}a_converted_lead_is_followed_to_its_contact",),
    ),
    Bug(
        "JobComplete taken for every row done",
        "sync/night/writing.py",
        "    for lot in _told(outcomes.success, outcomes.failed, outcomes.unprocessed):\n",
        '    for lot in [[RowOutcome(r["Id"], RowState.DONE) for r in read_rows(file)]]:\n',
        (f"{_BULK}is_done_only_where_the_results_say_so",),
    ),
    Bug(
        "rows that the results leave out taken for done",
        "sync/night/writing.py",
        'RowOutcome(each, RowState.UNKNOWN, "", _NOT_SAID)',
        "RowOutcome(each, RowState.DONE)",
        (f"{_BULK}that_the_results_leave_out_is_unknown",),
    ),
    Bug(
        "unprocessed rows ignored",
        "sync/night/writing.py",
        '(RowOutcome(row["Id"], RowState.UNKNOWN, "", _NOT_DONE) for row in unprocessed)',
        '(RowOutcome(row["Id"], RowState.DONE) for row in unprocessed)',
        (f"{_BULK}that_the_job_did_not_come_to_is_unknown",),
    ),
    Bug(
        "outcomes told by their order alone",
        "deployer/salesforce/records.py",
        '    if len(told) == len(sent) and all(t in ("", s) for t, s in '
        "zip(told, sent, strict=True)):\n",
        "    if len(told) == len(sent):\n",
        ("tests/unit/test_records.py::test_an_outcome_belongs_to_its_row_or_is_unknown",),
    ),
    Bug(
        "the last writer wins: what is told now clears what was known",
        "sync/people/changes.py",
        "    if told.unsubscribed and (not known.unsubscribed or _order(told) < _order(known)):\n"
        "        after = _take_unsubscription(after, told)\n",
        "    if told != known:\n"
        "        after = replace(_take_unsubscription(after, told), "
        "unsubscribed=told.unsubscribed)\n",
        ("tests/unit/test_people_csv.py::test_true_is_never_turned_false",),
    ),
    Bug(
        "only the first record of a person updated",
        "sync/spread.py",
        "for person in persons for i in person.salesforce_ids}\n    wants +=",
        "for person in persons for i in person.salesforce_ids[:1]}\n    wants +=",
        (f"{_PUSH}an_unsubscribe_reaches_the_person_and_every_record_they_hold",),
    ),
    Bug(
        "an unknown code ignored",
        "sync/delivery.py",
        "    return Outcome(TargetState.QUARANTINED, row.code, row.message, DAY_S)\n",
        "    return Outcome(TargetState.DONE)\n",
        (f"{_PUSH}a_refused_row_holds_up_no_other_and_goes_through_once_it_can",),
    ),
    Bug(
        "no fencing",
        "sync/ledger/lease.py",
        "        LEASES.c.owner == lease.owner,\n        LEASES.c.epoch == lease.epoch,\n",
        "",
        (f"{_LEASE}a_stale_holder_can_neither_write_nor_renew_nor_end_the_lease_of_another",),
    ),
    Bug(
        "exit 0 with a new quarantine",
        "sync/night/summary.py",
        "            self.newly_quarantined or self.unknown\n",
        "            self.unknown\n",
        (f"{_NIGHT}an_id_that_cannot_be_found_needs_a_person_once_and_is_kept",),
    ),
    Bug(
        "what a group mutes given all the same",
        "deployer/readiness/visibility/givers.py",
        "[part for part in members if part not in muting], muting)",
        "[part for part in members if part not in muting], [])",
        (_SEEN,),
    ),
    Bug(
        "a user counted on each page that differs",
        "deployer/readiness/visibility/matrix.py",
        "        yield over_all({verdict_of(standings, reach) for standings in distinct}), count\n",
        "        yield from ((verdict_of(standings, reach), count) for standings in distinct)\n",
        (_SEEN,),
    ),
    Bug(
        "a visibility rule taken for always met",
        "deployer/readiness/facts/page_fields.py",
        '    return bool(item.get("visibilityRule"))\n',
        "    return False\n",
        (_SEEN,),
    ),
)
