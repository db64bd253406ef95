"""What would lose an opt-out on its way to Salesforce, or in what Salesforce answers."""

from __future__ import annotations

from prove.bug import Bug

_PUSH = "tests/unit/test_push.py::test_"
_BULK = "tests/unit/test_night_bulk.py::test_a_row_"
_NIGHT = "tests/unit/test_nightly.py::test_"
_DEAD = "tests/unit/test_night_dead_ids.py::test_"

ON_THE_WAY = (
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
        "        return Judged(Outcome(TargetState.MOVED), record.alias or known, shown)\n",
        "        return Judged(Outcome(TargetState.DONE))\n",
        (f"{_PUSH}a_converted_lead_is_followed_to_its_contact",),
    ),
    Bug(
        "what is in the bin not asked for",
        "sync/night/reading.py",
        "query.soql, deleted=True)",
        "query.soql, deleted=False)",
        (f"{_NIGHT}a_flag_that_a_merge_would_have_lost_counts_for_the_winner",),
    ),
    Bug(
        "JobComplete taken for every row done",
        "sync/night/writing.py",
        "    for lot in _told(outcomes.success, outcomes.failed, outcomes.unprocessed):\n",
        '    for lot in [[RowOutcome(r["Id"], RowState.DONE) for r in read_rows(file)]]:\n',
        (f"{_BULK}is_done_only_where_the_results_say_so",),
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
        "rows that the results leave out taken for done",
        "sync/night/writing.py",
        'RowOutcome(each, RowState.UNKNOWN, "", _NOT_SAID)',
        "RowOutcome(each, RowState.DONE)",
        (f"{_BULK}that_the_results_leave_out_is_unknown",),
    ),
    Bug(
        "a job aborted since a look at it was lost",
        "deployer/salesforce/bulk_jobs.py",
        "        if problem.reaction in (Reaction.RETRY, Reaction.WAIT):\n"
        "            return None\n",
        "        if problem.reaction in (Reaction.RETRY, Reaction.WAIT):\n"
        "            path = job_path(kind, job_id)\n"
        "            try:\n"
        '                connection.send_json("PATCH", path, {"state": "Aborted"})\n'
        "            except OptoutError:\n"
        "                return None\n"
        "            return None\n",
        ("tests/flows/test_bulk_client.py::test_a_hiccup_while_waiting_aborts_nothing",),
    ),
    Bug(
        "a redirect followed",
        "deployer/salesforce/session.py",
        "rest.update(allow_redirects=False, stream=True)",
        "rest.update(allow_redirects=True, stream=True)",
        (
            "tests/unit/test_salesforce_session.py::test_a_redirect_to_the_org_itself_is_not_followed_either",
        ),
    ),
    Bug(
        "a write sent again when its reply was lost",
        "deployer/salesforce/client.py",
        "        answer = self._renewing(send)  # a 401 was not carried out, so this is no "
        "second attempt\n",
        "        try:\n"
        "            answer = self._renewing(send)\n"
        "        except Exception:\n"
        "            answer = self._renewing(send)\n",
        ("tests/unit/test_salesforce_client.py::test_a_write_is_never_sent_twice",),
    ),
    Bug(
        "logging in again as often as the org refuses",
        "deployer/salesforce/client.py",
        "        except SessionExpired as again:\n            raise LoginRefused(\n",
        "        except SessionExpired as again:\n"
        "            for _ in range(20):\n"
        "                self._use(self._renew())\n"
        "                try:\n"
        "                    return send()\n"
        "                except SessionExpired:\n"
        "                    continue\n"
        "            raise LoginRefused(\n",
        (
            "tests/unit/test_salesforce_client.py::test_a_second_refusal_of_a_fresh_session_is_final",
        ),
    ),
    Bug(
        "each thread logging in for itself",
        "deployer/salesforce/client.py",
        "                if self._token is used:\n",
        "                if used:\n",
        ("tests/unit/test_salesforce_client.py::test_calls_side_by_side_log_in_once_for_all",),
    ),
    Bug(
        "what died at the very moment looked back to left out",
        "sync/night/reading.py",
        "AND SystemModstamp >= :since",
        "AND SystemModstamp > :since",
        (f"{_DEAD}what_died_at_the_very_moment_that_is_looked_back_to_is_found",),
    ),
    Bug(
        "no look back over what shows late",
        "sync/night/reading.py",
        "since=from_text(harvested_at) - OVERLAP",
        "since=from_text(harvested_at)",
        (f"{_DEAD}a_merge_that_shows_late_is_found_the_next_night",),
    ),
    Bug(
        "records told apart by their time alone, so that of those of one moment one is read",
        "sync/night/reading.py",
        "        rows = (row for file in files for row in read_rows(file))\n",
        "        every = (row for file in files for row in read_rows(file))\n"
        '        rows = {row.get("SystemModstamp", row["Id"]): row for row in '
        "every}.values()\n",
        (f"{_NIGHT}records_ticked_at_the_very_same_moment_are_all_read",),
    ),
    Bug(
        "an unknown code ignored",
        "sync/delivery.py",
        "    return Outcome(TargetState.QUARANTINED, row.code, row.message, DAY_S)\n",
        "    return Outcome(TargetState.DONE)\n",
        (f"{_PUSH}a_refused_row_holds_up_no_other_and_goes_through_once_it_can",),
    ),
)
