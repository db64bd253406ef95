"""ci/service/: what runs the sync on a machine or in a cluster is what the commands take."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from configparser import RawConfigParser
from contextlib import closing
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML
from serve_house import facts_of, make_desk
from walk import StepClock

from deployer.cli import optout
from sync.ledger.ledger import open_ledger
from sync.worker.shift import GRACE_S

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "ci" / "service"
PROGRAM = "/opt/optout/bin/optout"
UNITS = sorted(path.name for path in FOLDER.iterdir() if path.suffix in {".service", ".timer"})
SERVICES = [name for name in UNITS if name.endswith(".service")]
MOST_EXPOSED = "20"  # of 100; systemd itself calls up to 20 OK

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here"
)


class _Unit(RawConfigParser):
    def optionxform(self, name: str) -> str:
        return name


def unit(name: str) -> dict[str, dict[str, str]]:
    read = _Unit(strict=False, interpolation=None)
    read.read(FOLDER / name)
    return {section: dict(read[section]) for section in read.sections()}


def parsed(words: list[str]) -> list[str]:
    """The verbs of a command line whose options are all there; nothing is run."""
    command, context, verbs = optout, click.Context(optout), []
    while isinstance(command, click.Group) and words:
        verbs.append(words[0])
        command, words = command.get_command(context, words[0]), words[1:]
    assert command is not None, verbs
    command.make_context(verbs[-1], words)
    return verbs


def container() -> list[list[str]]:
    lines = (FOLDER / "Containerfile").read_text().splitlines()
    return [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]


def stateful() -> dict:
    return {document["kind"]: document for document in documents("statefulset.yaml")}


def documents(name: str) -> list[dict]:
    return list(YAML(typ="safe").load_all((FOLDER / name).read_text()))


def pods(name: str) -> dict[str, dict]:
    """The pods of everything in a file that starts some, by its name."""
    found = {}
    for each in documents(name):
        job = each["spec"].get("jobTemplate", each)
        if "template" in job["spec"]:
            found[each["metadata"]["name"]] = job["spec"]["template"]["spec"]
    return found


def typed(box: dict) -> list[str]:
    """What a container starts, as words after optout."""
    if "command" not in box:
        return box["args"]
    words = shlex.split(box["args"][0].replace("$(date +%u)", "1"))
    start = words.index("optout") + 1
    return words[start : words.index("||") if "||" in words else None]


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units where the program that they start is there."""
    program = shutil.which("true")
    for name in UNITS:
        text = (FOLDER / name).read_text().replace(PROGRAM, str(program))
        (tmp_path / name).write_text(text)
    return tmp_path


def analyzed(*words: str) -> tuple[int, str]:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_systemd_has_nothing_to_say_against_a_unit(units: Path, name: str):
    assert analyzed("verify", "--man=no", str(units / name)) == (0, "")


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_systemd_finds_a_service_shut_enough(units: Path, name: str):
    words = ("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", str(units / name))
    code, said = analyzed(*words)
    assert code == 0, said


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_a_command_that_is_there(name: str):
    line = unit(name)["Service"]["ExecStart"].partition(PROGRAM)[2]
    words = shlex.split(line.rstrip("'").replace("$(date +%%u)", "1"))
    assert parsed(words)[0] in {"sync", "worker"}


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".timer")])
def test_a_timer_has_its_service(name: str):
    assert (FOLDER / name).with_suffix(".service").is_file()


def test_all_services_are_shut_alike_and_work_on_one_ledger():
    told = [
        {name: value for name, value in unit(each)["Service"].items()
         if name.startswith(("Protect", "Private", "Restrict", "User", "StateDir", "UMask", "Cap"))
         and name not in {"PrivateNetwork", "RestrictAddressFamilies", "RestartPreventExitStatus"}}
        for each in SERVICES
    ]  # fmt: skip
    assert told[0]["User"] == "optout"
    assert all(each == told[0] for each in told)
    assert f"u {told[0]['User']} " in (FOLDER / "optout.sysusers").read_text()


def test_image_and_pod_run_the_same_command_as_the_same_user():
    lines = container()
    (start,) = (json.loads(rest) for word, rest in lines if word == "CMD")
    (user,) = (rest.partition(":")[0] for word, rest in lines if word == "USER")
    pod = stateful()["StatefulSet"]["spec"]["template"]["spec"]
    assert parsed(list(start)) == ["sync", "serve"]
    assert pod["containers"][0]["args"] == start
    security = pod["securityContext"]
    assert (security["runAsUser"], security["fsGroup"]) == (int(user), int(user))
    assert security["runAsNonRoot"] is True


def test_there_is_one_replica_that_is_asked_at_paths_the_server_has(clock, tmp_path):
    documents = stateful()
    spec = documents["StatefulSet"]["spec"]
    box = spec["template"]["spec"]["containers"][0]
    (port,) = (each["containerPort"] for each in box["ports"])
    served = next(p for p in parsed_command("sync", "serve").params if p.name == "port")
    assert (spec["replicas"], port) == (1, served.default)
    with closing(open_ledger(tmp_path / "ledger.sqlite", StepClock(clock))) as ledger:
        desk = make_desk(ledger, lambda: facts_of(ledger))
        paths = [box[f"{kind}Probe"]["httpGet"]["path"] for kind in ("liveness", "readiness")]
        assert [desk.get(path).status for path in paths] == [200, 200]
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels == documents["Service"]["spec"]["selector"]
    assert spec["serviceName"] == documents["Service"]["metadata"]["name"]


def parsed_command(*verbs: str) -> click.Command:
    command, context = optout, click.Context(optout)
    for verb in verbs:
        command = command.get_command(context, verb)
    return command


def test_each_mount_of_the_pod_has_its_volume():
    spec = stateful()["StatefulSet"]["spec"]
    pod = spec["template"]["spec"]
    volumes = {each["name"] for each in pod["volumes"]}
    volumes |= {each["metadata"]["name"] for each in spec["volumeClaimTemplates"]}
    assert {each["name"] for each in pod["containers"][0]["volumeMounts"]} == volumes


def test_each_pod_over_postgresql_starts_a_command_that_is_there():
    told = {name: parsed(typed(pod["containers"][0])) for name, pod in pods("workers.yaml").items()}
    assert told == {
        "optout-serve": ["sync", "serve"], "optout-worker": ["worker"],
        "optout-nightly": ["sync", "nightly"], "optout-backup": ["sync", "backup"],
    }  # fmt: skip
    assert "--no-drain" in pods("workers.yaml")["optout-serve"]["containers"][0]["args"]


def test_pods_over_postgresql_are_shut_as_the_stateful_one_is():
    one = stateful()["StatefulSet"]["spec"]["template"]["spec"]
    for pod in pods("workers.yaml").values():
        assert pod["securityContext"] == one["securityContext"]
        (box,) = pod["containers"]
        assert box["securityContext"] == one["containers"][0]["securityContext"]
        volumes = {each["name"] for each in pod["volumes"]}
        assert {each["name"] for each in box["volumeMounts"]} == volumes


def test_a_worker_is_given_more_time_to_end_than_it_takes():
    waits = pods("workers.yaml")["optout-worker"]["terminationGracePeriodSeconds"]
    unit_waits = int(unit("optout-worker.service")["Service"]["TimeoutStopSec"])
    assert min(waits, unit_waits) > GRACE_S + 10


def test_the_service_leads_to_the_servers():
    by_kind = {each["kind"]: each for each in documents("workers.yaml")[:2]}
    labels = by_kind["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert by_kind["Service"]["spec"]["selector"] == labels
    assert by_kind["Deployment"]["metadata"]["name"] == "optout-serve"


def test_the_page_has_each_file():
    page = (ROOT / "docs" / "operating" / "service.md").read_text()
    assert [path.name for path in FOLDER.iterdir() if f"`{path.name}`" not in page] == []
