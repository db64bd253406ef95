"""sobjects: describes, single records, what changed lately.

Source: Salesforce, REST API guide, "sObject Basic Information" to "sObject Get Deleted".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from practice_org.columns import fields_of
from practice_org.data.asking import api_of, context_of, object_in_path
from practice_org.data.bodies import json_object, succeeded
from practice_org.data.describe import describe, describe_briefly, objects_of
from practice_org.data.own_layouts import describe_layout, describe_layouts
from practice_org.data.records import change_record, create_record, remove_record
from practice_org.ids import to_18
from practice_org.objects import Api, Kind, SObject
from practice_org.org import to_timestamp
from practice_org.rights import FieldAccess, field_accesses
from practice_org.route import Call, route
from practice_org.soql.context import Deleted
from practice_org.soql.run import Start, prepare, records
from practice_org.tables import find_rows
from practice_org.wire import OrgError, Response, json_response


def answer_global(call: Call) -> Response:
    """GET sobjects."""
    base = _base(call)
    found = [
        describe_briefly(call.org, call.user_id, sobject, base)
        for sobject in objects_of(api_of(call), call.org, call.user_id)
    ]
    return json_response({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": found})


def answer_basic(call: Call) -> Response:
    """GET sobjects/X."""
    brief = describe_briefly(call.org, call.user_id, object_in_path(call), _base(call))
    return json_response({"objectDescribe": brief, "recentItems": []})


def answer_describe(call: Call) -> Response:
    """GET sobjects/X/describe: only fields the caller can see."""
    return json_response(describe(call.org, call.user_id, object_in_path(call), _base(call)))


def answer_layouts(call: Call) -> Response:
    """GET sobjects/X/describe/layouts: those of the caller's profile, or one record type's."""
    sobject = object_in_path(call)
    if not sobject.business:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    record_type = call.parts.get("record_type") or ""
    if record_type:
        own = describe_layout(call.org, call.user_id, sobject, to_18(record_type))
        return json_response(own)
    return json_response(describe_layouts(call.org, call.user_id, sobject))


def answer_create(call: Call) -> Response:
    """POST sobjects/X."""
    sobject = object_in_path(call)
    values = without_attributes(json_object(call.request))
    record_id = create_record(call.org, call.user_id, sobject, values)
    location = f"{_base(call)}/sobjects/{sobject.name}/{record_id}"
    return json_response(succeeded(record_id), 201, Location=location)


def answer_record(call: Call) -> Response:
    """GET sobjects/X/id, `fields` naming some; a record out of the caller's sight is not found."""
    sobject = object_in_path(call)
    asked = call.request.query.get("fields", "")
    names = [name.strip() for name in asked.split(",") if name.strip()] or visible(call, sobject)
    return json_response(read_record(call, sobject, call.parts["id"], names))


def answer_change(call: Call) -> Response:
    """PATCH sobjects/X/id."""
    sobject = object_in_path(call)
    values = without_attributes(json_object(call.request))
    change_record(call.org, call.user_id, sobject, call.parts["id"], values)
    return Response(204)


def answer_upsert(call: Call) -> Response:
    """PATCH sobjects/X/ExternalId__c/value: 201 when made, 200 when changed, 300 when several."""
    sobject = object_in_path(call)
    field = fields_of(call.org, sobject.name).get(call.parts["field"])
    if field is None or not field.external_id:
        sentence = "Provided external ID field does not exist or is not accessible: "
        raise OrgError("NOT_FOUND", sentence + call.parts["field"], status=404)
    values = without_attributes(json_object(call.request))
    found = find_rows(call.org, sobject.name, **{field.name: call.parts["value"]})
    if len(found) > 1:
        base = f"{_base(call)}/sobjects/{sobject.name}"
        return json_response([f"{base}/{row['Id']}" for row in found], 300)
    if found:
        change_record(call.org, call.user_id, sobject, found[0]["Id"], values)
        return json_response(succeeded(found[0]["Id"], created=False))
    values |= {field.name: call.parts["value"]}
    record_id = create_record(call.org, call.user_id, sobject, values)
    return json_response(succeeded(record_id, created=True), 201)


def answer_remove(call: Call) -> Response:
    """DELETE sobjects/X/id."""
    remove_record(call.org, call.user_id, object_in_path(call), call.parts["id"])
    return Response(204)


def answer_updated(call: Call) -> Response:
    """GET sobjects/X/updated?start=&end=: the ids of rows written in between."""
    found = _written_between(call, Deleted.LEFT_OUT)
    ids = [row["Id"] for row in found]
    return json_response({"ids": ids, "latestDateCovered": _period(call)[1]})


def answer_deleted(call: Call) -> Response:
    """GET sobjects/X/deleted?start=&end=: rows put into the recycle bin in between."""
    found = [row for row in _written_between(call, Deleted.KEPT) if row["IsDeleted"]]
    start, end = _period(call)
    rows = [{"id": row["Id"], "deletedDate": row["SystemModstamp"]} for row in found]
    return json_response(
        {"deletedRecords": rows, "earliestDateAvailable": start, "latestDateCovered": end}
    )


def read_record(call: Call, sobject: SObject, record_id: str, names: list[str]) -> dict[str, Any]:
    """One record through SOQL, so that rights and field security are those of a query.

    Errors: OrgError NOT_FOUND, INVALID_FIELD.
    """
    if not record_id.isalnum():
        raise _not_found()
    chosen = ", ".join(dict.fromkeys(["Id", *names]))
    soql = f"SELECT {chosen} FROM {sobject.name} WHERE Id = '{to_18(record_id)}'"
    try:
        answer = prepare(context_of(call), soql)
    except OrgError as refused:
        if "invalid ID field" in refused.message:
            raise _not_found() from refused
        raise
    for record, _ in records(answer, Start(), 1):
        return record
    raise _not_found()


def visible(call: Call, sobject: SObject) -> list[str]:
    """The fields of the object that the caller can read."""
    fields = list(fields_of(call.org, sobject.name))
    if not sobject.business:
        return fields
    access = field_accesses(call.org, call.user_id, sobject.name)
    return [name for name in fields if access[name] is not FieldAccess.NONE]


def without_attributes(values: dict[str, Any]) -> dict[str, Any]:
    """A record's values without the attributes that name its type."""
    return {name: value for name, value in values.items() if name != "attributes"}


def _base(call: Call) -> str:
    middle = "/tooling" if api_of(call) is Api.TOOLING else ""
    return f"/services/data/v{call.parts['v']}{middle}"


def _not_found() -> OrgError:
    return OrgError("NOT_FOUND", "The requested resource does not exist", status=404)


def _period(call: Call) -> tuple[str, str]:
    try:
        start, end = (
            to_timestamp(datetime.fromisoformat(call.request.query[name].replace(" ", "+")))
            for name in ("start", "end")
        )
    except (KeyError, ValueError):
        raise OrgError("INVALID_VALUE", "start and end must be dates with a time") from None
    return start, end


def _written_between(call: Call, deleted: Deleted) -> list[dict[str, Any]]:
    sobject = object_in_path(call)
    start, end = _period(call)
    if sobject.kind is Kind.VIRTUAL or not sobject.keeps_deleted:
        raise OrgError("INVALID_TYPE", f"{sobject.name} is not replicateable")
    soql = (
        f"SELECT Id, IsDeleted, SystemModstamp FROM {sobject.name} "
        f"WHERE SystemModstamp >= {start} AND SystemModstamp < {end}"
    )
    answer = prepare(context_of(call, deleted), soql)
    return [record for record, _ in records(answer, Start(), answer.total)]


_SOBJECTS = r"/services/data/{v}/(?P<tooling>tooling/)?sobjects"
_NAMED = rf"{_SOBJECTS}/(?P<sobject>[A-Za-z]\w*)"
_RECORD = rf"{_NAMED}/(?P<id>[A-Za-z0-9]{{15,18}})"
ROUTES = (
    route("GET", _SOBJECTS, answer_global),
    route("GET", _NAMED, answer_basic),
    route("POST", _NAMED, answer_create),
    route("GET", rf"{_NAMED}/describe", answer_describe),
    route("GET", rf"{_NAMED}/describe/layouts(?:/(?P<record_type>\w+))?", answer_layouts),
    route("GET", rf"{_NAMED}/updated", answer_updated),
    route("GET", rf"{_NAMED}/deleted", answer_deleted),
    route("GET", _RECORD, answer_record),
    route("PATCH", _RECORD, answer_change),
    route("DELETE", _RECORD, answer_remove),
    route("PATCH", rf"{_NAMED}/(?P<field>\w+__c)/(?P<value>[^/]+)", answer_upsert),
)
