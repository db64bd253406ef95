"""What a layout names - fields, actions, buttons, related lists - and whether the org has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from practice_org.metadata.canonical import Node
from practice_org.metadata.components import declare, find_component, is_declared
from practice_org.metadata.problems import Problem, at
from practice_org.objects import find_object
from practice_org.org import Org
from practice_org.tables import fields_of

# Fields a layout shows under a name that describe does not list for every org.
_COMPOUND = {
    "Contact": {"Name", "MailingAddress", "OtherAddress"},
    "Lead": {"Name", "Address"},
    "Account": {
        *("Name", "BillingAddress", "ShippingAddress"),
        *("PersonMailingAddress", "PersonOtherAddress"),
    },
}
# Actions every org has; FeedItem.RypplePost and the like belong to features that may be off.
_STANDARD_ACTIONS = frozenset(
    {
        *("FeedItem.TextPost", "FeedItem.ContentPost", "FeedItem.LinkPost", "FeedItem.PollPost"),
        *("FeedItem.QuestionPost", "FeedItem.ContentNote", "FeedItem.MobileSmartActions"),
        *("SendEmail", "NewTask", "NewEvent", "LogACall", "NewNote", "NewCase", "NewContact"),
        *("NewLead", "NewOpportunity", "NewAccount", "NewGroup"),
    }
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Something a layout needs: its metadata kind, its name, the property and element that name it.

    `kind` CustomField has the object in front: Contact.Email.
    """

    kind: str
    name: str
    prop: str
    node: Node

    def missing(self) -> Problem:
        """What the org says when it has no such thing.

        The form is Salesforce's; the property it names for buttons, pages and lists is unverified.
        """
        return at(self.node, f"In field: {self.prop} - no {self.kind} named {self.name} found")


def layout_references(entity: str, root: Node) -> Iterator[Reference]:
    """Everything a layout of this object names, in document order by kind."""
    # What Salesforce calls the object of a person account's field here is unverified.
    owner = "Account" if entity == "PersonAccount" else entity
    for node in layout_fields(root):
        yield Reference("CustomField", f"{owner}.{node.text.strip()}", "field", node)
    yield from _actions(owner, root)
    for item in root.all("layoutSections", "layoutColumns", "layoutItems"):
        yield from _item(owner, item)
    for node in root.all("relatedLists", "relatedList"):
        if "__" in node.text:
            yield Reference("RelatedList", node.text.strip(), "relatedLists", node)


def layout_fields(root: Node) -> Iterator[Node]:
    """The <field> elements of the sections, in document order."""
    yield from root.all("layoutSections", "layoutColumns", "layoutItems", "field")


def has_reference(org: Org, reference: Reference) -> bool:
    """Whether the org knows what is named."""
    if is_declared(org, reference.kind, reference.name):
        return True
    if reference.kind == "CustomField":
        entity, _, field = reference.name.partition(".")
        return has_field(org, entity, field)
    if reference.kind == "QuickAction":
        return reference.name in _STANDARD_ACTIONS
    return find_component(org, reference.kind, reference.name) is not None


def has_field(org: Org, entity: str, field: str) -> bool:
    """Whether this object has this field, standard or custom; PersonAccount means Account."""
    owner = "Account" if entity == "PersonAccount" else entity
    declared = is_declared(org, "CustomField", f"{owner}.{field}")
    if find_object(owner) is None:
        return declared
    known = fields_of(org, owner)
    if field in _COMPOUND.get(owner, ()):
        return not field.startswith("Person") or org.setting("person_accounts") == "1"
    return field in known or declared


def declare_references(org: Org, entity: str, root: Node) -> list[str]:
    """Declare whatever a loaded layout names and the org does not know.

    Returns "kind name" of each, sorted.
    """
    declared = set()
    for reference in layout_references(entity, root):
        if not has_reference(org, reference):
            declare(org, reference.kind, reference.name)
            declared.add(f"{reference.kind} {reference.name}")
    return sorted(declared)


def _actions(owner: str, root: Node) -> Iterator[Reference]:
    for node in root.all("quickActionList", "quickActionListItems", "quickActionName"):
        yield Reference("QuickAction", node.text.strip(), "QuickAction", node)
    for item in root.all("platformActionList", "platformActionListItems"):
        yield from _action(owner, item)
    for node in root.all("customButtons"):
        yield Reference("WebLink", f"{owner}.{node.text.strip()}", "customButtons", node)


def _action(owner: str, item: Node) -> Iterator[Reference]:
    for node in item.all("actionName"):
        name = node.text.strip()
        if item.value("actionType") == "QuickAction":
            yield Reference("QuickAction", name, "QuickAction", node)
        elif item.value("actionType") == "CustomButton":
            yield Reference("WebLink", f"{owner}.{name}", "actionName", node)


def _item(owner: str, item: Node) -> Iterator[Reference]:
    for node in item.all("customLink"):
        yield Reference("WebLink", f"{owner}.{node.text.strip()}", "customLink", node)
    for node in item.all("page"):
        yield Reference("ApexPage", node.text.strip(), "page", node)
