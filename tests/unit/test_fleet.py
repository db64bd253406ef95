"""A fleet's pure parts: which orgs, how a child's end is told, what the fleet exits with."""

from __future__ import annotations

import json
import re
import signal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.errors import Exit, UsageError
from deployer.fleet.choosing import check_file, pick_orgs
from deployer.fleet.last_words import MOST, last_words
from deployer.fleet.outcomes import WORDS, WORST_FIRST, Asked, End, Ended, exit_of, to_row
from deployer.fleet.report import to_report
from deployer.fleet.verbs import VERBS
from deployer.model.findings import Severity

KNOWN = ("emea-prod", "emea-uat", "apac", "us")
PLAN = {"layouts": [{"outcome": "add"}, {"outcome": "add"}, {"outcome": "present"}],
        "lightning_pages": [{"outcome": "add"}], "new_fields": ["Lead.X__c"],
        "permission_set_changes": True, "assignments": [{}, {}], "changes": True,
        "deploy_id": None, "status": "nothing-to-do", "findings": []}  # fmt: skip
DEPLOYED = PLAN | {"deploy_id": "0Af1", "status": "Succeeded"}
FAILED = [{"severity": "fail", "where": "Lead-L", "what": "no such field", "fix": "create it"},
          {"severity": "warn", "where": "x", "what": "y", "fix": "z"},
          {"severity": "fail", "where": "Lead-M", "what": "nor this", "fix": ""}]  # fmt: skip
CHECKS = [{"id": "C1", "outcome": "pass", "remedy": ""},
          {"id": "C2", "outcome": "unknown", "remedy": "ask"},
          {"id": "C3", "outcome": "fail", "remedy": "mend"}]  # fmt: skip
NIGHT = {"run_id": "r1", "outcome": "done", "writes": {"salesforce": 2, "people": 3},
         "planned": {"salesforce": 2, "people": 4}, "held": {"salesforce": 0, "people": 1},
         "why_held": [], "newly_quarantined": 0, "unknown": 0}  # fmt: skip
HELD = NIGHT | {"outcome": "held", "why_held": ["too many"]}
LATE = {"error": {"code": "try-later", "message": "busy", "where": "the org", "next": "wait"}}


def asked(verb: str, *options: str) -> Asked:
    return Asked(VERBS[verb], options, 30)


def printed(body, code, end=End.ITSELF) -> Ended:
    out = json.dumps({"schema": 1, "ok": True, "exit": code, "org_id": None, **body})
    return Ended("uat", end, code, out.encode())


@pytest.mark.parametrize(
    ("globs", "meant"),
    [
        (["*"], KNOWN),
        (["emea-*"], ("emea-prod", "emea-uat")),
        (["us", "emea-*", "emea-uat"], ("emea-prod", "emea-uat", "us")),
        (["?pac"], ("apac",)),
    ],
)
def test_orgs_are_meant_by_name_or_pattern_once_and_in_the_order_of_the_settings(globs, meant):
    assert pick_orgs(KNOWN, globs) == meant


@pytest.mark.parametrize("globs", [["EMEA-*"], ["*", "emae-uat"], ["practice"], [""]])
def test_a_pattern_that_matches_no_org_is_refused_with_the_names_there_are(globs):
    with pytest.raises(UsageError, match="apac, emea-prod, emea-uat, us"):
        pick_orgs(KNOWN, globs)


def test_a_file_that_all_orgs_would_share_is_refused():
    check_file("--out", "plans/{org}.json")
    with pytest.raises(UsageError, match=r"--out plan\.json: each org needs a file of its own"):
        check_file("--out", "plan.json")


ROWS = [
    ("plan", PLAN, 0, "done", "layouts: 2 add, 1 present; pages: 1 add; field Lead.X__c", "-"),
    ("plan", PLAN, 0, "done", "created; permission set changed; 2 users assigned", "-"),
    ("plan", PLAN, 10, "changes pending", "layouts: 2 add", "-"),
    ("plan", PLAN | {"changes": False}, 0, "done", "nothing to do", "-"),
    ("plan", PLAN | {"findings": FAILED}, 1, "said no", "Lead-L: no such field (and 1 more)",
     "create it"),
    ("deploy", DEPLOYED, 0, "done", ": Succeeded, deploy 0Af1", "-"),
    ("deploy", PLAN | {"changes": False}, 0, "done", "nothing to do", "-"),
    ("deploy", LATE, 75, "try later", "the org: busy", "wait"),
    ("readiness", {"checks": CHECKS, "verdict": "not-ready"}, 1, "not ready",
     "1 pass, 1 unknown, 1 fail (C3)", "mend"),
    ("readiness", {"checks": CHECKS[:2], "verdict": "unknown"}, 4, "unknown", "1 unknown", "ask"),
    ("readiness", {"checks": CHECKS[:1], "verdict": "ready"}, 0, "ready", "1 pass", "-"),
    ("nightly", NIGHT, 0, "done",
     "salesforce 2 written of 2, people 3 written of 4 (1 held)", "-"),
    ("nightly", HELD, 1, "held", "too many",
     "optout sync nightly --org uat --approve r1; when that is right"),
    ("nightly", NIGHT | {"newly_quarantined": 5}, 1, "said no", "5 newly refused",
     "optout sync quarantine list --org uat"),
    ("nightly", NIGHT | {"run_id": "", "outcome": "nothing-due"}, 0, "done", "nothing due", "-"),
    ("nightly", NIGHT | {"run_id": "", "outcome": "busy"} | LATE, 75, "try later", "busy", "wait"),
]  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_a_row_says_what_the_document_says(case):
    verb, body, code, result, why, then = case
    row = to_row(printed(body, code), asked(verb))
    assert (row.exit, row.result, row.next) == (code, result, then)
    assert why in row.why


def test_a_failure_that_names_no_remedy_is_to_be_run_alone():
    row = to_row(printed(PLAN, 1), asked("plan", "--object=Lead", "--out=my plans/{org}.json"))
    assert row.next == "optout plan --object=Lead '--out=my plans/uat.json' --org=uat"


LOST = [
    (Ended("uat", End.ITSELF, -9), "died", 1, "killed by SIGKILL; it said nothing"),
    (Ended("uat", End.ITSELF, 137, b"", b"a\nKilled\n\n"), "died", 1, "137 and no .*Killed"),
    (Ended("uat", End.ITSELF, 0, b"{"), "died", 1, "exit code 0 and no answer"),
    (Ended("uat", End.ITSELF, 0, b"\xff"), "died", 1, "no answer"),
    (Ended("uat", End.ITSELF, 0, b'{"schema": 2, "exit": 0}'), "died", 1, "no answer"),
    (Ended("uat", End.ITSELF, 1, b'{"schema": 1, "exit": 0}'), "died", 1, "no answer"),
    (Ended("uat", End.ITSELF, 7, b'{"schema": 1, "exit": 7}'), "died", 1, "exit code 7"),
    (Ended("uat", End.TOO_LONG, -2), "too long", 1, "not ended after 30 minutes, and was stopped$"),
    (Ended("uat", End.TOO_LONG, -9), "too long", 1, "did not heed that and was killed"),
    (Ended("uat", End.STOPPED, -2), "interrupted", 130, "stopped with the fleet$"),
    (printed(LATE, 130, End.STOPPED), "interrupted", 130, "stopped with the fleet$"),
    (printed(LATE, 130, End.TOO_LONG), "too long", 1, "30 minutes"),
    (printed(LATE, 130), "interrupted", 130, "the org: busy"),
    (Ended("uat", End.NOT_BEGUN), "not begun", 130, "the fleet was stopped first"),
    (Ended("uat", End.NOT_STARTED, err=b"No room"), "not begun", 75, "started: .*No room"),
]  # fmt: skip


@pytest.mark.parametrize(("ended", "result", "code", "why"), LOST)
def test_a_child_without_an_answer_has_a_row_of_its_own(ended, result, code, why):
    row = to_row(ended, asked("plan"))
    assert (row.result, row.exit) == (result, code)
    assert re.search(why, row.why)
    assert row.next in {"optout plan --org=uat", "wait"}


@pytest.mark.parametrize("end", [End.TOO_LONG, End.STOPPED])
def test_a_child_that_came_to_its_own_end_after_all_is_believed(end):
    assert to_row(printed(DEPLOYED, 0, end), asked("deploy")).result == "done"


def test_a_deploy_that_was_stopped_is_to_be_resumed():
    row = to_row(Ended("uat", End.TOO_LONG, -signal.SIGKILL), asked("deploy"))
    assert row.next.startswith("optout jobs resume --org uat; ")


def test_the_order_of_exit_codes_is_whole_and_each_beats_all_that_come_after_it():
    assert sorted(WORST_FIRST) == sorted(Exit) == sorted(WORDS)
    for worse, better in pairwise(WORST_FIRST):
        if worse is not Exit.USAGE:
            assert exit_of([better, worse, better]) is worse


@pytest.mark.parametrize(("codes", "code"), [([], 0), ([0, 0], 0), ([10, 0, 1], 1), ([2, 2], 2),
                                             ([2, 0], 1), ([2, 75], 1), ([3, 1], 3), ([69, 75], 75),
                                             ([4, 75], 4), ([130, 3], 130)])  # fmt: skip
def test_the_fleet_exits_with_the_worst_and_with_2_only_when_nothing_was_sent_anywhere(codes, code):
    assert exit_of(map(Exit, codes)) == code


SECRETS = [
    ("login of ann@example.com failed", "login of *** failed"),
    ("token 00D5e000000001AAA!AQcAQH0dMHZfz972Szmpkb58 is over", "token *** is over"),
    ("url https://host/?client_secret=abc went", "url *** went"),
    ("password: hunter2 was wrong", "*** was wrong"),
    ("ValueError: 'hunter2' is no number", "ValueError"),
    ("sqlalchemy.exc.OperationalError: postgresql://u:p@h", "sqlalchemy.exc.OperationalError"),
    ("MemoryError", "MemoryError"),
    ("Killed", "Killed"),
    ("", ""),
]


@pytest.mark.parametrize(("line", "told"), SECRETS)
def test_last_words_hold_neither_secret_nor_address(line, told):
    assert last_words(f"before\n{line}\n".encode() if line else b"\n") == told


@given(st.binary())
def test_last_words_are_one_short_line_of_whatever_was_said(said):
    told = last_words(said)
    assert len(told) <= MOST + 3
    assert len(told.splitlines()) <= 1


def test_the_report_says_first_how_many_need_somebody_and_once_what_to_do_for_each():
    ends = [("a", HELD, 1), ("b", NIGHT, 0), ("c", LATE, 75), ("d", LATE, 75)]
    rows = [to_row(Ended(org, End.ITSELF, code, printed(body, code).out), asked("nightly"))
            for org, body, code in ends]  # fmt: skip
    report = to_report(rows, "sync nightly", "/logs")
    assert report.verdict == "3 of 4 orgs left to see to: 2 try later, 1 held."
    assert report.steps == (
        "optout sync nightly --org a --approve r1; when that is right; for a",
        "wait; for c, d",
    )
    assert report.exit == 1
    severities = [case.severity for case in report.cases]
    assert severities == [Severity.FAIL, Severity.PASS, Severity.FAIL, Severity.FAIL]
    assert [each["org"] for each in report.document["orgs"]] == ["a", "b", "c", "d"]


def test_a_remedy_that_differs_by_the_org_s_name_alone_is_said_once():
    look = {"checks": [{"id": "C3", "outcome": "fail", "remedy": ""}], "verdict": "not-ready"}
    bodies = {}
    for org in ("a", "ab"):
        remedy = f"optout deploy --org {org} --yes"
        bodies[org] = look | {"checks": [{**look["checks"][0], "remedy": remedy}]}
    rows = [to_row(Ended(org, End.ITSELF, 1, printed(body, 1).out), asked("readiness"))
            for org, body in bodies.items()]  # fmt: skip
    assert to_report(rows, "readiness", "/logs").steps == (
        "optout deploy --org ORG --yes; for a, ab",
    )


def test_a_long_reason_is_cut_in_the_table_alone_and_stands_on_one_line():
    said = f"no\nroom for {'layouts ' * 40}"
    row = to_row(printed({"error": {**LATE["error"], "message": said}}, 1), asked("plan"))
    report = to_report([row], "plan", "/logs")
    assert row.why == f"the org: {' '.join(said.split())}"
    assert report.tables[0].rows[0][2] == f"{row.why[:160]}..."
    assert (report.document["orgs"][0]["why"], report.cases[0].what) == (
        row.why,
        f"said no: {row.why}",
    )


def rows_of(title):
    page = Path(__file__).resolve().parents[2] / "docs/operating/fleet.md"
    table = page.read_text().partition(f"\n| {title} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


def test_the_page_has_the_exit_codes_in_the_order_in_which_they_win():
    codes = [int(code) for code, _ in rows_of("exit")]
    assert codes == [0, *(code for code in WORST_FIRST if code)]


def test_the_page_has_each_verb_with_its_time_and_each_result_without_an_answer():
    told = {name: (runs, time.split()[0]) for name, runs, time in rows_of("command")}
    assert told == {
        f"`fleet {name}`": (f"`optout {' '.join(verb.words)}`", str(verb.minutes))
        for name, verb in VERBS.items()
    }
    assert {row[0].strip("`") for row in rows_of("result")} == {case[1] for case in LOST}
