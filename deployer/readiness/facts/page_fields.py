"""One Lightning page's Metadata: whether it shows the layout, and how it holds the field itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.lightning import HIGHLIGHTS, is_persons
from deployer.readiness.visibility import ANYHOW, Panel, Standing, Standings, both

# It shows the page layout's fields; force:recordDetailPanelMobile does so on phones only, where
# whether a page's own fields count is unknown anyhow.
DETAIL_PANEL = "force:detailPanel"
_FACET = "Facet"
_READONLY = "readonly"
_NOWHERE: Standings = frozenset({Standing.ABSENT})
_INHERITS = "it takes its parts from another page"


@dataclass(frozen=True, slots=True)
class _Region:
    name: str
    is_facet: bool
    items: tuple[Mapping[str, Any], ...]


def read_page(metadata: Mapping[str, Any], field: str) -> tuple[Panel, Standings, str]:
    """Whether the detail panel shows, how the page holds the field, and what could not be told.

    What is inside a component that has a visibility rule may be absent. A facet that no component
    names is shown nowhere (unverified).
    """
    regions = [_region(raw) for raw in metadata.get("flexiPageRegions") or ()]
    shown = _shown_regions(regions)
    panel, standings = Panel.NEVER, _NOWHERE
    for region in regions:
        if region.name not in shown:
            continue
        for item in region.items:
            always = shown[region.name] and not _has_rule(item)
            panel = _stronger_panel(panel, item, always=always)
            standings = both(standings, _standings(item, field, always=always))
    if metadata.get("parentFlexiPage"):
        return panel, standings | ANYHOW, _INHERITS
    return panel, standings, ""


def carries_fields(metadata: Mapping[str, Any]) -> bool:
    """Whether the page is one that `deploy --lightning-pages` puts the field on.

    It has fields in sections, not in its highlights panel alone; an Account's page, a person's.
    """
    regions = [_region(raw) for raw in metadata.get("flexiPageRegions") or ()]
    highlights = {
        name
        for region in regions
        for item in region.items
        if item.get("componentName") == HIGHLIGHTS
        for name in _properties(item)
    }
    items = [
        str(item["fieldItem"])
        for region in regions
        if region.name not in highlights
        for item in region.items
        if item.get("fieldItem")
    ]
    return any(map(is_persons, items)) if metadata.get("sobjectType") == "Account" else bool(items)


def _region(raw: Mapping[str, Any]) -> _Region:
    """A region's items; before version 49 components stood in the region itself."""
    items = [_instance(item) for item in raw.get("itemInstances") or ()]
    older = raw.get("componentInstances") or ()
    return _Region(str(raw.get("name") or ""), raw.get("type") == _FACET, (*items, *older))


def _instance(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return item.get("componentInstance") or item.get("fieldInstance") or {}


def _shown_regions(regions: list[_Region]) -> dict[str, bool]:
    """The regions that are shown, and whether always: facets as the components that name them."""
    shown = {region.name: True for region in regions if not region.is_facet}
    facets = {region.name for region in regions if region.is_facet}
    for _ in regions:  # a facet is never deeper than there are regions
        for region in regions:
            if region.name in shown:
                _spread(region, facets, shown)
    return shown


def _spread(region: _Region, facets: set[str], shown: dict[str, bool]) -> None:
    for item in region.items:
        always = shown[region.name] and not _has_rule(item)
        for name in _properties(item):
            if name in facets:
                shown[name] = shown.get(name, False) or always


def _properties(item: Mapping[str, Any]) -> Iterator[str]:
    for told in item.get("componentInstanceProperties") or ():
        yield str(told.get("value") or "")


def _has_rule(item: Mapping[str, Any]) -> bool:
    return bool(item.get("visibilityRule"))


def _stronger_panel(panel: Panel, item: Mapping[str, Any], *, always: bool) -> Panel:
    if item.get("componentName") != DETAIL_PANEL or panel is Panel.ALWAYS:
        return panel
    return Panel.ALWAYS if always else Panel.SOMETIMES


def _standings(item: Mapping[str, Any], field: str, *, always: bool) -> Standings:
    if str(item.get("fieldItem") or "").casefold() != f"Record.{field}".casefold():
        return _NOWHERE
    here = frozenset({_behavior(item)})
    return here if always else here | _NOWHERE


def _behavior(item: Mapping[str, Any]) -> Standing:
    told = {
        property_.get("name"): property_.get("value")
        for property_ in item.get("fieldInstanceProperties") or ()
    }
    return Standing.READONLY if told.get("uiBehavior") == _READONLY else Standing.EDITABLE
