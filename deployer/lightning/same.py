"""Whether two Lightning pages say the same, whatever the org calls their facets."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.layouts.scan import TreeToken, layout_tree

_GENERATED = "Facet-"


def same_page(one: bytes, other: bytes) -> bool:
    """Tell whether two pages say the same; an org re-serialises, so bytes may differ.

    The names that Lightning App Builder gives to facets (Facet- and a number) mean nothing by
    themselves, and whether an org keeps them is not known: they compare by their order.
    """
    return one == other or list(_renamed(one)) == list(_renamed(other))


def _renamed(data: bytes) -> Iterator[TreeToken]:
    names: dict[str, str] = {}
    for token in layout_tree(data):
        if isinstance(token, str) and token.strip().startswith(_GENERATED):
            yield names.setdefault(token.strip(), f"{_GENERATED}{len(names)}")
        else:
            yield token
