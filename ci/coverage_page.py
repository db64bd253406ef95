"""Make practice_org/COVERAGE.md from the code, the record of the strangers and a template.

What people write is in coverage_page.md.j2; the tables and lists come from the practice org's
routes, catalogues and source, and from strangers_record.json.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jinja2
from coverage_code import Doubt, doubts, read_modules, refusals
from coverage_endpoints import clients_at, endpoints, operations
from strangers_record import Seen, read_record

import practice_org
from practice_org.faults.catalogue import CODES
from practice_org.faults.codes import Code
from practice_org.faults.places import PLACES
from practice_org.faults.sorts import Sort
from practice_org.login.refusals import Refusal
from practice_org.metadata.package import CHILDREN, SUFFIXES
from practice_org.objects import OBJECTS, Api, Kind
from practice_org.soql.refusals import NOT_EMULATED

PAGE = Path(__file__).resolve().parents[1] / "practice_org/COVERAGE.md"
TEMPLATE = "coverage_page.md.j2"
WIDTH = 100
# Clients in the order the page names them; others follow by name.
CLIENTS = ("sf", "cci", "jsforce", "simple-salesforce", "cross-check")


def main() -> int:
    """Write the page, or with --check say whether it is as the code is; exits 1 when not."""
    parser = argparse.ArgumentParser(prog="ci/coverage", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when stale")
    parser.add_argument("--page", type=Path, default=PAGE, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    page = render()
    if chosen.page.exists() and chosen.page.read_text("utf-8") == page:
        return 0
    if chosen.check:
        print("practice_org/COVERAGE.md is not what the code says; type: ci/coverage")
        print(f"(to change its words, edit ci/{TEMPLATE} first)")
        return 1
    chosen.page.write_text(page, "utf-8")
    return 0


def render() -> str:
    """The whole page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it is Markdown
    )
    environment.filters["item"] = _item
    return environment.get_template(TEMPLATE).render(_facts())


def _facts() -> dict[str, Any]:
    """Everything the template shows."""
    modules = read_modules(Path(practice_org.__file__).parent)
    record = read_record()
    seen_at = clients_at({title: seen.endpoints for title, seen in record.items()})
    clients = {key: ", ".join(_in_order(names)) or "-" for key, names in seen_at.items()}
    return {
        "endpoints": [(e, clients.get(e.key, "-")) for e in endpoints()],
        "operations": [(name, clients.get(key, "-")) for name, key in operations().items()],
        "refusals": dict(_told(refusals(modules))),
        "logins": list(_logins()),
        "types": [*SUFFIXES, "CustomField", "RecordType"],
        "children": sorted(set(CHILDREN.values()) - {"fields", "recordTypes"}),
        "objects": {
            kind: _objects(api) for kind, api in (("data", Api.DATA), ("tooling", Api.TOOLING))
        },
        "soql": sorted(NOT_EMULATED.values(), key=str.lower),
        "faults": [(code, _befallen(code)) for code in CODES.values()],
        "places": PLACES,
        "flows": _flows(record),
        "bugs": _bugs(record),
        "doubts": [_doubt(doubt) for doubt in doubts(modules)],
    }


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda n: (CLIENTS.index(n) if n in CLIENTS else len(CLIENTS), n))


def _told(found: dict[str, dict[str, set[int]]]) -> Iterator[tuple[str, str]]:
    """Room -> its codes, with the HTTP statuses that are not REST's usual 400."""
    for room, codes in sorted(found.items()):
        told = []
        for code, statuses in sorted(codes.items()):
            unusual = ", ".join(str(status) for status in sorted(statuses - {400}))
            told.append(f"{code} ({unusual})" if unusual else code)
        yield f"practice_org/{room}/" if room else "practice_org/", ", ".join(told)


def _logins() -> Iterator[tuple[str, str]]:
    """OAuth's errors, each with its descriptions."""
    for error in dict.fromkeys(refusal.value[0] for refusal in Refusal):
        said = sorted({r.value[1] for r in Refusal if r.value[0] == error})
        yield error, "; ".join(said)


def _befallen(code: Code) -> str:
    """What the code befalls, in the order of the sorts."""
    return ", ".join(sort.value for sort in Sort if sort in code.sorts)


def _objects(api: Api) -> list[str]:
    """The names of what a query endpoint serves; computed ones are marked."""
    return [
        f"{name}*" if held.kind is Kind.VIRTUAL else name
        for name, held in sorted(OBJECTS.items())
        if api in held.apis
    ]


def _flows(record: dict[str, Seen]) -> dict[str, list[str]]:
    """Client -> the names of its flows."""
    names: dict[str, list[str]] = {}
    for title in record:
        client, _, name = title.partition(": ")
        names.setdefault(client, []).append(name)
    return {client: sorted(names[client]) for client in _in_order(names)}


def _bugs(record: dict[str, Seen]) -> dict[str, list[str]]:
    """Client -> its bugs that flows work around."""
    found: dict[str, set[str]] = {}
    for title, seen in record.items():
        if seen.bugs:
            found.setdefault(title.partition(":")[0], set()).update(seen.bugs)
    return {client: sorted(found[client]) for client in _in_order(found)}


def _doubt(doubt: Doubt) -> str:
    where = f"`{doubt.module}`" + (f" {doubt.function}" if doubt.function else "")
    said = f' Here: "{" ".join(doubt.answer.split())}"' if doubt.answer else ""
    return f"{where}: {doubt.remark}{said}"


def _item(text: str) -> str:
    """An item of a list, wrapped."""
    wrap = textwrap.TextWrapper(
        WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return wrap.fill(text)


if __name__ == "__main__":
    sys.exit(main())
