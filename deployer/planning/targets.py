"""Which layouts are meant, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from deployer.errors import UsageError
from deployer.model.layouts import PERSON_OBJECTS, LayoutName
from deployer.model.org import STANDARD_LAYOUT, LayoutFact, OrgFacts
from deployer.model.plans import LayoutWish, Scope


@dataclass(frozen=True, slots=True)
class Skipped:
    """A layout that is left alone, and the reason a report prints."""

    name: LayoutName
    reason: str


@dataclass(frozen=True, slots=True)
class Targets:
    """The layouts a plan is about, and those it passes by; both sorted by name."""

    chosen: tuple[LayoutFact, ...]
    skipped: tuple[Skipped, ...]


def is_excluded(page: str, wish: LayoutWish) -> bool:
    """Whether --exclude names this Lightning page."""
    return any(_names_page(page, pattern) for pattern in wish.exclude)


def pick_targets(org: OrgFacts, wish: LayoutWish) -> Targets:
    """Sort the org's layouts into those meant and those passed by.

    Errors: UsageError when a pattern or an object matches nothing, naming what there is.
    """
    _refuse_unmatched(org, wish)
    assigned = {assignment.layout_id for assignment in org.assignments}
    chosen: list[LayoutFact] = []
    skipped: list[Skipped] = []
    for layout in sorted(org.layouts, key=lambda fact: fact.name):
        reason = _reason_to_skip(layout, wish, assigned=layout.id in assigned)
        if reason:
            skipped.append(Skipped(layout.name, reason))
        else:
            chosen.append(layout)
    return Targets(tuple(chosen), tuple(skipped))


def _reason_to_skip(layout: LayoutFact, wish: LayoutWish, *, assigned: bool) -> str:
    """Why this layout is passed by; "" when it is meant."""
    objects = wish.objects or PERSON_OBJECTS
    rules = (
        (layout.name.object not in objects, f"not on {', '.join(objects)}"),
        (
            bool(wish.include) and not _matches(layout.name, wish.include),
            "not named by --layout",
        ),
        (_matches(layout.name, wish.exclude), "named by --exclude"),
        (
            layout.layout_type != STANDARD_LAYOUT,
            f"its type is {layout.layout_type}, not {STANDARD_LAYOUT}",
        ),
        (
            wish.scope is Scope.ASSIGNED and not wish.include and not assigned,
            "assigned to no profile (--all-layouts includes it)",
        ),
    )
    return next((reason for applies, reason in rules if applies), "")


def _matches(name: LayoutName, patterns: tuple[str, ...]) -> bool:
    """Whether a glob names this layout: with or without its object, encoded or not."""
    spellings = {text.casefold() for text in (name.member, name.decoded, name.label)}
    return any(
        fnmatchcase(spelling, pattern.casefold()) for pattern in patterns for spelling in spellings
    )


def _some_layout(names: list[LayoutName], pattern: str) -> bool:
    return any(_matches(name, (pattern,)) for name in names)


def _names_page(page: str, pattern: str) -> bool:
    return fnmatchcase(page.casefold(), pattern.casefold())


def _refuse_unmatched(org: OrgFacts, wish: LayoutWish) -> None:
    """A pattern that names nothing is a typing mistake, not an empty wish."""
    names = [layout.name for layout in org.layouts]
    pages = [page.name for page in org.pages]
    unmatched = [("--layout", each) for each in wish.include if not _some_layout(names, each)]
    unmatched += [
        ("--exclude", each)
        for each in wish.exclude
        if not _some_layout(names, each) and not any(_names_page(page, each) for page in pages)
    ]
    if unmatched:
        option, pattern = unmatched[0]
        raise UsageError(
            f"{option} {pattern!r} names no layout of this org",
            hint="there are: " + _some(sorted([*(name.decoded for name in names), *pages])),
        )
    for object_name in wish.objects:
        if not any(name.object == object_name for name in names):
            raise UsageError(
                f"this org has no {object_name} layout",
                where="--object",
                hint="there are: " + _some(sorted({name.object for name in names})),
            )


def _some(names: list[str], most: int = 8) -> str:
    """The first names of a long list, and how many more there are."""
    if not names:
        return "none"
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
