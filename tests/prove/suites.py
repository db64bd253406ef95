"""The suites by name. Each is one module of this folder with a function `run(seed, size)`."""

from __future__ import annotations

import importlib

from prove.outcome import Outcome, Size, Suite

SUITES = {
    "faults": "every fault of Salesforce at every call: the reaction is the table's",
    "kill": "SIGKILL wherever the product passes, and again in recovery: no opt-out is lost",
    "lock": "two runners, stopped ones, late ones, a copied ledger: one night at a time",
    "kill_postgresql": "the same with ledger and people in PostgreSQL",
    "lock_postgresql": "the same there",
    "nightly": "200,000 people a side, 6,000 of whom differ, with faults: right, and only once",
    "model": "people, administrators and faults do as they like: the laws hold",
    "sim": "schedules drawn from a seed, faults in each: the laws hold after every move",
    "powercut": "the power goes while the ledger is written: what was answered for is kept",
    "net": "every harm of the wire at every call: no hang, the right end, and all done once",
    "disk": "disks that fill and fail, SIGTERM, clocks set wrong: nothing answered for is lost",
    "soak": "webhooks for as long as a million, kills and outages, against real processes",
    "soak_postgresql": "the same with ledger and people in PostgreSQL, which is restarted and dies",
    "badinput": "hostile inputs at every door: refused in good time, and nothing half done",
    "deploy": "random orgs, and a fault at a step: all or nothing, once, and given back",
    "upgrade": "what an earlier release stored opens, what a later one stored stays as it is",
    "security": "the test of every control that SECURITY.md names, the pipelines, our files",
    "mutants": "thirty bugs and more, planted in a copy of the product: a test sees each",
    "mutation": "small changes of guard, reactions, nightly and ledger: a fast test sees each",
}


def load(name: str) -> Suite:
    """The suite of this name."""
    return importlib.import_module(f"prove.{name}").run


def told(name: str, run: tuple[int, Size], outcome: Outcome, seconds: float) -> list[str]:
    """The suite's one line; after a failure what failed, and what to type to see it again."""
    seed, size = run
    word = "ok" if outcome.ok else "FAIL"
    line = f"{name} {word} n={outcome.n} seed={seed} secs={seconds:.1f}"
    line += "".join(f" {what}={value:g}" for what, value in outcome.figures.items())
    if outcome.ok:
        return [line]
    failures = outcome.failures or ("it has run no case",)
    wide = " --long" if size is Size.LONG else ""
    return [
        line,
        *(f"  {each}" for each in failures),
        f"  again: ci/prove {name} --seed {seed}{wide}",
    ]
