"""What the org says it has: listMetadata and describeMetadata."""

from __future__ import annotations

from typing import Any

from practice_org.metadata.catalogue import list_any
from practice_org.metadata.options import is_sandbox
from practice_org.metadata.package import CHILDREN, SUFFIXES
from practice_org.metadata.retrieval import has_file, listed_properties
from practice_org.org import Org
from practice_org.wire import OrgError

MOST_QUERIES = 3


def list_metadata(org: Org, kinds: list[str]) -> list[dict[str, Any]]:
    """FileProperties of every component of these types; a type that is not emulated is empty.

    Errors: OrgError for more than three types in one call.
    """
    if len(kinds) > MOST_QUERIES:
        # The limit is the guide's; the sentence is unverified.
        sentence = f"record limit reached. cannot submit more than {MOST_QUERIES} queries"
        raise OrgError("EXCEEDED_ID_LIMIT", f"{sentence} into this call")
    filed = [kind for kind in kinds if has_file(kind)]
    return [listed_properties(org, found) for kind in filed for found in list_any(org, kind)]


def describe_metadata(org: Org) -> dict[str, Any]:
    """WSDL DescribeMetadataResult: the types this org emulates."""
    types = [
        {
            **({"childXmlNames": [*CHILDREN]} if kind == "CustomObject" else {}),
            "directoryName": folder,
            "inFolder": False,
            "metaFile": False,
            "suffix": suffix.removeprefix("."),
            "xmlName": kind,
        }
        for kind, (folder, suffix) in SUFFIXES.items()
    ]
    return {
        "metadataObjects": types,
        "organizationNamespace": "",
        "partialSaveAllowed": is_sandbox(org),
        "testRequired": not is_sandbox(org),
    }
