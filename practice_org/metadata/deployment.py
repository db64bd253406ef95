"""One deployment from zip to result, in one transaction that is kept or taken back whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from practice_org.metadata.components import declared_names
from practice_org.metadata.deletion import delete_named
from practice_org.metadata.installation import install_files
from practice_org.metadata.options import DeployOptions
from practice_org.metadata.package import NoPackage, Package, read_packages
from practice_org.metadata.problems import Effect, Message, Problem, Severity, failed
from practice_org.metadata.trail import record_setup_change
from practice_org.org import Org


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a deployment ended: its status, the rows of its details, how many tests ran."""

    status: str
    messages: tuple[Message, ...] = ()
    tests: int = 0
    total: int = 0
    error: str = ""

    def as_json(self, at: str) -> dict[str, Any]:
        """The part of DeployResult that is known at the end."""
        errors = [m for m in self.messages if m.problem is not None and m.is_error]
        rows = [m for m in self.messages if not m.is_error]
        code, _, sentence = self.error.partition(": ")
        told = {"errorMessage": f"{code}: {sentence}", "errorStatusCode": code} if code else {}
        return {
            **told,
            "componentFailures": [message.as_json(at) for message in errors],
            "componentSuccesses": [message.as_json(at) for message in rows],
            "numberComponentErrors": len(errors),
            "numberComponentsDeployed": sum(1 for m in rows if m.type),
            "numberComponentsTotal": max(self.total, sum(1 for m in self.messages if m.type)),
            "numberTestErrors": 0,
            "numberTestsCompleted": self.tests,
            "numberTestsTotal": self.tests,
        }


class _TakenBack(Exception):
    """A way out of the transaction; no error."""


def deploy_package(org: Org, data: bytes, options: DeployOptions) -> Outcome:
    """Deploy a zip with these options, as org.user_id."""
    try:
        packages = read_packages(data, single=options.single_package)
    except NoPackage as nothing:
        return Outcome("Failed", (nothing.message,))
    messages: list[Message] = []
    try:
        with org.transaction():
            for package in packages:
                messages += _deploy(org, package, options)
            messages += _test_problems(org, options)
            _keep_or_take_back(org, messages, options)
    except _TakenBack:
        pass
    status = _status(messages, options)
    tests = 0 if status == "Failed" else tests_run(org, options)
    return Outcome(status, tuple(_judged(messages, options)), tests, _total(packages))


def tests_run(org: Org, options: DeployOptions) -> int:
    """How many Apex tests this level runs; the org has as many as setting local_tests says."""
    if options.test_level == "RunSpecifiedTests" or options.tests:
        return len(options.tests)
    if options.test_level in {"", "NoTestRun"}:
        return 0
    return int(org.setting("local_tests", "12"))


def _deploy(org: Org, package: Package, options: DeployOptions) -> list[Message]:
    messages = delete_named(org, package.before, "destructiveChangesPre.xml")
    messages += install_files(org, package, options)
    return messages + delete_named(org, package.after, "destructiveChangesPost.xml")


def _keep_or_take_back(org: Org, messages: list[Message], options: DeployOptions) -> None:
    if options.check_only or _status(messages, options) == "Failed":
        raise _TakenBack
    for message in messages:
        if message.type and not message.is_error and message.effect is not Effect.UNCHANGED:
            record_setup_change(org, message.type, message.full_name, message.effect.value)


def _status(messages: list[Message], options: DeployOptions) -> str:
    judged = list(_judged(messages, options))
    if not any(message.is_error for message in judged):
        return "Succeeded"
    some = any(not message.is_error and message.type for message in judged)
    return "SucceededPartial" if some and not options.rollback_on_error else "Failed"


def _judged(messages: list[Message], options: DeployOptions) -> Iterator[Message]:
    """The messages; unless ignored, a warning counts as an error, as the guide says."""
    for message in messages:
        problem = message.problem
        if problem is None or problem.severity is not Severity.WARNING or options.ignore_warnings:
            yield message
        else:
            stern = Problem(problem.sentence, problem.line, problem.column)
            yield failed(message.type, message.full_name, message.file_name, stern)


def _test_problems(org: Org, options: DeployOptions) -> Iterator[Message]:
    # The org holds no Apex; tests that may be named are declared. The sentence is unverified.
    known = set(declared_names(org, "ApexClass"))
    for name in options.tests:
        if name not in known:
            problem = Problem(f"In field: runTests - no ApexClass named {name} found")
            yield failed("", name, "", problem)


def _total(packages: list[Package]) -> int:
    parts = [part for p in packages for part in (p.members, p.before, p.after)]
    return sum(len(names) for part in parts for names in part.values())
