"""Each identity does its job with the rights of its rendered set alone, and needs each of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from identity_jobs import SEEDS_RUNNER, audit, deploy, first_refused, ids, sync
from identity_org import STRICT, deploy_set, single_rights, without

from deployer.model.identities import (
    AUDITOR,
    DEPLOYER,
    IDENTITIES,
    RUNNER,
    on_shared_records,
    without_accounts,
)
from practice_org.metadata.grants import grants_as_nodes
from practice_org.seed.fields import add_marketo_field
from practice_org.tables import find_rows

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs/operating/identities.md").read_text()
MARKETO = "Marketo_Sales_Opt_Out__c"
NOT_TAKEN = "the org does not take the set"
every = pytest.mark.parametrize("identity", IDENTITIES.values(), ids=IDENTITIES)

# Without this right, on this object, this is the first step that is not done.
FIRST_REFUSED = {
    "auditor": {
        ("ApiEnabled", ""): "look",
        ("ViewSetup", ""): "see the field",
        ("ViewAllUsers", ""): "count",
        ("ViewAllProfiles", ""): "count",
        ("allowRead", "Contact"): "see the field",
        ("allowRead", "Lead"): "see the field",
        ("allowRead", "Account"): "see the field",
        ("readable", "Contact"): "see the field",
        ("readable", "Lead"): "see the field",
    },
    "deployer": {
        ("ApiEnabled", ""): "plan",
        ("ModifyMetadata", ""): "plan",
        ("ViewSetup", ""): NOT_TAKEN,
        ("CustomizeApplication", ""): "deploy",
        ("ManageProfilesPermissionsets", ""): "deploy",
        ("AssignPermissionSets", ""): "deploy",
        ("ViewAllUsers", ""): "assign",
        ("ViewAllProfiles", ""): "deploy",
        ("allowRead", "Contact"): NOT_TAKEN,
        ("allowRead", "Lead"): NOT_TAKEN,
        ("allowRead", "Account"): "look",
        ("viewAllRecords", "Contact"): "try records",
        ("viewAllRecords", "Lead"): "try records",
        ("readable", "Contact"): "plan",
        ("readable", "Lead"): "plan",
    },
    "runner": {
        ("ApiEnabled", ""): "push Contact",
        **{
            (name, each): NOT_TAKEN
            for name in ("allowRead", "allowEdit", "viewAllRecords", "allowDelete")
            for each in ("Contact", "Lead", "Account")
        },
        ("modifyAllRecords", "Contact"): "push Contact",
        ("modifyAllRecords", "Lead"): "push Lead",
        ("modifyAllRecords", "Account"): "push Account",
        ("editable", "Contact"): "push Contact",
        ("editable", "Lead"): "push Lead",
    },
}
RIGHTS = [
    pytest.param((identity, right, on), id=f"{identity.name} {right.name} {on}".strip())
    for identity in IDENTITIES.values()
    for right, on in single_rights(identity)
]


def documented(marked: str = "") -> list[str]:
    """The checks that the page says stay unknown; `marked` is said beside the id."""
    rows = PAGE.split("## What stays unknown for the auditor")[1].split("\n## ")[0]
    return re.findall(rf"^\| (C\d+){marked} \|", rows, re.MULTILINE)


def steps_of(identity, job):
    """The job of this identity, step by step."""
    jobs = {
        "auditor": lambda: audit(job, documented()),
        "deployer": lambda: deploy(job),
        "runner": lambda: sync(job),
    }
    return jobs[identity.name]()


def tighten(org) -> None:
    """Where Salesforce's answer is not known or orgs differ: the less kind one."""
    for name, value in STRICT.items():
        org.set_setting(name, value)


@every
@pytest.mark.parametrize("strict", [False, True], ids=["usual", "strict"])
def test_an_identity_does_its_job_with_its_set_alone(log_in, job, identity, strict):
    log_in(identity)
    if strict:
        tighten(job.org)
    assert first_refused(steps_of(identity, job)) == ""


@every
def test_the_job_tries_every_right(identity):
    rights = {(right.name, on) for right, on in single_rights(identity)}
    assert set(FIRST_REFUSED[identity.name]) == rights


@pytest.mark.parametrize("case", RIGHTS)
def test_without_a_right_a_step_of_the_job_is_refused(log_in, admin, job, case):
    identity, right, on = case
    less = without(identity, right, on)
    expected = FIRST_REFUSED[identity.name][right.name, on]
    if expected == NOT_TAKEN:
        assert any("depends on permission(s)" in problem for problem in deploy_set(admin, less))
        return
    log_in(less)
    tighten(job.org)
    assert first_refused(steps_of(identity, job)) == expected


def test_an_org_without_person_accounts_needs_no_right_on_account(log_in, job):
    job.org.set_setting("person_accounts", "0")
    log_in(without_accounts(RUNNER))
    assert first_refused(sync(job, ("Contact", "Lead"))) == ""


def test_where_all_records_are_shared_the_runner_need_not_modify_all(log_in, job):
    log_in(on_shared_records(RUNNER))
    job.org.set_setting("sharing", "public")
    assert first_refused(sync(job)) == ""


def test_with_a_custom_field_the_auditor_cannot_tell_of_its_mapping_either(log_in, job):
    add_marketo_field(job.org)
    log_in(AUDITOR, MARKETO)
    _, found = job.ask("readiness", "--custom-field", MARKETO, "--runner", SEEDS_RUNNER)
    assert ids(found, "unknown") == [*documented(), *documented(", of a custom field")]


def grants_of(org, name) -> list:
    (row,) = find_rows(org, "PermissionSet", Name=name)
    return list(grants_as_nodes(org, row))


@pytest.mark.parametrize(
    ("identity", "seeds"),
    [(AUDITOR, "Readiness_Audit"), (DEPLOYER, "Deployment"), (RUNNER, "Opt_Out_Runner")],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_the_practice_orgs_login_has_the_rights_of_the_rendered_set(org, admin, identity, seeds):
    before = grants_of(org, seeds)
    assert deploy_set(admin, identity) == []
    assert grants_of(org, identity.permission_set) == before
