"""The page of proof says what was really run, and names nothing that is not there."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest
from prove.figures import command_of, read_figures, rows_of
from prove.outcome import Size
from prove.promises import PROMISES
from prove.suites import SUITES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reference/proof.md").read_text()
RUN = {"suite": "kill", "size": "short", "ok": True, "n": 1234, "seed": 7, "secs": 1.5,
       "failures": [], "figures": {"ack_p99_ms": 12.5}, "date": "2026-01-02",
       "commit": "0123456789", "cores": 2}  # fmt: skip


@cache
def functions_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.says[:50])
def test_a_promise_has_tests_that_there_are_and_suites_that_there_are(promise):
    assert promise.tests
    named = [test.partition("::") for test in promise.tests]
    assert [test for path, _, test in named if test not in functions_in(path)] == []
    assert set(promise.suites) <= SUITES.keys()


def row_of(page: str, suite: str, size: Size) -> list[str]:
    """The cells of the first row that has a run of this suite and size."""
    short, long = (part.splitlines() for part in page.partition("\n### Long\n")[::2])
    lines = long if size is Size.LONG else short
    row = next(line for line in lines if line.startswith(f"| `{suite}` |") and "ci/prove" in line)
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("suite", SUITES)
def test_each_suite_has_the_figures_that_were_kept_or_was_not_run_yet(suite, size):
    kept = read_figures(ROOT / "docs/proof", SUITES).get((suite, size))
    _, result, cases, *rest, command = row_of(PAGE, suite, size)
    if kept is None:
        assert {result, cases, *rest} == {"not run yet", "-"}
        assert command == f"`{command_of(suite, size)}`"
    else:
        assert (result == "ok", int(cases.replace(",", ""))) == (kept[0]["ok"], kept[0]["n"])
        assert command == f"`{command_of(suite, size, kept[0]['seed'])}`"


def keep(folder: Path, *runs, name="kill.json"):
    (folder / name).write_text(json.dumps({"schema": 1, "runs": list(runs)}))


@pytest.mark.parametrize(
    ("name", "run", "said"),
    [("old.json", RUN, "old.json is of no suite"),
     ("kill-long.json", RUN, "type: ci/prove kill --long --json docs/proof/kill-long.json"),
     ("lock.json", RUN, "type: ci/prove lock --json docs/proof/lock.json")],
)  # fmt: skip
def test_figures_under_another_name_than_their_own_are_refused(tmp_path, name, run, said):
    keep(tmp_path, run, name=name)
    with pytest.raises(ValueError, match=re.escape(said)):
        read_figures(tmp_path, SUITES)


MADE = "2026-01-02, 0123456789, 2 cores"
AGAIN = "ci/prove kill --seed 7"
SHOWN = {
    "a good run": (RUN, ("ok", "1,234", "1.5", "ack_p99_ms 12.5", MADE, AGAIN)),
    "a failure": ({**RUN, "ok": False, "failures": ["bob is lost", "x"], "figures": {}},
                  ("2 failed, the first: bob is lost", "1,234", "1.5", "-", MADE, AGAIN)),
    "no case, no checkout": ({**RUN, "ok": False, "n": 0, "figures": {}, "commit": ""},
                             ("1 failed, the first: it has run no case", "0", "1.5", "-",
                              "2026-01-02, no checkout, 2 cores", AGAIN)),
}  # fmt: skip


@pytest.mark.parametrize(("run", "said"), SHOWN.values(), ids=SHOWN)
def test_the_page_shows_a_run_as_it_was(tmp_path, run, said):
    keep(tmp_path, run, {**run, "seed": 1})
    kept = read_figures(tmp_path, SUITES)
    first, second = rows_of("kill", Size.SHORT, kept["kill", Size.SHORT])
    assert first == said
    assert second[-1] == "ci/prove kill"
