"""What a command's Report is also written as: --junit, --markdown, --annotations and their like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from deployer.errors import Exit, OptoutError, UsageError
from deployer.logs import Run
from deployer.model.reports import Report
from deployer.reporting.annotations import pause_commands, to_annotations
from deployer.reporting.console import finish
from deployer.reporting.files import read_if_there, refuse_unwritable, write_whole
from deployer.reporting.formats import stopped_by
from deployer.reporting.junit import to_junit
from deployer.reporting.markdown import to_markdown
from deployer.reporting.problems import to_error, write_problem
from deployer.reporting.sarif import to_sarif

_STDOUT = Path("-")


def _to_html(report: Report, name: str) -> str:
    from deployer.reporting.page import to_html

    return to_html(report, name)


@dataclass(frozen=True, slots=True)
class Format:
    """One format: the help of its option, and the function over a Report and a command's name.

    `adds` says that it goes behind what the file already holds.
    """

    help: str
    write: Callable[[Report, str], str]
    adds: bool = False


FORMATS: Mapping[str, Format] = {
    "junit": Format("Write test cases for a pipeline to FILE, as JUnit XML.", to_junit),
    "markdown": Format('Add a summary to FILE, as "$GITHUB_STEP_SUMMARY".', to_markdown, adds=True),
    "html": Format("Draw it as one page to FILE, which needs nothing else.", _to_html),
    "sarif": Format("Write findings for code scanning to FILE, as SARIF 2.1.0.", to_sarif),
}
_EVERYWHERE = ("junit", "markdown")


class ReportCommand(click.Command):
    """A command that returns its Report, which is told here: printed, and in what was asked for.

    `formats` are those it has besides --junit and --markdown. They are written too when an error
    ends the command, a misspelled option included, so that no pipeline finds an empty file or an
    old one.
    """

    def __init__(self, *args: Any, formats: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.formats = (*_EVERYWHERE, *formats)
        self.params += [_option(name) for name in self.formats]
        self.params.append(
            click.Option(
                ["--annotations"],
                type=click.Choice(["github"]),
                help="Also print findings as annotations.",
            )
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = list(args)  # parsing takes them off the list
        try:
            return super().parse_args(ctx, args)
        except click.UsageError:
            wanted = self._wanted(ctx, self._read_past_errors(ctx, words))
            with suppress(UsageError):  # the first error is the one to tell
                wanted.refuse_at_once()
                ctx.obj.when_failed.append(wanted.tell_error)
            raise

    def _read_past_errors(self, ctx: click.Context, words: list[str]) -> dict[str, Any]:
        """The options as typed, as far as they can be told, by their names."""
        lenient = click.Context(
            self, ctx, ctx.info_name, resilient_parsing=True, ignore_unknown_options=True
        )
        found: Mapping[str, Any] = self.make_parser(lenient).parse_args(words)[0]
        files = {name: Path(found[name]) if name in found else None for name in self.formats}
        return {**files, "annotations": found.get("annotations"), "as_json": "as_json" in found}

    def _wanted(self, ctx: click.Context, params: dict[str, Any]) -> Wanted:
        """What was asked for; the callback's own parameters are left."""
        files = {name: params.pop(name) for name in self.formats}
        return Wanted(
            name=ctx.command_path,
            files={name: path for name, path in files.items() if path is not None},
            annotated=params.pop("annotations") is not None,
            as_json=params["as_json"],
        )

    def invoke(self, ctx: click.Context) -> int:
        wanted = self._wanted(ctx, ctx.params)
        wanted.refuse_at_once()
        run: Run = ctx.obj
        run.when_failed.append(wanted.tell_error)
        with wanted.commands_paused(run.run_id):
            report: Report = super().invoke(ctx)
            code = wanted.tell(report)
        wanted.annotate(report)
        return code


def _option(name: str) -> click.Option:
    kind = click.Path(path_type=Path, allow_dash=True)
    return click.Option([f"--{name}"], metavar="FILE", type=kind, help=FORMATS[name].help)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: a file for each format ("-" is stdout), annotations or not.

    `name` is the command as typed, without its options.
    """

    name: str
    files: Mapping[str, Path]
    annotated: bool
    as_json: bool

    def refuse_at_once(self) -> None:
        """Errors: UsageError for what cannot be written, before the org is asked anything."""
        paths = list(self.files.values())
        if paths.count(_STDOUT) + self.as_json > 1:
            raise UsageError(
                "two things cannot both be on stdout",
                where="-",
                hint="name a file for one of them",
            )
        for name, path in self.files.items():
            if paths.count(path) > 1:
                raise UsageError(
                    "two formats cannot be in one file",
                    where=f"--{name} {path}",
                    hint="name another file for one of them",
                )
            if path != _STDOUT:
                refuse_unwritable(path, f"--{name}")

    def tell(self, report: Report) -> int:
        """Write the files, print the report, and return the exit code.

        A file that could not be written turns "done" into 1: what was done is done.
        """
        failed = self._write_files(report)
        code = self._print(report)
        for error in failed:
            write_problem(error, as_json=False)
        return int(Exit.SAID_NO) if failed and code in {Exit.DONE, Exit.CHANGES_PENDING} else code

    def tell_error(self, error: OptoutError) -> None:
        """Write the files of a command that an error ended; the error itself is told elsewhere."""
        report = stopped_by(error)
        for problem in self._write_files(report):
            write_problem(problem, as_json=False)
        self._print_format(report)
        self.annotate(report)

    def annotate(self, report: Report) -> None:
        """Print annotations when they were asked for, beside stdout when that is taken."""
        if self.annotated:
            click.echo(to_annotations(report), nl=False, err=self._stdout_is_taken)

    @contextmanager
    def commands_paused(self, token: str) -> Iterator[None]:
        """Let the runner take nothing that the block prints for a command to the pipeline."""
        if not self.annotated:
            yield
            return
        pause, go_on = pause_commands(token)
        click.echo(pause, err=self._stdout_is_taken)
        try:
            yield
        finally:
            click.echo(go_on, err=self._stdout_is_taken)

    @property
    def _stdout_is_taken(self) -> bool:
        return self.as_json or _STDOUT in self.files.values()

    def _print(self, report: Report) -> int:
        if self._print_format(report):
            return int(report.exit)
        return finish(report, as_json=self.as_json)

    def _print_format(self, report: Report) -> bool:
        """Print the format that has stdout; False when none has."""
        names = [name for name, path in self.files.items() if path == _STDOUT]
        for name in names:
            click.echo(FORMATS[name].write(report, self.name), nl=False)
        return bool(names)

    def _write_files(self, report: Report) -> list[OptoutError]:
        failed: list[OptoutError] = []
        for name, path in self.files.items():
            if path != _STDOUT:
                try:
                    self._write(FORMATS[name], path, report)
                except OSError as refused:
                    failed.append(to_error(refused))
        return failed

    def _write(self, format_: Format, path: Path, report: Report) -> None:
        text = format_.write(report, self.name).encode()
        write_whole(path, read_if_there(path) + text if format_.adds else text)
