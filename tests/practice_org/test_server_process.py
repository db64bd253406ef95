"""The org as a process: started, found, locked, stopped, started again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import jwt
import pytest
import requests

pytestmark = pytest.mark.slow

SMALL = ("--contacts", "20", "--leads", "10", "--users", "12")
COMMAND = (sys.executable, "-m", "practice_org")


class Server:
    """One running practice org and the line it printed."""

    def __init__(self, data, *words):
        self.child = subprocess.Popen(
            [*COMMAND, "--data", str(data), "--json", "--until-stdin-closes", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.facts = json.loads(self.child.stdout.readline())

    def get(self, path, **headers):
        named = {"Authorization": f"Bearer {self.facts['access_token']}", **headers}
        url = self.facts["https_url"] + path
        return requests.get(url, headers=named, verify=self.facts["ca_file"], timeout=60)

    def stop(self, number=signal.SIGTERM):
        self.child.send_signal(number)
        return self.end()

    def end(self):
        """Close its stdin, as the death of this process would."""
        if self.child.returncode is None:
            self.words = self.child.communicate(timeout=60)[1].decode()
        return self.child.returncode, self.words


@pytest.fixture
def start(tmp_path, org_files, certificates):
    """Starts an org in a folder that has keys and certificates, which take longest to make."""
    del certificates
    shutil.copytree(org_files.path, tmp_path / "data")
    started = []

    def started_org(*words):
        started.append(Server(tmp_path / "data", *words))
        return started[-1]

    yield started_org
    for server in started:
        server.end()


def name_of(server):
    return server.get("/services/oauth2/userinfo").json()["preferred_username"]


def test_the_first_line_has_what_scripts_read(start):
    facts = start(*SMALL).facts
    wanted = {"instance_url", "https_url", "access_token", "ca_file", "username", "client_id"}
    wanted |= {"client_secret", "jwt_key_file", "org_id", "identities", "pid"}
    assert wanted <= set(facts)
    assert set(facts["identities"]) == {"deployer", "auditor", "runner"}
    assert Path(facts["jwt_key_file"]).stat().st_mode & 0o777 == 0o600


def test_server_json_says_the_same_to_its_owner_only(start, tmp_path):
    facts = start(*SMALL).facts
    path = tmp_path / "data" / "server.json"
    assert json.loads(path.read_text()) == facts
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(start, tmp_path, number):
    server = start(*SMALL)
    assert server.stop(number) == (0, "")
    assert not (tmp_path / "data" / "server.json").exists()


def test_it_stops_with_the_process_that_started_it(start):
    assert start(*SMALL).end()[0] == 0


def test_a_restart_keeps_ids_tokens_and_certificates(start):
    first = start(*SMALL)
    kept = {k: v for k, v in first.facts.items() if k not in {"instance_url", "https_url", "pid"}}
    first.stop()
    second = start(*SMALL)
    assert {k: second.facts[k] for k in kept} == kept
    assert name_of(second) == "admin@practice.example.com"


def test_a_killed_org_starts_again(start):
    first = start(*SMALL)
    first.stop(signal.SIGKILL)
    assert name_of(start()) == "admin@practice.example.com"


def test_reset_makes_a_new_org(start):
    first = start(*SMALL)
    first.stop()
    second = start(*SMALL, "--reset", "--production")
    assert second.facts["access_token"] != first.facts["access_token"]
    query = "/services/data/v63.0/query?q=SELECT+IsSandbox+FROM+Organization"
    assert second.get(query).json()["records"][0]["IsSandbox"] is False


def test_a_second_start_on_one_folder_is_refused_in_a_sentence(start, tmp_path):
    start(*SMALL)
    words = [*COMMAND, "--data", str(tmp_path / "data")]
    second = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 75
    assert second.stderr.startswith("practice org: another practice org is using ")
    assert second.stderr.count("\n") == 1


def test_a_taken_port_is_refused_in_a_sentence(start, tmp_path):
    port = start(*SMALL).facts["instance_url"].rpartition(":")[2]
    words = [*COMMAND, "--data", str(tmp_path / "other"), *SMALL, "--http-port", port]
    second = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.startswith("practice org: ")
    assert "Traceback" not in second.stderr


def test_a_person_reads_where_it_is_and_no_secret(tmp_path):
    words = [*COMMAND, "--data", str(tmp_path / "data"), *SMALL]
    child = subprocess.Popen(words, stdout=subprocess.PIPE)
    said = [child.stdout.readline().decode() for _ in range(5)]
    facts = json.loads((tmp_path / "data" / "server.json").read_text())
    child.terminate()
    child.communicate(timeout=60)
    assert facts["instance_url"] in "".join(said)
    assert facts["access_token"] not in "".join(said)


def test_a_folder_of_metadata_is_loaded_once_and_reported(start, tmp_path):
    (tmp_path / "Lead-Broken.layout").write_text("<Layout>")
    words = (*SMALL, "--metadata", str(tmp_path), "--rename-duplicates", "--with-marketo-field")
    assert "skipped: Lead-Broken.layout: line 1" in start(*words).end()[1]
    assert "was loaded before" in start(*words).end()[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--metadata", "/nowhere"], "there is no folder /nowhere"),
        (["--data", "/proc/nowhere"], "No such file"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(tmp_path, words, sentence):
    command = [*COMMAND, "--data", str(tmp_path / "data"), *SMALL, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_data_of_a_newer_format_is_refused_in_a_sentence(start, tmp_path):
    start(*SMALL).stop()
    with closing(sqlite3.connect(tmp_path / "data" / "org.sqlite")) as db, db:
        db.execute("UPDATE setting SET value = '99' WHERE name = 'format'")
    command = [*COMMAND, "--data", str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("practice org: practice data of format 99")


@pytest.mark.parametrize("name", ["deployer", "auditor", "runner"])
def test_each_identity_logs_in_with_its_key(start, name):
    server = start(*SMALL)
    who = server.facts["identities"][name]
    claims = {"iss": who["client_id"], "sub": who["username"], "exp": 2**33}
    claims["aud"] = server.facts["https_url"]
    assertion = jwt.encode(claims, Path(who["jwt_key_file"]).read_bytes(), algorithm="RS256")
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    url = server.facts["https_url"] + "/services/oauth2/token"
    answer = requests.post(url, data=form, verify=server.facts["ca_file"], timeout=60).json()
    server.facts["access_token"] = answer["access_token"]
    assert name_of(server) == who["username"]


def test_the_default_org_is_up_within_seconds(start):
    before = os.times().elapsed
    server = start()
    assert os.times().elapsed - before < 8
    query = "/services/data/v63.0/query?q=SELECT+COUNT()+FROM+Lead"
    assert server.get(query).json()["totalSize"] == 1500
