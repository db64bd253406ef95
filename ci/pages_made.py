"""The pages to look at: of practice orgs through the commands, of hostile facts, of the site."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from pages_site import site_pages
from pictures import a_change, a_readiness
from status_pages import status_pages

from deployer.model.facts import Unknown
from deployer.model.pictures import ChangePicture, Picture, ReadinessPicture
from deployer.reporting.page import draw_page

OPTOUT = Path(__file__).resolve().parent.parent / ".venv/bin/optout"
START_S = 60
HOSTILE = (
    '<script>alert(1)</script> "><img src=x onerror=alert(1)> \u202egnp\u2066 =1+1 {{ 7 * 7 }} '
    "\u0639\u0631\u0628\u064a"
)
LONG = "Wx" * 127 + "W"
LAYOUTS = 60
_FIELDS = ("Name", "AccountId", "Title", "Phone", "MobilePhone", "Email", "DoNotCall", "LeadSource")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: a file's address, or "" for one that a server answers.

    `answers` are what that server answers, by path, the page first: headers and body. `whole` says
    that all of it is kept as a screenshot, not only the first screen.
    """

    name: str
    address: str
    answers: Mapping[str, tuple[dict[str, str], bytes]] = field(default_factory=dict)
    whole: bool = True


def make_pages(folder: Path) -> list[Page]:
    """Every page, written below this folder."""
    return [
        *_of_the_practice_org(folder),
        *_of_many_layouts(folder),
        *(_drawn(folder, name, picture) for name, picture in _pictures().items()),
        *(Page(name, "", answers) for name, answers in status_pages(folder)),
        *(Page(name, "", answers, whole=False) for name, answers in site_pages(folder)),
    ]


def _of_the_practice_org(folder: Path) -> list[Page]:
    """Before a deploy, the plan, the deploy, after it, and a command that an error ended."""
    with _practice_org(folder / "practice") as org:
        return [
            org.page("before", "readiness"),
            org.page("plan", "plan", "--assign", "layout-users", "--lightning-pages"),
            org.page("supposed", "readiness", "--identity", "deployer", "--assign", "Sales"),
            org.page("plan-small", "plan", "--layout", "Contact-Contact*"),
            org.page("deploy", "deploy", "--assign", "layout-users", "--lightning-pages", "--yes"),
            org.page("again", "deploy", "--assign", "layout-users", "--lightning-pages", "--yes"),
            org.page("after", "readiness", "--identity", "deployer"),
            org.page("stopped", "plan", "--layout", "Contact-No such layout"),
        ]


def _of_many_layouts(folder: Path) -> list[Page]:
    metadata = folder / "many"
    (metadata / "layouts").mkdir(parents=True)
    for number in range(LAYOUTS):
        name = quote(f"Contact-Region {number:02} <b>&", safe="- ")
        (metadata / "layouts" / f"{name}.layout").write_text(_layout(number), "utf-8")
    with _practice_org(folder / "large", "--metadata", str(metadata)) as org:
        pages = [
            org.page("many", "readiness"),
            org.page("many-plan", "plan", "--all-layouts"),
        ]
    return [replace(page, whole=False) for page in pages]


def _layout(number: int) -> str:
    items = "".join(
        f"<layoutItems><behavior>{'Required' if name == 'Name' else 'Edit'}</behavior>"
        f"<field>{name}</field></layoutItems>"
        for name in _FIELDS[: 3 + number % 6]
    )
    section = (
        f"<layoutSections><customLabel>true</customLabel><detailHeading>true</detailHeading>"
        f"<editHeading>true</editHeading><label>Region {number}</label>"
        f"<layoutColumns>{items}</layoutColumns><layoutColumns/>"
        f"<style>TwoColumnsTopToBottom</style></layoutSections>"
    )
    return f'<Layout xmlns="http://soap.sforce.com/2006/04/metadata">{section}</Layout>'


def _pictures() -> dict[str, Picture]:
    """Hostile texts and names of 255 characters everywhere, and nothing at all."""
    look, change = a_readiness("x"), a_change("x")
    nothing = ReadinessPicture("acme", "00D", "F", look.at, "unknown", "Nothing could be read.",
                               lost="may not look", layouts=Unknown("may not look"))  # fmt: skip
    return {
        "hostile": a_readiness(HOSTILE),
        "hostile-plan": a_change(HOSTILE),
        "long": a_readiness(LONG),
        "long-plan": a_change(LONG),
        "empty": nothing,
        "empty-plan": ChangePicture("acme", "00D", "F", change.at, "nothing", ("Nothing to do.",)),
    }


def _drawn(folder: Path, name: str, picture: Picture) -> Page:
    path = folder / f"{name}.html"
    path.write_text(draw_page(picture), "utf-8")
    return Page(name, path.as_uri())


@dataclass(frozen=True, slots=True)
class _Org:
    """A practice org that runs; its pages are written beside its home."""

    home: Path

    def page(self, name: str, *words: str) -> Page:
        """Run a command with --html; its exit code is not asked, the page has to be there."""
        path = self.home.parent / f"{name}.html"
        command = [str(OPTOUT), words[0], "--org", "practice", "--html", str(path), *words[1:]]
        done = subprocess.run(
            command, env=_environment(self.home), capture_output=True, text=True, check=False
        )
        if not path.exists():
            raise SystemExit(f"pages: {' '.join(command)} wrote no page: {done.stderr}")
        path.chmod(0o644)
        return Page(name, path.as_uri())


@contextmanager
def _practice_org(home: Path, *words: str) -> Iterator[_Org]:
    """A practice org of its own for the block."""
    home.mkdir()
    command = [str(OPTOUT), "practice-org", "start", "--until-stdin-closes", *words]
    with (home / "org.log").open("wb") as log, subprocess.Popen(
        command, env=_environment(home), stdin=subprocess.PIPE, stdout=log, stderr=log
    ) as org:  # fmt: skip
        started = time.monotonic()
        while not (home / "practice-org/server.json").exists():
            if org.poll() is not None or time.monotonic() - started > START_S:
                org.kill()
                raise SystemExit(f"pages: no practice org: {(home / 'org.log').read_text()}")
            time.sleep(0.1)  # noqa: TID251 - another process starts
        yield _Org(home)
        org.stdin.close()
        org.wait(timeout=START_S)


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "OPTOUT_HOME": str(home)}
