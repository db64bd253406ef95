"""Programs that copy whole orgs: each must read every Contact and Lead there is, once.

They hard-code Salesforce's hosts and get here through the org's CONNECT. What they have read is
compared with the org's own tables, not with another of its answers.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from strangers_flow import Flow, Part
from strangers_package import write_files
from strangers_simple import client
from strangers_stage import Practice, Stage, expect, refresh_token, run

STREAMS = ("Contact", "Lead")
DELETED = 5
EARLY = "2000-01-01T00:00:00Z"


def _prepare(stage: Stage) -> dict[str, str]:
    """Delete some records and point the proxy at the org; the app's credentials."""
    for name in STREAMS:
        soql = f"SELECT Id FROM {name} LIMIT {DELETED}"  # noqa: S608 - constants
        ids = ",".join(row["Id"] for row in client(stage).query(soql)["records"])
        client(stage).restful("composite/sobjects", {"ids": ids}, method="DELETE")
    token = refresh_token(stage)
    os.environ["HTTPS_PROXY"] = stage.http
    os.environ["NO_PROXY"] = "localhost,127.0.0.1"
    app = {name: str(stage.facts[name]) for name in ("client_id", "client_secret")}
    return {**app, "refresh_token": token}


def _held(stage: Stage, name: str) -> set[str]:
    """The ids in the org's table, what is in the recycle bin too."""
    file = stage.home.parent / "optout/practice-org/org.sqlite"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30) as db:
        ids = {str(row[0]) for row in db.execute(f'SELECT "Id" FROM "{name}"')}  # noqa: S608 - constants
    db.close()
    return ids


def _expect_all(stage: Stage, records: Iterator[tuple[str, dict[str, Any]]]) -> None:
    """Each row of both objects was read, and none twice."""
    read: dict[str, Counter[str]] = {name: Counter() for name in STREAMS}
    deleted: Counter[str] = Counter()
    for name, record in records:
        read[name][record["Id"]] += 1
        deleted[name] += str(record["IsDeleted"]).lower() == "true"
    for name in STREAMS:
        held = _held(stage, name)
        print(f"{name}: {len(held)} held, {len(read[name])} read, {deleted[name]} of them deleted")
        expect(set(read[name]) == held, f"every {name} is read", held ^ set(read[name]))
        expect(set(read[name].values()) == {1}, f"no {name} is read twice", read[name])
        expect(deleted[name] == DELETED, f"the deleted {name}s are read too", deleted[name])


def _tap(stage: Stage, api_type: str) -> None:
    config = {**_prepare(stage), "api_type": api_type, "start_date": EARLY}
    work = write_files(stage.home / "tap", {"config.json": json.dumps(config)})
    told = run([stage.clients.tap, "--config", work / "config.json", "--discover"]).out
    write_files(work, {"catalog.json": json.dumps(_selected(json.loads(told)))})
    files = ["--config", work / "config.json", "--properties", work / "catalog.json"]
    said = run([stage.clients.tap, *files])
    _expect_all(stage, _singer_records(said.out))


def _selected(catalog: dict[str, Any]) -> dict[str, Any]:
    """The catalog with both objects chosen, every field of theirs."""
    streams = [stream for stream in catalog["streams"] if stream["stream"] in STREAMS]
    expect(len(streams) == len(STREAMS), "both objects are discovered", len(catalog["streams"]))
    chosen = {
        "selected": True,
        "replication-method": "INCREMENTAL",
        "replication-key": "SystemModstamp",
    }
    for stream in streams:
        for entry in stream["metadata"]:
            entry["metadata"] |= {"selected": True} if entry["breadcrumb"] else chosen
    return {"streams": streams}


def _singer_records(out: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in out.splitlines():
        message = json.loads(line)
        if message["type"] == "RECORD":
            yield message["stream"], message["record"]


def tap_bulk(stage: Stage) -> None:
    _tap(stage, "BULK")


def tap_rest(stage: Stage) -> None:
    _tap(stage, "REST")


def airbyte(stage: Stage) -> None:
    """Discover, choose both objects, read; it uses Bulk API 2.0 queries."""
    wanted = [{"criteria": "exacts", "value": name} for name in STREAMS]
    ways = {"force_use_bulk_api": True, "streams_criteria": wanted, "auth_type": "Client"}
    config = {**_prepare(stage), **ways, "start_date": EARLY}
    work = write_files(stage.home / "airbyte", {"config.json": json.dumps(config)})
    files: list[str | Path] = ["--config", work / "config.json"]
    told = run([stage.clients.airbyte, "discover", *files], cwd=work).out
    (found,) = [each["catalog"] for each in _airbyte_messages(told, "CATALOG")]
    mode = {"sync_mode": "full_refresh", "destination_sync_mode": "append"}
    streams = [{"stream": each, **mode} for each in found["streams"] if each["name"] in STREAMS]
    write_files(work, {"catalog.json": json.dumps({"streams": streams})})
    catalog: list[str | Path] = ["--catalog", work / "catalog.json"]
    said = run([stage.clients.airbyte, "read", *files, *catalog], cwd=work)
    records = [each["record"] for each in _airbyte_messages(said.out, "RECORD")]
    _expect_all(stage, ((record["stream"], record["data"]) for record in records))


def _airbyte_messages(out: str, kind: str) -> Iterator[dict[str, Any]]:
    for line in out.splitlines():
        message = json.loads(line)
        if message["type"] == kind:
            yield message


# Small result files make several of each.
PAGES = Practice({"bulk_page_rows": "200"})
FLOWS = (
    Flow(
        "tap-salesforce", "every Contact and Lead by the first Bulk API", tap_bulk, Part.CORE, PAGES
    ),
    Flow("tap-salesforce", "every Contact and Lead by REST", tap_rest),
    Flow("airbyte", "every Contact and Lead by Bulk API 2.0", airbyte, practice=PAGES),
)
