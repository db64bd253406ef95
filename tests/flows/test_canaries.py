"""No secret and no address leaves the places that are for them, whatever is typed.

The canaries are real: the org's own passwords, tokens and keys, and the addresses of people on both
sides. After a walk through all commands everything that was said and written is searched for them.
Every other test is searched, too (`tests/canaries.py`); here it is known what must be found where.
"""

from __future__ import annotations

import shutil
import stat
import tempfile
import webbrowser
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from canary_server import SENDERS_KEY, serve
from logging_in import Browser, free_port
from sample_layouts import a_layout

from deployer.reporting.problems import to_error
from practice_org.actions.org_rules import Rule, set_rule
from practice_org.faults.firing import switch_off, switch_on
from practice_org.faults.store import When
from practice_org.login.apps import issue_refresh_token
from practice_org.seed.people import ADMIN_USERNAME
from practice_org.tables import find_rows, insert_row

pytestmark = pytest.mark.slow

WRONG = "canary-wrong-secret"
HOOKED = "canary-hook@example.com"
PEOPLE_COLUMNS = "person_id,email,salesforce_id,unsubscribed\n"
FORMATS = ("junit", "markdown", "html")
# What is meant to have addresses: people (mine.sqlite), unsubscribes, copies, exports, rejects.
DATABASES = {"mine.sqlite", "ledger.sqlite", "copy.sqlite"}
FOR_ADDRESSES = {
    HOOKED: {"exported.csv", "ledger.sqlite", "mine.sqlite"},
    "canary-layout@example.com": set(),
    "canary-org@example.com": set(),
    "canary-people@example.com": {*DATABASES, "exported.csv"},
    "canary-push@example.com": DATABASES,
    "canary-reject@example.com": {"people.rejected.csv"},
    "canary-rule@example.com": set(),
}


@dataclass(frozen=True)
class Walk:
    """What a walk was told, and where it may have left something."""

    said: list[tuple[str, str]]
    places: tuple[Path, ...]
    secrets: Mapping[str, str]

    def files(self) -> Iterator[Path]:
        for place in self.places:
            for path in place.rglob("*"):
                if path.is_file() and "practice-org" not in path.parts:
                    yield path


def where(needle: str, walk: Walk) -> set[str]:
    """The commands that said it and the files that hold it, by name."""
    sayers = {words for words, text in walk.said if needle in text}
    holders = {path.name for path in walk.files() if needle.encode() in path.read_bytes()}
    return sayers | holders


@pytest.fixture
def rooms(tmp_path, private_home, monkeypatch):
    """A folder to work in, one for temporary files, and the program's home; secrets lie apart."""
    work, temporary, keys = (tmp_path / name for name in ("work", "temporary", "keys"))
    for each in (work, temporary, keys):
        each.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return (work, temporary, private_home), keys


@pytest.fixture
def given(org_now, rooms):
    """A file of mode 600 for each secret; the path of the one that is asked for."""
    _, keys = rooms
    org, facts = org_now.org, org_now.facts
    refresh = issue_refresh_token(org, facts["client_id"], org.setting("admin_user_id"))
    app = f"{facts['client_id']}:{facts['client_secret']}"
    host = org_now.https.removeprefix("https://")
    texts = {"secret": facts["client_secret"], "password": facts["password"],
             "token": facts["access_token"], "wrong": WRONG,
             "url": f"force://{app}:{refresh}@{host}"}  # fmt: skip
    for name, text in texts.items():
        (keys / name).write_text(text)
        (keys / name).chmod(0o600)
    return lambda name: str(keys / name)


def logins(facts, given) -> list[tuple[str, ...]]:
    """Each kind of login, and some that are refused."""
    here = ("--instance-url", facts["https_url"], "--ca-file", facts["ca_file"])
    app, user = ("--client-id", facts["client_id"]), ("--username", facts["username"])
    by = ("org", "login")
    return [
        (*by, "client-credentials", "mine", *app, "--client-secret-file", given("secret"), *here),
        (*by, "jwt", "signed", *app, *user, "--key-file", facts["jwt_key_file"], *here),
        (*by, "token", "token", "--token-file", given("token"), *here),
        (*by, "soap", "old", *user, "--password-file", given("password"), *here),
        (*by, "sfdx-url", "cli", "--url-file", given("url"), *here[2:]),
        (*by, "sfdx-url", "no", "--url-file", given("wrong"), *here[2:]),
        (*by, "web", "browsed", *app, "--client-secret-file", given("secret"),
         "--port", str(free_port()), *here),
        (*by, "soap", "no", *user, "--password-file", given("wrong"), *here),
        (*by, "client-credentials", "no", *app, "--client-secret-file", given("wrong"), *here),
        (*by, "jwt", "no", *app, *user, "--key-file", given("wrong"), *here),
        ("org", "list"), ("org", "show", "mine"), ("settings",), ("doctor", "--org", "mine"),
    ]  # fmt: skip


def reported(name: str) -> tuple[str, ...]:
    """Every format that a report can be had in, as files of this name."""
    files = (word for each in FORMATS for word in (f"--{each}", f"{name}.{each}"))
    return (*files, "--annotations", "github", "--org", "mine")


FILES = [
    ("validate", "force-app", "--sarif", "validate.sarif", "--json"),
    ("edit", "force-app", "--check", "--sarif", "edit.sarif"),
]
DEPLOYS = [
    ("readiness", *reported("before")),
    ("plan", "--out", "plan.json", *reported("plan")),
    ("readiness", "--after", "plan.json", "--json", "--org", "mine"),
    ("deploy", "--yes", "--snapshot-out", "snapshot.zip", *reported("deploy")),
    ("remove", "--yes", "--json", "--org", "mine"),
    ("restore", "--yes", *reported("restore")),
    ("jobs", "list"),
]
SYNCS = [
    ("people", "import", "people.csv"),
    ("people", "export", "exported.csv"),
    ("sync", "adopt"), ("sync", "adopt", "--yes", "--json"), ("sync", "enable", "--by", "Ada"),
    ("sync", "push", "--email", "canary-push@example.com", "--json"),
    ("sync", "push", "--email", "canary-people@example.com"),
    ("sync", "nightly", "--force"), ("sync", "nightly", "--force", "--json"),
    ("sync", "status", "--ask-org"), ("sync", "status", "--json"), ("sync", "runs"),
    ("sync", "audit"), ("sync", "quarantine", "list"), ("sync", "quarantine", "list", "--json"),
    ("sync", "quarantine", "show", "1"), ("sync", "quarantine", "export", "cases.csv"),
    ("sync", "backup", "copy.sqlite"),
]  # fmt: skip
TROUBLES = [("plan", "--json"), ("sync", "push", "--person", "p1"), ("readiness",),
            ("sync", "nightly", "--force"), ("doctor",)]  # fmt: skip


def plant(org) -> tuple[str, str]:
    """Somebody in the org whom a rule refuses, in words that name an address, and a Lead; ids."""
    (admin,) = find_rows(org, "User", Username=ADMIN_USERNAME)
    row = {"LastName": "Moss", "Email": "canary-org@example.com"}
    contact = insert_row(org, "Contact", row)
    set_rule(org, admin["Id"], Rule("Contact", "Old", "ask canary-rule@example.com", "", True))
    lead = insert_row(org, "Lead", {"LastName": "Moss", "Company": "Moss & Co."})
    return contact, lead


def people_of(contact: str, lead: str) -> str:
    return (
        f"{PEOPLE_COLUMNS}p1,canary-people@example.com,{contact},true\n"
        f"p2,canary-reject@example.com,junk,no\np3,{HOOKED},{lead},false\n"
    )


def is_out(org, lead: str) -> bool:
    return bool(find_rows(org, "Lead", Id=lead)[0]["HasOptedOutOfEmail"])


def secrets_of(practice) -> dict[str, str]:
    """Everything that lets somebody in, and a line of the key that is the key's own."""
    facts = practice.facts
    kept = {name: facts[name] for name in ("access_token", "password", "client_secret")}
    begun = practice.org.db.execute("SELECT token FROM session").fetchall()
    sessions = {f"session {number}": row[0] for number, row in enumerate(begun)}
    given = practice.org.db.execute("SELECT token FROM refresh_token").fetchall()
    refreshing = {f"refresh token {number}": row[0] for number, row in enumerate(given)}
    key = Path(facts["jwt_key_file"]).read_text().splitlines()[5]
    return {"wrong": WRONG, "key": key, "hook": SENDERS_KEY, **kept, **sessions, **refreshing}


def bring_files(folder: Path) -> None:
    """Metadata that is wrong, with an address in it."""
    layouts = folder / "layouts"
    layouts.mkdir(parents=True)
    words = "<!-- ask canary-layout@example.com -->"
    text = a_layout("Contact").decode().replace("<layoutSections>", f"{words}<layoutSections>", 1)
    (layouts / "Contact-C.layout-meta.xml").write_text(text)
    (layouts / "Lead-L.layout-meta.xml").write_text(f"{words}<Layout>")


@pytest.fixture
def browser(org_now, monkeypatch):
    monkeypatch.setattr(webbrowser, "_browsers", {})
    monkeypatch.setattr(webbrowser, "_tryorder", ["tests"])
    found = Browser(org_now.facts["ca_file"])
    webbrowser.register("tests", None, found, preferred=True)
    return found


@pytest.fixture
def walk(org_now, run, rooms, given, browser):
    """Everything typed, in fair weather and foul, with the log at its most talkative."""
    places, _ = rooms
    org, said, codes = org_now.org, [], Counter()

    def type_in(*words: str) -> None:
        code, out, err = run("--verbose", "--log-file", "log.jsonl", *words)
        structlog.get_config()["processors"][-1]._file.close()  # a process would have ended here
        said.append((" ".join(words), out + err))
        codes[code] += 1
        assert "Traceback" not in out + err
        assert code != 3, (words, err)

    bring_files(Path("force-app"))
    for words in (*logins(org_now.facts, given), *FILES, *DEPLOYS):
        type_in(*words)
    contact, lead = plant(org)
    Path("people.csv").write_text(people_of(contact, lead))
    for words in SYNCS:
        type_in(*words, "--org", "mine")
    said.append(("sync serve", serve(HOOKED, lambda: is_out(org, lead))))
    Path("people.csv").unlink()  # what we brought ourselves
    shutil.rmtree("force-app")
    switch_on(org, "any", "HTML_503", When(times=1_000))
    for words in TROUBLES:
        type_in(*words, "--org", "mine")
    switch_off(org)
    org.db.execute("UPDATE session SET ends_at = '2000-01-01T00:00:00+00:00'")
    type_in("plan", "--org", "token")
    assert codes[0] >= 25, codes
    return Walk(said, places, secrets_of(org_now))


def test_a_walk_through_everything_leaves_secrets_and_addresses_where_they_belong(walk):
    assert len(walk.secrets) > 10
    found = {name: where(text, walk) for name, text in walk.secrets.items()}
    kept = {"browsed.deployer.refresh_token"}
    assert {name: places for name, places in found.items() if places - kept} == {}
    assert kept in found.values()
    assert where("ask (address", walk) >= {"cases.csv"}  # the rule's words came by, without it
    assert {address: where(address, walk) for address in FOR_ADDRESSES} == FOR_ADDRESSES
    private = {path.name for path in walk.files() if not stat.S_IMODE(path.stat().st_mode) & 0o077}
    assert set().union(*FOR_ADDRESSES.values()) <= private
    assert {
        "log.jsonl",
        "serve.jsonl",
        "plan.json",
        "orgs.toml",
        "cases.csv",
        "snapshot.zip",
    } <= private


def test_the_log_of_a_bug_holds_neither_what_was_said_nor_what_was_at_hand(rooms):
    def broken(password):
        raise RuntimeError(password)

    try:
        broken(WRONG)
    except RuntimeError as bug:
        error = to_error(bug)
    log = Path(error.where)
    assert "in broken" in log.read_text()
    assert WRONG not in log.read_text() + str(error.message)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_what_is_searched_for_is_found(tmp_path):
    (tmp_path / "left").write_text(f"a{WRONG}b")
    walk = Walk([("typed", f"x{WRONG}")], (tmp_path,), {})
    assert where(WRONG, walk) == {"left", "typed"}
