"""Where ids lead, what leads to them, and which are gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from bare_ledger import (
    EARLIER,
    LATER,
    NOW,
)
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, delete, select

from sync.ledger.aliases import (
    Alias,
    AliasKind,
    all_aliases,
    forget_gone,
    gone_ids,
    known_aliases,
    last_ids,
    learn,
    note_gone,
    sources,
    to_last,
)
from sync.ledger.tables import (
    ALIASES,
    GONE,
    METADATA,
)

IDS = [f"003{at:015d}" for at in range(6)]


def alias(old: int, live: int, kind: AliasKind = AliasKind.MERGE) -> Alias:
    return Alias(IDS[old], IDS[live], kind)


def test_the_words_that_a_ledger_has_stored_stay_what_they_are():
    assert [each.value for each in AliasKind] == ["merge", "conversion", "person-account"]


def test_a_newer_alias_replaces_the_former(bare_db):
    learn(bare_db, [alias(0, 1)], NOW)
    learn(bare_db, [alias(0, 2), alias(3, 1, AliasKind.CONVERSION), alias(0, 4)], LATER)
    expected = [alias(0, 4), alias(3, 1, AliasKind.CONVERSION)]
    assert sorted(all_aliases(bare_db), key=lambda each: each.old_id) == expected
    assert {row.seen_at for row in bare_db.execute(select(ALIASES))} == {LATER}
    assert known_aliases(bare_db, [IDS[3], IDS[5]]) == {IDS[3]: expected[1]}


@pytest.mark.parametrize("kind", AliasKind)
def test_a_kind_is_kept(bare_db, kind):
    learn(bare_db, [alias(0, 1, kind)], NOW)
    assert all_aliases(bare_db) == [alias(0, 1, kind)]
    assert list(bare_db.scalars(select(ALIASES.c.kind))) == [kind.value]


@cache
def empty_database() -> Engine:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    return engine


@contextmanager
def linked(links: dict[int, int]) -> Iterator[Connection]:
    """A ledger in memory that knows only these aliases."""
    with empty_database().begin() as db:
        db.execute(delete(ALIASES))
        learn(db, [alias(old, live) for old, live in links.items()], NOW)
        yield db


def trail(links: dict[int, int], old: int) -> list[int]:
    """Where the links lead, step by step, until a step would come back to where one has been."""
    seen = [old]
    while links.get(seen[-1], seen[0]) not in seen:
        seen.append(links[seen[-1]])
    return seen


LINKS = st.dictionaries(st.integers(0, 5), st.integers(0, 5), max_size=6).map(
    lambda links: {old: live for old, live in links.items() if old != live}
)


@given(LINKS)
def test_ids_lead_to_the_end_of_their_links(links):
    ends = {IDS[old]: IDS[trail(links, old)[-1]] for old in links}
    with linked(links) as db:
        assert last_ids(db, IDS) == ends


@given(LINKS)
def test_an_id_leads_to_where_nothing_leads_on_or_else_into_its_loop(links):
    found = dict(to_last([alias(old, live) for old, live in links.items()]))
    for old in links:
        way = [IDS[each] for each in trail(links, old)]
        onward = links.get(IDS.index(way[-1]))
        last = way[-1] if onward is None else IDS[onward]
        assert found.pop(IDS[old], IDS[old]) == last
    assert not found


@given(LINKS)
def test_what_leads_to_an_id_is_all_whose_links_come_by(links):
    for end in range(6):
        expected = {IDS[old] for old in links if end in trail(links, old)} - {IDS[end]}
        with linked(links) as db:
            assert sources(db, [IDS[end]]) == ({IDS[end]: expected} if expected else {})


def test_ids_without_an_alias_lead_nowhere(bare_db):
    learn(bare_db, [alias(0, 1)], NOW)
    assert (last_ids(bare_db, [IDS[1], IDS[2]]), sources(bare_db, [IDS[0], IDS[2]])) == ({}, {})


def test_who_leads_to_several_is_told_for_each(bare_db):
    learn(bare_db, [alias(0, 1), alias(2, 3), alias(4, 2)], NOW)
    assert sources(bare_db, [IDS[1], IDS[3], IDS[5]]) == {
        IDS[1]: {IDS[0]},
        IDS[3]: {IDS[2], IDS[4]},
    }


def test_gone_is_what_the_org_showed_last(bare_db):
    note_gone(bare_db, [IDS[1], IDS[0], IDS[2]], EARLIER)
    note_gone(bare_db, [IDS[1]], NOW)
    forget_gone(bare_db, [IDS[2], IDS[2], IDS[5]])
    assert gone_ids(bare_db) == [IDS[0], IDS[1]]
    found = bare_db.execute(select(GONE.c.record_id, GONE.c.since, GONE.c.read_at)).all()
    assert {tuple(row) for row in found} == {
        (IDS[0], EARLIER, EARLIER), (IDS[1], NOW, NOW)
    }  # fmt: skip
