"""The readiness of a large org, beside the same facts fetched by the Salesforce CLI."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from benches.cost import Cost, Entrant, cost, cost_rounds, cost_rows
from benches.depth import Depth
from benches.peers.logins import Peer, log_in_sf
from benches.peers.readiness_by_sf import Script, told
from benches.row import Row
from benches.spent import run_measured
from benches.stage.noted_org import NotedOrg, noted_org
from benches.start_up import OPTOUT
from large_org import LAYOUTS, PROFILES, RECORD_TYPES, USERS, add_large
from strangers_install import NODE_PACKAGES, cache_folder, install_clients

from deployer.clock import SystemClock
from practice_org.app import open_practice_org
from practice_org.store import DataFolder

OURS = Entrant("optout", version("salesforce-optout"))
BY_SF = Entrant(
    "sf data query, retrieve",
    NODE_PACKAGES[1].rpartition("@")[2],
    "a query asks twice, a retrieve takes three",
)
GOALS = {"wall": 0.5, "CPU": 0.5, "peak memory": 1.0, "API calls": 0.1, "on the wire": 1.0}
_LOOK = ("readiness", "--org", "practice", "--identity", "deployer", "--json")


def rows(depth: Depth) -> Iterator[Row]:
    """Both look at one org that nobody changes meanwhile."""
    full = depth is Depth.FULL
    clients = install_clients(cache_folder())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "optout"
        _make_large(home)
        with noted_org(home) as org:
            sf_home = Path(folder) / "sf"
            peer = log_in_sf(org.facts, sf_home, clients)
            runs = {OURS: lambda: _look(org), BY_SF: lambda: _by_sf(org, peer, sf_home)}
            given = cost_rounds(runs, 5 if full else 1, warm=full)
    size = f"{LAYOUTS} layouts, {PROFILES} profiles, {RECORD_TYPES} record types, {USERS:,} users"
    yield from cost_rows(("e", f"readiness of {size}"), given, GOALS)


def _make_large(home: Path) -> None:
    with noted_org(home):
        pass
    org = open_practice_org(DataFolder(home / "practice-org").database, SystemClock().now)
    org.user_id = org.setting("admin_user_id")
    add_large(org)
    org.db.close()


def _look(org: NotedOrg) -> Cost:
    org.notes.since()
    spent = run_measured([OPTOUT, *_LOOK], org.env)
    asked = org.notes.since()
    document = json.loads(spent.said)
    if "verdict" not in document:
        raise SystemExit(f"bench: the look failed: {spent.said[-2000:]!r}")
    return cost([spent], asked, "login timed, too; the facts, every check and who sees the field")


def _by_sf(org: NotedOrg, peer: Peer, home: Path) -> Cost:
    org.notes.since()
    spent = Script(peer, home).run()
    return cost(spent, org.notes.since(), told(spent))
