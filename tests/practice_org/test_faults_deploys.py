"""Deployments that end otherwise than the package deserves, and polls that stumble."""

from __future__ import annotations

import pytest
from metadata_org import CONTACT, fields_on, layout_xml, one_layout, open_lab, package_xml

from practice_org.faults.firing import switch_on
from practice_org.faults.store import When
from practice_org.metadata.jobs import deploy_jobs
from practice_org.wire import OrgError

OTHER = "Contact-Other Layout"
PACKAGE = one_layout(layout_xml("Email"))
TWO = {
    "package.xml": package_xml({"Layout": [CONTACT, OTHER]}),
    f"layouts/{CONTACT}.layout": layout_xml("Email"),
    f"layouts/{OTHER}.layout": layout_xml("Email"),
}
KEPT, AS_BEFORE = ["Name", "Email"], ["Name"]
ENDINGS = [
    ("ALREADY_IN_PROCESS", "Failed", "ALREADY_IN_PROCESS", AS_BEFORE),
    ("LIMIT_EXCEEDED", "Failed", "LIMIT_EXCEEDED", AS_BEFORE),
    ("UNKNOWN_EXCEPTION", "Failed", "UNKNOWN_EXCEPTION", AS_BEFORE),
    ("UNKNOWN_EXCEPTION_AFTER", "Failed", "UNKNOWN_EXCEPTION", KEPT),
    ("FinalizingDeployFailed", "FinalizingDeployFailed", None, AS_BEFORE),
]


@pytest.fixture
def lab():
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml())
    return lab


@pytest.mark.parametrize(("code", "status", "error", "fields"), ENDINGS)
def test_a_deployment_ends_so_and_leaves_that(lab, code, status, error, fields):
    switch_on(lab.org, "deploy.run", code)
    result = lab.deploy(PACKAGE)
    assert (result["status"], result.get("errorStatusCode")) == (status, error)
    assert (result["done"], result["success"]) == (True, False)
    assert fields_on(lab) == fields


@pytest.mark.parametrize("code", [row[0] for row in ENDINGS])
def test_a_checked_deployment_leaves_nothing_however_it_ends(lab, code):
    switch_on(lab.org, "deploy.run", code)
    assert not lab.deploy(PACKAGE, checkOnly=True)["success"]
    assert fields_on(lab) == AS_BEFORE


def test_a_partial_success_leaves_out_the_last_file(lab):
    lab.load("Layout", OTHER, layout_xml())
    switch_on(lab.org, "deploy.run", "SucceededPartial")
    result = lab.deploy(TWO)
    assert (result["status"], result["numberComponentErrors"]) == ("SucceededPartial", 1)
    assert [row["fullName"] for row in result["details"]["componentFailures"]] == [OTHER]
    assert (fields_on(lab), fields_on(lab, OTHER)) == (KEPT, AS_BEFORE)


def test_the_next_deployment_goes_through(lab):
    switch_on(lab.org, "deploy.run", "ALREADY_IN_PROCESS", When(times=1))
    assert [lab.deploy(PACKAGE)["success"] for _ in range(2)] == [False, True]


@pytest.mark.parametrize(("version", "fields"), [("63.0", KEPT), ("65.0", AS_BEFORE)])
def test_a_cancelled_deployment_is_carried_out_below_65(lab, version, fields):
    lab.version = version
    lab.set(deploy_seconds="10")
    switch_on(lab.org, "deploy.cancel", "CANCEL_COMMITS")
    job = lab.start(PACKAGE)
    lab.clock.move(1)
    lab.soap("cancelDeploy", f"<id>{job}</id>")
    assert lab.status(job)["status"] == "Canceled"
    assert fields_on(lab) == fields


def test_what_a_cancelled_deployment_wrote_is_its_authors_in_the_audit(lab):
    lab.set(deploy_seconds="10")
    switch_on(lab.org, "deploy.cancel", "CANCEL_COMMITS")
    job = lab.start(PACKAGE)
    lab.clock.move(1)
    lab.soap("cancelDeploy", f"<id>{job}</id>")
    lab.status(job)
    written = lab.org.db.execute("SELECT user_id FROM audit WHERE request_id = ?", (job,))
    assert {row[0] for row in written} == {lab.user_id}


def test_a_look_that_stumbles_is_followed_by_one_that_is_right(lab):
    job = lab.deploy(PACKAGE)["id"]
    switch_on(lab.org, "deploy.poll", "INVALID_CROSS_REFERENCE_KEY", When(times=2))
    inner = f"<asyncProcessId>{job}</asyncProcessId>"
    stumbled = lab.soap("checkDeployStatus", inner)
    assert stumbled.text("faultcode") == "sf:INVALID_CROSS_REFERENCE_KEY"
    assert lab.rest("GET", f"/{job}")[0]["errorCode"] == "INVALID_CROSS_REFERENCE_KEY"
    assert lab.status(job)["success"]


def test_the_reply_to_a_deployment_can_be_lost_and_the_deployment_is_there(lab):
    switch_on(lab.org, "deploy.start", "DROP_AFTER")
    with pytest.raises(OrgError, match="no element found"):  # nothing came back to be read
        lab.start(PACKAGE)
    assert [job.user_id for job in deploy_jobs(lab.org)] == [lab.user_id]


def test_a_deployment_can_be_lost_on_its_way(lab):
    switch_on(lab.org, "deploy.start", "DROP_BEFORE")
    with pytest.raises(OrgError, match="no element found"):
        lab.start(PACKAGE)
    assert deploy_jobs(lab.org) == []


def test_an_unparsable_status_is_half_of_the_real_one(lab):
    job = lab.deploy(PACKAGE)["id"]
    path = f"/services/data/v63.0/metadata/deployRequest/{job}"
    whole = lab.ask("GET", path).body
    switch_on(lab.org, "deploy.poll", "TRUNCATED")
    assert lab.ask("GET", path).body == whole[: len(whole) // 2]
