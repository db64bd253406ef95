"""Retrieves as jobs: asked for, ready by the org's clock, then fetched."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from practice_org.ids import to_18
from practice_org.metadata.retrieval import retrieve
from practice_org.org import Org
from practice_org.wire import OrgError


def start_retrieve(
    org: Org, user_id: str, members: dict[str, list[str]], version: float, *, single: bool
) -> str:
    """Queue a retrieve and return its id."""
    job_id = org.new_id("09S")
    request = json.dumps({"members": members, "single": single})
    org.db.execute(
        "INSERT INTO retrieve_job (id, user_id, version, request, created_at, status, result, zip) "
        "VALUES (?, ?, ?, ?, ?, 'Pending', '{}', x'')",
        (job_id, user_id, str(version), request, org.now().timestamp()),
    )
    return job_id


def advance_retrieves(org: Org) -> None:
    """Do the retrieves that are due; setting retrieve_seconds says how long one takes."""
    ready = org.now().timestamp() - float(org.setting("retrieve_seconds", "0"))
    rows = org.db.execute(
        "SELECT * FROM retrieve_job WHERE status = 'Pending' AND created_at <= ? ORDER BY number",
        (ready,),
    ).fetchall()
    before = org.user_id
    for row in rows:
        org.user_id = row["user_id"]
        asked = json.loads(row["request"])
        done = retrieve(org, asked["members"], float(row["version"]), single=asked["single"])
        result = {"fileProperties": list(done.properties), "messages": list(done.messages)}
        org.db.execute(
            "UPDATE retrieve_job SET status = 'Succeeded', result = ?, zip = ? WHERE id = ?",
            (json.dumps(result), done.zip, row["id"]),
        )
    org.user_id = before


def retrieve_result(org: Org, job_id: str, *, include_zip: bool) -> dict[str, Any]:
    """WSDL RetrieveResult. Errors: OrgError for an unknown id."""
    row = org.db.execute("SELECT * FROM retrieve_job WHERE id = ?", (to_18(job_id),)).fetchone()
    if row is None:
        raise OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    done = row["status"] == "Succeeded"
    stored = json.loads(row["result"])
    result: dict[str, Any] = {"done": done, **stored, "id": row["id"]}
    result |= {"status": row["status"] if done else "InProgress", "success": done}
    if done and include_zip:
        result["zipFile"] = b64encode(bytes(row["zip"])).decode()
    return result
