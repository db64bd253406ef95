"""Fetch components' files: retrieve, poll, and read the zip in memory."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from deployer.clock import Clock
from deployer.errors import OrgSaidNo, TryLater
from deployer.salesforce.answers import bad_answer
from deployer.salesforce.archive import read_archive
from deployer.salesforce.client import Connection
from deployer.salesforce.faults import Refusal, harmless, to_error
from deployer.salesforce.listing import ListedComponent, read_component
from deployer.salesforce.soap import child, children, element, text_of, texts

_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What came back: files by zip path without "unpackaged/" (package.xml included).

    `listed` says who changed each file last; `messages` are the org's own warnings, such as
    "Entity of type 'Layout' named 'X' cannot be found".
    """

    files: Mapping[str, bytes]
    listed: tuple[ListedComponent, ...]
    messages: tuple[str, ...]


def fetch_components(
    connection: Connection, members: Mapping[str, Sequence[str]], clock: Clock, deadline_s: float
) -> Retrieved:
    """Retrieve these components (type -> full names, as the org spells them) in one job.

    Waits `deadline_s` seconds at most. Errors: TryLater at the deadline; OrgSaidNo when the
    retrieve failed; BadInput for a zip that Salesforce would not send.
    """
    until = clock.monotonic_s() + deadline_s
    answer = connection.call_soap("retrieve", _request(members, connection.version))
    job_id = text_of(_result(answer), "id")
    if not job_id:
        raise bad_answer("the retrieve has no id")
    wait = _FIRST_WAIT_S
    while True:
        result = _fetch_status(connection, job_id)
        if text_of(result, "done") == "true":
            found = _read_result(result)
            return replace(found, files=_as_asked(found.files, members))
        if clock.monotonic_s() > until:
            raise TryLater(
                f"the org did not finish the retrieve within {deadline_s:.0f} s",
                where=job_id,
                hint="the org is busy; run the same command again in a few minutes",
            )
        clock.sleep(wait)
        wait = min(wait * 1.5, _LONGEST_WAIT_S)


def _request(members: Mapping[str, Sequence[str]], version: str) -> ET.Element:
    types = (
        element("types", *texts("members", sorted(names)), element("name", type_name))
        for type_name, names in sorted(members.items())
    )
    return element(
        "retrieve",
        element(
            "retrieveRequest",
            element("apiVersion", version),
            element("singlePackage", "true"),
            element("unpackaged", *types, element("version", version)),
        ),
    )


def _fetch_status(connection: Connection, job_id: str) -> ET.Element:
    arguments = element(
        "checkRetrieveStatus", element("asyncProcessId", job_id), element("includeZip", "true")
    )
    return _result(connection.call_soap("checkRetrieveStatus", arguments))


def _result(answer: ET.Element) -> ET.Element:
    result = child(answer, "result")
    if result is None:
        raise bad_answer("result is missing")
    return result


def _as_asked(files: Mapping[str, bytes], members: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
    """The files by the names that were asked for, should the archive escape others of them.

    Names are compared decoded; that an archive ever spells a name differently is unverified.
    """
    spelled = {unquote(name): name for names in members.values() for name in names}
    return {_respelled(path, spelled): content for path, content in files.items()}


def _respelled(path: str, spelled: Mapping[str, str]) -> str:
    folder, _, file_name = path.rpartition("/")
    stem, dot, ending = file_name.rpartition(".")
    return f"{folder}/{spelled.get(unquote(stem), stem)}{dot}{ending}" if folder else path


def _read_result(result: ET.Element) -> Retrieved:
    status = text_of(result, "status")
    if status != "Succeeded":
        raise _failure(result, status)
    try:
        packed = base64.b64decode(text_of(result, "zipFile"), validate=False)
    except binascii.Error as broken:
        raise bad_answer("zipFile is not base64") from broken
    messages = (
        f"{text_of(m, 'fileName')}: {harmless(text_of(m, 'problem'))}"
        for m in children(result, "messages")
    )
    return Retrieved(
        files=read_archive(packed),
        listed=tuple(read_component(entry) for entry in children(result, "fileProperties")),
        messages=tuple(messages),
    )


def _failure(result: ET.Element, status: str) -> Exception:
    code, message = text_of(result, "errorStatusCode"), text_of(result, "errorMessage")
    if code:
        return to_error(Refusal(200, code, message), where="retrieve")
    return OrgSaidNo(
        f"the retrieve ended as {status or 'nothing'}: {harmless(message) or 'no reason given'}",
        where="retrieve",
        hint="run the same command again; ask the admin whether the org limits retrieves",
    )
