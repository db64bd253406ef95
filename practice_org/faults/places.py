"""The names for --at: the requests they stand for, or the inner step, and what can befall each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from practice_org.faults.sorts import Sort
from practice_org.wire import Request

_DATA = r"/services/data/v\d+\.\d"
_TOOLING = rf"{_DATA}/(?:tooling/)?"
_NAMED = rf"{_TOOLING}sobjects/\w+"
_RECORD = rf"{_NAMED}/[A-Za-z0-9]{{15,18}}"
_MANY = rf"{_DATA}/composite/sobjects"
_DEPLOY = rf"{_DATA}/metadata/deployRequest"
_INGEST = rf"{_DATA}/jobs/ingest"
_QUERY = rf"{_DATA}/jobs/query"
_SOAP = r"/services/Soap/m/.*"
_BODY = re.compile(rb"<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)")
_ANY = "GET POST PUT PATCH DELETE"

_WIRE = frozenset({Sort.TRANSPORT, Sort.CALL})
_SOAP_CALL = _WIRE | {Sort.SOAP}
_BULK = _WIRE | {Sort.BULK_CALL}
_ROWS = _WIRE | {Sort.ROW}
_NEW_ROWS = _ROWS | {Sort.NEW_ROW}


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests of these methods whose path matches whole; of SOAP, only these operations."""

    methods: str
    path: str
    operations: str = ""

    def matches(self, method: str, path: str, operation: str) -> bool:
        """Whether such a request is one of these; `operation` is SOAP's, "" elsewhere."""
        if method not in self.methods.split() or not re.fullmatch(self.path, path):
            return False
        return not self.operations or operation in self.operations.split()


@dataclass(frozen=True, slots=True)
class Place:
    """One name for --at; without `asked` it is a step inside the org that no request stands for."""

    takes: frozenset[Sort]
    what: str
    asked: tuple[Asked, ...] = ()


def _soap(operations: str, what: str, more: frozenset[Sort] = frozenset()) -> Place:
    return Place(_SOAP_CALL | more, what, (Asked("POST", _SOAP, operations),))


def _rest(
    methods: str, path: str, what: str, takes: frozenset[Sort] = _WIRE, soap: str = ""
) -> Place:
    asked = (Asked(methods, path),)
    return Place(takes, what, (*asked, Asked("POST", _SOAP, soap)) if soap else asked)


def _inner(*takes: Sort, what: str) -> Place:
    return Place(frozenset(takes), what)


_POLL = frozenset({Sort.POLL})
PLACES: Mapping[str, Place] = {
    "any": _rest(_ANY, r"/services/.*|/id/.*", "every request to Salesforce", _ROWS),
    "rest": _rest(_ANY, rf"{_DATA}(?:/.*)?", "every REST call", _ROWS),
    "soap": _soap("", "every Metadata API call over SOAP"),
    "writes": Place(
        frozenset({Sort.ROW, Sort.BULK_CALL}),
        "every record that is written, and every Bulk API call, reads too",
        (Asked(_ANY, rf"{_DATA}/jobs/.*|/services/async/.*"),),
    ),
    "token": _rest("POST", "/services/oauth2/token", "the OAuth token endpoint",
                   frozenset({Sort.TRANSPORT, Sort.LOGIN})),
    "login": _rest("POST", "/services/Soap/[uc]/.*", "SOAP login"),
    "identity": _rest("GET POST", "/services/oauth2/userinfo|/id/.*", "userinfo, identity URL"),
    "versions": _rest("GET", "/services/data", "the list of API versions"),
    "limits": _rest("GET", rf"{_DATA}/limits", "limits"),
    "describe": _rest("GET", rf"{_TOOLING}sobjects(?:/\w+(?:/describe)?)?", "describes"),
    "changes": _rest("GET", rf"{_NAMED}/(?:updated|deleted)", "getUpdated, getDeleted"),
    "query": _rest("GET", rf"{_TOOLING}(?:query|queryAll)", "query, queryAll",
                   _WIRE | {Sort.QUERY}),
    "query.more": _rest("GET", rf"{_TOOLING}(?:query|queryAll)/\w+", "their next pages",
                        _WIRE | {Sort.QUERY, Sort.LOCATOR}),
    "query.row": _inner(Sort.VIEW, what="the rows a query, getUpdated or a record's GET sees"),
    "tooling": _rest(_ANY, rf"{_DATA}/tooling/.*", "every Tooling API call",
                     _WIRE | {Sort.QUERY}),
    "record": _rest(_ANY, rf"{_NAMED}|{_RECORD}|{_NAMED}/\w+/[^/]+", "single records over REST",
                    _ROWS),
    "record.get": _rest("GET", _RECORD, "GET of one record"),
    "record.create": _rest("POST", _NAMED, "records created, over any interface", _NEW_ROWS),
    "record.update": _rest("PATCH", rf"{_RECORD}|{_NAMED}/\w+/[^/]+",
                           "records updated, over any interface", _ROWS),
    "record.delete": _rest("DELETE", _RECORD, "records deleted, over any interface", _ROWS),
    "collections": _rest(_ANY, rf"{_MANY}(?:/\w+)?", "sObject Collections",
                         _ROWS | {Sort.RESULT}),
    "collections.get": _rest("GET POST", rf"{_MANY}/\w+", "Collections, read"),
    "collections.create": _rest("POST", _MANY, "Collections, create",
                                _NEW_ROWS | {Sort.RESULT}),
    "collections.update": _rest("PATCH", _MANY, "Collections, update", _ROWS | {Sort.RESULT}),
    "collections.delete": _rest("DELETE", _MANY, "Collections, delete", _ROWS | {Sort.RESULT}),
    "composite": _rest("POST", rf"{_TOOLING}composite(?:/batch)?", "composite and batch", _ROWS),
    "metadata.deploy": _soap("deploy", "deploy()"),
    "metadata.checkDeployStatus": _soap("checkDeployStatus", "checkDeployStatus()", _POLL),
    "metadata.cancelDeploy": _soap("cancelDeploy", "cancelDeploy()"),
    "metadata.deployRecentValidation": _soap("deployRecentValidation", "quick deploy"),
    "metadata.retrieve": _soap("retrieve", "retrieve()"),
    "metadata.checkRetrieveStatus": _soap("checkRetrieveStatus checkStatus",
                                          "checkRetrieveStatus()", _POLL),
    "metadata.list": _soap("listMetadata", "listMetadata()"),
    "metadata.describe": _soap("describeMetadata", "describeMetadata()"),
    "metadata.read": _soap("readMetadata", "readMetadata()"),
    "metadata.write": _soap("createMetadata updateMetadata upsertMetadata deleteMetadata "
                            "renameMetadata", "updateMetadata() and its like"),
    "deployRequest": _rest(_ANY, rf"{_DEPLOY}(?:/\w+)?", "deployments over REST"),
    "deploy.start": _rest("POST", _DEPLOY, "deploy, over SOAP or REST", _WIRE,
                          "deploy deployRecentValidation"),
    "deploy.poll": _rest("GET", rf"{_DEPLOY}/\w+", "a deployment's status, over SOAP or REST",
                         _WIRE | _POLL, "checkDeployStatus"),
    "deploy.cancel": _rest("PATCH", rf"{_DEPLOY}/\w+", "cancelling, over SOAP or REST",
                           _WIRE | {Sort.CANCEL}, "cancelDeploy"),
    "deploy.run": _inner(Sort.DEPLOY, what="a deployment that is carried out"),
    "bulk": _rest(_ANY, rf"{_DATA}/jobs/.*", "every Bulk API 2.0 call", _BULK),
    "bulk.create": _rest("POST", _INGEST, "open an ingest job", _BULK),
    "bulk.upload": _rest("PUT", rf"{_INGEST}/\w+/batches", "upload its rows", _BULK),
    "bulk.close": _rest("PATCH", rf"{_INGEST}/\w+", "close or abort it", _BULK),
    "bulk.poll": _rest("GET", rf"{_INGEST}/\w+", "look at it", _BULK | {Sort.BULK_POLL}),
    "bulk.results": _rest("GET", rf"{_INGEST}/\w+/\w+", "fetch its results",
                          _BULK | {Sort.RESULT, Sort.BULK_POLL}),
    "bulk.job": _inner(Sort.JOB, what="an ingest job that is about to run"),
    "bulk.row": _inner(Sort.ROW, Sort.BULK_ROW, what="a row of an ingest job"),
    "bulk.query.create": _rest("POST", _QUERY, "open a query job", _BULK | {Sort.QUERY}),
    "bulk.query.poll": _rest("GET", rf"{_QUERY}/\w+", "look at it", _BULK | {Sort.BULK_POLL}),
    "bulk.query.results": _rest("GET", rf"{_QUERY}/\w+/results", "fetch its pages",
                                _BULK | {Sort.LOCATOR, Sort.BULK_POLL}),
    "async": _rest(_ANY, r"/services/async/.*", "every call of the first Bulk API"),
}  # fmt: skip


def places_of(request: Request) -> frozenset[str]:
    """The names that stand for this request; none for the practice org's own doors."""
    return _places(request.method, request.path, operation_of(request))


# A client asks for the same few things over and over, and there are fifty patterns.
@lru_cache(maxsize=1024)
def _places(method: str, path: str, operation: str) -> frozenset[str]:
    return frozenset(
        name
        for name, place in PLACES.items()
        if any(asked.matches(method, path, operation) for asked in place.asked)
    )


def operation_of(request: Request) -> str:
    """The SOAP operation asked for, "" elsewhere."""
    if not request.path.startswith("/services/Soap/"):
        return ""
    found = _BODY.search(request.body)
    return found[1].decode("ascii", "replace") if found else ""
