"""The Metadata API: what there is, the files themselves, and deploys. The names others import."""

from __future__ import annotations

from deployer.salesforce.deploy_job import (
    ComponentMessage,
    DeployOptions,
    DeployStatus,
    cancel_deploy,
    fetch_deploy,
    start_deploy,
    wait_for_deploy,
)
from deployer.salesforce.listing import ListedComponent, fetch_listing, fetch_metadata
from deployer.salesforce.retrieve import Retrieved, fetch_components
from deployer.salesforce.tooling import DeployRequest, fetch_deploy_requests

__all__ = [
    "ComponentMessage",
    "DeployOptions",
    "DeployRequest",
    "DeployStatus",
    "ListedComponent",
    "Retrieved",
    "cancel_deploy",
    "fetch_components",
    "fetch_deploy",
    "fetch_deploy_requests",
    "fetch_listing",
    "fetch_metadata",
    "start_deploy",
    "wait_for_deploy",
]
