"""--lightning-pages: the field on record pages that carry fields themselves, there and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_pages import PANEL, page, region, section, sections
from walk import Walk, is_poll, is_submit

from deployer.errors import Moved, OrgSaidNo, StillRunning, UsageError
from deployer.lightning import read_page, same_page
from deployer.model.plans import Aim, FieldWish, LayoutWish, LightningPages, Wish
from deployer.rollout.journal import Step
from practice_org.metadata.components import (
    delete_component,
    load_component,
)

WISH = Wish(pages=LightningPages.EDIT)
TAKE_OFF = replace(WISH, aim=Aim.TAKE_OUT)
A_PAGE, LEAD_PAGE = "Contact_Sales_Page", "Lead_Marketing_Page"
FIELD = "Record.HasOptedOutOfEmail"
KEYS = frozenset({"name", "object", "outcome", "reason", "section"})
LABEL = b"<masterLabel>Contact Sales Page</masterLabel>"
EMAIL = b"<fieldItem>Record.Email</fieldItem>"


def outcomes(report) -> dict[str, str]:
    return {entry["name"]: entry["outcome"] for entry in report.document["lightning_pages"]}


def holding(walk: Walk) -> set[str]:
    """The pages that hold the field themselves."""
    return {
        name
        for name, body in walk.pages().items()
        if any(item.field == FIELD for item in read_page(body).items)
    }


def changed_since(walk: Walk, before: dict[str, bytes]) -> set[str]:
    return {name for name, body in walk.pages().items() if not same_page(body, before[name])}


def test_without_the_option_no_page_is_asked_for_or_sent(walk: Walk, intercept):
    asked: list[bytes] = []
    intercept(lambda request, go_on: [asked.append(request.body), go_on(request)][1])
    before = walk.pages()
    report = walk.deploy()
    assert (walk.pages(), report.document["lightning_pages"]) == (before, [])
    assert [body for body in asked if b"FlexiPage" in body] == []


def test_pages_with_fields_of_their_own_get_it_in_the_same_package(walk: Walk):
    report = walk.deploy(WISH)
    assert report.exit == 0
    assert outcomes(report) == {
        A_PAGE: "added", LEAD_PAGE: "added",
        "Contact_Record_Page": "skipped", "Lead_Record_Page": "skipped",
    }  # fmt: skip
    assert holding(walk) == {A_PAGE, LEAD_PAGE}
    assert [job.options.check_only for job in walk.jobs()] == [True, False]


def test_every_page_has_a_reason_and_the_changed_ones_a_diff(walk: Walk):
    rows = walk.deploy(WISH).document["lightning_pages"]
    reasons = {row["name"]: row["reason"] for row in rows}
    assert (reasons[A_PAGE], "page layout" in reasons["Contact_Record_Page"]) == (
        "after Email", True,
    )  # fmt: skip
    assert {row["name"] for row in rows if "diff" in row} == {A_PAGE, LEAD_PAGE}
    assert {frozenset(row) - {"diff"} for row in rows} == {KEYS}


def test_it_stands_right_after_the_e_mail_field_and_nothing_else_moved(walk: Walk):
    fields = [item.field for item in read_page(walk.pages()[A_PAGE]).items]
    walk.deploy(WISH)
    at = fields.index("Record.Email") + 1
    now = [item.field for item in read_page(walk.pages()[A_PAGE]).items]
    assert now == [*fields[:at], FIELD, *fields[at:]]


def test_a_second_deploy_has_nothing_to_do(walk: Walk):
    walk.deploy(WISH)
    report = walk.deploy(WISH)
    assert report.document["status"] == "nothing-to-do"
    assert outcomes(report)[A_PAGE] == "present"
    assert len(walk.jobs()) == 2


def test_the_pages_cost_no_further_call(walk: Walk):
    assert walk.deploy(WISH).document["api_calls"] <= 12


def test_restore_puts_the_pages_back(walk: Walk):
    before = walk.pages()
    walk.deploy(WISH)
    report = walk.restore()
    assert (report.exit, outcomes(report)) == (0, {A_PAGE: "restored", LEAD_PAGE: "restored"})
    assert changed_since(walk, before) == set()


def test_a_page_edited_after_the_deploy_is_not_overwritten_by_restore(walk: Walk):
    walk.deploy(WISH)
    walk.edit_page(A_PAGE, LABEL, LABEL.replace(b"Sales", b"Own"))
    report = walk.restore()
    assert (report.exit, outcomes(report)[A_PAGE]) == (1, "failed")
    assert holding(walk) == {A_PAGE}
    reason = next(r["reason"] for r in report.document["lightning_pages"] if r["name"] == A_PAGE)
    assert "optout remove --lightning-pages" in reason


def test_a_page_saved_during_a_restore_is_not_overwritten(walk: Walk, intercept):
    walk.deploy(WISH)
    edits = iter([True])

    def edit_during_the_check(request, go_on):
        if is_poll(request) and next(edits, False):
            walk.edit_page(A_PAGE, LABEL, LABEL.replace(b"Sales", b"Own"))
        return go_on(request)

    intercept(edit_during_the_check)
    with pytest.raises(Moved, match=A_PAGE):
        walk.restore()
    assert b"Contact Own Page" in walk.pages()[A_PAGE]


def test_remove_takes_the_field_off_and_leaves_the_edits_of_others(walk: Walk):
    before = walk.pages()
    walk.deploy(WISH)
    walk.edit_page(LEAD_PAGE, b"Lead Marketing Page", b"Lead Own Page")
    report = walk.deploy(TAKE_OFF)
    assert (outcomes(report)[A_PAGE], outcomes(report)[LEAD_PAGE]) == ("removed", "removed")
    assert (holding(walk), changed_since(walk, before)) == (set(), {LEAD_PAGE})


def test_remove_without_the_option_leaves_the_pages(walk: Walk):
    walk.deploy(WISH)
    walk.deploy(Wish(aim=Aim.TAKE_OUT))
    assert holding(walk) == {A_PAGE, LEAD_PAGE}


def test_check_only_changes_nothing(walk: Walk):
    before = walk.pages()
    report = walk.deploy(WISH, check_only=True)
    assert (report.document["status"], outcomes(report)[A_PAGE]) == ("Succeeded", "add")
    assert walk.pages() == before


def test_a_page_saved_meanwhile_is_planned_anew_and_the_edit_is_kept(walk: Walk, intercept):
    edits = iter([True])

    def edit_during_the_check(request, go_on):
        if is_poll(request) and next(edits, False):
            walk.edit_page(A_PAGE, LABEL, LABEL.replace(b"Sales", b"Own"))
        return go_on(request)

    intercept(edit_during_the_check)
    assert walk.deploy(WISH).exit == 0
    assert b"Contact Own Page" in walk.pages()[A_PAGE]
    assert holding(walk) == {A_PAGE, LEAD_PAGE}


def test_a_page_whose_place_moved_meanwhile_stops_the_deploy(walk: Walk, intercept):
    edits = iter([True])

    def edit_during_the_check(request, go_on):
        if is_poll(request) and next(edits, False):
            walk.edit_page(A_PAGE, b"<value>Details</value>", b"<value>Basics</value>")
        return go_on(request)

    intercept(edit_during_the_check)
    with pytest.raises(Moved, match="Basics"):
        walk.deploy(WISH)
    assert holding(walk) == set()


def test_an_edit_between_the_last_look_and_the_end_is_reported(walk: Walk, intercept):
    def edit_just_before_the_deploy(request, go_on):
        if is_submit(request):
            walk.desk.clock.sleep(5)
            walk.edit_page(A_PAGE, LABEL, LABEL.replace(b"Sales", b"Own"))
        return go_on(request)

    intercept(edit_just_before_the_deploy)
    report = walk.deploy(WISH)
    told = [f.where for f in report.findings if f.rule == "edit-overwritten"]
    assert (report.exit, told) == (1, [A_PAGE])


def test_a_page_that_is_not_as_sent_when_it_is_read_back_is_reported(walk: Walk, intercept):
    ended: list[bool] = []

    def edit_after_the_deploy(request, go_on):
        if ended and b"retrieveRequest" in request.body:
            ended.clear()
            body = walk.pages()[A_PAGE]
            load_component(walk.org, "FlexiPage", A_PAGE, body.replace(EMAIL, EMAIL.lower()))
        if is_submit(request):
            ended.append(True)
        return go_on(request)

    intercept(edit_after_the_deploy)
    told = [f.where for f in walk.deploy(WISH).findings if f.rule == "not-as-sent"]
    assert told == [A_PAGE]


def test_what_the_org_refuses_of_a_page_is_told_and_nothing_is_sent(walk: Walk):
    walk.org.set_setting("dynamic_forms", "0")
    before = walk.layouts()
    with pytest.raises(OrgSaidNo, match="Lightning Layouts isn't enabled") as refused:
        walk.deploy(WISH)
    assert "--lightning-pages" in refused.value.hint
    assert (walk.changed_since(before), holding(walk)) == (set(), set())


def test_a_deploy_of_pages_that_was_left_is_finished_by_the_next_run(walk: Walk):
    with pytest.raises(StillRunning):
        walk.deploy(WISH, wait=False)
    assert walk.desk.journal.entries()[0].step is Step.SUBMITTED
    assert walk.deploy(WISH).document["status"] == "nothing-to-do"
    assert walk.desk.journal.entries()[0].step is Step.DONE


PAGES = {
    "a managed package's": (
        "acme__P", "acme", sections(section(1, "Email")), "skipped", "a managed package"),
    "one that shows the layout too, without an e-mail field": (
        "P", "", sections(section(1, "Phone"), more=PANEL), "skipped", "it shows the page layout"),
    "an empty one": ("P", "", page(region("main", kind="Region")), "skipped", "it holds neither"),
    "a business account's": (
        "P", "", sections(section(1, "Industry"), sobject="Account"), "skipped",
        "it shows no field of a person account"),
    "a person account's": (
        "P", "", sections(section(1, "PersonEmail"), sobject="Account"), "added",
        "after PersonEmail"),
}  # fmt: skip


@pytest.mark.parametrize("row", PAGES.values(), ids=PAGES.keys())
def test_a_page_becomes(walk: Walk, row):
    name, namespace, body, outcome, why = row
    load_component(walk.org, "FlexiPage", name, body, namespace)
    report = walk.deploy(WISH)
    told = next(r for r in report.document["lightning_pages"] if r["name"] == name)
    assert (report.exit, told["outcome"]) == (0, outcome)
    assert told["reason"].startswith(why)


def test_one_object_means_its_pages_too(walk: Walk):
    report = walk.deploy(replace(WISH, layouts=LayoutWish(objects=("Lead",))))
    assert set(outcomes(report)) == {LEAD_PAGE, "Lead_Record_Page"}
    assert holding(walk) == {LEAD_PAGE}


def test_a_field_that_the_same_deploy_creates_is_put_on_pages_too(walk: Walk):
    body = sections(section(1, "PersonEmail"), sobject="Account")
    load_component(walk.org, "FlexiPage", "P", body)
    report = walk.deploy(replace(WISH, field=FieldWish(create_field="New__c")))
    assert (report.exit, outcomes(report)["P"]) == (0, "added")
    assert b"Record.New__c<" in walk.pages()[A_PAGE]
    assert b"Record.New__pc<" in walk.pages()["P"]


def test_a_page_can_be_left_out_by_its_name(walk: Walk):
    report = walk.deploy(replace(WISH, layouts=LayoutWish(exclude=("contact_s*",))))
    assert (outcomes(report)[A_PAGE], holding(walk)) == ("skipped", {LEAD_PAGE})
    with pytest.raises(UsageError, match="Nowhere"):
        walk.deploy(replace(WISH, layouts=LayoutWish(exclude=("Nowhere",))))


def test_a_page_that_is_gone_cannot_be_restored_and_the_others_are(walk: Walk):
    walk.deploy(WISH)
    delete_component(walk.org, "FlexiPage", A_PAGE)
    report = walk.restore()
    assert (report.exit, outcomes(report)) == (1, {A_PAGE: "failed", LEAD_PAGE: "restored"})


def test_a_page_that_the_org_does_not_return_fails_by_name(walk: Walk, intercept):
    def forget(request, go_on):
        spoiled = request.body.replace(A_PAGE.encode(), b"Gone")
        retrieve = b"retrieveRequest" in request.body
        return go_on(replace(request, body=spoiled) if retrieve else request)

    intercept(forget)
    report = walk.deploy(WISH)
    assert (report.exit, outcomes(report)[A_PAGE]) == (1, "failed")


def test_an_account_page_is_left_alone_without_person_accounts(walk: Walk):
    walk.org.db.execute("DELETE FROM component WHERE full_name LIKE 'PersonAccount-%'")
    body = sections(section(1, "PersonEmail"), sobject="Account")
    load_component(walk.org, "FlexiPage", "P", body)
    assert "P" not in outcomes(walk.deploy(WISH))
