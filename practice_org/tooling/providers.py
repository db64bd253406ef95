"""Which function gives the rows of which virtual object."""

from __future__ import annotations

from practice_org.login.history import grant_rows, login_rows
from practice_org.soql.context import Provider
from practice_org.tooling import access, catalogue, components, highlights

PROVIDERS: dict[str, Provider] = {
    "Layout": components.layout_rows,
    "ProfileLayout": components.profile_layout_rows,
    "FlexiPage": components.flexi_page_rows,
    "CustomField": components.custom_field_rows,
    "Flow": highlights.flow_rows,
    "CompactLayout": highlights.compact_layout_rows,
    "QuickActionDefinition": highlights.quick_action_rows,
    "ValidationRule": components.validation_rule_rows,
    "MetadataComponentDependency": components.dependency_rows,
    "DeployRequest": components.deploy_request_rows,
    "EntityDefinition": catalogue.entity_rows,
    "FieldDefinition": catalogue.field_rows,
    "EntityParticle": catalogue.particle_rows,
    "UserFieldAccess": catalogue.field_access_rows,
    "UserPermissionAccess": access.permission_rows,
    "UserRecordAccess": access.record_access_rows,
    "LoginHistory": login_rows,
    "OauthToken": grant_rows,
}
