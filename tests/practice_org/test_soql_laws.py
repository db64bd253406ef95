"""parse(spell(q)) == q, and no string breaks out of its quotes."""

from __future__ import annotations

import pytest
from data_org import select, tiny_org
from hypothesis import given, settings
from hypothesis import strategies as st

from practice_org.soql import query as q
from practice_org.soql.parse import parse
from practice_org.soql.spell import quote, spell
from practice_org.tables import insert_row

pytestmark = pytest.mark.slow

RESERVED = {
    "select", "from", "where", "and", "or", "not", "in", "like", "null", "true", "false", "order",
    "by", "group", "limit", "offset", "asc", "desc", "nulls", "first", "last", "with", "for",
    "view", "reference", "security_enforced", "having", "using",
}  # fmt: skip
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name.lower() not in RESERVED
)
paths = st.lists(names, min_size=1, max_size=3).map(lambda parts: q.Path(tuple(parts)))
texts = st.text(st.characters(exclude_categories=["Cs"]))
patterns = st.lists(
    st.sampled_from(["%", "_", r"\%", r"\_", r"\\", "a", "'", '"', "\n", "é", " "])
).map("".join)
values = st.one_of(
    st.builds(q.Text, texts),
    st.builds(q.Number, st.from_regex(r"-?\d{1,5}(\.\d{1,3})?", fullmatch=True)),
    st.dates().map(lambda day: q.Day(day.isoformat())),
    st.datetimes().map(lambda at: q.Moment(f"{at.isoformat(timespec='seconds')}Z")),
    st.sampled_from([q.Word("true"), q.Word("false"), q.Word("null")]),
    st.sampled_from([q.Relative("TODAY"), q.Relative("LAST_N_DAYS", 30)]),
)
leaves = st.one_of(
    st.builds(q.Compare, paths, st.sampled_from(q.Operator), values),
    st.builds(q.Like, paths, patterns),
    st.builds(
        q.Among,
        paths,
        st.sampled_from(q.Membership),
        st.lists(values, min_size=1, max_size=3).map(tuple),
    ),
)
inner = st.builds(
    q.Query, st.builds(q.Column, paths).map(lambda one: (one,)), names, where=st.none() | leaves
)
conditions = st.recursive(
    leaves | st.builds(q.AmongQuery, paths, st.sampled_from(q.Membership), inner),
    lambda parts: st.one_of(
        st.builds(q.Both, st.lists(parts, min_size=2, max_size=3).map(tuple)),
        st.builds(q.Either, st.lists(parts, min_size=2, max_size=3).map(tuple)),
        st.builds(q.Negation, parts),
    ),
    max_leaves=6,
)
aggregates = st.builds(
    q.Aggregate, st.sampled_from(["COUNT", "MAX", "COUNT_DISTINCT"]), paths, names | st.just("")
)
queries = st.builds(
    q.Query,
    st.lists(st.builds(q.Column, paths) | aggregates, min_size=1, max_size=4).map(tuple),
    names,
    names | st.just(""),
    where=st.none() | conditions,
    security=st.sampled_from(q.Security),
    group=st.lists(paths, max_size=2).map(tuple),
    order=st.lists(
        st.builds(q.Sort, paths, st.sampled_from(q.Direction), st.sampled_from(q.Nulls)),
        max_size=2,
    ).map(tuple),
    limit=st.none() | st.integers(0, 9999),
    offset=st.none() | st.integers(0, 2000),
)


@given(queries)
def test_a_query_written_out_parses_to_itself(query):
    assert parse(spell(query)) == query


@given(texts)
def test_a_quoted_string_reads_back_as_it_was(text):
    where = parse(select("Id", "Lead", f"WHERE Company = {quote(text)}")).where
    assert where == q.Compare(q.Path(("Company",)), q.Operator.EQUAL, q.Text(text))


@settings(max_examples=25)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20))
def test_whatever_a_value_holds_it_finds_its_own_row(text):
    here = tiny_org()
    insert_row(here.org, "Lead", {"LastName": "x", "Company": text})
    insert_row(here.org, "Lead", {"LastName": "y", "Company": f"{text}z"})
    found = here.ask(select("LastName", "Lead", f"WHERE Company = {quote(text)}"))
    assert [record["LastName"] for record in found] == ["x"]
