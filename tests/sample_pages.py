"""Lightning pages to test with, small and in the form that an org returns."""

from __future__ import annotations

NS = "http://soap.sforce.com/2006/04/metadata"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<FlexiPage xmlns="{NS}">\n'
RULE = """
                <visibilityRule>
                    <criteria>
                        <leftValue>{!Record.Name}</leftValue>
                        <operator>EQUAL</operator>
                        <rightValue>A</rightValue>
                    </criteria>
                </visibilityRule>"""


def field_item(field: str, behavior: str = "none", identifier: str = "") -> str:
    return f"""
        <itemInstances>
            <fieldInstance>
                <fieldInstanceProperties>
                    <name>uiBehavior</name>
                    <value>{behavior}</value>
                </fieldInstanceProperties>
                <fieldItem>Record.{field}</fieldItem>
                <identifier>{identifier or f"Record{field.replace('__', '_')}Field"}</identifier>
            </fieldInstance>
        </itemInstances>"""


def component_item(name: str, identifier: str, rule: str = "", **told: str) -> str:
    properties = "".join(
        f"""
                <componentInstanceProperties>
                    <name>{key}</name>
                    <value>{value}</value>
                </componentInstanceProperties>"""
        for key, value in told.items()
    )
    return f"""
        <itemInstances>
            <componentInstance>{properties}
                <componentName>{name}</componentName>
                <identifier>{identifier}</identifier>{rule}
            </componentInstance>
        </itemInstances>"""


def region(name: str, *items: str, kind: str = "Facet") -> str:
    return f"""    <flexiPageRegions>{"".join(items)}
        <name>{name}</name>
        <type>{kind}</type>
    </flexiPageRegions>
"""


def page(*regions: str, sobject: str = "Contact") -> bytes:
    tail = f"""    <masterLabel>A Page</masterLabel>
    <sobjectType>{sobject}</sobjectType>
    <template>
        <name>flexipage:recordHomeTemplateDesktop</name>
    </template>
    <type>RecordPage</type>
</FlexiPage>
"""
    return (HEAD + "".join(regions) + tail).encode()


def section(number: int, *fields: str, rule: str = "", label: str = "") -> tuple[str, str, str]:
    """A field section of one column: its two facets, and the component that shows them."""
    column = component_item("flexipage:column", f"column{number}", body=f"Facet-f{number}")
    shown = component_item(
        "flexipage:fieldSection", f"section{number}", rule, columns=f"Facet-c{number}",
        label=label or f"Section {number}",
    )  # fmt: skip
    return (
        region(f"Facet-f{number}", *(field_item(field) for field in fields)),
        region(f"Facet-c{number}", column),
        shown,
    )


def sections(*parts: tuple[str, str, str], more: str = "", sobject: str = "Contact") -> bytes:
    """A page of field sections, and whatever else stands in its main region."""
    facets = "".join(fields + columns for fields, columns, _ in parts)
    shown = "".join(component for _, _, component in parts)
    return page(facets, region("main", shown, more, kind="Region"), sobject=sobject)


PANEL = component_item("force:detailPanel", "force_detailPanel")
PHONE_PANEL = component_item("force:recordDetailPanelMobile", "force_phone")
