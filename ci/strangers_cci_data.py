"""CumulusCI's data tasks: the first Bulk API and Collections."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from strangers_cci import task, write_project
from strangers_flow import Flow, Part
from strangers_package import write_files
from strangers_simple import client
from strangers_stage import Stage, expect

OPT_OUT = "HasOptedOutOfEmail"
ROWS = 30
WHERE = "Email LIKE 'dataset%@example.com'"
FIELDS = ["FirstName", "LastName", "Email", OPT_OUT]


def _make_contacts(stage: Stage) -> list[dict[str, Any]]:
    """Contacts that the data tasks then move; they as the org has them."""
    new = [
        {
            "attributes": {"type": "Contact"},
            "FirstName": "Zoë",
            "LastName": f'Dataset "{n}", x',
            "Email": f"dataset{n}@example.com",
            OPT_OUT: n % 2 == 1,
        }
        for n in range(ROWS)
    ]
    body = {"allOrNone": True, "records": new}
    client(stage).restful("composite/sobjects", method="POST", json=body)
    return _kept(stage)


def _kept(stage: Stage) -> list[dict[str, Any]]:
    soql = f"SELECT Id, {', '.join(FIELDS)} FROM Contact WHERE {WHERE}"  # noqa: S608 - constants
    rows: list[dict[str, Any]] = client(stage).query_all(soql)["records"]
    return rows


def _values(rows: list[dict[str, Any]]) -> list[list[Any]]:
    return sorted([row[name] for name in FIELDS] for row in rows)


def _write_mapping(project: Path, api: str) -> None:
    """What extract_dataset and load_dataset move; JSON is YAML too."""
    step = {"sf_object": "Contact", "api": api, "fields": FIELDS, "soql_filter": WHERE}
    write_files(project, {"mapping.yml": json.dumps({"Contacts": step})})


def query(stage: Stage) -> None:
    project = write_project(stage)
    soql = "SELECT Id, LastName FROM Contact"
    task(stage, project, "query", "object=Contact", f"query={soql}", "result_file=out.csv")
    text = (project / "out.csv").read_text("utf-8")
    listed = [row["Id"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    counted = client(stage).query("SELECT COUNT() FROM Contact")["totalSize"]
    expect(len(listed) == len(set(listed)) == counted, "each row comes once", len(listed))


def _move(stage: Stage, api: str) -> None:
    """Extract a data set, delete its records, load it again: they are as they were."""
    project = write_project(stage)
    before = _make_contacts(stage)
    _write_mapping(project, api)
    files = ("mapping=mapping.yml", "sql_path=data.sql")
    task(stage, project, "extract_dataset", *files)
    ids = ",".join(row["Id"] for row in before)
    client(stage).restful("composite/sobjects", {"ids": ids}, method="DELETE")
    task(stage, project, "load_dataset", *files)
    after = _kept(stage)
    expect(_values(after) == _values(before), "they are as they were", _values(after)[:2])
    expect({row["Id"] for row in after}.isdisjoint(row["Id"] for row in before), "they are new")


def dataset_bulk(stage: Stage) -> None:
    _move(stage, "bulk")


def dataset_rest(stage: Stage) -> None:
    _move(stage, "rest")


def update_and_delete(stage: Stage) -> None:
    project = write_project(stage)
    _make_contacts(stage)
    recipe = [{"object": "Contact", "fields": {OPT_OUT: True}}]
    write_files(project, {"recipe.yml": json.dumps(recipe)})
    wanted = ("object=Contact", f"where={WHERE}", "recipe=recipe.yml", "api=bulk")
    task(stage, project, "update_data", *wanted)
    rows = _kept(stage)
    expect(len(rows) == ROWS and all(row[OPT_OUT] for row in rows), "every box is ticked", rows)
    task(stage, project, "delete_data", "objects=Contact", f"where={WHERE}", "api=bulk")
    expect(_kept(stage) == [], "they are gone")


FLOWS = (
    Flow("cci", "query", query, Part.CORE),
    Flow("cci", "extract_dataset, load_dataset, bulk", dataset_bulk),
    Flow("cci", "extract_dataset, load_dataset, rest", dataset_rest),
    Flow("cci", "update_data, delete_data, bulk", update_and_delete),
)
