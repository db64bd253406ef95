"""A deploy from plan to proof on a practice org, and everything that can happen on the way."""

from __future__ import annotations

import pytest
from walk import BUSY, FIELD, Walk, admin_id, is_poll, is_submit

from deployer.errors import Moved, OrgSaidNo, OutcomeUnknown
from deployer.model.plans import AccessWish, Wish
from deployer.rollout.journal import Step
from practice_org.app import handle
from practice_org.metadata.components import load_component
from practice_org.metadata.jobs import deploy_jobs
from practice_org.rights import FieldAccess, grant_fields
from practice_org.slots import assign_unassigned_layouts
from practice_org.tables import find_rows, insert_row

A_LAYOUT = "Contact-Contact Layout"


def outcomes(report) -> dict[str, str]:
    return {entry["name"]: entry["outcome"] for entry in report.document["layouts"]}


def test_one_deploy_puts_the_field_on_every_target_and_proves_it(walk: Walk):
    report = walk.deploy()
    assert report.exit == 0
    assert report.document["status"] == "Succeeded"
    added = [name for name, outcome in outcomes(report).items() if outcome == "added"]
    assert len(added) >= 9
    assert {"failed", "add"} & set(outcomes(report).values()) == set()


def test_a_second_deploy_says_nothing_to_do_and_sends_nothing(walk: Walk):
    walk.deploy()
    before = len(walk.jobs())
    report = walk.deploy()
    assert report.document["status"] == "nothing-to-do"
    assert (report.document["deploy_id"], report.document["snapshot"]) == (None, None)
    assert len(walk.jobs()) == before


def test_a_deploy_costs_at_most_twelve_calls_besides_polls(walk: Walk):
    assert walk.deploy().document["api_calls"] <= 12


def test_restore_gives_the_old_trees_back(walk: Walk):
    before = walk.layouts()
    walk.deploy()
    assert walk.changed_since(before)
    report = walk.restore()
    assert report.exit == 0
    assert walk.changed_since(before) == set()


def test_restore_takes_assignments_and_our_own_set_back(walk: Walk):
    walk.deploy(Wish(access=AccessWish(assign=("layout-users",))))
    (ours,) = find_rows(walk.org, "PermissionSet", Name="Opt_Out_Field_Access")
    assert find_rows(walk.org, "PermissionSetAssignment", PermissionSetId=ours["Id"])
    walk.restore()
    assert find_rows(walk.org, "PermissionSet", Name="Opt_Out_Field_Access") == []
    assert find_rows(walk.org, "PermissionSetAssignment", PermissionSetId=ours["Id"]) == []


def test_assigning_again_assigns_nobody_twice(walk: Walk):
    wish = Wish(access=AccessWish(assign=("layout-users",)))
    walk.deploy(wish)
    assert walk.deploy(wish).document["assignments"] == []


def test_a_layout_edited_after_the_deploy_is_not_overwritten_by_restore(walk: Walk):
    before = walk.layouts()
    walk.deploy()
    walk.edit(A_LAYOUT, b"<label>Contact Information</label>", b"<label>Basics</label>")
    report = walk.restore()
    assert report.exit == 1
    assert outcomes(report)[A_LAYOUT] == "failed"
    assert b"<label>Basics</label>" in walk.layouts()[A_LAYOUT]
    assert walk.changed_since(before) == {A_LAYOUT}


def test_an_edit_before_the_last_look_is_kept(walk: Walk, intercept):
    edits = iter([True])

    def edit_during_the_check(request, go_on):
        if is_poll(request) and next(edits, False):
            walk.edit(A_LAYOUT, b"<label>Contact Information</label>", b"<label>Basics</label>")
        return go_on(request)

    intercept(edit_during_the_check)
    with pytest.raises(Moved, match="Basics"):
        walk.deploy()
    assert A_LAYOUT not in walk.holding()
    assert b"<label>Basics</label>" in walk.layouts()[A_LAYOUT]


def test_an_edit_that_leaves_the_place_alone_is_kept_and_the_field_still_put(walk: Walk, intercept):
    edits = iter([True])
    body = walk.layouts()[A_LAYOUT]
    last = body[body.rindex(b"<label>") : body.index(b"</label>", body.rindex(b"<label>"))]

    def edit_during_the_check(request, go_on):
        if is_poll(request) and next(edits, False):
            walk.edit(A_LAYOUT, last, last + b" and more")
        return go_on(request)

    intercept(edit_during_the_check)
    report = walk.deploy()
    assert report.exit == 0
    assert last + b" and more" in walk.layouts()[A_LAYOUT]
    assert A_LAYOUT in walk.holding()


def test_an_edit_between_the_last_look_and_the_end_is_reported(walk: Walk, intercept):
    def edit_just_before_the_deploy(request, go_on):
        if is_submit(request):
            walk.desk.clock.sleep(5)
            walk.edit(A_LAYOUT, b"<label>Contact Information</label>", b"<label>Basics</label>")
        return go_on(request)

    intercept(edit_just_before_the_deploy)
    report = walk.deploy()
    assert report.exit == 1
    told = [f for f in report.findings if f.rule == "edit-overwritten"]
    assert [f.where for f in told] == [A_LAYOUT]
    assert admin_id(walk.org) in told[0].what


def test_a_layout_called_as_its_object_is_not_taken_for_every_other(walk: Walk):
    body = walk.layouts()["Contact-Contact Layout"]
    load_component(walk.org, "Layout", "Contact-Contact", body)
    assign_unassigned_layouts(walk.org, ["Contact-Contact"])
    report = walk.deploy()
    assert (report.exit, [f.rule for f in report.findings]) == (0, [])


def test_a_deploy_without_anybody_else_reports_no_overwritten_edit(walk: Walk):
    assert [f.rule for f in walk.deploy().findings if f.rule == "edit-overwritten"] == []
    assert [f.rule for f in walk.restore().findings if f.rule == "edit-overwritten"] == []


def test_a_lost_reply_to_the_submit_is_looked_up_and_nothing_is_sent_twice(walk: Walk, intercept):
    def lose_the_reply(request, go_on):
        answer = go_on(request)
        return BUSY if is_submit(request) else answer

    intercept(lose_the_reply)
    report = walk.deploy()
    assert report.exit == 0
    assert [job.options.check_only for job in walk.jobs()] == [True, False]


def test_a_submit_that_never_landed_is_said_and_can_be_tried_again(walk: Walk, intercept):
    lost = iter([True])

    def lose_the_request(request, go_on):
        return BUSY if is_submit(request) and next(lost, False) else go_on(request)

    intercept(lose_the_request)
    with pytest.raises(OutcomeUnknown):
        walk.deploy()
    assert walk.desk.journal.entries()[0].step is Step.SUBMITTING
    assert walk.deploy().exit == 0
    assert walk.desk.journal.entries()[1].step is Step.ABANDONED


def test_a_submit_that_lands_late_is_found_by_the_next_run(walk: Walk, intercept):
    late: list[object] = []

    def hold_the_request(request, go_on):
        if is_submit(request) and not late:
            late.append(request)
            return BUSY
        return go_on(request)

    intercept(hold_the_request)
    with pytest.raises(OutcomeUnknown):
        walk.deploy()
    handle(walk.org, late[0])
    report = walk.deploy()
    assert report.document["status"] == "nothing-to-do"
    assert [job.options.check_only for job in walk.jobs()] == [True, False]
    assert walk.restore().exit == 0


def test_polls_that_fail_for_a_while_do_not_fail_the_deploy(walk: Walk, intercept):
    failing = iter(range(6))

    def fail_some_polls(request, go_on):
        return BUSY if is_poll(request) and next(failing, None) is not None else go_on(request)

    intercept(fail_some_polls)
    assert walk.deploy().exit == 0


def test_what_the_org_refuses_is_told_in_its_own_words_and_nothing_is_sent(walk: Walk, intercept):
    def spoil(request, go_on):
        if request.method == "POST" and request.path.endswith("/deployRequest"):
            walk.org.db.execute("DELETE FROM declared")
        return go_on(request)

    before = walk.layouts()
    intercept(spoil)
    with pytest.raises(OrgSaidNo) as refused:
        walk.deploy()
    assert "In field:" in refused.value.message
    assert walk.changed_since(before) == set()
    assert [job.options.check_only for job in deploy_jobs(walk.org)] == [True]


def test_an_expired_session_is_renewed_on_the_way(walk: Walk, intercept):
    expired = iter([True])

    def expire(request, go_on):
        if is_poll(request) and next(expired, False):
            walk.org.db.execute("DELETE FROM session")
        return go_on(request)

    intercept(expire)
    assert walk.deploy().exit == 0


def test_check_only_changes_nothing_and_keeps_nothing_to_restore(walk: Walk):
    before = walk.layouts()
    report = walk.deploy(check_only=True)
    assert report.document["status"] == "Succeeded"
    assert report.document["snapshot"] is None
    assert walk.changed_since(before) == set()
    assert walk.holding(FIELD)


def test_a_set_that_somebody_makes_meanwhile_is_not_replaced(walk: Walk, intercept):
    made = iter([True])

    def make_a_set(request, go_on):
        if is_poll(request) and next(made, False):
            names = {"Name": "Opt_Out_Field_Access", "Label": "Theirs"}
            theirs = insert_row(walk.org, "PermissionSet", names)
            grant_fields(walk.org, theirs, "Contact", {"DoNotCall": FieldAccess.EDIT})
        return go_on(request)

    intercept(make_a_set)
    assert walk.deploy().exit == 0
    (ours,) = find_rows(walk.org, "PermissionSet", Name="Opt_Out_Field_Access")
    fields = {row["Field"] for row in find_rows(walk.org, "FieldPermissions", ParentId=ours["Id"])}
    assert {"Contact.DoNotCall", f"Contact.{FIELD}", f"Lead.{FIELD}"} <= fields
