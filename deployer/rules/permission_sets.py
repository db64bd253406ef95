"""Rules for permission sets: a deploy replaces the whole set, so it should carry little."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.model.findings import Severity
from deployer.model.identities import IDENTITIES, Of
from deployer.rules.rule import Answer, Rule, Subject, elements, repeated, text_of, value_of

_REQUIRED = {
    "Contact.LastName", "Contact.Name", "Lead.Company", "Lead.LastName", "Lead.Name", "Lead.Status",
    "Account.Name",
}  # fmt: skip


# The sets of the three logins are there for their user permissions, and for no others.
_OF_LOGINS = {
    identity.permission_set: {right.name for right in identity.rights if right.of is Of.SYSTEM}
    for identity in IDENTITIES.values()
}


def _user_permissions(subject: Subject) -> Iterator[Answer]:
    expected = _OF_LOGINS.get(subject.name.partition(".")[0], set())
    for name in elements(subject.root, "userPermissions/name"):
        if value_of(name) not in expected:
            yield Answer(name.sourceline, f"the set carries the user permission {value_of(name)}")


def _licence(subject: Subject) -> Iterator[Answer]:
    for licence in elements(subject.root, "license"):
        what = f"the set is tied to the licence {value_of(licence)}"
        yield Answer(licence.sourceline, what)


def _required_field(subject: Subject) -> Iterator[Answer]:
    for field in elements(subject.root, "fieldPermissions/field"):
        if value_of(field) in _REQUIRED:
            yield Answer(field.sourceline, f"{value_of(field)} is required everywhere")


def _edit_unseen(subject: Subject) -> Iterator[Answer]:
    for access in elements(subject.root, "fieldPermissions"):
        if text_of(access, "editable") == "true" and text_of(access, "readable") != "true":
            what = f"{text_of(access, 'field')} can be edited and not be read"
            yield Answer(access.sourceline, what)


def _field_twice(subject: Subject) -> Iterator[Answer]:
    fields = elements(subject.root, "fieldPermissions/field")
    for field, count, line in repeated((value_of(e), e.sourceline) for e in fields):
        yield Answer(line, f"{field} is in the set {count} times")


RULES = (
    Rule(
        "permission-set-user-permission", "PermissionSet", Severity.WARN,
        "Is the set free of user permissions?",
        "keep such permissions in a set of their own",
        'Salesforce: "Unknown user permission: X" in an org without that feature',
        _user_permissions,
    ),
    Rule(
        "permission-set-licence", "PermissionSet", Severity.WARN,
        "Is the set free of a licence?",
        "delete <license>, so that every user can have the set",
        "Salesforce: a set with a licence can be given only to users who have it",
        _licence,
    ),
    Rule(
        "permission-set-required-field", "PermissionSet", Severity.FAIL,
        "Does the set leave required fields out?",
        "delete that fieldPermissions element",
        'Salesforce: "You cannot deploy to a required field: X"',
        _required_field,
    ),
    Rule(
        "permission-set-edit-unseen", "PermissionSet", Severity.FAIL,
        "Is each editable field readable?",
        "write <readable>true</readable>",
        "Salesforce: PermissionSetFieldPermissions, editable needs readable",
        _edit_unseen,
    ),
    Rule(
        "permission-set-field-twice", "PermissionSet", Severity.FAIL,
        "Is each field in the set once?",
        "delete all but one",
        "two answers for one field cannot both hold (Salesforce's answer is unverified)",
        _field_twice,
    ),
)  # fmt: skip
