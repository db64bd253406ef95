"""Logging in to a practice org of the module's own: its fixtures, and a browser that says yes."""

import html
import json
import re
import socket
import threading
import webbrowser

import pytest
import requests

from deployer.cli import main
from deployer.salesforce.practice import SERVER_FILE, start_child


@pytest.fixture(scope="module")
def org(tmp_path_factory):
    """A practice org of its own; what server.json says."""
    data = tmp_path_factory.mktemp("practice")
    with start_child(data):
        yield json.loads((data / SERVER_FILE).read_text())


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("OPTOUT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def optout(home, capfd):
    """Run a command; its exit code, its --json document (or text) and stderr."""
    assert not home.exists()

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        out, err = capfd.readouterr()
        return ended.value.code, json.loads(out) if "--json" in words else out, err

    return run


def login(optout, org, kind, *words):
    where = ("--instance-url", org["https_url"], "--ca-file", org["ca_file"])
    return optout("org", "login", kind, "mine", *where, *words, "--json")


def secret_file(tmp_path, text, mode=0o600):
    path = tmp_path / "secret"
    path.write_text(text)
    path.chmod(mode)
    return path


def web_login(optout, org, tmp_path, *words):
    secret = tmp_path / "client_secret"
    secret.write_text(org["client_secret"])
    secret.chmod(0o600)
    return login(
        optout, org, "web", "--client-id", org["client_id"], "--port", free_port(),
        "--client-secret-file", secret, *words,
    )  # fmt: skip


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Browser(webbrowser.BaseBrowser):
    """Opens the page, and follows it to wherever it leads, as the approving user does."""

    def __init__(self, ca_file):
        super().__init__("tests")
        self.ca_file = ca_file
        self.opened = []

    def open(self, url, new=0, autoraise=True):  # noqa: ARG002 - webbrowser's signature
        self.opened.append(url)
        threading.Thread(target=self.follow, args=(url,)).start()
        return True

    def follow(self, url):
        page = requests.get(url, verify=self.ca_file, timeout=60)
        form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        allowed = requests.post(
            url.partition("?")[0],
            data={name: html.unescape(value) for name, value in form.items()},
            verify=self.ca_file, allow_redirects=False, timeout=60,
        )  # fmt: skip
        requests.get(allowed.headers["Location"], timeout=60)


@pytest.fixture
def browser(org, monkeypatch):
    found = Browser(org["ca_file"])
    monkeypatch.setattr(webbrowser, "_browsers", {})
    monkeypatch.setattr(webbrowser, "_tryorder", ["tests"])
    webbrowser.register("tests", None, found, preferred=True)
    return found
