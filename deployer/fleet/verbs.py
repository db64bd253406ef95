"""The commands that a fleet can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deployer.fleet.telling import (
    Document,
    Told,
    tell_deploy,
    tell_nightly,
    tell_plan,
    tell_readiness,
)

AGAIN = ""  # the same command for this org alone


@dataclass(frozen=True, slots=True)
class Verb:
    """One command: its words, where its options are, and how its document is told.

    `minutes` is how long an org has, at least `beside_wait` more than it is waited for, where it is
    waited for at all; `stopped` what to type after a child was stopped half-way
    (`AGAIN` for the command itself); `left_out` the options that make no sense for many orgs;
    `extra` what the base install lacks for it.
    """

    words: tuple[str, ...]
    module: str
    name: str
    help: str
    tell: Callable[[Document, str], Told]
    minutes: int
    beside_wait: int = 0
    stopped: str = AGAIN
    left_out: frozenset[str] = frozenset()
    extra: str = ""


VERBS: Mapping[str, Verb] = {
    "plan": Verb(
        ("plan",), "deployer.commands.plan", "command",
        "Show what a deploy would change in each org; nothing is sent.", tell_plan, 30,
    ),
    "deploy": Verb(
        ("deploy",), "deployer.commands.deploy", "command",
        "Put the field on the layouts of each org.", tell_deploy, 60,
        beside_wait=30,  # the plan before, the check-only deploy, the proof after
        stopped="optout jobs resume --org {org}; what was sent goes on in the org",
    ),
    "readiness": Verb(
        ("readiness",), "deployer.commands.readiness", "command",
        "Say of each org whether it is ready; nothing is changed.", tell_readiness, 30,
        left_out=frozenset({"explain"}),
    ),
    # Which run is approved is decided for one org, after a look at it.
    "nightly": Verb(
        ("sync", "nightly"), "sync.commands.nights", "nightly",
        "Bring both sides of each org to the same state, where a night is due.", tell_nightly, 720,
        left_out=frozenset({"approve", "by"}), extra="sync",
    ),
}  # fmt: skip
