"""`optout fleet`: one command line for many orgs, each in a process of its own."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from deployer.commands.formats import ReportCommand
from deployer.commands.options import config_option, json_option
from deployer.errors import UsageError
from deployer.extras import require_extra
from deployer.fleet.choosing import ORG, check_file
from deployer.fleet.verbs import VERBS, Verb
from deployer.model.reports import Report

MOST_PARALLEL = 64
# Of the commands themselves; the fleet has its own, or says them for each org.
_OURS = frozenset({"org", "config", "as_json", "junit", "markdown", "html", "annotations"})


class FleetGroup(click.Group):
    """The verbs of a fleet, each made from the command it runs when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        verb = VERBS.get(cmd_name)
        if verb is None or (ctx.resilient_parsing and not _is_installed(verb)):
            return None
        return to_command(cmd_name, verb)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.help) for name, verb in VERBS.items()])


@click.group("fleet", cls=FleetGroup)
def command() -> None:
    """Run plan, deploy, readiness or nightly for many orgs, and report them together.

    Each org is a child process with the same command line; what becomes of one never stops
    another. Exits with 0 when all did, else with the worst that one came to.
    """


def _is_installed(verb: Verb) -> bool:
    try:
        _require(verb)
    except UsageError:
        return False
    return True


def _require(verb: Verb) -> None:
    if verb.extra:
        require_extra(verb.extra, f"optout fleet {verb.words[-1]}")


def to_command(name: str, verb: Verb) -> click.Command:
    """The verb for a fleet: its own options, and those of the command it runs.

    Errors: UsageError without the extra that the command needs.
    """
    _require(verb)
    # Loaded by name, as the verbs are: what is above this package is never imported by it.
    original: click.Command = getattr(import_module(verb.module), verb.name)
    theirs = [
        _for_each(option)
        for option in original.params
        if isinstance(option, click.Option) and option.name not in _OURS | verb.left_out
    ]
    made = ReportCommand(
        name,
        formats=("html",),
        callback=lambda **values: _run(verb, theirs, values),
        params=[*_own_options(verb), *theirs],
        help=f"{verb.help}\n\nOptions that are not about the fleet go to "
        f"`optout {' '.join(verb.words)}`, which runs once for each org.",
    )
    return config_option(json_option(made))


def _own_options(verb: Verb) -> list[click.Option]:
    return [
        click.Option(
            ["--orgs"], metavar="GLOB", multiple=True, required=True, shell_complete=_names,
            help="The orgs, by name or pattern, as 'emea-*'.",
        ),
        click.Option(
            ["--parallel"], type=click.IntRange(1, MOST_PARALLEL), default=4, show_default=True,
            metavar="N", help="How many orgs at a time.",
        ),
        click.Option(
            ["--deadline"], type=click.IntRange(min=1), metavar="MINUTES",
            help=f"How long one org may take (default: {verb.minutes}{_more(verb)}).",
        ),
    ]  # fmt: skip


def _more(verb: Verb) -> str:
    return f" or --wait and {verb.beside_wait}, if that is more" if verb.beside_wait else ""


class FileOfEach(click.ParamType[str]):
    """A file's name with {org} in it; whether the file is there is looked at for each org."""

    name = f"FOLDER/{ORG}.json"


def _for_each(option: click.Option) -> click.Option:
    """The command's option; a file of its own for each org, where it is a file."""
    if not isinstance(option.type, click.Path):
        return option
    theirs = copy.copy(option)
    theirs.type = FileOfEach()
    theirs.metavar = theirs.type.name
    theirs.help = f"{option.help} {ORG} is the org's name."
    return theirs


def _names(ctx: click.Context, _param: click.Parameter, begun: str) -> list[CompletionItem]:
    """The orgs of the settings that begin so; none where the settings cannot be read."""
    from deployer.settings.loading import load

    try:
        known = load(ctx.params.get("config")).orgs
    except UsageError:
        return []
    return [CompletionItem(name) for name in known if name.startswith(begun)]


def _run(verb: Verb, theirs: Sequence[click.Option], values: dict[str, Any]) -> Report:
    from deployer.commands.fleet_run import Ask, run_fleet

    context = click.get_current_context()
    on_the_line = click.core.ParameterSource.COMMANDLINE
    given = {
        option: values[str(option.name)]
        for option in theirs
        if context.get_parameter_source(str(option.name)) is on_the_line
    }
    for option, value in given.items():
        if isinstance(option.type, FileOfEach):
            check_file(option.opts[0], value)
    ask = Ask(
        globs=values["orgs"],
        parallel=values["parallel"],
        deadline_min=values["deadline"],
        wait_min=values.get("wait_min"),
        config=values["config"],
        run_id=context.obj.run_id,
    )
    return run_fleet(verb, given, ask)
