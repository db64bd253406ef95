"""Deploys over REST: start, look, wait, cancel. A job goes on in the org whatever we do.

Over REST and not SOAP because its answers have types, and a 39 MB zip needs no base64.
Source: Metadata API Developer Guide, "Deploying Metadata with REST".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deployer.clock import Clock
from deployer.errors import OptoutError, OutcomeUnknown, Reaction, StillRunning
from deployer.salesforce.answers import (
    Json,
    flag,
    mapping,
    moment,
    number,
    rows,
    text,
    text_or,
)
from deployer.salesforce.client import Connection, Writer
from deployer.salesforce.faults import harmless

_PATH = "metadata/deployRequest"
_ENDED = frozenset(
    {"Succeeded", "SucceededPartial", "Failed", "Canceled", "FinalizingDeployFailed",
     "FinalizingFailed"}
)  # fmt: skip
# A known glitch of the org as a request leaves Pending: the id is not found for a moment.
# Source: forcedotcom/source-deploy-retrieve, metadataTransfer.ts.
_POLL_GLITCHES = frozenset({"INVALID_CROSS_REFERENCE_KEY", "INVALID_QUERY_LOCATOR"})
_POLL_ERRORS_IN_A_ROW = 30
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """What may be chosen; rollbackOnError and singlePackage are always true, purge never is.

    `test_level` None sends none: without Apex in the package the org then runs no tests.
    """

    check_only: bool
    test_level: str | None = None
    tests: tuple[str, ...] = ()
    ignore_warnings: bool = False


@dataclass(frozen=True, slots=True)
class ComponentMessage:
    """What the org says about one file; line and column are 0 when it names none."""

    type: str
    full_name: str
    file_name: str
    line: int
    column: int
    problem: str
    problem_type: str


@dataclass(frozen=True, slots=True)
class DeployStatus:
    """A deploy as the org tells it; `status` is Salesforce's own word.

    A status this program does not know is not done. `created_by_id` and the times may be empty.
    """

    id: str
    status: str
    done: bool
    success: bool
    check_only: bool
    total: int
    deployed: int
    errors: int
    error_message: str
    error_code: str
    failures: tuple[ComponentMessage, ...]
    warnings: tuple[ComponentMessage, ...]
    created_by_id: str
    created_by_name: str
    started_at: datetime | None
    completed_at: datetime | None
    canceled_by: str


def start_deploy(connection: Writer, package: bytes, options: DeployOptions) -> str:
    """Send the zip; the deploy's id. Sent once and never again by itself.

    Errors: OutcomeUnknown when the reply was lost: look it up with `fetch_deploy_requests`.
    """
    chosen: dict[str, Any] = {
        "allowMissingFiles": False,
        "autoUpdatePackage": False,
        "checkOnly": options.check_only,
        "ignoreWarnings": options.ignore_warnings,
        "performRetrieve": False,
        "purgeOnDelete": False,
        "rollbackOnError": True,
        "singlePackage": True,
    }
    if options.test_level:
        chosen["testLevel"] = options.test_level
    if options.tests:
        chosen["runTests"] = list(options.tests)
    body = json.dumps({"deployOptions": chosen})
    parts = {
        "json": (None, body, "application/json"),
        "file": ("deploy.zip", package, "application/zip"),
    }
    return _new_id(connection.send_files(_PATH, parts, purpose="start deploy"))


def cancel_deploy(connection: Writer, deploy_id: str) -> None:
    """Ask the org to cancel; poll to the end even so. Below API 65 it may both cancel and commit.

    Errors: OrgSaidNo when it is over, or is being finalized.
    """
    body = {"deployResult": {"status": "Canceling"}}
    connection.send_json("PATCH", f"{_PATH}/{deploy_id}", body, purpose="cancel deploy")


def fetch_deploy(connection: Connection, deploy_id: str, *, attempts: int = 4) -> DeployStatus:
    """What the org says about the deploy now. Errors: OrgSaidNo for an id it does not know."""
    answer = connection.get_json(
        f"{_PATH}/{deploy_id}", {"includeDetails": "true"}, purpose="poll deploy",
        attempts=attempts,
    )  # fmt: skip
    return read_status(answer)


def wait_for_deploy(
    connection: Connection,
    deploy_id: str,
    *,
    clock: Clock,
    deadline_s: float,
    on_progress: Callable[[DeployStatus], None],
) -> DeployStatus:
    """Ask until the deploy has ended, each answer going to `on_progress`; the last one.

    Polls after a quarter of a second, then ever less often, 10 s apart at most: 14 times in the
    first minute. Errors: StillRunning at the deadline, and when thirty polls in a row failed; a
    lost poll is asked again, a real refusal is raised.
    """
    until = clock.monotonic_s() + deadline_s
    wait, lost = _FIRST_WAIT_S, 0
    while True:
        status = _poll(connection, deploy_id)
        lost = lost + 1 if status is None else 0
        if status is not None:
            on_progress(status)
            if status.done:
                return status
        if clock.monotonic_s() >= until or lost > _POLL_ERRORS_IN_A_ROW:
            raise _still_running(deploy_id, status)
        clock.sleep(max(0.0, min(wait, until - clock.monotonic_s())))
        wait = min(wait * 1.5, _LONGEST_WAIT_S)


def _poll(connection: Connection, deploy_id: str) -> DeployStatus | None:
    """One poll; None when it failed in a way that says nothing about the deploy."""
    try:
        return fetch_deploy(connection, deploy_id, attempts=1)
    except OptoutError as problem:
        if problem.reaction is Reaction.RETRY or problem.org_code in _POLL_GLITCHES:
            return None
        raise


def _still_running(deploy_id: str, status: DeployStatus | None) -> StillRunning:
    said = f"is {status.status}" if status else "could not be asked for a while"
    return StillRunning(
        f"the deploy {said}; the org goes on with it",
        where=deploy_id,
        hint=f"optout jobs resume {deploy_id}",
    )


def _new_id(answer: Any) -> str:
    """The id in the reply. A reply without one is a lost reply: the job may exist."""
    body = answer if isinstance(answer, dict) else {}
    result = body.get("deployResult")
    found = body.get("id") or (result.get("id") if isinstance(result, dict) else None)
    if isinstance(found, str) and found:
        return found
    raise OutcomeUnknown(
        "the org's reply to the deploy has no id",
        hint="optout jobs list shows whether it runs; do not send it again before looking",
    )


def read_status(answer: Any) -> DeployStatus:
    """The answer of GET deployRequest/ID. Errors: BadInput when it has not that shape."""
    body = mapping(answer, "the deploy's status")
    result = mapping(body.get("deployResult"), "deployResult")
    options = body.get("deployOptions") or {}
    details = mapping(result.get("details") or {}, "details")
    failed = rows(details.get("componentFailures"), "componentFailures")
    passed = rows(details.get("componentSuccesses"), "componentSuccesses")
    messages = [_message(row) for row in (*failed, *passed)]
    status = text_or(result, "status")
    return DeployStatus(
        id=text(result, "id"),
        status=status,
        done=flag(result, "done") and status in _ENDED,
        success=flag(result, "success") and status == "Succeeded",
        check_only=flag(result, "checkOnly") or flag(mapping(options, "options"), "checkOnly"),
        total=number(result, "numberComponentsTotal"),
        deployed=number(result, "numberComponentsDeployed"),
        errors=number(result, "numberComponentErrors"),
        error_message=harmless(text_or(result, "errorMessage")),
        error_code=text_or(result, "errorStatusCode"),
        failures=tuple(m for m in messages if m.problem_type == "Error"),
        warnings=tuple(m for m in messages if m.problem_type == "Warning"),
        created_by_id=text_or(result, "createdBy"),
        created_by_name=text_or(result, "createdByName"),
        started_at=moment(result, "startDate"),
        completed_at=moment(result, "completedDate"),
        canceled_by=text_or(result, "canceledByName"),
    )


def _message(row: Json) -> ComponentMessage:
    """One component's message; a failure without a type is an error."""
    problem = harmless(text_or(row, "problem"))
    return ComponentMessage(
        type=text_or(row, "componentType"),
        full_name=text_or(row, "fullName"),
        file_name=text_or(row, "fileName"),
        line=number(row, "lineNumber"),
        column=number(row, "columnNumber"),
        problem=problem,
        problem_type=text_or(row, "problemType") or ("Error" if problem else ""),
    )
