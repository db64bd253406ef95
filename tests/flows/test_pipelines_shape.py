"""The pipelines of ci/pipelines as their products see them: well-formed, safe, and all alike."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
from jenkinsfile import read_jenkinsfile
from pipeline_team import BIN
from pipelines import (
    FOLDER,
    JENKINSFILES,
    JOBS,
    PRODUCTS,
    Vault,
    read_jenkins,
    read_yaml,
    steps_of,
)

SCHEMAS = {
    "github": ("vendor.github-workflows",),
    "gitlab": ("vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
    # Its patterns hold escapes that are none in Unicode; every number and truth is a text to it.
    "azure": ("vendor.azure-pipelines", "--data-transform", "azure-pipelines",
              "--regex-variant", "nonunicode"),
}  # fmt: skip
PINNED = re.compile(r"- uses: [\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
NOTHING_KEPT = Vault(lambda _name: "", lambda _name: "")
# What may be done with a secret in a line: put it from its file into the environment.
INTO_ENV = re.compile(
    r'(if \[ -n "\$\{(\w+)_FILE:-\}" \]; then )?export (\w+)="\$\(cat "\$\3_FILE"\)"(; fi)?'
)


def lines(product, job):
    steps = steps_of(product, job, NOTHING_KEPT)
    return [line.strip() for step in steps for line in step.lines.splitlines()]


def typed(product, job):
    """The job's optout commands, without where the product is told of them."""
    text = "\n".join(lines(product, job)).replace("\\\n", " ")
    found = re.findall(r"\boptout (?:edit|plan|deploy|jobs|readiness|sync)\b[^\n]*", text)
    told = r"--annotations github|--markdown \S+|\|\| code=.*"
    return [" ".join(re.sub(told, "", command).split()) for command in found]


def text_of(product):
    names = JENKINSFILES if product == "jenkins" else (f"{product}.yml",)
    return "\n".join((FOLDER / name).read_text() for name in names)


@pytest.mark.parametrize("product", SCHEMAS)
def test_each_is_what_its_products_own_schema_says(product):
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *SCHEMAS[product],
         FOLDER / f"{product}.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_workflow_passes_every_audit():
    zizmor = shutil.which("zizmor", path=BIN) or shutil.which("zizmor")
    assert zizmor, "type: ci/setup"
    done = subprocess.run(
        [zizmor, "--offline", "--persona", "auditor", "--quiet", FOLDER / "github.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_every_action_is_a_commit_with_its_version_beside_it():
    uses = [line.strip() for line in text_of("github").splitlines() if "uses:" in line]
    assert [line for line in uses if not PINNED.fullmatch(line)] == []
    assert len(uses) > len(JOBS)


def test_a_job_may_read_the_repository_and_one_may_write_findings():
    workflow = read_yaml("github")
    assert workflow["permissions"] == {}
    more = {"files": {"security-events": "write"}}
    for name, job in workflow["jobs"].items():
        assert job["permissions"] == {"contents": "read", **more.get(name, {})}


def test_no_job_keeps_the_repositorys_token_on_disk():
    checkouts = [
        step["with"]["persist-credentials"]
        for job in read_yaml("github")["jobs"].values()
        for step in job["steps"]
        if "checkout" in step.get("uses", "")
    ]
    assert checkouts == [False] * len(JOBS)


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("job", JOBS)
def test_a_secret_goes_from_its_file_into_the_environment_and_nowhere_else(product, job):
    naming = [line for line in lines(product, job) if "_KEY" in line]
    assert [line for line in naming if not INTO_ENV.fullmatch(line)] == []


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("job", JOBS)
def test_no_line_is_put_together_by_the_product(product, job):
    """What others write (a branch, a title) can so not become a command."""
    assert [line for line in lines(product, job) if "${{" in line or "$(Build" in line] == []
    assert [line for line in lines(product, job) if "$CI_" in line] == []


@pytest.mark.parametrize("product", PRODUCTS[1:])
@pytest.mark.parametrize("job", JOBS)
def test_each_product_runs_the_same_commands(product, job):
    assert typed(product, job) == typed("github", job) != []


def test_in_github_one_deploy_runs_an_org_and_none_is_cancelled():
    jobs = read_yaml("github")["jobs"]
    kept = {name: jobs[name]["concurrency"] for name in ("deploy", "nightly")}
    assert kept == {
        "deploy": {"group": "optout-deploy-prod", "cancel-in-progress": False},
        "nightly": {"group": "optout-sync-prod", "cancel-in-progress": False},
    }


def test_in_gitlab_one_deploy_runs_an_org_and_none_is_cancelled():
    jobs = read_yaml("gitlab")
    for name, group in (("deploy", "optout-prod"), ("nightly", "optout-sync-prod")):
        assert (jobs[name]["resource_group"], jobs[name]["interruptible"]) == (group, False)


def test_in_azure_one_deploy_runs_an_org_and_waits_for_the_one_before():
    pipeline = read_yaml("azure")
    (deploy,) = (job for job in pipeline["jobs"] if "deployment" in job)
    assert (pipeline["lockBehavior"], deploy["environment"]) == ("sequential", "prod")


def test_in_jenkins_one_deploy_runs_an_org_and_none_is_cancelled():
    for pipeline in read_jenkins().values():
        (alone,) = pipeline["options"].all("disableConcurrentBuilds")
        assert alone.line == "( abortPrevious : false )"
    stages = read_jenkins()["Jenkinsfile"]["stages"].all("stage")
    locks = {s.texts[0]: s["options"]["lock"].texts for s in stages if s.all("options")}
    assert locks == {"review": ["optout-prod"], "deploy": ["optout-prod"]}


def test_reports_are_kept_also_when_a_job_fails():
    for job in read_yaml("github")["jobs"].values():
        last = job["steps"][-1]
        assert ("upload-artifact" in last["uses"], last["if"]) == (True, "always()")
    gitlab = read_yaml("gitlab")
    assert {gitlab[job]["artifacts"]["when"] for job in JOBS} == {"always"}
    assert all("reports/" in gitlab[job]["artifacts"]["paths"] for job in JOBS)
    for pipeline in read_jenkins().values():
        (kept,) = pipeline["post"]["always"].all("archiveArtifacts")
        assert "reports/**" in kept.texts[0]


def test_azure_keeps_reports_also_when_a_job_fails():
    for job in read_yaml("azure")["jobs"]:
        strategy = job.get("strategy", {"runOnce": {"deploy": job}})
        steps = strategy["runOnce"]["deploy"]["steps"]
        kept = [step for step in steps if step.get("task") == "PublishPipelineArtifact@1"]
        assert [step["condition"] for step in kept] == ["always()"]


def test_a_job_has_more_time_than_it_waits_for_the_org():
    wait = 2 * int(read_yaml("github")["env"]["OPTOUT_WAIT"])
    assert read_yaml("github")["jobs"]["deploy"]["timeout-minutes"] > wait
    assert int(read_yaml("gitlab")["deploy"]["timeout"].split()[0]) > wait


@pytest.mark.parametrize(
    "text",
    [
        "pipeline { agent any; }",
        "pipeline { stages { stage('x') { steps { echo 'x' } } } }",
        "pipeline { stages { stage('x') { steps { sh '''x''' ",
        "pipeline { stages { } surprise { } }",
        "pipeline { stages { stage('x') { surprise { } } } }",
        "pipeline { stages { stage('x') { steps { sh 'a\\qb' } } } }",
    ],
)
def test_a_jenkinsfile_that_is_not_understood_is_refused(text):
    with pytest.raises((ValueError, KeyError, IndexError)):
        read_jenkinsfile(text)


def test_a_jenkinsfile_is_read_as_groovy_reads_it():
    text = "pipeline { // x\n stages {\n stage('x') { steps { sh '''a \\\n b\\n'''\n } } } }"
    (stage,) = read_jenkinsfile(text)["stages"].all("stage")
    assert (stage.texts, stage["steps"]["sh"].texts) == (["x"], ["a  b\n"])
