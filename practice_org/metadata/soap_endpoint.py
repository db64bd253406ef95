"""The SOAP side of the Metadata API: /services/Soap/m/{version}, whatever stands behind it."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

from practice_org.login.callers import require_api
from practice_org.login.scopes import require_scope
from practice_org.login.sessions import session_user
from practice_org.metadata import crud
from practice_org.metadata.authors import require_metadata_rights
from practice_org.metadata.canonical import Node, escaped, fragment
from practice_org.metadata.job_status import as_xml, deploy_result
from practice_org.metadata.jobs import (
    Job,
    cancel_deploy,
    find_job,
    start_deploy,
    start_quick_deploy,
)
from practice_org.metadata.listing import describe_metadata, list_metadata
from practice_org.metadata.options import read_options
from practice_org.metadata.retrieve_jobs import retrieve_result, start_retrieve
from practice_org.org import Org
from practice_org.route import Call, route
from practice_org.wire import OrgError, Response, Xml, parse_xml, soap_response

LARGEST_REQUEST = 52_428_800
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def answer_soap(call: Call) -> Response:
    """Run the operation in the envelope. Errors: OrgError, which the app turns into a fault."""
    envelope = parse_xml(call.request.body)
    token = envelope.text("Header", "SessionHeader", "sessionId")
    user_id = session_user(call.org, token)
    call.org.user_id = user_id
    require_scope(call.org, token, "API")
    require_api(call.org, user_id)
    require_metadata_rights(call.org, user_id)
    body = envelope.child("Body")
    operation = next(iter(body.children()), None) if body is not None else None
    name = operation.name if operation is not None else ""
    run = OPERATIONS.get(name)
    if run is None or operation is None:
        raise OrgError(
            "UNSUPPORTED_OPERATION", f"This practice org does not emulate {name or 'an empty body'}"
        )
    results = run(call.org, operation, float(call.parts["v"]))
    return soap_response(f"<{name}Response>{results}</{name}Response>")


def _deploy(org: Org, asked: Xml, version: float) -> str:
    given: dict[str, Any] = {}
    options = asked.child("DeployOptions")
    for child in options.children() if options is not None else []:
        if child.name == "runTests":
            given.setdefault("runTests", []).append(child.text())
        else:
            given[child.name] = child.text()
    try:
        package = b64decode(asked.text("ZipFile"), validate=False)
    except binascii.Error as broken:
        # The code is unverified.
        raise OrgError("INVALID_XML", f"ZipFile is no base64: {broken}") from broken
    if len(asked.text("ZipFile")) > LARGEST_REQUEST:
        # The REST side is not bound by this limit of SOAP.
        sentence = f"Maximum size of request reached. Maximum size of request is {LARGEST_REQUEST}"
        raise OrgError("EXCEEDED_MAX_SIZE_REQUEST", f"{sentence} bytes.", status=500)
    job = start_deploy(org, org.user_id, package, read_options(given), version)
    return as_xml("result", {"done": False, "id": job.id, "state": "Queued"})


def _check_deploy(org: Org, asked: Xml, _version: float) -> str:
    job = _job(org, _id_in(asked))
    details = asked.text("includeDetails").lower() in {"true", "1"}
    return as_xml("result", deploy_result(org, job, details=details))


def _cancel(org: Org, asked: Xml, _version: float) -> str:
    job = cancel_deploy(org, org.user_id, _id_in(asked))
    return as_xml("result", {"done": job.done, "id": job.id})


def _quick_deploy(org: Org, asked: Xml, version: float) -> str:
    validated = asked.text("validationId") or _id_in(asked)
    return as_xml("result", start_quick_deploy(org, org.user_id, validated, version).id)


def _retrieve(org: Org, asked: Xml, version: float) -> str:
    request = asked.child("retrieveRequest") or asked.child("request")
    if request is None:
        raise OrgError("INVALID_XML", "retrieve needs a retrieveRequest")
    members: dict[str, list[str]] = {}
    unpackaged = request.child("unpackaged")
    for types in unpackaged.children("types") if unpackaged is not None else []:
        names = [member.text() for member in types.children("members")]
        members.setdefault(types.text("name"), []).extend(names)
    single = request.text("singlePackage").lower() in {"true", "1"}
    wanted = request.text("apiVersion") or request.text("unpackaged", "version")
    if wanted and not wanted.removesuffix(".0").isdigit():
        raise OrgError("INVALID_TYPE", f"Invalid version specified: {wanted}", status=500)
    chosen = float(wanted) if wanted else version
    job_id = start_retrieve(org, org.user_id, members, chosen, single=single)
    return as_xml("result", {"done": False, "id": job_id, "state": "Queued"})


def _check_retrieve(org: Org, asked: Xml, _version: float) -> str:
    include = asked.text("includeZip", default="true").lower() not in {"false", "0"}
    return as_xml("result", retrieve_result(org, _id_in(asked), include_zip=include))


def _check_status(org: Org, asked: Xml, _version: float) -> str:
    """CumulusCI polls retrieves with a call that the newer WSDLs have lost."""
    result = retrieve_result(org, _id_in(asked), include_zip=False)
    state = "Completed" if result["done"] else "InProgress"
    return as_xml("result", {"done": result["done"], "id": result["id"], "state": state})


def _list(org: Org, asked: Xml, _version: float) -> str:
    kinds = [query.text("type") for query in asked.children("queries")]
    return as_xml("result", list_metadata(org, kinds))


def _describe(org: Org, _asked: Xml, _version: float) -> str:
    return as_xml("result", describe_metadata(org))


def _read(org: Org, asked: Xml, _version: float) -> str:
    kind = asked.text("type")
    names = _texts(asked, "fullNames")
    crud.refuse_too_many(len(names))
    records = ""
    for name in names:
        found = crud.read_component(org, kind, name)
        if found is None:
            records += '<records xsi:nil="true"/>'
        else:
            inner = "".join(fragment(child) for child in found.children)
            records += f'<records xsi:type="{escaped(kind)}">{inner}</records>'
    return f"<result>{records}</result>"


def _save(wish: crud.Wish) -> Callable[[Org, Xml, float], str]:
    def run(org: Org, asked: Xml, version: float) -> str:
        given = asked.children("metadata")
        crud.refuse_too_many(len(given))
        saved = []
        for xml in given:
            kind = xml.element.get(_TYPE, "").rpartition(":")[2]
            node = replace(_node(xml.element), name=kind)
            saved.append(crud.save(org, wish, kind, node, version))
        return "".join(_saved(one, wish is crud.Wish.UPSERT) for one in saved)

    return run


def _delete(org: Org, asked: Xml, _version: float) -> str:
    names = _texts(asked, "fullNames")
    crud.refuse_too_many(len(names))
    return "".join(_saved(crud.delete(org, asked.text("type"), name)) for name in names)


def _rename(org: Org, asked: Xml, _version: float) -> str:
    old, new = asked.text("oldFullName"), asked.text("newFullName")
    return _saved(crud.rename(org, asked.text("type"), old, new))


def _saved(saved: crud.Saved, says_created: bool = False) -> str:  # noqa: FBT001, FBT002 - the WSDL's two result types differ in this alone
    row: dict[str, Any] = {"created": saved.created} if says_created else {}
    if saved.code:
        row["errors"] = {"message": saved.message, "statusCode": saved.code}
    return as_xml("result", {**row, "fullName": saved.full_name, "success": not saved.code})


def _node(element: ET.Element) -> Node:
    kids = [_node(child) for child in element if child.get(_NIL, "").lower() not in {"true", "1"}]
    text = "" if kids else element.text or ""
    return Node(element.tag.rpartition("}")[2], text, tuple(kids))


def _job(org: Org, job_id: str) -> Job:
    job = find_job(org, job_id)
    if job is None:
        raise OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    return job


def _id_in(asked: Xml) -> str:
    """The job's id: `asyncProcessId`, `id` or the WSDL's `String`, as the client likes."""
    names = ("asyncProcessId", "id", "String")
    return next((asked.text(name) for name in names if asked.text(name)), "")


def _texts(asked: Xml, name: str) -> list[str]:
    return [child.text() for child in asked.children(name)]


OPERATIONS: dict[str, Callable[[Org, Xml, float], str]] = {
    "deploy": _deploy,
    "checkDeployStatus": _check_deploy,
    "cancelDeploy": _cancel,
    "deployRecentValidation": _quick_deploy,
    "retrieve": _retrieve,
    "checkRetrieveStatus": _check_retrieve,
    "checkStatus": _check_status,
    "listMetadata": _list,
    "describeMetadata": _describe,
    "readMetadata": _read,
    "createMetadata": _save(crud.Wish.CREATE),
    "updateMetadata": _save(crud.Wish.UPDATE),
    "upsertMetadata": _save(crud.Wish.UPSERT),
    "deleteMetadata": _delete,
    "renameMetadata": _rename,
}
ROUTES = (route("POST", r"/services/Soap/m/(?P<v>\d+\.\d)(?:/.*)?", answer_soap, session=False),)
