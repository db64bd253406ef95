"""Every door through which bytes of others come in, and a good input of each to begin from."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from random import Random

from org_clock import START
from prove.badinput_made import a_url, a_zip, spoil, spoil_json
from prove.badinput_org import ANSWERS, ask_an_org
from sample_layouts import a_layout
from sample_pages import HEAD
from webhook_signing import delivery, secret

from deployer.clock import SystemClock
from deployer.errors import Exit
from deployer.layouts import edit_layout, layout_tree
from deployer.lightning.read import read_page
from deployer.model.plans import Aim, Plan, Wish
from deployer.planning import plan_file, snapshot
from deployer.planning.permission_sets import grant_edit
from deployer.rollout.journal import Journal
from deployer.rules import check_rules
from deployer.salesforce.archive import read_archive
from deployer.salesforce.bulk_csv import read_rows, shape_of
from deployer.salesforce.hosts import Origin, check_pinned, trusted_origin
from deployer.salesforce.login import read_sfdx_url
from deployer.salesforce.soap import read_envelope
from deployer.schema import check_schema
from deployer.settings.loading import load
from deployer.settings.secret import Secret
from sync.people.csv_people import Refused, to_person
from sync.people.csv_rows import CsvFile
from sync.people.importing import import_people
from sync.people.sql import open_embedded
from sync.settings import read_sync
from sync.webhooks.body import Arrival, to_unsubscribe
from sync.webhooks.door import Keyring, admit
from sync.webhooks.formats import Format
from sync.webhooks.mapping import OWN_SHAPE, BodyShape, FieldMap
from sync.webhooks.senders import Sender, SenderKind, read_senders

NS = "http://soap.sforce.com/2006/04/metadata"
FIELD = "HasOptedOutOfEmail"


class Kind(Enum):
    """What is counted together."""

    XML = "XML"
    JSON = "JSON"
    CSV = "CSV"
    ZIP = "zip"
    WEBHOOK = "webhook"
    URL = "URL"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Door:
    """`make` draws an input, `read` is what the product does with it, in an empty folder.

    `placed`: a refusal says where. `exits` are the exit codes that a refusal may have.
    """

    name: str
    kind: Kind
    count: int
    make: Callable[[Random], bytes]
    read: Callable[[bytes, Path], object]
    exits: tuple[Exit, ...] = (Exit.SAID_NO,)
    placed: bool = True


def _from(*good: bytes) -> Callable[[Random], bytes]:
    return lambda draw: spoil(draw.choice(good), draw)


def _json(*good: bytes) -> Callable[[Random], bytes]:
    return lambda draw: draw.choice((spoil, spoil_json, spoil_json))(draw.choice(good), draw)


def _metadata(name: str) -> Callable[[bytes, Path], object]:
    """What `optout validate` does with a file of this name."""

    def read(data: bytes, _folder: Path) -> object:
        layout_tree(data, where=name)
        return check_schema(data, name), check_rules(name, data)

    return read


PACKAGE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Package xmlns="{NS}">
    <types><members>Contact-Contact Layout</members><name>Layout</name></types>
    <types><members>Contact.Opt_Out__c</members><name>CustomField</name></types>
    <version>63.0</version>
</Package>
""".encode()
SET = f"""<?xml version="1.0" encoding="UTF-8"?>
<PermissionSet xmlns="{NS}">
    <fieldPermissions>
        <editable>false</editable><field>Contact.{FIELD}</field><readable>true</readable>
    </fieldPermissions>
    <hasActivationRequired>false</hasActivationRequired>
    <label>Opt Out</label>
</PermissionSet>
""".encode()
CUSTOM = f"""<?xml version="1.0" encoding="UTF-8"?>
<CustomField xmlns="{NS}">
    <fullName>Opt_Out__c</fullName><defaultValue>false</defaultValue>
    <label>Opt Out</label><type>Checkbox</type>
</CustomField>
""".encode()
PAGE = HEAD.encode() + b"<masterLabel>A</masterLabel><type>RecordPage</type>\n</FlexiPage>\n"
SOAP = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><listMetadataResponse '
    f'xmlns="{NS}"><result><fullName>A</fullName></result></listMetadataResponse></e:Body>'
    "</e:Envelope>"
).encode()
PLAN = plan_file.to_bytes(Plan(Aim.PUT, "00D000000000001AAA", "63.0", FIELD, ()), Wish())
ENTRY = json.dumps({
    "format": 1, "key": "k", "org_id": "00D000000000001AAA", "aim": "put", "field": FIELD,
    "created_at": START.isoformat(), "restores": "", "step": "applied",
}).encode()  # fmt: skip
SAID = json.dumps({
    "id": "msg_1", "person_id": "p", "occurred_at": START.isoformat(), "reason": "r",
    "source": {"name": ["s"]},
}).encode()  # fmt: skip
FORM = b"id=msg_1&who=ann%40example.com&at=2026-11-24T09%3A00%3A00Z"
PEOPLE = (
    b"person_id,email,salesforce_id,unsubscribed,unsubscribed_at,source,reason\n"
    b"ann,ann@example.com,003000000000001AAA,true,2026-11-24T09:00:00Z,Manual,asked\n"
    b'bob,"bob@example.com",00Q000000000001AAA,false,,,\n'
)
RESULTS = b'"sf__Id","sf__Error","Id"\n"003000000000001AAA","","003000000000001AAA"\n'
TOML = b"""org = "acme"
wait = 33
[orgs.acme]
instance_url = "https://acme.my.salesforce.com"
org_id = "00D000000000001AAA"
[orgs.acme.deployer]
login = "jwt"
client_id = "x"
username = "u"
key_file = "k.pem"
[sync]
at = "02:00"
timezone = "Europe/Berlin"
[sync.senders.shop]
kind = "standard-webhooks"
secret_env = "SHOP"
[people]
"""
SHOP = Sender("shop", SenderKind.STANDARD_WEBHOOKS, "", OWN_SHAPE, ())
BY_FORM = BodyShape(Format.FORM, FieldMap(id="id", email="who", occurred_at="at"))


def _journal(data: bytes, folder: Path) -> object:
    journal = Journal(folder, "00D000000000001AAA")
    entry = journal.snapshot_path("k").with_name("deploy.json")
    entry.parent.mkdir(parents=True)
    entry.write_bytes(data)
    return journal.entries()


def _deliver(data: bytes, _folder: Path) -> object:
    """Three lines of headers, then the body."""
    webhook_id, seconds, signature, body = (*data.split(b"\n", 3), b"", b"", b"", b"")[:4]
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    values = (each.decode("latin-1") for each in (webhook_id, seconds, signature))
    keyring = Keyring({"shop": SHOP}, [secret("shop")], [])
    admitted = admit(dict(zip(names, values, strict=True)), body, keyring, START)
    return to_unsubscribe(body, admitted.arrival)


def _delivery(draw: Random) -> bytes:
    body = spoil(SAID, draw) if draw.random() < 0.5 else SAID
    signed = "\n".join(delivery(body, at=START).values()).encode() + b"\n" + body
    return spoil(signed, draw) if body == SAID else signed


def _people(data: bytes, folder: Path) -> object:
    file = folder / "in.csv"
    file.write_bytes(data)
    store = open_embedded(folder / "people.sqlite", SystemClock())
    try:
        taken = import_people(store, file, folder / "in.rejected.csv", str)
        known = len(list(store.everybody()))
    finally:
        store.close()
    return taken, known


def _rows(data: bytes, _folder: Path) -> object:
    """Rows of people without a store, as often as a fuzzer asks."""
    with io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", "surrogateescape", newline="") as text:
        rows = CsvFile(text, "in.csv")
        for row in rows:
            with suppress(Refused):
                to_person(row.cells, rows.places, len(rows.header))


def _results(data: bytes, folder: Path) -> object:
    file = folder / "page.csv"
    file.write_bytes(data)
    shape_of(file)
    return list(read_rows(file))


def _address(data: bytes, _folder: Path) -> object:
    url = data.decode("utf-8", "surrogatepass")
    trusted = trusted_origin(url, Origin("acme.my.salesforce.com"))
    if trusted.port != 443 or not trusted.host.endswith(".salesforce.com"):
        raise AssertionError(f"{trusted} was trusted")
    return check_pinned(url, frozenset({trusted}))


def _settings(data: bytes, folder: Path) -> object:
    file = folder / "optout.toml"
    file.write_bytes(data)
    settings = load(file, environ={"OPTOUT_HOME": f"{folder}"}, cwd=folder)
    return settings.resolve(), read_sync(settings), read_senders(settings.file)


_USAGE, _LATER = (Exit.USAGE,), (Exit.TRY_LATER, Exit.SAID_NO)
DOORS = (
    Door("layout", Kind.XML, 140, _from(a_layout("Email", "Phone"), a_layout(FIELD)),
         lambda data, _folder: edit_layout(data, FIELD, where="a.layout")),
    Door("Lightning page", Kind.XML, 40, _from(PAGE),
         lambda data, _folder: read_page(data, where="a.flexipage")),
    Door("package.xml", Kind.XML, 60, _from(PACKAGE), _metadata("package.xml")),
    Door("permission set", Kind.XML, 50, _from(SET), _metadata("a.permissionset")),
    Door("permission set to edit", Kind.XML, 40, _from(SET),
         lambda data, _folder: grant_edit(data, f"Contact.{FIELD}"), placed=False),
    Door("custom field", Kind.XML, 50, _from(CUSTOM), _metadata("Opt_Out__c.field")),
    Door("SOAP answer", Kind.XML, 40, _from(SOAP),
         lambda data, _folder: read_envelope(data, "listMetadata"), _LATER, placed=False),
    Door("plan", Kind.JSON, 80, _json(PLAN), lambda data, _folder: plan_file.from_bytes(data, "p")),
    Door("journal", Kind.JSON, 40, _json(ENTRY), _journal),
    Door("org's answer", Kind.JSON, 80, _json(*ANSWERS), ask_an_org, _LATER, placed=False),
    Door("webhook's JSON", Kind.JSON, 100, _json(SAID),
         lambda data, _folder: to_unsubscribe(data, Arrival(START, "msg_1"))),
    Door("people", Kind.CSV, 180, _from(PEOPLE), _people, _USAGE),
    Door("rows of people", Kind.CSV, 40, _from(PEOPLE), _rows, _USAGE),
    Door("bulk results", Kind.CSV, 120, _from(RESULTS), _results, _LATER, placed=False),
    Door("retrieved zip", Kind.ZIP, 110, lambda draw: a_zip(draw, ("layouts/Contact-A.layout",)),
         lambda data, _folder: read_archive(data), placed=False),
    Door("snapshot", Kind.ZIP, 40, lambda draw: a_zip(draw, ("snapshot.json",)),
         lambda data, _folder: snapshot.from_bytes(data, "s.zip")),
    Door("delivery", Kind.WEBHOOK, 150, _delivery, _deliver, placed=False),
    Door("webhook's form", Kind.WEBHOOK, 50, _from(FORM),
         lambda data, _folder: to_unsubscribe(data, Arrival(START, "msg_1"), BY_FORM)),
    Door("address", Kind.URL, 140, lambda draw: a_url(draw).encode("utf-8", "surrogatepass"),
         _address, placed=False),
    Door("sfdx auth URL", Kind.URL, 60, _from(b"force://PlatformCLI::5Aep861@acme.my.salesforce.com",
         b'{"result": {"sfdxAuthUrl": "force://a:b:c@acme.my.salesforce.com"}}'),
         lambda data, _folder: read_sfdx_url(Secret(data.decode("utf-8", "replace"))), _USAGE),
    Door("settings", Kind.CONFIG, 100, _from(TOML), _settings, _USAGE),
)  # fmt: skip
# Readers that a fuzzer is set on: one of each kind of bytes.
FUZZED = ("layout", "plan", "rows of people", "delivery", "settings", "retrieved zip")
