"""optout uninstall: what optout put into an org goes, and nothing else does."""

from __future__ import annotations

import pytest
from uninstalling import (
    DEPLOY,
    LOGIN,
    ORG,
    OURS,
    UNINSTALL,
    holders,
    moved,
    rules,
    set_file,
    set_row,
    trees,
)
from walk import BUSY, is_submit
from wiretap import Wiretap

from deployer.planning.permission_sets import same_set
from practice_org.faults.firing import switch_on
from practice_org.faults.store import When
from practice_org.metadata.components import edit_layout_as
from practice_org.tables import find_rows, insert_row

pytestmark = pytest.mark.slow

FIELD = "HasOptedOutOfEmail"


@pytest.fixture
def tap(org_now, switchboard) -> Wiretap:
    switchboard.answer = Wiretap(org_now.org)
    return switchboard.answer


def test_all_that_a_deploy_put_there_goes_and_what_was_there_before_stays(org_now, run):
    org = org_now.org
    before, sets = trees(org), len(find_rows(org, "PermissionSet"))
    assert run(*DEPLOY, "--lightning-pages", "--assign", "layout-users")[0] == 0
    assert moved(org, before)
    assert holders(org)
    code, out, err = run(*UNINSTALL)
    assert code == 0, err
    assert f"permission set {OURS} deleted" in out
    assert moved(org, before) == set()
    assert (set_row(org), len(find_rows(org, "PermissionSet"))) == (None, sets)


def test_a_second_uninstall_has_nothing_to_do(org_now, run, tap):
    assert run(*DEPLOY, "--assign", "layout-users")[0] == 0
    assert run(*UNINSTALL)[0] == 0
    before, sent = trees(org_now.org), len(tap.packages())
    code, out, _ = run(*UNINSTALL)
    assert (code, "nothing to do" in out) == (0, True)
    assert (moved(org_now.org, before), len(tap.packages())) == (set(), sent)


def test_where_nothing_was_deployed_nothing_is_taken(org_now, run, tap):
    before = trees(org_now.org)
    code, out, _ = run(*UNINSTALL)
    assert (code, "nothing to do" in out, tap.packages()) == (0, True, [])
    assert moved(org_now.org, before) == set()


def test_check_only_changes_nothing(org_now, run):
    assert run(*DEPLOY, "--assign", "layout-users")[0] == 0
    before, held = trees(org_now.org), holders(org_now.org)
    code, out, _ = run(*UNINSTALL, "--check-only")
    assert (code, "nothing was changed" in out) == (0, True)
    assert (moved(org_now.org, before), holders(org_now.org)) == (set(), held)


def test_the_page_of_an_uninstall_shows_what_goes(org_now, run, tmp_path):
    page = tmp_path / "page.html"
    assert run(*DEPLOY, "--assign", "layout-users")[0] == 0
    assert run(*UNINSTALL, "--check-only", "--html", str(page))[0] == 0
    shown = page.read_text()
    assert (OURS in shown, "loses it" in shown, "Department" in shown) == (True, True, True)
    assert holders(org_now.org)


def test_nobody_asked_nothing_done_and_a_production_org_wants_its_word(org_now, run):
    assert run(*DEPLOY)[0] == 0
    before = trees(org_now.org)
    assert run("uninstall", *ORG)[0] == 2
    org_now.org.db.execute("UPDATE Organization SET IsSandbox = 0")
    code, _, err = run(*UNINSTALL)
    assert (code, "--production" in err) == (2, True)
    assert moved(org_now.org, before) == set()


def test_restore_brings_the_layouts_back_and_says_what_does_not_come(org_now, run):
    assert run(*DEPLOY, "--assign", "layout-users")[0] == 0
    deployed = trees(org_now.org)
    assert run(*UNINSTALL)[0] == 0
    code, out, err = run("restore", *ORG, "--yes", "--json")
    assert code == 0, err
    assert moved(org_now.org, deployed) == set()
    assert "access-not-back" in rules(out)
    assert run(*UNINSTALL)[0] == 0
    assert moved(org_now.org, deployed)


def extend(org) -> None:
    """Somebody gives the set's holders one more field to read."""
    row = {"SobjectType": "Contact", "Field": "Contact.Phone", "PermissionsRead": 1,
           "PermissionsEdit": 0, "ParentId": set_row(org)["Id"]}  # fmt: skip
    insert_row(org, "FieldPermissions", row)


def test_a_set_that_others_extended_is_spared_with_its_assignments(org_now, run):
    org = org_now.org
    assert run(*DEPLOY, "--assign", "layout-users")[0] == 0
    extend(org)
    held = holders(org)
    code, out, err = run(*UNINSTALL, "--json")
    assert code == 0, err
    assert "set-spared" in rules(out)
    assert "Contact.Phone" in out
    grants = find_rows(org, "FieldPermissions", ParentId=set_row(org)["Id"])
    assert {grant["Field"] for grant in grants} == {"Contact.Phone"}
    assert holders(org) == held


def test_a_set_that_is_part_of_a_group_is_spared(org_now, run):
    org = org_now.org
    assert run(*DEPLOY)[0] == 0
    group = find_rows(org, "PermissionSetGroup")[0]["Id"]
    part = {"PermissionSetGroupId": group, "PermissionSetId": set_row(org)["Id"]}
    insert_row(org, "PermissionSetGroupComponent", part)
    code, out, err = run(*UNINSTALL)
    assert code == 0, err
    assert "it is part of a permission set group" in out
    assert find_rows(org, "FieldPermissions", ParentId=set_row(org)["Id"]) == []


def test_a_set_that_is_extended_while_an_uninstall_runs_is_left(org_now, run, intercept):
    org = org_now.org
    assert run(*DEPLOY, "--assign", "layout-users")[0] == 0
    held = holders(org)

    def extend_behind_the_deploy(request, go_on):
        answer = go_on(request)
        if is_submit(request):
            extend(org)
        return answer

    intercept(extend_behind_the_deploy)
    _, out, _ = run(*UNINSTALL, "--json")
    assert "set-left" in rules(out)
    assert (holders(org), set_row(org) is None) == (held, False)
    intercept(lambda request, go_on: go_on(request))
    assert run(*UNINSTALL)[0] == 0
    grants = find_rows(org, "FieldPermissions", ParentId=set_row(org)["Id"])
    assert {grant["Field"] for grant in grants} == {"Contact.Phone"}


def test_an_uninstall_that_was_cut_off_is_finished_by_the_next_one(org_now, run, intercept):
    before = trees(org_now.org)
    assert run(*DEPLOY, "--assign", "layout-users")[0] == 0
    intercept(lambda request, go_on: BUSY if request.method == "DELETE" else go_on(request))
    assert run(*UNINSTALL)[0] != 0
    assert (moved(org_now.org, before), set_row(org_now.org) is None) == (set(), False)
    intercept(lambda request, go_on: go_on(request))
    code, _, err = run(*UNINSTALL)
    assert (code, "interrupted" in err) == (0, True)
    assert (moved(org_now.org, before), set_row(org_now.org)) == (set(), None)


def test_a_set_of_the_users_own_is_given_back_as_it_was(org_now, run):
    org = org_now.org
    before, held = set_file(org, "Marketing_Sync"), holders(org, "Marketing_Sync")
    words = ("--permission-set", "Marketing_Sync")
    assert run(*DEPLOY, *words, "--assign", LOGIN)[0] == 0
    assert holders(org, "Marketing_Sync") == held | {
        find_rows(org, "User", Username=LOGIN)[0]["Id"]
    }
    code, _, err = run(*UNINSTALL, *words)
    assert code == 0, err
    assert same_set(set_file(org, "Marketing_Sync"), before)
    assert holders(org, "Marketing_Sync") == held


def test_a_set_that_optout_never_touched_is_left_whatever_name_is_given(org_now, run):
    before = set_file(org_now.org, "Campaign_Tools")
    assert run(*DEPLOY)[0] == 0
    assert run(*UNINSTALL, "--permission-set", "Campaign_Tools")[0] == 0
    assert set_file(org_now.org, "Campaign_Tools") == before
    assert set_row(org_now.org)


def test_a_set_that_the_org_will_not_delete_is_told_of_and_tried_again(org_now, run):
    assert run(*DEPLOY)[0] == 0
    switch_on(org_now.org, "record.delete", "INSUFFICIENT_ACCESS_OR_READONLY", When(times=1))
    code, out, _ = run(*UNINSTALL, "--json")
    assert (code, "set-left" in rules(out)) == (1, True)
    assert set_row(org_now.org)
    assert run(*UNINSTALL)[0] == 0
    assert set_row(org_now.org) is None


def test_what_others_changed_on_a_layout_since_stays(org_now, run):
    org, old, new = org_now.org, b"<field>Title</field>", b"<field>Department</field>"
    before = trees(org)
    assert run(*DEPLOY)[0] == 0
    name = next(name for _, name in sorted(moved(org, before)) if old in trees(org)["Layout", name])
    body = trees(org)["Layout", name]
    edit_layout_as(org, org.setting("admin_user_id"), name, body.replace(old, new, 1))
    assert run(*UNINSTALL)[0] == 0
    left = trees(org)["Layout", name]
    assert (new in left, FIELD.encode() in left) == (True, False)


def test_a_layout_that_lost_the_field_since_and_got_it_by_hand_is_not_ours(org_now, run):
    org = org_now.org
    assert run(*DEPLOY)[0] == 0
    deployed = trees(org)
    assert run("remove", *ORG, "--yes", "--layout", "Lead-*")[0] == 0
    for (kind, name), body in deployed.items():
        if name.startswith("Lead-") and kind == "Layout":
            edit_layout_as(org, org.setting("admin_user_id"), name, body)
    assert run(*UNINSTALL)[0] == 0
    now = moved(org, deployed)
    assert now
    assert not {name for _, name in now if name.startswith("Lead-")}


def test_another_machine_takes_back_by_the_snapshot_that_was_kept(
    org_now, run, tmp_path, private_home
):
    before, kept = trees(org_now.org), tmp_path / "kept.zip"
    assert run(*DEPLOY, "--snapshot-out", str(kept))[0] == 0
    for entry in private_home.glob("optout/orgs/*/deploys/*/deploy.json"):
        entry.unlink()
    code, out, _ = run(*UNINSTALL, "--permission-set", "none")
    assert (code, "nothing to do" in out) == (0, True)
    code, _, err = run(*UNINSTALL, "--from", str(kept))
    assert code == 0, err
    assert moved(org_now.org, before) == set()
