"""The seed's objects, Lightning pages, apps and lead conversion: which page is in force where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from practice_org.metadata.canonical import Node, branch, leaf, serialise
from practice_org.metadata.components import load_component
from practice_org.org import Org

_TEMPLATE = "flexipage:recordHomeTemplateDesktop"
# Record pages with a detail panel show the layout; the one below, with Dynamic Forms, does not.
DYNAMIC_FIELDS = ("Name", "AccountId", "Email", "Phone", "Region__c")
DETAIL_PAGES = (("Contact", "Contact_Record_Page"), ("Lead", "Lead_Record_Page"))
DYNAMIC_PAGE = "Contact_Sales_Page"
LEAD_DYNAMIC_PAGE = "Lead_Marketing_Page"
APP = "Sales_Workspace"


def add_pages(org: Org) -> None:
    """Two pages with the detail panel as org defaults, one with Dynamic Forms for Sales' app.

    A fourth, for Lead and with Dynamic Forms, is active nowhere.
    """
    for sobject, name in DETAIL_PAGES:
        _load(org, "FlexiPage", name, _page(sobject, name, [_main([_detail_panel()])]))
        _load(org, "CustomObject", sobject, _object(name))
    _load(org, "CustomObject", "Account", [leaf("sharingModel", "Private")])
    _load(org, "FlexiPage", DYNAMIC_PAGE, _page("Contact", DYNAMIC_PAGE, _forms(DYNAMIC_FIELDS)))
    lead_fields = _forms(("Name", "Company", "Email", "Status"))
    _load(org, "FlexiPage", LEAD_DYNAMIC_PAGE, _page("Lead", LEAD_DYNAMIC_PAGE, lead_fields))
    _load(org, "CustomApplication", APP, _app())
    _load(org, "CustomApplication", "Service_Console", _plain_app("Service Console"))
    _load(org, "CompactLayout", "Contact.Contact_Highlights", _compact("Name", "Email", "Phone"))
    _load(org, "QuickAction", "Contact.Update_Email", _quick_action("Email"))
    _load(org, "LeadConvertSettings", "LeadConvertSettings", _lead_conversion())


def _load(org: Org, kind: str, name: str, parts: Iterable[Node]) -> None:
    load_component(org, kind, name, serialise(branch(kind, parts)))


def _page(sobject: str, name: str, regions: Iterable[Node]) -> list[Node]:
    return [
        *regions,
        leaf("masterLabel", name.replace("_", " ")),
        leaf("sobjectType", sobject),
        branch("template", [leaf("name", _TEMPLATE)]),
        leaf("type", "RecordPage"),
    ]


def _compact(*fields: str) -> list[Node]:
    return [*(leaf("fields", name) for name in fields), leaf("label", "Contact Highlights")]


def _quick_action(field: str) -> list[Node]:
    item = branch("quickActionLayoutItems", [leaf("field", field), leaf("uiBehavior", "Edit")])
    columns = branch("quickActionLayoutColumns", [item])
    return [
        leaf("label", "Update Email"),
        branch("quickActionLayout", [leaf("layoutSectionStyle", "OneColumn"), columns]),
        leaf("type", "Update"),
    ]


def _main(items: Iterable[Node]) -> Node:
    return _region("main", "Region", items)


def _region(name: str, kind: str, items: Iterable[Node]) -> Node:
    instances = [branch("itemInstances", [item]) for item in items]
    return branch("flexiPageRegions", [*instances, leaf("name", name), leaf("type", kind)])


def _component(name: str, identifier: str, properties: Mapping[str, str]) -> Node:
    told = [
        branch("componentInstanceProperties", [leaf("name", key), leaf("value", value)])
        for key, value in properties.items()
    ]
    return branch(
        "componentInstance", [*told, leaf("componentName", name), leaf("identifier", identifier)]
    )


def _detail_panel() -> Node:
    return _component("force:detailPanel", "force_detailPanel", {})


def _forms(fields: Iterable[str]) -> list[Node]:
    """One field section of one column that holds these fields, and no detail panel."""
    column = _component("flexipage:column", "flexipage_column", {"body": "Facet-fields"})
    section = _component(
        "flexipage:fieldSection",
        "flexipage_fieldSection",
        {"columns": "Facet-columns", "horizontalAlignment": "false", "label": "Details"},
    )
    return [
        _region("Facet-fields", "Facet", [_field(name) for name in fields]),
        _region("Facet-columns", "Facet", [column]),
        _main([section]),
    ]


def _field(name: str) -> Node:
    behavior = "required" if name == "Name" else "none"
    told = branch("fieldInstanceProperties", [leaf("name", "uiBehavior"), leaf("value", behavior)])
    identifier = f"Record{name.replace('__', '_')}Field"
    return branch(
        "fieldInstance", [told, leaf("fieldItem", f"Record.{name}"), leaf("identifier", identifier)]
    )


def _object(page: str) -> list[Node]:
    views = [
        branch(
            "actionOverrides",
            [
                leaf("actionName", "View"),
                leaf("content", page),
                leaf("formFactor", factor),
                leaf("skipRecordTypeSelect", value=False),
                leaf("type", "Flexipage"),
            ],
        )
        for factor in ("Large", "Small")
    ]
    return [*views, leaf("enableFeeds", value=True), leaf("sharingModel", "Private")]


def _app() -> list[Node]:
    for_sales = branch(
        "profileActionOverrides",
        [
            leaf("actionName", "View"),
            leaf("content", DYNAMIC_PAGE),
            leaf("formFactor", "Large"),
            leaf("pageOrSobjectType", "Contact"),
            leaf("type", "Flexipage"),
            leaf("profile", "Sales"),
        ],
    )
    return [*_plain_app("Sales Workspace"), for_sales]


def _plain_app(label: str) -> list[Node]:
    tabs = [leaf("tabs", f"standard-{name}") for name in ("Account", "Contact", "Lead")]
    return [
        leaf("formFactors", "Large"),
        leaf("isNavAutoTempTabsDisabled", value=False),
        leaf("isNavPersonalizationDisabled", value=False),
        leaf("label", label),
        leaf("navType", "Standard"),
        *tabs,
        leaf("uiType", "Lightning"),
    ]


def _lead_conversion() -> list[Node]:
    """Customer Number is mapped; Region and Newsletter Topics are lost when a Lead is converted."""
    mapping = branch(
        "mappingFields",
        [leaf("inputField", "Customer_Number__c"), leaf("outputField", "Customer_Number__c")],
    )
    to_contact = branch(
        "objectMapping", [leaf("inputObject", "Lead"), mapping, leaf("outputObject", "Contact")]
    )
    return [
        leaf("allowOwnerChange", value=True),
        to_contact,
        leaf("opportunityCreationOptions", "VisibleOptional"),
    ]
