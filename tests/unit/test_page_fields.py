"""What one Lightning page shows, from the Metadata that Tooling gives of it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from corpus import corpus_files, real_name
from data_org import tiny_org

from deployer.lightning import edit_page, shows_person
from deployer.model.layouts import Outcome, field_on
from deployer.readiness.facts.page_fields import carries_fields, read_page
from deployer.readiness.visibility import ANYHOW, Panel, Standing
from practice_org.metadata.canonical import NotMetadata
from practice_org.metadata.components import list_components, load_component
from practice_org.tooling.detail import metadata_of

FIELD = "HasOptedOutOfEmail"
RULE = {"visibilityRule": {"criteria": [{"leftValue": "{!Record.Name}"}]}}
ABSENT, EDITABLE, READONLY = (frozenset({standing}) for standing in (
    Standing.ABSENT, Standing.EDITABLE, Standing.READONLY))  # fmt: skip
NEVER, SOMETIMES, ALWAYS = Panel.NEVER, Panel.SOMETIMES, Panel.ALWAYS


def region(*items, name="main", kind="Region"):
    return {"name": name, "type": kind, "itemInstances": list(items)}


def component(name, body="", **more):
    told = [{"name": "body", "value": body}] if body else []
    return {"componentInstance": {"componentName": name, "componentInstanceProperties": told,
                                  **more}}  # fmt: skip


def own(behavior="none", item=f"Record.{FIELD}", **more):
    told = [{"name": "uiBehavior", "value": behavior}]
    return {"fieldInstance": {"fieldItem": item, "fieldInstanceProperties": told, **more}}


PANEL = component("force:detailPanel")
FACET = region(own(), name="Facet-1", kind="Facet")
CASES = {
    "the detail panel": ([region(PANEL)], ALWAYS, ABSENT),
    "the detail panel under a rule": (
        [region(component("force:detailPanel", **RULE))], SOMETIMES, ABSENT),
    "the field": ([region(own())], NEVER, EDITABLE),
    "the field in other letters": ([region(own(item=f"record.{FIELD.lower()}"))], NEVER, EDITABLE),
    "the field, read-only": ([region(own("readonly"))], NEVER, READONLY),
    "the field under a rule": ([region(own(**RULE))], NEVER, EDITABLE | ABSENT),
    "another field": ([region(own(item="Record.Email"))], NEVER, ABSENT),
    "both": ([region(PANEL, own("readonly"))], ALWAYS, READONLY),
    "twice, once under a rule": (
        [region(own("readonly"), own(**RULE))], NEVER, READONLY | EDITABLE),
    "in a facet": ([FACET, region(component("flexipage:column", "Facet-1"))], NEVER, EDITABLE),
    "in a facet of a component under a rule": (
        [FACET, region(component("flexipage:column", "Facet-1", **RULE))], NEVER,
        EDITABLE | ABSENT),
    "in a facet that nothing shows": ([FACET, region(PANEL)], ALWAYS, ABSENT),
    "in a facet of a facet under a rule": (
        [FACET, region(component("flexipage:tab", "Facet-1"), name="Facet-2", kind="Facet"),
         region(component("flexipage:tabset", "Facet-2", **RULE))], NEVER, EDITABLE | ABSENT),
    "the phone's detail panel": (
        [region(component("force:recordDetailPanelMobile"))], NEVER, ABSENT),
    "nothing": ([], NEVER, ABSENT),
}  # fmt: skip


@pytest.mark.parametrize(("regions", "panel", "field"), CASES.values(), ids=CASES.keys())
def test_a_page_shows(regions, panel, field):
    assert read_page({"flexiPageRegions": regions}, FIELD) == (panel, field, "")


def test_components_of_older_pages_stand_in_the_region_itself():
    older = {"name": "main", "type": "Region", "componentInstances": [PANEL["componentInstance"]]}
    assert read_page({"flexiPageRegions": [older]}, FIELD)[0] is ALWAYS


def test_a_page_that_takes_its_parts_from_another_may_hold_anything():
    found = read_page({"flexiPageRegions": [], "parentFlexiPage": "Base"}, FIELD)
    assert found == (NEVER, ANYHOW, "it takes its parts from another page")


HIGHLIGHTS = component("record_flexipage:dynamicHighlights", "Facet-1")
CARRYING = {
    "a field in a section": ("Contact", [region(own())], True),
    "the page layout": ("Contact", [region(PANEL)], False),
    "fields in the highlights only": ("Contact", [FACET, region(HIGHLIGHTS)], False),
    "in both": ("Contact", [FACET, region(HIGHLIGHTS, own())], True),
    "a business account's fields": ("Account", [region(own(item="Record.Industry"))], False),
    "a person account's": ("Account", [region(own(item="Record.PersonEmail"))], True),
    "nothing": ("Contact", [], False),
}


@pytest.mark.parametrize(("sobject", "regions", "carries"), CARRYING.values(), ids=CARRYING.keys())
def test_a_page_is_one_that_a_deploy_puts_the_field_on(sobject, regions, carries):
    assert carries_fields({"sobjectType": sobject, "flexiPageRegions": regions}) is carries


def test_real_pages_are_read():
    org = tiny_org().org
    for file in corpus_files("flexipages"):
        with suppress(NotMetadata):
            load_component(org, "FlexiPage", real_name(file), file.read_bytes())
    pages = [metadata_of(org, page.id) for page in list_components(org, "FlexiPage")]
    found = [read_page(page, FIELD) for page in pages]
    assert sum(panel is not NEVER for panel, _, _ in found) > len(found) / 2
    assert any(field == EDITABLE for _, field, _ in found)


def test_real_pages_that_carry_fields_are_those_that_the_edit_puts_it_on():
    org = tiny_org().org
    for file in corpus_files("flexipages"):
        load_component(org, "FlexiPage", real_name(file), file.read_bytes())
    found = 0
    for stored in list_components(org, "FlexiPage"):
        metadata = metadata_of(org, stored.id)
        person = "PersonAccount" if metadata["sobjectType"] == "Account" else "Contact"
        spelled = field_on(person, FIELD)
        if read_page(metadata, spelled)[0] is not ALWAYS and (
            person == "Contact" or shows_person(stored.body)
        ):
            edit = edit_page(stored.body, spelled)
            wanted = edit.outcome in {Outcome.ADD, Outcome.PRESENT}
            assert carries_fields(metadata) is wanted, stored.full_name
            found += wanted
    assert found >= 10
