"""The options of a deployment, as the many clients spell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from practice_org.org import Org
from practice_org.tables import find_rows
from practice_org.wire import OrgError

TEST_LEVELS = (
    "NoTestRun",
    "RunSpecifiedTests",
    "RunLocalTests",
    "RunAllTestsInOrg",
    "RunRelevantTests",
)
_NOTHING = frozenset({"", "None", "null", "[]"})
_FLAGS = {
    "allowMissingFiles": "allow_missing_files",
    "autoUpdatePackage": "auto_update_package",
    "checkOnly": "check_only",
    "ignoreWarnings": "ignore_warnings",
    "performRetrieve": "perform_retrieve",
    "purgeOnDelete": "purge_on_delete",
    "rollbackOnError": "rollback_on_error",
    "singlePackage": "single_package",
}


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """WSDL DeployOptions; what a client leaves out is false or empty."""

    allow_missing_files: bool = False
    auto_update_package: bool = False
    check_only: bool = False
    ignore_warnings: bool = False
    perform_retrieve: bool = False
    purge_on_delete: bool = False
    rollback_on_error: bool = False
    single_package: bool = False
    test_level: str = ""
    tests: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The options as the API echoes them."""
        echoed: dict[str, Any] = {name: getattr(self, ours) for name, ours in _FLAGS.items()}
        if self.test_level:
            echoed["testLevel"] = self.test_level
        echoed["runTests"] = list(self.tests)
        return echoed


def read_options(given: Mapping[str, Any]) -> DeployOptions:
    """Options from a JSON object or from SOAP texts by name.

    Booleans come as true, "true" or Python's "True"; absent things as "None". Errors: OrgError for
    a test level that is none.
    """
    flags = {ours: _is_true(given.get(name)) for name, ours in _FLAGS.items()}
    level = str(given.get("testLevel") or "")
    level = "" if level in _NOTHING else level
    if not level and _is_true(given.get("runAllTests")):
        level = "RunAllTestsInOrg"
    if level and level not in TEST_LEVELS:
        raise OrgError("INVALID_TYPE", f"'{level}' is not a valid value for the enum 'TestLevel'")
    return DeployOptions(**flags, test_level=level, tests=_tests(given.get("runTests")))


def refuse_options(org: Org, options: DeployOptions) -> None:
    """Refuse what this org cannot start at all. Errors: OrgError in Salesforce's words."""
    if not is_sandbox(org) and not options.rollback_on_error:
        raise OrgError(
            "INVALID_OPERATION", "rollbackOnError option must be true on a production org"
        )
    # The two sentences below are unverified; the rules are the Metadata API guide's.
    if options.test_level == "RunSpecifiedTests" and not options.tests:
        raise OrgError("INVALID_OPERATION", "runTests must be specified with RunSpecifiedTests")
    if options.tests and options.test_level not in {"", "RunSpecifiedTests"}:
        raise OrgError("INVALID_OPERATION", "runTests can be specified only with RunSpecifiedTests")


def is_sandbox(org: Org) -> bool:
    """Whether the org is a sandbox: its Organization row says, else the setting "sandbox"."""
    row = next(iter(find_rows(org, "Organization")), None)
    return org.setting("sandbox", "1") == "1" if row is None else bool(row["IsSandbox"])


def _is_true(value: object) -> bool:
    return value is True or str(value).strip().lower() in {"true", "1"}


def _tests(given: object) -> tuple[str, ...]:
    """Test names; simple-salesforce sends a Python list as one text."""
    values: Sequence[object] = given if isinstance(given, list | tuple) else [given]
    texts = [str(value).strip() for value in values if value is not None]
    words = [word.strip(" '\"") for text in texts for word in text.strip("[]").split(",")]
    return tuple(word for word in words if word not in _NOTHING)
