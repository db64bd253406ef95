"""Rules for Lightning pages."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.model.findings import Severity
from deployer.rules.rule import Answer, Rule, Subject, elements, repeated, value_of

_INSTANCES = "flexiPageRegions/itemInstances"


def _identifier_twice(subject: Subject) -> Iterator[Answer]:
    found = [
        (value_of(element), element.sourceline)
        for kind in ("componentInstance", "fieldInstance")
        for element in elements(subject.root, f"{_INSTANCES}/{kind}/identifier")
    ]
    for identifier, count, line in repeated(found):
        yield Answer(line, f"identifier {identifier} is on the page {count} times")


def _region_twice(subject: Subject) -> Iterator[Answer]:
    names = elements(subject.root, "flexiPageRegions/name")
    for name, count, line in repeated((value_of(name), name.sourceline) for name in names):
        yield Answer(line, f"{count} regions of the page are called {name}")


RULES = (
    Rule(
        "flexipage-identifier-twice", "FlexiPage", Severity.FAIL,
        "Is each identifier of the page used once?",
        "give each instance an identifier of its own",
        "Salesforce: FlexiPage, identifier must be unique on the page",
        _identifier_twice,
    ),
    Rule(
        "flexipage-region-twice", "FlexiPage", Severity.FAIL,
        "Does each region of the page have a name of its own?",
        "give each region and facet a name of its own",
        "Components name a facet by its name alone; none of 68 real pages has a name twice",
        _region_twice,
    ),
)  # fmt: skip
