"""The seeded org through a client that is not ours, and all its metadata out and in again."""

from __future__ import annotations

from base64 import b64decode

import pytest
from metadata_org import Lab, layout_xml, one_layout, zipped
from simple_salesforce import Salesforce  # noqa: TID251 - a client that is not ours

from practice_org.login.sessions import start_session
from practice_org.metadata.catalogue import list_any
from practice_org.tables import find_rows

KINDS = (
    *("Layout", "CustomField", "CustomObject", "PermissionSet", "Profile"),
    *("FlexiPage", "CustomApplication", "LeadConvertSettings"),
)


@pytest.fixture
def lab(org, clock):
    admin = find_rows(org, "Profile", Id=org.setting("admin_profile_id"))[0]
    user = find_rows(org, "User", ProfileId=admin["Id"])[0]["Id"]
    return Lab(org, clock, start_session(org, user), user, admin["Id"])


def test_everything_the_seeded_org_has_can_be_retrieved_and_deployed_again(lab):
    names = {kind: [c.full_name for c in list_any(lab.org, kind)] for kind in KINDS}
    assert all(names.values())
    result = lab.retrieve(names)
    assert result.child("messages") is None
    job = lab.start_zip(b64decode(result.text("zipFile")))
    lab.clock.move(seconds=1)
    details = lab.status(job)["details"]
    assert details["componentFailures"] == []
    changed = {row["componentType"] for row in details["componentSuccesses"] if row["changed"]}
    assert changed <= {"CustomObject", "Profile"}


@pytest.fixture
def salesforce(practice, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", practice.facts["ca_file"])
    token, url = practice.facts["access_token"], practice.https
    client = Salesforce(session_id=token, instance_url=url, version="63.0")
    yield client
    client.session.close()
    client.mdapi._client.transport.session.close()


@pytest.mark.slow
def test_simple_salesforce_deploys_and_retrieves(salesforce, practice, tmp_path):
    name = "Contact-Brand New"
    archive = tmp_path / "package.zip"
    archive.write_bytes(zipped(one_layout(layout_xml("Email"), name)))
    asked = salesforce.mdapi.deploy(str(archive), salesforce.session_id, checkOnly=False)
    practice.clock.move(seconds=1)
    state, *_ = salesforce.mdapi.check_deploy_status(asked[0])
    assert state == "Succeeded"
    found = salesforce.mdapi.Layout.read(name)
    assert found.layoutSections[0].layoutColumns[0].layoutItems[1].field == "Email"
