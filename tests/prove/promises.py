"""What is promised, one sentence each, and what would show that it is broken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise; `suites` of `ci/prove` look for a breach of it in every case they run.

    `tests` hold it in one plain situation each, as `path::name`.
    """

    says: str
    suites: tuple[str, ...]
    tests: tuple[str, ...]


_UNIT, _FLOW = "tests/unit/test_", "tests/flows/test_"
_PUSH = f"{_UNIT}push.py::test_"
_LOSING = f"{_UNIT}losing_schedules.py::test_"
_CLEARS = f"{_UNIT}resubscribe_laws.py::test_"
_LEASE = f"{_UNIT}lease.py::test_"
_NIGHTS = f"{_FLOW}sync_nights.py::test_"
_NIGHT = f"{_UNIT}nightly.py::test_"
_TOLD = f"{_FLOW}sync_operator.py::test_"
_OLD = f"{_UNIT}retention.py::test_"
_WALK = f"{_FLOW}deploy_walk.py::test_"
_AGAIN = f"{_UNIT}reconcile.py::test_"
_SEARCH = f"{_FLOW}canaries.py::test_"

PROMISES = (
    Promise(
        "An opt-out that was accepted reaches every live record of that person and the people "
        "side, or it is in quarantine with its reason.",
        (
            "kill",
            "lock",
            "model",
            "sim",
            "faults",
            "net",
            "disk",
            "soak",
            "nightly",
            "kill_postgresql",
            "lock_postgresql",
            "soak_postgresql",
        ),
        (
            f"{_PUSH}an_unsubscribe_reaches_the_person_and_every_record_they_hold",
            f"{_LOSING}a_thousand_taken_while_the_org_is_down_are_all_applied_afterwards",
        ),
    ),
    Promise(
        "Nobody is told that an opt-out was accepted before it is on disk.",
        ("powercut", "kill", "disk", "kill_postgresql"),
        (
            f"{_UNIT}prove_powercut.py::test_what_is_opened_as_it_ships_loses_nothing",
            f"{_UNIT}serve_intake.py::test_an_unsubscribe_is_in_the_ledger_when_it_is_answered",
        ),
    ),
    Promise(
        "Nobody is opted in, save by `optout sync resubscribe`, typed with a name and a reason.",
        (
            "model",
            "sim",
            "faults",
            "net",
            "kill",
            "lock",
            "soak",
            "kill_postgresql",
            "lock_postgresql",
            "soak_postgresql",
        ),
        (
            f"{_NIGHT}no_night_ever_writes_an_opt_in",
            f"{_CLEARS}only_a_resubscribe_clears_and_no_opt_out_is_lost_by_one",
        ),
    ),
    Promise(
        "A record is changed once for one opt-out, however often it was sent, and wherever the run "
        "was killed.",
        ("kill", "lock", "net", "soak", "kill_postgresql", "lock_postgresql", "soak_postgresql"),
        (
            f"{_PUSH}a_write_whose_answer_is_lost_is_read_back_and_done_once",
            f"{_PUSH}the_same_event_again_writes_nothing",
        ),
    ),
    Promise(
        "An opt-out wins whatever happens beside it: edits, merges, conversions, deletions, other "
        "addresses, in any order.",
        ("model", "sim"),
        (
            f"{_UNIT}sync_laws.py::test_opt_outs_win_under_every_interleaving",
            f"{_AGAIN}what_is_reached_is_what_a_walk_over_the_graph_reaches",
        ),
    ),
    Promise(
        "A night that follows another with nothing new in between writes nothing.",
        ("model", "nightly"),
        (
            f"{_AGAIN}a_second_run_writes_nothing",
            f"{_NIGHTS}a_night_moves_both_ways_and_the_second_one_nothing",
        ),
    ),
    Promise(
        "Every row that was sent is told as done, refused or unknown, and what is unknown is "
        "looked at again.",
        ("faults", "nightly"),
        (
            f"{_NIGHT}many_go_by_bulk_and_every_row_is_accounted_for",
            f"{_UNIT}records.py::test_an_outcome_belongs_to_its_row_or_is_unknown",
        ),
    ),
    Promise(
        "One runner works at a time; whoever comes back too late can write nothing into the "
        "ledger any more.",
        ("lock", "lock_postgresql"),
        (
            f"{_LEASE}a_stale_holder_can_neither_write_nor_renew_nor_end_the_lease_of_another",
            f"{_NIGHTS}a_second_runner_hears_busy",
        ),
    ),
    Promise(
        "What the org refused is not given up: once the cause is over the next night applies it "
        "and empties the quarantine.",
        ("faults",),
        (f"{_PUSH}a_refused_row_holds_up_no_other_and_goes_through_once_it_can",),
    ),
    Promise(
        "Nothing is hidden: whatever needs a person makes the run say so, by its exit code, too.",
        ("faults",),
        (
            f"{_UNIT}sync_status.py::test_what_needs_a_person",
            f"{_TOLD}a_refusal_makes_status_ask_for_a_person_until_it_is_acknowledged",
        ),
    ),
    Promise(
        "A deploy leaves the org as it was, or as it was reviewed; nothing in between.",
        ("deploy", "net", "disk"),
        (
            f"{_FLOW}killed.py::test_killed_at_every_call_and_deployed_again",
            f"{_FLOW}deploy_options.py::test_a_failure_rolls_back_and_no_test_level_is_sent",
        ),
    ),
    Promise(
        "What a deploy replaced can be put back, and compares equal to what was there before.",
        ("deploy", "net", "disk"),
        (
            f"{_WALK}restore_gives_the_old_trees_back",
            f"{_FLOW}deploy_disk.py::test_a_full_disk_stops_a_deploy_before_anything_is_sent",
        ),
    ),
    Promise(
        "Whatever only looks (readiness, `--check`, `validate`) changes nothing.",
        ("net", "badinput"),
        (
            f"{_FLOW}readiness_audit.py::test_a_look_only_reads_and_lists_every_call",
            f"{_FLOW}edit.py::test_check_writes_nothing_and_exits_ten",
        ),
    ),
    Promise(
        "Every run is bounded: in calls, in tries of what is refused, in memory.",
        ("faults", "soak", "soak_postgresql", "nightly", "badinput"),
        (
            f"{_WALK}a_deploy_costs_at_most_twelve_calls_besides_polls",
            f"{_UNIT}night_calls.py::test_a_quiet_night_costs_its_queries",
            f"{_UNIT}bulk_client_answers.py::test_fifty_thousand_rows_need_no_memory_to_speak_of",
        ),
    ),
    Promise(
        "What the ledger accepted stays in it: it is never touched while it is open, and when it "
        "is settled and old it is emptied, not forgotten.",
        ("powercut", "upgrade"),
        (
            f"{_OLD}nothing_unsettled_is_ever_touched",
            f"{_OLD}a_settled_event_is_emptied_after_its_days_and_known_when_it_comes_again",
        ),
    ),
    Promise(
        "No secret and no address is in a log, an error, a report or a page.",
        ("security",),
        (
            f"{_SEARCH}a_walk_through_everything_leaves_secrets_and_addresses_where_they_belong",
            f"{_UNIT}canary_search.py::test_every_planted_leak_is_found_by_its_own_test",
        ),
    ),
)
