"""The matrix object x profile x record type x page, and a headline that counts each user once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as field_
from enum import Enum

from deployer.model.facts import Fact, Unknown
from deployer.model.headline import Headline
from deployer.model.org import LayoutAssignment, Profile
from deployer.readiness.visibility.activation import PageFacts, Viewer
from deployer.readiness.visibility.audience import Audience, Level, Reach
from deployer.readiness.visibility.screens import Screen, screens_of
from deployer.readiness.visibility.standing import LayoutField, Standing, Standings


class Verdict(Enum):
    """What users have of the field; PARTLY is of a headline only: on some of their pages."""

    EDITS = "edits"
    SEES = "sees"
    PARTLY = "partly"
    HIDDEN = "hidden"
    UNKNOWN = "unknown"


class Obstacle(Enum):
    """What stands between users and ticking the field; the first that is there."""

    RECORDS_CLOSED = "records-closed"
    PAGE = "page"
    UNREAD = "unread"
    FIELD_CLOSED = "field-closed"
    FIELD_READONLY = "field-read-only"
    RECORDS_READONLY = "records-read-only"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Screens:
    """Everything the matrix is made from.

    `layouts` goes by 15-character id; `record_types` maps an id to its developer name. Every
    assignment counts, whether or not the profile may create records of that type. Source:
    Salesforce help, "Assign Record Types and Page Layouts": "Since all users can access all record
    types, every record type must have a page layout assignment".
    """

    layouts: Mapping[str, LayoutField]
    assignments: tuple[LayoutAssignment, ...]
    profiles: tuple[Profile, ...]
    audience: Fact[Audience]
    pages: PageFacts
    record_types: Mapping[str, str] = field_(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """Users who have the same of the field on the same page; texts are "" for any of them.

    `why` is for a person, `obstacle` for whoever counts.
    """

    object: str
    profile: str
    record_type: str
    app: str
    form_factor: str
    layout: str
    page: str
    verdict: Verdict
    why: str
    users: int
    obstacle: Obstacle = Obstacle.NONE


@dataclass(frozen=True, slots=True)
class Visibility:
    """The answer: one headline an object, and the rows it comes from."""

    headline: tuple[Headline, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    """One profile, one record type, one page."""

    profile: Profile
    record_type: str
    layout: LayoutField
    screen: Screen


Users = Mapping[Reach | None, int]
_NOT_COUNTED = "the org did not count these users"


def see(screens: Screens) -> Visibility:
    """Who has the field, on every page that active users are given.

    A profile without an assignment on an object is not counted there: the org gives it no page.
    """
    headline, rows = [], []
    unread = screens.audience.reason if isinstance(screens.audience, Unknown) else _NOT_COUNTED
    for name in sorted({layout.object for layout in screens.layouts.values()}):
        totals = dict.fromkeys(Verdict, 0)
        for profile in sorted(screens.profiles, key=lambda p: p.name):
            cells = list(_cells(name, profile, screens)) if profile.users else []
            users = _users(name, profile, screens.audience)
            rows += [row for cell in cells for row in _rows(cell, users, unread)]
            for verdict, count in _each_once(cells, users):
                totals[verdict] += count
        counts = {verdict.value: count for verdict, count in totals.items()}
        headline.append(Headline(name, sum(totals.values()), **counts))
    return Visibility(tuple(headline), tuple(rows))


def verdict_of(standings: Standings, reach: Reach | None) -> Verdict:
    """One page's verdict for users of this reach; None is access that could not be read.

    Unknown unless it is the same however the field may stand.
    """
    if reach is None:
        return Verdict.HIDDEN if standings == {Standing.ABSENT} else Verdict.UNKNOWN
    verdicts = {_verdict(standing, reach.level) for standing in standings}
    return verdicts.pop() if len(verdicts) == 1 else Verdict.UNKNOWN


def _verdict(standing: Standing, level: Level) -> Verdict:
    if standing is Standing.ABSENT or level is Level.NONE:
        return Verdict.HIDDEN
    editable = standing is Standing.EDITABLE and level is Level.EDIT
    return Verdict.EDITS if editable else Verdict.SEES


def over_all(verdicts: set[Verdict]) -> Verdict:
    """One user's verdict over all their pages; an unknown page is no guess at the whole."""
    shown = bool(verdicts & {Verdict.EDITS, Verdict.SEES})
    if shown and Verdict.HIDDEN in verdicts:
        return Verdict.PARTLY
    order = (Verdict.UNKNOWN, Verdict.HIDDEN, Verdict.SEES)
    return next((verdict for verdict in order if verdict in verdicts), Verdict.EDITS)


def _cells(object_name: str, profile: Profile, screens: Screens) -> Iterator[_Cell]:
    for given in screens.assignments:
        layout = screens.layouts.get(given.layout_id)
        if given.profile_id != profile.id or layout is None or layout.object != object_name:
            continue
        kind = screens.record_types.get(given.record_type_id, given.record_type_id)
        viewer = Viewer(object_name, profile.name, kind)
        for screen in screens_of(viewer, layout, screens.pages):
            yield _Cell(profile, kind, layout, screen)


def _users(object_name: str, profile: Profile, audience: Fact[Audience]) -> Users:
    if isinstance(audience, Unknown):
        return {None: profile.users}
    known = audience.value.of(object_name, profile.id)
    users: dict[Reach | None, int] = {reach: count for reach, count in known.items() if count}
    if (missing := profile.users - sum(users.values())) > 0:
        users[None] = missing
    return users


def _rows(cell: _Cell, users: Users, unread: str) -> Iterator[Row]:
    found: dict[tuple[Verdict, Obstacle, str], int] = {}
    for reach, count in users.items():
        verdict = verdict_of(cell.screen.standings, reach)
        obstacle = _obstacle(cell.screen, reach)
        key = verdict, obstacle, _why(cell.screen, obstacle, unread)
        found[key] = found.get(key, 0) + count
    for (verdict, obstacle, why), count in found.items():
        yield Row(
            object=cell.layout.object,
            profile=cell.profile.name,
            record_type=cell.record_type,
            app=cell.screen.app,
            form_factor=cell.screen.form_factor,
            layout=cell.layout.name,
            page=cell.screen.page,
            verdict=verdict,
            why=why,
            users=count,
            obstacle=obstacle,
        )


def _obstacle(screen: Screen, reach: Reach | None) -> Obstacle:
    """Who may open no record has no page to miss the field on, so that comes first."""
    if reach is not None and not reach.record:
        return Obstacle.RECORDS_CLOSED
    if screen.standings == {Standing.ABSENT}:
        return Obstacle.PAGE
    if reach is None:
        return Obstacle.UNREAD
    if not reach.field:
        return Obstacle.FIELD_CLOSED
    if screen.standings != {Standing.EDITABLE}:
        return Obstacle.PAGE
    if reach.level is Level.EDIT:
        return Obstacle.NONE
    readonly = reach.field is Level.READ
    return Obstacle.FIELD_READONLY if readonly else Obstacle.RECORDS_READONLY


_LACKING = {
    Obstacle.RECORDS_CLOSED: "these users may not read records of the object",
    Obstacle.FIELD_CLOSED: "these users may not read the field",
    Obstacle.FIELD_READONLY: "{page}, but these users may not edit the field",
    Obstacle.RECORDS_READONLY: "{page}, but these users may not edit records of the object",
    Obstacle.UNREAD: "who may read the field could not be read: {unread}",
}


def _why(screen: Screen, obstacle: Obstacle, unread: str) -> str:
    told = _LACKING.get(obstacle, "{page}")
    return told.replace("{unread}", unread).replace("{page}", screen.why)


def _each_once(cells: list[_Cell], users: Users) -> Iterator[tuple[Verdict, int]]:
    distinct = {cell.screen.standings for cell in cells}
    if not distinct:
        return
    for reach, count in users.items():
        yield over_all({verdict_of(standings, reach) for standings in distinct}), count
