"""The pipelines of ci/pipelines as their products run them: jobs of steps, each with its shell.

Nothing of a product runs here. What it would put in place of its own words (secrets, secure files)
comes in as `Vault`; any other of its words is refused, so that none is run half understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jenkinsfile import Node, read_jenkinsfile
from ruamel.yaml import YAML

FOLDER = Path(__file__).resolve().parents[1] / "ci" / "pipelines"
PRODUCTS = ("github", "gitlab", "azure", "jenkins")
JENKINSFILES = ("Jenkinsfile", "Jenkinsfile.nightly", "Jenkinsfile.drift")
JOBS = ("files", "review", "readiness", "deploy", "nightly", "drift")
# The only lines that are not run: here, optout is installed already.
INSTALLS = {
    'pipx install "$OPTOUT_PACKAGE"',
    'pipx install --force "$OPTOUT_PACKAGE"',
    'pip install --quiet "$OPTOUT_PACKAGE"',
    'python3 -m venv .optout && .optout/bin/pip install --quiet "$OPTOUT_PACKAGE"',
}
# How each product starts a shell. Sources: GitHub, "Workflow syntax", shell unspecified; GitLab
# Runner, shells/bash.go; Azure, Bash@3; Jenkins, the sh step.
SHELLS = {
    "github": ("bash", "-e"),
    "gitlab": ("bash", "-eo", "pipefail"),
    "azure": ("bash", "--noprofile", "--norc"),
    "jenkins": ("sh", "-xe"),
}
# GitLab: which variable of type File an environment sees, as docs/operating/pipelines.md says.
_SEEN = {
    "prod-review": "OPTOUT_KEY",
    "prod": "OPTOUT_KEY",
    "prod-sync": "OPTOUT_RUNNER_KEY",
}  # fmt: skip
_NAMES = {
    "optout-prod.key": "OPTOUT_KEY",
    "optout-prod-key": "OPTOUT_KEY",
    "optout-prod-runner.key": "OPTOUT_RUNNER_KEY",
    "optout-prod-runner-key": "OPTOUT_RUNNER_KEY",
}


@dataclass(frozen=True)
class Vault:
    """What a product keeps: a secret's own text, and the file it would be in; "" for none."""

    text: Callable[[str], str]
    file: Callable[[str], str]


@dataclass(frozen=True)
class Step:
    """Lines for one shell, and what is in its environment."""

    shell: tuple[str, ...]
    lines: str
    env: Mapping[str, str]


def read_yaml(product: str) -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(FOLDER / f"{product}.yml")


def read_jenkins() -> dict[str, Node]:
    return {name: read_jenkinsfile((FOLDER / name).read_text()) for name in JENKINSFILES}


def steps_of(product: str, job: str, vault: Vault) -> list[Step]:
    """The job's steps but for the installation, in order."""
    found = [
        Step(SHELLS[product], lines.strip() + "\n", dict(env))
        for lines, env in _READERS[product](job, vault)
        if lines.strip() not in INSTALLS
    ]
    assert found, f"{product} has no steps for {job}"
    return found


Lines = Iterator[tuple[str, Mapping[str, str]]]


def _github(job: str, vault: Vault) -> Lines:
    whole = read_yaml("github")
    body = whole["jobs"][job]
    for step in body["steps"]:
        if "run" in step:
            env = {**whole["env"], **body.get("env", {}), **step.get("env", {})}
            yield step["run"], {k: _github_value(v, vault) for k, v in env.items()}


def _github_value(value: str, vault: Vault) -> str:
    secret = re.fullmatch(r"\$\{\{ secrets\.(\w+) \}\}", value)
    assert secret or "${{" not in value, value
    return vault.text(secret[1]) if secret else value


def _gitlab(job: str, vault: Vault) -> Lines:
    """One shell a job: before_script and script one after the other."""
    whole = read_yaml("gitlab")
    body = {**whole[whole[job]["extends"]], **whole[job]}
    env = {**whole["variables"], **body.get("variables", {})}
    name = _SEEN.get(body.get("environment", {}).get("name"))
    if name:
        env[f"{name}_FILE"] = vault.file(name)
    first, *rest = (*body["before_script"], *body["script"])
    assert first in INSTALLS
    yield "\n".join(rest), env


def _azure(job: str, vault: Vault) -> Lines:
    whole = read_yaml("azure")
    (body,) = (each for each in whole["jobs"] if job in (each.get("job"), each.get("deployment")))
    strategy = body.get("strategy", {"runOnce": {"deploy": body}})
    files = {}
    for step in strategy["runOnce"]["deploy"]["steps"]:
        if step.get("task") == "DownloadSecureFile@1":
            files[f"$({step['name']}.secureFilePath)"] = _NAMES[step["inputs"]["secureFile"]]
        if "bash" in step and step.get("condition") is None:
            env = {**whole["variables"], **body.get("variables", {}), **step.get("env", {})}
            filled = {k: vault.file(files[v]) if v in files else v for k, v in env.items()}
            assert "$(" not in "".join(filled.values())
            yield step["bash"], filled


def _jenkins(job: str, vault: Vault) -> Lines:
    name = f"Jenkinsfile.{job}" if f"Jenkinsfile.{job}" in JENKINSFILES else "Jenkinsfile"
    pipeline = read_jenkins()[name]
    stages = {stage.texts[0]: stage for stage in pipeline["stages"].all("stage")}
    for stage in (stages["Install"], stages[job]):
        for step in stage["steps"].all("sh"):
            yield step.texts[0], {**_jenkins_env(pipeline, vault), **_jenkins_env(stage, vault)}


def _jenkins_env(node: Node, vault: Vault) -> dict[str, str]:
    env = {}
    for part in node.all("environment"):
        for row in part.inside or ():
            if row.name != "PATH":  # where the installation would be
                kept = "credentials" in row.line
                env[row.name] = vault.file(_NAMES[row.texts[0]]) if kept else row.texts[0]
    return env


_READERS: Mapping[str, Callable[[str, Vault], Lines]] = {
    "github": _github,
    "gitlab": _gitlab,
    "azure": _azure,
    "jenkins": _jenkins,
}
