"""Salesforce's own schema, taken at run time from the WSDL that simple-salesforce installs.

Only the types that our files can reach are compiled, and that cut is kept on disk. The WSDL is
Salesforce's and is never part of this project; it is Metadata API 63.0.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from lxml import etree

from deployer.errors import UsageError
from deployer.layouts.scan import NAMESPACE
from deployer.model.findings import Finding, Severity
from deployer.model.org import SCHEMA_API_VERSION
from deployer.state import home, write_private

ROOTS = (
    "CustomField",
    "CustomObject",
    "FlexiPage",
    "Layout",
    "LeadConvertSettings",
    "Package",
    "PermissionSet",
    "Profile",
)
SOURCE = f"Salesforce Metadata API {SCHEMA_API_VERSION}, metadata.wsdl"
_FORMAT = "1"
_XSD = "{http://www.w3.org/2001/XMLSchema}"
_REPAIR = "write the element as Salesforce's Metadata API reference shows it"
_ORDER = "nothing, if Salesforce wrote the file; else put the elements in the reference's order"

Children = Mapping[str, str]
"""Of one type, in schema order: child element -> its type ("" for text)."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The compiled schema, and for each type what may stand in it."""

    compiled: etree.XMLSchema
    children: Mapping[str, Children]
    text: bytes


def check_schema(data: bytes, where: str = "", *, cache: Path | None = None) -> list[Finding]:
    """Hold a metadata file against the schema; an empty list means valid.

    `where` of a finding is file:line. Elements in another order are warnings, since Salesforce
    reads them; unknown elements, same-named ones that do not stand together, wrong values and
    missing elements are failures. Errors: UsageError when the installed schema cannot be found.
    """
    schema = open_schema(cache)
    try:
        tree = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as broken:
        at = f"{where}:{broken.lineno}:{broken.offset}"
        hint = "repair the file at that place, or retrieve it again"
        return [_fail("xml", at, f"this is not well-formed XML: {broken.msg}", hint)]
    if tree.getroottree().docinfo.doctype:
        what, hint = "the file has a DOCTYPE, which metadata never needs", "delete the DOCTYPE line"
        return [_fail("xml-doctype", f"{where}:1", what, hint)]
    root = etree.QName(tree)
    if root.namespace != NAMESPACE or root.localname not in ROOTS:
        what = f"the root element {root.localname} is not a metadata type this schema knows"
        return [_fail("schema-root", f"{where}:{tree.sourceline}", what, _REPAIR)]
    if schema.compiled.validate(tree):
        return []
    return [*_straighten(tree, root.localname, schema, where), *_explain(tree, schema, where)]


def new_schema_errors(
    before: bytes, after: bytes, where: str = "", *, cache: Path | None = None
) -> list[Finding]:
    """What the schema finds in `after` that it did not find in `before`, lines aside."""
    found = check_schema(after, where, cache=cache)
    if not found:
        return []
    known = Counter((f.rule, f.what) for f in check_schema(before, where, cache=cache))
    return [f for f in found if not _take(known, (f.rule, f.what))]


def _take(known: Counter[tuple[str, str]], key: tuple[str, str]) -> bool:
    known[key] -= 1
    return known[key] >= 0


@lru_cache(maxsize=4)
def open_schema(cache: Path | None = None) -> Schema:
    """Compile the cut schema, from `cache` when it is there (default: the state folder's cache).

    A cache that cannot be written is no error: the cut is made again next time.
    """
    folder = cache if cache is not None else home() / "cache"
    wsdl = _wsdl_path().read_bytes()
    kept = folder / f"metadata-{hashlib.sha256(_FORMAT.encode() + wsdl).hexdigest()[:16]}.xsd"
    try:
        return _compile(kept.read_bytes())
    except (OSError, etree.LxmlError):
        text = _cut(wsdl)
    with suppress(OSError):
        write_private(kept, text)
    return _compile(text)


def _compile(text: bytes) -> Schema:
    tree = etree.fromstring(text, _parser())
    return Schema(etree.XMLSchema(tree), _children_of(tree), text)


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _wsdl_path() -> Path:
    """Found without importing the package, which would cost a second."""
    found = importlib.util.find_spec("simple_salesforce")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "metadata.wsdl"
        if path.is_file():
            return path
    raise UsageError(
        "the schema is missing: simple-salesforce's metadata.wsdl is not installed",
        hint="pip install simple-salesforce==1.12.10",
    )


def _cut(wsdl: bytes) -> bytes:
    """Keep the types that ROOTS can reach, and declare those roots as elements."""
    schema = etree.fromstring(wsdl, _parser()).find(f".//{_XSD}schema")
    if schema is None:
        raise UsageError("metadata.wsdl holds no schema", hint="install simple-salesforce again")
    types = {str(each.get("name")): each for each in schema if each.get("name")}
    reached = _reach(types)
    for each in list(schema):
        if each.tag not in {f"{_XSD}complexType", f"{_XSD}simpleType"} or (
            each.get("name") not in reached
        ):
            schema.remove(each)
    for root in ROOTS:
        etree.SubElement(schema, f"{_XSD}element", name=root, type=f"tns:{root}")
    return etree.tostring(schema)


def _reach(types: Mapping[str, Any]) -> set[str]:
    seen: set[str] = set()
    todo = list(ROOTS)
    while todo:
        name = todo.pop()
        if name in seen or name not in types:
            continue
        seen.add(name)
        for part in types[name].iter(f"{_XSD}element", f"{_XSD}extension", f"{_XSD}restriction"):
            todo += [_local(part.get(key)) for key in ("type", "base") if part.get(key)]
    return seen


def _children_of(schema: Any) -> dict[str, Children]:
    types = {each.get("name"): each for each in schema.iter(f"{_XSD}complexType")}

    def children(name: str) -> dict[str, str]:
        if name not in types:
            return {}
        base = types[name].find(f".//{_XSD}extension")
        inherited = children(_local(base.get("base"))) if base is not None else {}
        own = {e.get("name"): _local(e.get("type")) for e in types[name].iter(f"{_XSD}element")}
        return inherited | own

    return {name: children(name) for name in types}


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _straighten(element: Any, type_name: str, schema: Schema, where: str) -> list[Finding]:
    """Say what is unknown, scattered or out of order, and leave the tree without it."""
    allowed = schema.children.get(type_name)
    if not allowed:
        return []
    findings = []
    order = {name: place for place, name in enumerate(allowed)}
    for child in list(element.iterchildren(tag=etree.Element)):
        name = etree.QName(child).localname
        if name not in order:
            what = f"element {name} is not known in {type_name}"
            findings.append(_fail("schema-unknown", f"{where}:{child.sourceline}", what, _REPAIR))
            element.remove(child)
        else:
            findings += _straighten(child, allowed[name], schema, where)
    return [*findings, *_order_findings(element, order, type_name, where)]


def _order_findings(
    element: Any, order: Mapping[str, int], type_name: str, where: str
) -> Iterator[Finding]:
    children = list(element.iterchildren(tag=etree.Element))
    names = [etree.QName(child).localname for child in children]
    places = [order[name] for name in names]
    if places == sorted(places):
        return
    runs = Counter(name for name, _ in groupby(names))
    scattered = sorted(name for name, count in runs.items() if count > 1)
    for name in scattered:
        what = f"the {name} elements of {type_name} do not stand together"
        line = children[len(names) - 1 - names[::-1].index(name)].sourceline
        yield _fail("schema-scattered", f"{where}:{line}", what, "move them next to each other")
    if not scattered:
        line = next(
            c.sourceline for c, p, q in zip(children[1:], places, places[1:], strict=False) if q < p
        )
        what = f"the elements of {type_name} are not in the schema's order; Salesforce reads them"
        yield Finding("schema-order", Severity.WARN, f"{where}:{line}", what, _ORDER, SOURCE)
    element[:] = sorted(children, key=lambda child: order[etree.QName(child).localname])


def _explain(tree: Any, schema: Schema, where: str) -> Iterator[Finding]:
    """What is still wrong, in xmlschema's words: they name the values that are allowed."""
    if schema.compiled.validate(tree):
        return
    for error in _explainer(schema.text).iter_errors(tree):
        name = etree.QName(error.elem).localname if error.elem is not None else ""
        what = f"{name}: {_plain(str(error.reason))}"
        yield _fail("schema-value", f"{where}:{error.sourceline}", what, _REPAIR)


def _plain(reason: str) -> str:
    return reason.replace("tns:", "").replace(f"{{{NAMESPACE}}}", "")


@lru_cache(maxsize=2)
def _explainer(text: bytes) -> Any:
    import xmlschema

    return xmlschema.XMLSchema(text.decode())


def _fail(rule: str, where: str, what: str, fix: str) -> Finding:
    return Finding(rule, Severity.FAIL, where, what, fix, SOURCE)
