"""One deploy walked through by hand: the product's own steps, on a practice org and a step clock.

The clock stands still until somebody sleeps on it, so that nothing here waits for real time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deployer.layouts import find_field, same_tree
from deployer.model.layouts import field_on
from deployer.model.plans import Plan, Wish
from deployer.model.reports import Report
from deployer.planning.from_org import Asker, fetch_plan, fetch_stamps
from deployer.planning.from_snapshot import fetch_restore_plan
from deployer.planning.snapshot import from_bytes
from deployer.rollout.desk import Desk, Fresh, Options
from deployer.rollout.journal import SENT_STEPS, Journal
from deployer.rollout.walk import Wanted, roll_out
from practice_org.metadata.components import edit_layout_as, edit_page_as, list_components
from practice_org.metadata.jobs import deploy_jobs
from practice_org.wire import Request, Response

FIELD = "HasOptedOutOfEmail"
WAIT_S = 33 * 60
PUT = Wish()
PERSON_OBJECTS = ("Contact", "Lead", "PersonAccount")


class StepClock:
    """The deployer's clock and the org's are one; sleeping moves it."""

    def __init__(self, org_clock) -> None:
        self.org_clock = org_clock

    def now(self) -> datetime:
        return self.org_clock.at

    def monotonic_s(self) -> float:
        return self.org_clock.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.org_clock.at += timedelta(seconds=seconds)


@dataclass
class Walk:
    """A desk to deploy from, and the org's insides to look at afterwards."""

    desk: Desk
    org: object
    told: list[str] = field(default_factory=list)

    def deploy(self, wish: Wish = PUT, *, wait_s: float = WAIT_S, **options) -> Report:
        """Plan and deploy; whatever goes wrong is raised."""
        asker = Asker(self.desk.conn, self.desk.clock)
        return self._roll_out(lambda: fetch_plan(asker, wish), wait_s, **options)

    def restore(self, *, wait_s: float = WAIT_S) -> Report:
        """Restore the newest deploy."""
        asker = Asker(self.desk.conn, self.desk.clock)
        entry = next(
            e for e in self.desk.journal.entries() if e.aim != "restore" and e.step in SENT_STEPS
        )
        snapshot = from_bytes(self.desk.journal.read_snapshot(entry.key), entry.key)
        return self._roll_out(lambda: fetch_restore_plan(asker, snapshot), wait_s)

    def _roll_out(self, plan: Callable[[], Plan], wait_s: float, **options) -> Report:
        fresh = Fresh(lambda p: fetch_stamps(self.desk.conn, p), plan)
        agree = options.pop("agree", lambda _plan: None)
        wanted = Wanted(fresh, agree, run_id=f"run{len(self.desk.journal.entries())}")
        deadline = self.desk.clock.monotonic_s() + wait_s
        return roll_out(wanted, self.desk, Options(deadline, **options))

    def layouts(self) -> dict[str, bytes]:
        """Every person layout as the org holds it, by its name there."""
        return {
            component.full_name: component.body
            for component in list_components(self.org, "Layout")
            if component.full_name.split("-")[0] in PERSON_OBJECTS
        }

    def holding(self, field: str = FIELD) -> set[str]:
        """The layouts that hold the field."""
        return {
            name
            for name, body in self.layouts().items()
            if find_field(body, field_on(name.split("-")[0], field))
        }

    def changed_since(self, before: dict[str, bytes]) -> set[str]:
        """The layouts that are another tree than before."""
        now = self.layouts()
        return {name for name in before if not same_tree(before[name], now[name])}

    def edit(self, name: str, old: bytes, new: bytes) -> None:
        """Change a layout as an administrator does in the browser."""
        self.desk.clock.sleep(1)
        body = self.layouts()[name]
        assert old in body
        edit_layout_as(self.org, admin_id(self.org), name, body.replace(old, new, 1))

    def pages(self) -> dict[str, bytes]:
        """Every Lightning page as the org holds it, by its name."""
        return {page.full_name: page.body for page in list_components(self.org, "FlexiPage")}

    def edit_page(self, name: str, old: bytes, new: bytes) -> None:
        """Change a page as an administrator does in Lightning App Builder."""
        self.desk.clock.sleep(1)
        body = self.pages()[name]
        assert old in body
        edit_page_as(self.org, admin_id(self.org), name, body.replace(old, new, 1))

    def jobs(self) -> list:
        """The org's deploy jobs, oldest first."""
        return sorted(deploy_jobs(self.org), key=lambda job: job.created_at)


def admin_id(org) -> str:
    """The administrator's user id."""
    row = org.db.execute(
        "SELECT u.Id FROM User u JOIN Profile p ON p.Id = u.ProfileId "
        "WHERE p.Name = 'System Administrator' ORDER BY u.Id"
    ).fetchone()
    return str(row[0])


def a_walk(practice, conn, home) -> Walk:
    """A walk over this org, from an open writer."""
    told: list[str] = []
    clock = StepClock(practice.clock)
    desk = Desk(conn, Journal(home, conn.org.org_id), clock, told.append)
    return Walk(desk, practice.org, told)


def is_submit(request: Request) -> bool:
    """Whether this is the request that starts a real deploy (not a check-only one)."""
    return (
        request.method == "POST"
        and request.path.endswith("/metadata/deployRequest")
        and b'"checkOnly": false' in request.body
    )


def is_poll(request: Request) -> bool:
    """Whether this asks for a deploy's status."""
    return request.method == "GET" and "/metadata/deployRequest/" in request.path


BUSY = Response(503, b"<html>busy</html>", {"Content-Type": "text/html"})
