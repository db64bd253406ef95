"""`optout edit`: put the field on layout files, in place, or take it off again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from deployer.commands.formats import ReportCommand
from deployer.errors import BadInput, Exit, UsageError
from deployer.layouts import draw_diff, edit_layout, parse_wish, take_out
from deployer.metadata_files import find_files, read_file, replace_file, shown
from deployer.model.findings import Finding, Place, Severity
from deployer.model.layouts import (
    EMAIL_OPT_OUT,
    LayoutEdit,
    OnReadonly,
    Outcome,
    field_on,
    layout_name_of,
)
from deployer.model.reports import Diff, Report, Table
from deployer.schema import new_schema_errors
from deployer.settings.api_names import checked_api_name

FIELDS = ("email-opt-out", "marketo-sales-opt-out")
_DONE = {Outcome.ADD: Outcome.ADDED, Outcome.REMOVE: Outcome.REMOVED}

Edit = Callable[..., LayoutEdit]


@dataclass(frozen=True, slots=True)
class FileEdit:
    """What became, or would become, of one file; `where` is the place of what went wrong."""

    path: Path
    object: str
    edit: LayoutEdit
    outcome: Outcome
    fix: str = ""
    where: str = ""


@click.command("edit", cls=ReportCommand, formats=("sarif",))
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--field", type=click.Choice(FIELDS), help="Which field (default: email-opt-out).")
@click.option("--custom-field", metavar="API_NAME", help="A custom checkbox of Contact and Lead.")
@click.option(
    "--place", default="", metavar="PLACE",
    help="after:FIELD, before:FIELD or section:LABEL[:COLUMN]; else the natural place.",
)  # fmt: skip
@click.option(
    "--make-editable", is_flag=True, help="Turn the field editable where it is read-only."
)
@click.option("--remove", is_flag=True, help="Take the field off again: the exact inverse.")
@click.option("--check", is_flag=True, help="Write nothing; exit 10 when something would change.")
@click.option("--diff", "with_diff", is_flag=True, help="Show each change as a diff.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(
    paths: tuple[Path, ...], *, check: bool, with_diff: bool, as_json: bool, **wishes: Any
) -> Report:
    """Put the field on Contact, Lead and PersonAccount layout files, in place.

    PATH is a file or a folder of any project; folders are searched recursively. The object is told
    from Salesforce's own file names. A layout that has the field is left as it is.
    """
    del as_json
    field = _pick_field(wishes["field"], wishes["custom_field"])
    edit = _pick_edit(wishes)
    files = find_files(paths, _is_layout, kind="Contact, Lead or PersonAccount layout")
    edits = [_edit_file(path, field, edit) for path in files]
    if not check:
        edits = [_write(edit) for edit in edits]
    return _report(edits, field, diffs=with_diff)


def _is_layout(name: str) -> bool:
    return layout_name_of(name) is not None


def _pick_field(field: str | None, custom: str | None) -> str:
    """The field as Contact spells it."""
    if custom is None:
        if field == FIELDS[1]:
            raise UsageError(
                "the Marketo field's API name differs from org to org, and a file cannot tell it",
                where="--field marketo-sales-opt-out",
                hint="add --custom-field API_NAME; Setup, Object Manager, Contact, Fields shows it",
            )
        return EMAIL_OPT_OUT
    if field == FIELDS[0]:
        raise UsageError(
            "two different fields are named",
            where="--custom-field",
            hint="leave out --field email-opt-out or --custom-field",
        )
    return checked_api_name(custom, "--custom-field")


def _pick_edit(wishes: dict[str, Any]) -> Edit:
    wish = parse_wish(wishes["place"])
    readonly = OnReadonly.MAKE_EDITABLE if wishes["make_editable"] else OnReadonly.KEEP
    if not wishes["remove"]:
        return partial(edit_layout, wish=wish, readonly=readonly)
    if wishes["place"] or wishes["make_editable"]:
        raise UsageError(
            "--remove takes the field off, so it has no place and is not editable",
            where="--remove",
            hint="leave out --place and --make-editable",
        )
    return take_out


def _edit_file(path: Path, field: str, edit: Edit) -> FileEdit:
    name = layout_name_of(path.name)
    object_name = name.object if name else ""
    try:
        before = read_file(path)
        done: LayoutEdit = edit(before, field_on(object_name, field), where=shown(path))
        _refuse_new_schema_errors(path, done)
    except BadInput as bad:
        return _failed(path, object_name, bad)
    fix = "name another place with --place" if done.outcome is Outcome.FAILED else ""
    return FileEdit(path, object_name, done, done.outcome, fix)


def _refuse_new_schema_errors(path: Path, done: LayoutEdit) -> None:
    if not done.changed:
        return
    for finding in new_schema_errors(done.before, done.after, shown(path)):
        raise BadInput(
            f"the edited layout would break Salesforce's schema: {finding.what}",
            where=finding.where,
            hint="name another place with --place",
        )


def _write(edited: FileEdit) -> FileEdit:
    if not edited.edit.changed:
        return edited
    try:
        replace_file(edited.path, edited.edit.before, edited.edit.after)
    except BadInput as bad:
        return _failed(edited.path, edited.object, bad)
    return replace(edited, outcome=_DONE[edited.outcome])


def _failed(path: Path, object_name: str, bad: BadInput) -> FileEdit:
    failed = LayoutEdit(Outcome.FAILED, b"", b"", str(bad))
    return FileEdit(path, object_name, failed, Outcome.FAILED, bad.hint, bad.where)


def _report(edits: Sequence[FileEdit], field: str, *, diffs: bool) -> Report:
    drawn = [_draw(each) for each in edits if diffs and each.edit.changed]
    texts = {diff.name: diff.text for diff in drawn}
    changes = sum(each.edit.changed for each in edits)
    return Report(
        headline=(_sentence(edits),),
        findings=tuple(_finding(each) for each in edits if _deserves_word(each)),
        tables=(_table(edits),),
        diffs=tuple(drawn),
        document={
            "files": [_entry(each, texts) for each in edits],
            "changes": changes,
            "field": field,
        },
        exit=_exit(edits),
        cases=tuple(map(_case, edits)),
    )


def _exit(edits: Sequence[FileEdit]) -> Exit:
    outcomes = {each.outcome for each in edits}
    if Outcome.FAILED in outcomes:
        return Exit.SAID_NO
    return Exit.CHANGES_PENDING if outcomes & _DONE.keys() else Exit.DONE


def _draw(each: FileEdit) -> Diff:
    return draw_diff(shown(each.path), each.edit.before, each.edit.after)


def _entry(each: FileEdit, diffs: dict[str, str]) -> dict[str, Any]:
    name = shown(each.path)
    entry = {
        "path": name,
        "object": each.object,
        "outcome": each.outcome.value,
        "reason": each.edit.reason,
        "section": each.edit.section,
        "column": each.edit.column,
        "line": each.edit.line,
    }
    return entry | ({"diff": diffs[name]} if name in diffs else {})


def _deserves_word(each: FileEdit) -> bool:
    return each.outcome is Outcome.FAILED or "read-only" in each.edit.reason


def _finding(each: FileEdit) -> Finding:
    file = shown(each.path)
    if each.outcome is Outcome.FAILED:
        at, place = (
            "" if each.edit.reason.startswith(file) else file,
            Place.within(file, each.where),
        )
        return Finding("edit-failed", Severity.FAIL, at, each.edit.reason, each.fix, place=place)
    place = Place(file, each.edit.line)
    at = f"{file}:{each.edit.line}"
    return Finding("field-read-only", Severity.WARN, at, each.edit.reason, place=place)


def _case(each: FileEdit) -> Finding:
    """One file for a machine; what --check would change is what it fails on."""
    if each.outcome in _DONE:
        file, line = shown(each.path), each.edit.line
        what = f"{_PENDING[each.outcome]}: {each.edit.reason}"
        fix = "run the same command without --check"
        at = f"{file}:{line}"
        return Finding("edit-pending", Severity.FAIL, at, what, fix, place=Place(file, line))
    if _deserves_word(each):
        return _finding(each)
    what = f"{_WORDS[each.outcome]}: {each.edit.reason}"
    file = shown(each.path)
    return Finding("edit", Severity.PASS, file, what, place=Place(file, each.edit.line))


def _table(edits: Sequence[FileEdit]) -> Table:
    rows = [
        (
            shown(each.path),
            each.edit.section or "(no label)",
            str(each.edit.column),
            each.edit.reason,
        )
        for each in edits
        if each.edit.changed
    ]
    return Table("Changes", ("file", "section", "column", "why"), tuple(rows))


_PENDING = {
    Outcome.ADD: "the field is not on the layout yet",
    Outcome.REMOVE: "the field is still on the layout",
}
_WORDS = {
    Outcome.ADD: "would change",
    Outcome.ADDED: "changed",
    Outcome.REMOVE: "would change",
    Outcome.REMOVED: "changed",
    Outcome.PRESENT: "had it already",
    Outcome.ABSENT: "did not have it",
    Outcome.FAILED: "failed",
}


def _sentence(edits: Sequence[FileEdit]) -> str:
    counts = Counter(_WORDS[each.outcome] for each in edits)
    parts = ", ".join(
        f"{counts[word]} {word}" for word in dict.fromkeys(_WORDS.values()) if counts[word]
    )
    noun = "layout" if len(edits) == 1 else "layouts"
    return f"{len(edits)} {noun}: {parts}."
