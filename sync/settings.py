"""[sync]: which field, when the night is due, and where the ledger is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deployer.errors import UsageError
from deployer.settings.loading import Settings
from deployer.settings.table import Setting, Table, Value, check_keys
from sync.database.places import Place, read_postgresql
from sync.fields import Choice, chosen_fields
from sync.schedule import Schedule, to_schedule

SYNC = Table(
    "sync",
    (
        Setting("field", str, Choice.EMAIL_OPT_OUT.value, "The field an opt-out goes to.",
                env="OPTOUT_SYNC_FIELD"),
        Setting("also_email_opt_out", bool, default=False, env="OPTOUT_SYNC_ALSO_EMAIL_OPT_OUT",
                help="Write Email Opt Out beside the own field."),
        Setting("at", str, "20:00", "When the night is due.", env="OPTOUT_SYNC_AT"),
        Setting("timezone", str, "America/Los_Angeles", "The zone of `at`.",
                env="OPTOUT_SYNC_TIMEZONE"),
        Setting("api_budget_percent", int, 80, "How much of the day's API calls a night may use.",
                env="OPTOUT_SYNC_API_BUDGET_PERCENT"),
        # A month is the time in which somebody who asks what was done must be answered (GDPR, Art.
        # 12(3)), and longer than any sender repeats a delivery.
        Setting("keep_days", int, 30, "How long a settled opt-out keeps address and reason.",
                env="OPTOUT_SYNC_KEEP_DAYS"),
        Setting("ledger", Path, None, "The ledger's file, for one org.",
                env="OPTOUT_SYNC_LEDGER"),
        Setting("ledger_url", str, "", "The ledger's PostgreSQL instead of a file, for one org.",
                env="OPTOUT_SYNC_LEDGER_URL"),
    ),
)  # fmt: skip
# Read where they are used: sync.webhooks.senders and the alerts of `optout sync serve`.
ELSEWHERE = ("senders", "alert_command", "alert_webhook")


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """What was chosen. `fields` are Contact's and Lead's API names, the one to read first.

    `ledger` is a file or a PostgreSQL, None when it stands where it always does.
    """

    fields: tuple[str, ...]
    schedule: Schedule
    api_budget_percent: int
    keep_days: int
    ledger: Place | None


def read_sync(settings: Settings) -> SyncSettings:
    """The [sync] table of the settings in force.

    Errors: UsageError naming file and line: unknown keys with their near matches, values that are
    none.
    """
    values = settings.resolve(SYNC)
    section = settings.file.values.get("sync", {})
    check_keys(section, (*values, *ELSEWHERE), settings.file, "sync")
    return SyncSettings(
        fields=_fields(settings, values),
        schedule=_schedule(values),
        api_budget_percent=_whole(values["api_budget_percent"], 100),
        keep_days=_whole(values["keep_days"], 3_650),
        ledger=_ledger(values, settings),
    )


def _fields(settings: Settings, values: Mapping[str, Value]) -> tuple[str, ...]:
    word = values["field"]
    if word.value not in set(Choice):
        known = " or ".join(choice.value for choice in Choice)
        raise UsageError(
            f"field = {word.value!r} is not known", where=word.source, hint=f"field is {known}"
        )
    custom = str(settings.resolve()["custom_field"].value)
    also = bool(values["also_email_opt_out"].value)
    return chosen_fields(Choice(word.value), custom, also_email=also)


def _schedule(values: Mapping[str, Value]) -> Schedule:
    at, zone = values["at"], values["timezone"]
    to_schedule(str(at.value), "UTC+00:00", at.source)  # a mistake there is told with its own place
    return to_schedule(str(at.value), str(zone.value), zone.source)


def _whole(given: Value, most: int) -> int:
    number = int(given.value)
    if 1 <= number <= most:
        return number
    raise UsageError(
        f"{given.setting.name} = {number} is out of bounds",
        where=given.source,
        hint=f"write a whole number from 1 to {most:,}",
    )


def _ledger(values: Mapping[str, Value], settings: Settings) -> Place | None:
    file, url = values["ledger"], values["ledger_url"]
    if not url.value:
        return None if file.value is None else _file(file, settings)
    if file.value is not None:
        raise UsageError(
            "ledger and ledger_url name two places for one ledger",
            where=url.source,
            hint=f"take one of them away; ledger is set in {file.source}",
        )
    return read_postgresql(url)


def _file(given: Value, settings: Settings) -> Path:
    """A relative path in the settings file starts at that file; in a variable, here."""
    path = Path(given.value).expanduser()
    if "://" in str(given.value) or ":/" in str(given.value):
        raise UsageError(
            "ledger is a file on this machine, not an address",
            where=given.source,
            hint='write ledger = "/var/lib/optout/ledger.sqlite", or ledger_url for PostgreSQL',
        )
    beside = settings.file.path is not None and given.source != given.setting.variable
    return settings.file.path.parent / path if beside and settings.file.path else path.absolute()
