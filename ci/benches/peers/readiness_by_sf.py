"""The facts of `optout readiness`, fetched by sf as an admin's script would.

One query for each fact where one is possible, nothing asked twice, and everything that lies in
files (layouts, Lightning pages, apps, objects, flows, compact layouts, quick actions) in one
retrieve. What is made of the facts afterwards is not counted, nor is what reads an answer's ids
for the next question.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benches.peers.logins import PROJECT, Peer
from benches.spent import Spent, run_measured
from benches.stage.layout_judge import API
from strangers_package import write_files

RUNNER, DEPLOYER = (f"{name}@practice.example.com" for name in ("runner", "deployer"))
_MAY_WRITE = (
    "SELECT DurableId, IsAccessible, IsUpdatable FROM UserFieldAccess WHERE FieldDefinitionId IN "
    "('Contact.HasOptedOutOfEmail', 'Lead.HasOptedOutOfEmail') AND UserId = '{}'"
)
_MAY_EDIT = (
    "SELECT RecordId, HasEditAccess FROM UserRecordAccess WHERE UserId = '{}' AND RecordId IN ({})"
)
_USERS = "SELECT Id, Username, IsActive, ProfileId FROM User WHERE Username IN ('{}', '{}')"
_SHOWN = "/services/data/v{}/sobjects/{}/describe/layouts"
_OBJECTS = ("Contact", "Lead")
_LATEST = "SELECT Id FROM {} ORDER BY LastModifiedDate DESC LIMIT 100"
DATA = {
    "rights of this login": "SELECT PermissionsViewSetup, PermissionsApiEnabled, "
    "PermissionsModifyMetadata, PermissionsModifyAllData, PermissionsCustomizeApplication, "
    "PermissionsManageProfilesPermissionsets, PermissionsManageUsers FROM UserPermissionAccess",
    "org and edition": "SELECT Id, Name, IsSandbox, InstanceName, OrganizationType, "
    "TrialExpirationDate, NamespacePrefix FROM Organization",
    "idle connected apps": "SELECT AppName FROM OauthToken WHERE LastUsedDate < LAST_N_DAYS:90",
    "access to the field": "SELECT SobjectType, PermissionsRead, PermissionsEdit, ParentId, "
    "Parent.IsOwnedByProfile, Parent.Profile.Name FROM FieldPermissions "
    "WHERE Field IN ('Contact.HasOptedOutOfEmail', 'Lead.HasOptedOutOfEmail')",
    "access to the objects": "SELECT SobjectType, PermissionsRead, PermissionsEdit, ParentId "
    "FROM ObjectPermissions WHERE SobjectType IN ('Account', 'Contact', 'Lead')",
    "permission sets": "SELECT Id, Name, ProfileId, IsOwnedByProfile, HasActivationRequired, "
    "PermissionsViewAllData, PermissionsModifyAllData, PermissionsCustomizeApplication, "
    "PermissionsManageUsers, PermissionsModifyMetadata, PermissionsManageProfilesPermissionsets, "
    "PermissionsBulkApiHardDelete FROM PermissionSet",
    "sets of groups": "SELECT PermissionSetGroupId, PermissionSetId "
    "FROM PermissionSetGroupComponent",
    "groups": "SELECT Id, HasActivationRequired FROM PermissionSetGroup",
    "muted rights": "SELECT Id, PermissionsViewAllData, PermissionsModifyAllData "
    "FROM MutingPermissionSet",
    "assignments": "SELECT AssigneeId, Assignee.ProfileId, PermissionSetId, PermissionSetGroupId "
    "FROM PermissionSetAssignment WHERE IsActive = true AND PermissionSet.IsOwnedByProfile = false",
    "users by profile": "SELECT ProfileId, Profile.Name, COUNT(Id) users FROM User "
    "WHERE IsActive = true GROUP BY ProfileId, Profile.Name",
}
TOOLING = {
    "required fields, and the field": "SELECT QualifiedApiName, DataType, IsNillable FROM "
    "EntityParticle WHERE EntityDefinition.QualifiedApiName IN ('Contact', 'Lead')",
    "running deploys": "SELECT Id, Status, CheckOnly, CreatedBy.Name FROM DeployRequest "
    "WHERE Status IN ('Pending', 'InProgress')",
    "fields": "SELECT DurableId, QualifiedApiName, Label, DataType, IsFieldHistoryTracked FROM "
    "FieldDefinition WHERE EntityDefinition.QualifiedApiName IN ('Contact', 'Lead', 'Account')",
    "assigned layouts": "SELECT LayoutId, Layout.Name, ProfileId, Profile.Name, RecordTypeId FROM "
    "ProfileLayout WHERE TableEnumOrId IN ('Contact', 'Lead', 'PersonAccount') "
    "AND Profile.Name != null",
    "record types": "SELECT Id, DeveloperName, IsActive, SobjectType FROM RecordType",
    "validation rules": "SELECT Id, ValidationName, EntityDefinition.QualifiedApiName FROM "
    "ValidationRule WHERE Active = true "
    "AND EntityDefinition.QualifiedApiName IN ('Contact', 'Lead', 'Account')",
}
FILES = (
    "Layout", "FlexiPage", "CustomApplication", "Flow", "CompactLayout", "QuickAction",
    "CustomObject:Account", "CustomObject:Contact", "CustomObject:Lead",
)  # fmt: skip


class Script:
    """One run of it; `spent` is what each of its commands took."""

    def __init__(self, peer: Peer, home: Path) -> None:
        self.spent: list[Spent] = []
        self._begins, self._env = peer.begins, peer.env(home)
        settings = {"packageDirectories": [{"path": "force-app"}], "sourceApiVersion": API}
        self._project = home / PROJECT
        write_files(self._project, {"sfdx-project.json": json.dumps(settings)})
        (self._project / "force-app").mkdir(exist_ok=True)

    def run(self) -> list[Spent]:
        """Every fact."""
        for soql in DATA.values():
            self._query(soql)
        for soql in TOOLING.values():
            self._query(soql, "--use-tooling-api")
        self._runner()
        self._sf("org", "list", "limits", "--json")
        for name in _OBJECTS:
            self._sf("api", "request", "rest", _SHOWN.format(API, name))
        self._sf("project", "retrieve", "start", "--metadata", *FILES, "--json")
        return self.spent

    def _runner(self) -> None:
        """Who this is and who syncs, and which fields and records the latter may change."""
        users = self._query(_USERS.format(RUNNER, DEPLOYER))
        (runner,) = (user["Id"] for user in users if user["Username"] == RUNNER)
        self._query(_MAY_WRITE.format(runner), "--use-tooling-api")
        latest = [row["Id"] for name in _OBJECTS for row in self._query(_LATEST.format(name))]
        self._query(_MAY_EDIT.format(runner, ", ".join(map(repr, latest))))

    def _query(self, soql: str, *more: str) -> list[dict[str, Any]]:
        said = self._sf("data", "query", "--query", soql, "--json", *more)
        rows: list[dict[str, Any]] = json.loads(said)["result"]["records"]
        return rows

    def _sf(self, *words: str) -> bytes:
        spent = run_measured([*self._begins, *words], self._env, self._project)
        if spent.exit:
            raise SystemExit(f"bench: sf {' '.join(words)}: {spent.said[-2000:]!r}")
        self.spent.append(spent)
        return spent.said


def told(commands: Sequence[Spent]) -> str:
    """How many there were."""
    return f"{len(commands)} commands, the facts alone"
