"""Small orgs for the visibility matrix, and the naive answer: one user, one page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from practice_org.metadata.components import assign_layout, load_component
from practice_org.org import Org
from practice_org.rights import FieldAccess, field_access, object_rights
from practice_org.tables import delete_row, find_rows, insert_row

FIELD = "HasOptedOutOfEmail"
NS = "http://soap.sforce.com/2006/04/metadata"
PROFILES = ("Sales", "Support", "Standard User")
APPS = ("Sales_Workspace", "Service_Console")
FACTORS = ("Large", "Small")
LAYOUTS = {"Contact-V None": "", "Contact-V Edit": "Edit", "Contact-V Read": "Readonly"}
RIGHTS = st.sampled_from(((True, True), (False, False), (True, False), (True, True)))
OWN = ("", "edit", "readonly", "rule")
PANELS = ("shown", "", "rule", "shown")


@dataclass(frozen=True)
class Drawn:
    """One generated org; a page is (panel, own field) and pages go by P0, P1, ..."""

    profiles: dict
    sets: list
    muted: tuple
    holders: dict
    usual_layout: str
    layouts: dict
    pages: list
    defaults: dict
    apps: dict
    profile_pages: dict


record_types = st.sampled_from(("", "Donor", "Partner"))
layout_names = st.sampled_from(("Contact-V Edit", "Contact-V Read", "Contact-V None"))
page_names = st.sampled_from(("P0", "P1", ""))
orgs = st.builds(
    Drawn,
    profiles=st.fixed_dictionaries({name: st.tuples(RIGHTS, RIGHTS) for name in PROFILES}),
    sets=st.lists(st.tuples(RIGHTS, RIGHTS), min_size=3, max_size=3),
    muted=st.tuples(RIGHTS, RIGHTS),
    holders=st.dictionaries(st.integers(0, 11), st.sets(st.sampled_from(range(4))), max_size=8),
    usual_layout=layout_names,
    layouts=st.dictionaries(
        st.tuples(st.sampled_from(PROFILES), record_types), layout_names, max_size=2
    ),
    pages=st.lists(st.tuples(st.sampled_from(PANELS), st.sampled_from(OWN)), min_size=2,
                   max_size=2),
    defaults=st.fixed_dictionaries(dict.fromkeys(FACTORS, page_names)),
    apps=st.dictionaries(
        st.tuples(st.sampled_from(APPS), st.sampled_from(FACTORS)), page_names, max_size=1
    ),
    profile_pages=st.dictionaries(
        st.tuples(st.sampled_from(APPS), st.sampled_from(FACTORS), st.sampled_from(PROFILES),
                  st.sampled_from(("", "Donor"))), page_names, max_size=2),
)  # fmt: skip


def build(org: Org, drawn: Drawn) -> None:
    """Put the drawn rights, layouts and pages into the org."""
    users = [row["Id"] for row in _people(org)]
    for held in find_rows(org, "PermissionSetAssignment"):
        if held["AssigneeId"] in users:
            delete_row(org, "PermissionSetAssignment", held["Id"])
    for name, behavior in LAYOUTS.items():
        load_component(org, "Layout", name, layout_body(behavior).encode())
    _rights(org, drawn)
    kinds = {row["DeveloperName"]: row["Id"] for row in find_rows(org, "RecordType")}
    for profile in PROFILES:
        (row,) = find_rows(org, "Profile", Name=profile)
        for kind in ("", "Donor", "Partner"):
            layout = drawn.layouts.get((profile, kind), drawn.usual_layout)
            assign_layout(org, row["Id"], "Contact", kinds.get(kind, ""), layout)
    for number, page in enumerate(drawn.pages):
        load_component(org, "FlexiPage", f"P{number}", _page(*page).encode())
    load_component(org, "CustomObject", "Contact", _defaults(drawn).encode())
    for app in APPS:
        load_component(org, "CustomApplication", app, _app(app, drawn).encode())


def _rights(org: Org, drawn: Drawn) -> None:
    for name, given in drawn.profiles.items():
        (profile,) = find_rows(org, "Profile", Name=name)
        (owned,) = find_rows(org, "PermissionSet", ProfileId=profile["Id"])
        _grant(org, owned["Id"], *given)
    made = []
    for number, given in enumerate(drawn.sets):
        made.append(insert_row(org, "PermissionSet", {"Name": f"S{number}", "Label": "S"}))
        _grant(org, made[-1], *given)
    group = insert_row(org, "PermissionSetGroup", {"DeveloperName": "G", "MasterLabel": "G"})
    standing = insert_row(org, "PermissionSet", {"Name": "G", "Label": "G", "Type": "Group",
                                                 "PermissionSetGroupId": group})  # fmt: skip
    muting = insert_row(org, "MutingPermissionSet", {"DeveloperName": "M", "MasterLabel": "M"})
    _grant(org, muting, *(_muting(side) for side in drawn.muted))
    for part in (made[1], made[2], muting):
        row = {"PermissionSetGroupId": group, "PermissionSetId": part}
        insert_row(org, "PermissionSetGroupComponent", row)
    users = _people(org)
    for place, held in drawn.holders.items():
        for number in held:
            row = {"AssigneeId": users[place]["Id"], "PermissionSetId": [*made, standing][number]}
            is_group = number == len(made)
            row |= {"PermissionSetGroupId": group} if is_group else {}
            insert_row(org, "PermissionSetAssignment", row)


def _people(org: Org) -> list:
    """The active users who are looked at."""
    ids = [find_rows(org, "Profile", Name=name)[0]["Id"] for name in PROFILES]
    return [row for row in find_rows(org, "User", IsActive=True) if row["ProfileId"] in ids]


def _muting(side: tuple) -> tuple:
    """Muting Read mutes Edit too, as Salesforce asks; (True, False) here means Edit alone."""
    return {(True, False): (False, True)}.get(side, side)


def _grant(org: Org, parent: str, records: tuple, field: tuple) -> None:
    for table, about, given in (
        ("ObjectPermissions", {}, records),
        ("FieldPermissions", {"Field": f"Contact.{FIELD}"}, field),
    ):
        row = {"ParentId": parent, "SobjectType": "Contact", **about}
        for old in find_rows(org, table, **row):
            delete_row(org, table, old["Id"])
        if any(given):
            rights = dict(zip(("PermissionsRead", "PermissionsEdit"), given, strict=True))
            insert_row(org, table, row | rights)


def layout_body(behavior: str) -> str:
    """A layout of one section that holds the field so, or ("") does not hold it."""
    item = f"<layoutItems><behavior>{behavior}</behavior><field>{FIELD}</field></layoutItems>"
    return (
        f'<Layout xmlns="{NS}"><layoutSections><customLabel>true</customLabel><layoutColumns>'
        f"{item if behavior else ''}</layoutColumns><style>OneColumn</style></layoutSections>"
        "</Layout>"
    )


RULE = (
    "<visibilityRule><criteria><leftValue>{!Record.Name}</leftValue><operator>EQUAL</operator>"
    "<rightValue>a</rightValue></criteria></visibilityRule>"
)


def _page(panel: str, own: str) -> str:
    """The field stands in a facet of a section, which carries the rule."""
    ui = "readonly" if own == "readonly" else "none"
    field = (
        "<itemInstances><fieldInstance><fieldInstanceProperties><name>uiBehavior</name>"
        f"<value>{ui}</value></fieldInstanceProperties><fieldItem>Record.{FIELD}</fieldItem>"
        "<identifier>f</identifier></fieldInstance></itemInstances>"
    )
    section = (
        "<itemInstances><componentInstance><componentInstanceProperties><name>body</name>"
        "<value>Facet-f</value></componentInstanceProperties><componentName>flexipage:column"
        f"</componentName><identifier>c</identifier>{RULE if own == 'rule' else ''}"
        "</componentInstance></itemInstances>"
    )
    detail = (
        "<itemInstances><componentInstance><componentName>force:detailPanel</componentName>"
        f"<identifier>d</identifier>{RULE if panel == 'rule' else ''}</componentInstance>"
        "</itemInstances>"
    )
    return (
        f'<FlexiPage xmlns="{NS}"><flexiPageRegions>{field if own else ""}<name>Facet-f</name>'
        f"<type>Facet</type></flexiPageRegions><flexiPageRegions>{section}{detail if panel else ''}"
        "<name>main</name><type>Region</type></flexiPageRegions><masterLabel>P</masterLabel>"
        "<sobjectType>Contact</sobjectType><type>RecordPage</type></FlexiPage>"
    )


def _override(kind: str, page: str, factor: str, more: str = "") -> str:
    shown = f"<content>{page}</content>" if page else ""
    return (
        f"<{kind}><actionName>View</actionName>{shown}<formFactor>{factor}</formFactor>"
        f"{more}<type>{'Flexipage' if page else 'Default'}</type></{kind}>"
    )


def _defaults(drawn: Drawn) -> str:
    told = (_override("actionOverrides", page, factor) for factor, page in drawn.defaults.items())
    return f'<CustomObject xmlns="{NS}">{"".join(told)}</CustomObject>'


def _app(app: str, drawn: Drawn) -> str:
    about = "<pageOrSobjectType>Contact</pageOrSobjectType>"
    told = [
        _override("actionOverrides", page, factor, about)
        for (name, factor), page in drawn.apps.items()
        if name == app
    ]
    for (name, factor, profile, kind), page in drawn.profile_pages.items():
        record_type = f"<recordType>Contact.{kind}</recordType>" if kind else ""
        named = f"<profile>{'Standard' if profile == 'Standard User' else profile}</profile>"
        if name == app:
            more = about + record_type + named
            told.append(_override("profileActionOverrides", page, factor, more))
    return (
        f'<CustomApplication xmlns="{NS}">{"".join(told)}<label>{app}</label></CustomApplication>'
    )


def naive(org: Org, drawn: Drawn) -> dict[str, int]:
    """The headline for Contact, from each user's rights as the org itself reckons them."""
    totals = dict.fromkeys(("edits", "sees", "partly", "hidden", "unknown"), 0)
    names = {row["Id"]: row["Name"] for row in find_rows(org, "Profile")}
    for user in _people(org):
        totals[_one_user(org, drawn, user["Id"], names[user["ProfileId"]])] += 1
    return totals


def _one_user(org: Org, drawn: Drawn, user_id: str, profile: str) -> str:
    rights = object_rights(org, user_id, "Contact")
    field = field_access(org, user_id, "Contact", FIELD)
    reads = rights.read and field is not FieldAccess.NONE
    edits = reads and rights.edit and field is FieldAccess.EDIT
    seen = set()
    for kind, app, factor in product(("", "Donor", "Partner"), ("", *APPS), FACTORS):
        worlds = {
            _in_world(drawn, (profile, kind, app, factor), world) if reads else "hidden"
            for world in product((False, True), repeat=3)
        }
        worlds = {"sees" if each == "edits" and not edits else each for each in worlds}
        seen.add(worlds.pop() if len(worlds) == 1 else "unknown")
    if "hidden" in seen and seen & {"edits", "sees"}:
        return "partly"
    return next((each for each in ("unknown", "hidden", "sees") if each in seen), "edits")


def _in_world(drawn: Drawn, where: tuple, world: tuple) -> str:
    """What an editor of everything has when the two rules are met or not, on such a phone."""
    profile, kind, _app_name, factor = where
    panel_rule, field_rule, phone_ignores_page = world
    layout = LAYOUTS[drawn.layouts.get((profile, kind), drawn.usual_layout)]
    on_layout = {"": "hidden", "Edit": "edits", "Readonly": "sees"}[layout]
    name = _in_force(drawn, where)
    if not name or (factor == "Small" and phone_ignores_page):
        return on_layout
    panel, own = drawn.pages[int(name[1:])]
    found = {"edit": {"edits"}, "readonly": {"sees"}}.get(own, set())
    found |= {"edits"} if own == "rule" and field_rule else set()
    found |= {on_layout} if panel == "shown" or (panel == "rule" and panel_rule) else set()
    return next((each for each in ("edits", "sees") if each in found), "hidden")


def _in_force(drawn: Drawn, where: tuple) -> str:
    profile, kind, app, factor = where
    for key, table in (
        ((app, factor, profile, kind), drawn.profile_pages),
        ((app, factor, profile, ""), drawn.profile_pages),
        ((app, factor), drawn.apps),
        (factor, drawn.defaults),
    ):
        if key in table:
            return table[key]
    return ""
