"""The command line: a table of verbs, one error boundary, and nothing else."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.errors import Exit, OptoutError

if TYPE_CHECKING:  # `optout --help` must not set up logging
    from deployer.logs import WhenFailed

# What to type after Ctrl-C, where the row of the verb says nothing else.
_AGAIN = "run it again; what it writes is written whole or not at all"
_SENT = "a deploy that was sent goes on in the org; optout jobs list shows it"


@dataclass(frozen=True, slots=True)
class Verb:
    """One command: where its code is and its one-line help, read without importing it.

    `interrupted` is what to do next after Ctrl-C.
    """

    module: str
    help: str
    name: str = "command"
    interrupted: str = _AGAIN


class Interrupted(OptoutError):
    """Ctrl-C, or a question that was not answered with yes."""

    exit = Exit.INTERRUPTED
    code = "interrupted"


VERBS = {
    "edit": Verb("deployer.commands.edit", "Put the field on layout files, in place."),
    "validate": Verb("deployer.commands.validate", "Check layout and metadata files."),
    "render": Verb("deployer.commands.render", "Write the complete package for another tool."),
    "plan": Verb("deployer.commands.plan", "Show what a deploy would change."),
    "deploy": Verb(
        "deployer.commands.deploy", "Put the field on the org's layouts.", interrupted=_SENT
    ),
    "restore": Verb(
        "deployer.commands.restore", "Put back what a deploy replaced.", interrupted=_SENT
    ),
    "remove": Verb(
        "deployer.commands.remove", "Take the field off the org's layouts.", interrupted=_SENT
    ),
    "uninstall": Verb(
        "deployer.commands.uninstall",
        "Take back everything optout put into an org.",
        interrupted=_SENT,
    ),
    "jobs": Verb(
        "deployer.commands.jobs", "List, show, resume and cancel deploys.", interrupted=_SENT
    ),
    "org": Verb("deployer.commands.org", "Log in to an org; list, show and log out."),
    "people": Verb("sync.commands.people", "Import, export, list and show people."),
    "settings": Verb("deployer.commands.settings", "Show each setting and where it comes from."),
    "readiness": Verb(
        "deployer.commands.readiness", "Say whether the org is ready, and who would see the field."
    ),
    "fleet": Verb(
        "deployer.commands.fleet", "Run plan, deploy, readiness or nightly for many orgs."
    ),
    "doctor": Verb("deployer.commands.doctor", "Check this machine, the settings and logins."),
    "sync": Verb("sync.cli", "Keep unsubscribes in step between people and the org."),
    "worker": Verb("sync.commands.worker", "Bring opt-outs to both sides, beside other workers."),
    "practice-org": Verb("deployer.commands.practice_org", "Run a Salesforce org on loopback."),
}


class LazyGroup(click.Group):
    """A click group that imports a verb's module only when that verb runs."""

    def __init__(self, *args: Any, verbs: Mapping[str, Verb], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.verbs, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        verb = self.verbs.get(cmd_name)
        if verb is None:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(importlib.import_module(verb.module), verb.name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            verb = self.verbs.get(ctx.invoked_subcommand or "")
            raise Interrupted("interrupted", hint=verb.interrupted if verb else _AGAIN) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.help) for name, verb in self.verbs.items()])


def _show_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if not value or ctx.resilient_parsing:
        return
    python = ".".join(str(part) for part in sys.version_info[:3])
    here = Path(__file__).resolve().parent
    click.echo(f"optout {_version()} (Python {python}, {here})")
    ctx.exit()


def _version() -> str:
    """What the name of our dist-info folder says.

    importlib.metadata reads the same there, and its own import takes half as long as all else here.
    """
    for place in sys.path:
        for found in Path(place).glob("salesforce_optout-*.dist-info"):
            return found.name.removesuffix(".dist-info").partition("-")[2]
    from importlib.metadata import version

    return version("salesforce-optout")


@click.command(
    cls=LazyGroup,
    verbs=VERBS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
    help="Show the version and where it runs from.",
)  # fmt: skip
@click.option(
    "--log-file", type=click.Path(dir_okay=False, path_type=Path), envvar="OPTOUT_LOG_FILE",
    help="Append JSON log lines to this file.",
)  # fmt: skip
@click.option("--verbose", "-v", is_flag=True, help="Say each call to the org on stderr.")
@click.pass_context
def optout(ctx: click.Context, log_file: Path | None, verbose: bool) -> None:  # noqa: FBT001 - click's signature
    """Put an e-mail opt-out field on every Contact and Lead page, and prove that it is there."""
    from deployer.logs import start_logs

    ctx.obj = start_logs(log_file=log_file, verbose=verbose, when_failed=ctx.obj)


def main(args: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code; the only place that catches everything."""
    words = list(sys.argv[1:] if args is None else args)
    when_failed: list[WhenFailed] = []
    tell = partial(_tell, as_json="--json" in words, when_failed=when_failed)
    try:
        result = optout.main(args=words, prog_name="optout", standalone_mode=False, obj=when_failed)
        code = result if isinstance(result, int) else Exit.DONE
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except click.exceptions.NoArgsIsHelpError as usage:
        # Whoever types the name alone wants to see what there is, not that something is wrong.
        click.echo(usage.format_message(), err=True)
        code = Exit.USAGE
    except KeyboardInterrupt:
        code = tell(Interrupted("interrupted", hint=_AGAIN))
    except click.Abort:
        # Only a question that was not answered with yes; commands ask before they change anything.
        stopped = Interrupted("not confirmed", hint="nothing was changed; --yes says yes")
        code = tell(stopped)
    except BrokenPipeError:
        # The reader of our output has gone (`optout plan | head`); point stdout away from it so
        # that the interpreter's own flush does not complain.
        sys.stdout = None
        code = Exit.DONE
    except Exception as problem:  # noqa: BLE001 - the boundary
        code = tell(problem)
    sys.exit(int(code))


def _tell(problem: Exception, *, as_json: bool, when_failed: Sequence[WhenFailed]) -> int:
    """Say what happened, where and what to type next, in the formats that were asked for."""
    from deployer.reporting.problems import to_error, write_problem

    error = problem if isinstance(problem, OptoutError) else to_error(problem)
    write_problem(error, as_json=as_json)
    for also in when_failed:
        also(error)
    return int(error.exit)
