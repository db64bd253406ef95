"""--html: what a command says as one page, written whole or not at all."""

import json
from dataclasses import replace

import pytest
from pictures import seen

from deployer.clock import SystemClock
from deployer.commands.options import open_connection
from deployer.layouts import draw_layout
from deployer.model.drawings import LayoutDrawing
from deployer.model.layouts import LayoutName
from deployer.model.plans import AccessWish, Wish
from deployer.planning.from_org import Asker, fetch_plan
from deployer.readiness.facts.placements import Placements, fetch_placements
from practice_org.metadata.components import find_component, list_components, load_component

FIELD = "HasOptedOutOfEmail"


@pytest.fixture
def page_of(run, org_now, tmp_path):
    """Run a command with --html; its exit code, and what a person reads on the page."""
    assert org_now

    def page(*words):
        file = tmp_path / "page.html"
        code, _, _ = run(*words, "--org", "practice", "--html", str(file))
        return code, seen(file.read_text("utf-8"))

    return page


def layouts_of(org):
    return [LayoutName(each.full_name) for each in list_components(org, "Layout")]


def test_readiness_draws_the_verdict_the_next_steps_and_every_layout(page_of, practice):
    code, page = page_of("readiness")
    assert code == 1
    assert page.said.startswith("Not ready: practice, HasOptedOutOfEmail")
    assert "optout deploy --org practice --assign layout-users" in page.said
    ids = {found["id"] for _, found in page.tags if "id" in found}
    assert {"check-C01", "check-C21", "check-C52"} <= ids
    drawn = [tag for tag, found in page.tags if found.get("id", "").startswith("layout-")]
    ours = [n for n in layouts_of(practice.org) if n.object in {"Contact", "Lead", "PersonAccount"}]
    assert len(drawn) == len(ours)


def test_a_plan_draws_each_layout_before_and_after(page_of):
    code, page = page_of("plan", "--layout", "Contact-Contact Layout", "--assign", "layout-users")
    assert code == 0
    assert page.said.startswith("What would change: Practice Company, HasOptedOutOfEmail")
    marked = [tag for tag, found in page.tags if found.get("class", "").startswith("here")]
    assert marked == ["li"]
    before, after = page.said.index(" Before "), page.said.index(" After ")
    assert FIELD not in page.said[before:after]
    assert f"+ <field>{FIELD}</field>" in page.said[after:]
    assert "Email Opt Out new HasOptedOutOfEmail" in page.said[after:]
    assert "Permission set Opt_Out_Field_Access" in page.said


def test_a_deploy_draws_what_was_done(page_of):
    code, page = page_of("deploy", "--yes", "--assign", "layout-users")
    assert code == 0
    assert page.said.startswith("Done and read back: Practice Company")
    _, again = page_of("deploy", "--yes", "--assign", "layout-users")
    assert again.said.startswith("Nothing to do: Practice Company")


def test_a_command_that_an_error_ends_leaves_a_page_that_says_so(page_of):
    code, page = page_of("plan", "--layout", "Contact-No Such")
    assert code == 2
    assert page.said.startswith("It ended in an error: optout plan")
    assert "No Such" in page.said


def test_a_page_that_cannot_be_written_is_refused_before_the_org_is_asked(run, tmp_path):
    code, _, err = run("plan", "--org", "practice", "--html", str(tmp_path / "none" / "p.html"))
    assert (code, "its folder does not exist" in err) == (2, True)


def test_a_layout_drawn_from_tooling_is_the_one_drawn_from_its_file(org_now):
    with open_connection("practice", as_json=True) as conn:
        facts = fetch_placements(conn, FIELD)
    drawn = by_name(facts["placements"].value)
    files = {
        name: find_component(org_now.org, "Layout", name.member) for name in layouts_of(org_now.org)
    }
    expected = {
        (name.object, name.label): draw_layout(name, file.body, FIELD)
        for name, file in files.items()
        if (name.object, name.label) in drawn
    }
    assert len(expected) >= 14
    assert {key: drawn[key].sections for key in expected} == {
        key: each.sections for key, each in expected.items()
    }


def by_name(placements: Placements) -> dict[tuple[str, str], LayoutDrawing]:
    drawings = [fact.value for fact in placements.drawings.values()]
    return {(each.object, each.name): each for each in drawings}


def test_names_of_an_org_are_only_read(page_of, org_now):
    body = find_component(org_now.org, "Layout", "Contact-Contact Layout").body
    hostile = b"<label>&lt;script&gt;alert(1)&lt;/script&gt; \xe2\x80\xae right to left</label>"
    start, end = body.index(b"<label>"), body.index(b"</label>") + len(b"</label>")
    load_component(
        org_now.org, "Layout", "Contact-Contact Layout", body[:start] + hostile + body[end:]
    )
    for words in (("readiness",), ("plan", "--layout", "Contact-Contact Layout")):
        _, page = page_of(*words)
        assert "<script>alert(1)</script> \ufffd right to left" in page.said
        assert "script" not in {tag for tag, _ in page.tags}


def test_what_a_plan_foresees_is_what_the_next_one_finds(run, org_now):
    assert org_now
    first = a_plan()
    assert run("deploy", "--org", "practice", "--yes", "--assign", "layout-users")[0] == 0
    assert first.seen_before != first.seen
    assert a_plan().seen_before == first.seen


def a_plan():
    wish = Wish(access=AccessWish(assign=("layout-users",)))
    with open_connection("practice", as_json=True) as conn:
        return fetch_plan(Asker(conn, SystemClock()), wish)


def test_readiness_draws_what_would_be_beside_what_is(page_of):
    _, page = page_of("readiness", "--identity", "deployer", "--assign", "Sales")
    assert "The second bar supposes access for Sales." in page.said
    labels = {found.get("aria-label", "") for tag, found in page.tags if tag == "svg"}
    assert {label.partition(":")[0] for label in labels if "Lead" in label} == {
        "now, Lead", "after, Lead",
    }  # fmt: skip


def test_a_layout_that_cannot_be_read_is_said_by_name_and_the_others_are_drawn(page_of, intercept):
    refused = {"httpStatusCode": 400, "body": [{"errorCode": "UNKNOWN_EXCEPTION", "message": "no"}]}

    def one_away(request, go_on):
        response = go_on(request)
        asked = [part for part in _parts(request) if "sobjects/Layout/" in part["url"]]
        if not asked:
            return response
        parts = json.loads(response.body)["compositeResponse"]
        parts[0] |= refused
        return replace(response, body=json.dumps({"compositeResponse": parts}).encode())

    intercept(one_away)
    _, page = page_of("readiness")
    assert page.said.count("This layout could not be read: ") == 1
    assert "these layouts could not be read: " in page.said
    assert page.said.count("The field is not on the layout.") >= 10


def _parts(request):
    if "tooling/composite" not in request.path:
        return []
    return json.loads(request.body)["compositeRequest"]


def test_what_is_taken_off_and_put_back_is_drawn_as_well(page_of):
    where = ("--yes",)
    assert page_of("deploy", "--layout", "Lead-Lead Layout", *where)[0] == 0
    code, page = page_of("remove", "Lead-Lead Layout", *where)
    assert (code, FIELD in page.said[: page.said.index(" After ")]) == (0, True)
    code, page = page_of("restore", *where)
    assert code == 0
    assert f"{FIELD} new" in page.said[page.said.index(" After ") :]
