"""Every People store passes the suite that an adapter of a user's own has to pass."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, create_engine, text

from deployer.clock import SystemClock
from deployer.errors import OrgSaidNo, TryLater, UsageError
from sync.people.conformance import PeopleConformance
from sync.people.model import Mark, Person
from sync.people.sql import open_embedded

CLOCK = SystemClock()


class TestEmbeddedPeople(PeopleConformance):
    @pytest.fixture
    def people(self, tmp_path):
        store = open_embedded(tmp_path / "people" / "dev.sqlite", CLOCK)
        yield store
        store.close()
