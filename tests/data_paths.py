"""Every way a client can change or read a Contact, each as one function of the same shape."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from urllib.parse import quote

from data_org import TinyOrg

from practice_org.app import handle
from practice_org.login.sessions import start_session
from practice_org.wire import Request

DATA = "/services/data/v63.0"
ASYNC = "/services/async/63.0/job"


@dataclass(frozen=True, slots=True)
class Hand:
    """One user of the org, at its raw doors."""

    here: TinyOrg
    user: str

    def ask(self, method, path, body=None, kind="application/json", **query) -> str:
        """The whole body of an answer, as text."""
        token = start_session(self.here.org, self.user)
        keys = {"authorization": f"Bearer {token}", "x-sfdc-session": token, "content-type": kind}
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        answer = handle(self.here.org, Request(method, path, query, keys, data))
        return b"".join((answer.body, *answer.more)).decode()

    def new(self, path, **asked) -> str:
        """The id of a new job."""
        made = json.loads(self.ask("POST", path, asked))
        return made.get("id", "") if isinstance(made, dict) else ""


def _csv(record_id, values) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["Id", *values], [record_id, *values.values()]])
    return out.getvalue()


def _typed(record_id, values) -> dict:
    return {"attributes": {"type": "Contact"}, "Id": record_id, **values}


def _patch(record_id, values) -> dict:
    return {"method": "PATCH", "url": f"{DATA}/sobjects/Contact/{record_id}", "body": values}


def by_rest(hand, record_id, values):
    hand.ask("PATCH", f"{DATA}/sobjects/Contact/{record_id}", values)


def by_collections(hand, record_id, values):
    hand.ask("PATCH", f"{DATA}/composite/sobjects", {"records": [_typed(record_id, values)]})


def by_composite(hand, record_id, values):
    part = {**_patch(record_id, values), "referenceId": "one"}
    hand.ask("POST", f"{DATA}/composite", {"compositeRequest": [part]})


def by_composite_batch(hand, record_id, values):
    part = {**_patch(record_id, values), "url": _patch(record_id, values)["url"][15:]}
    part["richInput"] = part.pop("body")
    hand.ask("POST", f"{DATA}/composite/batch", {"batchRequests": [part]})


def by_bulk_2(hand, record_id, values):
    jobs = f"{DATA}/jobs/ingest"
    job = hand.new(jobs, object="Contact", operation="update")
    hand.ask("PUT", f"{jobs}/{job}/batches", _csv(record_id, values), "text/csv")
    hand.ask("PATCH", f"{jobs}/{job}", {"state": "UploadComplete"})
    hand.ask("GET", f"{jobs}/{job}")


def by_bulk_1(hand, record_id, values):
    job = hand.new(ASYNC, object="Contact", operation="update", contentType="CSV")
    hand.ask("POST", f"{ASYNC}/{job}/batch", _csv(record_id, values), "text/csv")
    hand.ask("GET", f"{ASYNC}/{job}/batch")


WRITES = (by_rest, by_collections, by_composite, by_composite_batch, by_bulk_2, by_bulk_1)


def in_a_query(hand, record_id, field):
    return hand.ask("GET", f"{DATA}/query", q=_soql(field))


def in_a_query_of_all(hand, record_id, field):
    return hand.ask("GET", f"{DATA}/queryAll", q=_soql(field))


def in_a_record(hand, record_id, field):
    return hand.ask("GET", f"{DATA}/sobjects/Contact/{record_id}")


def in_a_collection(hand, record_id, field):
    path = f"{DATA}/composite/sobjects/Contact"
    return hand.ask("GET", path, ids=record_id, fields=f"Id,{field}")


def in_a_composite(hand, record_id, field):
    url = f"{DATA}/query?q={quote(_soql(field))}"
    part = {"method": "GET", "url": url, "referenceId": "one"}
    return hand.ask("POST", f"{DATA}/composite", {"compositeRequest": [part]})


def in_a_composite_batch(hand, record_id, field):
    part = {"method": "GET", "url": f"v63.0/sobjects/Contact/{record_id}"}
    return hand.ask("POST", f"{DATA}/composite/batch", {"batchRequests": [part]})


def in_bulk_2(hand, record_id, field):
    jobs = f"{DATA}/jobs/query"
    job = hand.new(jobs, operation="query", query=_soql(field))
    return hand.ask("GET", f"{jobs}/{job}/results")


def in_bulk_1(hand, record_id, field):
    job = hand.new(ASYNC, object="Contact", operation="query", contentType="CSV")
    where = f"{ASYNC}/{job}/batch"
    batch = _id_in(hand.ask("POST", where, _soql(field), "text/csv"))
    results = f"{where}/{batch}/result"
    return hand.ask("GET", f"{results}/{_id_in(hand.ask('GET', results))}")


READS = (
    in_a_query, in_a_query_of_all, in_a_record, in_a_collection, in_a_composite,
    in_a_composite_batch, in_bulk_2, in_bulk_1,
)  # fmt: skip


def _id_in(answer) -> str:
    """The first id of a batch or a result in an answer of the first Bulk API."""
    found = re.search(r"\b75[12]\w{12,15}\b", answer)
    return found[0] if found else "none"


def _soql(field) -> str:
    return f"SELECT Id, {field} FROM Contact"  # noqa: S608 - SOQL of a test, not SQL
