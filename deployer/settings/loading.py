"""Everything that is configured, read once: the file, the environment, the user's own orgs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deployer import state
from deployer.errors import UsageError
from deployer.settings.org_tables import PRACTICE, OrgSettings, read_orgs
from deployer.settings.table import Setting, Table, Value, check_keys, resolve
from deployer.settings.toml_file import SettingsFile, find_file, read_file

DEPLOYER = Table(
    "",
    (
        Setting("org", str, "", "The org to work with when --org is left away."),
        Setting("wait", int, 33, "Minutes to wait for a deploy before it is left running."),
        Setting("field", str, "email-opt-out", "The field to place on the layouts."),
        Setting("custom_field", str, "", "The API name of an own opt-out field."),
        Setting("permission_set", str, "Opt_Out_Field_Access", "Who gets the field; or none."),
        Setting("ca_file", Path, None, "More certificate authorities to trust (PEM)."),
        Setting("practice_data", Path, None, "The practice org's data folder."),
    ),
)
# Tables of the file that belong to other packages, which check them against their own rows.
_FOREIGN = ("orgs", "sync", "people")


@dataclass(frozen=True, slots=True)
class Settings:
    """What was read; nothing here was asked of an org and no secret has been opened."""

    file: SettingsFile
    environ: Mapping[str, str]
    home: Path
    orgs: Mapping[str, OrgSettings]

    def resolve(
        self, table: Table = DEPLOYER, flags: Mapping[str, object] | None = None
    ) -> dict[str, Value]:
        """The table's settings by name, each with its source."""
        return resolve(table, flags or {}, self.environ, self.file)

    def pick_org(self, name: str | None = None) -> str:
        """The org to work with: named, configured, or the only one; practice only by name.

        Errors: UsageError listing the known ones.
        """
        chosen = str(self.resolve(flags={"org": name or None})["org"].value)
        if chosen == PRACTICE or chosen in self.orgs:
            return chosen
        if not chosen and len(self.orgs) == 1:
            return next(iter(self.orgs))
        known = ", ".join(sorted(self.orgs)) or "none"
        said = f"there is no org {chosen!r}" if chosen else "no --org, and no single one to take"
        raise UsageError(
            f"{said}; configured: {known}",
            where="--org",
            hint="name one of them, use --org practice, or add one with: optout org login",
        )


def own_orgs_file(home: Path) -> Path:
    """Where `optout org login` keeps the orgs of this user."""
    return home / "orgs.toml"


def load(
    config: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Settings:
    """Read the settings in force; the process's own environment and folder unless given.

    An org of optout.toml hides one of the same name that `optout org login` kept.
    Errors: UsageError naming file and line.
    """
    environ = os.environ if environ is None else environ
    home = state.home(environ)
    file = read_file(find_file(config, environ, cwd or Path.cwd()))
    known = (*(row.name for row in DEPLOYER.settings), *_FOREIGN)
    check_keys(file.values, known, file)
    own = own_orgs_file(home)
    own_orgs = read_orgs(read_file(own)) if own.is_file() else {}
    return Settings(file, environ, home, {**own_orgs, **read_orgs(file)})
