"""An answer of the wrong shape is a sentence, never a KeyError."""

from datetime import UTC, datetime

import pytest

from deployer.errors import BadInput
from deployer.salesforce import answers
from deployer.salesforce.soql import bind


@pytest.mark.parametrize(
    ("read", "row"),
    [
        (lambda r: answers.mapping(r, "it"), []),
        (lambda r: answers.mapping(r, "it"), None),
        (lambda r: answers.rows(r, "it"), {}),
        (lambda r: answers.rows(r, "it"), ["x"]),
        (lambda r: answers.text(r, "k"), {}),
        (lambda r: answers.text(r, "k"), {"k": ""}),
        (lambda r: answers.text(r, "k"), {"k": 3}),
        (lambda r: answers.text_or(r, "k"), {"k": {}}),
        (lambda r: answers.flag(r, "k"), {"k": "yes"}),
        (lambda r: answers.number(r, "k"), {"k": "many"}),
        (lambda r: answers.number(r, "k"), {"k": [1]}),
        (lambda r: answers.moment(r, "k"), {"k": "yesterday"}),
        (lambda r: answers.moment(r, "k"), {"k": "2026-11-24T09:00:00"}),
    ],
)
def test_a_wrong_shape_is_bad_input(read, row):
    with pytest.raises(BadInput, match="not what Salesforce documents"):
        read(row)


@pytest.mark.parametrize(
    ("read", "row", "value"),
    [
        (lambda r: answers.rows(r, "it"), None, []),
        (lambda r: answers.text_or(r, "k", "d"), {"k": None}, "d"),
        (lambda r: answers.text_or(r, "k"), {"k": 3}, "3"),
        (lambda r: answers.flag(r, "k"), {"k": "true"}, True),
        (lambda r: answers.flag(r, "k"), {"k": "false"}, False),
        (lambda r: answers.flag(r, "k"), {}, False),
        (lambda r: answers.number(r, "k"), {"k": "12"}, 12),
        (lambda r: answers.number(r, "k"), {"k": None}, 0),
        (lambda r: answers.moment(r, "k"), {}, None),
        (lambda r: answers.moment(r, "k"), {"k": "2026-11-24T09:00:00.000+0000"},
         datetime(2026, 11, 24, 9, tzinfo=UTC)),
        (lambda r: answers.moment(r, "k"), {"k": "2026-11-24T09:00:00.000Z"},
         datetime(2026, 11, 24, 9, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_what_salesforce_leaves_out_has_a_meaning(read, row, value):
    assert read(row) == value


@pytest.mark.parametrize(
    ("query", "values", "bound"),
    [
        ("WHERE A = :a", {"a": "O'Neill\\"}, "WHERE A = 'O\\'Neill\\\\'"),
        ("WHERE A > :a", {"a": datetime(2026, 1, 2, tzinfo=UTC)}, "WHERE A > 2026-01-02T00:00:00Z"),
        ("WHERE A IN :a", {"a": ["x", "y"]}, "WHERE A IN ('x', 'y')"),
        ("A = 'b:c' AND T > 2026-01-02T03:04:05Z", {}, "A = 'b:c' AND T > 2026-01-02T03:04:05Z"),
        ("A = :a AND B = :b", {"a": ":b", "b": "x"}, "A = ':b' AND B = 'x'"),
    ],
)
def test_values_are_bound_as_literals(query, values, bound):
    assert bind(query, **values) == bound
