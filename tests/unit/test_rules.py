"""Each rule finds its fault, at its line, and nothing in the file that is right."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath

import pytest
from corpus import corpus_files, real_name

from deployer.model.findings import Severity
from deployer.rules import RULES, check_package, check_rules

NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'


def of(root: str, *inner: str) -> bytes:
    """The root on line 1, each part on a line of its own."""
    return "\n".join([f"<{root} {NS}>", *inner, f"</{root}>"]).encode()


def item(field: str, behavior: str = "Edit") -> str:
    return f"<layoutItems><behavior>{behavior}</behavior><field>{field}</field></layoutItems>"


def section(*columns: str, style: str = "OneColumn") -> str:
    inner = "".join(f"<layoutColumns>{each}</layoutColumns>" for each in columns)
    return f"<layoutSections><label>L</label>{inner}<style>{style}</style></layoutSections>"


def mini(name: str) -> str:
    return f"<miniLayout><fields>{name}</fields></miniLayout>"


def actions(*orders: int) -> str:
    each = "<platformActionListItems><sortOrder>{}</sortOrder></platformActionListItems>"
    return f"<platformActionList>{''.join(map(each.format, orders))}</platformActionList>"


def field(name: str = "X__c", **parts: str) -> tuple[str, ...]:
    parts = {"defaultValue": "false", "label": "X", "type": "Checkbox"} | parts
    leaves = (f"<{tag}>{text}</{tag}>" for tag, text in parts.items() if text)
    return (f"<fullName>{name}</fullName>", *leaves)


def access(name: str, editable: str = "true", readable: str = "true") -> str:
    leaves = f"<editable>{editable}</editable><field>{name}</field><readable>{readable}</readable>"
    return f"<fieldPermissions>{leaves}</fieldPermissions>"


def types(name: str, *members: str) -> str:
    each = "".join(f"<members>{member}</members>" for member in members)
    return f"<types>{each}<name>{name}</name></types>"


def page(*identifiers: str) -> str:
    each = (
        "<itemInstances><fieldInstance><identifier>{}</identifier></fieldInstance></itemInstances>"
    )
    return f"<flexiPageRegions>{''.join(map(each.format, identifiers))}</flexiPageRegions>"


def region(name: str) -> str:
    return f"<flexiPageRegions><name>{name}</name></flexiPageRegions>"


LIST = "<relatedLists><relatedList>R</relatedList></relatedLists>"
USER = "<userPermissions><name>ApiEnabled</name></userPermissions>"
V63 = "<version>63.0</version>"
ONE = section(item("Email"))
FAULTY = [
    ("layout-field-twice", "Contact-A.layout", of("Layout", ONE, section(item("EMAIL"))), 3),
    (
        "layout-required-checkbox",
        "Contact-A.layout",
        of("Layout", section(item("DoNotCall", "Required"))),
        2,
    ),
    (
        "layout-columns-per-style",
        "Contact-A.layout",
        of("Layout", ONE, section(item("A"), item("B"))),
        3,
    ),
    (
        "layout-columns-per-style",
        "Lead-A.layout",
        of("Layout", ONE, section("", style="TwoColumnsLeftToRight")),
        3,
    ),
    (
        "layout-field-among-links",
        "Contact-A.layout",
        of("Layout", section(item("A"), style="CustomLinks")),
        2,
    ),
    ("layout-without-section", "Contact-A.layout", of("Layout"), 1),
    ("layout-person-spelling", "PersonAccount-A.layout", of("Layout", ONE), 2),
    (
        "layout-person-spelling",
        "Contact-A.layout-meta.xml",
        of("Layout", section(item("PersonHasOptedOutOfEmail"))),
        2,
    ),
    ("layout-person-spelling", "Lead-A.layout", of("Layout", section(item("X__pc"))), 2),
    ("layout-mini-field-missing", "Contact-A.layout", of("Layout", ONE, mini("Fax")), 3),
    ("layout-related-list-twice", "Contact-A.layout", of("Layout", ONE, *[LIST] * 2), 4),
    ("layout-sort-order-twice", "Contact-A.layout", of("Layout", ONE, actions(0, 1, 1)), 3),
    ("field-without-label", "X__c.field", of("CustomField", *field(label="")), 1),
    ("field-without-type", "X__c.field", of("CustomField", *field(type="")), 1),
    (
        "checkbox-without-default",
        "Contact.object",
        of("CustomObject", "<fields>", *field(defaultValue=""), "</fields>"),
        2,
    ),
    ("formula-with-default", "X__c.field", of("CustomField", *field(formula="1")), 1),
    ("checkbox-required", "X__c.field", of("CustomField", *field(required="true")), 1),
    ("field-name", "X__c.field", of("CustomField", *field("X___y__c")), 1),
    ("field-name", "X__c.field", of("CustomField", *field("1X__c")), 1),
    ("standard-field-with-type", "DoNotCall.field", of("CustomField", *field("DoNotCall")), 1),
    (
        "object-field-twice",
        "Lead.object",
        of("CustomObject", *["<fields>", *field(), "</fields>"] * 2),
        9,
    ),
    ("permission-set-user-permission", "A.permissionset", of("PermissionSet", USER), 2),
    (
        "permission-set-licence",
        "A.permissionset",
        of("PermissionSet", "<license>Salesforce</license>"),
        2,
    ),
    (
        "permission-set-required-field",
        "A.permissionset",
        of("PermissionSet", access("Contact.LastName")),
        2,
    ),
    (
        "permission-set-edit-unseen",
        "A.permissionset",
        of("PermissionSet", access("Lead.X__c", readable="false")),
        2,
    ),
    (
        "permission-set-field-twice",
        "A.permissionset",
        of("PermissionSet", access("Lead.X__c"), access("Lead.x__c")),
        3,
    ),
    ("flexipage-identifier-twice", "A.flexipage", of("FlexiPage", page("a", "b"), page("a")), 3),
    ("flexipage-region-twice", "A.flexipage", of("FlexiPage", *(region("a") for _ in range(2))), 3),
    ("package-version", "package.xml", of("Package", "<version>63</version>"), 2),
    ("package-version", "package.xml", of("Package", "<version>49.0</version>"), 2),
    ("package-version-newer", "package.xml", of("Package", "<version>64.0</version>"), 2),
    (
        "package-type-twice",
        "package.xml",
        of("Package", types("Layout", "A"), types("Layout", "B"), V63),
        3,
    ),
    ("package-member-twice", "package.xml", of("Package", types("Layout", "A", "A"), V63), 2),
    ("package-wildcard", "package.xml", of("Package", types("Layout", "*"), V63), 2),
]

SOUND = [
    ("Contact-A.layout", of("Layout", ONE, section("", "", style="TwoColumnsTopToBottom"))),
    ("Contact-A.layout", of("Layout", ONE, mini("email"))),
    ("Contact-A.layout", of("Layout", ONE, actions(0, 1), actions(0, 1))),
    ("PersonAccount-A.layout", of("Layout", section(item("PersonEmail") + item("X__pc")))),
    ("Contact-A.layout", of("Layout", section(item("PersonalNote__c")))),
    ("unnamed.xml", of("Layout", section(item("X__pc")))),
    ("X__c.field", of("CustomField", *field())),
    ("X__c.field", of("CustomField", *field("ns__X_y__c", defaultValue="", formula="true"))),
    ("Text__c.field", of("CustomField", *field(type="Text", defaultValue=""))),
    ("DoNotCall.field", of("CustomField", "<fullName>DoNotCall</fullName>")),
    ("A.permissionset", of("PermissionSet", access("Lead.X__c"), access("Contact.X__c"))),
    ("A.flexipage", of("FlexiPage", page("a", "b"))),
    ("package.xml", of("Package", types("Layout", "A", "B"), types("Report", "*"), V63)),
    ("A.profile", of("Profile")),
    ("broken.layout", b"<Layout"),
]


@pytest.mark.parametrize(("rule", "name", "data", "line"), FAULTY)
def test_a_rule_finds_its_fault_and_only_that(rule, name, data, line):
    (found,) = check_rules(name, data)
    assert (found.rule, found.where) == (rule, f"{name}:{line}")
    assert found.fix
    assert found.source


@pytest.mark.parametrize(("name", "data"), SOUND)
def test_a_sound_file_has_no_finding(name, data):
    assert check_rules(name, data) == []


def test_every_rule_has_a_case_and_reads_as_a_question():
    assert {rule.id for rule in RULES} == {rule for rule, *_ in FAULTY}
    for rule in RULES:
        assert rule.question.endswith("?")
        assert not rule.fix.endswith(".")


def test_a_rule_has_one_id_per_kind_of_file():
    assert max(Counter((rule.id, rule.root) for rule in RULES).values()) == 1


@pytest.mark.parametrize("kind", ["layouts", "fields", "flexipages"])
def test_real_files_break_no_rule(kind):
    for file in corpus_files(kind):
        assert check_rules(real_name(file), file.read_bytes()) == []


def test_real_permission_sets_break_no_rule_that_fails():
    for file in corpus_files("profiles"):
        found = check_rules(real_name(file), file.read_bytes())
        assert {finding.severity for finding in found} <= {Severity.WARN}


def beside(*names: str) -> dict[str, PurePath]:
    return {name: PurePath("src", name) for name in names}


PACKAGES = [
    ([types("Layout", "Contact-A %28B%29")], ["layouts/Contact-A (B).layout"], []),
    ([types("Layout", "Contact-A")], [], ["package-member-missing src/package.xml:2"]),
    ([], ["layouts/Contact-A.layout"], ["package-file-unnamed src/layouts/Contact-A.layout"]),
    ([types("Layout", "*")], ["layouts/Contact-A.layout"], []),
    ([types("CustomField", "Contact.X__c")], ["objects/Contact.object"], []),
    ([types("CustomField", "Lead.X__c")], ["objects/Contact.object"],
     ["package-file-unnamed src/objects/Contact.object"]),
    ([types("PermissionSet", "A")], ["permissionsets/A.permissionset", "scripts/x.field"], []),
]  # fmt: skip


@pytest.mark.parametrize(("named", "files", "expected"), PACKAGES)
def test_a_package_names_its_files_and_no_others(named, files, expected):
    found = check_package(PurePath("src/package.xml"), of("Package", *named, V63), beside(*files))
    assert [f"{finding.rule} {finding.where}" for finding in found] == expected


def test_a_broken_package_is_not_compared():
    assert check_package(PurePath("package.xml"), b"<Package", beside("layouts/A.layout")) == []
