"""`optout settings`: each value, where it comes from, secrets masked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.options import config_option, json_option
from deployer.model.reports import Report, Table

if TYPE_CHECKING:
    from deployer.settings.loading import Settings
    from deployer.settings.org_tables import OrgSettings
    from deployer.settings.table import Value


_OTHERS = (("sync", "sync.settings", "SYNC"), ("people", "sync.people.settings", "PEOPLE"))


@click.command("settings")
@config_option
@json_option
def command(config: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click's signature
    """Show each setting, its value and its source; no secret is opened."""
    from deployer.reporting.console import finish
    from deployer.settings.loading import load

    return finish(to_report(load(config)), as_json=as_json)


def to_report(settings: Settings) -> Report:
    """All settings and orgs as one report."""
    values = settings.resolve() | _of_others(settings)
    rows = tuple((name, value.shown, value.source) for name, value in values.items())
    org_rows = tuple(row for org in settings.orgs.values() for row in _org_rows(org))
    file = str(settings.file.path or "none")
    return Report(
        headline=(f"settings file: {file}", f"state: {settings.home}"),
        tables=(
            Table("settings", ("name", "value", "source"), rows),
            Table("orgs", ("org", "key", "value", "source"), org_rows),
        ),
        document={
            "settings_file": None if settings.file.path is None else file,
            "home": str(settings.home),
            "settings": [
                {"name": name, "value": value.shown, "source": value.source,
                 "help": value.setting.help}
                for name, value in values.items()
            ],
            "orgs": {name: to_document(org) for name, org in settings.orgs.items()},
        },
    )  # fmt: skip


def _of_others(settings: Settings) -> dict[str, Value]:
    """What is set under the tables of other packages, which are loaded by name as the verbs are."""
    found: dict[str, Value] = {}
    for section, module, table in _OTHERS:
        try:
            theirs = settings.resolve(getattr(import_module(module), table))
        except ImportError:  # its extra is not installed
            continue
        found |= {
            f"{section}.{n}": value for n, value in theirs.items() if value.source != "default"
        }
    return found


def to_document(org: OrgSettings) -> dict[str, Any]:
    """An org as JSON; of a secret only where it is kept."""
    return {
        "org_id": org.org_id or None,
        "instance_url": org.instance_url or None,
        "production": org.production,
        "ca_file": str(org.ca_file) if org.ca_file else None,
        "source": org.place,
        "identities": {
            role.value: {
                "login": identity.login.value,
                **{key: value for key, value in identity.plain.items() if value},
                **{f"{k.name}_{k.keeper.value}": k.where for k in identity.secrets.values()},
            }
            for role, identity in org.identities.items()
        },
    }


def _org_rows(org: OrgSettings) -> list[tuple[str, str, str, str]]:
    described = to_document(org)
    rows = [
        (org.name, key, str(described[key]), org.place)
        for key in ("org_id", "instance_url", "production", "ca_file")
        if described[key] is not None
    ]
    for role, identity in org.identities.items():
        facts = described["identities"][role.value]
        rows += [(org.name, f"{role.value}.{k}", str(v), identity.place) for k, v in facts.items()]
    return rows
