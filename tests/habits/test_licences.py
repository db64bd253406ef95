"""Whose work is installed with ours, and under which terms: nothing that binds our users."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement

# As packages spell them: the SPDX expression, else the classifier, else the free text.
PERMISSIVE = {
    "Apache-2.0", "Apache Software License", "BSD License", "BSD-2-Clause", "BSD-3-Clause",
    "MIT", "MIT License", "MIT-0", "PSF-2.0", "zlib/libpng License",
}  # fmt: skip
# Terms that bind whoever changes that package itself; we use it unchanged, as a library.
UNCHANGED = {
    "certifi": "Mozilla Public License 2.0 (MPL 2.0)",
    "psycopg": "LGPL-3.0-only",  # in the extra `postgres` alone
    "psycopg-binary": "LGPL-3.0-only",
    "psycopg-pool": "LGPL-3.0-only",
}


def install_tree(extra: str = "all") -> dict[str, importlib.metadata.Distribution]:
    """Everything that `salesforce-optout[EXTRA]` brings here, by name."""
    found: dict[str, importlib.metadata.Distribution] = {}
    seen = set()
    unread = [("salesforce-optout", ""), ("salesforce-optout", extra)]
    while unread:
        name, part = unread.pop()
        if (name, part) in seen:
            continue
        seen.add((name, part))
        found[name] = importlib.metadata.distribution(name)
        unread += requirements(found[name], part)
    return found


def requirements(
    distribution: importlib.metadata.Distribution, extra: str
) -> Iterator[tuple[str, str]]:
    for line in distribution.requires or []:
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
            name = wanted.name.lower().replace("_", "-")
            yield from ((name, further) for further in ("", *wanted.extras))


def licence(distribution: importlib.metadata.Distribution) -> str:
    """What it says of itself; no file is guessed from."""
    said = distribution.metadata
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in said.get_all("Classifier") or []
        if line.startswith("License :: OSI Approved :: ")
    ]
    # Not by [..]: with the backport importlib_metadata loaded, that raises for what is not there.
    whole = said.get_all("License-Expression") or classifiers or said.get_all("License")
    return " AND ".join(whole or ["unsaid"])


def is_permissive(terms: str) -> bool:
    """All that AND joins, any that OR joins."""
    return any(
        all(part.strip() in PERMISSIVE for part in choice.split(" AND "))
        for choice in terms.strip("()").split(" OR ")
    )


@pytest.mark.parametrize(
    ("terms", "free"),
    [
        ("MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("Apache-2.0 AND BSD-2-Clause", True),
        ("MIT AND GPL-3.0-only", False),
        ("unsaid", False),
        ("GPL-3.0-or-later", False),
    ],
)
def test_terms_are_read_word_by_word(terms: str, free: bool):
    assert is_permissive(terms) is free


def test_nothing_that_we_bring_binds_our_users():
    bound = {
        name: licence(distribution)
        for name, distribution in install_tree().items()
        if not is_permissive(licence(distribution))
    }
    assert bound == UNCHANGED


def test_the_tree_is_really_walked():
    assert {"salesforce-optout", "zeep", "cryptography", "duckdb", "typing-extensions"} <= set(
        install_tree()
    )


def test_the_base_install_brings_no_server_and_no_database():
    base, everything = install_tree(""), install_tree()
    assert sorted(base.keys() & {"duckdb", "psycopg", "sqlalchemy", "starlette", "uvicorn"}) == []
    assert base.keys() < everything.keys()
