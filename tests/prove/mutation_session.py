"""One file's mutants, each under the tests that must see it, in a process forked for it.

    python -m prove.mutation_session FOLDER TEST... <MUTANTS >VERDICTS

The tests are collected once. A changed function is exchanged in the fork, by its code alone, and
only the tests that enter it run, the fastest first, until one fails. What is changed outside of
functions, in what a function defaults to, or in one that is only called while modules are imported,
is imported anew in a process that has nothing of ours yet. A test that does not come to an end has
seen its mutant, too.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import resource
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from prove.mutation_code import (
    Changed,
    Mutant,
    code_of,
    forget,
    function_of,
    is_warm,
    module_name,
)
from prove.mutation_forks import KILLED, SURVIVED, fork, survivors_of

ROOT = Path(__file__).resolve().parents[2]
OURS = {"deployer", "sync", "practice_org", "metadata_templates"}
EXAMPLES = 30
LEAST_S, TIMES = 3, 5


@dataclass
class Baseline:
    """What the tests did on the product as it is: who failed, how long each worked and on what."""

    failed: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    entered: dict[str, set[str]] = field(default_factory=dict)


class Session:
    """A pytest plugin that runs mutants where the tests would have been run."""

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self._mutants = mutants
        self.survivors: list[str] = []
        self.seen: list[str] = []
        self.failed: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        base = _baseline(session, self._mutants)
        self.failed = base.failed
        entered = set().union(*base.entered.values())
        mutants = [each for each in self._mutants if _enters(entered, each["function"])]
        if mutants and not base.failed:
            jobs = [(each["change"], _warm(session, base, each)) for each in mutants]
            self.failed = _not_fit(_warm(session, base, _as_it_is(mutants[0])))
            self.survivors = [] if self.failed else list(survivors_of(jobs))
            self.seen = [name for name, _ in jobs if name not in self.survivors]
        return True


def main(folder: Path, tests: Sequence[str]) -> None:
    mutants: list[Mutant] = json.load(sys.stdin)
    verdicts = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    words = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist",
             "-W", "ignore::pytest.PytestAssertRewriteWarning",  # of plugins that we had imported
             "-m", "not slow", "-o", "timeout=0", "--rootdir", f"{ROOT}",
             *(f"{ROOT / test}" for test in tests)]  # fmt: skip
    os.chdir(folder)  # a mutant may write a file where it stands
    _know_libraries()
    told = _warm_verdict(mutants, folder, words)
    known = {*told["survivors"], *told["seen"]}
    cold = [mutant for mutant in mutants if mutant["change"] not in known]
    survivors, unfit = _cold_survivors(cold, lambda each: _cold(each, folder, words))
    told["survivors"] += survivors
    told["failed"] += unfit
    os.write(verdicts, json.dumps(told).encode())
    os.close(verdicts)


def _warm_verdict(
    mutants: Sequence[Mutant], folder: Path, words: Sequence[str]
) -> dict[str, list[str]]:
    """What the warm ones came to, from a process of their own: this one is to know nothing."""
    into = folder / "warm.json"

    def work() -> int:
        signal.alarm(0)
        session = Session([mutant for mutant in mutants if is_warm(mutant)])
        ended = pytest.main([*words, f"--basetemp={folder / 'warm'}"], plugins=[session, Quick()])
        if ended not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.failed.append(f"pytest ended with {ended!r}")
        told = {"survivors": session.survivors, "seen": session.seen, "failed": session.failed}
        return int(not into.write_text(json.dumps(told), "utf-8"))

    os.waitpid(fork(work, cpu_s=resource.RLIM_INFINITY), 0)
    verdict: dict[str, list[str]] = json.loads(into.read_text("utf-8"))
    return verdict


def _cold_survivors(
    cold: Sequence[Mutant], work: Callable[[Mutant], int]
) -> tuple[list[str], list[str]]:
    """Who survived, and what is wrong when the files as they are do not survive this either."""
    if cold and (unfit := _not_fit(lambda: work(_as_it_is(cold[0])))):
        return [], unfit
    return list(survivors_of((each["change"], functools.partial(work, each)) for each in cold)), []


def _as_it_is(mutant: Mutant) -> Mutant:
    return {**mutant, "source": (ROOT / mutant["file"]).read_text("utf-8")}


def _not_fit(work: Callable[[], int]) -> list[str]:
    """A fork in which nothing was changed must not look as if something had been seen."""
    return [] if list(survivors_of([("", work)])) else ["a fork without any change fails tests"]


class Quick:
    """Laws are tried by the same examples each time, and a failed one is not made smaller."""

    def pytest_collection(self) -> None:
        from hypothesis import Phase, settings

        known = settings.get_profile("ci")
        settings.register_profile(
            "mutation",
            known,
            database=None,
            max_examples=EXAMPLES,
            phases=(Phase.explicit, Phase.generate),
        )
        settings.load_profile("mutation")


def _baseline(session: pytest.Session, mutants: Sequence[Mutant]) -> Baseline:
    files = {f"{ROOT / mutant['file']}" for mutant in mutants}
    base = Baseline()
    for at, item in enumerate(session.items):
        entered = base.entered.setdefault(item.nodeid, set())

        def note(frame: types.FrameType, event: str, _: object, into=entered) -> None:
            if event == "call" and frame.f_code.co_filename in files:
                into.add(frame.f_code.co_qualname)

        begun = time.process_time()
        threading.setprofile(note)
        sys.setprofile(note)
        # After the last, what belongs to the whole session stays set up, for the forks.
        seen = _fails(item, next(iter(session.items[at + 1 :]), session))
        sys.setprofile(None)
        threading.setprofile(None)
        base.seconds[item.nodeid] = time.process_time() - begun
        base.failed += [item.nodeid] if seen else []
    return base


def _fails(item: pytest.Item, after: pytest.Item | pytest.Session) -> bool:
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=after))


def _warm(session: pytest.Session, base: Baseline, mutant: Mutant) -> Callable[[], int]:
    """Exchange the function's code, and run what enters it."""
    name = mutant["function"]
    items = sorted(
        (each for each in session.items if _enters(base.entered[each.nodeid], name)),
        key=lambda item: base.seconds[item.nodeid],
    )

    function, code = function_of(mutant), code_of(mutant)
    most_s = LEAST_S + TIMES * sum(base.seconds[each.nodeid] for each in items)

    def work() -> int:
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(most_s), resource.RLIM_INFINITY))
        function.__code__ = code
        forget(mutant)
        pairs = zip(items, [*items[1:], session], strict=False)
        return KILLED if any(_fails(item, after) for item, after in pairs) else SURVIVED

    return work


def _enters(entered: set[str], name: str) -> bool:
    return any(each == name or each.startswith(f"{name}.<locals>") for each in entered)


def _cold(mutant: Mutant, folder: Path, words: Sequence[str]) -> int:
    """Import the changed file in the place of the product's, and run all tests."""
    sys.meta_path.insert(0, Changed(mutant))
    importlib.import_module(module_name(mutant))  # what cannot be imported was seen
    own = folder / f"cold-{os.getpid()}"
    ended = pytest.main([*words, f"--basetemp={own}"], plugins=[Quick()])
    return SURVIVED if ended == pytest.ExitCode.OK else KILLED


def _know_libraries() -> None:
    """Import what is not ours, once for all forks: it takes longer than the tests."""
    for name in ("conftest", "sync_house"):
        importlib.import_module(name)
    for name, module in list(sys.modules.items()):
        if name == "__main__":
            continue  # what some libraries look for
        file = Path(getattr(module, "__file__", None) or "/")
        if file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in OURS | {"tests"}:
            del sys.modules[name]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
