"""Whatever ends a command, or is refused, has its line in the guide, in the program's words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deployer.errors import Exit, OptoutError
from deployer.rollout.remedies import GENERAL, REMEDIES, remedy_for
from deployer.salesforce.fault_table import FAULTS, STATUSES
from sync.reactions import Level, reaction_to

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/operating/troubleshooting.md").read_text()
CODE = re.compile(r'^    code(?:: ClassVar\[str\])? = "([a-z-]+)"$', re.MULTILINE)
# The errors of Sales Connect's Salesforce Diagnostics page, all of them.
DIAGNOSTICS = [
    "API_CURRENTLY_DISABLED",
    "AUTHENTICATION_FAILURE",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "CANNOT_UPDATE_CONVERTED_LEAD",
    "ENTITY_IS_LOCKED",
    "EXPIRED_ACCESS",
    "FAILED_WRITE",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "FIELD_FILTER_VALIDATION_EXCEPTION",
    "FIELD_INTEGRITY_EXCEPTION",
    "INACTIVE_ORGANIZATION",
    "INACTIVE_USER",
    "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INVALID_GRANT",
    "INVALID_TYPE",
    "QUERY_TIMEOUT",
    "REQUEST_LIMIT_EXCEEDED",
    "REQUIRED_FIELD_MISSING",
    "SERVER_UNAVAILABLE",
    "TXN_SECURITY_NO_ACCESS",
    "UNABLE_TO_LOCK_ROW",
    "UNKNOWN_EXCEPTION",
]


def rows(title: str) -> list[list[str]]:
    """The cells of a section's table, without its head; `\\|` is a bar."""
    _, found, after = PAGE.partition(f"\n## {title}")
    assert found, title
    lines = re.findall(r"^\| (.*) \|$", after.partition("\n## ")[0], re.MULTILINE)
    cells = [
        [cell.replace("\\|", "|") for cell in re.split(r" (?<!\\)\| ", line)] for line in lines
    ]
    return cells[1:]


def own_codes() -> set[str]:
    sources = [path for room in ("deployer", "sync") for path in (ROOT / room).rglob("*.py")]
    return {code for path in sources for code in CODE.findall(path.read_text())}


def test_each_exit_code_has_its_line():
    assert [int(row[0]) for row in rows("By exit code")] == [int(code) for code in Exit]


def test_each_code_of_this_program_has_its_line_and_no_line_is_of_a_code_that_is_gone():
    named = [row[0].strip("`") for row in rows("By this program's own code")]
    assert OptoutError.code in own_codes()
    assert sorted(named) == sorted(own_codes())


def test_each_sentence_of_a_refused_deploy_has_the_remedy_that_is_printed():
    *known, rest = rows("A deploy that the org refuses")
    for said, _, remedy in known:
        assert {remedy_for(sentence) for sentence in re.findall(r"`([^`]+)`", said)} == {remedy}
    assert [remedy for *_, remedy in known] == [remedy for _, remedy in REMEDIES]
    assert rest[2] == GENERAL


def test_each_wording_of_a_remedy_is_shown():
    said = " ".join(row[0] for row in rows("A deploy that the org refuses"))
    wordings = [w for p, _ in REMEDIES if "(" not in p for w in p.split("|")]
    assert [w for w in wordings if not re.search(w, said, re.IGNORECASE)] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.code}/{fault.pattern}")
def test_each_code_of_the_org_has_its_line(fault):
    says = f" that says `{fault.pattern}`" if fault.pattern else ""
    line = [f"`{fault.code}`{says}", str(int(fault.error.exit)), fault.sentence, fault.hint]
    assert line in rows("The org's codes")


@pytest.mark.parametrize(("status", "fault"), STATUSES.items())
def test_each_answer_without_a_code_has_its_line(status, fault):
    line = [f"HTTP {status} without a code", str(int(fault.error.exit)), fault.sentence, fault.hint]
    assert line in rows("The org's codes")


def test_no_line_is_about_a_code_of_the_org_that_is_gone():
    assert len(rows("The org's codes")) == len(FAULTS) + len(STATUSES)


def test_each_error_of_sales_connect_has_its_line():
    named = [re.findall(r"`(\w+)`", row[0])[0] for row in rows("Coming from Sales Connect")]
    assert named == DIAGNOSTICS


@pytest.mark.parametrize("row", rows("Coming from Sales Connect"), ids=lambda row: row[0])
def test_what_the_sync_does_about_an_error_of_sales_connect_is_what_it_does(row):
    there, does, advice = row
    login = re.search(r"the org says `(\w+)` with `([^`]+)`", there)
    ours = re.search(r"here `([a-z-]+)`", there)
    if login:
        found = reaction_to(login[1], login[2], Level.CALL)
    else:
        found = reaction_to(ours[1] if ours else re.findall(r"`(\w+)`", there)[0], "", Level.ROW)
    then = found.after(found.pace.attempts) if found.pace.attempts else found.reaction
    words = [f"`{found.reaction.name}`", *([f"`{then.name}`"] if then != found.reaction else [])]
    assert (does, bool(advice)) == (", then ".join(words), True)
