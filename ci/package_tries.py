"""Install the package in fresh environments and try it: usage: package_tries.py FOLDER-OF-TOOLS."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from package_audit import audit
from package_pythons import find_pythons
from package_service import check_service

ROOT = Path(__file__).resolve().parents[1]
BUILT = re.compile(r"optout (\S+) \(Python (\d+\.\d+)\.\d+, (/\S+/site-packages)/deployer\)\n")
# Folders of site-packages that come with extras alone.
EXTRAS_ONLY = ("duckdb", "keyring", "lark", "prometheus_client", "psycopg", "sqlalchemy",
               "starlette", "uvicorn")  # fmt: skip
SMALL = ("--contacts", "5", "--leads", "5", "--users", "8")


@dataclass(frozen=True, slots=True)
class Bench:
    """Where things are: the tools, the built files, the lock as constraints, room to install."""

    tools: Path
    wheel: Path
    source: Path
    lock: Path
    room: Path


@dataclass(frozen=True, slots=True)
class Install:
    """One way to install, on one Python, and where its command is then."""

    how: str
    minor: str
    commands: tuple[tuple[str, ...], ...]
    optout: Path


def main() -> None:
    check_service(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory(prefix="optout-package-") as folder:
        bench = build(Path(sys.argv[1]), Path(folder))
        audit(bench.tools / "uv", bench.lock, bench.room)
        ways = list(installs(bench, find_pythons()))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda way: install(way, bench), ways))
            list(pool.map(lambda way: look_at(way, bench), ways))
        with practice_org(bench) as home:
            for way in ways:
                if way.how == "pip":
                    walk(way, bench, home)
        lowest(bench)


def build(tools: Path, folder: Path) -> Bench:
    out = folder / "built"
    run([sys.executable, "-m", "hatchling", "build", "-d", str(out)], ROOT)
    lock = folder / "constraints.txt"
    pins = re.sub(r"(?m) \\$|^ +--hash=.*\n", "", (ROOT / "ci/requirements.txt").read_text())
    lock.write_text(pins)
    (wheel,), (source,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return Bench(tools, wheel, source, lock, folder)


def installs(bench: Bench, pythons: dict[str, Path]) -> Iterator[Install]:
    """The wheel by pip and uv on each Python; by pipx, and the source archive, on the newest."""
    for minor, python in pythons.items():
        yield pip(bench, "pip", minor, python, bench.wheel)
        yield uv(bench, minor, python)
    minor, python = list(pythons.items())[-1]
    yield pip(bench, "pip, from source", minor, python, bench.source)
    yield pipx(bench, minor, python)


def pip(bench: Bench, how: str, minor: str, python: Path, archive: Path) -> Install:
    home = bench.room / f"{how}-{minor}".replace(", ", "-").replace(" ", "-")
    return Install(how, minor, (
        (str(python), "-m", "venv", str(home)),
        (str(home / "bin/pip"), "install", "-qq", "--disable-pip-version-check", "--no-compile",
         "-c", str(bench.lock), str(archive)),
    ), home / "bin/optout")  # fmt: skip


def uv(bench: Bench, minor: str, python: Path) -> Install:
    home = bench.room / f"uv-{minor}"
    put = ("env", f"UV_TOOL_DIR={home}/tools", f"UV_TOOL_BIN_DIR={home}/bin")
    tool = (*put, str(bench.tools / "uv"), "tool", "install", "-q", "-p", str(python))
    return Install("uv tool", minor, ((*tool, "-c", str(bench.lock), str(bench.wheel)),),
                   home / "bin/optout")  # fmt: skip


def pipx(bench: Bench, minor: str, python: Path) -> Install:
    home = bench.room / f"pipx-{minor}"
    put = ("env", f"PIPX_HOME={home}/home", f"PIPX_BIN_DIR={home}/bin")
    return Install("pipx", minor, ((
        *put, str(bench.tools / "pipx"), "install", "-q", "--python", str(python),
        "--pip-args", f"--no-compile -c {bench.lock}", str(bench.wheel),
    ),), home / "bin/optout")  # fmt: skip


def install(way: Install, bench: Bench) -> None:
    for command in way.commands:
        run(list(command), bench.room)


def look_at(way: Install, bench: Bench) -> None:
    """It says where it runs from, has no extra, names the one it lacks, and completes."""
    told = optout(way, bench, "--version")
    where = BUILT.fullmatch(told)
    if where is None or where[2] != way.minor or str(bench.room) not in where[3]:
        raise SystemExit(f"package: {way.how} on {way.minor} says it runs from: {told}")
    extra = [name for name in EXTRAS_ONLY if (Path(where[3]) / name).exists()]
    if extra:
        raise SystemExit(f"package: {way.how} on {way.minor} brought {', '.join(extra)}")
    optout(way, bench, "sync", "status", code=2)
    optout(way, bench, "doctor")
    env = {"COMP_WORDS": "optout re", "COMP_CWORD": "1", "_OPTOUT_COMPLETE": "bash_complete"}
    if "plain,readiness\n" not in optout(way, bench, env=env):
        raise SystemExit(f"package: {way.how} on {way.minor} completes nothing")
    print(f"package: {way.how}, Python {way.minor}: good")


@contextmanager
def practice_org(bench: Bench) -> Iterator[Path]:
    """A practice org of the checkout, for installs without the extra; yields its OPTOUT_HOME."""
    home = bench.room / "home"
    command = [sys.executable, "-m", "practice_org", "--data", str(home / "practice-org"), *SMALL]
    with subprocess.Popen(
        [*command, "--json", "--until-stdin-closes"], cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as child:  # fmt: skip
        if child.stdout is None or child.stdin is None:
            raise SystemExit("package: the practice org has no pipes")
        json.loads(child.stdout.readline())
        yield home
        child.stdin.close()


def walk(way: Install, bench: Bench, home: Path) -> None:
    """Look, plan and deploy with the base install."""
    env = {"OPTOUT_HOME": str(home)}
    org = ("--org", "practice")
    optout(way, bench, "deploy", *org, "--yes", env=env)
    optout(way, bench, "plan", *org, "--exit-code", env=env)
    optout(way, bench, "remove", *org, "--yes", env=env)
    optout(way, bench, "plan", *org, "--exit-code", env=env, code=10)
    optout(way, bench, "readiness", *org, env=env, code=1)
    print(f"package: {way.how}, Python {way.minor}: looked, planned and deployed")


def lowest(bench: Bench) -> None:
    """The lowest versions we allow are enough, for every extra."""
    home = bench.room / "lowest"
    uv = str(bench.tools / "uv")
    run([uv, "venv", "-q", "-p", sys.executable, str(home)], bench.room)
    run([uv, "pip", "install", "-q", "-p", str(home), "--no-deps", "--require-hashes",
         "-r", str(ROOT / "ci/lowest.txt")], bench.room)  # fmt: skip
    run([uv, "pip", "install", "-q", "-p", str(home), "--no-deps", str(bench.wheel)], bench.room)
    way = Install("the lowest versions", "3.11", (), home / "bin/optout")
    env = {"OPTOUT_HOME": str(bench.room / "lowest-home")}
    for words in (("practice-org",), ("people",), ("sync", "serve"), ("sync", "nightly")):
        optout(way, bench, *words, "--help")
    optout(way, bench, "deploy", "--org", "practice", "--yes", env=env)
    optout(way, bench, "readiness", "--org", "practice", env=env, code=1)
    optout(way, bench, "sync", "status", "--org", "practice", env=env)
    print("package: the lowest versions allowed: good")


def optout(
    way: Install, bench: Bench, *words: str, env: dict[str, str] | None = None, code: int = 0
) -> str:
    """What the command wrote on stdout; its exit code must be this."""
    done = subprocess.run(
        [str(way.optout), *words], cwd=bench.room, capture_output=True, text=True, check=False,
        timeout=300, env=os.environ | {"OPTOUT_HOME": str(bench.room / "none")} | (env or {}),
    )  # fmt: skip
    if done.returncode != code or "Traceback" in done.stderr:
        raise SystemExit(
            f"package: optout {' '.join(words)} ({way.how}, Python {way.minor}) exited with "
            f"{done.returncode}, not {code}:\n{done.stderr[-2000:]}"
        )
    return done.stdout


def run(command: list[str], where: Path) -> None:
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"package: {' '.join(command)} failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    main()
