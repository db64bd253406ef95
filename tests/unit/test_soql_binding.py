"""No value breaks out of its quotes: what is bound is what another parser reads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deployer.salesforce.soql import bind
from practice_org.soql import query as q
from practice_org.soql.parse import parse

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.lists(
    st.sampled_from(["'", "\\", "\n", "%", "_", ":a", " OR ", "--", "x"])
).map("".join)


@given(TEXTS)
def test_a_bound_text_is_read_back_as_it_was(text):
    where = parse(bind("SELECT Id FROM Lead WHERE Company = :a", a=text)).where
    assert where == q.Compare(q.Path(("Company",)), q.Operator.EQUAL, q.Text(text))


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_a_bound_list_is_read_back_as_it_was(texts):
    query = parse(bind("SELECT Id FROM Lead WHERE Company IN :a", a=texts))
    assert [each.value for each in query.where.values] == texts
