"""Facts and a wish make a plan; the plan made after it is done is empty."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_layouts import a_layout

from deployer.errors import OrgSaidNo, UsageError
from deployer.model.layouts import LayoutName, Outcome
from deployer.model.org import AccessFacts, Holder, LayoutAssignment, LayoutFact, OrgFacts, Profile
from deployer.model.plans import OUR_PERMISSION_SET, AccessPlan, AccessWish, Aim, Wish
from deployer.planning.access import ActiveUser, pick_assignees, plan_permission_set
from deployer.planning.fields import FieldChoice
from deployer.planning.plan import Inputs, make_plan
from deployer.planning.targets import pick_targets

FIELD = "HasOptedOutOfEmail"
BODIES = {
    "Contact-A": a_layout("Email"),
    "Contact-B": a_layout("Email", FIELD),
    "Lead-C": a_layout("Email"),
    "PersonAccount-D": a_layout("PersonEmail"),
}


def inputs(bodies=BODIES, aim: Aim = Aim.PUT, access: AccessPlan | None = None) -> Inputs:
    layouts = tuple(
        LayoutFact(LayoutName(member), f"00h{i}", "", "Standard", f"saved {i}")
        for i, member in enumerate(BODIES)
    )
    org = OrgFacts(
        "00D1", "63.0", layouts,
        tuple(LayoutAssignment("00e1", "Sales", layout.id) for layout in layouts), {},
        access=AccessFacts((Profile("00e1", "Sales", 3),)),
    )  # fmt: skip
    wish = Wish(aim=aim)
    chosen = pick_targets(org, wish.layouts)
    return Inputs(wish, org, FieldChoice(FIELD), chosen, bodies, access or AccessPlan())


def outcomes(plan) -> dict[str, str]:
    return {layout.name.member: layout.outcome.value for layout in plan.layouts}


def test_only_layouts_without_the_field_are_changed():
    plan = make_plan(inputs())
    assert outcomes(plan) == {
        "Contact-A": "add", "Contact-B": "present", "Lead-C": "add", "PersonAccount-D": "add",
    }  # fmt: skip


def test_a_person_account_layout_gets_the_person_spelling():
    plan = make_plan(inputs())
    after = next(x.after for x in plan.layouts if x.object == "PersonAccount")
    assert b"<field>PersonHasOptedOutOfEmail</field>" in after


def test_the_plan_after_the_plan_is_done_is_empty():
    plan = make_plan(inputs())
    done = {layout.name.member: layout.after for layout in plan.layouts}
    assert make_plan(inputs(done)).changes == 0


def test_taking_out_what_was_put_gives_the_old_bytes():
    done = {x.name.member: x.after for x in make_plan(inputs()).layouts}
    back = make_plan(inputs(done, Aim.TAKE_OUT))
    taken = {x.name.member: x.after for x in back.layouts}
    assert {m: taken[m] for m in BODIES if m != "Contact-B"} == {
        m: b for m, b in BODIES.items() if m != "Contact-B"
    }


def test_stamps_are_kept_for_exactly_what_is_sent():
    assert set(make_plan(inputs()).stamps) == {
        "layouts/Contact-A.layout", "layouts/Lead-C.layout", "layouts/PersonAccount-D.layout",
    }  # fmt: skip


@pytest.mark.parametrize("body", [None, b"<Layout", b"<!DOCTYPE x><Layout/>"])
def test_a_layout_that_cannot_be_read_fails_by_name_and_the_others_go_on(body):
    bodies = {m: b for m, b in {**BODIES, "Contact-A": body}.items() if b is not None}
    plan = make_plan(inputs(bodies))
    assert outcomes(plan)["Contact-A"] == "failed"
    assert outcomes(plan)["Lead-C"] == "add"
    assert plan.failed


def test_users_see_the_field_once_layout_and_access_are_given():
    access = plan_permission_set(OUR_PERMISSION_SET, FIELD, None, AccessFacts())
    user = ActiveUser("0051", "pat@example.com", "Pat", "00e1", "Sales")
    wish = AccessWish(assign=("pat@example.com",))
    assignees = pick_assignees(wish, (user,), AccessFacts(), ())
    plan = make_plan(inputs(access=replace(access, assign=assignees)))
    contact = next(seen for seen in plan.seen if seen.object == "Contact")
    assert (contact.edits, contact.hidden) == (1, 2)


def test_a_set_that_grants_already_is_not_sent():
    first = plan_permission_set(OUR_PERMISSION_SET, FIELD, None, AccessFacts())
    again = plan_permission_set(OUR_PERMISSION_SET, FIELD, first.after, AccessFacts())
    assert first.changes
    assert not again.changes


def test_a_managed_set_is_refused():
    facts = AccessFacts(permission_set_namespace="acme")
    with pytest.raises(OrgSaidNo, match="belongs to the package acme"):
        plan_permission_set("Theirs", FIELD, b"<PermissionSet/>", facts)


def test_a_named_set_that_is_not_there_is_refused():
    with pytest.raises(OrgSaidNo, match="no permission set Theirs"):
        plan_permission_set("Theirs", FIELD, None, AccessFacts())


USERS = (
    ActiveUser("0051", "pat@example.com", "Pat", "00e1", "Sales"),
    ActiveUser("0052", "kim@example.com", "Kim", "00e1", "Sales"),
    ActiveUser("0053", "lee@example.com", "Lee", "00e2", "Support"),
)
ASSIGNED = {
    "by username": (("PAT@example.com",), ["0051"]),
    "by id": (("0053",), ["0053"]),
    "by profile": (("profile:sales",), ["0052", "0051"]),
    "layout users are those whose profile is assigned": (("layout-users",), ["0052", "0051"]),
    "each once": (("pat@example.com", "profile:Sales"), ["0052", "0051"]),
}


@pytest.mark.parametrize(("words", "ids"), ASSIGNED.values(), ids=ASSIGNED.keys())
def test_assign_means(words, ids):
    assignments = (LayoutAssignment("00e1", "Sales", "00h1"),)
    found = pick_assignees(AccessWish(assign=words), USERS, AccessFacts(), assignments)
    assert [user.user_id for user in found] == ids


def test_those_who_hold_the_set_are_not_assigned_again():
    facts = AccessFacts(holders=(Holder("0051", "00e1", "0PS1"),), permission_set_id="0PS1")
    found = pick_assignees(AccessWish(assign=("profile:Sales",)), USERS, facts, ())
    assert [user.user_id for user in found] == ["0052"]


@pytest.mark.parametrize("word", ["nobody@example.com", "profile:Nope"])
def test_a_word_that_means_nobody_is_refused_without_repeating_it(word: str):
    with pytest.raises(UsageError) as refused:
        pick_assignees(AccessWish(assign=(word,)), USERS, AccessFacts(), ())
    assert word not in f"{refused.value}{refused.value.hint}"


def test_assigning_without_a_set_is_refused():
    with pytest.raises(UsageError, match="needs a permission set"):
        pick_assignees(AccessWish("none", ("0051",)), USERS, AccessFacts(), ())


def test_a_created_field_says_how_to_map_it_for_lead_conversion():
    made = replace(inputs(), choice=FieldChoice("X__c", ("Contact", "Lead")))
    plan = make_plan(made)
    assert set(plan.new_fields) == {"objects/Contact.object", "objects/Lead.object"}
    assert [f.rule for f in plan.findings] == ["map-for-conversion"]
    assert Outcome.ADD in {layout.outcome for layout in plan.layouts}
