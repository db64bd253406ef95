"""One row of a bulk file, written as its own record is over REST; both bulk APIs write here.

Source: Bulk API 2.0 Developer Guide, "Prepare CSV Files", "Valid CSV Record Rows".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from practice_org.actions.recycle_bin import purge_record
from practice_org.columns import fields_of
from practice_org.data.permits import Permit, permit_of
from practice_org.data.records import change_under, create_under, remove_under
from practice_org.ids import to_18
from practice_org.objects import Field, SObject
from practice_org.org import Org
from practice_org.rights import may
from practice_org.tables import find_rows
from practice_org.wire import OrgError

NO_VALUE = "#N/A"
# Ids are taken in such blocks; those left over at a batch's end are never given.
_IDS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one row; `error` is "" for success, else CODE:message:fields --."""

    record_id: str
    created: bool
    error: str


@dataclass(frozen=True, slots=True)
class Work:
    """What the rows of one batch have in common; `seen` holds the ids and keys met so far."""

    permit: Permit
    operation: str
    key: Field | None = None
    seen: set[str] = field(default_factory=set)


def open_work(
    org: Org, user_id: str, sobject: SObject, operation: str, external_id_field: str = ""
) -> Work:
    """Begin a batch: made anew for each, as rights and fields may change in between.

    `operation` is a key of OPERATIONS. Errors: OrgError for an operation that there is not or that
    the user may not do, and for an external id field that is none.
    """
    if operation not in OPERATIONS:
        raise OrgError("INVALIDJOB", f"Unsupported operation: {operation}")
    if operation == "hardDelete" and not may(org, user_id, "BulkApiHardDelete"):
        raise OrgError(
            "FEATURENOTENABLED",
            "hardDelete operation requires special user profile permission, "
            "please contact your system administrator",
        )
    key = _key(org, sobject, external_id_field) if operation == "upsert" else None
    return Work(permit_of(org, user_id, sobject, _IDS_AT_ONCE), operation, key)


def _key(org: Org, sobject: SObject, name: str) -> Field:
    known = {field.name.lower(): field for field in fields_of(org, sobject.name).values()}
    found = known.get(name.lower())
    if found is None or not (found.external_id or found.name == "Id"):
        # Salesforce's sentence for this is unverified.
        raise OrgError("INVALIDJOB", f"Invalid external id field: {name}")
    return found


def canonical_columns(work: Work, header: Sequence[str]) -> list[str]:
    """The header with each column spelled as its field is; letter case does not matter.

    Errors: OrgError INVALIDBATCH naming the first column that is no field, or Id or the external
    id field where it is missing.
    """
    known = {lower: field.name for lower, field in work.permit.names.items()}
    missing = [name for name in header if name.lower() not in known]
    columns = [known.get(name.lower(), name) for name in header]
    needed = work.key.name if work.key else "Id"
    if work.operation != "insert" and needed not in columns:
        missing.append(needed)
    if missing or not columns:
        name = missing[0] if missing else ""
        raise OrgError(
            "INVALIDBATCH",
            f"InvalidBatch : Field name not found : {name}. Batch will not be retried.",
        )
    return columns


def write_row(work: Work, values: Mapping[str, str]) -> Written:
    """Write one row, by canonical column name, or say why not; other rows are not touched.

    An empty value leaves its field alone, #N/A empties it.
    """
    record_id = to_18(values.get("Id", ""))
    cells: dict[str, Any] = {
        name: None if value == NO_VALUE else value
        for name, value in values.items()
        if name != "Id" and value != ""
    }
    # No savepoint: whatever a row is refused for is found before the first write.
    try:
        made, created = OPERATIONS[work.operation](work, record_id, cells)
    except OrgError as refused:
        return refused_row(record_id, refused)
    return Written(made, created, "")


def refused_row(record_id: str, refused: OrgError) -> Written:
    """A row that was not written, in the words of its refusal."""
    code, message = refused.code, refused.message
    if code == "NOT_FOUND":
        code, message = "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"
    fields = f"{', '.join(refused.fields)} " if refused.fields else ""
    return Written(record_id, created=False, error=f"{code}:{message}:{fields}--")


def _insert(work: Work, record_id: str, cells: Mapping[str, Any]) -> tuple[str, bool]:
    if record_id:
        raise OrgError(
            "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", fields=("Id",)
        )
    return create_under(work.permit, cells), True


def _update(work: Work, record_id: str, cells: Mapping[str, Any]) -> tuple[str, bool]:
    _meet(work, record_id)
    change_under(work.permit, record_id, cells)
    return record_id, False


def _delete(work: Work, record_id: str, _cells: Mapping[str, Any]) -> tuple[str, bool]:
    _meet(work, record_id)
    remove_under(work.permit, record_id)
    return record_id, False


def _hard_delete(work: Work, record_id: str, cells: Mapping[str, Any]) -> tuple[str, bool]:
    # That a record already in the bin is refused as deleted is unverified.
    with work.permit.org.transaction():
        _delete(work, record_id, cells)
        purge_record(work.permit.org, work.permit.user_id, record_id)
    return record_id, False


def _upsert(work: Work, record_id: str, cells: Mapping[str, Any]) -> tuple[str, bool]:
    if work.key is None or work.key.name == "Id":
        how = _update if record_id else _insert
        return how(work, record_id, cells)
    value = cells.get(work.key.name)
    if not value:
        raise OrgError("MISSING_ARGUMENT", f"{work.key.name} not specified")
    _meet(work, str(value), "external id")
    found = find_rows(work.permit.org, work.permit.sobject.name, **{work.key.name: value})
    if len(found) > 1:
        sentence = f"{work.key.name}: more than one record found for external id field"
        raise OrgError("DUPLICATE_EXTERNAL_ID", sentence, fields=(work.key.name,))
    if not found:
        return create_under(work.permit, cells), True
    change_under(work.permit, found[0]["Id"], cells)
    return str(found[0]["Id"]), False


def _meet(work: Work, value: str, kind: str = "id") -> None:
    """Refuse what stands twice in a batch. Code and sentence are unverified."""
    if not value:
        raise OrgError("MISSING_ARGUMENT", f"Id not specified in an {work.operation} call")
    if value in work.seen:
        raise OrgError("DUPLICATE_VALUE", f"Duplicate {kind} specified: {value}")
    work.seen.add(value)


OPERATIONS: dict[str, Callable[[Work, str, Mapping[str, Any]], tuple[str, bool]]] = {
    "insert": _insert,
    "update": _update,
    "upsert": _upsert,
    "delete": _delete,
    "hardDelete": _hard_delete,
}
