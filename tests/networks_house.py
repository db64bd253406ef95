"""Machines with addresses of their own: a network namespace each, whose cable can be pulled.

The database is reached at one address by all; a practice org by a relay on each side, since it is
on loopback alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SERVER = "10.213.0.1"
CANNOT = "this machine gives no network namespaces (ip netns, as root)"
_RELAY = str(Path(__file__).with_name("relay.py"))


@dataclass
class Network:
    """So many machines beside this one; `ports` of loopback here are on loopback there, too."""

    count: int
    ports: Sequence[int]
    relays: list[subprocess.Popen] = field(default_factory=list)

    def inside(self, number: int) -> list[str]:
        """What runs a command line on that machine."""
        return ["ip", "netns", "exec", self._name(number)]

    def cut(self, number: int) -> None:
        ip("link", "set", self._cable(number), "down")

    def mend(self, number: int) -> None:
        ip("link", "set", self._cable(number), "up")

    def make(self) -> None:
        ip("addr", "add", f"{SERVER}/32", "dev", "lo")
        self._relay([], [f"{SERVER}:{port}=127.0.0.1:{port}" for port in self.ports])
        for number in range(self.count):
            self._make(number)

    def _make(self, number: int) -> None:
        name, cable, there = self._name(number), self._cable(number), "inside"
        near, far = f"10.213.{number + 1}.1", f"10.213.{number + 1}.2"
        ip("netns", "add", name)
        ip("link", "add", cable, "type", "veth", "peer", "name", there, "netns", name)
        ip("addr", "add", f"{near}/30", "dev", cable)
        ip("link", "set", cable, "up")
        ip("-n", name, "addr", "add", f"{far}/30", "dev", there)
        ip("-n", name, "link", "set", there, "up")
        ip("-n", name, "link", "set", "lo", "up")
        ip("-n", name, "route", "add", "default", "via", near)
        pairs = [f"127.0.0.1:{port}={SERVER}:{port}" for port in self.ports]
        self._relay(self.inside(number), pairs)

    def _relay(self, before: list[str], pairs: list[str]) -> None:
        line = [*before, sys.executable, _RELAY, *pairs]
        process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
        self.relays.append(process)
        assert process.stdout.readline() == "up\n"

    def remove(self) -> None:
        for process in self.relays:
            process.kill()
            process.wait()
            process.stdout.close()
        for number in range(self.count):
            ip("netns", "del", self._name(number), check=False)  # its cable goes with it
        ip("addr", "del", f"{SERVER}/32", "dev", "lo", check=False)

    def _name(self, number: int) -> str:
        return f"optout-{os.getpid()}-{number}"

    def _cable(self, number: int) -> str:
        return f"oo{os.getpid() % 1_000_000}n{number}"


@contextmanager
def network(count: int, ports: Sequence[int]) -> Iterator[Network]:
    made = Network(count, ports)
    try:
        made.make()
        yield made
    finally:
        made.remove()


def can_have_networks() -> bool:
    """Whether this machine lets us make one."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    probe = f"optout-{os.getpid()}-probe"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, check=False)
    if made.returncode == 0:
        ip("netns", "del", probe)
    return made.returncode == 0


def ip(*words: str, check: bool = True) -> None:
    subprocess.run(["ip", *words], check=check, stdout=subprocess.DEVNULL,
                   stderr=None if check else subprocess.DEVNULL)  # fmt: skip
