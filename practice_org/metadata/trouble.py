"""Deployments that end otherwise than the package deserves, when a fault befalls them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace

from practice_org.faults.firing import fault_at
from practice_org.faults.store import Fault
from practice_org.metadata.deployment import Outcome, deploy_package
from practice_org.metadata.options import DeployOptions
from practice_org.org import Org

FINALIZING_FAILED = "FinalizingDeployFailed"
# From this version on a deployment that is being finalised cannot be cancelled.
_CANCELS_CLEANLY = 65.0


def carry_out(org: Org, data: bytes, options: DeployOptions) -> Outcome:
    """Deploy a zip as org.user_id, the job's id in org.request_id; or what a fault makes of it."""
    fault = fault_at(org, "deploy.run", org.request_id)
    if fault is None:
        return deploy_package(org, data, options)
    return _ENDINGS.get(fault.name, _fails)(fault, org, (data, options))


def commits_in_spite(org: Org, job_id: str, version: float) -> bool:
    """Whether this cancelled deployment is carried out all the same.

    Source: Metadata API guide, "cancelDeploy()": below API 65.0 it may be.
    """
    if version >= _CANCELS_CLEANLY:
        return False
    return fault_at(org, "deploy.cancel", job_id) is not None


_Package = tuple[bytes, DeployOptions]


def _fails(fault: Fault, _org: Org, _package: _Package) -> Outcome:
    return Outcome("Failed", error=f"{fault.error().code}: {fault.error().message}")


def _commits_and_fails(fault: Fault, org: Org, package: _Package) -> Outcome:
    deploy_package(org, *package)
    return _fails(fault, org, package)


def _fails_at_the_end(_fault: Fault, _org: Org, _package: _Package) -> Outcome:
    # That nothing of it is kept is unverified.
    return Outcome(FINALIZING_FAILED)


def _loses_a_file(_fault: Fault, org: Org, package: _Package) -> Outcome:
    """Deploy all but the last file, as if rollbackOnError had not been asked for."""
    data, options = package
    return deploy_package(org, _without_last(data), replace(options, rollback_on_error=False))


def _without_last(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    kept = sorted(name for name in files if not name.endswith(("package.xml", "/")))[:-1]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            if name in kept or name.endswith("package.xml"):
                archive.writestr(name, content)
    return made.getvalue()


_ENDINGS: Mapping[str, Callable[[Fault, Org, _Package], Outcome]] = {
    "UNKNOWN_EXCEPTION_AFTER": _commits_and_fails,
    "SucceededPartial": _loses_a_file,
    FINALIZING_FAILED: _fails_at_the_end,
}
