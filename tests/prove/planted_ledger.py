"""What would lose an opt-out between its arrival and the two sides: ledger, people, locks."""

from __future__ import annotations

from prove.bug import Bug

_PUSH = "tests/unit/test_push.py::test_"
_NIGHT = "tests/unit/test_nightly.py::test_"
_LEASE = "tests/unit/test_lease.py::test_"
_POWER = "tests/unit/test_prove_powercut.py::test_what_is_opened_as_it_ships_loses_nothing"

IN_THE_LEDGER = (
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
        "a delivery older than five minutes dropped",
        "sync/serve/intake.py",
        "            accepted = await self.inbox.commit(given)\n",
        '            sent = int(request.headers.get("webhook-timestamp", "0"))\n'
        "            if self.clock.now().timestamp() - sent > 300:\n"
        '                return JSONResponse({"accepted": True, "duplicate": False}, 202)\n'
        "            accepted = await self.inbox.commit(given)\n",
        ("tests/unit/test_serve_intake.py::test_a_delivery_that_was_days_under_way_is_kept",),
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
        "cleared since the people side was told of an opt-in",
        "sync/people/changes.py",
        "    if told.unsubscribed and (not known.unsubscribed or _order(told) < _order(known)):\n",
        "    if known.unsubscribed and not told.unsubscribed and told.salesforce_ids:\n"
        "        return Change(known, _subscribed(replace(after, unsubscribed=False)))\n"
        "    if told.unsubscribed and (not known.unsubscribed or _order(told) < "
        "_order(known)):\n",
        (
            "tests/unit/test_losing_schedules.py::test_an_import_that_says_subscribed_does_not_undo_what_is_in_quarantine",
        ),
    ),
    Bug(
        "only the first record of a person updated",
        "sync/spread.py",
        "for person in persons for i in person.salesforce_ids}\n    wants +=",
        "for person in persons for i in person.salesforce_ids[:1]}\n    wants +=",
        (f"{_PUSH}an_unsubscribe_reaches_the_person_and_every_record_they_hold",),
    ),
    Bug(
        "addresses told apart by the case of their letters",
        "sync/people/model.py",
        "email.strip().casefold().rpartition",
        "email.strip().rpartition",
        (
            "tests/unit/test_losing_schedules.py::test_two_people_with_one_address_are_both_opted_out_in_any_case_of_it",
        ),
    ),
    Bug(
        "a lock that is a file with a process's number",
        "deployer/state.py",
        "            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        '            holder = os.read(handle, 20).decode() or "0"\n'
        "            if int(holder) != os.getpid() and "
        'Path(f"/proc/{int(holder)}").exists():\n'
        "                raise BlockingIOError\n"
        '            os.pwrite(handle, f"{os.getpid():<20}".encode(), 0)\n',
        ("tests/unit/test_state.py::test_a_held_lock_is_refused_at_once",),
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
)
