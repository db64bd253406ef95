"""A team that runs optout in a pipeline: its repository, its secrets, and its runner's shell."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines import Vault, steps_of
from sample_layouts import a_layout

from practice_org.seed.identities import IDENTITIES
from practice_org.store import DataFolder
from practice_org.tables import find_rows, update_row

PLAN = "optout.plan.json"
LAYOUT = "force-app/main/default/layouts/Contact-Sales.layout-meta.xml"
# Which login each secret is for.
SECRETS = {"OPTOUT_KEY": "deployer", "OPTOUT_RUNNER_KEY": "runner"}
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Ran:
    """What became of a job: the exit code of its last step, and its log."""

    code: int
    log: str


@dataclass
class Team:
    """`secrets`: private keys by name; `home`: the runner's state; `over`: what it sets besides."""

    repo: Path
    home: Path
    secrets: dict[str, str]
    over: dict[str, str] = field(default_factory=dict)

    def run(self, product: str, job: str) -> Ran:
        """Run the job's steps one after the other until one fails, as its product would.

        No secret is in what is logged and kept. Errors: AssertionError when one is.
        """
        ran = self._steps(product, job)
        told = [ran.log, self.summary]
        told += [path.read_text(errors="replace") for path in (self.repo / "reports").glob("*")]
        for secret in self.secrets.values():
            assert not [text for text in told if secret.splitlines()[1] in text]
        return ran

    def _steps(self, product: str, job: str) -> Ran:
        log = ""
        for step in steps_of(product, job, Vault(self._text, self._file)):
            env = {**self._env(), **step.env, **self.over, "OPTOUT_HOME": str(self.home)}
            done = subprocess.run(
                [*step.shell, "/dev/stdin"],
                cwd=self.repo,
                env=env,
                input=step.lines,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            log += done.stdout
            if done.returncode:
                return Ran(done.returncode, log)
        return Ran(0, log)

    def report(self, name: str) -> str:
        return (self.repo / "reports" / name).read_text()

    @property
    def summary(self) -> str:
        """What the pipeline shows of the job, wherever its product has that."""
        found = [self.repo / "reports" / "summary.md", self.home.parent / "summary.md"]
        return "".join(path.read_text() for path in found if path.exists())

    def _env(self) -> Mapping[str, str]:
        return {
            "PATH": f"{BIN}:/usr/bin:/bin",
            "HOME": str(self.home.parent),
            "GITHUB_STEP_SUMMARY": str(self.home.parent / "summary.md"),
            **{k: v for k, v in os.environ.items() if k.startswith("COVERAGE")},
        }

    def _text(self, name: str) -> str:
        return self.secrets.get(name, "")

    def _file(self, name: str) -> str:
        """Where the product would put the secret; it leaves the variable empty when it has none."""
        if name not in self.secrets:
            return ""
        path = self.home.parent / f"{name}.secret"
        path.write_text(self.secrets[name])
        path.chmod(0o600)
        return str(path)


def found_team(folder: Path, here, keys: DataFolder) -> Team:
    """A repository with layouts and an optout.toml as docs/operating/pipelines.md has it.

    The org becomes a production org.
    """
    (company,) = find_rows(here.org, "Organization")
    update_row(here.org, "Organization", company["Id"], {"IsSandbox": False})
    repo = folder / "repo"
    layout = repo / LAYOUT
    layout.parent.mkdir(parents=True)
    layout.write_bytes(a_layout("Email", "HasOptedOutOfEmail"))
    usernames = {identity.name: identity.username for identity in IDENTITIES}
    tables = [
        f'[orgs.prod.{who}]\nlogin = "jwt"\nusername = "{usernames[who]}"\n'
        f'client_id = "{here.org.setting(f"client_id:{who}")}"\nkey_env = "{name}"\n'
        for name, who in SECRETS.items()
    ]
    place = f'instance_url = "{here.https}"\nca_file = "{here.facts["ca_file"]}"\n'
    (repo / "optout.toml").write_text(f"[orgs.prod]\n{place}\n" + "\n".join(tables))
    texts = {name: keys.key_file(who).read_text() for name, who in SECRETS.items()}
    (folder / "runner").mkdir()
    return Team(repo, folder / "runner" / "optout", texts)
