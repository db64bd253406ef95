"""[orgs.NAME] and its identities."""

from pathlib import Path

import pytest

from deployer.errors import UsageError
from deployer.settings.org_tables import Role, read_orgs
from deployer.settings.own_orgs import delete_org, draft_org, is_own, key_file, write_org
from deployer.settings.record_ids import to_18
from deployer.settings.toml_file import read_file

JWT = {"login": "jwt", "client_id": "c", "username": "u", "key_file": "jwt.key"}
TEXT = """
[orgs.a]
org_id = "00D5e0000000001"
instance_url = "https://acme.my.salesforce.com"
production = true
ca_file = "ca.pem"
[orgs.a.deployer]
login = "jwt"
client_id = "c"
username = "u"
key_file = "jwt.key"
[orgs.a.runner]
login = "client-credentials"
client_id = "c"
client_secret_env = "SECRET"
"""


def orgs(tmp_path, text):
    path = tmp_path / "optout.toml"
    path.write_text(text)
    return read_orgs(read_file(path))


def test_an_org_is_read_whole(tmp_path):
    org = orgs(tmp_path, TEXT)["a"]
    assert org.org_id == "00D5e0000000001EAA"
    assert org.production is True
    assert org.ca_file == tmp_path / "ca.pem"
    assert org.identity(Role.DEPLOYER).secrets["key"].where == str(tmp_path / "jwt.key")
    assert org.identity(Role.RUNNER).secrets["client_secret"].where == "SECRET"


def test_a_missing_auditor_is_the_deployer(tmp_path):
    assert orgs(tmp_path, TEXT)["a"].identity(Role.AUDITOR).role is Role.DEPLOYER


def test_an_org_without_identities_says_what_to_add(tmp_path):
    with pytest.raises(UsageError, match="no runner identity") as problem:
        orgs(tmp_path, "[orgs.a]")["a"].identity(Role.RUNNER)
    assert "optout org login" in problem.value.hint


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('login = "jwt"', "needs client_id"),
        ('login = "jwt"\nclient_id = "c"\nusername = "u"', "needs key_file"),
        ('login = "jwt"\nclient_id = 5', "must be a text"),
        ('login = "jwtt"', "'jwtt' is not known"),
        ("", "login is missing"),
        ('login = "token"\ntoken_env = "T"', "instance_url"),
        ('login = "sfdx-url"\nurl = "force://x"', "does not belong in this file"),
        ('login = "soap"\nusername = "u"\npassword = "p"', "does not belong in this file"),
        ('login = "sfdx-url"\nurl_file = "a"\nurl_env = "B"', "more than once"),
        ('login = "jwt"\nclient_idd = "c"', "unknown setting orgs.a.deployer.client_idd"),
    ],
)
def test_a_wrong_identity_is_named_with_its_line(tmp_path, body, said):
    with pytest.raises(UsageError) as problem:
        orgs(tmp_path, f"[orgs.a]\n[orgs.a.deployer]\n{body}\n")
    assert said in problem.value.message
    assert "optout.toml:" in problem.value.where


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[orgs.a]\norg_id = "0015e0000000001"', "is not an organization id"),
        ('[orgs.a]\norg_id = "00D5e0000000001XXX"', "is not an organization id"),
        ('[orgs.a]\norg_id = "00D"', "is not an organization id"),
        ('[orgs.a]\nproduction = "yes"', "true or false"),
        ("[orgs.practice]", "practice org's own name"),
        ('[orgs."a/b"]', "is no name for an org"),
        ("[orgs.a]\ndeployer = 5", "must be a table"),
        ("[orgs.a]\ninstance_ur = 5", "unknown setting orgs.a.instance_ur"),
    ],
)
def test_a_wrong_org_is_named_with_its_line(tmp_path, text, said):
    with pytest.raises(UsageError) as problem:
        orgs(tmp_path, text)
    assert said in problem.value.message
    assert "optout.toml" in problem.value.where


@pytest.mark.parametrize(
    ("given", "full"),
    [
        ("00D5e0000000001", "00D5e0000000001EAA"),
        ("00D5e0000000001EAA", "00D5e0000000001EAA"),
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
        ("001D000000IqhSLIAZ", "001D000000IqhSLIAZ"),
        ("001d000000IqhSLIAZ", None),
        ("001D000000IqhS", None),
        ("001D000000IqhS!", None),
        ("", None),
    ],
)
def test_an_ids_ending_is_checked(given, full):
    assert to_18(given) == full


def test_an_own_org_is_written_read_and_forgotten(tmp_path):
    write_org(tmp_path, "a", Role.DEPLOYER, {"org_id": "00D5e0000000001EAA"}, JWT)
    write_org(tmp_path, "a", Role.RUNNER, {"ca_file": None}, JWT)
    write_org(tmp_path, "b", Role.DEPLOYER, {}, {**JWT, "client_id": 'q"\\'})
    stored = read_orgs(read_file(tmp_path / "orgs.toml"))
    assert set(stored["a"].identities) == {Role.DEPLOYER, Role.RUNNER}
    assert stored["b"].identity(Role.DEPLOYER).plain["client_id"] == 'q"\\'
    assert is_own(tmp_path, "a")
    delete_org(tmp_path, "a")
    assert not is_own(tmp_path, "a")
    assert is_own(tmp_path, "b")


def test_forgetting_an_org_deletes_its_kept_secrets(tmp_path):
    write_org(tmp_path, "a", Role.DEPLOYER, {}, JWT)
    kept = key_file(tmp_path, "a", Role.DEPLOYER, "refresh_token")
    kept.parent.mkdir()
    kept.write_text("x")
    assert delete_org(tmp_path, "a") == []
    assert not kept.exists()


def test_a_draft_is_checked_and_not_written(tmp_path):
    assert draft_org(tmp_path, "a", Role.DEPLOYER, {}, JWT).name == "a"
    with pytest.raises(UsageError, match="needs client_id"):
        draft_org(tmp_path, "a", Role.DEPLOYER, {}, {"login": "jwt"})
    assert list(Path(tmp_path).iterdir()) == []
