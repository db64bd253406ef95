"""Small orgs for the visibility matrix: drawn rights, layouts, pages and apps, put into an org."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from practice_org.metadata.components import assign_layout, load_component
from practice_org.org import Org
from practice_org.tables import delete_row, find_rows, insert_row, update_row

FIELD = "HasOptedOutOfEmail"
NS = "http://soap.sforce.com/2006/04/metadata"
PROFILES = ("Sales", "Support", "Standard User")
APPS = ("Sales_Workspace", "Service_Console")
FACTORS = ("Large", "Small")
BEHAVIORS = {"None": "", "Edit": "Edit", "Read": "Readonly"}
_UNASSIGN = (
    "DELETE FROM layout_assignment WHERE profile_id = ? AND object = ? AND record_type_id = ?"
)


@dataclass(frozen=True)
class About:
    """One layout object: whose pages and records it is, how it spells the field, its types."""

    page: str
    field: str
    kinds: tuple[str, ...]


OBJECTS = {
    "Contact": About("Contact", FIELD, ("", "Donor", "Partner")),
    "Lead": About("Lead", FIELD, ("", "Inbound", "Webinar")),
    "PersonAccount": About("Account", f"Person{FIELD}", ("", "PersonAccount")),
}
UNITS = ("Account", "Contact", "Lead", f"Contact.{FIELD}", f"Lead.{FIELD}")


@dataclass(frozen=True)
class Drawn:
    """One generated org; pages are of Account, Contact and Lead and "" is Salesforce's own.

    A layout "" is none that is assigned.

    Rights go by unit, (read, edit) each; `everywhere` is what the group's sets give of all data
    and what is muted of it; `holders` maps a user's place to the sets, 3 being the group; `dormant`
    says of each whether a session has to activate it; `ended` are places whose assignments ended.
    """

    profiles: dict
    sets: list
    everywhere: tuple
    muted: dict
    holders: dict
    dormant: tuple
    ended: frozenset
    usual_layout: str
    layouts: dict
    pages: dict
    defaults: dict
    apps: dict
    profile_pages: dict


def _some(keys, values, most: int):
    return st.dictionaries(st.sampled_from(list(keys)), values, max_size=most)


PAGE_KEYS = [f"{about.page}_P{number}" for about in OBJECTS.values() for number in (0, 1)]
RIGHTS = st.sampled_from(((True, True), (False, False), (True, False), (True, True)))
all_rights = st.fixed_dictionaries(dict.fromkeys(UNITS, RIGHTS))
all_data = st.sampled_from(("", "", "", "View", "Modify"))
layout_names = st.sampled_from(("Edit", "Read", "None"))
page_names = st.sampled_from(("P0", "P1", ""))
orgs = st.builds(
    Drawn,
    profiles=st.fixed_dictionaries(dict.fromkeys(PROFILES, all_rights)),
    sets=st.lists(all_rights, min_size=3, max_size=3),
    everywhere=st.tuples(all_data, all_data),
    muted=all_rights,
    holders=_some(range(16), st.sets(st.sampled_from(range(4))), 10),
    dormant=st.tuples(*[st.sampled_from((False, False, True))] * 4),
    ended=st.frozensets(st.integers(0, 15), max_size=3),
    usual_layout=layout_names,
    layouts=_some(
        ((p, name, kind) for p in PROFILES for name, a in OBJECTS.items() for kind in a.kinds),
        st.sampled_from(("Edit", "Read", "None", "")), 5,
    ),
    pages=st.fixed_dictionaries(dict.fromkeys(PAGE_KEYS, st.tuples(
        st.sampled_from(("shown", "", "rule", "shown")),
        st.sampled_from(("", "edit", "readonly", "rule")),
    ))),
    defaults=st.fixed_dictionaries(dict.fromkeys(product(OBJECTS, FACTORS), page_names)),
    apps=_some(product(OBJECTS, APPS, FACTORS), page_names, 3),
    profile_pages=_some(
        ((name, app, factor, profile, kind) for name, a in OBJECTS.items()
         for app, factor, profile, kind in product(APPS, FACTORS, PROFILES, a.kinds[:2])),
        page_names, 4,
    ),
)  # fmt: skip


def build(org: Org, drawn: Drawn) -> None:
    """Put the drawn rights, layouts and pages into the org."""
    with org.transaction():
        for held in find_rows(org, "PermissionSetAssignment"):
            if held["AssigneeId"] in {row["Id"] for row in people(org)}:
                delete_row(org, "PermissionSetAssignment", held["Id"])
        _rights(org, drawn)
        _layouts(org, drawn)
        for name, page in drawn.pages.items():
            load_component(org, "FlexiPage", name, _page(name, *page).encode())
        for name, about in OBJECTS.items():
            load_component(org, "CustomObject", about.page, _defaults(name, drawn).encode())
        for app in APPS:
            load_component(org, "CustomApplication", app, _app(app, drawn).encode())


def people(org: Org) -> list:
    """The active users whose profiles are drawn."""
    ids = [find_rows(org, "Profile", Name=name)[0]["Id"] for name in PROFILES]
    return [row for row in find_rows(org, "User", IsActive=True) if row["ProfileId"] in ids]


def _layouts(org: Org, drawn: Drawn) -> None:
    types = {(r["SobjectType"], r["DeveloperName"]): r["Id"] for r in find_rows(org, "RecordType")}
    ids = {name: find_rows(org, "Profile", Name=name)[0]["Id"] for name in PROFILES}
    for name, about in OBJECTS.items():
        for word, behavior in BEHAVIORS.items():
            body = layout_body(behavior, about.field)
            load_component(org, "Layout", f"{name}-V {word}", body.encode())
        for profile, kind in product(PROFILES, about.kinds):
            layout = drawn.layouts.get((profile, name, kind), drawn.usual_layout)
            where = ids[profile], name, types[about.page, kind] if kind else ""
            if layout:
                assign_layout(org, *where, f"{name}-V {layout}")
            else:
                org.db.execute(_UNASSIGN, where)


def _rights(org: Org, drawn: Drawn) -> None:
    for name, given in drawn.profiles.items():
        (profile,) = find_rows(org, "Profile", Name=name)
        (owned,) = find_rows(org, "PermissionSet", ProfileId=profile["Id"])
        _grant(org, owned["Id"], given)
    made = []
    for number, given in enumerate(drawn.sets):
        made.append(insert_row(org, "PermissionSet", {"Name": f"S{number}", "Label": "S"}))
        _grant(org, made[-1], given)
    group = insert_row(org, "PermissionSetGroup", {"DeveloperName": "G", "MasterLabel": "G"})
    standing = insert_row(org, "PermissionSet", {"Name": "G", "Label": "G", "Type": "Group",
                                                 "PermissionSetGroupId": group})  # fmt: skip
    muting = insert_row(org, "MutingPermissionSet", {"DeveloperName": "M", "MasterLabel": "M"})
    _grant(org, muting, {unit: _muting(given) for unit, given in drawn.muted.items()})
    gives, mutes = drawn.everywhere
    update_row(org, "PermissionSet", made[1], _all_data(gives, ("Modify",)))
    update_row(org, "MutingPermissionSet", muting, _all_data(mutes, ("View",)))
    for part in (made[1], made[2], muting):
        row = {"PermissionSetGroupId": group, "PermissionSetId": part}
        insert_row(org, "PermissionSetGroupComponent", row)
    for held, dormant in zip((*made, group), drawn.dormant, strict=True):
        table = "PermissionSetGroup" if held == group else "PermissionSet"
        update_row(org, table, held, {"HasActivationRequired": dormant})
    _assign(org, drawn, [*made, standing], group)


def _assign(org: Org, drawn: Drawn, sets: list, group: str) -> None:
    users = people(org)
    for place, held in drawn.holders.items():
        for number in held:
            row = {"AssigneeId": users[place * 2]["Id"], "PermissionSetId": sets[number],
                   "IsActive": place not in drawn.ended}  # fmt: skip
            is_group = number == len(sets) - 1
            row |= {"PermissionSetGroupId": group} if is_group else {}
            insert_row(org, "PermissionSetAssignment", row)


def _all_data(word: str, both: tuple[str, ...]) -> dict[str, bool]:
    """Modify All Data asks for View All Data, and muting View mutes Modify too."""
    words = {"View", "Modify"} if word in both else {word} - {""}
    return {f"Permissions{each}AllData": True for each in words}


def _muting(side: tuple) -> tuple:
    """Muting Read mutes Edit too, as Salesforce asks; (True, False) here means Edit alone."""
    return {(True, False): (False, True)}.get(side, side)


def _grant(org: Org, parent: str, given: dict) -> None:
    for unit, rights in given.items():
        sobject, _, field = unit.partition(".")
        table = "FieldPermissions" if field else "ObjectPermissions"
        row = {"ParentId": parent, "SobjectType": sobject, **({"Field": unit} if field else {})}
        for old in find_rows(org, table, **row):
            delete_row(org, table, old["Id"])
        if any(rights):
            told = zip(("PermissionsRead", "PermissionsEdit"), rights, strict=True)
            insert_row(org, table, row | dict(told))


def layout_body(behavior: str, field: str = FIELD) -> str:
    """A layout of one section that holds the field so, or ("") does not hold it."""
    item = f"<layoutItems><behavior>{behavior}</behavior><field>{field}</field></layoutItems>"
    return (
        f'<Layout xmlns="{NS}"><layoutSections><customLabel>true</customLabel><layoutColumns>'
        f"{item if behavior else ''}</layoutColumns><style>OneColumn</style></layoutSections>"
        "</Layout>"
    )


RULE = (
    "<visibilityRule><criteria><leftValue>{!Record.Name}</leftValue><operator>EQUAL</operator>"
    "<rightValue>a</rightValue></criteria></visibilityRule>"
)


def _page(name: str, panel: str, own: str) -> str:
    """The field stands in a facet of a section, which carries the rule."""
    sobject = name.partition("_")[0]
    (spelled,) = {a.field for a in OBJECTS.values() if a.page == sobject}
    ui = "readonly" if own == "readonly" else "none"
    field = (
        "<itemInstances><fieldInstance><fieldInstanceProperties><name>uiBehavior</name>"
        f"<value>{ui}</value></fieldInstanceProperties><fieldItem>Record.{spelled}</fieldItem>"
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
        f"<name>main</name><type>Region</type></flexiPageRegions><masterLabel>{name}</masterLabel>"
        f"<sobjectType>{sobject}</sobjectType><type>RecordPage</type></FlexiPage>"
    )


def page_of(object_name: str, page: str) -> str:
    """The API name of a drawn page; "" is Salesforce's own."""
    return f"{OBJECTS[object_name].page}_{page}" if page else ""


def _override(kind: str, page: str, factor: str, more: str = "") -> str:
    shown = f"<content>{page}</content>" if page else ""
    return (
        f"<{kind}><actionName>View</actionName>{shown}<formFactor>{factor}</formFactor>"
        f"{more}<type>{'Flexipage' if page else 'Default'}</type></{kind}>"
    )


def _defaults(object_name: str, drawn: Drawn) -> str:
    told = (
        _override("actionOverrides", page_of(name, page), factor)
        for (name, factor), page in drawn.defaults.items()
        if name == object_name
    )
    return f'<CustomObject xmlns="{NS}">{"".join(told)}</CustomObject>'


def _app(app: str, drawn: Drawn) -> str:
    told = [
        _override("actionOverrides", page_of(name, page), factor, _about(name))
        for (name, of, factor), page in drawn.apps.items()
        if of == app
    ]
    for (name, of, factor, profile, kind), page in drawn.profile_pages.items():
        record_type = f"<recordType>{OBJECTS[name].page}.{kind}</recordType>" if kind else ""
        named = f"<profile>{'Standard' if profile == 'Standard User' else profile}</profile>"
        if of == app:
            more = _about(name) + record_type + named
            told.append(_override("profileActionOverrides", page_of(name, page), factor, more))
    return (
        f'<CustomApplication xmlns="{NS}">{"".join(told)}<label>{app}</label></CustomApplication>'
    )


def _about(object_name: str) -> str:
    return f"<pageOrSobjectType>{OBJECTS[object_name].page}</pageOrSobjectType>"
