"""composite/sobjects: up to 200 records in one call, each with its own outcome.

Source: Salesforce, REST API guide, "sObject Collections".
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from practice_org.data.asking import object_in_path
from practice_org.data.bodies import json_object, refused, succeeded
from practice_org.data.records import change_record, create_record, remove_record
from practice_org.data.sobjects_endpoint import read_record, without_attributes
from practice_org.faults.firing import fault_at
from practice_org.login.callers import require_setup
from practice_org.objects import SObject, find_object, object_of_id
from practice_org.org import Org
from practice_org.route import Call, route
from practice_org.wire import OrgError, Response, json_response

_MOST = 200
_MOST_READ = 2000
_Write = Callable[[Call, Any], str]


class Outcome(Enum):
    """Whether one refused record takes the others with it."""

    EACH_ALONE = "each alone"
    ALL_OR_NONE = "all or none"


class _Undone(Exception):
    """Takes the transaction back; nobody outside this module sees it."""


def answer_create(call: Call) -> Response:
    """POST composite/sobjects."""
    body = json_object(call.request)
    return _write_all(call, _records(body), _outcome(body.get("allOrNone")), _create)


def answer_change(call: Call) -> Response:
    """PATCH composite/sobjects; both `id` and `Id` name the record."""
    body = json_object(call.request)
    return _write_all(call, _records(body), _outcome(body.get("allOrNone")), _change)


def answer_remove(call: Call) -> Response:
    """DELETE composite/sobjects?ids=a,b&allOrNone=."""
    ids = [one for one in call.request.query.get("ids", "").split(",") if one]
    _refuse_many(ids)
    return _write_all(call, ids, _outcome(call.request.query.get("allOrNone")), _remove)


def answer_read(call: Call) -> Response:
    """GET or POST composite/sobjects/X with ids and fields: records in order, null where none."""
    sobject = object_in_path(call)
    if call.request.method == "POST":
        body = json_object(call.request)
        ids, names = body.get("ids", []), body.get("fields", [])
    else:
        ids, names = (call.request.query.get(key, "").split(",") for key in ("ids", "fields"))
    _refuse_many(ids, _MOST_READ)
    return json_response([_read_or_none(call, sobject, one, list(names)) for one in ids])


def _read_or_none(
    call: Call, sobject: SObject, record_id: str, names: list[str]
) -> dict[str, Any] | None:
    try:
        return read_record(call, sobject, record_id, names)
    except OrgError as error:
        if error.code == "NOT_FOUND":
            return None
        raise


def _outcome(all_or_none: object) -> Outcome:
    asked = str(all_or_none).lower() == "true"
    return Outcome.ALL_OR_NONE if asked else Outcome.EACH_ALONE


def _records(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = body.get("records")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise OrgError("JSON_PARSER_ERROR", "records must be a list of objects")
    _refuse_many(found)
    return found


def _refuse_many(items: list[Any], most: int = _MOST) -> None:
    if len(items) > most:
        raise OrgError(
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {most} records into this call",
        )


def _write_all(call: Call, items: list[Any], how: Outcome, write: _Write) -> Response:
    results: list[dict[str, Any]] = []
    try:
        with call.org.transaction():
            results = [_write_one(call, item, write) for item in items]
            _require_all(results, how)
    except _Undone:
        results = [_rolled_back(result) if result["success"] else result for result in results]
    # Seen in the wild: SFDX-Data-Move-Utility #932, "Could not locate this record in the response".
    told = [one for one in results if fault_at(call.org, "collections", one.get("id", "")) is None]
    return json_response(told)


def _require_all(results: list[dict[str, Any]], how: Outcome) -> None:
    if how is Outcome.ALL_OR_NONE and not all(result["success"] for result in results):
        raise _Undone


def _write_one(call: Call, item: Any, write: _Write) -> dict[str, Any]:
    try:
        with call.org.transaction():
            return succeeded(write(call, item))
    except OrgError as error:
        return refused(_reworded(error), _id_of(item))


def _reworded(error: OrgError) -> OrgError:
    if error.code == "NOT_FOUND":
        return OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    return error


def _rolled_back(result: dict[str, Any]) -> dict[str, Any]:
    error = OrgError(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using "
        "AllOrNone header",
    )
    return refused(error, result["id"])


def _create(call: Call, record: dict[str, Any]) -> str:
    sobject = _type_of(record)
    return create_record(call.org, call.user_id, sobject, without_attributes(record))


def _change(call: Call, record: dict[str, Any]) -> str:
    record_id = _id_of(record)
    if not record_id:
        raise OrgError("MISSING_ARGUMENT", "Id not specified in an update call")
    values = {n: v for n, v in without_attributes(record).items() if n.lower() != "id"}
    change_record(call.org, call.user_id, _type_of(record), record_id, values)
    return record_id


def _remove(call: Call, record_id: str) -> str:
    sobject = object_of_id(record_id)
    if sobject is None:
        raise OrgError("MALFORMED_ID", f"malformed id {record_id}", fields=("Id",))
    remove_record(call.org, call.user_id, sobject, record_id)
    return record_id


def _id_of(item: Any) -> str:
    if isinstance(item, str):
        return item
    return str(item.get("id") or item.get("Id") or "")


def _type_of(record: dict[str, Any]) -> SObject:
    attributes = record.get("attributes")
    name = attributes.get("type", "") if isinstance(attributes, dict) else ""
    found = find_object(str(name))
    if found is None:
        raise OrgError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return found


def answer_counts(call: Call) -> Response:
    """GET limits/recordCount?sObjects=A,B: approximate in Salesforce, exact here."""
    require_setup(call.org, call.user_id)
    names = call.request.query.get("sObjects", "")
    found = [find_object(name.strip()) for name in names.split(",")]
    counts = [_count(call.org, sobject) for sobject in found if sobject and sobject.business]
    return json_response({"sObjects": counts})


def _count(org: Org, sobject: SObject) -> dict[str, Any]:
    row = org.db.execute(f'SELECT count(*) FROM "{sobject.name}" WHERE "IsDeleted" = 0').fetchone()
    return {"count": row[0], "name": sobject.name}


_BASE = r"/services/data/{v}/composite/sobjects"
_NAMED = rf"{_BASE}/(?P<sobject>[A-Za-z]\w*)"
ROUTES = (
    route("POST", _BASE, answer_create),
    route("PATCH", _BASE, answer_change),
    route("DELETE", _BASE, answer_remove),
    route("GET", _NAMED, answer_read),
    route("POST", _NAMED, answer_read),
    route("GET", "/services/data/{v}/limits/recordCount", answer_counts),
)
