"""The context a REST call queries in, and names in its path turned into objects."""

from __future__ import annotations

from practice_org.objects import Api, SObject, find_object
from practice_org.rights import object_rights
from practice_org.route import Call
from practice_org.soql.context import Context, Deleted
from practice_org.tooling.detail import metadata_of
from practice_org.tooling.providers import PROVIDERS
from practice_org.wire import OrgError


def context_of(call: Call, deleted: Deleted = Deleted.LEFT_OUT) -> Context:
    """Who asks, in which version, through which of the two APIs."""
    return Context(
        call.org,
        call.user_id,
        api_of(call),
        float(call.parts["v"]),
        PROVIDERS,
        metadata_of,
        deleted,
    )


def api_of(call: Call) -> Api:
    """Tooling when the path says so."""
    return Api.TOOLING if call.parts.get("tooling") else Api.DATA


def object_in_path(call: Call) -> SObject:
    """The object of parts["sobject"], in any case.

    Errors: OrgError NOT_FOUND (404) when absent, of the other API, or not readable to the caller.
    """
    found = find_object(call.parts["sobject"])
    known = found is not None and api_of(call) in found.apis
    if found is None or not known or not _readable(call, found):
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return found


def _readable(call: Call, sobject: SObject) -> bool:
    rights = object_rights(call.org, call.user_id, sobject.name)
    return rights.read or not sobject.business
