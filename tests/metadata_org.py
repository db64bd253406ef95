"""A small practice org whose clock a test holds, and the calls clients of the Metadata API make."""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from practice_org.app import handle, open_practice_org
from practice_org.login.sessions import start_session
from practice_org.metadata.canonical import parse_metadata, serialise
from practice_org.metadata.components import find_component, load_component
from practice_org.metadata.package import manifest, to_zip
from practice_org.org import Org
from practice_org.tables import insert_row
from practice_org.wire import Request, Response, Xml, parse_xml

NS = "http://soap.sforce.com/2006/04/metadata"
BOTH = {"rollbackOnError": True, "singlePackage": True}
CONTACT = "Contact-Contact Layout"


@dataclass
class Clock:
    """A time that moves only when told."""

    at: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Lab:
    """The org, its clock, and a token of a user who may use the Metadata API."""

    org: Org
    clock: Clock
    token: str
    user_id: str
    profile_id: str = ""
    version: str = "63.0"

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        path, _, query = path.partition("?")
        pairs = dict(pair.split("=") for pair in query.split("&") if pair)
        auth = {"authorization": f"Bearer {self.token}"}
        request = Request(method, path, pairs, {**auth, **named}, body)
        return handle(self.org, request)

    def soap(self, operation: str, inner: str = "", path: str = "") -> Xml:
        """The body of the answer: <operationResponse> or a Fault."""
        envelope = (
            f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{NS}" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Header><SessionHeader>'
            f"<sessionId>{self.token}</sessionId></SessionHeader></e:Header>"
            f"<e:Body><{operation}>{inner}</{operation}></e:Body></e:Envelope>"
        )
        where = f"/services/Soap/m/{self.version}{path}"
        answer = self.ask("POST", where, envelope.encode(), content_type="text/xml")
        body = parse_xml(answer.body).child("Body")
        assert body is not None
        return body.children()[0]

    def rest(self, method: str, path: str = "", body: bytes = b"", kind: str = "application/json"):
        where = f"/services/data/v{self.version}/metadata/deployRequest{path}"
        answer = self.ask(method, where, body, content_type=kind)
        return json.loads(answer.body)

    def start(self, files: Mapping[str, str], **options: Any) -> str:
        """Send a package over SOAP and return the job's id."""
        return self.start_zip(zipped(files), **options)

    def start_zip(self, data: bytes, **options: Any) -> str:
        given = "".join(f"<{k}>{v}</{k}>" for k, v in {**BOTH, **options}.items())
        inner = f"<ZipFile>{b64encode(data).decode()}</ZipFile><DeployOptions>{given}"
        answer = self.soap("deploy", f"{inner}</DeployOptions>")
        return answer.text("result", "id") or answer.text("faultstring")

    def status(self, job_id: str) -> dict[str, Any]:
        """The DeployResult with details."""
        result: dict[str, Any] = self.rest("GET", f"/{job_id}?includeDetails=true")["deployResult"]
        return result

    def deploy(self, files: Mapping[str, str], **options: Any) -> dict[str, Any]:
        """Deploy and wait by moving the clock."""
        job_id = self.start(files, **options)
        self.clock.move(1)
        return self.status(job_id)

    def retrieve(self, members: Mapping[str, list[str]], *, single: bool = True) -> Xml:
        types = "".join(
            f"<types>{''.join(f'<members>{n}</members>' for n in names)}<name>{kind}</name></types>"
            for kind, names in members.items()
        )
        inner = f"<singlePackage>{single}</singlePackage><unpackaged>{types}</unpackaged>"
        asked = self.soap("retrieve", f"<retrieveRequest>{inner}</retrieveRequest>")
        job = f"<asyncProcessId>{asked.text('result', 'id')}</asyncProcessId>"
        result = self.soap("checkRetrieveStatus", job).child("result")
        assert result is not None
        return result

    def files(self, members: Mapping[str, list[str]], *, single: bool = True) -> dict[str, str]:
        """What a retrieve's zip holds."""
        return unzipped(b64decode(self.retrieve(members, single=single).text("zipFile")))

    def load(self, kind: str, name: str, xml: str, namespace: str = "") -> None:
        load_component(self.org, kind, name, xml.encode(), namespace)

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self.org.set_setting(name, value)


def open_lab(path: Path | str = ":memory:", *, sandbox: bool = True) -> Lab:
    """A new org with an administrator; deployments take 0.2 s."""
    clock = Clock()
    org = open_practice_org(path, clock)
    org.set_setting("person_accounts", "1")
    insert_row(org, "Organization", {"Name": "Lab", "IsSandbox": sandbox})
    profile = insert_row(org, "Profile", {"Name": "System Administrator"})
    names = ("ApiEnabled", "ModifyMetadata", "CustomizeApplication", "ManageProfilesPermissionsets")
    rights = {f"Permissions{name}": True for name in names}
    owned = {"Name": "X00e1", "Label": "x", "IsOwnedByProfile": True, "ProfileId": profile}
    insert_row(org, "PermissionSet", {**owned, **rights})
    person = {"Username": "ada@lab.test", "FirstName": "Ada", "LastName": "Admin"}
    user = insert_row(org, "User", {**person, "ProfileId": profile})
    return Lab(org, clock, start_session(org, user, client="test"), user, profile)


def zipped(files: Mapping[str, str]) -> bytes:
    return to_zip({path: text.encode() for path, text in files.items()})


def unzipped(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def package_xml(members: Mapping[str, list[str]], version: float = 63.0) -> str:
    return serialise(manifest(members, version)).decode()


def with_namespace(text: str) -> str:
    """The text with the metadata namespace on its first element."""
    head, close, rest = text.partition(">")
    if "xmlns" in head or not close:
        return text
    slash = "/" if head.endswith("/") else ""
    return f'{head.removesuffix("/")} xmlns="{NS}"{slash}>{rest}'


def layout_xml(*fields: str, required: tuple[str, ...] = ("Name",)) -> str:
    """A layout of one section with these fields in its first column."""
    items = "".join(
        f"<layoutItems><behavior>{behavior}</behavior><field>{name}</field></layoutItems>"
        for behavior, names in (("Required", required), ("Edit", fields))
        for name in names
    )
    columns = f"<layoutColumns>{items}</layoutColumns><layoutColumns/>"
    section = f"<layoutSections><label>Info</label>{columns}"
    xml = f'<Layout xmlns="{NS}">{section}<style>TwoColumnsTopToBottom</style></layoutSections>'
    return serialise(parse_metadata(f"{xml}</Layout>".encode())).decode()


def one_layout(xml: str, name: str = CONTACT) -> dict[str, str]:
    """A package of one layout."""
    return {"package.xml": package_xml({"Layout": [name]}), f"layouts/{name}.layout": xml}


CHECKBOX = (
    "<fields><fullName>Opt__c</fullName><defaultValue>false</defaultValue><label>Opt</label>"
    "<type>Checkbox</type></fields>"
)


def object_xml(inner: str) -> str:
    return with_namespace(f"<CustomObject>{inner}</CustomObject>")


def set_xml(*fields: str, more: str = "") -> str:
    grants = "".join(
        f"<fieldPermissions><editable>true</editable><field>{f}</field></fieldPermissions>"
        for f in fields
    )
    return with_namespace(f"<PermissionSet>{grants}<label>Opt</label>{more}</PermissionSet>")


def set_files(xml: str) -> dict[str, str]:
    named = package_xml({"PermissionSet": ["Opt"]})
    return {"package.xml": named, "permissionsets/Opt.permissionset": xml}


def field_files(*fields: str, inner: str = CHECKBOX) -> dict[str, str]:
    return {
        "package.xml": package_xml({"CustomField": list(fields)}),
        "objects/Contact.object": object_xml(inner),
    }


def destroy(kind: str, name: str, part: str = "") -> dict[str, str]:
    gone = package_xml({kind: [name]})
    return {"package.xml": package_xml({}), f"destructiveChanges{part}.xml": gone}


def fields_on(lab: Lab, name: str = CONTACT) -> list[str]:
    """The fields of a stored layout, in order."""
    found = find_component(lab.org, "Layout", name)
    body = found.body.decode() if found else ""
    return [line.strip()[7:-8] for line in body.splitlines() if line.strip().startswith("<field>")]
