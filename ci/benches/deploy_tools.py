"""Who puts the field on layouts of an org: the product, and what people would use instead."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benches.cost import Cost, Entrant, cost
from benches.peers.logins import PROJECT, Peer, log_in_cci, log_in_sf
from benches.spent import Spent, run_measured
from benches.stage.layout_judge import API, ended, fetch_layouts
from benches.stage.layouts import write_layouts
from benches.stage.noted_org import NotedOrg, noted_org
from benches.start_up import OPTOUT
from strangers_install import CUMULUSCI, NODE_PACKAGES, Clients
from strangers_package import package_xml, write_files

FIELD = "HasOptedOutOfEmail"
ADDING = Path(__file__).parent / "peers/field_by_script.py"
_LAYOUTS = "force-app/main/default/layouts"
OURS = Entrant(
    "optout", version("salesforce-optout"),
    "login timed, too; also gives access, keeps what was there and proves the result",
)  # fmt: skip
SF = Entrant("sf retrieve, script, sf deploy", NODE_PACKAGES[1].rpartition("@")[2])
CCI = Entrant("cci add_page_layout_fields", CUMULUSCI.partition("==")[2])


@dataclass(frozen=True, slots=True)
class Pattern:
    """An org with the layouts and the logins to it, from which every run gets a copy of its own.

    `before` are the layouts as that org gives them, by name.
    """

    folder: Path
    doors: tuple[str, ...]
    before: dict[str, bytes]
    sf: Peer
    cci: Peer

    @contextmanager
    def fresh(self) -> Iterator[tuple[Path, NotedOrg]]:
        """A copy while it serves, and its folder."""
        copy = self.folder.with_name("copy")
        shutil.copytree(self.folder, copy, symlinks=True)
        try:
            with noted_org(copy / "optout", self.doors) as org:
                yield copy, org
        finally:
            shutil.rmtree(copy)


def make_pattern(folder: Path, count: int, clients: Clients) -> Pattern:
    """Make the org in folder/pattern, log everybody in, and put it to rest."""
    write_layouts(folder / "metadata", count)
    names = [f"Contact-Bench Layout {number}" for number in range(count)]
    pattern = folder / "pattern"
    with noted_org(pattern / "optout", ("--metadata", folder / "metadata")) as org:
        sf = log_in_sf(org.facts, pattern / "sf", clients)
        cci = log_in_cci(org.facts, pattern / "cci", clients)
        before = fetch_layouts(org.facts, names)
        # What optout cuts of Salesforce's schema once in a machine's life.
        some = folder / "metadata/layouts/Contact-Bench Layout 0.layout"
        _done([run_measured([OPTOUT, "edit", "--check", some], org.env)], exits=(10,))
    if sorted(before) != sorted(names):
        raise SystemExit(f"bench: the org has the layouts {sorted(before)}")
    return Pattern(pattern, org.doors, before, sf, cci)


def runs(pattern: Pattern, wanted: Sequence[str]) -> dict[Entrant, Callable[[], Cost]]:
    """The field on these layouts by each of the three, each time from a fresh org."""
    return {
        OURS: lambda: _run(pattern, wanted, _by_optout),
        CCI: lambda: _run(pattern, wanted, _by_cci),
        SF: lambda: _run(pattern, wanted, _by_sf),
    }


def _run(
    pattern: Pattern,
    wanted: Sequence[str],
    work: Callable[[Pattern, Path, NotedOrg, Sequence[str]], list[Spent]],
) -> Cost:
    with pattern.fresh() as (folder, org):
        org.notes.since()
        spent = _done(work(pattern, folder, org, wanted))
        asked = org.notes.since()
        after = fetch_layouts(org.facts, list(pattern.before))
    return cost(spent, asked, str(ended(pattern.before, after, wanted, FIELD)))


def _by_optout(_: Pattern, folder: Path, org: NotedOrg, wanted: Sequence[str]) -> list[Spent]:
    named = [word for name in wanted for word in ("--layout", name)]
    words = ("deploy", "--org", "practice", *named, "--yes", "--json")
    return [run_measured([OPTOUT, *words], org.env, folder)]


def _by_cci(pattern: Pattern, folder: Path, _: NotedOrg, wanted: Sequence[str]) -> list[Spent]:
    below = {"api_name": FIELD, "position": [{"relative": "after", "field": "Email"}]}
    options = {"api_names": list(wanted), "fields": [below]}
    settings = {
        "project": {"name": "Bench", "package": {"name": "Bench", "api_version": API}},
        "tasks": {"add_page_layout_fields": {"options": options}},
    }
    # JSON, which is YAML too.
    project = write_files(folder / "cci" / PROJECT, {"cumulusci.yml": json.dumps(settings)})
    words = ("task", "run", "add_page_layout_fields", "--org", "bench")
    command = [*pattern.cci.begins, *words]
    return [run_measured(command, pattern.cci.env(folder / "cci"), project)]


def _by_sf(pattern: Pattern, folder: Path, _: NotedOrg, wanted: Sequence[str]) -> list[Spent]:
    home = folder / "sf"
    settings = {"packageDirectories": [{"path": "force-app"}], "sourceApiVersion": API}
    files = {
        "sfdx-project.json": json.dumps(settings),
        "package.xml": package_xml({"Layout": list(wanted)}, API),
    }
    project = write_files(home / PROJECT, files)
    (project / _LAYOUTS).mkdir(parents=True)
    # By REST and without drawing its progress it is fastest.
    env = {**pattern.sf.env(home), "SF_ORG_METADATA_REST_DEPLOY": "true"}
    commands = (
        (*pattern.sf.begins, "project", "retrieve", "start", "--manifest", "package.xml", "--json"),
        (sys.executable, "-I", "-S", ADDING, _LAYOUTS, FIELD),
        (*pattern.sf.begins, "project", "deploy", "start", "--source-dir", _LAYOUTS, "--json"),
    )
    return [run_measured(command, env, project) for command in commands]


def _done(commands: list[Spent], exits: Sequence[int] = (0,)) -> list[Spent]:
    for each in commands:
        if each.exit not in exits:
            said = (each.said + each.complained)[-2000:].decode(errors="replace")
            raise SystemExit(f"bench: exit {each.exit}: {said}")
    return commands
