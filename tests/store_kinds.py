"""What can keep a ledger; a module that is to be true of each says `pytestmark = BOTH`.

The rows of PostgreSQL are slow ones: its own folder of tests shows quickly that it works at all.
"""

from __future__ import annotations

import pytest

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
BOTH = [
    pytest.mark.usefixtures("store"),
    pytest.mark.parametrize("store", [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.slow)]),
]
